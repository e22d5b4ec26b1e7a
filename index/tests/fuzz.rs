//! Queries that nobody would type, by the thousand: none may panic, take long or leave memory
//! behind. `WENSHU_FUZZ=1000000 cargo test --release -p wenshu-index --test fuzz -- --nocapture`
//! asks a million, over the corpus where it is at hand, and prints how long the slowest
//! computed and how much the process grew.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;
#[path = "common/corpus.rs"]
#[expect(dead_code, reason = "no dates are asked for here")]
mod data;
#[path = "common/dice.rs"]
mod dice;

use std::{env, fs, time::Duration};

use common::{Fresh, VIEWER, part};
use dice::Dice;
use wenshu_index::{Cursor, Entry, MAX_CHARS, Order, PageRequest, Query, Question};

/// Asked in every run of the tests.
const FEW: usize = 20_000;
/// One in so many is also asked as a question, which computes more.
const QUESTIONS: usize = 50;
/// What a query may compute, in milliseconds.
const CPU_GOAL: f64 = 200.0;
/// How much the process may grow from the first tenth of the queries to the last, in megabytes.
const MEMORY_GOAL: f64 = 20.0;

/// What queries are made of, whole or broken.
const PIECES: &[&str] = &[
    " ",
    " ",
    " ",
    "　",
    " OR ",
    " AND ",
    " NOT ",
    "OR",
    "AND",
    "NOT",
    "-",
    "－",
    "--",
    "(",
    ")",
    "（",
    "）",
    "((",
    "))",
    "\"",
    "“",
    "”",
    "'",
    "title:",
    "body:",
    "doc_no:",
    "unit:",
    "kind:",
    "year:",
    "title：",
    "ＹＥＡＲ：",
    "none:",
    ":",
    "..",
    "…",
    "2024",
    "2024-01",
    "2024-01..2024-06",
    "..2000",
    "year:2018",
    "year:2018..",
    "9999-99-99",
    "0000",
    "１８",
    "〔2004〕",
    "[",
    "]",
    "【",
    "】",
    "号",
    "*",
    "?",
    "~2",
    "^3",
    "+",
    "\\",
    "/",
    "{",
    "}",
    "<",
    ">",
    "&&",
    "||",
    "!",
    "%",
    "_",
    "'; --",
];

/// Characters of all kinds, some of which no font has.
const ODD: &[char] = &[
    '\0',
    '\u{7}',
    '\u{200B}',
    '\u{202E}',
    '\u{FEFF}',
    '\u{301}',
    '\u{0E31}',
    '\u{FDFA}',
    '㈠',
    '㎡',
    '①',
    'ﬁ',
    'İ',
    'ß',
    'Ǆ',
    '𠀀',
    '😀',
    '\u{10FFFF}',
    '\u{E000}',
    '龘',
    '한',
    'ｶ',
    '\u{3099}',
    '々',
];

/// A query that could be meant, or could not.
fn query(dice: &mut Dice) -> String {
    match dice.below(12) {
        // Deeper and longer than is allowed, too.
        0 => {
            let deep = dice.below(200);
            format!("{}法{}", "(".repeat(deep), ")".repeat(dice.below(200)))
        }
        1 => {
            let piece = *dice.pick(PIECES);
            piece.repeat(dice.below(300))
        }
        2 => {
            let c = *dice.pick(ODD);
            c.to_string().repeat(dice.below(MAX_CHARS + 8))
        }
        3 => dice.text(40),
        4 => {
            let words: Vec<_> = (0..dice.below(40)).map(|_| dice.text(2)).collect();
            words.join(*dice.pick(&[" ", " OR ", " -", " title:", " AND NOT "]))
        }
        _ => (0..=dice.below(14)).map(|_| fragment(dice)).collect(),
    }
}

fn fragment(dice: &mut Dice) -> String {
    match dice.below(8) {
        0..4 => dice.text(2),
        4..7 => (*dice.pick(PIECES)).to_owned(),
        _ if dice.below(3) == 0 => dice.pick(ODD).to_string(),
        _ => {
            let code = u32::try_from(dice.below(0x11_0000)).unwrap();
            char::from_u32(code).unwrap_or('�').to_string()
        }
    }
}

/// What was asked so far.
#[derive(Default)]
struct Tally {
    understood: usize,
    hits: usize,
    slowest: Duration,
    what: String,
}

