//! What the index is fed with: the change log from its own position on.

use std::collections::BTreeSet;

use jiff::civil::Date;
use wenshu_index::{Change, Entry, Part};

use super::IndexSlot;
use crate::{
    app::{Directory, Hub, Result},
    domain::{Document, DocumentId, FileText, Subject, legal_day},
    store::Tx,
};

/// How many lines of the change log are read at once.
const LINES: i64 = 500;

/// A stretch of the change log, as the index takes it.
pub enum Feed {
    /// There is something to take.
    Changes {
        /// What is to be put in and taken out.
        changes: Vec<Change>,
        /// How far the index has read when it has taken them.
        position: u64,
    },
    /// The index has read everything.
    Nothing,
    /// The index has read more than the database holds: it belongs to a later life of it.
    Ahead,
}

impl Hub {
    /// The index at hand, for its feeder.
    #[must_use]
    pub fn index_slot(&self) -> &IndexSlot {
        &self.0.parts.index
    }

    /// What has happened after `position`, as far as it concerns the index.
    pub async fn feed(&self, position: u64) -> Result<Feed> {
        let mut tx = self.store().read().await?;
        let lines = tx.changes().after(position, LINES).await?;
        let Some(last) = lines.last() else {
            let ahead = position > tx.changes().newest().await?;
            return Ok(if ahead { Feed::Ahead } else { Feed::Nothing });
        };
        let position = last.number;
        let touched: BTreeSet<_> = lines
            .iter()
            .filter(|line| line.subject == Subject::Document)
            .map(|line| DocumentId(line.id))
            .collect();
        let names = self.directory(&mut tx).await?;
        let mut changes = Vec::with_capacity(touched.len());
        for id in touched {
            changes.push(match tx.documents().find_sent(id).await? {
                Some(document) => Change::Put(self.entry(&mut tx, &names, document).await?),
                None => Change::Remove(id.0.as_u128()),
            });
        }
        Ok(Feed::Changes { changes, position })
    }

    async fn entry(&self, tx: &mut Tx, names: &Directory, document: Document) -> Result<Entry> {
        let viewers = tx.access().viewers(document.id).await?;
        let kind = self
            .rules()
            .kind_version(&document.kind, document.kind_version);
        let sent = document.sent.map(|(_, at)| at).unwrap_or_default();
        let dated: Date = document.dated_on.unwrap_or_else(|| legal_day(sent));
        let units = std::iter::once(document.unit)
            .chain(document.joint_issuers.iter().map(|joint| joint.unit))
            .chain(document.recipients.iter().map(|recipient| recipient.unit));
        let units = units
            .filter_map(|unit| names.unit(unit))
            .flat_map(|unit| [unit.full_name.clone(), unit.short_name.clone()])
            .collect();
        let mut parts = self.field_parts(&document);
        for attached in &document.files {
            parts.extend(
                self.text_parts(&attached.file.name, attached.file.digest)
                    .await?,
            );
        }
        Ok(Entry {
            id: document.id.0.as_u128(),
            visible_to: viewers.iter().map(|unit| unit.0.as_u128()).collect(),
            title: document.title,
            doc_number: document.number.map(|number| number.to_string()),
            case_number: document.case_number.map(|number| number.to_string()),
            issuer: document.unit.0.as_u128(),
            state: document.state.code().into(),
            state_label: document.state.label().into(),
            kind: document.kind,
            kind_label: kind.map(|kind| kind.name.clone()).unwrap_or_default(),
            units,
            sent_at: sent.as_millisecond(),
            year: i32::from(dated.year()),
            parts,
        })
    }

    /// What was filled in, field by field.
    fn field_parts(&self, document: &Document) -> Vec<Part> {
        let kind = self
            .rules()
            .kind_version(&document.kind, document.kind_version);
        let label = |name: &str| {
            let field = kind.and_then(|kind| kind.field(name));
            field.map_or_else(|| name.to_owned(), |field| field.label.clone())
        };
        let mut parts = Vec::new();
        for (name, value) in &document.fields {
            let texts: Vec<&str> = match value {
                serde_json::Value::String(text) => vec![text],
                serde_json::Value::Array(items) => items
                    .iter()
                    .filter_map(|item| item.as_str().or(item["detail"].as_str()))
                    .collect(),
                _ => Vec::new(),
            };
            parts.extend(texts.into_iter().map(|text| Part {
                name: label(name),
                page: None,
                text: text.to_owned(),
            }));
        }
        parts
    }

    async fn text_parts(&self, name: &str, digest: crate::domain::Digest) -> Result<Vec<Part>> {
        let Some(bytes) = self.blobs().get_text(digest).await? else {
            return Ok(Vec::new());
        };
        let Ok(text) = serde_json::from_slice::<FileText>(&bytes) else {
            tracing::warn!(%digest, "extracted text is unreadable; it is left out of the index");
            return Ok(Vec::new());
        };
        Ok(text
            .parts
            .into_iter()
            .map(|part| Part {
                name: name.to_owned(),
                page: part.page,
                text: part.text,
            })
            .collect())
    }
}
