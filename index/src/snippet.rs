//! Snippets: the places of a document where the terms occur, as they are written there.

use std::{collections::VecDeque, ops::Range};

use crate::{
    entry::Stored,
    fold::{Folded, extends, fold, is_dropped},
    query::{Scope, Term, heading_of_article},
};

/// The most snippets that a hit has.
const MAX_SNIPPETS: usize = 4;

/// Of these, the most that come from title, numbers and units, so that the text has its say.
const MAX_HEADINGS: usize = 3;

/// How many characters a snippet shows, unless what was found is itself longer.
const LENGTH: usize = 80;

/// How many of these stand before what was found.
const LEAD: usize = 25;

/// How far back the beginning of an article is looked for, in bytes.
const ARTICLE_REACH: usize = 20_000;

/// A title, number or name up to this many characters is shown whole.
const HEADING_LENGTH: usize = 200;

/// A piece of a document to be shown with a hit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snippet {
    /// Where it comes from.
    pub place: Place,
    /// The text as written there, but on one line and without invisible characters. It is
    /// plain text: escape it.
    pub text: String,
    /// What was found, in characters (not bytes) of `text`; sorted, none touching another.
    /// Empty only where a hit has no term to show, such as one found by its kind or date.
    pub highlights: Vec<Range<usize>>,
}

/// Where a snippet comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The title.
    Title,
    /// 发文字号.
    DocNumber,
    /// 案号.
    CaseNumber,
    /// The name of the issuer or a recipient.
    Unit,
    /// A part of the text.
    Part {
        /// The part's name.
        name: String,
        /// The part's page.
        page: Option<u32>,
        /// The article of a law or rule that it stands in: 第六十六条.
        article: Option<String>,
    },
}

/// Makes snippets for one query.
pub(crate) struct Highlighter<'q> {
    terms: Vec<&'q Term>,
}

/// Bytes of a text in which a term was found.
#[derive(Clone, Copy)]
struct Occurrence {
    start: usize,
    end: usize,
    term: usize,
}

impl<'q> Highlighter<'q> {
    pub fn new(terms: Vec<&'q Term>) -> Self {
        Self { terms }
    }

    /// Title, numbers and units with something found in them, then the text; each term is
    /// shown before any is shown again.
    pub fn snippets(&self, stored: &Stored<'_>) -> Vec<Snippet> {
        let mut snippets = self.headings(stored);
        self.add_from_parts(stored, &mut snippets);
        if snippets.is_empty() {
            let whole = 0..stored.title().len();
            snippets.push(cut(Place::Title, stored.title(), whole, &[]));
        }
        snippets
    }

    fn headings(&self, stored: &Stored<'_>) -> Vec<Snippet> {
        let title = [(Place::Title, Scope::Title, stored.title())];
        let doc_number = stored
            .doc_number()
            .map(|text| (Place::DocNumber, Scope::Number, text));
        let case_number = stored
            .case_number()
            .map(|text| (Place::CaseNumber, Scope::Number, text));
        let units = stored.units().map(|text| (Place::Unit, Scope::Unit, text));
        title
            .into_iter()
            .chain(doc_number)
            .chain(case_number)
            .chain(units)
            .filter_map(|(place, scope, text)| self.heading(place, scope, text))
            .take(MAX_HEADINGS)
            .collect()
    }

    fn heading(&self, place: Place, scope: Scope, text: &str) -> Option<Snippet> {
        let found: Vec<_> = self.occurrences(scope, text).collect();
        let first = found.first()?;
        let is_short = text.chars().count() <= HEADING_LENGTH;
        let window = if is_short {
            0..text.len()
        } else {
            window(text, first)
        };
        Some(cut(place, text, window, &found))
    }

    fn add_from_parts(&self, stored: &Stored<'_>, snippets: &mut Vec<Snippet>) {
        let mut unseen: Vec<bool> = self
            .terms
            .iter()
            .map(|term| may_be_in(term, Scope::Body))
            .collect();
        for (name, page, text) in stored.parts() {
            if snippets.len() >= MAX_SNIPPETS {
                return;
            }
            self.add_from_part((name, page), text, &mut unseen, snippets);
        }
    }

