//! XML from strangers, as a stream of elements and text: no document type, no depth without
//! end, no entities but the five.

use std::io::{BufReader, Read};

use quick_xml::{
    Error, Reader, XmlVersion,
    escape::resolve_predefined_entity,
    events::{BytesRef, BytesStart, Event},
};

use super::container::reading_failure;
use crate::extract::{FailureCode, outcome::Failure};

const DEEPEST: usize = 256;

/// Is told about every element and text of a part, in order. Names come without prefix.
pub(super) trait Visitor {
    /// An element opens; an empty one opens and closes.
    fn open(&mut self, element: &Element<'_>) -> Result<(), Failure>;
    /// The element that was opened last, of those still open, closes.
    fn close(&mut self, name: &str) -> Result<(), Failure>;
    /// Text in the innermost open element; may come in pieces.
    fn text(&mut self, text: &str) -> Result<(), Failure>;
}

/// An opening tag.
pub(super) struct Element<'e>(BytesStart<'e>);

impl Element<'_> {
    /// The name without its prefix.
    pub fn name(&self) -> &str {
        self.0.name().local_name().into_inner()
    }

    /// The value of the attribute `name`, whatever its prefix.
    pub fn attribute(&self, name: &str) -> Option<String> {
        let mut all = self.0.attributes().filter_map(Result::ok);
        let found = all.find(|attribute| attribute.key.local_name().as_ref() == name)?;
        found
            .normalized_value(XmlVersion::Implicit1_0)
            .ok()
            .map(std::borrow::Cow::into_owned)
    }

    /// The same as a number.
    pub fn number(&self, name: &str) -> Option<u32> {
        self.attribute(name)?.trim().parse().ok()
    }
}

/// Walks `part` from end to end.
pub(super) fn walk(part: impl Read, visitor: &mut impl Visitor) -> Result<(), Failure> {
    let mut reader = Reader::from_reader(BufReader::new(part));
    reader.config_mut().expand_empty_elements = true;
    let mut buffer = Vec::new();
    let mut depth = 0_usize;
    loop {
        buffer.clear();
        match reader
            .read_event_into(&mut buffer)
            .map_err(|error| failure(&error))?
        {
            Event::Start(tag) => {
                depth += 1;
                if depth > DEEPEST {
                    return Err(FailureCode::Suspicious.into());
                }
                visitor.open(&Element(tag))?;
            }
            Event::End(tag) => {
                depth = depth.saturating_sub(1);
                visitor.close(tag.name().local_name().into_inner())?;
            }
            Event::Text(text) => visitor.text(&text.xml10_content())?,
            Event::CData(text) => visitor.text(&text.xml10_content())?,
            Event::GeneralRef(reference) => visitor.text(&resolved(&reference)?)?,
            Event::DocType(_) => {
                return Err(Failure::new(
                    FailureCode::Suspicious,
                    "文件内部含有不应出现的文档类型声明，为安全起见未读取文字",
                ));
            }
            Event::Eof if depth == 0 => return Ok(()),
            Event::Eof => return Err(FailureCode::Damaged.into()),
            _ => {}
        }
    }
}

fn resolved(reference: &BytesRef<'_>) -> Result<String, Failure> {
    let name = reference.xml10_content();
    match reference.resolve_char_ref() {
        Ok(Some(c)) => Ok(c.to_string()),
        Ok(None) => resolve_predefined_entity(&name)
            .map(str::to_owned)
            .ok_or_else(|| FailureCode::Damaged.into()),
        Err(_) => Err(FailureCode::Damaged.into()),
    }
}

fn failure(error: &Error) -> Failure {
    match error {
        Error::Io(error) => reading_failure(error),
        _ => FailureCode::Damaged.into(),
    }
}
