//! Reading a query character by character: what a Chinese keyboard writes for each sign, and
//! where words, quotes and parentheses end.

use super::number;

/// The characters of a query, and how far they are read.
pub(super) struct Scan<'a> {
    chars: &'a [char],
    pub at: usize,
    /// How many groups are open: only then does a closing parenthesis end a word.
    pub groups: usize,
}

pub(super) fn is_straight_quote(c: char) -> bool {
    matches!(c, '"' | '＂')
}

pub(super) fn is_curly_quote(c: char) -> bool {
    matches!(c, '“' | '”')
}

pub(super) fn is_opening(c: char) -> bool {
    matches!(c, '(' | '（')
}

pub(super) fn is_closing(c: char) -> bool {
    matches!(c, ')' | '）')
}

fn is_minus(c: char) -> bool {
    matches!(c, '-' | '－' | '﹣')
}

/// A wide form's narrow one.
fn narrow(c: char) -> char {
    match c {
        '！'..='～' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        other => other,
    }
}

impl<'a> Scan<'a> {
    pub fn new(chars: &'a [char]) -> Self {
        Self {
            chars,
            at: 0,
            groups: 0,
        }
    }

    pub fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    pub fn is_done(&self) -> bool {
        self.at >= self.chars.len()
    }

    pub fn rest(&self) -> &'a [char] {
        self.chars.get(self.at..).unwrap_or_default()
    }

    /// What has been read.
    pub fn before(&self) -> &'a [char] {
        self.chars.get(..self.at).unwrap_or_default()
    }

    pub fn skip_space(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    /// Whether a closing parenthesis comes next that ends an open group.
    pub fn is_at_group_end(&self) -> bool {
        self.groups > 0 && self.peek().is_some_and(is_closing)
    }

    /// Whether a minus comes next.
    pub fn is_at_minus(&self) -> bool {
        self.peek().is_some_and(is_minus)
    }

    /// Whether the word `operator` comes next and ends there.
    pub fn is_at_operator(&self, operator: &str) -> bool {
        let rest = self.rest();
        let length = operator.len();
        rest.len() >= length
            && rest
                .iter()
                .zip(operator.chars())
                .all(|(&c, expected)| narrow(c) == expected)
            && rest.get(length).is_none_or(|&c| {
                c.is_whitespace() || is_opening(c) || is_closing(c) || is_straight_quote(c)
            })
    }

    pub fn take_operator(&mut self, operator: &str) -> bool {
        let found = self.is_at_operator(operator);
        if found {
            self.at += operator.len();
        }
        found
    }

    /// Takes `name` and the colon behind it, if they come next.
    pub fn take_field(&mut self, name: &str) -> bool {
        let rest = self.rest();
        let is_named = rest
            .iter()
            .zip(name.chars())
            .all(|(&c, expected)| narrow(c).to_ascii_lowercase() == expected);
        let found = is_named && rest.get(name.len()).is_some_and(|&c| narrow(c) == ':');
        if found {
            self.at += name.len() + 1;
        }
        found
    }

    /// The characters up to the partner of the quote that comes next, which is taken too.
    pub fn take_quoted(&mut self) -> Option<&'a [char]> {
        let close = self.closing_quote()?;
        let inner = &self.chars[self.at + 1..close];
        self.at = close + 1;
        Some(inner)
    }

    /// Whether a quote comes next that makes a phrase, rather than being part of a word.
    pub fn is_at_phrase(&self) -> bool {
        match self.peek() {
            Some(c) if is_straight_quote(c) => true,
            Some(c) if is_curly_quote(c) => self.closing_quote().is_none_or(|close| {
                let behind = self.chars.get(close + 1).copied();
                behind.is_none_or(|c| c.is_whitespace() || self.groups > 0 && is_closing(c))
            }),
            _ => false,
        }
    }

    /// The partner: of the same shape, or else (a keyboard half switched) of the other.
    fn closing_quote(&self) -> Option<usize> {
        let straight = is_straight_quote(self.peek()?);
        let find = |wanted: bool| {
            let is_it = |c| {
                if wanted {
                    is_straight_quote(c)
                } else {
                    is_curly_quote(c)
                }
            };
            let found = self.rest().iter().skip(1).copied().position(is_it)?;
            Some(self.at + 1 + found)
        };
        find(straight).or_else(|| find(!straight))
    }

    /// The partner of the parenthesis that comes next.
    pub fn closing_parenthesis(&self) -> Option<usize> {
        let mut depth = 0;
        let mut quoted = false;
        for (offset, &c) in self.rest().iter().enumerate() {
            if is_straight_quote(c) {
                quoted = !quoted;
            } else if !quoted && is_opening(c) {
                depth += 1;
            } else if !quoted && is_closing(c) {
                depth -= 1;
                if depth == 0 {
                    return Some(self.at + offset);
                }
            }
        }
        None
    }

    /// What lies between the parenthesis that comes next and its partner at `close`.
    pub fn inside(&self, close: usize) -> &'a [char] {
        self.chars.get(self.at + 1..close).unwrap_or_default()
    }

    /// A word: up to a space that no number goes on behind, a straight quote, or the end of a
    /// group. Parentheses that open in it also close in it.
    pub fn take_word(&mut self) -> &'a [char] {
        let start = self.at;
        let mut depth = 0_usize;
        while let Some(c) = self.peek() {
            if c.is_whitespace() {
                let end = self.at;
                self.skip_space();
                if !number::goes_on(&self.chars[start..end], self.rest()) {
                    return &self.chars[start..end];
                }
                continue;
            }
            if is_straight_quote(c) || (depth == 0 && self.is_at_group_end()) {
                break;
            }
            if is_opening(c) {
                depth += 1;
            } else if is_closing(c) {
                depth = depth.saturating_sub(1);
            }
            self.at += 1;
        }
        &self.chars[start..self.at]
    }
}
