//! Which document is which: the ids, read by document.

use tantivy::{DocId, SegmentReader, columnar::Column};

use crate::schema;

/// The ids of the documents of a segment, each in two halves.
pub(crate) struct Ids {
    high: Column<u64>,
    low: Column<u64>,
}

impl Ids {
    pub fn open(segment: &SegmentReader) -> tantivy::Result<Self> {
        let columns = segment.fast_fields();
        Ok(Self {
            high: columns.u64(schema::ID_HIGH)?,
            low: columns.u64(schema::ID_LOW)?,
        })
    }

    /// The id of a document; each has one.
    pub fn of(&self, doc: DocId) -> u128 {
        let half = |column: &Column<u64>| u128::from(column.first(doc).unwrap_or_default());
        half(&self.high) << 64 | half(&self.low)
    }
}

/// The two halves of an id.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the other half is kept beside"
)]
pub(crate) fn halves(id: u128) -> (u64, u64) {
    ((id >> 64) as u64, id as u64)
}
