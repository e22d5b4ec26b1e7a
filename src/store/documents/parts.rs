use serde_json::json;
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    super::{
        Result,
        files::FileRow,
        rows::{hex, insert_rows},
        tx::on_either,
        values::{act, ms, parsed},
    },
    Documents,
};
use crate::domain::{
    Attached, Document, DocumentId, FileId, FileRole, JointIssuer, Recipient, UnitId, UserId,
};

#[derive(FromRow)]
struct AttachedRow {
    #[sqlx(flatten)]
    file: FileRow,
    role: String,
    text_state: String,
    text_reason: Option<String>,
}

#[derive(FromRow)]
struct JointRow {
    unit_id: Uuid,
    consented_by: Option<Uuid>,
    consented_at: Option<i64>,
}

impl Documents<'_> {
    /// Gives a document these files, in order, and no others.
    pub async fn set_files(&mut self, id: DocumentId, files: &[(FileId, FileRole)]) -> Result<()> {
        self.clear("DELETE FROM document_files WHERE document_id = $1", id)
            .await?;
        for (position, (file, role)) in (0_i64..).zip(files) {
            on_either!(self.0, |conn| {
                sqlx::query(
                    "INSERT INTO document_files (document_id, position, file_id, role)
                     VALUES ($1, $2, $3, $4)",
                )
                .bind(id.0)
                .bind(position)
                .bind(file.0)
                .bind(role.code())
                .execute(conn)
                .await?;
            });
        }
        Ok(())
    }

    /// Addresses a document to these units, in order, and no others.
    pub async fn set_recipients(&mut self, id: DocumentId, recipients: &[Recipient]) -> Result<()> {
        self.clear("DELETE FROM document_recipients WHERE document_id = $1", id)
            .await?;
        let rows = (0_i64..).zip(recipients).map(|(position, recipient)| {
            json!({
                "document_id": hex(id.0),
                "position": position,
                "unit_id": hex(recipient.unit.0),
                "role": recipient.role.code(),
            })
        });
        insert_rows!(self.0, rows, "document_recipients", "", {
            document_id: id, position: number, unit_id: id, role: text,
        });
        Ok(())
    }

    /// Names these units as joint issuers, in order, and no others; none has consented yet.
    pub async fn set_joint_issuers(&mut self, id: DocumentId, units: &[UnitId]) -> Result<()> {
        self.clear("DELETE FROM joint_issuers WHERE document_id = $1", id)
            .await?;
        for (position, unit) in (0_i64..).zip(units) {
            on_either!(self.0, |conn| {
                sqlx::query(
                    "INSERT INTO joint_issuers (document_id, position, unit_id)
                     VALUES ($1, $2, $3)",
                )
                .bind(id.0)
                .bind(position)
                .bind(unit.0)
                .execute(conn)
                .await?;
            });
        }
        Ok(())
    }

    /// Notes that a joint issuer consents. Tells whether it had not before.
    pub async fn consent(
        &mut self,
        id: DocumentId,
        unit: UnitId,
        by: UserId,
        at: jiff::Timestamp,
    ) -> Result<bool> {
        let consented = on_either!(self.0, |conn| {
            sqlx::query(
                "UPDATE joint_issuers
                    SET consented_by = $3, consented_at = $4
                  WHERE document_id = $1 AND unit_id = $2 AND consented_at IS NULL",
            )
            .bind(id.0)
            .bind(unit.0)
            .bind(by.0)
            .bind(ms(at))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(consented > 0)
    }

    /// Removes files, recipients and joint issuers.
    pub(super) async fn clear_parts(&mut self, id: DocumentId) -> Result<()> {
        for statement in [
            "DELETE FROM document_files WHERE document_id = $1",
            "DELETE FROM document_recipients WHERE document_id = $1",
            "DELETE FROM joint_issuers WHERE document_id = $1",
        ] {
            self.clear(statement, id).await?;
        }
        Ok(())
    }

    async fn clear(&mut self, statement: &'static str, id: DocumentId) -> Result<()> {
        on_either!(self.0, |conn| {
            sqlx::query(statement).bind(id.0).execute(conn).await?;
        });
        Ok(())
    }

    /// Reads what belongs to a document.
    pub(super) async fn with_parts(&mut self, mut document: Document) -> Result<Document> {
        let id = document.id;
        document.files = self.files_of(id).await?;
        document.recipients = self.recipients_of(id).await?;
        document.joint_issuers = self.joint_issuers_of(id).await?;
        Ok(document)
    }

    async fn files_of(&mut self, id: DocumentId) -> Result<Vec<Attached>> {
        let rows: Vec<AttachedRow> = on_either!(self.0, |conn| {
            sqlx::query_as(
                "SELECT f.id, f.digest, f.size, f.name, f.media_type, f.unit_id, f.uploaded_by,
                        f.uploaded_at, d.role, t.state AS text_state, t.reason AS text_reason
                   FROM document_files d
                   JOIN files f ON f.id = d.file_id
                   JOIN texts t ON t.digest = f.digest
                  WHERE d.document_id = $1
                  ORDER BY d.position",
            )
            .bind(id.0)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|row| {
                Ok(Attached {
                    file: row.file.try_into()?,
                    role: parsed(&row.role)?,
                    text: parsed(&row.text_state)?,
                    text_reason: row.text_reason,
                })
            })
            .collect()
    }

    async fn recipients_of(&mut self, id: DocumentId) -> Result<Vec<Recipient>> {
        let rows: Vec<(Uuid, String)> = on_either!(self.0, |conn| {
            sqlx::query_as(
                "SELECT unit_id, role
                   FROM document_recipients
                  WHERE document_id = $1
                  ORDER BY position",
            )
            .bind(id.0)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|(unit, role)| {
                Ok(Recipient {
                    unit: UnitId(unit),
                    role: parsed(&role)?,
                })
            })
            .collect()
    }

    async fn joint_issuers_of(&mut self, id: DocumentId) -> Result<Vec<JointIssuer>> {
        let rows: Vec<JointRow> = on_either!(self.0, |conn| {
            sqlx::query_as(
                "SELECT unit_id, consented_by, consented_at
                   FROM joint_issuers
                  WHERE document_id = $1
                  ORDER BY position",
            )
            .bind(id.0)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|row| {
                Ok(JointIssuer {
                    unit: UnitId(row.unit_id),
                    consent: act(row.consented_by, row.consented_at)?,
                })
            })
            .collect()
    }
}
