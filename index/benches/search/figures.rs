//! Building, size and waiting times.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use wenshu_index::{Entry, Order, PageRequest, Query, SearchIndex};

use crate::{VIEWER, data, fed};

/// How often the list of queries is asked.
const ROUNDS: usize = 40;

/// Words that most documents have, which are the dearest.
const COMMON: [&str; 10] = [
    "的",
    "，",
    "法",
    "应当",
    "规定",
    "人民",
    "人民政府",
    "第二十条",
    "有下列情形之一的",
    "行政机关",
];

const FIRST: PageRequest = PageRequest {
    limit: 20,
    after: None,
    order: Order::Relevance,
};

pub fn print(entries: &[Entry], queries: &[String]) {
    let bytes: usize = entries.iter().map(bytes_of).sum();
    let dir = tempfile::tempdir().unwrap();
    let (wall, cpu) = (Instant::now(), cpu_time());
    let index = fed(dir.path(), entries.iter().cloned());
    let (wall, cpu) = (wall.elapsed(), cpu_time().checked_sub(cpu).unwrap());
    let (text, size) = (bytes as f64 / 1e6, size(dir.path()) as f64 / 1e6);
    println!(
        "build: {} documents, {text:.1} MB of text, {:.1} s, {:.1} MB per CPU second",
        entries.len(),
        wall.as_secs_f64(),
        text / cpu.as_secs_f64()
    );
    println!("size: {size:.1} MB, {:.2} of the text", size / text);
    for (ending, bytes) in by_ending(dir.path()) {
        println!("  {ending}: {:.2} of the text", bytes as f64 / 1e6 / text);
    }
    wait(&index, "queries.jsonl", queries, ROUNDS);
    wait(&index, "common words", &COMMON.map(String::from), ROUNDS);
    slowest(&index, queries.iter().map(String::as_str).chain(COMMON));
}

/// What people ask, by the list beside the corpus.
pub fn queries() -> Vec<String> {
    let lines = data::read("queries.jsonl").unwrap_or_default();
    let queries = lines
        .iter()
        .map(|line| data::text(line, "query").to_owned());
    queries.collect()
}

pub fn common() -> Vec<String> {
    COMMON.map(String::from).to_vec()
}

/// Asks each query so often, as one client does, and prints how long the answers took.
pub fn wait(index: &SearchIndex, name: &str, queries: &[String], rounds: usize) {
    let mut waits: Vec<_> = (0..rounds)
        .flat_map(|_| queries.iter().map(|query| ask(index, query).0))
        .collect();
    waits.sort_unstable();
    let at = |part: usize| millis(waits[(waits.len() - 1) * part / 1000]);
    println!(
        "{name}: p50 {:.2} ms, p99 {:.2} ms, slowest {:.2} ms, {:.0}/s",
        at(500),
        at(990),
        at(1000),
        waits.len() as f64 / waits.iter().sum::<Duration>().as_secs_f64()
    );
}

fn slowest<'a>(index: &SearchIndex, queries: impl Iterator<Item = &'a str>) {
    let mut waits: Vec<_> = queries.map(|query| (ask(index, query), query)).collect();
    waits.sort_unstable_by(|a, b| b.cmp(a));
    for ((wait, total), query) in waits.into_iter().take(5) {
        println!("  {query}: {total} hits, {:.2} ms", millis(wait));
    }
}

fn ask(index: &SearchIndex, query: &str) -> (Duration, usize) {
    let start = Instant::now();
    let query = Query::parse(query).unwrap();
    let page = index.search(&query, VIEWER, &FIRST).unwrap();
    (start.elapsed(), page.total)
}

pub fn millis(wait: Duration) -> f64 {
    wait.as_secs_f64() * 1e3
}

pub fn bytes_of(entry: &Entry) -> usize {
    entry.title.len()
        + entry
            .parts
            .iter()
            .map(|part| part.text.len())
            .sum::<usize>()
}

pub fn size(dir: &Path) -> u64 {
    by_ending(dir).iter().map(|(_, bytes)| bytes).sum()
}

fn by_ending(dir: &Path) -> Vec<(String, u64)> {
    let mut sizes = std::collections::BTreeMap::<String, u64>::new();
    for file in fs::read_dir(dir).unwrap() {
        let file = file.unwrap();
        let ending = file.path().extension().map_or("other".into(), |ending| {
            ending.to_string_lossy().into_owned()
        });
        *sizes.entry(ending).or_default() += file.metadata().unwrap().len();
    }
    sizes.into_iter().collect()
}

/// Of the whole process, all its threads.
pub fn cpu_time() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name of the program may hold spaces; behind it the fields are counted.
    let fields = stat.rsplit(") ").next().unwrap_or_default();
    let ticks = fields.split(' ').skip(11).take(2);
    let ticks: u64 = ticks.filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
    // Linux counts in hundredths of a second.
    Duration::from_millis(ticks * 10)
}
