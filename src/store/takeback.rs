//! What becomes of the deliveries and duties of a document that is recalled or corrected.

use super::{Result, deliveries::Deliveries, obligations::Obligations, tx::on_either};
use crate::domain::{DeliveryState, DocumentId};

impl Deliveries<'_> {
    /// Ends the deliveries of a document that are not over yet. Tells whether any unit had
    /// signed: whoever signs at the same moment has done so before, or is refused after.
    pub async fn end_all(&mut self, document: DocumentId, state: DeliveryState) -> Result<bool> {
        on_either!(self.0, |conn| {
            sqlx::query(
                "UPDATE deliveries
                    SET state = $2, revision = revision + 1
                  WHERE document_id = $1 AND state IN ('arrived', 'read', 'signed', 'returned')",
            )
            .bind(document.0)
            .bind(state.code())
            .execute(conn)
            .await?;
        });
        let signed: i64 = on_either!(self.0, |conn| {
            sqlx::query_scalar(
                "SELECT COUNT(*)
                   FROM deliveries
                  WHERE document_id = $1
                    AND (signed_at IS NOT NULL OR deemed_on IS NOT NULL)",
            )
            .bind(document.0)
            .fetch_one(conn)
            .await?
        });
        Ok(signed > 0)
    }
}

impl Obligations<'_> {
    /// Nothing is owed any more for a document that was recalled or corrected; what was answered
    /// stays answered.
    pub async fn withdraw_all(&mut self, document: DocumentId) -> Result<()> {
        on_either!(self.0, |conn| {
            sqlx::query(
                "UPDATE obligations
                    SET state = 'withdrawn', revision = revision + 1
                  WHERE document_id = $1 AND state NOT IN ('replied', 'evaluated', 'closed', 'withdrawn')",
            )
            .bind(document.0)
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Whether a reply to the document is still owed.
    pub async fn any_open(&mut self, document: DocumentId) -> Result<bool> {
        let open: i64 = on_either!(self.0, |conn| {
            sqlx::query_scalar(
                "SELECT COUNT(*)
                   FROM obligations
                  WHERE document_id = $1 AND state NOT IN ('replied', 'evaluated', 'closed', 'withdrawn')",
            )
            .bind(document.0)
            .fetch_one(conn)
            .await?
        });
        Ok(open > 0)
    }
}
