//! From a question to what is looked for.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use jieba_rs::Jieba;

use super::Clue;
use crate::fold::folded;

/// How much a word of the law counts beside the everyday word that was typed.
const SYNONYM: f32 = 0.7;

/// How much two neighbouring characters count beside a word. They join words that stand next
/// to one another, and find names that no dictionary has.
const PAIR: f32 = 0.6;

/// A word of the law in our own list is never cut: it is given this frequency.
const OURS: usize = 20_000;

static KNOWN: LazyLock<Known> = LazyLock::new(Known::read);

struct Known {
    jieba: Jieba,
    ignored: HashSet<&'static str>,
    synonyms: HashMap<&'static str, Vec<&'static str>>,
}

impl Known {
    fn read() -> Self {
        let mut jieba = Jieba::new();
        let synonyms: HashMap<_, Vec<_>> = include_str!("../../dict/synonyms.txt")
            .lines()
            .filter_map(|line| {
                let mut words = line.split_whitespace();
                let typed = words.next()?;
                Some((typed, words.filter(|&word| word != typed).collect()))
            })
            .collect();
        let ours = include_str!("../../dict/words.txt").lines();
        for word in ours.chain(synonyms.keys().copied()) {
            if word.chars().nth(1).is_some() {
                jieba.add_word(word, Some(OURS), None);
            }
        }
        Self {
            jieba,
            ignored: include_str!("../../dict/ignored.txt")
                .split_whitespace()
                .collect(),
            synonyms,
        }
    }

    /// The words of a text that say what it is about, each once.
    fn words<'a>(&self, text: &'a str) -> Vec<&'a str> {
        let mut seen = HashSet::new();
        self.jieba
            .cut_for_search(text, false)
            .into_iter()
            .map(|token| token.word)
            .filter(|word| self.says_something(word) && seen.insert(*word))
            .collect()
    }

    fn says_something(&self, word: &str) -> bool {
        let is_long = word.chars().nth(1).is_some();
        let may_stand_alone = is_long || self.synonyms.contains_key(word);
        may_stand_alone && word.chars().any(char::is_alphanumeric) && !self.ignored.contains(word)
    }

    fn clue(&self, word: &str) -> Clue {
        let others = self.synonyms.get(word).into_iter().flatten();
        let typed = (word.chars().collect(), 1.0);
        let others = others.map(|other| (folded(other).chars().collect(), SYNONYM));
        Clue {
            spellings: std::iter::once(typed).chain(others).collect(),
            weight: 1.0,
            is_word: true,
        }
    }
}

/// The words of a text that say something, in their order, as often as they are there. What
/// nobody knows is left out.
pub(crate) fn cut(text: &str) -> Vec<&str> {
    let known = &*KNOWN;
    let words = known
        .jieba
        .cut(text, false)
        .into_iter()
        .map(|token| token.word);
    words.filter(|word| known.says_something(word)).collect()
}

/// Our own words of law and administration.
pub(crate) fn ours() -> impl Iterator<Item = &'static str> {
    include_str!("../../dict/words.txt").lines()
}

/// Words first, then pairs. Where nothing says anything, the whole is looked for as it is.
pub(super) fn clues(text: &str) -> Vec<Clue> {
    let known = &*KNOWN;
    let words = known.words(text);
    if words.is_empty() {
        return vec![Clue {
            spellings: vec![(text.chars().collect(), 1.0)],
            weight: 1.0,
            is_word: true,
        }];
    }
    let mut clues: Vec<_> = words.iter().map(|word| known.clue(word)).collect();
    clues.extend(pairs(text, &known.ignored));
    clues
}

fn pairs(text: &str, ignored: &HashSet<&str>) -> Vec<Clue> {
    let chars: Vec<char> = text.chars().collect();
    let mut seen = HashSet::new();
    chars
        .windows(2)
        .filter(|pair| pair.iter().all(|c| c.is_alphanumeric()))
        .filter(|pair| !ignored.contains(pair.iter().collect::<String>().as_str()))
        .filter(|pair| seen.insert(pair.to_vec()))
        .map(|pair| Clue {
            spellings: vec![(pair.to_vec(), 1.0)],
            weight: PAIR,
            is_word: false,
        })
        .collect()
}
