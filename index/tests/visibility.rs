//! A unit learns nothing of documents that are not its own.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use common::{Fresh, VIEWER, first, parse, part};
use wenshu_index::{Change, Entry, Filter, Order, Page, PageRequest, Question, SearchIndex};

const OTHER: u128 = 77;

/// Documents whose words, numbers and dates overlap, whoever holds them.
fn entries(owner: u128, ids: std::ops::Range<u128>) -> Vec<Entry> {
    let entry = |id: u128| Entry {
        id,
        visible_to: vec![owner],
        title: ["行政复议", "关于行政复议的函", "某事"][(id % 3) as usize].into(),
        doc_number: Some(format!("文函〔2024〕{}号", id % 7)),
        units: vec!["市法院".into()],
        issuer: id % 2,
        kind: ["letter", "notice"][(id % 2) as usize].into(),
        state: "sent".into(),
        year: 2023 + i32::try_from(id % 2).unwrap(),
        sent_at: i64::try_from(id % 5).unwrap() * 1000,
        parts: vec![part("正文", &"行政复议，秘密。".repeat((id % 4) as usize))],
        ..Entry::default()
    };
    ids.map(entry).collect()
}

const QUERIES: [&str; 7] = [
    "行政复议",
    "秘密",
    "title:行政复议 OR 法院",
    "文函〔2024〕3号",
    "复议 -秘密",
    "法",
    "1970..1971",
];

/// Every page of a query, cursors and all, as the viewer receives them.
fn walk(index: &SearchIndex, query: &str, viewer: u128, order: Order, limit: usize) -> Vec<Page> {
    let mut pages = Vec::new();
    let mut after = None;
    loop {
        let request = PageRequest {
            limit,
            after,
            order,
        };
        let page = index.search(&parse(query), viewer, &request).unwrap();
        after = page.next;
        pages.push(page);
        if after.is_none() {
            return pages;
        }
    }
}

#[test]
fn a_world_with_and_one_without_others_documents_look_the_same() {
    let mine = entries(VIEWER, 0..40);
    let alone = Fresh::with(mine.clone());
    // Fed in small steps and out of order, so that the segments differ as well.
    let shared = Fresh::new();
    let everything: Vec<_> = entries(OTHER, 1000..2000)
        .into_iter()
        .chain(mine)
        .rev()
        .collect();
    for (step, some) in (1..).zip(everything.chunks(160)) {
        let changes: Vec<_> = some.iter().cloned().map(Change::Put).collect();
        shared.index.apply(&changes, step).unwrap();
    }
    for query in QUERIES {
        for order in [Order::Relevance, Order::Newest] {
            let with = walk(&shared.index, query, VIEWER, order, 7);
            assert_eq!(with, walk(&alone.index, query, VIEWER, order, 7), "{query}");
            assert!(with[0].total > 0, "{query}");
        }
        for filter in [
            Filter::default(),
            Filter {
                year: Some(2024),
                ..Filter::default()
            },
            Filter {
                kind: Some("letter".into()),
                ..Filter::default()
            },
        ] {
            let around = around(&shared.index, query, &filter);
            assert_eq!(
                around,
                self::around(&alone.index, query, &filter),
                "{query}"
            );
        }
    }
}

/// What surrounds a search: counts, suggestions, guesses and what is alike.
fn around(index: &SearchIndex, query: &str, filter: &Filter) -> Vec<String> {
    let mut facets = index.facets(&parse(query), VIEWER, filter).unwrap();
    facets.kinds.sort();
    facets.issuers.sort_unstable();
    facets.states.sort();
    facets.years.sort_unstable();
    facets.months.sort_unstable();
    let question = Question::parse(query).unwrap();
    let mut seen = vec![
        format!("{facets:?}"),
        format!("{:?}", index.suggestions(query, VIEWER, filter, 5).unwrap()),
        format!("{:?}", index.answer(&question, VIEWER, 50).unwrap()),
    ];
    for typed in ["行政付议", "xingzheng", "mimi", "密秘"] {
        seen.push(format!(
            "{:?}",
            index.suggestions(typed, VIEWER, filter, 5).unwrap()
        ));
        seen.push(format!(
            "{:?}",
            index.correction(typed, VIEWER, filter).unwrap()
        ));
    }
    for id in [0, 7, 39, 1000] {
        seen.push(format!(
            "{:?}",
            index.similar(id, VIEWER, filter, 20).unwrap()
        ));
    }
    seen
}

#[test]
fn what_is_visible_to_nobody_or_somebody_else_is_not_counted() {
    let both = Entry {
        visible_to: vec![OTHER, VIEWER],
        ..common::saying(1, "秘密")
    };
    let others = Entry {
        visible_to: vec![OTHER],
        ..common::saying(2, "秘密")
    };
    let nobodys = Entry {
        visible_to: vec![],
        ..common::saying(3, "秘密")
    };
    let fresh = Fresh::with([both, others, nobodys]);
    assert_eq!(fresh.page("秘密", VIEWER).total, 1);
    assert_eq!(fresh.page("秘密", OTHER).total, 2);
    assert_eq!(fresh.page("秘密", 5).total, 0);
    assert_eq!(fresh.page("无题 -公开", VIEWER).total, 1);
}

#[test]
fn a_document_taken_from_a_unit_is_gone_for_it() {
    let fresh = Fresh::with([common::saying(1, "秘密")]);
    let withdrawn = Entry {
        visible_to: vec![OTHER],
        ..common::saying(1, "秘密")
    };
    fresh.index.apply(&[Change::Put(withdrawn)], 2).unwrap();
    assert_eq!(fresh.page("秘密", VIEWER).total, 0);
    assert_eq!(fresh.page("秘密", OTHER).total, 1);
}

#[test]
fn asking_for_no_hits_tells_the_total() {
    let fresh = Fresh::with(entries(VIEWER, 0..40));
    let request = PageRequest {
        limit: 0,
        ..first(Order::Newest)
    };
    let page = fresh
        .index
        .search(&parse("法院"), VIEWER, &request)
        .unwrap();
    assert_eq!((page.total, page.hits.len(), page.next), (40, 0, None));
}
