//! What an index is fed with: everything that was sent, walked over once, and from then on what the
//! change log says.

use std::collections::BTreeSet;

use jiff::civil::Date;
use wenshu_index::{Change, Entry, Part, Purpose, Reached, Walk};

use super::IndexSlot;
use crate::{
    app::{Directory, Hub, Result},
    domain::{ChangeLine, Document, DocumentId, FileText, Subject, TextState, legal_day},
    store::Tx,
};

/// How many lines of the change log are read at once.
const LINES: i64 = 500;

/// How many documents are walked over at once.
const DOCUMENTS: i64 = 500;

/// The bytes of text after which a batch is large enough, however few documents it has.
const ENOUGH: usize = 8 << 20;

/// A batch, as an index takes it.
pub enum Feed {
    /// There is something to take.
    Changes {
        /// What is to be put in and taken out.
        changes: Vec<Change>,
        /// How far the index has come when it has taken them.
        reached: Reached,
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

    /// The number of the newest change, which an index that has read everything has come to.
    pub async fn newest_change(&self) -> Result<u64> {
        Ok(self.store().read().await?.changes().newest().await?)
    }

    /// What comes next for an index that has come so far; `None` for one that was just begun.
    ///
    /// The change log goes before the walk, so that what is sent meanwhile is found as soon as
    /// ever, and the walk goes on with it, so that it comes to its end however much is sent. What
    /// both tell of is put in twice, which is as good as once.
    pub async fn feed(&self, reached: Option<Reached>) -> Result<Feed> {
        let mut tx = self.store().read().await?;
        let mut reached = match reached {
            Some(reached) => reached,
            None => Reached::before_all(tx.changes().newest().await?, Purpose::Fill),
        };
        let lines = tx.changes().after(reached.position, LINES).await?;
        if lines.is_empty() {
            if reached.position > tx.changes().newest().await? {
                return Ok(Feed::Ahead);
            }
            if reached.walk.is_none() {
                return Ok(Feed::Nothing);
            }
        }
        let names = self.directory(&mut tx).await?;
        let mut batch = Batch::default();
        self.follow(&mut tx, &names, lines, &mut reached, &mut batch)
            .await?;
        if let Some(walk) = reached.walk {
            reached.walk = self.walk_on(&mut tx, &names, walk, &mut batch).await?;
        }
        Ok(Feed::Changes {
            changes: batch.changes,
            reached,
        })
    }

    /// Takes what the lines of the change log tell of, as far as the batch goes.
    async fn follow(
        &self,
        tx: &mut Tx,
        names: &Directory,
        lines: Vec<ChangeLine>,
        reached: &mut Reached,
        batch: &mut Batch,
    ) -> Result<()> {
        let mut touched = BTreeSet::new();
        for line in lines {
            reached.position = line.number;
            let id = DocumentId(line.id);
            if line.subject == Subject::Document && touched.insert(id) {
                batch.take(id, self.entry_of(tx, names, id).await?);
            }
            if is_spoken_of_everywhere(&line) {
                let purpose = reached.walk.map_or(Purpose::Renew, |walk| walk.purpose);
                *reached = Reached::before_all(reached.position, purpose);
            }
            if batch.is_enough() {
                break;
            }
        }
        Ok(())
    }

    /// Takes what the walk comes to next, one document at the least. Answers where the walk then
    /// is, or nothing when it is over.
    async fn walk_on(
        &self,
        tx: &mut Tx,
        names: &Directory,
        walk: Walk,
        batch: &mut Batch,
    ) -> Result<Option<Walk>> {
        let mut last = DocumentId(uuid::Uuid::from_u128(walk.after));
        let ids = tx.documents().sent_after(last, DOCUMENTS).await?;
        let is_last_page = i64::try_from(ids.len()).is_ok_and(|count| count < DOCUMENTS);
        let end = ids.last().copied();
        for id in ids {
            batch.take(id, self.entry_of(tx, names, id).await?);
            last = id;
            if batch.is_enough() {
                break;
            }
        }
        let is_over = is_last_page && end.is_none_or(|end| end == last);
        let after = last.0.as_u128();
        Ok((!is_over).then_some(Walk { after, ..walk }))
    }

    /// What the index should hold of a document; nothing, if it is not to be found.
    pub(super) async fn entry_of(
        &self,
        tx: &mut Tx,
        names: &Directory,
        id: DocumentId,
    ) -> Result<Option<Entry>> {
        match tx.documents().find_sent(id).await? {
            Some(document) => self.entry(tx, names, document).await.map(Some),
            None => Ok(None),
        }
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
        let files = document.files.iter();
        // Of one that is just being read the text may be there and not be told of yet.
        for attached in files.filter(|attached| attached.text == TextState::Ready) {
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

/// Whether the line tells of what entries of documents speak of that it does not name.
pub(super) fn is_spoken_of_everywhere(line: &ChangeLine) -> bool {
    line.subject == Subject::Unit && line.what == "unit.change"
}

/// Changes that are applied together.
#[derive(Default)]
struct Batch {
    changes: Vec<Change>,
    bytes: usize,
}

impl Batch {
    fn take(&mut self, id: DocumentId, entry: Option<Entry>) {
        self.changes.push(match entry {
            Some(entry) => {
                let texts = entry.parts.iter().map(|part| part.text.len());
                self.bytes += texts.sum::<usize>();
                Change::Put(entry)
            }
            None => Change::Remove(id.0.as_u128()),
        });
    }

    fn is_enough(&self) -> bool {
        self.bytes >= ENOUGH
    }
}
