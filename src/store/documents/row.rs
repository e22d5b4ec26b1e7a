//! A row of `documents` and the document that it says.

use sqlx::FromRow;
use uuid::Uuid;

use super::super::{
    Result, StoreError,
    values::{act, doc_number, instant, instant_if, parsed, parsed_if},
};
use crate::domain::{DocNumber, Document, DocumentId, Noted, Review, UnitId, UserId};

/// The columns of a [`Row`], from a table called `d`.
macro_rules! document_columns {
    () => {
        "d.id, d.unit_id, d.kind_code, d.kind_version, d.title, d.state, d.urgency, \
         d.openness, d.dated_on, d.number_prefix, d.number_year, d.number_seq, d.case_number, \
         d.reply_due_on, d.fields, d.in_reply_to, d.created_by, d.created_at, d.updated_at, \
         d.issued_by, d.issued_at, d.sent_by, d.sent_at, d.manifest, d.revision, d.version, \
         d.replaces, d.kept_number, d.submitted_by, d.submitted_at, d.review_approved, \
         d.reviewed_by, d.reviewed_at, d.review_note, d.amendment, d.superseded_at, \
         d.recalled_by, d.recalled_at, d.recall_reason, d.archived_by, d.archived_at"
    };
}

#[derive(FromRow)]
pub(super) struct Row {
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
    submitted_by: Option<Uuid>,
    submitted_at: Option<i64>,
    review_approved: Option<bool>,
    reviewed_by: Option<Uuid>,
    reviewed_at: Option<i64>,
    review_note: Option<String>,
    amendment: Option<String>,
    superseded_at: Option<i64>,
    recalled_by: Option<Uuid>,
    recalled_at: Option<i64>,
    recall_reason: Option<String>,
    archived_by: Option<Uuid>,
    archived_at: Option<i64>,
}

impl Row {
    fn number(&self) -> Result<Option<DocNumber>> {
        match &self.kept_number {
            Some(kept) => parsed(kept).map(Some),
            None => doc_number(
                self.number_prefix.as_deref(),
                self.number_year,
                self.number_seq,
            ),
        }
    }

    fn review(&self) -> Result<Option<Review>> {
        let said = act(self.reviewed_by, self.reviewed_at)?;
        Ok(said.map(|act| Review {
            approved: self.review_approved == Some(true),
            act,
            note: self.review_note.clone(),
        }))
    }

    fn recalled(&self) -> Result<Option<Noted>> {
        let recalled = act(self.recalled_by, self.recalled_at)?;
        Ok(recalled.map(|act| Noted {
            act,
            reason: self.recall_reason.clone().unwrap_or_default(),
        }))
    }
}

impl TryFrom<Row> for Document {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            number: row.number()?,
            review: row.review()?,
            recalled: row.recalled()?,
            id: DocumentId(row.id),
            unit: UnitId(row.unit_id),
            kind_version: u16::try_from(row.kind_version).unwrap_or_default(),
            version: row.version,
            replaces: row.replaces.map(DocumentId),
            state: parsed(&row.state)?,
            urgency: parsed(&row.urgency)?,
            openness: parsed(&row.openness)?,
            dated_on: parsed_if(row.dated_on.as_deref())?,
            case_number: parsed_if(row.case_number.as_deref())?,
            reply_due_on: parsed_if(row.reply_due_on.as_deref())?,
            fields: serde_json::from_str(&row.fields)
                .map_err(|error| StoreError::Unreadable(error.to_string()))?,
            in_reply_to: row.in_reply_to.map(DocumentId),
            drafted: (UserId(row.created_by), instant(row.created_at)?),
            updated_at: instant(row.updated_at)?,
            submitted: act(row.submitted_by, row.submitted_at)?,
            issued: act(row.issued_by, row.issued_at)?,
            sent: act(row.sent_by, row.sent_at)?,
            amendment: row.amendment,
            superseded_at: instant_if(row.superseded_at)?,
            archived: act(row.archived_by, row.archived_at)?,
            manifest: parsed_if(row.manifest.as_deref())?,
            revision: row.revision,
            kind: row.kind_code,
            title: row.title,
            files: Vec::new(),
            recipients: Vec::new(),
            groups: Vec::new(),
            joint_issuers: Vec::new(),
        })
    }
}
