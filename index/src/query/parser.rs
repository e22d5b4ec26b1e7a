//! The grammar, by recursive descent. How deep it can go is counted, so that no query can
//! exhaust the stack.
//!
//! ```text
//! any  = all { "OR" all }
//! all  = some { [ "AND" ] some }
//! some = ( "-" | "NOT" ) some | { field ":" } ( phrase | "(" any ")" | word )
//! ```

use crate::fold::folded;

use super::{
    Expr, MAX_CHARS, MAX_DEPTH, MAX_TERMS, Problem, QueryError, Scope, Term,
    article::{self, Cited},
    dates, number,
    scan::{Scan, is_closing, is_opening, is_straight_quote},
};

type Parsed<T = Expr> = Result<T, QueryError>;

/// What a word is looked for in.
#[derive(Clone, Copy)]
enum Field {
    Text(Scope),
    Kind,
    State,
    Year,
    Article,
}

const FIELDS: [(&str, Field); 9] = [
    ("title", Field::Text(Scope::Title)),
    ("body", Field::Text(Scope::Body)),
    ("doc_no", Field::Text(Scope::Number)),
    ("unit", Field::Text(Scope::Unit)),
    ("kind", Field::Kind),
    ("state", Field::State),
    ("status", Field::State),
    ("year", Field::Year),
    ("article", Field::Article),
];

/// The tree of what was typed.
pub(super) fn parse(text: &str) -> Parsed {
    let chars: Vec<char> = text.chars().take(MAX_CHARS + 1).collect();
    if chars.len() > MAX_CHARS {
        return Err(QueryError::new(Problem::TooLong, MAX_CHARS));
    }
    let mut parser = Parser {
        scan: Scan::new(&chars),
        terms: 0,
    };
    parser.scan.skip_space();
    if parser.scan.is_done() {
        return Err(QueryError::new(Problem::Empty, 0));
    }
    parser.any(Field::Text(Scope::Anywhere), 0)
}

struct Parser<'a> {
    scan: Scan<'a>,
    terms: usize,
}

