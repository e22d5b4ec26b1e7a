//! How well a document answers: BM25 over the clues, with what the viewer may see as the whole
//! collection.

use tantivy::{
    DocAddress, DocId, DocSet, Searcher, SegmentReader, TERMINATED, Term,
    columnar::Column,
    schema::{Field, IndexRecordOption},
};

use super::{Clue, matches::each_match};
use crate::{
    entry::number,
    ids::Ids,
    schema::{self, Fields},
};

/// How soon more of the same stops counting.
const SATURATION: f32 = 0.8;

/// How much the length of a document counts against it.
const LENGTH: f32 = 0.5;

/// How much a clue in the title counts beside one in the text. Titles of laws are of few words
/// and have no sort of rarity that a text has; a heavier weight costs more than it gives.
const TITLE: f32 = 0.6;

/// What each step of authority adds, as a share.
const AUTHORITY: f32 = 0.3;

/// The documents of one segment that the viewer may see.
pub(super) struct Seen {
    visible: Vec<bool>,
    lengths: Column<u64>,
    authority: Column<u64>,
    pub sent_at: Column<i64>,
    pub id: Ids,
}

impl Seen {
    fn open(segment: &SegmentReader, viewer: u128, fields: &Fields) -> tantivy::Result<Self> {
        let columns = segment.fast_fields();
        let mut visible = vec![false; segment.max_doc() as usize];
        let term = Term::from_field_ip_addr(fields.visible_to, number(viewer));
        let inverted = segment.inverted_index(fields.visible_to)?;
        if let Some(mut postings) = inverted.read_postings(&term, IndexRecordOption::Basic)? {
            while postings.doc() != TERMINATED {
                visible[postings.doc() as usize] = !segment.is_deleted(postings.doc());
                postings.advance();
            }
        }
        Ok(Self {
            visible,
            lengths: columns.u64(schema::LENGTH)?,
            authority: columns.u64(schema::AUTHORITY)?,
            sent_at: columns.i64(schema::SENT_AT)?,
            id: Ids::open(segment)?,
        })
    }

    fn length(&self, doc: DocId) -> u64 {
        self.lengths.first(doc).unwrap_or_default()
    }
}

/// The collection that the viewer sees.
pub(super) struct Collection {
    pub segments: Vec<Seen>,
    documents: f32,
    average_length: f32,
}

