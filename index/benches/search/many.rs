//! Very many documents, made of the corpus by cutting and varying.

use std::{env, time::Instant};

use serde_json::Value;
use wenshu_index::{Change, Entry, Part, SearchIndex};

use crate::{VIEWER, data, figures};

/// Documents in one commit.
const BATCH: usize = 20_000;

/// About the length of a letter between offices, in characters.
const PIECE: usize = 300;

/// How many are asked for.
pub fn wanted() -> Option<usize> {
    env::var("WENSHU_BENCH_DOCUMENTS").ok()?.parse().ok()
}

pub fn print(lines: &[Value], documents: usize) {
    let pieces = pieces(lines);
    let dir = tempfile::tempdir().unwrap();
    let index = SearchIndex::open(dir.path()).unwrap();
    let (wall, cpu) = (Instant::now(), figures::cpu_time());
    let mut bytes = 0;
    for first in (0..documents).step_by(BATCH) {
        let ids = first..documents.min(first + BATCH);
        let changes: Vec<_> = ids.map(|id| Change::Put(varied(&pieces, id))).collect();
        bytes += changes
            .iter()
            .map(|change| match change {
                Change::Put(entry) => figures::bytes_of(entry),
                Change::Remove(_) => 0,
            })
            .sum::<usize>();
        index.apply(&changes, first as u64).unwrap();
    }
    let (text, size) = (bytes as f64 / 1e6, figures::size(dir.path()) as f64 / 1e6);
    let cpu = figures::cpu_time().checked_sub(cpu).unwrap();
    println!(
        "{documents} documents: {text:.0} MB of text, {:.0} s, {:.1} MB per CPU second, {:.2} of the text",
        wall.elapsed().as_secs_f64(),
        text / cpu.as_secs_f64(),
        size / text
    );
    figures::wait(&index, "queries.jsonl over many", &figures::queries(), 5);
    figures::wait(&index, "common words over many", &figures::common(), 5);
}

/// The corpus in pieces, each with the title of its document.
fn pieces(lines: &[Value]) -> Vec<(String, String)> {
    let mut pieces = Vec::new();
    for line in lines {
        let chars: Vec<char> = data::text(line, "text").chars().collect();
        for piece in chars.chunks(PIECE) {
            pieces.push((data::text(line, "title").to_owned(), piece.iter().collect()));
        }
    }
    pieces
}

/// A piece with a number of its own, and the end of another.
fn varied(pieces: &[(String, String)], id: usize) -> Entry {
    let (title, text) = &pieces[id % pieces.len()];
    let (_, other) = &pieces[(id * 7919 + id / pieces.len()) % pieces.len()];
    let half: String = other.chars().take(PIECE / 3).collect();
    Entry {
        // As far from the others as UUIDs are, on which it depends how soon they are opened.
        id: far_from_others(id),
        visible_to: vec![VIEWER, (id % 50) as u128 + 100],
        title: title.clone(),
        doc_number: Some(format!("某政函〔{}〕{id}号", 2000 + id % 25)),
        units: vec!["某市人民政府".into()],
        sent_at: i64::try_from(id).unwrap() * 1000,
        year: 2000 + i32::try_from(id % 25).unwrap(),
        parts: vec![Part {
            name: "正文".into(),
            page: None,
            text: format!("{text}{half}"),
        }],
        ..Entry::default()
    }
}

fn far_from_others(id: usize) -> u128 {
    let mixed = (id as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    ((id as u128) << 80) | u128::from(mixed)
}
