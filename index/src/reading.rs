//! How Chinese is typed by its sounds: `xingzhengfuyi` and `xzfy` for 行政复议.

use std::{collections::HashMap, ops::Range, sync::LazyLock};

use pinyin::ToPinyin;

use crate::fold::{Folded, fold};

/// The most characters of a word in the dictionary of readings.
const LONGEST: usize = 4;

/// Words in which a character sounds otherwise than alone: 重庆, 会计.
static WORDS: LazyLock<HashMap<Vec<char>, Vec<&'static str>>> = LazyLock::new(|| {
    let lines = include_str!("../dict/readings.txt").lines();
    let words = lines.filter_map(|line| {
        let mut words = line.split_whitespace();
        let word: Vec<char> = words.next()?.chars().collect();
        let syllables: Vec<_> = words.collect();
        (word.len() == syllables.len()).then_some((word, syllables))
    });
    words.collect()
});

/// The sounds of a text, character by character. Punctuation has none and is left out.
#[derive(Clone, Debug)]
pub struct Reading {
    sounds: Vec<Sound>,
}

/// A character that is typed.
#[derive(Clone, Debug)]
struct Sound {
    /// The character itself, by which it may be typed as well.
    written: char,
    typed: String,
    /// Its bytes in the text.
    bytes: Range<usize>,
}

impl Reading {
    /// The reading of a text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let chars: Vec<Folded> = fold(text).filter(|c| c.ch.is_alphanumeric()).collect();
        let mut sounds = Vec::with_capacity(chars.len());
        while let Some(rest) = chars.get(sounds.len()..).filter(|rest| !rest.is_empty()) {
            let typed = word_at(rest).unwrap_or_else(|| vec![sound_of(rest[0].ch)]);
            let typed = typed.into_iter().zip(rest);
            sounds.extend(typed.map(|(typed, c)| Sound {
                written: c.ch,
                typed,
                bytes: c.start..c.end,
            }));
        }
        Self { sounds }
    }

    /// In full and by first letters, each as one run of letters.
    pub(crate) fn spellings(&self) -> [String; 2] {
        let full = self.sounds.iter().map(|sound| sound.typed.as_str());
        let first = self
            .sounds
            .iter()
            .filter_map(|sound| sound.typed.chars().next());
        [full.collect(), first.collect()]
    }

    /// The bytes of the text that `typed` stands for: each character by itself, by its whole
    /// sound or by the first letter, the last one also by a part of its sound. `None` when it stands for
    /// nothing here.
    #[must_use]
    pub fn find(&self, typed: &str) -> Option<Range<usize>> {
        let typed: String = fold(typed)
            .map(|c| c.ch)
            .filter(|c| c.is_alphanumeric())
            .collect();
        if typed.is_empty() {
            return None;
        }
        (0..self.sounds.len()).find_map(|from| {
            let to = reach(&self.sounds[from..], &typed)? + from;
            Some(self.sounds[from].bytes.start..self.sounds[to - 1].bytes.end)
        })
    }

    /// The bytes of the text's first run of characters that sound exactly like `other`.
    pub(crate) fn sounds_like(&self, other: &Self) -> Option<Range<usize>> {
        if other.sounds.is_empty() {
            return None;
        }
        let same = |run: &&[Sound]| {
            run.iter()
                .zip(&other.sounds)
                .all(|(ours, theirs)| ours.typed == theirs.typed)
        };
        let run = self.sounds.windows(other.sounds.len()).find(same)?;
        Some(run.first()?.bytes.start..run.last()?.bytes.end)
    }
}

/// How many of the sounds `typed` takes, if it takes their beginning.
fn reach(sounds: &[Sound], typed: &str) -> Option<usize> {
    let (sound, rest) = sounds.split_first()?;
    if sound.typed.starts_with(typed) {
        return Some(1);
    }
    if typed.len() == sound.written.len_utf8() && typed.starts_with(sound.written) {
        return Some(1);
    }
    let behind_itself = typed.strip_prefix(sound.written);
    let behind_whole = typed.strip_prefix(sound.typed.as_str());
    let first = sound.typed.chars().next()?;
    let behind_first = typed
        .strip_prefix(first)
        .filter(|_| sound.typed.len() > first.len_utf8());
    behind_itself
        .into_iter()
        .chain(behind_whole)
        .chain(behind_first)
        .find_map(|behind| reach(rest, behind))
        .map(|more| more + 1)
}

fn word_at(rest: &[Folded]) -> Option<Vec<String>> {
    (2..=LONGEST.min(rest.len())).rev().find_map(|length| {
        let word: Vec<char> = rest[..length].iter().map(|c| c.ch).collect();
        let syllables = WORDS.get(&word)?;
        Some(
            syllables
                .iter()
                .map(|&syllable| syllable.to_owned())
                .collect(),
        )
    })
}

fn sound_of(c: char) -> String {
    c.to_pinyin()
        .map_or_else(|| c.to_string(), |sound| sound.plain().replace('ü', "v"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<'t>(text: &'t str, typed: &str) -> Option<&'t str> {
        Reading::of(text).find(typed).map(|bytes| &text[bytes])
    }

    #[test]
    fn a_text_is_found_by_its_sounds_from_the_beginning_of_a_character() {
        let text = "关于规范《行政复议》工作的通知";
        for typed in [
            "xingzhengfuyi",
            "xzfy",
            "xingzfuy",
            "XingZheng FuYi",
            "行政fuyi",
            "x政f议",
        ] {
            assert_eq!(found(text, typed), Some("行政复议"), "{typed}");
        }
        assert_eq!(found(text, "xingzh"), Some("行政"));
        assert_eq!(found(text, "ingzheng"), None);
        assert_eq!(found(text, "fuyigongzuo"), Some("复议》工作"));
        assert_eq!(found(text, ""), None);
        assert_eq!(found("", "a"), None);
    }

    #[test]
    fn a_word_may_sound_otherwise_than_its_characters() {
        let spelled = |text: &str| Reading::of(text).spellings();
        assert_eq!(spelled("重庆市会计"), ["chongqingshikuaiji", "cqskj"]);
        assert_eq!(spelled("2024年A类"), ["2024nianalei", "2024nal"]);
        assert_eq!(spelled("妇女"), ["funv", "fn"]);
        assert_eq!(spelled("《》"), ["", ""]);
    }

    #[test]
    fn what_sounds_alike_is_found() {
        let text = "行政复议法";
        let alike = Reading::of(text).sounds_like(&Reading::of("行政付议"));
        assert_eq!(alike.map(|bytes| &text[bytes]), Some("行政复议"));
        assert_eq!(Reading::of(text).sounds_like(&Reading::of("诉讼")), None);
        assert_eq!(Reading::of(text).sounds_like(&Reading::of("")), None);
    }
}