impl Collection {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a weight, of which three digits matter"
    )]
    pub fn open(searcher: &Searcher, viewer: u128, fields: &Fields) -> tantivy::Result<Self> {
        let segments = searcher
            .segment_readers()
            .iter()
            .map(|segment| Seen::open(segment, viewer, fields))
            .collect::<tantivy::Result<Vec<_>>>()?;
        let (mut documents, mut length) = (0_u64, 0_u64);
        for seen in &segments {
            for doc in (0..)
                .zip(&seen.visible)
                .filter_map(|(doc, seen)| seen.then_some(doc))
            {
                documents += 1;
                length += seen.length(doc);
            }
        }
        Ok(Self {
            segments,
            documents: documents as f32,
            average_length: length.max(1) as f32 / documents.max(1) as f32,
        })
    }

    /// Whether the viewer may see this document.
    pub fn sees(&self, address: DocAddress) -> bool {
        let segment = self.segments.get(address.segment_ord as usize);
        let seen = segment.and_then(|segment| segment.visible.get(address.doc_id as usize));
        seen.is_some_and(|seen| *seen)
    }

    /// Those of the words (each with how often it was counted) that tell most of what a document
    /// is about, beside the others that the viewer sees. At most `limit`, and none that more
    /// than the share `common` of all have.
    pub fn telling(
        &self,
        searcher: &Searcher,
        words: Vec<(String, u32)>,
        fields: &Fields,
        common: f32,
        limit: usize,
    ) -> tantivy::Result<Vec<Clue>> {
        let mut weighed = Vec::with_capacity(words.len());
        for (word, times) in words {
            let clue = Clue::word(&word, 1.0);
            let in_text = self.found(searcher, &clue, fields.body)?;
            let in_title = self.found(searcher, &clue, fields.title)?;
            if having(&in_text).max(having(&in_title)) > self.documents * common {
                continue;
            }
            weighed.push((as_weight(times).sqrt() * self.rarity(&in_text), word));
        }
        weighed.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        weighed.truncate(limit);
        Ok(weighed
            .into_iter()
            .map(|(_, word)| Clue::word(&word, 1.0))
            .collect())
    }

    /// The scores of all documents, by segment; zero for those in which nothing was found.
    pub fn scores(
        &self,
        searcher: &Searcher,
        clues: &[Clue],
        fields: &Fields,
    ) -> tantivy::Result<Vec<Vec<f32>>> {
        let mut scores: Vec<_> = self
            .segments
            .iter()
            .map(|seen| vec![0.0; seen.visible.len()])
            .collect();
        for clue in clues {
            let in_text = self.found(searcher, clue, fields.body)?;
            let in_title = self.found(searcher, clue, fields.title)?;
            let rarity = self.rarity(&in_text) * clue.weight;
            for (segment, found) in in_text.into_iter().enumerate() {
                for (doc, times) in found {
                    let worth = self.worth(segment, doc, times);
                    scores[segment][doc as usize] += rarity * worth;
                }
            }
            for (segment, found) in in_title.into_iter().enumerate() {
                for (doc, times) in found {
                    scores[segment][doc as usize] += rarity * TITLE * times.min(1.0);
                }
            }
        }
        self.add_authority(&mut scores);
        Ok(scores)
    }

    /// The documents with the clue, and how often they have it, the spellings by their weight.
    fn found(&self, searcher: &Searcher, clue: &Clue, field: Field) -> tantivy::Result<Vec<Found>> {
        let mut all = Vec::with_capacity(self.segments.len());
        for (segment, seen) in searcher.segment_readers().iter().zip(&self.segments) {
            let inverted = segment.inverted_index(field)?;
            let mut found = Found::new();
            for (text, weight) in &clue.spellings {
                each_match(&inverted, field, text, |doc, times| {
                    if seen.visible[doc as usize] {
                        found.push((doc, as_weight(times) * weight));
                    }
                })?;
            }
            if clue.spellings.len() > 1 {
                found = together(found);
            }
            all.push(found);
        }
        Ok(all)
    }

    /// Robertson and Sparck Jones, over what the viewer sees.
    fn rarity(&self, found: &[Found]) -> f32 {
        let having = having(found);
        ((self.documents - having + 0.5) / (having + 0.5)).ln_1p()
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "a weight, of which three digits matter"
    )]
    fn worth(&self, segment: usize, doc: DocId, times: f32) -> f32 {
        let length = self.segments[segment].length(doc) as f32 / self.average_length;
        let weighed = SATURATION * (1.0 - LENGTH + LENGTH * length);
        times * (SATURATION + 1.0) / (times + weighed)
    }

    fn add_authority(&self, scores: &mut [Vec<f32>]) {
        for (seen, scores) in self.segments.iter().zip(scores) {
            for (doc, score) in (0..).zip(scores).filter(|(_, score)| **score > 0.0) {
                let steps = seen.authority.first(doc).unwrap_or_default();
                *score *= 1.0 + AUTHORITY * as_weight(u32::try_from(steps).unwrap_or_default());
            }
        }
    }
}

type Found = Vec<(DocId, f32)>;

/// How many documents it was found in.
#[expect(
    clippy::cast_precision_loss,
    reason = "a weight, of which three digits matter"
)]
fn having(found: &[Found]) -> f32 {
    found.iter().map(Vec::len).sum::<usize>() as f32
}

/// One entry for each document.
fn together(mut found: Found) -> Found {
    found.sort_by_key(|&(doc, _)| doc);
    let mut together: Found = Vec::with_capacity(found.len());
    for (doc, times) in found {
        match together.last_mut() {
            Some((last, sum)) if *last == doc => *sum += times,
            _ => together.push((doc, times)),
        }
    }
    together
}

fn as_weight(count: u32) -> f32 {
    u16::try_from(count).map_or(f32::from(u16::MAX), f32::from)
}
