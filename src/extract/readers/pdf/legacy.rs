//! Pages whose fonts name a legacy encoding and carry no table to Unicode, as converters of
//! official documents make them.
//!
//! The PDF library reads such strings two bytes at a time, so that one Arabic figure shifts
//! everything after it. Here the strings are decoded as what they are.

use std::collections::HashMap;

use encoding_rs::{BIG5, Encoding, GB18030, UTF_16BE, WINDOWS_1252};
use pdf_oxide::{
    Error, PdfDocument,
    content::{Matrix, Operator, TextElement, parse_and_execute_text_only},
    object::Object,
};

/// How far, in font sizes, the next piece may stand from the baseline and still be on the line.
const SAME_LINE: f32 = 0.5;

type Dictionary = HashMap<String, Object>;

/// The text of the page, when all its fonts can be decoded here and one of them has to be.
pub(super) fn page_text(document: &PdfDocument, index: usize) -> Option<String> {
    let fonts = fonts(document, index)?;
    if !fonts.values().any(|font| font.needs_us) {
        return None;
    }
    let content = document.get_page_content_data(index).ok()?;
    let mut pen = Pen::default();
    let shown = parse_and_execute_text_only(&content, |operator| {
        pen.follow(&operator, &fonts);
        Ok::<_, Error>(())
    });
    shown.is_ok().then_some(pen.text)
}

struct Font {
    encoding: &'static Encoding,
    needs_us: bool,
}

/// The fonts of a page by their names there, or nothing if one of them is beyond us.
fn fonts(document: &PdfDocument, index: usize) -> Option<HashMap<String, Font>> {
    let page = document.get_page(index).ok()?;
    let resources = document
        .resolve_object(page.as_dict()?.get("Resources")?)
        .ok()?;
    let fonts = document
        .resolve_object(resources.as_dict()?.get("Font")?)
        .ok()?;
    let fonts = fonts.as_dict()?.iter();
    fonts
        .map(|(name, font)| {
            let font = document.resolve_object(font).ok()?;
            Some((name.clone(), decoding(document, font.as_dict()?)?))
        })
        .collect()
}

fn decoding(document: &PdfDocument, font: &Dictionary) -> Option<Font> {
    if font.contains_key("ToUnicode") {
        return None;
    }
    let encoding = font
        .get("Encoding")
        .and_then(|encoding| document.resolve_object(encoding).ok());
    let encoding = encoding
        .as_ref()
        .and_then(Object::as_name)
        .unwrap_or_default();
    if font.get("Subtype").and_then(Object::as_name) != Some("Type0") {
        return Some(Font {
            encoding: WINDOWS_1252,
            needs_us: false,
        });
    }
    let (encoding, needs_us) = match encoding.rsplit_once('-')?.0 {
        "GB-EUC" | "GBpc-EUC" | "GBK-EUC" | "GBKp-EUC" | "GBK2K" => (GB18030, true),
        "B5pc" | "ETen-B5" | "ETenms-B5" | "HKscs-B5" => (BIG5, true),
        "UniGB-UCS2" | "UniGB-UTF16" | "UniCNS-UCS2" | "UniCNS-UTF16" => (UTF_16BE, false),
        _ => return None,
    };
    Some(Font { encoding, needs_us })
}

/// Follows a page's content and writes down what is shown, a new line for a new baseline.
struct Pen<'f> {
    text: String,
    font: Option<&'f Font>,
    size: f32,
    leading: f32,
    page: Matrix,
    saved: Vec<Matrix>,
    line: Matrix,
    /// Where the last piece stood on the page.
    last: Option<(f32, f32)>,
}

impl Default for Pen<'_> {
    fn default() -> Self {
        Self {
            text: String::new(),
            font: None,
            size: 0.0,
            leading: 0.0,
            page: Matrix::identity(),
            saved: Vec::new(),
            line: Matrix::identity(),
            last: None,
        }
    }
}

/// More open states than this are no drawing.
const MOST_SAVED: usize = 1000;

impl<'f> Pen<'f> {
    fn follow(&mut self, operator: &Operator, fonts: &'f HashMap<String, Font>) {
        match operator {
            Operator::SaveState if self.saved.len() < MOST_SAVED => self.saved.push(self.page),
            Operator::RestoreState => self.page = self.saved.pop().unwrap_or(self.page),
            &Operator::Cm { a, b, c, d, e, f } => {
                self.page = Matrix { a, b, c, d, e, f }.multiply(&self.page);
            }
            Operator::BeginText => self.line = Matrix::identity(),
            &Operator::Tm { a, b, c, d, e, f } => self.line = Matrix { a, b, c, d, e, f },
            &Operator::Td { tx, ty } => self.step(tx, ty),
            &Operator::TD { tx, ty } => {
                self.leading = -ty;
                self.step(tx, ty);
            }
            &Operator::TL { leading } => self.leading = leading,
            Operator::TStar => self.step(0.0, -self.leading),
            Operator::Tf { font, size } => (self.font, self.size) = (fonts.get(font), *size),
            Operator::Tj { text } => self.show(text),
            Operator::Quote { text } | Operator::DoubleQuote { text, .. } => {
                self.step(0.0, -self.leading);
                self.show(text);
            }
            Operator::TJ { array } => self.show_all(array),
            _ => {}
        }
    }

    fn step(&mut self, x: f32, y: f32) {
        self.line = Matrix::translation(x, y).multiply(&self.line);
    }

    fn show_all(&mut self, array: &[TextElement]) {
        // A character may be split between two pieces only by a fault; but a shift may stand
        // between the bytes of one string, and decoding them together costs nothing.
        let bytes: Vec<_> = array
            .iter()
            .filter_map(|element| match element {
                TextElement::String(text) => Some(text.as_slice()),
                TextElement::Offset(_) => None,
            })
            .collect();
        self.show(&bytes.concat());
    }

    fn show(&mut self, bytes: &[u8]) {
        let Some(font) = self.font else { return };
        let place = self.line.multiply(&self.page);
        let size = self.size.abs() * place.c.hypot(place.d);
        let here = (place.e, place.f);
        if self
            .last
            .is_some_and(|last| (last.1 - here.1).abs() > size * SAME_LINE || here.0 < last.0)
        {
            self.text.push('\n');
        }
        self.last = Some(here);
        self.text
            .push_str(&font.encoding.decode_without_bom_handling(bytes).0);
    }
}
