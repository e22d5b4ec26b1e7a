//! Documents, and what belongs to them: files, recipients, joint issuers, numbers, lists.

#[macro_use]
mod row;
mod chain;
mod lists;
mod numbers;
mod parts;
mod sent;

use row::Row;
use uuid::Uuid;

use super::{
    Result, Tx,
    tx::on_either,
    values::{day, ms, series_year},
};
use crate::domain::{Document, DocumentId, UnitId};

/// The documents on the hub.
pub struct Documents<'t>(&'t mut Tx);

impl Tx {
    /// The documents on the hub.
    pub fn documents(&mut self) -> Documents<'_> {
        Documents(self)
    }
}

/// The number that a correction keeps: the row of the first version holds it as its own.
fn kept_number(document: &Document) -> Option<String> {
    document.replaces?;
    document.number.as_ref().map(ToString::to_string)
}

impl Documents<'_> {
    /// Writes down a draft, without its parts.
    pub async fn insert(&mut self, document: &Document) -> Result<()> {
        let fields = serde_json::Value::Object(document.fields.clone()).to_string();
        on_either!(self.0, |conn| {
            sqlx::query(
                "INSERT INTO documents (id, unit_id, kind_code, kind_version, title, state,
                                        urgency, openness, dated_on, case_number, reply_due_on,
                                        fields, in_reply_to, created_by, created_at, updated_at,
                                        revision, version, replaces, kept_number, amendment)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
                         $17, $18, $19, $20, $21)",
            )
            .bind(document.id.0)
            .bind(document.unit.0)
            .bind(&document.kind)
            .bind(i64::from(document.kind_version))
            .bind(&document.title)
            .bind(document.state.code())
            .bind(document.urgency.code())
            .bind(document.openness.code())
            .bind(day(document.dated_on))
            .bind(document.case_number.as_ref().map(ToString::to_string))
            .bind(day(document.reply_due_on))
            .bind(&fields)
            .bind(document.in_reply_to.map(|id| id.0))
            .bind(document.drafted.0.0)
            .bind(ms(document.drafted.1))
            .bind(ms(document.updated_at))
            .bind(document.revision)
            .bind(document.version)
            .bind(document.replaces.map(|id| id.0))
            .bind(kept_number(document))
            .bind(&document.amendment)
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Writes the document over the revision before it, without its parts. Tells whether that
    /// revision was still there.
    pub async fn update(&mut self, document: &Document) -> Result<bool> {
        let fields = serde_json::Value::Object(document.fields.clone()).to_string();
        let number = document
            .number
            .as_ref()
            .filter(|_| document.replaces.is_none());
        let updated = on_either!(self.0, |conn| {
            sqlx::query(
                "UPDATE documents
                    SET kind_code = $2, kind_version = $3, title = $4, state = $5, urgency = $6,
                        openness = $7, dated_on = $8, number_prefix = $9, number_year = $10,
                        number_seq = $11, case_number = $12, reply_due_on = $13, fields = $14,
                        in_reply_to = $15, updated_at = $16, issued_by = $17, issued_at = $18,
                        sent_by = $19, sent_at = $20, manifest = $21, revision = $22,
                        kept_number = $23, submitted_by = $24, submitted_at = $25,
                        review_approved = $26, reviewed_by = $27, reviewed_at = $28,
                        review_note = $29, superseded_at = $30, recalled_by = $31,
                        recalled_at = $32, recall_reason = $33, archived_by = $34,
                        archived_at = $35
                  WHERE id = $1 AND revision = $22 - 1",
            )
            .bind(document.id.0)
            .bind(&document.kind)
            .bind(i64::from(document.kind_version))
            .bind(&document.title)
            .bind(document.state.code())
            .bind(document.urgency.code())
            .bind(document.openness.code())
            .bind(day(document.dated_on))
            .bind(number.map(|number| number.prefix().to_string()))
            .bind(number.map(series_year))
            .bind(number.map(|number| i64::from(number.seq())))
            .bind(document.case_number.as_ref().map(ToString::to_string))
            .bind(day(document.reply_due_on))
            .bind(&fields)
            .bind(document.in_reply_to.map(|id| id.0))
            .bind(ms(document.updated_at))
            .bind(document.issued.map(|(by, _)| by.0))
            .bind(document.issued.map(|(_, at)| ms(at)))
            .bind(document.sent.map(|(by, _)| by.0))
            .bind(document.sent.map(|(_, at)| ms(at)))
            .bind(document.manifest.map(|digest| digest.to_string()))
            .bind(document.revision)
            .bind(kept_number(document))
            .bind(document.submitted.map(|(by, _)| by.0))
            .bind(document.submitted.map(|(_, at)| ms(at)))
            .bind(document.review.as_ref().map(|review| review.approved))
            .bind(document.review.as_ref().map(|review| review.act.0.0))
            .bind(document.review.as_ref().map(|review| ms(review.act.1)))
            .bind(
                document
                    .review
                    .as_ref()
                    .and_then(|review| review.note.as_deref()),
            )
            .bind(document.superseded_at.map(ms))
            .bind(document.recalled.as_ref().map(|recalled| recalled.act.0.0))
            .bind(
                document
                    .recalled
                    .as_ref()
                    .map(|recalled| ms(recalled.act.1)),
            )
            .bind(
                document
                    .recalled
                    .as_ref()
                    .map(|recalled| recalled.reason.as_str()),
            )
            .bind(document.archived.map(|(by, _)| by.0))
            .bind(document.archived.map(|(_, at)| ms(at)))
            .execute(conn)
            .await?
            .rows_affected()
        });
        if updated > 0 && document.sent.is_none() {
            self.0
                .access()
                .set_kind(document.id, &document.kind)
                .await?;
        }
        Ok(updated > 0)
    }

    /// Removes a draft with everything that belongs to it; what is no draft stays whole.
    pub async fn delete_draft(&mut self, id: DocumentId) -> Result<()> {
        // Written rather than read, so that nobody issues it before it is gone.
        let drafts = on_either!(self.0, |conn| {
            sqlx::query(
                "UPDATE documents
                    SET revision = revision + 1
                  WHERE id = $1 AND state = 'draft'",
            )
            .bind(id.0)
            .execute(conn)
            .await?
            .rows_affected()
        });
        if drafts == 0 {
            return Ok(());
        }
        self.clear_parts(id).await?;
        for statement in [
            "DELETE FROM access WHERE document_id = $1",
            "DELETE FROM documents WHERE id = $1",
        ] {
            on_either!(self.0, |conn| {
                sqlx::query(statement).bind(id.0).execute(conn).await?;
            });
        }
        Ok(())
    }

    /// Finds a document with its parts, for a unit that may see it.
    pub async fn find_for(&mut self, viewer: UnitId, id: DocumentId) -> Result<Option<Document>> {
        let row: Option<Row> = on_either!(self.0, |conn| {
            sqlx::query_as(concat!(
                "SELECT ",
                document_columns!(),
                "
                   FROM access a
                   JOIN documents d ON d.id = a.document_id
                  WHERE a.unit_id = $1 AND a.document_id = $2"
            ))
            .bind(viewer.0)
            .bind(id.0)
            .fetch_optional(conn)
            .await?
        });
        match row {
            Some(row) => self.with_parts(row.try_into()?).await.map(Some),
            None => Ok(None),
        }
    }

    /// Finds a sent document with its parts for the index, which carries its viewers along.
    pub async fn find_sent(&mut self, id: DocumentId) -> Result<Option<Document>> {
        let row: Option<Row> = on_either!(self.0, |conn| {
            sqlx::query_as(concat!(
                "SELECT ",
                document_columns!(),
                "
                   FROM documents d
                   WHERE d.id = $1
                      AND d.quarantined_at IS NULL
                      AND d.state IN ('sent', 'superseded', 'recalled', 'archived')"
            ))
            .bind(id.0)
            .fetch_optional(conn)
            .await?
        });
        match row {
            Some(row) => self.with_parts(row.try_into()?).await.map(Some),
            None => Ok(None),
        }
    }

    /// The ids of sent documents after `after`, in order, for an index that is filled or compared.
    pub async fn sent_after(&mut self, after: DocumentId, limit: i64) -> Result<Vec<DocumentId>> {
        let ids: Vec<Uuid> = on_either!(self.0, |conn| {
            sqlx::query_scalar(
                "SELECT id
                   FROM documents
                  WHERE id > $1
                    AND quarantined_at IS NULL
                    AND state IN ('sent', 'superseded', 'recalled', 'archived')
                  ORDER BY id
                  LIMIT $2",
            )
            .bind(after.0)
            .bind(limit)
            .fetch_all(conn)
            .await?
        });
        Ok(ids.into_iter().map(DocumentId).collect())
    }

    /// How many documents an index should hold.
    pub async fn count_sent(&mut self) -> Result<u64> {
        let count: i64 = on_either!(self.0, |conn| {
            sqlx::query_scalar(
                "SELECT COUNT(*)
                   FROM documents
                  WHERE quarantined_at IS NULL
                    AND state IN ('sent', 'superseded', 'recalled', 'archived')",
            )
            .fetch_one(conn)
            .await?
        });
        super::values::count(count)
    }
}
