//! Fills a hub with texts: sent documents of units, some of which see them and some of which do
//! not.

use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::stream;
use indicatif::ProgressBar;
use jiff::{SignedDuration, Timestamp};
use serde_json::Map;
use wenshu_index::{Entry, Part};

use super::{
    super::{
        city::{City, Office},
        fill::{Content, draft},
        random::Random,
    },
    corpus::Text,
};
use crate::{
    cli::{node::Node, told},
    domain::{
        Change, Delivery, Digest, Document, DocumentState, FileId, FileRole, FileText, Recipient,
        RecipientRole, StoredFile, Subject, TextPart, TextState, UnitId,
    },
    store::{Basis, Tx},
};

/// Units: one that sees everything, one that sees half, and those that send.
pub(super) const UNITS: usize = 12;
/// The unit that sees everything.
pub(super) const SEES_ALL: usize = 0;
/// The unit that sees every other text.
pub(super) const SEES_HALF: usize = 1;

/// Documents in one unit of work.
const AT_ONCE: usize = 100;
/// Documents in one commit of an index that is fed directly.
pub(super) const FED_AT_ONCE: usize = 20_000;
/// How long the indexer may be at it.
const PATIENCE: Duration = Duration::from_mins(30);
/// A kind of which anybody sends some.
const KIND: &str = "GW-HAN";

/// Texts on their way into a hub.
pub(super) struct Library<'a> {
    node: &'a Node,
    city: &'a City,
    now: Timestamp,
    /// Names the document of each text, by place.
    pub(super) ids: Vec<u128>,
}

impl<'a> Library<'a> {
    pub(super) fn new(node: &'a Node, city: &'a City) -> Self {
        Self {
            node,
            city,
            now: node.hub.now(),
            ids: Vec::new(),
        }
    }

    /// Sends the texts, each with a file that has been read, and waits until the indexer has
    /// taken them all.
    pub(super) async fn send(&mut self, texts: &[Text], bar: &ProgressBar) -> Result<(), String> {
        for some in texts.chunks(AT_ONCE) {
            let mut files = Vec::with_capacity(some.len());
            for text in some {
                files.push(self.keep(text).await?);
            }
            let mut tx = self.begin().await?;
            for (text, (digest, size)) in some.iter().zip(files) {
                let document = self.document(text, self.ids.len());
                let file = self.file(&document, digest, size);
                self.write(&mut tx, &document).await?;
                attach(&mut tx, &document, &file, text, self.now)
                    .await
                    .map_err(|error| told(&error))?;
                tx.happened(Change {
                    at: self.now,
                    subject: Subject::Document,
                    id: document.id.0,
                    what: "document.send",
                    party: None,
                });
                self.ids.push(document.id.0.as_u128());
            }
            tx.commit().await.map_err(|error| told(&error))?;
            bar.set_position(self.ids.len() as u64);
        }
        self.until_indexed().await
    }

    /// Enters the rows of one more text, and gives what the index takes of it. The indexer is not
    /// told, and the document has neither file nor deliveries: what is fed is the text itself.
    pub(super) async fn enter(&mut self, tx: &mut Tx, text: &Text) -> Result<Entry, String> {
        let place = self.ids.len();
        let document = self.document(text, place);
        self.write(tx, &document).await?;
        self.ids.push(document.id.0.as_u128());
        let year = document.dated_on.map_or(2000, |day| i32::from(day.year()));
        Ok(Entry {
            id: document.id.0.as_u128(),
            visible_to: self.viewers(place).map(|unit| unit.0.as_u128()).collect(),
            title: document.title,
            doc_number: document.number.map(|number| number.to_string()),
            case_number: None,
            kind: document.kind,
            kind_label: "函".to_owned(),
            issuer: document.unit.0.as_u128(),
            state: document.state.code().to_owned(),
            state_label: document.state.label().to_owned(),
            units: Vec::new(),
            sent_at: document.sent.map_or(0, |(_, at)| at.as_millisecond()),
            year,
            parts: vec![Part {
                name: "正文.txt".to_owned(),
                page: None,
                text: text.body.clone(),
            }],
        })
    }

    pub(super) async fn begin(&self) -> Result<Tx, String> {
        let tx = self.node.store.write().await;
        tx.map_err(|error| told(&error))
    }

    /// Keeps a text as an uploaded file and as what was read in it.
    async fn keep(&self, text: &Text) -> Result<(Digest, u64), String> {
        let bytes = Bytes::from(text.body.clone());
        let limit = bytes.len() as u64;
        let bytes = stream::iter([Ok::<_, std::io::Error>(bytes)]);
        let blobs = self.node.hub.blobs();
        let stored = blobs.write(bytes, limit).await;
        let stored = stored.map_err(|_| "文件没有存下".to_owned())?;
        let read = serde_json::to_vec(&read_in(text)).map_err(|error| told(&error))?;
        let kept = blobs.put_text(stored.digest, read.into()).await;
        kept.map_err(|error| told(&error))?;
        Ok((stored.digest, stored.size))
    }

