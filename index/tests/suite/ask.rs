//! Questions that a person could type, and what is true of them, told without the engine.

use std::{cell::RefCell, collections::HashMap, ops::Range};

use ferrous_opencc::{OpenCC, config::BuiltinConfig};
use wenshu_index::{Entry, Hit, Place, Snippet};

use crate::oracle;

/// Where a term is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Anywhere,
    Title,
    Body,
    Number,
    Unit,
}

#[derive(Clone, Debug)]
pub enum Ask {
    Term(Field, String),
    /// `year:` from one to the other.
    Year(i32, i32),
    /// A span as it is typed, with the first day and the last, as numbers like 20240131.
    Days(String, i32, i32),
    Not(Box<Ask>),
    And(Vec<Ask>),
    Or(Vec<Ask>),
}

/// A document with its texts folded, once.
pub struct Truth {
    pub entry: Entry,
    /// The day of sending, as a number like 20240131.
    pub day: i32,
    texts: Vec<(Field, String)>,
    /// As written, without what cannot be seen.
    written: Vec<(Field, String)>,
}

impl Truth {
    pub fn new(entry: Entry, day: i32) -> Self {
        let numbers = entry.doc_number.iter().chain(&entry.case_number);
        let parts = entry.parts.iter().map(|part| &part.text);
        let texts: Vec<_> = std::iter::once((Field::Title, &entry.title))
            .chain(numbers.map(|text| (Field::Number, text)))
            .chain(entry.units.iter().map(|text| (Field::Unit, text)))
            .chain(parts.map(|text| (Field::Body, text)))
            .collect();
        let each = |change: fn(&str) -> String| {
            let changed = texts.iter().map(|(field, text)| (*field, change(text)));
            changed.collect()
        };
        let (folded, written) = (each(fold), each(bare));
        Self {
            entry,
            day,
            texts: folded,
            written,
        }
    }

    fn has(&self, field: Field, sought: &str) -> bool {
        let may_be = |place| field == Field::Anywhere || field == place;
        self.texts
            .iter()
            .any(|(place, text)| may_be(*place) && text.contains(sought))
    }
}

pub fn fold(text: &str) -> String {
    oracle::fold(text).into_iter().collect()
}

impl Field {
    fn prefix(self) -> &'static str {
        match self {
            Self::Anywhere => "",
            Self::Title => "title:",
            Self::Body => "body:",
            Self::Number => "doc_no:",
            Self::Unit => "unit:",
        }
    }
}

impl Ask {
    pub fn typed(&self) -> String {
        let join = |items: &[Ask], between: &str| {
            let items: Vec<_> = items.iter().map(Ask::typed).collect();
            format!("( {} )", items.join(between))
        };
        match self {
            Self::Term(field, text) => format!("{}{}", field.prefix(), quoted(text)),
            Self::Year(from, to) if from == to => format!("year:{from}"),
            Self::Year(from, to) => format!("year:{from}..{to}"),
            Self::Days(typed, ..) => typed.clone(),
            Self::Not(inner) => format!("-{}", inner.typed()),
            Self::And(items) => join(items, " "),
            Self::Or(items) => join(items, " OR "),
        }
    }

    pub fn is_met_by(&self, truth: &Truth) -> bool {
        match self {
            Self::Term(field, text) => truth.has(*field, &folded_once(text)),
            Self::Year(from, to) => (*from..=*to).contains(&truth.entry.year),
            Self::Days(_, from, to) => (*from..=*to).contains(&truth.day),
            Self::Not(inner) => !inner.is_met_by(truth),
            Self::And(items) => items.iter().all(|item| item.is_met_by(truth)),
            Self::Or(items) => items.iter().any(|item| item.is_met_by(truth)),
        }
    }

    /// The terms whose presence makes a hit, folded.
    pub fn sought(&self) -> Vec<(Field, Vec<char>)> {
        match self {
            Self::Term(field, text) => vec![(*field, oracle::fold(text))],
            Self::And(items) | Self::Or(items) => items.iter().flat_map(Self::sought).collect(),
            _ => Vec::new(),
        }
    }
}

/// Plain Chinese goes without quotes, as people type it.
fn quoted(text: &str) -> String {
    if text.chars().all(|c| ('\u{4E00}'..'\u{9FFF}').contains(&c)) {
        text.to_owned()
    } else {
        format!("\"{text}\"")
    }
}

