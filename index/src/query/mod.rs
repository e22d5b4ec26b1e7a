//! What a person may type into the search box.
//!
//! ```text
//! 行政复议 农业            both occur, each exactly as written
//! "人民法院 应当"          one phrase; spaces in it mean nothing (see `folded`)
//! 行政复议 OR 司法建议     either; binds less than the space
//! 行政复议 -诉讼           the second does not occur; also: NOT 诉讼
//! (复议 OR 诉讼) 农业      grouping
//! title:复议               in the title; body: doc_no: (both numbers) unit: likewise
//! kind:函  year:2024       the kind's code or part of its name; the year, or 2020..2024
//! state:已归档              the state's code or part of its name; also: status:
//! 行诉法66条  article:66    an article of a law, however it is written (see `article`)
//! 2024-01..2024-06         sent in these days, months or years; either end may be left open
//! ```
//!
//! Colons, quotes, parentheses, spaces and the minus may be the wide ones of a Chinese
//! keyboard. Four rules decide what a parenthesis or a quote is, because official texts are
//! full of them:
//!
//! - A parenthesis inside a word is part of it: `国发(2004)18号`.
//! - At the start of a word it groups if more than one thing is in it, or if it follows
//!   directly upon `-`, `NOT` or a field. Otherwise it is text: `（试行）`, `（一）`.
//! - Four digits in brackets are a year and always text, and the number goes on behind them
//!   over spaces: `（2020） 115 号` is one term.
//! - `“放管服”改革` is text, because something follows directly upon the closing quote;
//!   `“放管服”` alone is a phrase.

mod article;
mod dates;
mod error;
mod number;
mod parser;
mod scan;

pub use self::error::{Problem, QueryError};
pub(crate) use self::{
    article::{Cited, heading_of_article},
    dates::month_of,
};

/// The most characters that a query may have.
pub const MAX_CHARS: usize = 256;

/// The most terms (words, phrases, dates, kinds, years) that a query may have.
pub const MAX_TERMS: usize = 16;

/// How deep groups and negations may lie in one another.
pub const MAX_DEPTH: usize = 4;

/// A question that was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    expr: Expr,
}

impl Query {
    /// Understands what was typed, or says what is wrong with it and where. Never panics,
    /// whatever was typed.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        let expr = parser::parse(text)?;
        if expr.asks_for_something() {
            Ok(Self { expr })
        } else {
            Err(QueryError::new(Problem::OnlyNegative, 0))
        }
    }

    pub(crate) fn expr(&self) -> &Expr {
        &self.expr
    }

    /// The terms whose presence makes a hit, in a document of this title: those to be shown.
    pub(crate) fn sought(&self, title: &str) -> Vec<&Term> {
        let mut terms = Vec::new();
        self.expr.collect_sought(true, title, &mut terms);
        terms
    }
}

/// A query as a tree. The parser keeps it shallow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Expr {
    Term(Term),
    /// An article of a law.
    Article(Cited),
    /// The code, or part of the name, of a kind; folded.
    Kind(Vec<char>),
    /// The code, or part of the name, of a state; folded.
    State(Vec<char>),
    Year(Range),
    /// Sent in this span of milliseconds since 1970.
    Sent(Range),
    Not(Box<Expr>),
    And(Vec<Expr>),
    Or(Vec<Expr>),
}

/// A substring to look for: folded, never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Term {
    pub scope: Scope,
    pub text: Vec<char>,
}

impl Term {
    /// `text` is folded.
    pub fn new(scope: Scope, text: &str) -> Self {
        Self {
            scope,
            text: text.chars().collect(),
        }
    }
}

/// Where a term may occur.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    Anywhere,
    Title,
    /// 发文字号 or 案号.
    Number,
    Unit,
    Body,
}

/// From the first, up to but without the second; open where there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    pub from: Option<i64>,
    pub before: Option<i64>,
}

impl Expr {
    /// All of these; one alone stays as it is.
    fn all(items: Vec<Expr>) -> Self {
        Self::alone_or(items, Self::And)
    }

    /// Any of these; one alone stays as it is.
    fn any(items: Vec<Expr>) -> Self {
        Self::alone_or(items, Self::Or)
    }

    fn alone_or(mut items: Vec<Expr>, many: fn(Vec<Expr>) -> Self) -> Self {
        match items.pop() {
            Some(only) if items.is_empty() => only,
            last => {
                items.extend(last);
                many(items)
            }
        }
    }

    /// Whether every hit must have something, rather than only lack something.
    fn asks_for_something(&self) -> bool {
        self.needs_presence(true)
    }

    /// The same for the negation of this, when `wanted` is false.
    fn needs_presence(&self, wanted: bool) -> bool {
        match (self, wanted) {
            (Self::Not(inner), _) => inner.needs_presence(!wanted),
            (Self::And(items), true) | (Self::Or(items), false) => {
                items.iter().any(|item| item.needs_presence(wanted))
            }
            (Self::Or(items), true) | (Self::And(items), false) => {
                items.iter().all(|item| item.needs_presence(wanted))
            }
            _ => wanted,
        }
    }

    fn collect_sought<'a>(&'a self, wanted: bool, title: &str, terms: &mut Vec<&'a Term>) {
        match self {
            Self::Term(term) if wanted => terms.push(term),
            Self::Article(cited) if wanted => terms.extend(cited.sought(title)),
            Self::Not(inner) => inner.collect_sought(!wanted, title, terms),
            Self::And(items) | Self::Or(items) => {
                for item in items {
                    item.collect_sought(wanted, title, terms);
                }
            }
            _ => {}
        }
    }
}
