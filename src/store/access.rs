//! The one place that decides which unit may see which document.
//!
//! Every statement that finds, lists or counts documents for somebody joins the table `access`;
//! the search index carries the same rows and asks here before it answers.

use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::{
    Result, Tx,
    rows::{hex, insert_rows},
    tx::on_either,
    values::ms,
};
use crate::domain::{DocumentId, UnitId, labelled::labelled};

labelled! {
    /// Why a unit may see a document.
    pub enum Basis {
        /// It drafts, issues and sends it.
        Issuer = "issuer", "发文单位";
        /// It issues it together with the lead unit.
        Joint = "joint", "联合发文单位";
        /// It is a main recipient.
        Main = "main", "主送单位";
        /// It is a copy recipient.
        Copy = "copy", "抄送单位";
        /// It was passed on to it.
        Forward = "forward", "转发单位";
    }
}

/// Which unit may see which document.
pub struct Access<'t>(&'t mut Tx);

impl Tx {
    /// Which unit may see which document.
    pub fn access(&mut self) -> Access<'_> {
        Access(self)
    }
}

impl Access<'_> {
    /// Lets a unit see a document from `since` on. An earlier reason stands.
    pub async fn grant(
        &mut self,
        unit: UnitId,
        document: DocumentId,
        basis: Basis,
        since: Timestamp,
    ) -> Result<()> {
        self.grant_all(document, &[(unit, basis)], since).await
    }

    /// Lets units see a document from `since` on, with one statement for all. Earlier reasons
    /// stand.
    pub async fn grant_all(
        &mut self,
        document: DocumentId,
        units: &[(UnitId, Basis)],
        since: Timestamp,
    ) -> Result<()> {
        let rows = units.iter().map(|(unit, basis)| {
            json!({
                "unit_id": hex(unit.0),
                "document_id": hex(document.0),
                "basis": basis.code(),
                "since": ms(since),
            })
        });
        insert_rows!(self.0, rows, "access", "ON CONFLICT DO NOTHING", {
            unit_id: id, document_id: id, basis: text, since: number,
            kind_code: kind_of_document,
        });
        Ok(())
    }

    /// Takes over the kind of a draft, by which lists are filtered.
    pub async fn set_kind(&mut self, document: DocumentId, kind: &str) -> Result<()> {
        on_either!(self.0, |conn| {
            sqlx::query(
                "UPDATE access
                    SET kind_code = $2
                  WHERE document_id = $1 AND kind_code <> $2",
            )
            .bind(document.0)
            .bind(kind)
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Takes back what was granted for one reason.
    pub async fn revoke(&mut self, document: DocumentId, basis: Basis) -> Result<()> {
        on_either!(self.0, |conn| {
            sqlx::query("DELETE FROM access WHERE document_id = $1 AND basis = $2")
                .bind(document.0)
                .bind(basis.code())
                .execute(conn)
                .await?;
        });
        Ok(())
    }

    /// Whether the unit may see the document.
    pub async fn allows(&mut self, unit: UnitId, document: DocumentId) -> Result<bool> {
        let basis: Option<String> = on_either!(self.0, |conn| {
            sqlx::query_scalar(
                "SELECT basis
                   FROM access
                  WHERE unit_id = $1 AND document_id = $2",
            )
            .bind(unit.0)
            .bind(document.0)
            .fetch_optional(conn)
            .await?
        });
        Ok(basis.is_some())
    }

    /// The units that may see the document.
    pub async fn viewers(&mut self, document: DocumentId) -> Result<Vec<UnitId>> {
        let ids: Vec<Uuid> = on_either!(self.0, |conn| {
            sqlx::query_scalar("SELECT unit_id FROM access WHERE document_id = $1")
                .bind(document.0)
                .fetch_all(conn)
                .await?
        });
        Ok(ids.into_iter().map(UnitId).collect())
    }
}
