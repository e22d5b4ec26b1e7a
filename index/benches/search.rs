//! How fast and how large: `cargo bench -p wenshu-index`. How well ordered, and how others fare
//! with the same texts, is for `wenshu bench search` to say.
//!
//! Reads `../shared/data` beside the repository and says so where it is not there. With
//! `WENSHU_BENCH_DOCUMENTS=1000000` the corpus is also cut into pieces and varied until there
//! are so many documents.

#![expect(
    clippy::unwrap_used,
    reason = "a measurement that cannot go on has failed"
)]
#![expect(
    clippy::cast_precision_loss,
    reason = "figures for people, who read three digits"
)]

#[path = "../tests/common/corpus.rs"]
mod data;
#[path = "search/figures.rs"]
mod figures;
#[path = "search/many.rs"]
mod many;

use serde_json::Value;
use wenshu_index::{Change, Entry, Part, SearchIndex};

/// The unit that looks.
const VIEWER: u128 = 7;

fn main() {
    let Some(lines) = data::read("corpus.jsonl") else {
        println!("SKIPPED: ../shared/data/corpus.jsonl is not there");
        return;
    };
    let entries: Vec<_> = (0..)
        .zip(&lines)
        .map(|(id, line)| entry(id, line))
        .collect();
    figures::print(&entries, &figures::queries());
    if let Some(documents) = many::wanted() {
        many::print(&lines, documents);
    }
}

fn entry(id: u128, line: &Value) -> Entry {
    let (day, sent_at) = data::day(data::text(line, "issued_date"));
    Entry {
        id,
        visible_to: vec![VIEWER, 5],
        title: data::text(line, "title").into(),
        doc_number: line["doc_number"].as_str().map(Into::into),
        units: vec![data::text(line, "office").into()],
        kind: "regulation".into(),
        kind_label: data::text(line, "category").into(),
        sent_at,
        year: day / 10_000,
        parts: vec![Part {
            name: "正文".into(),
            page: None,
            text: data::text(line, "text").into(),
        }],
        ..Entry::default()
    }
}

fn fed(dir: &std::path::Path, entries: impl IntoIterator<Item = Entry>) -> SearchIndex {
    let index = SearchIndex::open(dir).unwrap();
    let changes: Vec<_> = entries.into_iter().map(Change::Put).collect();
    index.apply(&changes, 1).unwrap();
    index
}
