//! Answering a question.

use std::cmp::Ordering;

use tantivy::{DocAddress, Searcher, TantivyDocument};

use super::{Question, score::Collection};
use crate::{
    Hit, MAX_LIMIT, Page, SearchIndex, entry::Stored, error::Result, snippet::Highlighter,
};

impl SearchIndex {
    /// The documents that seem to answer the question, best first, of those that `viewer` (a
    /// unit) may see: at most `limit`, itself at most [`MAX_LIMIT`]. There is no next page, and
    /// the total tells how many have anything of the question at all: this is a guess, and not
    /// the exact search.
    pub fn answer(&self, question: &Question, viewer: u128, limit: usize) -> Result<Page> {
        let searcher = self.reader.searcher();
        let collection = Collection::open(&searcher, viewer, &self.fields)?;
        let scores = collection.scores(&searcher, &question.clues, &self.fields)?;
        let mut places = places(&collection, &scores);
        let total = places.len();
        let limit = limit.min(MAX_LIMIT);
        if places.len() > limit && limit > 0 {
            places.select_nth_unstable_by(limit - 1, Place::order);
        }
        places.truncate(limit);
        places.sort_unstable_by(Place::order);
        Ok(Page {
            hits: self.shown(&searcher, question, &places)?,
            total,
            next: None,
        })
    }

    fn shown(
        &self,
        searcher: &Searcher,
        question: &Question,
        places: &[Place],
    ) -> Result<Vec<Hit>> {
        let terms = question.terms();
        let highlighter = Highlighter::new(terms.iter().collect());
        let hits = places.iter().map(|place| {
            let document: TantivyDocument = searcher.doc(place.address)?;
            Ok(Hit {
                id: place.id,
                snippets: highlighter.snippets(&Stored::new(&document, &self.fields)),
            })
        });
        hits.collect()
    }
}

/// A document's place in the order.
pub(super) struct Place {
    pub score: f32,
    sent_at: i64,
    pub id: u128,
    address: DocAddress,
}

impl Place {
    /// The best first; of the same, the newest.
    pub fn order(&self, other: &Self) -> Ordering {
        let ours = (self.sent_at, self.id);
        other
            .score
            .total_cmp(&self.score)
            .then((other.sent_at, other.id).cmp(&ours))
    }
}

pub(super) fn places(collection: &Collection, scores: &[Vec<f32>]) -> Vec<Place> {
    let mut places = Vec::new();
    for ((segment, seen), scores) in (0..).zip(&collection.segments).zip(scores) {
        for (doc, &score) in (0..).zip(scores).filter(|(_, score)| **score > 0.0) {
            places.push(Place {
                score,
                sent_at: seen.sent_at.first(doc).unwrap_or_default(),
                id: seen.id.of(doc),
                address: DocAddress::new(segment, doc),
            });
        }
    }
    places
}
