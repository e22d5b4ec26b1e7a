//! Folding: what counts as the same text.
//!
//! Two texts are the same for the search when they are the same after these steps, each of
//! which looks at one character (with its combining marks) at a time:
//!
//! 1. Unicode NFKC: full and half width, ligatures, circled and bracketed numbers (`㈠` = `(一)`).
//! 2. White space, controls and invisible marks are no part of the text. Official texts come
//!    out of PDF files broken into lines in the middle of words, and numbers are typed with
//!    spaces in them; so a match may cross a line break or a space.
//! 3. Letters are compared without case.
//! 4. Traditional characters are read as simplified ones (`檢察院` = `检察院`, and also
//!    `乾` = `干`).
//! 5. The brackets of numbers are one pair: `〔〕`, `【】`, `[]`, `()` and their wide forms.
//!
//! Punctuation stays: what was typed without a comma does not match across one.

mod table;

use unicode_normalization::UnicodeNormalization;

use self::table::Fate;

/// A character of the folded text, with the bytes of the original that it came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Folded {
    pub ch: char,
    pub start: usize,
    pub end: usize,
}

/// The folded text, to compare with other folded texts.
///
/// ```
/// assert_eq!(wenshu_index::folded("［２０２０］ 115號"), "(2020)115号");
/// ```
#[must_use]
pub fn folded(text: &str) -> String {
    fold(text).map(|folded| folded.ch).collect()
}

/// The folded characters of a text, in order.
pub(crate) fn fold(text: &str) -> Fold<'_> {
    Fold {
        text,
        at: 0,
        cluster: Vec::new(),
        start: 0,
    }
}

/// A number that changes whenever the folding of any character does.
pub(crate) fn fingerprint() -> u64 {
    table::fingerprint()
}

/// Whether `c` belongs to the character before it, so that a text must not be cut there.
pub(crate) fn extends(c: char) -> bool {
    table::extends(c)
}

/// Whether `c` alone leaves nothing to see: white space, controls, invisible marks.
pub(crate) fn is_dropped(c: char) -> bool {
    table::fate(c) == Fate::Dropped || table::settle(c).is_none()
}

/// The iterator behind [`fold`].
pub(crate) struct Fold<'a> {
    text: &'a str,
    at: usize,
    /// Characters still to give for `start..at`, last one first.
    cluster: Vec<char>,
    start: usize,
}

impl Iterator for Fold<'_> {
    type Item = Folded;

    fn next(&mut self) -> Option<Folded> {
        loop {
            if let Some(ch) = self.cluster.pop() {
                return Some(Folded {
                    ch,
                    start: self.start,
                    end: self.at,
                });
            }
            let mut rest = self.text[self.at..].chars();
            let c = rest.next()?;
            self.start = self.at;
            self.at += c.len_utf8();
            let fate = if self.is_before_a_mark() {
                Fate::Several
            } else {
                table::fate(c)
            };
            match fate {
                Fate::Dropped => {}
                Fate::One(ch) => {
                    return Some(Folded {
                        ch,
                        start: self.start,
                        end: self.at,
                    });
                }
                Fate::Several => self.take_cluster(),
            }
        }
    }
}

impl Fold<'_> {
    fn is_before_a_mark(&self) -> bool {
        match self.text.as_bytes().get(self.at) {
            // No mark begins with these: they lead all that lies below U+0300, and from
            // U+4000 to U+9FFF, which is nearly every character that is ever met.
            None | Some(..0xCC | 0xE4..=0xE9) => false,
            Some(_) => self.text[self.at..]
                .chars()
                .next()
                .is_some_and(table::extends),
        }
    }

    /// Normalises the character just read together with the marks that follow it.
    fn take_cluster(&mut self) {
        let marks = self.text[self.at..]
            .chars()
            .take_while(|&c| table::extends(c));
        self.at += marks.map(char::len_utf8).sum::<usize>();
        let cluster = &self.text[self.start..self.at];
        self.cluster
            .extend(cluster.nfkc().filter_map(table::settle));
        self.cluster.reverse();
    }
}
