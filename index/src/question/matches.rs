//! Where a text occurs, and how often: counted from the positions of its pairs.

use tantivy::{
    DocId, DocSet, TERMINATED, Term,
    index::InvertedIndexReader,
    postings::{Postings, SegmentPostings},
    schema::{Field, IndexRecordOption},
};

use crate::tokenizer::pairs;

/// Calls `found` with each document that has `text` in this field, and how many times. A
/// single character is counted once in each text.
pub(super) fn each_match(
    inverted: &InvertedIndexReader,
    field: Field,
    text: &[char],
    mut found: impl FnMut(DocId, u32),
) -> tantivy::Result<()> {
    let tokens = pairs(text);
    let option = if tokens.len() > 1 {
        IndexRecordOption::WithFreqsAndPositions
    } else {
        IndexRecordOption::WithFreqs
    };
    let mut lists = Vec::with_capacity(tokens.len());
    for (place, token) in tokens {
        let term = Term::from_field_text(field, &token);
        let Some(postings) = inverted.read_postings(&term, option)? else {
            return Ok(());
        };
        lists.push(Placed {
            place: u32::try_from(place).unwrap_or(u32::MAX),
            postings,
        });
    }
    lists.sort_by_key(|list| list.postings.size_hint());
    let Some((rarest, others)) = lists.split_first_mut() else {
        return Ok(());
    };
    let mut doc = rarest.postings.doc();
    while doc != TERMINATED {
        if let Some(later) = behind(others, doc) {
            doc = rarest.postings.seek(later);
            continue;
        }
        let times = if others.is_empty() {
            rarest.postings.term_freq()
        } else {
            times(rarest, others)
        };
        if times > 0 {
            found(doc, times);
        }
        doc = rarest.postings.advance();
    }
    Ok(())
}

/// The documents of one token, and its place in what is sought.
struct Placed {
    place: u32,
    postings: SegmentPostings,
}

impl Placed {
    /// Where what is sought would begin, for each place of the token.
    fn beginnings(&mut self) -> Vec<u32> {
        let mut positions = Vec::new();
        self.postings.positions(&mut positions);
        positions
            .into_iter()
            .filter_map(|position| position.checked_sub(self.place))
            .collect()
    }
}

/// Brings the lists to `doc`; the next document that is worth looking at, if it is not this one.
fn behind(lists: &mut [Placed], doc: DocId) -> Option<DocId> {
    lists.iter_mut().find_map(|list| {
        let at = if list.postings.doc() < doc {
            list.postings.seek(doc)
        } else {
            list.postings.doc()
        };
        (at > doc).then_some(at)
    })
}

fn times(rarest: &mut Placed, others: &mut [Placed]) -> u32 {
    let mut beginnings = rarest.beginnings();
    for other in others {
        let have = other.beginnings();
        beginnings.retain(|at| have.binary_search(at).is_ok());
        if beginnings.is_empty() {
            break;
        }
    }
    u32::try_from(beginnings.len()).unwrap_or(u32::MAX)
}
