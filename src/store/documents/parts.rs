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
    AddressedGroup, Attached, Consent, Document, DocumentId, FileId, FileRole, GroupId,
    JointIssuer, Recipient, UnitId,
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
    refusal: Option<String>,
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

    /// Notes what a joint issuer says to the draft.
    pub async fn answer_consent(
        &mut self,
        id: DocumentId,
        unit: UnitId,
        answer: &Consent,
    ) -> Result<()> {
        let (by, at) = answer.act;
        let refusal = answer.note.as_deref().filter(|_| !answer.granted);
        on_either!(self.0, |conn| {
            sqlx::query(
                "UPDATE joint_issuers
                    SET consented_by = $3, consented_at = $4, refusal = $5
                  WHERE document_id = $1 AND unit_id = $2",
            )
            .bind(id.0)
            .bind(unit.0)
            .bind(by.0)
            .bind(ms(at))
            .bind(refusal)
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Forgets what the joint issuers said: the draft is worked on again.
    pub async fn ask_consent_again(&mut self, id: DocumentId) -> Result<()> {
        self.clear(
            "UPDATE joint_issuers
                SET consented_by = NULL, consented_at = NULL, refusal = NULL
              WHERE document_id = $1",
            id,
        )
        .await
    }

    /// Addresses a document to these groups, in order, and no others.
    pub async fn set_groups(&mut self, id: DocumentId, groups: &[AddressedGroup]) -> Result<()> {
        self.clear("DELETE FROM document_groups WHERE document_id = $1", id)
            .await?;
        for (position, addressed) in (0_i64..).zip(groups) {
            on_either!(self.0, |conn| {
                sqlx::query(
                    "INSERT INTO document_groups (document_id, position, group_id, name, role)
                     VALUES ($1, $2, $3, $4, $5)",
                )
                .bind(id.0)
                .bind(position)
                .bind(addressed.group.0)
                .bind(&addressed.name)
                .bind(addressed.role.code())
                .execute(conn)
                .await?;
            });
        }
        Ok(())
    }

    async fn groups_of(&mut self, id: DocumentId) -> Result<Vec<AddressedGroup>> {
        let rows: Vec<(Uuid, String, String)> = on_either!(self.0, |conn| {
            sqlx::query_as(
                "SELECT group_id, name, role
                   FROM document_groups
                  WHERE document_id = $1
                  ORDER BY position",
            )
            .bind(id.0)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|(group, name, role)| {
                Ok(AddressedGroup {
                    group: GroupId(group),
                    name,
                    role: parsed(&role)?,
                })
            })
            .collect()
    }

    /// Removes files, recipients and joint issuers.
    pub(super) async fn clear_parts(&mut self, id: DocumentId) -> Result<()> {
        for statement in [
            "DELETE FROM document_files WHERE document_id = $1",
            "DELETE FROM document_recipients WHERE document_id = $1",
            "DELETE FROM document_groups WHERE document_id = $1",
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
        // The names of its files may say what it said.
        if document.quarantined_at.is_none() {
            document.files = self.files_of(id).await?;
        }
        document.recipients = self.recipients_of(id).await?;
        document.groups = self.groups_of(id).await?;
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
                "SELECT unit_id, consented_by, consented_at, refusal
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
                    consent: act(row.consented_by, row.consented_at)?.map(|act| Consent {
                        granted: row.refusal.is_none(),
                        act,
                        note: row.refusal,
                    }),
                })
            })
            .collect()
    }
}