    fn add_from_part(
        &self,
        (name, page): (&str, Option<u32>),
        text: &str,
        unseen: &mut [bool],
        snippets: &mut Vec<Snippet>,
    ) {
        let mut found = self.occurrences(Scope::Body, text).peekable();
        // All that was found so far: a window also shows some of what came before.
        let mut passed = Vec::new();
        let mut shown_to = 0;
        while let Some(occurrence) = found.next() {
            passed.push(occurrence);
            let room = MAX_SNIPPETS - snippets.len();
            if room == 0 {
                return;
            }
            let still_unseen = unseen.iter().filter(|unseen| **unseen).count();
            if occurrence.start < shown_to || !(unseen[occurrence.term] || room > still_unseen) {
                continue;
            }
            let window = window(text, &occurrence);
            passed.extend(std::iter::from_fn(|| {
                found.next_if(|next| next.start < window.end)
            }));
            let inside = passed.iter().filter(|each| is_within(each, &window));
            inside.for_each(|each| unseen[each.term] = false);
            shown_to = window.end;
            let place = Place::Part {
                name: name.to_owned(),
                page,
                article: article_around(&text[..occurrence.end]).map(ToOwned::to_owned),
            };
            snippets.push(cut(place, text, window, &passed));
        }
    }

    /// Every occurrence of every term that may be in this place, by where it begins. The text
    /// is folded no further than it is asked for.
    fn occurrences(&self, scope: Scope, text: &str) -> impl Iterator<Item = Occurrence> {
        let terms: Vec<_> = (0..)
            .zip(&self.terms)
            .filter(|(_, term)| may_be_in(term, scope))
            .map(|(index, term)| (index, term.text.as_slice()))
            .collect();
        let longest = terms
            .iter()
            .map(|(_, text)| text.len())
            .max()
            .unwrap_or_default();
        let mut rest = fold(if terms.is_empty() { "" } else { text });
        let mut ahead: VecDeque<Folded> = rest.by_ref().take(longest).collect();
        std::iter::from_fn(move || {
            let start = ahead.front()?.start;
            let first = ahead.front()?.ch;
            let ends = terms.iter().filter_map(|&(term, sought)| {
                // Nearly always the first character tells.
                (sought.first() == Some(&first)).then_some(())?;
                Some(Occurrence {
                    start,
                    end: end_of_match(&ahead, sought)?,
                    term,
                })
            });
            let found: Vec<_> = ends.collect();
            ahead.pop_front();
            ahead.extend(rest.next());
            Some(found)
        })
        .flatten()
    }
}

/// The number of the article that the end of this text stands in: the last one that a line
/// begins with.
fn article_around(text: &str) -> Option<&str> {
    let lines = text.rsplit('\n');
    let mut passed = 0;
    lines
        .take_while(|line| {
            passed += line.len();
            passed <= ARTICLE_REACH
        })
        .find_map(|line| heading_of_article(line.trim_start()))
}

fn may_be_in(term: &Term, place: Scope) -> bool {
    term.scope == Scope::Anywhere || term.scope == place
}

/// Where `sought` ends, if the text ahead begins with it.
fn end_of_match(ahead: &VecDeque<Folded>, sought: &[char]) -> Option<usize> {
    let last = ahead.get(sought.len().checked_sub(1)?)?;
    let begins = ahead.iter().zip(sought).all(|(have, c)| have.ch == *c);
    begins.then_some(last.end)
}

fn is_within(occurrence: &Occurrence, window: &Range<usize>) -> bool {
    window.start <= occurrence.start && occurrence.end <= window.end
}

/// The bytes to show around an occurrence, cut where characters (with their marks) end.
fn window(text: &str, occurrence: &Occurrence) -> Range<usize> {
    let before = text[..occurrence.start].char_indices().rev();
    let start = before
        .take(LEAD)
        .filter(|(_, c)| !extends(*c))
        .last()
        .map_or(occurrence.start, |(at, _)| at);
    let shown = text[start..occurrence.end].chars().count();
    let behind = &text[occurrence.end..];
    let end = behind
        .char_indices()
        .skip(LENGTH.saturating_sub(shown))
        .find(|(_, c)| !extends(*c))
        .map_or(text.len(), |(at, _)| occurrence.end + at);
    start..end
}

/// The snippet of these bytes, on one line, with all that was found in it.
fn cut(place: Place, text: &str, window: Range<usize>, found: &[Occurrence]) -> Snippet {
    let mut shown = String::new();
    // For each character shown, the byte it came from.
    let mut origins = Vec::new();
    for (at, c) in text[window.clone()].char_indices() {
        let c = if c.is_whitespace() { ' ' } else { c };
        let is_needless_space = c == ' ' && (shown.is_empty() || shown.ends_with(' '));
        if !is_needless_space && (c == ' ' || !is_dropped(c)) {
            shown.push(c);
            origins.push(window.start + at);
        }
    }
    shown.truncate(shown.trim_end().len());
    let place_of = |byte| origins.partition_point(|&origin| origin < byte);
    let found = found.iter().filter(|each| is_within(each, &window));
    let ranges = found.map(|each| place_of(each.start)..place_of(each.end));
    Snippet {
        place,
        text: shown,
        highlights: merged(ranges.collect()),
    }
}

/// Ranges that overlap or touch become one.
fn merged(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_unstable_by_key(|range| range.start);
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}
