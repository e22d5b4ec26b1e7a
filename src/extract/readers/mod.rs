//! The readers, one for each family of formats. They run in the worker only.

mod container;
mod doc;
mod docx;
mod pdf;
mod text;
mod xml;

use std::{
    fs::File,
    io::{self, Read as _},
};

pub(super) use self::text::encoding_of;
use super::{FailureCode, Limits, Part, outcome::Failure, sniff::types};

/// Who can read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    /// Plain text in any encoding of the region.
    Text,
    /// Word 2007 and later, and WPS: XML parts in a ZIP container.
    Docx,
    /// Word 97-2003, and WPS: binary records in an OLE container.
    Doc,
    /// PDF.
    Pdf,
}

impl Reader {
    /// The reader of a media type as [`super::sniff::media_type`] names it, if there is one.
    pub fn of(media_type: &str) -> Option<Self> {
        match media_type {
            types::PLAIN | types::CSV | types::MARKDOWN => Some(Self::Text),
            types::DOCX | types::DOCM => Some(Self::Docx),
            types::DOC => Some(Self::Doc),
            types::PDF => Some(Self::Pdf),
            _ => None,
        }
    }

    /// The name that is kept with the text, with the release of the library that did the work.
    pub fn engine(self) -> &'static str {
        match self {
            Self::Text => "wenshu-text/1",
            Self::Docx => "wenshu-docx/1",
            Self::Doc => "undoc/0.27",
            Self::Pdf => pdf::ENGINE,
        }
    }

    /// Whether characters come from the document's own fonts, and so may be wrong ones.
    pub fn finds_characters_by_font(self) -> bool {
        self == Self::Pdf
    }

    /// Reads the text as it stands in the file. Blank parts are fine; they are dropped later.
    pub fn read(self, file: &mut File, limits: &Limits) -> Result<Vec<Part>, Failure> {
        match self {
            Self::Text => text::read(file, limits),
            Self::Docx => docx::read(file, limits),
            Self::Doc => doc::read(file),
            Self::Pdf => pdf::read(file, limits),
        }
    }
}

/// The whole file in memory; that it does not fit is a failure, not the end of the process.
fn whole(file: &mut File) -> Result<Vec<u8>, Failure> {
    let length = file.metadata().map_or(0, |about| about.len());
    let mut bytes = Vec::new();
    let room = usize::try_from(length).unwrap_or(usize::MAX);
    bytes
        .try_reserve_exact(room)
        .map_err(|_| FailureCode::OutOfMemory)?;
    file.take(length)
        .read_to_end(&mut bytes)
        .map_err(|error| match error.kind() {
            io::ErrorKind::OutOfMemory => FailureCode::OutOfMemory,
            _ => FailureCode::Unavailable,
        })?;
    Ok(bytes)
}
