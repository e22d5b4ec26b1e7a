//! What each character folds to, worked out once: a table for the basic plane, a small
//! map for the rest.

use std::{collections::HashMap, ops::RangeInclusive, sync::LazyLock};

use ferrous_opencc::{OpenCC, config::BuiltinConfig};
use unicode_normalization::{
    IsNormalized, UnicodeNormalization, char::canonical_combining_class, is_nfkc_quick,
};

/// Where the characters lie that have a traditional and a simplified form.
const HAN: [RangeInclusive<u32>; 5] = [
    0x2E80..=0x2FDF,
    0x3400..=0x4DBF,
    0x4E00..=0x9FFF,
    0xF900..=0xFAFF,
    0x2_0000..=0x3_23AF,
];

static TABLE: LazyLock<Table> = LazyLock::new(Table::build);

/// What a single character becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is no part of the text: white space, controls, invisible marks.
    Dropped,
    /// It becomes this character.
    One(char),
    /// It becomes several, or depends on its neighbours: normalise the cluster.
    Several,
}

struct Table {
    basic: Vec<u32>,
    simplified: HashMap<char, char>,
}

const DROPPED: u32 = 0;
const SEVERAL: u32 = u32::MAX;
const EXTENDS: u32 = u32::MAX - 1;

/// The fate of `c` when no combining mark follows it.
pub(super) fn fate(c: char) -> Fate {
    match TABLE.basic.get(c as usize) {
        Some(&DROPPED) => Fate::Dropped,
        Some(&(SEVERAL | EXTENDS)) | None => Fate::Several,
        Some(&code) => char::from_u32(code).map_or(Fate::Several, Fate::One),
    }
}

/// Whether `c` can join the character before it, as combining marks do.
pub(super) fn extends(c: char) -> bool {
    match TABLE.basic.get(c as usize) {
        Some(&code) => code == EXTENDS,
        None => joins_backwards(c),
    }
}

/// What a character of NFKC text becomes, if it stays at all.
pub(super) fn settle(c: char) -> Option<char> {
    settle_with(&TABLE.simplified, c)
}

/// A number that changes whenever any folding does, so that an index folded otherwise
/// is noticed.
pub(super) fn fingerprint() -> u64 {
    let mut pairs: Vec<_> = TABLE.simplified.iter().collect();
    pairs.sort();
    let rest = pairs
        .into_iter()
        .flat_map(|(&from, &to)| [from as u32, to as u32]);
    // FNV-1a: the standard hasher may change between compilers.
    TABLE
        .basic
        .iter()
        .copied()
        .chain(rest)
        .fold(0xcbf2_9ce4_8422_2325, |hash, word| {
            (hash ^ u64::from(word)).wrapping_mul(0x0100_0000_01b3)
        })
}

impl Table {
    fn build() -> Self {
        let simplified = simplified();
        let basic = (0..=0xFFFF)
            .map(|code| basic_fate(&simplified, code))
            .collect();
        Self { basic, simplified }
    }
}

fn basic_fate(simplified: &HashMap<char, char>, code: u32) -> u32 {
    let Some(c) = char::from_u32(code) else {
        return SEVERAL;
    };
    if joins_backwards(c) {
        return EXTENDS;
    }
    let mut normal = std::iter::once(c).nfkc();
    match (normal.next(), normal.next()) {
        (Some(only), None) => settle_with(simplified, only).map_or(DROPPED, u32::from),
        _ => SEVERAL,
    }
}

fn joins_backwards(c: char) -> bool {
    let first = std::iter::once(c).nfkd().next().unwrap_or(c);
    canonical_combining_class(first) != 0
        || is_nfkc_quick(std::iter::once(first)) == IsNormalized::Maybe
}

fn settle_with(simplified: &HashMap<char, char>, c: char) -> Option<char> {
    if c.is_whitespace() || c.is_control() || is_invisible(c) {
        return None;
    }
    let lower = lower_case(c);
    let simple = simplified.get(&lower).copied().unwrap_or(lower);
    Some(round_bracket(simple))
}

/// Marks that show nothing (Unicode's default ignorables, without the Hangul fillers).
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
        | '\u{FFF0}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Simple folding: a letter whose lower case is several characters stays as it is.
fn lower_case(c: char) -> char {
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some('ς'), None) => 'σ',
        (Some(only), None) => only,
        _ => c,
    }
}

/// Numbers of documents are written in all these brackets (GB/T 9704 asks for 〔〕).
fn round_bracket(c: char) -> char {
    match c {
        '〔' | '【' | '[' => '(',
        '〕' | '】' | ']' => ')',
        other => other,
    }
}

/// Traditional to simplified, one character to one, followed to its end (薴 → 苧 → 苎).
fn simplified() -> HashMap<char, char> {
    let converter =
        OpenCC::from_config(BuiltinConfig::T2s).expect("the dictionary is part of the program");
    let all = HAN.into_iter().flatten().filter_map(char::from_u32);
    // A line break after each keeps the dictionary of phrases out of it.
    let lines: String = all.clone().flat_map(|c| [c, '\n']).collect();
    let simple = converter.convert(&lines);
    let step: HashMap<char, char> = all
        .zip(simple.lines())
        .filter_map(|(from, line)| Some((from, only_char(line)?)))
        .filter(|(from, to)| from != to)
        .collect();
    step.keys()
        .map(|&from| (from, last_step(&step, from)))
        .collect()
}

fn only_char(line: &str) -> Option<char> {
    let mut chars = line.chars();
    chars.next().filter(|_| chars.next().is_none())
}

fn last_step(step: &HashMap<char, char>, from: char) -> char {
    // Bounded, should a dictionary ever run in a circle.
    (0..4).fold(from, |at, _| step.get(&at).copied().unwrap_or(at))
}
