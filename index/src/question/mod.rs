//! Questions as people ask them: 员工怀孕了能不能辞退？
//!
//! This is not the exact search. A question is cut into words, everyday words are joined by
//! those of the law, and documents that have the rarer of them, often and near to one another,
//! come first. What weighs how much is worked out from the documents that the viewer may see
//! and from nothing else, so that the order tells nothing about other units' documents.

mod answer;
mod matches;
mod score;
mod similar;
pub(crate) mod words;

use crate::{
    fold::folded,
    query::{MAX_CHARS, Problem, QueryError, Scope, Term},
};

/// The most words and pairs that a question is looked for by.
const MAX_CLUES: usize = 96;

/// A question that was cut into clues.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    clues: Vec<Clue>,
}

/// One thing to look for: a word with those that mean the same, or a pair of characters.
#[derive(Clone, Debug, PartialEq)]
struct Clue {
    /// Each with how much it counts beside the others.
    spellings: Vec<(Vec<char>, f32)>,
    /// How much the clue counts beside others that are as rare.
    weight: f32,
    /// Whether it is a word, so that it may be shown.
    is_word: bool,
}

impl Question {
    /// Understands a question. Fails when nothing was typed, or too much.
    ///
    /// The first call reads the dictionary, which takes some tenths of a second.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        if text.chars().nth(MAX_CHARS).is_some() {
            return Err(QueryError::new(Problem::TooLong, MAX_CHARS));
        }
        let folded = folded(text);
        if folded.is_empty() {
            let problem = if text.trim().is_empty() {
                Problem::Empty
            } else {
                Problem::Invisible
            };
            return Err(QueryError::new(problem, 0));
        }
        let mut clues = words::clues(&folded);
        clues.truncate(MAX_CLUES);
        Ok(Self { clues })
    }

    /// The words, as terms to be shown where they were found.
    fn terms(&self) -> Vec<Term> {
        let words = self.clues.iter().filter(|clue| clue.is_word);
        let spellings = words.flat_map(|clue| &clue.spellings);
        spellings
            .map(|(text, _)| Term {
                scope: Scope::Anywhere,
                text: text.clone(),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let terms = Question::parse(text).unwrap().terms();
        terms
            .iter()
            .map(|term| term.text.iter().collect())
            .collect()
    }

    #[test]
    fn a_question_is_cut_into_words_of_the_law() {
        let found = words("员工怀孕了，公司能不能辞退？");
        for word in ["员工", "劳动者", "怀孕", "女职工", "辞退", "解除劳动合同"] {
            assert!(found.contains(&word.to_owned()), "{word}: {found:?}");
        }
        assert!(!found.contains(&"能不能".to_owned()), "{found:?}");
        let found = words("個體工商戶的訴訟主體是什麼？");
        assert!(found.contains(&"个体工商户".to_owned()), "{found:?}");
        assert!(found.contains(&"诉讼主体".to_owned()), "{found:?}");
    }

    #[test]
    fn what_is_no_question_is_refused_or_looked_for_as_it_is() {
        let problem = |text: &str| Question::parse(text).unwrap_err().problem();
        assert_eq!(problem(" \n"), Problem::Empty);
        assert_eq!(problem("\u{200B}"), Problem::Invisible);
        assert_eq!(problem(&"问".repeat(MAX_CHARS + 1)), Problem::TooLong);
        assert_eq!(words("的"), ["的"]);
        assert_eq!(words("？"), ["?"]);
        assert!(Question::parse(&"劳动合同".repeat(MAX_CHARS / 4)).is_ok());
    }
}
