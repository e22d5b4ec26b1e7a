//! Documents that are about the same as one that is at hand.

use std::collections::HashMap;

use tantivy::{
    DocAddress, DocSet, Searcher, TERMINATED, TantivyDocument, Term, schema::IndexRecordOption,
};

use super::{Clue, answer::places, score::Collection, words};
use crate::{
    Filter, MAX_LIMIT, SearchIndex,
    entry::{Stored, number},
    error::Result,
    fold::folded,
};

/// How much of a document is read, in characters: what it is about stands at its beginning.
const READ: usize = 20_000;

/// How many of its most frequent words are weighed, and how many of these are looked for.
const WEIGHED: usize = 60;
const SOUGHT: usize = 20;

/// A word that more than this share of what the viewer sees has in it says nothing.
const COMMON: f32 = 0.3;

/// What share of its own likeness to itself makes another document alike.
const ALIKE: f32 = 0.12;

impl SearchIndex {
    /// The documents most like the one of this id, best first, of those that `viewer` (a unit)
    /// may see and the filter does not hide; at most `limit`, itself at most [`MAX_LIMIT`].
    /// Empty when the viewer may not see the document itself.
    ///
    /// A guess by common words, weighed by what the viewer may see and by nothing else.
    pub fn similar(
        &self,
        id: u128,
        viewer: u128,
        filter: &Filter,
        limit: usize,
    ) -> Result<Vec<u128>> {
        let searcher = self.reader.searcher();
        let collection = Collection::open(&searcher, viewer, &self.fields)?;
        let Some(address) = self.address_of(&searcher, id)? else {
            return Ok(Vec::new());
        };
        if !collection.sees(address) {
            return Ok(Vec::new());
        }
        let document: TantivyDocument = searcher.doc(address)?;
        let words = frequent_words(&Stored::new(&document, &self.fields));
        let clues = collection.telling(&searcher, words, &self.fields, COMMON, SOUGHT)?;
        let scores = collection.scores(&searcher, &clues, &self.fields)?;
        let mut places = places(&collection, &scores);
        let own = places
            .iter()
            .find(|place| place.id == id)
            .map_or(0.0, |place| place.score);
        places.retain(|place| {
            place.id != id && place.score >= own * ALIKE && !filter.hidden.contains(&place.id)
        });
        places.sort_unstable_by(super::answer::Place::order);
        places.truncate(limit.min(MAX_LIMIT));
        Ok(places.into_iter().map(|place| place.id).collect())
    }

    fn address_of(&self, searcher: &Searcher, id: u128) -> Result<Option<DocAddress>> {
        let term = Term::from_field_ip_addr(self.fields.id, number(id));
        for (segment, reader) in (0..).zip(searcher.segment_readers()) {
            let inverted = reader.inverted_index(self.fields.id)?;
            let Some(mut postings) = inverted.read_postings(&term, IndexRecordOption::Basic)?
            else {
                continue;
            };
            while postings.doc() != TERMINATED {
                if !reader.is_deleted(postings.doc()) {
                    return Ok(Some(DocAddress::new(segment, postings.doc())));
                }
                postings.advance();
            }
        }
        Ok(None)
    }
}

/// The words that occur most in title and text, with how often; those of the title count more.
fn frequent_words(stored: &Stored<'_>) -> Vec<(String, u32)> {
    let mut text = String::new();
    for _ in 0..3 {
        text.push_str(stored.title());
        text.push('\n');
    }
    let mut room = READ;
    for (_, _, part) in stored.parts() {
        text.extend(part.chars().take(room));
        text.push('\n');
        room = room.saturating_sub(part.chars().count());
    }
    let mut counts = HashMap::<String, u32>::new();
    for word in words::cut(&folded(&text)) {
        *counts.entry(word.to_owned()).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    counts.truncate(WEIGHED);
    counts
}

impl Clue {
    /// A single word, with how much it counts.
    pub(super) fn word(text: &str, weight: f32) -> Self {
        Self {
            spellings: vec![(text.chars().collect(), 1.0)],
            weight,
            is_word: true,
        }
    }
}
