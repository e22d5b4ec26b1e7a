//! Word documents of 2007 and later, and those of WPS: the parts of a document that carry
//! writing, in the order in which people read them.

mod body;
mod counting;
mod numbering;

use std::fs::File;

use self::{body::Body, numbering::Numbering};
use super::{container::Container, xml};
use crate::extract::{FailureCode, Limits, Part, outcome::Failure};

const MAIN: &str = "word/document.xml";

/// What stands beside the body, by the beginning of the part's name; notes before margins.
const BESIDE: &[&str] = &[
    "word/footnotes",
    "word/endnotes",
    "word/comments.xml",
    "word/header",
    "word/footer",
    "word/charts/chart",
    "word/diagrams/data",
];

pub(super) fn read(file: &mut File, limits: &Limits) -> Result<Vec<Part>, Failure> {
    let mut container = Container::open(file, limits)?;
    let names = container.names();
    let mut numbering = Numbering::default();
    for part in ["word/numbering.xml", "word/styles.xml"] {
        if let Some(part) = container.part(part)? {
            xml::walk(part, &mut numbering.definitions())?;
        }
    }
    let main = main_part(&names).ok_or(FailureCode::Damaged)?;
    let mut texts = Vec::new();
    for name in std::iter::once(main).chain(beside(&names)) {
        let Some(part) = container.part(name)? else {
            continue;
        };
        let mut body = Body::new(&mut numbering, limits.max_text());
        xml::walk(part, &mut body)?;
        let text = body.into_text();
        // Every section repeats its margins.
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    Ok(texts.into_iter().map(Part::unpaged).collect())
}

/// The usual name, or the only one like it: some programs number the part.
fn main_part(names: &[String]) -> Option<&str> {
    let exact = names.iter().find(|name| *name == MAIN);
    let similar = || {
        names
            .iter()
            .find(|name| name.starts_with("word/document") && is_xml(name))
    };
    exact.or_else(similar).map(String::as_str)
}

fn beside(names: &[String]) -> impl Iterator<Item = &str> {
    BESIDE.iter().flat_map(move |start| {
        let mut found: Vec<_> = names
            .iter()
            .map(String::as_str)
            .filter(|name| name.starts_with(start) && is_xml(name))
            .collect();
        found.sort_by_key(|name| (name.len(), *name));
        found
    })
}

/// Beside the parts themselves lie folders and lists of what they refer to.
fn is_xml(name: &str) -> bool {
    name.strip_suffix(".xml").is_some()
}
