//! What is asked when dice fall.

use wenshu_index::Entry;

use crate::{
    ask::{Ask, Field, Truth, disguised, fold},
    dice::Dice,
};

impl Dice {
    /// Something that could be asked about these documents.
    pub fn ask(&mut self, truths: &[Truth]) -> Ask {
        match self.below(10) {
            0..=3 => self.term(truths),
            4 => Ask::And(vec![self.term(truths), self.term(truths)]),
            5 => Ask::Or(vec![self.term(truths), self.term(truths)]),
            6 => Ask::And(vec![
                self.term(truths),
                Ask::Not(Box::new(self.term(truths))),
            ]),
            7 => Ask::And(vec![self.term(truths), self.span()]),
            8 => Ask::And(vec![
                Ask::Or(vec![self.term(truths), self.term(truths)]),
                Ask::Not(Box::new(Ask::Or(vec![
                    self.term(truths),
                    self.term(truths),
                ]))),
            ]),
            _ => Ask::Or(vec![
                Ask::And(vec![self.term(truths), self.term(truths)]),
                Ask::And(vec![self.span(), self.term(truths)]),
            ]),
        }
    }

    /// A piece of one of the documents, as somebody would type it, sought in some place.
    fn term(&mut self, truths: &[Truth]) -> Ask {
        let places = [
            Field::Anywhere,
            Field::Anywhere,
            Field::Anywhere,
            Field::Body,
            Field::Title,
            Field::Number,
            Field::Unit,
        ];
        loop {
            let entry = &truths[self.below(truths.len())].entry;
            let field = *self.pick(&places);
            let texts = texts_of(entry, field);
            if texts.is_empty() {
                continue;
            }
            let text = texts[self.below(texts.len())];
            let length = *self.pick(&[1, 1, 2, 2, 2, 3, 4, 4, 5, 7, 9, 14, 30]);
            let mut piece = self.piece(text, length);
            if self.below(3) == 0 {
                piece = disguised(&piece, self.roll());
            }
            let is_quotable = !piece.contains(['"', '＂', '“', '”']);
            if is_quotable && !fold(&piece).is_empty() {
                return Ask::Term(field, piece);
            }
        }
    }

    fn piece(&mut self, text: &str, length: usize) -> String {
        let count = text.chars().count();
        let start = self.below(count.saturating_sub(length) + 1);
        text.chars().skip(start).take(length).collect()
    }

    fn span(&mut self) -> Ask {
        let year = 1990 + i32::try_from(self.below(34)).expect("small");
        let later = year + i32::try_from(self.below(9)).expect("small");
        match self.below(5) {
            0 => Ask::Year(year, year),
            1 => Ask::Year(year, later),
            2 => Ask::Days(
                format!("{year}..{later}"),
                year * 10_000 + 101,
                later * 10_000 + 1231,
            ),
            3 => Ask::Days(
                format!("{year}-06..{later}-09"),
                year * 10_000 + 600,
                later * 10_000 + 930,
            ),
            _ => Ask::Days(format!("{year}-03-15.."), year * 10_000 + 315, i32::MAX),
        }
    }
}

fn texts_of(entry: &Entry, field: Field) -> Vec<&str> {
    let texts: Vec<&str> = match field {
        Field::Title => vec![&entry.title],
        Field::Number => entry
            .doc_number
            .iter()
            .chain(&entry.case_number)
            .map(String::as_str)
            .collect(),
        Field::Unit => entry.units.iter().map(String::as_str).collect(),
        Field::Anywhere | Field::Body => {
            entry.parts.iter().map(|part| part.text.as_str()).collect()
        }
    };
    texts.into_iter().filter(|text| !text.is_empty()).collect()
}
