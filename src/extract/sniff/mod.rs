//! What a file is, told from its content first and from its name only where the content is
//! silent.
//!
//! Runs in the hub, on bytes that a stranger chose: every look is bounded, nothing is
//! unpacked, and no library parses a container here.

mod ole;
mod plain;
pub mod types;
mod zip;

use std::io::{Read, Seek};

/// How many bytes from the start of a file are worth handing to [`media_type`].
pub const HEAD_BYTES: usize = 8 * 1024;

/// The media type of a file that is called `name` and starts with `head`.
///
/// `whole` is the file itself; containers (Office, OFD, ODF) are told apart by their table of
/// contents, which stands at the end, so without it some are only `application/zip` or
/// `application/x-ole-storage`. A program, a script or a page is named as what it is,
/// whatever it is called. What nothing recognises is `application/octet-stream`.
#[must_use]
pub fn media_type<F: Read + Seek>(name: &str, head: &[u8], whole: Option<&mut F>) -> &'static str {
    if zip::is_zip(head) {
        return zip::media_type(head, whole);
    }
    if ole::is_ole(head) {
        return ole::media_type(name, head, whole);
    }
    if let Some(text) = plain::text(head) {
        return plain::media_type(name, &text);
    }
    // Some programs write a line or two of their own before a PDF.
    let start = &head[..head.len().min(1024)];
    match infer::get(head) {
        Some(found) => found.mime_type(),
        None if start.windows(5).any(|five| five == b"%PDF-") => types::PDF,
        None => types::UNKNOWN,
    }
}
