//! Asked about a few documents, a query finds those of them that it would find among all.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use common::{Fresh, VIEWER, first, parse, saying};
use wenshu_index::{Change, Entry, Order};

const OTHER: u128 = 77;

/// Sixty documents, of which every third says one thing, every fourth another, and every fifth is
/// somebody else's.
fn entries() -> Vec<Entry> {
    let text = |id: u128| {
        let land = if id.is_multiple_of(3) {
            "土地登记。"
        } else {
            ""
        };
        let farms = if id.is_multiple_of(4) {
            "农机补贴。"
        } else {
            ""
        };
        format!("{land}{farms}其他。")
    };
    let viewer = |id: u128| if id.is_multiple_of(5) { OTHER } else { VIEWER };
    let entry = |id| Entry {
        visible_to: vec![viewer(id)],
        ..saying(id, &text(id))
    };
    (1..=60).map(entry).collect()
}

/// Fed in steps, so that there are several segments, some with deletions.
fn fed() -> Fresh {
    let fresh = Fresh::new();
    for (step, some) in (1..).zip(entries().chunks(13)) {
        let changes: Vec<_> = some.iter().cloned().map(Change::Put).collect();
        fresh.index.apply(&changes, step).unwrap();
    }
    let again: Vec<_> = entries().into_iter().take(9).map(Change::Put).collect();
    fresh.index.apply(&again, 9).unwrap();
    fresh
}

#[test]
fn some_of_what_is_found_among_all_is_found_among_some() {
    let fresh = fed();
    let asked = [
        vec![],
        vec![12],
        vec![12, 12, 999],
        (10..30).collect(),
        (0..100).rev().collect::<Vec<u128>>(),
    ];
    for query in [
        "土地登记",
        "土地登记 农机补贴",
        "土地登记 OR 农机补贴",
        "其他 -土地登记",
        "title:无题 1970..1971",
        "没有",
    ] {
        for viewer in [VIEWER, OTHER, 5] {
            let page = fresh
                .index
                .search(&parse(query), viewer, &first(Order::Newest))
                .unwrap();
            let mut all: Vec<u128> = page.hits.iter().map(|hit| hit.id).collect();
            all.sort_unstable();
            for ids in &asked {
                let found = fresh.index.among(&parse(query), viewer, ids).unwrap();
                let expected: Vec<_> = all.iter().copied().filter(|id| ids.contains(id)).collect();
                assert_eq!(found, expected, "{query} {viewer} {ids:?}");
            }
        }
    }
}

#[test]
fn what_was_taken_from_a_unit_or_out_of_the_index_is_not_found_any_more() {
    let fresh = fed();
    let query = parse("土地登记");
    let ids = [3, 6, 9];
    assert_eq!(fresh.index.among(&query, VIEWER, &ids).unwrap(), ids);
    let withdrawn = Entry {
        visible_to: vec![OTHER],
        ..saying(6, "土地登记。")
    };
    let changes = [Change::Put(withdrawn), Change::Remove(9)];
    fresh.index.apply(&changes, 10).unwrap();
    assert_eq!(fresh.index.among(&query, VIEWER, &ids).unwrap(), [3]);
    assert_eq!(fresh.index.among(&query, OTHER, &ids).unwrap(), [6]);
}
