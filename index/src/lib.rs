//! The search engine of Wenshu: exact substrings of Chinese official documents.
//!
//! It knows texts, fields, positions and sets of viewers; nothing of HTTP or SQL. What it
//! promises:
//!
//! - **Exact.** A document is found if and only if every term typed occurs in it as a
//!   substring, after the folding described at [`folded`]. No word list decides what can be found.
//! - **Blind to what the viewer may not see.** Visibility is a clause of every query; counts,
//!   order, cursors and snippets are the same as if other units' documents did not exist.
//! - **Disposable.** It remembers in each commit how far its owner has fed it. What is damaged
//!   is begun anew.
//! - **Bounded.** A query is at most [`MAX_CHARS`] long, with [`MAX_TERMS`] terms and
//!   [`MAX_DEPTH`] levels; it is parsed here and never by the engine.
//!
//! ```
//! use wenshu_index::{Change, Entry, Order, PageRequest, Query, SearchIndex};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let dir = tempfile::tempdir()?;
//! # let (id, court) = (1, 2);
//! let index = SearchIndex::open(dir.path())?;
//! let entry = Entry {
//!     id,
//!     visible_to: vec![court],
//!     title: "关于规范行政复议的通知".into(),
//!     ..Entry::default()
//! };
//! index.apply(&[Change::Put(entry)], 7)?;
//!
//! let query = Query::parse("行政复议 -诉讼")?;
//! let first = PageRequest { limit: 20, after: None, order: Order::Relevance };
//! let page = index.search(&query, court, &first)?;
//! assert_eq!(page.total, 1);
//! assert_eq!(page.hits[0].snippets[0].highlights, [4..8]);
//! # Ok(())
//! # }
//! ```

mod among;
mod authority;
mod correct;
mod cursor;
mod entry;
mod error;
mod facets;
mod filter;
mod fingerprint;
mod fold;
mod folder;
#[cfg(test)]
mod full_disk;
mod generations;
mod ids;
mod index;
mod inventory;
mod law;
mod plan;
mod query;
mod question;
mod rank;
mod reached;
mod reading;
#[cfg(test)]
mod reopened;
mod schema;
mod search;
mod snippet;
mod steady;
mod suggest;
mod tokenizer;
mod writer;

pub use crate::{
    cursor::{Cursor, CursorError},
    entry::{Change, Entry, Part},
    error::{Error, Result},
    facets::Facets,
    filter::Filter,
    fold::folded,
    generations::Generations,
    index::SearchIndex,
    inventory::{Held, Inventory},
    query::{MAX_CHARS, MAX_DEPTH, MAX_TERMS, Problem, Query, QueryError},
    question::Question,
    rank::Order,
    reached::{Purpose, Reached, Walk},
    reading::Reading,
    search::{Hit, MAX_LIMIT, Page, PageRequest},
    snippet::{Place, Snippet},
    suggest::Suggestion,
};
