//! Two kinds of tokens, so that any substring can be found exactly and quickly:
//!
//! - every pair of neighbouring folded characters, at the position of the first. A word of two
//!   characters is one token; a longer one is a phrase of pairs, each beginning where the one
//!   before ended (see [`pairs`]). Pairs are far rarer than characters, which is what makes the
//!   search quick where there are many documents.
//! - every character, once a text, for who looks for a single one.
//!
//! Both lie in one field: one is never as long as the other.

use tantivy::{
    Index,
    tokenizer::{LowerCaser, RawTokenizer, TextAnalyzer, Token, TokenStream, Tokenizer},
};

use crate::fold::{Fold, fold};

/// The name under which the tokenizer is known to the schema.
pub(crate) const NAME: &str = "pairs";

/// The name under which the schema knows what makes one token of a code, without its case.
pub(crate) const CODE: &str = "code";

/// How far a token reaches. The engine begins the next text one behind the farthest reach, so
/// that the last pair of a text and the first of the next are three apart, and no phrase of
/// pairs, whose steps are two at most, crosses from one to the other.
const REACH: usize = 2;

/// Makes the tokenizers known to an index.
pub(crate) fn register(index: &Index) {
    let known = index.tokenizers();
    known.register(NAME, TextAnalyzer::from(Pairs::new()));
    let code = TextAnalyzer::builder(RawTokenizer::default()).filter(LowerCaser);
    known.register(CODE, code.build());
}

/// What the engine is asked for to find `text`: each token with its place. Empty for nothing.
pub(crate) fn pairs(text: &[char]) -> Vec<(usize, String)> {
    let last = match text {
        [] => return Vec::new(),
        [only] => return vec![(0, only.to_string())],
        _ => text.len() - 2,
    };
    let starts = (0..last).step_by(2).chain([last]);
    starts
        .map(|at| (at, text[at..=at + 1].iter().collect()))
        .collect()
}

/// The tokens that the index is made of.
#[derive(Clone)]
pub(crate) struct Pairs {
    seen: Seen,
}

impl Pairs {
    pub fn new() -> Self {
        Self { seen: Seen::new() }
    }
}

impl Tokenizer for Pairs {
    type TokenStream<'a> = PairStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> PairStream<'a> {
        self.seen.forget();
        let mut rest = fold(text);
        let next = rest.next().map(|folded| folded.ch);
        PairStream {
            rest,
            next,
            pending: None,
            at: 0,
            seen: &mut self.seen,
            token: Token {
                position_length: REACH,
                ..Token::default()
            },
        }
    }
}

/// The tokens of one text. Their bytes in it are not told: nobody asks the engine for them.
pub(crate) struct PairStream<'a> {
    rest: Fold<'a>,
    /// The character at `at`, of which nothing was given yet.
    next: Option<char>,
    /// The character before, whose pair is still to be given, and its place.
    pending: Option<(char, usize)>,
    at: usize,
    seen: &'a mut Seen,
    token: Token,
}

impl PairStream<'_> {
    fn give(&mut self, text: &[char], position: usize) -> bool {
        self.token.text.clear();
        self.token.text.extend(text);
        self.token.position = position;
        true
    }
}

impl TokenStream for PairStream<'_> {
    fn advance(&mut self) -> bool {
        loop {
            if let (Some((first, place)), Some(second)) = (self.pending.take(), self.next) {
                return self.give(&[first, second], place);
            }
            let Some(c) = self.next else {
                return false;
            };
            let place = self.at;
            self.at += 1;
            self.next = self.rest.next().map(|folded| folded.ch);
            self.pending = Some((c, place));
            if self.seen.is_new(c) {
                return self.give(&[c], place);
            }
        }
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

/// Which characters of the basic plane the text has had so far. The others are rare enough to
/// be given each time.
#[derive(Clone)]
struct Seen {
    bits: Vec<u64>,
}

impl Seen {
    fn new() -> Self {
        Self {
            bits: vec![0; 0x1_0000 / 64],
        }
    }

    fn forget(&mut self) {
        self.bits.fill(0);
    }

    fn is_new(&mut self, c: char) -> bool {
        let code = c as usize;
        let Some(word) = self.bits.get_mut(code / 64) else {
            return true;
        };
        let bit = 1 << (code % 64);
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<(usize, String)> {
        let mut pairs = Pairs::new();
        let mut stream = pairs.token_stream(text);
        let mut tokens = Vec::new();
        while stream.advance() {
            tokens.push((stream.token().position, stream.token().text.clone()));
        }
        tokens
    }

    fn told(tokens: &[(usize, String)]) -> String {
        let words = tokens.iter().map(|(at, text)| format!("{at}{text}"));
        words.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn every_pair_is_given_and_every_character_once() {
        assert_eq!(told(&tokens("")), "");
        assert_eq!(told(&tokens("法")), "0法");
        assert_eq!(told(&tokens("法 院\n法院")), "0法 0法院 1院 1院法 2法院");
    }

    #[test]
    fn a_sought_text_is_covered_from_end_to_end() {
        let of = |text: &str| told(&pairs(&text.chars().collect::<Vec<_>>()));
        assert_eq!(of(""), "");
        assert_eq!(of("a"), "0a");
        assert_eq!(of("ab"), "0ab");
        assert_eq!(of("abc"), "0ab 1bc");
        assert_eq!(of("abcd"), "0ab 2cd");
        assert_eq!(of("abcde"), "0ab 2cd 3de");
    }
}
