//! What goes into the index, and what comes out of its store again.

use std::net::Ipv6Addr;

use tantivy::{
    TantivyDocument,
    schema::{Field, Value},
};

use crate::{
    authority::authority,
    fold::folded,
    ids::halves,
    law::law_name,
    query::{MAX_CHARS, month_of},
    reading::Reading,
    schema::Fields,
};

/// One document to be found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// Identifies the document (a UUID). A later entry of the same id replaces this one.
    pub id: u128,
    /// The units that may find it. Nobody else learns that it exists, not even by a count.
    pub visible_to: Vec<u128>,
    /// The title.
    pub title: String,
    /// 发文字号, as written on the document.
    pub doc_number: Option<String>,
    /// 案号, as written on the document.
    pub case_number: Option<String>,
    /// The code of the document's kind.
    pub kind: String,
    /// The name of the kind, as people see it.
    pub kind_label: String,
    /// The unit that issued it.
    pub issuer: u128,
    /// The code of the state that it is in.
    pub state: String,
    /// The name of the state, as people see it.
    pub state_label: String,
    /// Names of units: the issuer first, then the recipients.
    pub units: Vec<String>,
    /// When it was sent, in milliseconds since 1970.
    pub sent_at: i64,
    /// The year that `year:` asks for.
    pub year: i32,
    /// The texts. No match crosses from one part to the next.
    pub parts: Vec<Part>,
}

/// One text of a document: a page of a file, or a field of a form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// The file's name, or the field's label. It is shown, not searched.
    pub name: String,
    /// The page, counted from one, where there are pages.
    pub page: Option<u32>,
    /// The text as it is to be shown and searched.
    pub text: String,
}

/// A change to the index.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly every change is the large one"
)]
pub enum Change {
    /// Adds an entry, in place of any earlier one of the same id.
    Put(Entry),
    /// Takes away the entry of this id, if there is one.
    Remove(u128),
}

/// The form in which the engine keeps 128-bit numbers.
pub(crate) fn number(value: u128) -> Ipv6Addr {
    Ipv6Addr::from_bits(value)
}

impl Entry {
    pub(crate) fn to_document(&self, fields: &Fields) -> TantivyDocument {
        let mut document = TantivyDocument::new();
        document.add_ip_addr(fields.id, number(self.id));
        let (high, low) = halves(self.id);
        document.add_u64(fields.id_high, high);
        document.add_u64(fields.id_low, low);
        for &unit in &self.visible_to {
            document.add_ip_addr(fields.visible_to, number(unit));
        }
        document.add_text(fields.title, &self.title);
        let whole_title = folded(&self.title);
        if whole_title.chars().count() <= MAX_CHARS {
            document.add_text(fields.whole_title, whole_title);
        }
        document.add_text(fields.law, law_name(&self.title));
        for spelling in Reading::of(&self.title).spellings() {
            document.add_text(fields.reading, spelling);
        }
        add_texts(&mut document, fields.doc_number, &self.doc_number);
        add_texts(&mut document, fields.case_number, &self.case_number);
        add_texts(&mut document, fields.unit, &self.units);
        document.add_text(fields.kind, &self.kind);
        document.add_text(fields.kind_label, &self.kind_label);
        document.add_ip_addr(fields.issuer, number(self.issuer));
        document.add_text(fields.state, &self.state);
        document.add_text(fields.state_label, &self.state_label);
        document.add_i64(fields.sent_at, self.sent_at);
        document.add_i64(fields.month, month_of(self.sent_at));
        document.add_i64(fields.year, i64::from(self.year));
        let length = self.parts.iter().map(|part| part.text.chars().count());
        document.add_u64(fields.length, length.sum::<usize>() as u64);
        document.add_u64(fields.authority, authority(&self.title));
        for part in &self.parts {
            document.add_text(fields.body, &part.text);
            document.add_text(fields.part_name, &part.name);
            document.add_i64(fields.part_page, part.page.map_or(NO_PAGE, i64::from));
        }
        document.add_u64(fields.fingerprint, self.fingerprint());
        document
    }
}

const NO_PAGE: i64 = -1;

fn add_texts<'a>(
    document: &mut TantivyDocument,
    field: Field,
    texts: impl IntoIterator<Item = &'a String>,
) {
    for text in texts {
        document.add_text(field, text);
    }
}

/// The texts of an entry, read back to be shown.
pub(crate) struct Stored<'a> {
    document: &'a TantivyDocument,
    fields: &'a Fields,
}

impl<'a> Stored<'a> {
    pub fn new(document: &'a TantivyDocument, fields: &'a Fields) -> Self {
        Self { document, fields }
    }

    pub fn title(&self) -> &'a str {
        self.texts(self.fields.title).next().unwrap_or_default()
    }

    pub fn doc_number(&self) -> Option<&'a str> {
        self.texts(self.fields.doc_number).next()
    }

    pub fn case_number(&self) -> Option<&'a str> {
        self.texts(self.fields.case_number).next()
    }

    pub fn units(&self) -> impl Iterator<Item = &'a str> {
        self.texts(self.fields.unit)
    }

    /// Name, page and text of each part.
    pub fn parts(&self) -> impl Iterator<Item = (&'a str, Option<u32>, &'a str)> {
        let pages = self
            .document
            .get_all(self.fields.part_page)
            .map(|page| page.as_i64().and_then(|page| u32::try_from(page).ok()));
        let names = self.texts(self.fields.part_name);
        names
            .zip(pages)
            .zip(self.texts(self.fields.body))
            .map(|((name, page), text)| (name, page, text))
    }

    fn texts(&self, field: Field) -> impl Iterator<Item = &'a str> + use<'a> {
        self.document
            .get_all(field)
            .filter_map(|value| value.as_str())
    }
}