    fn document(&self, text: &Text, place: usize) -> Document {
        // Later texts are newer; all are older than now.
        let age = i64::try_from(2_000_000_usize.saturating_sub(place)).unwrap_or_default();
        let at = self.now - SignedDuration::from_mins(age);
        let sender = self.office(sender(place));
        let mut document = draft(sender, at, &mut Random(1), Content::Exchange);
        KIND.clone_into(&mut document.kind);
        document.title.clone_from(&text.title);
        document.fields = Map::new();
        document.reply_due_on = None;
        document.dated_on = text.dated_on;
        document.number.clone_from(&text.doc_number);
        document.case_number.clone_from(&text.case_number);
        document.recipients = receivers(place)
            .map(|office| Recipient {
                unit: self.office(office).unit,
                role: RecipientRole::Main,
            })
            .collect();
        document.issued = Some((sender.signer, at));
        document
    }

    /// Writes the rows of a sent document.
    async fn write(&self, tx: &mut Tx, document: &Document) -> Result<(), String> {
        let written = async {
            tx.documents().insert(document).await?;
            let mut sent = document.clone();
            sent.state = DocumentState::Sent;
            sent.sent = sent.issued;
            sent.manifest = Some(sent.digest_of_content());
            sent.revision += 1;
            tx.documents().update(&sent).await?;
            let mut viewers = vec![(sent.unit, Basis::Issuer)];
            let recipients = sent.recipients.iter();
            viewers.extend(recipients.map(|one| (one.unit, Basis::Main)));
            let at = sent.drafted.1;
            tx.access().grant_all(sent.id, &viewers, at).await
        };
        written.await.map_err(|error| told(&error))
    }

    fn file(&self, document: &Document, digest: Digest, size: u64) -> StoredFile {
        StoredFile {
            id: FileId::fresh(),
            digest,
            size,
            name: "正文.txt".to_owned(),
            media_type: "text/plain".to_owned(),
            unit: document.unit,
            uploaded_by: document.drafted.0,
            uploaded_at: self.now,
        }
    }

    /// Waits until the index has read the change log to its end.
    async fn until_indexed(&self) -> Result<(), String> {
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            let tx = self.node.store.read().await;
            let newest = tx
                .map_err(|error| told(&error))?
                .changes()
                .newest()
                .await
                .map_err(|error| told(&error))?;
            let index = self.node.hub.index_slot();
            let position = index.current().position().map_err(|error| told(&error))?;
            if position.is_some_and(|position| position >= newest) && index.is_complete() {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Err("索引迟迟没有跟上".to_owned())
    }

    fn viewers(&self, place: usize) -> impl Iterator<Item = UnitId> {
        viewers(place).map(|office| self.office(office).unit)
    }

    fn office(&self, at: usize) -> &Office {
        &self.city.offices[at]
    }
}

async fn attach(
    tx: &mut Tx,
    document: &Document,
    file: &StoredFile,
    text: &Text,
    now: Timestamp,
) -> crate::store::Result<()> {
    let recipients = &document.recipients;
    tx.documents()
        .set_recipients(document.id, recipients)
        .await?;
    tx.files().insert(file).await?;
    let mut texts = tx.texts();
    texts
        .enqueue(file.digest, &file.media_type, file.size, now)
        .await?;
    let chars = read_in(text).chars();
    texts
        .settle(
            file.digest,
            TextState::Ready,
            None,
            Some("text"),
            chars,
            now,
        )
        .await?;
    tx.documents()
        .set_files(document.id, &[(file.id, FileRole::Main)])
        .await?;
    tx.files().attach(file.id).await?;
    let arriving = recipients.iter().map(|one| {
        let at = document.drafted.1;
        Delivery::arriving(document, one.unit, one.role, at)
    });
    let arriving: Vec<_> = arriving.collect();
    tx.deliveries().insert_all(&arriving).await?;
    Ok(())
}

/// What extraction would have kept of the file.
fn read_in(text: &Text) -> FileText {
    FileText {
        engine: "text".to_owned(),
        parts: vec![TextPart {
            page: None,
            text: text.body.clone(),
        }],
    }
}

/// Whether the unit at `office` sees the text at `place`.
pub(super) fn sees(office: usize, place: usize) -> bool {
    viewers(place).any(|viewer| viewer == office)
}

/// The office that sends the text at `place`.
fn sender(place: usize) -> usize {
    2 + place % (UNITS - 2)
}

fn receivers(place: usize) -> impl Iterator<Item = usize> {
    let other = 2 + (place * 7 + 3) % (UNITS - 2);
    [SEES_ALL]
        .into_iter()
        .chain(place.is_multiple_of(2).then_some(SEES_HALF))
        .chain((other != sender(place)).then_some(other))
}

fn viewers(place: usize) -> impl Iterator<Item = usize> {
    std::iter::once(sender(place)).chain(receivers(place))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_unit_sees_everything_another_half_and_nobody_else_much() {
        let seen = |office| (0..1000).filter(|&place| sees(office, place)).count();
        assert_eq!(seen(SEES_ALL), 1000);
        assert_eq!(seen(SEES_HALF), 500);
        for office in 2..UNITS {
            assert!(
                (100..=300).contains(&seen(office)),
                "{office}: {}",
                seen(office)
            );
        }
    }

    #[test]
    fn nobody_sends_to_themselves_or_twice() {
        for place in 0..100 {
            let mut all: Vec<_> = viewers(place).collect();
            let count = all.len();
            all.sort_unstable();
            all.dedup();
            assert_eq!(all.len(), count, "{place}");
        }
    }
}
