//! Ranges of every shape.

use std::ops::Range;

use proptest::{prelude::*, test_runner::TestRunner};
use tokio::runtime::Runtime;

use crate::places::{Place, read, some_bytes};

const SIZE: usize = 1_300_000;

fn a_range() -> impl Strategy<Value = Range<u64>> {
    let size = SIZE as u64;
    let edge = prop_oneof![
        0..size + 1000,
        Just(0),
        Just(size - 1),
        Just(size),
        Just(256 * 1024),
        Just(u64::MAX),
    ];
    (edge.clone(), edge).prop_map(|(start, end)| start..end)
}

fn every_range_is_the_same_slice(runtime: &Runtime, place: &Place) {
    let bytes = some_bytes(SIZE);
    let stored = runtime.block_on(place.write(&bytes));
    let cut = |at: u64| usize::try_from(at.min(stored.size)).unwrap();
    let mut runner = TestRunner::deterministic();
    let checked = runner.run(&a_range(), |range| {
        let expected = bytes
            .get(cut(range.start)..cut(range.end))
            .unwrap_or_default();
        let wanted = Some(range);
        let (came, end) = runtime.block_on(read(&place.blobs, stored.digest, stored.size, wanted));
        prop_assert!(end.is_ok(), "{end:?}");
        prop_assert_eq!(&came[..], expected);
        Ok(())
    });
    checked.unwrap();
}

#[test]
fn every_range_of_a_blob_in_a_folder_is_the_same_slice() {
    let runtime = Runtime::new().unwrap();
    let place = runtime.block_on(Place::folder());
    every_range_is_the_same_slice(&runtime, &place);
}

#[test]
fn every_range_of_a_blob_in_a_bucket_is_the_same_slice() {
    let runtime = Runtime::new().unwrap();
    let place = runtime.block_on(Place::bucket());
    every_range_is_the_same_slice(&runtime, &place);
}
