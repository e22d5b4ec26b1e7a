//! What the tests share: a throw-away index, plain entries, and the words to ask with.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(dead_code, reason = "each test file uses its own part of this")]

use tempfile::TempDir;
use wenshu_index::{Change, Entry, Hit, Order, Page, PageRequest, Part, Query, SearchIndex};

/// The unit that looks, unless a test says otherwise.
pub const VIEWER: u128 = 0x0190_0000_0000_7000_8000_0000_0000_0001;

/// An index that goes away with the test.
pub struct Fresh {
    pub dir: TempDir,
    pub index: SearchIndex,
}

impl Fresh {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let index = SearchIndex::open(dir.path()).unwrap();
        Self { dir, index }
    }

    pub fn with(entries: impl IntoIterator<Item = Entry>) -> Self {
        let fresh = Self::new();
        let changes: Vec<_> = entries.into_iter().map(Change::Put).collect();
        fresh.index.apply(&changes, 1).unwrap();
        fresh
    }

    /// The ids found, best first.
    pub fn ids(&self, query: &str) -> Vec<u128> {
        self.hits(query).iter().map(|hit| hit.id).collect()
    }

    pub fn hits(&self, query: &str) -> Vec<Hit> {
        self.page(query, VIEWER).hits
    }

    pub fn page(&self, query: &str, viewer: u128) -> Page {
        self.index
            .search(&parse(query), viewer, &first(Order::Relevance))
            .unwrap()
    }
}

pub fn parse(query: &str) -> Query {
    Query::parse(query).unwrap_or_else(|error| panic!("{query}: {error}"))
}

/// The first page, as long as can be.
pub fn first(order: Order) -> PageRequest {
    PageRequest {
        limit: wenshu_index::MAX_LIMIT,
        after: None,
        order,
    }
}

/// An entry that the viewer sees, with a title.
pub fn titled(id: u128, title: &str) -> Entry {
    Entry {
        id,
        title: title.into(),
        visible_to: vec![VIEWER],
        ..Entry::default()
    }
}

/// An entry that the viewer sees, with a text.
pub fn saying(id: u128, text: &str) -> Entry {
    Entry {
        parts: vec![part("正文", text)],
        ..titled(id, "无题")
    }
}

pub fn part(name: &str, text: &str) -> Part {
    Part {
        name: name.into(),
        page: None,
        text: text.into(),
    }
}