/// Looks at everything that a hit shows: it must come from where it says, and what is lit in
/// it must be exactly what was sought.
pub fn check_shown(typed: &str, ask: &Ask, truth: &Truth, hit: &Hit) {
    let sought = ask.sought();
    assert!(!hit.snippets.is_empty(), "{typed}: nothing is shown");
    let lit = hit.snippets.iter().any(|it| !it.highlights.is_empty());
    assert!(
        lit || sought.is_empty(),
        "{typed}: a hit without a highlight: {:?}",
        hit.snippets
    );
    for snippet in &hit.snippets {
        let field = origin(snippet);
        let shown = bare(&snippet.text);
        let is_written = |(place, text): &(Field, String)| *place == field && text.contains(&shown);
        assert!(
            truth.written.iter().any(is_written),
            "{typed}: not as written: {snippet:?}"
        );
        let terms = sought
            .iter()
            .filter(|(place, _)| *place == Field::Anywhere || *place == field)
            .map(|(_, term)| term.as_slice());
        let wanted = lit_up(&snippet.text, &terms.collect::<Vec<_>>());
        assert_eq!(snippet.highlights, wanted, "{typed}: {snippet:?}");
    }
}

fn origin(snippet: &Snippet) -> Field {
    match &snippet.place {
        Place::Title => Field::Title,
        Place::DocNumber | Place::CaseNumber => Field::Number,
        Place::Unit => Field::Unit,
        Place::Part { .. } => Field::Body,
    }
}

/// The text without what cannot be seen.
fn bare(text: &str) -> String {
    let is_seen = |c: &char| !c.is_whitespace() && !fold_one(*c).is_empty();
    text.chars().filter(is_seen).collect()
}

/// The characters of `text` that lie in an occurrence of a term, as merged ranges; right for
/// texts without combining marks.
fn lit_up(text: &str, terms: &[&[char]]) -> Vec<Range<usize>> {
    let folded: Vec<(usize, char)> = text
        .chars()
        .enumerate()
        .flat_map(|(at, c)| fold_one(c).into_iter().map(move |folded| (at, folded)))
        .collect();
    let mut marked = vec![false; text.chars().count()];
    for term in terms {
        for window in folded.windows(term.len()) {
            if window.iter().map(|(_, c)| c).eq(term.iter()) {
                marked[window[0].0..=window[term.len() - 1].0].fill(true);
            }
        }
    }
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for at in (0..marked.len()).filter(|&at| marked[at]) {
        match ranges.last_mut() {
            Some(last) if last.end == at => last.end += 1,
            _ => ranges.push(at..at + 1),
        }
    }
    ranges
}

thread_local! {
    static FOLDED: RefCell<HashMap<char, Vec<char>>> = RefCell::default();
    static TERMS: RefCell<HashMap<String, String>> = RefCell::default();
}

/// A term is asked of each document: it is folded once.
fn folded_once(text: &str) -> String {
    TERMS.with_borrow_mut(|known| {
        if let Some(folded) = known.get(text) {
            return folded.clone();
        }
        known.entry(text.to_owned()).or_insert(fold(text)).clone()
    })
}

fn fold_one(c: char) -> Vec<char> {
    FOLDED.with_borrow_mut(|known| {
        known
            .entry(c)
            .or_insert_with(|| oracle::fold(&c.to_string()))
            .clone()
    })
}

/// The same text as somebody else would type it: wide, in traditional characters, in other
/// brackets, in the other case, with a space in the middle.
pub fn disguised(text: &str, manner: u64) -> String {
    let each = |change: fn(char) -> char| text.chars().map(change).collect();
    match manner % 5 {
        0 => each(|c| match c {
            '!'..='~' if !matches!(c, '"' | '\'') => char::from_u32(c as u32 + 0xFEE0).unwrap_or(c),
            _ => c,
        }),
        1 => traditional(text),
        2 => each(|c| match c {
            '（' | '(' => '〔',
            '）' | ')' => '】',
            '〔' => '[',
            '〕' => ')',
            _ => c,
        }),
        3 => each(|c| {
            if c.is_ascii_lowercase() {
                c.to_ascii_uppercase()
            } else {
                c.to_ascii_lowercase()
            }
        }),
        _ => {
            let middle = text.char_indices().nth(text.chars().count() / 2);
            let (before, behind) = text.split_at(middle.map_or(0, |(at, _)| at));
            format!("{before} \u{3000}{behind}")
        }
    }
}

/// In traditional characters where those are read back as the same, which is the promise.
fn traditional(text: &str) -> String {
    thread_local! {
        static S2T: OpenCC = OpenCC::from_config(BuiltinConfig::S2t).expect("it is built in");
    }
    S2T.with(|converter| {
        text.chars()
            .map(|c| {
                let other = converter.convert(&c.to_string());
                let is_same = fold(&other) == fold(&c.to_string());
                if is_same { other } else { c.to_string() }
            })
            .collect()
    })
}
