//! A guard around what must not match.
//!
//! The engine (tantivy 0.27) asks an excluded set about documents that it has already passed,
//! which a phrase does not allow: it panics in a debug build, and what it answers otherwise is
//! promised by nobody. Behind this guard a set is only ever moved forward.

use tantivy::{
    DocId, DocSet, Score, SegmentReader, Term,
    query::{EnableScoring, Explanation, Query, Scorer, Weight},
};

/// Matches what `inner` matches.
#[derive(Debug)]
pub(crate) struct Steady {
    inner: Box<dyn Query>,
}

impl Steady {
    pub fn boxed(inner: Box<dyn Query>) -> Box<dyn Query> {
        Box::new(Self { inner })
    }
}

impl Clone for Steady {
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.box_clone(),
        }
    }
}

impl Query for Steady {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(SteadyWeight {
            inner: self.inner.weight(scoring)?,
        }))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        self.inner.query_terms(visitor);
    }
}

struct SteadyWeight {
    inner: Box<dyn Weight>,
}

impl Weight for SteadyWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        Ok(Box::new(SteadyScorer {
            inner: self.inner.scorer(reader, boost)?,
        }))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        self.inner.explain(reader, doc)
    }
}

struct SteadyScorer {
    inner: Box<dyn Scorer>,
}

/// `seek_danger` is left to its default, which is the point: it only asks `doc` and `seek`.
impl DocSet for SteadyScorer {
    fn advance(&mut self) -> DocId {
        self.inner.advance()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if target > self.inner.doc() {
            self.inner.seek(target)
        } else {
            self.inner.doc()
        }
    }

    fn doc(&self) -> DocId {
        self.inner.doc()
    }

    fn size_hint(&self) -> u32 {
        self.inner.size_hint()
    }

    fn cost(&self) -> u64 {
        self.inner.cost()
    }
}

impl Scorer for SteadyScorer {
    fn score(&mut self) -> Score {
        self.inner.score()
    }
}