impl Parser<'_> {
    fn any(&mut self, field: Field, depth: usize) -> Parsed {
        let mut items = vec![self.all(field, depth)?];
        while self.scan.take_operator("OR") {
            items.push(self.all(field, depth)?);
        }
        Ok(Expr::any(items))
    }

    /// Ends at the end of the query, of the group, or at an `OR`.
    fn all(&mut self, field: Field, depth: usize) -> Parsed {
        let mut items = Vec::new();
        let mut after_and = false;
        loop {
            self.scan.skip_space();
            if self.scan.is_done() || self.scan.is_at_group_end() || self.scan.is_at_operator("OR")
            {
                break;
            }
            if self.scan.is_at_operator("AND") {
                if items.is_empty() || after_and {
                    return self.fail(Problem::MissingOperand("AND"));
                }
                after_and = self.scan.take_operator("AND");
                continue;
            }
            items.push(self.some(field, depth)?);
            after_and = false;
        }
        if after_and {
            return self.fail(Problem::MissingOperand("AND"));
        }
        if items.is_empty() {
            let nothing = if self.scan.is_at_group_end() && self.is_behind_opening() {
                Problem::EmptyGroup
            } else {
                Problem::MissingOperand("OR")
            };
            return self.fail(nothing);
        }
        Ok(Expr::all(items))
    }

    fn some(&mut self, field: Field, depth: usize) -> Parsed {
        let start = self.scan.at;
        if self.scan.is_at_minus() {
            self.scan.at += 1;
            if self.scan.is_done() || self.scan.peek().is_some_and(char::is_whitespace) {
                return Err(QueryError::new(Problem::DanglingMinus, start));
            }
            return self.negation(field, depth, start, Problem::DanglingMinus);
        }
        if self.scan.take_operator("NOT") {
            self.scan.skip_space();
            return self.negation(field, depth, start, Problem::MissingOperand("NOT"));
        }
        self.item(field, depth, false)
    }

    fn negation(&mut self, field: Field, depth: usize, start: usize, nothing: Problem) -> Parsed {
        let depth = deeper(depth, start)?;
        if self.is_at_nothing() {
            return Err(QueryError::new(nothing, start));
        }
        let inner = if self.scan.is_at_minus() || self.scan.is_at_operator("NOT") {
            self.some(field, depth)?
        } else {
            self.item(field, depth, true)?
        };
        Ok(Expr::Not(Box::new(inner)))
    }

    /// `bound`: a sign of the grammar stands directly before, so that a parenthesis groups.
    fn item(&mut self, mut field: Field, depth: usize, mut bound: bool) -> Parsed {
        while let Some((name, inner)) = self.take_field() {
            self.scan.skip_space();
            if self.is_at_nothing() {
                return self.fail(Problem::MissingValue(name));
            }
            if self.scan.is_at_minus() {
                return self.some(inner, depth);
            }
            (field, bound) = (inner, true);
        }
        if self.scan.is_at_phrase() {
            return self.phrase(field);
        }
        if self.is_at_group(bound)? {
            return self.group(field, depth);
        }
        if self.scan.peek().is_some_and(is_closing) {
            return self.fail(Problem::StrayParenthesis);
        }
        let start = self.scan.at;
        let word = text_of(self.scan.take_word());
        self.leaf(field, &word, start, true)
    }

    fn phrase(&mut self, field: Field) -> Parsed {
        let start = self.scan.at;
        let Some(inner) = self.scan.take_quoted() else {
            return self.fail(Problem::UnclosedQuote);
        };
        let phrase = text_of(inner);
        if folded(&phrase).is_empty() {
            return Err(QueryError::new(Problem::EmptyPhrase, start));
        }
        self.leaf(field, &phrase, start, false)
    }

    fn group(&mut self, field: Field, depth: usize) -> Parsed {
        let start = self.scan.at;
        let depth = deeper(depth, start)?;
        self.scan.at += 1;
        self.scan.groups += 1;
        let expr = self.any(field, depth)?;
        if !self.scan.is_at_group_end() {
            return Err(QueryError::new(Problem::UnclosedGroup, start));
        }
        self.scan.at += 1;
        self.scan.groups -= 1;
        Ok(expr)
    }

    fn leaf(&mut self, field: Field, text: &str, place: usize, is_word: bool) -> Parsed {
        self.terms += 1;
        if self.terms > MAX_TERMS {
            return Err(QueryError::new(Problem::TooManyTerms, place));
        }
        let word = folded(text);
        if word.is_empty() {
            return Err(QueryError::new(Problem::Invisible, place));
        }
        let at_place = |problem| QueryError::new(problem, place);
        match field {
            Field::Year => dates::years(&word).map(Expr::Year).map_err(at_place),
            Field::Kind => Ok(Expr::Kind(word.chars().collect())),
            Field::State => Ok(Expr::State(word.chars().collect())),
            Field::Article => article::numbered(&word).ok_or(at_place(Problem::BadArticle)),
            Field::Text(Scope::Anywhere) if is_word => words_of_their_own(&word)
                .unwrap_or_else(|| Ok(Expr::Term(Term::new(Scope::Anywhere, &word))))
                .map_err(at_place),
            Field::Text(scope) => Ok(Expr::Term(Term::new(scope, &word))),
        }
    }

    /// Whether a parenthesis comes next that groups (see the rules in the module above).
    fn is_at_group(&self, bound: bool) -> Parsed<bool> {
        let is_open = self.scan.peek().is_some_and(is_opening);
        if !is_open || number::starts_with_year(self.scan.rest()) {
            return Ok(false);
        }
        let Some(close) = self.scan.closing_parenthesis() else {
            return self.fail(Problem::UnclosedGroup);
        };
        let inside = self.scan.inside(close);
        let is_several = inside
            .iter()
            .any(|&c| c.is_whitespace() || is_straight_quote(c));
        let begins_with_field = FIELDS
            .iter()
            .any(|(name, _)| Scan::new(inside).take_field(name));
        Ok(bound || is_several || begins_with_field)
    }

    fn take_field(&mut self) -> Option<(&'static str, Field)> {
        FIELDS
            .into_iter()
            .find(|(name, _)| self.scan.take_field(name))
    }

    fn is_at_nothing(&self) -> bool {
        let scan = &self.scan;
        scan.is_done()
            || scan.is_at_group_end()
            || scan.is_at_operator("OR")
            || scan.is_at_operator("AND")
    }

    fn is_behind_opening(&self) -> bool {
        let read = self.scan.before();
        read.iter()
            .rev()
            .find(|c| !c.is_whitespace())
            .is_some_and(|&c| is_opening(c))
    }

    fn fail<T>(&self, problem: Problem) -> Parsed<T> {
        Err(QueryError::new(problem, self.scan.at))
    }
}

fn deeper(depth: usize, place: usize) -> Parsed<usize> {
    if depth < MAX_DEPTH {
        Ok(depth + 1)
    } else {
        Err(QueryError::new(Problem::TooDeep, place))
    }
}

/// What a word means that is more than its characters: a span of time, or an article of a law.
fn words_of_their_own(word: &str) -> Option<Result<Expr, Problem>> {
    if let Some(sent) = dates::sent(word) {
        return Some(sent.map(Expr::Sent));
    }
    Cited::read(word).map(|cited| Ok(Expr::Article(cited)))
}

fn text_of(chars: &[char]) -> String {
    chars.iter().collect()
}
