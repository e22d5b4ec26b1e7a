//! An index that is opened anew while its segments wait to be merged: what is then replaced first
//! must not come back with the merge.

use std::{
    thread,
    time::{Duration, Instant},
};

use tantivy::{Index, Term, directory::RamDirectory, indexer::NoMergePolicy};

use crate::{
    Change, Entry, Order, PageRequest, Query, SearchIndex, entry::number, schema::Fields, tokenizer,
};

/// How many segments of one size the engine lets stand before it merges them.
const SEGMENTS: u128 = 8;

fn saying(id: u128, title: &str) -> Entry {
    Entry {
        id,
        visible_to: vec![1],
        title: title.into(),
        ..Entry::default()
    }
}

/// Segments of three entries each, the first of which is `3n`. The last commit has taken the third
/// out of every other segment, and no merge has been begun.
fn left_unmerged(disk: &RamDirectory) {
    let (schema, fields) = Fields::schema();
    let index = Index::create(disk.clone(), schema, <_>::default()).unwrap();
    tokenizer::register(&index);
    let mut writer = index.writer_with_num_threads(1, 64_000_000).unwrap();
    writer.set_merge_policy(Box::new(NoMergePolicy));
    for segment in 0..SEGMENTS {
        for id in 3 * segment..3 * segment + 3 {
            let entry = saying(id, "旧文");
            writer.add_document(entry.to_document(&fields)).unwrap();
        }
        writer.commit().unwrap();
    }
    for segment in (0..SEGMENTS).step_by(2) {
        let third = number(3 * segment + 2);
        writer.delete_term(Term::from_field_ip_addr(fields.id, third));
    }
    writer.commit().unwrap();
    assert_eq!(
        index.searchable_segment_ids().unwrap().len() as u128,
        SEGMENTS
    );
}

fn count(index: &SearchIndex, typed: &str) -> usize {
    let page = PageRequest {
        limit: 1,
        after: None,
        order: Order::Relevance,
    };
    let query = Query::parse(typed).unwrap();
    index.search(&query, 1, &page).unwrap().total
}

#[test]
fn what_is_replaced_first_does_not_come_back_with_a_merge() {
    for segment in 0..SEGMENTS {
        let disk = RamDirectory::create();
        left_unmerged(&disk);
        let engine = Index::open(disk).unwrap();
        let index = SearchIndex::over(engine.clone(), None).unwrap();
        index
            .apply(&[Change::Put(saying(3 * segment, "新文"))], 1)
            .unwrap();

        let began = Instant::now();
        while engine.searchable_segment_ids().unwrap().len() > 2 {
            assert!(
                began.elapsed() < Duration::from_secs(20),
                "nothing is merged"
            );
            thread::sleep(Duration::from_millis(5));
        }
        index.apply(&[], 2).unwrap();
        assert_eq!(count(&index, "新文"), 1, "segment {segment}");
        assert_eq!(count(&index, "旧文"), 19, "segment {segment}");
    }
}
