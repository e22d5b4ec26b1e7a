//! The running text of one part: paragraphs and table cells, one to a line.

use super::numbering::Numbering;
use crate::extract::{
    FailureCode,
    outcome::Failure,
    readers::xml::{Element, Visitor},
};

/// What is not part of the text as it stands: the older twin of a drawing, what a revision took
/// away, former formatting, and the reading aid over a character.
const PASSED_OVER: &[&str] = &[
    "Fallback",
    "del",
    "moveFrom",
    "rPrChange",
    "pPrChange",
    "sectPrChange",
    "tblPrChange",
    "rt",
];

/// Gathers text; see [`Visitor`].
pub(super) struct Body<'n> {
    numbering: &'n mut Numbering,
    most: usize,
    text: String,
    /// The open paragraphs: a text box holds paragraphs inside the one it is anchored to.
    paragraphs: Vec<Paragraph>,
    passing_over: usize,
    /// How many open elements are such as `t`, that is, hold text.
    in_text: usize,
    /// Within what a chart keeps of the words in its table.
    in_words: usize,
    in_properties: usize,
}

#[derive(Default)]
struct Paragraph {
    text: String,
    style: Option<String>,
    list: Option<String>,
    level: Option<u32>,
}

impl<'n> Body<'n> {
    /// Gives up when the text passes `most` bytes.
    pub fn new(numbering: &'n mut Numbering, most: usize) -> Self {
        Self {
            numbering,
            most,
            text: String::new(),
            paragraphs: Vec::new(),
            passing_over: 0,
            in_text: 0,
            in_words: 0,
            in_properties: 0,
        }
    }

    pub fn into_text(self) -> String {
        self.text
    }

    fn push(&mut self, text: &str) {
        match self.paragraphs.last_mut() {
            Some(paragraph) => paragraph.text.push_str(text),
            None => self.text.push_str(text),
        }
    }

    fn end_paragraph(&mut self) -> Result<(), Failure> {
        let Some(paragraph) = self.paragraphs.pop() else {
            return Ok(());
        };
        if !paragraph.text.trim().is_empty() {
            let (list, style) = (paragraph.list.as_deref(), paragraph.style.as_deref());
            if let Some(label) = self.numbering.next(list, style, paragraph.level) {
                self.text.push_str(&label);
            }
        }
        self.text.push_str(&paragraph.text);
        self.text.push('\n');
        if self.text.len() > self.most {
            return Err(FailureCode::TooLarge.into());
        }
        Ok(())
    }

    fn property(&mut self, element: &Element<'_>) {
        let Some(paragraph) = self.paragraphs.last_mut() else {
            return;
        };
        match element.name() {
            "pStyle" => paragraph.style = element.attribute("val"),
            "numId" => paragraph.list = element.attribute("val"),
            "ilvl" => paragraph.level = element.number("val"),
            _ => {}
        }
    }
}

impl Visitor for Body<'_> {
    fn open(&mut self, element: &Element<'_>) -> Result<(), Failure> {
        let name = element.name();
        if self.passing_over > 0 || PASSED_OVER.contains(&name) {
            self.passing_over += 1;
            return Ok(());
        }
        if self.in_properties > 0 || name == "pPr" {
            self.in_properties += 1;
            self.property(element);
            return Ok(());
        }
        match name {
            "p" => self.paragraphs.push(Paragraph::default()),
            "t" => self.in_text += 1,
            "strCache" => self.in_words += 1,
            "v" if self.in_words > 0 => self.in_text += 1,
            "tab" => self.push("\t"),
            "br" | "cr" => self.push("\n"),
            "noBreakHyphen" => self.push("-"),
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, name: &str) -> Result<(), Failure> {
        if self.passing_over > 0 {
            self.passing_over -= 1;
            return Ok(());
        }
        if self.in_properties > 0 {
            self.in_properties -= 1;
            return Ok(());
        }
        match name {
            "t" => self.in_text -= 1,
            "strCache" => self.in_words -= 1,
            "v" if self.in_words > 0 => {
                self.in_text -= 1;
                self.push("\n");
            }
            "p" => return self.end_paragraph(),
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), Failure> {
        if self.in_text > 0 && self.passing_over == 0 {
            self.push(text);
        }
        Ok(())
    }
}
