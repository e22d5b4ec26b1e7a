//! Suggestions while somebody types: titles and numbers with what was typed in them, also as it
//! sounds.

use tantivy::{TantivyDocument, query::BooleanQuery};

use crate::{
    Filter, Order, Reading, SearchIndex,
    entry::Stored,
    error::Result,
    fold::folded,
    plan::{plan, titles_read_as},
    query::{Expr, MAX_CHARS, Scope, Term},
    rank::{Best, Found},
};

/// How many more are looked at than are wanted: those that begin with what was typed come first.
const MORE: usize = 4;

/// A document whose title or number has what was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// The id of its [`Entry`](crate::Entry).
    pub id: u128,
    /// Its title.
    pub title: String,
    /// Its 发文字号.
    pub doc_number: Option<String>,
}

impl SearchIndex {
    /// Documents that `viewer` (a unit) may see, whose title or number has `typed` in it, or
    /// whose title is typed so by its sounds (`xzfy`, `xingzhengfuyi`): those that begin with it
    /// first, then the newest. Empty where nothing, or too much, was typed.
    pub fn suggestions(
        &self,
        typed: &str,
        viewer: u128,
        filter: &Filter,
        limit: usize,
    ) -> Result<Vec<Suggestion>> {
        let sought = folded(typed);
        if sought.is_empty() || sought.chars().nth(MAX_CHARS).is_some() {
            return Ok(Vec::new());
        }
        let written = Expr::Or(
            [Scope::Title, Scope::Number]
                .map(|scope| Expr::Term(Term::new(scope, &sought)))
                .into(),
        );
        let query = plan(&written, viewer, filter, &self.fields);
        let mut found = self.newest(&query, limit * MORE)?;
        if found.len() < limit && is_typed_by_sound(typed) {
            found.extend(self.titles_read(typed, viewer, filter, limit)?);
        }
        let mut seen = std::collections::HashSet::new();
        found.retain(|suggestion| seen.insert(suggestion.id));
        let begins_otherwise = |suggestion: &Suggestion| {
            let number = suggestion.doc_number.as_deref().unwrap_or_default();
            !(folded(&suggestion.title).starts_with(&sought) || folded(number).starts_with(&sought))
        };
        found.sort_by_cached_key(begins_otherwise);
        found.truncate(limit);
        Ok(found)
    }

    /// Documents whose title, or a part of it, is typed so by its sounds; the newest first.
    pub(crate) fn titles_read(
        &self,
        typed: &str,
        viewer: u128,
        filter: &Filter,
        limit: usize,
    ) -> Result<Vec<Suggestion>> {
        let query = match longest_written(&folded(typed)) {
            // Where some of it is written, that leads to the titles and the rest is compared.
            Some(written) if is_typed_by_sound(typed) => {
                let written = Expr::Term(Term::new(Scope::Title, written));
                plan(&written, viewer, filter, &self.fields)
            }
            _ => {
                let [letters, _] = Reading::of(typed).spellings();
                let letters: Vec<char> = letters.chars().collect();
                titles_read_as(&letters, viewer, filter, &self.fields)
            }
        };
        let mut found = self.newest(&query, limit * MORE)?;
        found.retain(|suggestion| {
            let title = Reading::of(&suggestion.title);
            title.find(typed).is_some() || title.sounds_like(&Reading::of(typed)).is_some()
        });
        Ok(found)
    }

    fn newest(&self, query: &BooleanQuery, limit: usize) -> Result<Vec<Suggestion>> {
        let searcher = self.reader.searcher();
        let Found { best, .. } = searcher.search(
            query,
            &Best {
                limit,
                after: None,
                order: Order::Newest,
            },
        )?;
        let found = best.into_iter().map(|(key, address)| {
            let document: TantivyDocument = searcher.doc(address)?;
            let stored = Stored::new(&document, &self.fields);
            Ok(Suggestion {
                id: key.id,
                title: stored.title().to_owned(),
                doc_number: stored.doc_number().map(ToOwned::to_owned),
            })
        });
        found.collect()
    }
}

/// The longest run of characters that are not typed by sound.
fn longest_written(typed: &str) -> Option<&str> {
    typed
        .split(|c: char| c.is_ascii())
        .filter(|run| !run.is_empty())
        .max_by_key(|run| run.len())
}

/// Whether letters are in it that may stand for sounds.
fn is_typed_by_sound(typed: &str) -> bool {
    typed.chars().any(|c| c.is_ascii_alphabetic())
}
