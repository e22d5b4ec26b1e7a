//! Very many texts, made of a corpus by cutting and varying.

use super::corpus::Text;

/// About the length of a letter between offices, in characters.
const PIECE: usize = 300;

/// The corpus in pieces.
pub(super) struct Pieces {
    /// The title of the text that it is of, and the piece.
    pieces: Vec<(String, String)>,
}

impl Pieces {
    pub(super) fn of(texts: &[Text]) -> Self {
        let mut pieces = Vec::new();
        for text in texts {
            let chars: Vec<char> = text.body.chars().collect();
            for piece in chars.chunks(PIECE) {
                pieces.push((text.title.clone(), piece.iter().collect()));
            }
        }
        Self { pieces }
    }

    /// The text of this number: a piece with a number of its own and the beginning of another.
    /// The same each time, and no two alike while there are fewer than pieces squared.
    pub(super) fn varied(&self, number: usize) -> Text {
        let (title, piece) = self.piece(number);
        let (_, other) = self.piece(number.wrapping_mul(7919) + number / self.pieces.len().max(1));
        let beginning: String = other.chars().take(PIECE / 3).collect();
        let (year, seq) = (2000 + number % 25, 1 + number / 25);
        Text {
            name: number.to_string(),
            title: title.to_owned(),
            doc_number: format!("测速函〔{year}〕{seq}号").parse().ok(),
            case_number: None,
            dated_on: None,
            body: format!("{piece}{beginning}"),
        }
    }

    /// A text as long as the given one, of pieces of others; another for each number.
    pub(super) fn shuffled(&self, text: &Text, number: usize) -> Text {
        let pieces = text.body.chars().count().div_ceil(PIECE);
        let first = number.wrapping_mul(104_729);
        let body = (0..pieces).map(|at| self.piece(first.wrapping_add(at.wrapping_mul(7919))).1);
        Text {
            body: body.collect(),
            ..text.clone()
        }
    }

    fn piece(&self, number: usize) -> (&str, &str) {
        match self.pieces.get(number % self.pieces.len().max(1)) {
            Some((title, piece)) => (title, piece),
            None => ("", ""),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{super::corpus::tests::text, *};

    fn pieces() -> Pieces {
        let long: String = ('一'..).take(700).collect();
        Pieces::of(&[text("a", "甲", &long), text("b", "乙", "短")])
    }

    #[test]
    fn nothing_is_lost_by_cutting() {
        let lengths: Vec<_> = pieces()
            .pieces
            .iter()
            .map(|(_, piece)| piece.chars().count())
            .collect();
        assert_eq!(lengths, [300, 300, 100, 1]);
    }

    #[test]
    fn the_varied_are_the_same_each_time_and_no_two_alike() {
        let (one, other) = (pieces(), pieces());
        let mut seen = HashSet::new();
        for number in 0..100 {
            let text = one.varied(number);
            assert_eq!(text.body, other.varied(number).body);
            assert!(text.doc_number.is_some());
            assert!(seen.insert((text.numbers(), text.body)));
        }
    }

    #[test]
    fn the_shuffled_are_as_long_as_what_they_stand_for() {
        let long = text("a", "甲", &"长".repeat(1000));
        let pieces = Pieces::of(std::slice::from_ref(&long));
        let made = pieces.shuffled(&long, 3);
        assert!((800..=1200).contains(&made.body.chars().count()));
        assert_eq!(made.title, "甲");
    }

    #[test]
    fn of_nothing_nothing_is_made() {
        assert_eq!(Pieces::of(&[]).varied(7).body, "");
    }
}
