//! The truth, found the slow way: fold both texts by the letter of the rules, and look.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{collections::HashMap, ops::Range, sync::LazyLock};

use ferrous_opencc::{OpenCC, config::BuiltinConfig};
use unicode_normalization::UnicodeNormalization;
use wenshu_index::Entry;

static T2S: LazyLock<OpenCC> = LazyLock::new(|| OpenCC::from_config(BuiltinConfig::T2s).unwrap());

thread_local! {
    static SIMPLE: std::cell::RefCell<HashMap<char, char>> = std::cell::RefCell::default();
}

/// The rules of folding, applied to the whole text one after the other.
pub fn fold(text: &str) -> Vec<char> {
    text.nfkc()
        .filter(|c| !c.is_whitespace() && !c.is_control() && *c != '\u{200B}' && *c != '\u{FEFF}')
        .flat_map(char::to_lowercase)
        .map(simplified)
        .map(|c| match c {
            '〔' | '【' | '[' => '(',
            '〕' | '】' | ']' => ')',
            other => other,
        })
        .collect()
}

fn simplified(c: char) -> char {
    SIMPLE.with_borrow_mut(|known| {
        *known
            .entry(c)
            .or_insert_with(|| T2S.convert(&c.to_string()).chars().next().unwrap_or(c))
    })
}

pub fn contains(text: &str, sought: &str) -> bool {
    let (text, sought) = (fold(text), fold(sought));
    text.windows(sought.len()).any(|window| window == sought)
}

/// What a person could mean, with its own evaluation.
#[derive(Clone, Debug)]
pub enum Ask {
    Term(Field, String),
    Not(Box<Ask>),
    And(Vec<Ask>),
    Or(Vec<Ask>),
}

#[derive(Clone, Copy, Debug)]
pub enum Field {
    Anywhere,
    Title,
    Body,
    Number,
    Unit,
}

impl Ask {
    /// The query as it would be typed.
    pub fn typed(&self) -> String {
        let join = |items: &[Ask], between: &str| {
            let items: Vec<_> = items.iter().map(Ask::typed).collect();
            format!("( {} )", items.join(between))
        };
        match self {
            Self::Term(field, text) => format!("{}\"{text}\"", field.prefix()),
            Self::Not(inner) => format!("-{}", inner.typed()),
            Self::And(items) => join(items, " "),
            Self::Or(items) => join(items, " OR "),
        }
    }

    pub fn is_met_by(&self, entry: &Entry) -> bool {
        match self {
            Self::Term(field, text) => field.texts(entry).iter().any(|have| contains(have, text)),
            Self::Not(inner) => !inner.is_met_by(entry),
            Self::And(items) => items.iter().all(|item| item.is_met_by(entry)),
            Self::Or(items) => items.iter().any(|item| item.is_met_by(entry)),
        }
    }
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

    fn texts(self, entry: &Entry) -> Vec<&str> {
        let title = vec![entry.title.as_str()];
        let body = entry.parts.iter().map(|part| part.text.as_str()).collect();
        let numbers = entry
            .doc_number
            .iter()
            .chain(&entry.case_number)
            .map(String::as_str)
            .collect();
        let units = entry.units.iter().map(String::as_str).collect();
        match self {
            Self::Anywhere => [title, body, numbers, units].concat(),
            Self::Title => title,
            Self::Body => body,
            Self::Number => numbers,
            Self::Unit => units,
        }
    }
}

/// The characters of `text` that lie in an occurrence of a term, as merged ranges. Right for
/// texts in which every visible character folds to one, and none is a combining mark.
pub fn highlighted(text: &str, terms: &[String]) -> Vec<Range<usize>> {
    let visible: Vec<(usize, Vec<char>)> = text
        .chars()
        .enumerate()
        .map(|(at, c)| (at, fold(&c.to_string())))
        .filter(|(_, folded)| !folded.is_empty())
        .collect();
    let folded: Vec<char> = visible
        .iter()
        .flat_map(|(_, folded)| folded.clone())
        .collect();
    assert_eq!(folded.len(), visible.len(), "one to one");
    let mut marked = vec![false; text.chars().count()];
    for term in terms {
        let term = fold(term);
        for (at, window) in folded.windows(term.len()).enumerate() {
            if window == term {
                marked[visible[at].0..=visible[at + term.len() - 1].0].fill(true);
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
