//! What was perhaps meant by a query that finds nothing.
//!
//! Only what the viewer may see is drawn upon: a query is proposed only if it finds something
//! there, and words come from the titles there or from the dictionaries that are part of the
//! program.

use crate::{
    Filter, Order, PageRequest, Query, Reading, SearchIndex, error::Result, fold::folded, law,
    question::words,
};

/// How many words of the query are looked at.
const MAX_WORDS: usize = 4;

/// How many titles that sound alike are looked at.
const TITLES: usize = 5;

/// How many of our words are tried in place of one.
const CANDIDATES: usize = 8;

/// The shortest word of which one character may be another one.
const LONG: usize = 3;

impl SearchIndex {
    /// A query like the one typed that finds something `viewer` (a unit) may see, for one that
    /// finds nothing. `None` where the query is not simply words, or nothing comes near it.
    pub fn correction(&self, typed: &str, viewer: u128, filter: &Filter) -> Result<Option<String>> {
        let words: Vec<&str> = typed.split_whitespace().collect();
        if words.len() > MAX_WORDS || !words.iter().all(|word| is_plain(word)) {
            return Ok(None);
        }
        let mut found = Vec::with_capacity(words.len());
        for word in words {
            let Some(word) = self.word_found(word, viewer, filter)? else {
                return Ok(None);
            };
            found.push(word);
        }
        let corrected = found.join(" ");
        Ok(self.finds(&corrected, viewer, filter)?.then_some(corrected))
    }

    /// The word itself, if it finds anything, or else what is likest to it and does.
    fn word_found(&self, word: &str, viewer: u128, filter: &Filter) -> Result<Option<String>> {
        if self.finds(word, viewer, filter)? {
            return Ok(Some(word.to_owned()));
        }
        for candidate in self.candidates(word, viewer, filter)? {
            if self.finds(&candidate, viewer, filter)? {
                return Ok(Some(candidate));
            }
        }
        Ok(None)
    }

    fn finds(&self, text: &str, viewer: u128, filter: &Filter) -> Result<bool> {
        let Ok(query) = Query::parse(text) else {
            return Ok(false);
        };
        let nothing = PageRequest {
            limit: 0,
            after: None,
            order: Order::Newest,
        };
        Ok(self.search_within(&query, viewer, filter, &nothing)?.total > 0)
    }

    /// What may have been meant by a word, the likeliest first.
    fn candidates(&self, word: &str, viewer: u128, filter: &Filter) -> Result<Vec<String>> {
        let mut candidates = Vec::new();
        let sounds = Reading::of(word);
        for titled in self.titles_read(word, viewer, filter, TITLES)? {
            let title = Reading::of(&titled.title);
            let bytes = title.sounds_like(&sounds).or_else(|| title.find(word));
            candidates.extend(bytes.and_then(|bytes| titled.title.get(bytes)).map(folded));
        }
        let sought = folded(word);
        let ours = words::ours().chain(law::known());
        candidates.extend(
            ours.filter(|ours| is_near(ours, &sought, &sounds))
                .map(ToOwned::to_owned),
        );
        candidates.truncate(CANDIDATES);
        let words = words::cut(&sought);
        // Where some of it is not known as a word, the others are not what was meant.
        if words.concat() == sought {
            candidates.push(words.join(" "));
        }
        Ok(candidates)
    }
}

/// A word without a sign of the grammar in it.
fn is_plain(word: &str) -> bool {
    !matches!(word, "OR" | "AND" | "NOT")
        && folded(word)
            .chars()
            .all(|c| c.is_alphanumeric() || "()《》、".contains(c))
}

/// Whether one of our words sounds like the one typed, or differs from it in one character.
fn is_near(ours: &str, typed: &str, sounds: &Reading) -> bool {
    let same_length = ours.chars().count() == typed.chars().count();
    let unlike = ours
        .chars()
        .zip(typed.chars())
        .filter(|(a, b)| a != b)
        .count();
    let is_long = ours.chars().nth(LONG - 1).is_some();
    let sounds_alike = || Reading::of(ours).spellings() == sounds.spellings();
    same_length && (is_long && unlike == 1 || unlike > 0 && sounds_alike())
}