impl Tally {
    fn ask(&mut self, fresh: &Fresh, dice: &mut Dice, typed: &str) {
        let before = computed();
        match Query::parse(typed) {
            Ok(query) => {
                self.understood += 1;
                self.hits += search(fresh, dice, &query);
            }
            Err(error) => {
                assert!(error.place() <= MAX_CHARS, "{typed:?}: {error:?}");
                assert!(!error.to_string().is_empty(), "{typed:?}");
            }
        }
        if dice.below(QUESTIONS) == 0
            && let Ok(question) = Question::parse(typed)
        {
            let page = fresh.index.answer(&question, VIEWER, 10).unwrap();
            assert!(page.hits.len() <= 10, "{typed:?}");
        }
        let took = computed().saturating_sub(before);
        if took > self.slowest {
            self.slowest = took;
            typed.clone_into(&mut self.what);
        }
    }
}

/// Looks at the first page and, now and then, at the next one. Gives the total.
fn search(fresh: &Fresh, dice: &mut Dice, query: &Query) -> usize {
    let mut request = PageRequest {
        limit: dice.below(12),
        after: None,
        order: *dice.pick(&[Order::Relevance, Order::Newest]),
    };
    let first = fresh.index.search(query, VIEWER, &request).unwrap();
    assert!(first.hits.len() <= request.limit && first.hits.len() <= first.total);
    if let Some(next) = first.next.filter(|_| dice.below(4) == 0) {
        let written: Cursor = next.to_string().parse().unwrap();
        request.after = Some(written);
        let second = fresh.index.search(query, VIEWER, &request).unwrap();
        assert_eq!(second.total, first.total);
        let again = |id| first.hits.iter().any(|hit| hit.id == id);
        assert!(!second.hits.iter().any(|hit| again(hit.id)));
    }
    first.total
}

#[test]
fn whatever_is_typed_is_answered_or_refused() {
    let wanted = env::var("WENSHU_FUZZ")
        .ok()
        .and_then(|many| many.parse().ok());
    let queries: usize = wanted.unwrap_or(FEW);
    let mut dice = Dice(20_260_101);
    let fresh = match wanted.and_then(|_| data::read("corpus.jsonl")) {
        Some(lines) => Fresh::with((0..).zip(&lines).map(|(id, line)| Entry {
            id,
            visible_to: vec![VIEWER],
            title: data::text(line, "title").into(),
            doc_number: line["doc_number"].as_str().map(Into::into),
            parts: vec![part("正文", data::text(line, "text"))],
            ..Entry::default()
        })),
        None => Fresh::with((0..40).map(|id| Entry {
            id,
            visible_to: vec![VIEWER],
            title: dice.text(12),
            units: vec![dice.text(5)],
            parts: vec![part("正文", &dice.text(120))],
            ..Entry::default()
        })),
    };
    // The first question reads the dictionary.
    Question::parse("怎么办").unwrap();
    let (mut tally, mut memory) = (Tally::default(), 0.0);
    for number in 0..queries {
        // Caches and dictionaries fill with the first of them.
        if number == queries / 10 {
            memory = resident();
        }
        let typed = query(&mut dice);
        tally.ask(&fresh, &mut dice, &typed);
    }
    let Tally {
        understood,
        hits,
        slowest,
        what,
    } = tally;
    println!(
        "{queries} queries, {understood} understood, {hits} hits; slowest {:.1} ms of a processor \
         (goal {CPU_GOAL}): {what:?}; grew by {:.1} MB (goal {MEMORY_GOAL})",
        slowest.as_secs_f64() * 1e3,
        resident() - memory
    );
    assert!(
        understood > queries / 4 && understood < queries,
        "{understood}"
    );
    assert!(hits > queries / 4, "{hits}");
}

/// The time that this thread has computed.
fn computed() -> Duration {
    let told = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = told.split(' ').next().and_then(|nanos| nanos.parse().ok());
    Duration::from_nanos(nanos.unwrap_or_default())
}

/// Megabytes of memory of this process, without files that are only mapped.
fn resident() -> f64 {
    let told = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = told.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    let kib = line.and_then(|line| line.trim().split(' ').next()?.parse::<f64>().ok());
    kib.unwrap_or_default() * 1024.0 / 1e6
}
