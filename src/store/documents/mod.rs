//! Documents, and what belongs to them: files, recipients, joint issuers, numbers, lists.

mod numbers;
mod parts;

use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Result, Tx,
    tx::on_either,
    values::{act, day, instant, ms, parsed, parsed_if},
};
use crate::domain::{DocNumber, Document, DocumentId, DocumentState, UnitId, UserId};

/// The documents on the hub.
pub struct Documents<'t>(&'t mut Tx);

impl Tx {
    /// The documents on the hub.
    pub fn documents(&mut self) -> Documents<'_> {
        Documents(self)
    }
}

/// The columns of a [`Row`], from a table called `d`.
macro_rules! document_columns {
    () => {
        "d.id, d.unit_id, d.kind_code, d.kind_version, d.title, d.state, d.urgency, \
         d.openness, d.dated_on, d.number_prefix, d.number_year, d.number_seq, d.case_number, \
         d.reply_due_on, d.fields, d.in_reply_to, d.created_by, d.created_at, d.updated_at, \
         d.issued_by, d.issued_at, d.sent_by, d.sent_at, d.manifest, d.revision, d.version, \
         d.replaces, d.kept_number"
    };
}

// Below the macro that it uses.
mod lists;

#[derive(FromRow)]
struct Row {
    id: Uuid,
    unit_id: Uuid,
    kind_code: String,
    kind_version: i64,
    title: String,
    state: String,
    urgency: String,
    openness: String,
    dated_on: Option<String>,
    number_prefix: Option<String>,
    number_year: Option<i64>,
    number_seq: Option<i64>,
    case_number: Option<String>,
    reply_due_on: Option<String>,
    fields: String,
    in_reply_to: Option<Uuid>,
    created_by: Uuid,
    created_at: i64,
    updated_at: i64,
    issued_by: Option<Uuid>,
    issued_at: Option<i64>,
    sent_by: Option<Uuid>,
    sent_at: Option<i64>,
    manifest: Option<String>,
    revision: i64,
    version: i64,
    replaces: Option<Uuid>,
    kept_number: Option<String>,
}

impl Row {
    fn number(&self) -> Result<Option<DocNumber>> {
        if let Some(kept) = &self.kept_number {
            return parsed(kept).map(Some);
        }
        match (&self.number_prefix, self.number_year, self.number_seq) {
            (Some(prefix), Some(year), Some(seq)) => {
                parsed(&format!("{prefix}〔{year}〕{seq}号")).map(Some)
            }
            _ => Ok(None),
        }
    }
}

impl TryFrom<Row> for Document {
    type Error = super::StoreError;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: DocumentId(row.id),
            unit: UnitId(row.unit_id),
            kind_version: u16::try_from(row.kind_version).unwrap_or_default(),
            version: row.version,
            replaces: row.replaces.map(DocumentId),
            state: parsed(&row.state)?,
            urgency: parsed(&row.urgency)?,
            openness: parsed(&row.openness)?,
            dated_on: parsed_if(row.dated_on.as_deref())?,
            number: row.number()?,
            case_number: parsed_if(row.case_number.as_deref())?,
            reply_due_on: parsed_if(row.reply_due_on.as_deref())?,
            fields: serde_json::from_str(&row.fields)
                .map_err(|error| super::StoreError::Unreadable(error.to_string()))?,
            in_reply_to: row.in_reply_to.map(DocumentId),
            drafted: (UserId(row.created_by), instant(row.created_at)?),
            updated_at: instant(row.updated_at)?,
            issued: act(row.issued_by, row.issued_at)?,
            sent: act(row.sent_by, row.sent_at)?,
            manifest: parsed_if(row.manifest.as_deref())?,
            revision: row.revision,
            kind: row.kind_code,
            title: row.title,
            files: Vec::new(),
            recipients: Vec::new(),
            joint_issuers: Vec::new(),
        })
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
                                        revision, version, replaces, kept_number)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
                         $17, $18, $19, $20)",
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
                        kept_number = $23
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
            .bind(number.map(|number| i64::from(number.year())))
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
            .execute(conn)
            .await?
            .rows_affected()
        });
        if updated > 0 && document.state == DocumentState::Draft {
            self.carry_kind(document).await?;
        }
        Ok(updated > 0)
    }

    /// Lists of one kind go along what the viewers of a document carry of it. Only a draft changes
    /// its kind, and only its issuers see it.
    async fn carry_kind(&mut self, document: &Document) -> Result<()> {
        on_either!(self.0, |conn| {
            sqlx::query(
                "UPDATE access
                    SET kind_code = $2
                  WHERE document_id = $1 AND kind_code <> $2",
            )
            .bind(document.id.0)
            .bind(&document.kind)
            .execute(conn)
            .await?;
        });
        Ok(())
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
}
