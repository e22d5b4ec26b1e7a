//! The order of results, and the collector that keeps the best of them.
//!
//! A hit's place depends on the query and on the document itself and on nothing else: no
//! statistics of the whole index, which would tell a reader about documents that others hold.

use std::{cmp::Reverse, collections::BinaryHeap};

use tantivy::{
    DocAddress, DocId, Score, SegmentOrdinal, SegmentReader,
    collector::{Collector, SegmentCollector},
    columnar::Column,
};

use crate::{ids::Ids, schema};

/// How results are sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// By where the terms were found (each counts for its best place: the whole title before
    /// a part of it, then numbers, then units, then the text), then newest first.
    #[default]
    Relevance,
    /// By the time of sending, newest first.
    Newest,
    /// By the time of sending, oldest first.
    Oldest,
}

impl Order {
    /// The place of a document. What was sent later comes later where the greater place comes
    /// first, if the oldest is wanted first.
    fn place(self, points: u16, sent_at: i64, id: u128) -> Key {
        let (sent_at, id) = match self {
            Self::Oldest => (!sent_at, !id),
            Self::Relevance | Self::Newest => (sent_at, id),
        };
        Key {
            points,
            sent_at,
            id,
        }
    }

    /// Which document is at this place.
    pub(crate) fn id_at(self, key: Key) -> u128 {
        match self {
            Self::Oldest => !key.id,
            Self::Relevance | Self::Newest => key.id,
        }
    }
}

/// A hit's place in the order; the greater comes first. No two hits have the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub points: u16,
    pub sent_at: i64,
    pub id: u128,
}

/// Counts all matches and keeps the first `limit` after a place in the order.
pub(crate) struct Best {
    pub limit: usize,
    pub after: Option<Key>,
    pub order: Order,
}

/// What was collected, best first.
pub(crate) struct Found {
    pub total: usize,
    pub best: Vec<(Key, DocAddress)>,
}

type Heap = BinaryHeap<Reverse<(Key, DocAddress)>>;

impl Collector for Best {
    type Fruit = Found;
    type Child = SegmentBest;

    fn for_segment(
        &self,
        segment: SegmentOrdinal,
        reader: &SegmentReader,
    ) -> tantivy::Result<SegmentBest> {
        Ok(SegmentBest {
            segment,
            limit: self.limit,
            after: self.after,
            order: self.order,
            sent_at: reader.fast_fields().i64(schema::SENT_AT)?,
            id: Ids::open(reader)?,
            total: 0,
            heap: Heap::new(),
        })
    }

    fn requires_scoring(&self) -> bool {
        self.order == Order::Relevance
    }

    fn merge_fruits(&self, segments: Vec<(usize, Heap)>) -> tantivy::Result<Found> {
        let total = segments.iter().map(|(total, _)| total).sum();
        let mut best: Vec<_> = segments
            .into_iter()
            .flat_map(|(_, heap)| heap)
            .map(|Reverse(hit)| hit)
            .collect();
        best.sort_unstable_by(|a, b| b.cmp(a));
        best.truncate(self.limit);
        Ok(Found { total, best })
    }
}

/// The best of one segment.
pub(crate) struct SegmentBest {
    segment: SegmentOrdinal,
    limit: usize,
    after: Option<Key>,
    order: Order,
    sent_at: Column<i64>,
    id: Ids,
    total: usize,
    /// The worst of the kept hits is on top, to be pushed out first.
    heap: Heap,
}

impl SegmentCollector for SegmentBest {
    type Fruit = (usize, Heap);

    fn collect(&mut self, doc: DocId, score: Score) {
        self.total += 1;
        let key = self.order.place(
            points(score),
            self.sent_at.first(doc).unwrap_or_default(),
            self.id.of(doc),
        );
        if self.after.is_some_and(|after| key >= after) {
            return;
        }
        self.heap
            .push(Reverse((key, DocAddress::new(self.segment, doc))));
        if self.heap.len() > self.limit {
            self.heap.pop();
        }
    }

    fn harvest(self) -> (usize, Heap) {
        (self.total, self.heap)
    }
}

/// Scores are sums of a few small whole numbers (see `plan`), so nothing is lost.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float saturates, and these are whole, positive and small"
)]
fn points(score: Score) -> u16 {
    score as u16
}
