//! PDF, page by page.

mod legacy;

use std::fs::File;

use pdf_oxide::{Error, PdfDocument};

use super::whole;
use crate::extract::{FailureCode, Limits, Part, outcome::Failure};

pub(super) const ENGINE: &str = "pdf_oxide/0.3+wenshu/1";

/// The thickest files of a case have some thousand pages; a hostile file claims billions.
const MOST_PAGES: usize = 20_000;

pub(super) fn read(file: &mut File, limits: &Limits) -> Result<Vec<Part>, Failure> {
    let document = PdfDocument::from_bytes(whole(file)?).map_err(|error| failure(&error))?;
    unlock(&document)?;
    let pages = document.page_count().map_err(|error| failure(&error))?;
    if pages > MOST_PAGES {
        return Err(FailureCode::TooLarge.into());
    }
    let mut parts = Vec::new();
    let mut unread = None;
    let mut length = 0;
    for index in 0..pages {
        match page_text(&document, index) {
            Ok(text) => {
                length += text.len();
                parts.push(Part {
                    page: u32::try_from(index + 1).ok(),
                    text,
                });
            }
            Err(error) => unread = Some(failure(&error)),
        }
        if length > limits.max_text() {
            return Err(FailureCode::TooLarge.into());
        }
    }
    // One torn page does not take the others away.
    match unread {
        Some(failure) if length == 0 => Err(failure),
        _ => Ok(parts),
    }
}

fn page_text(document: &PdfDocument, index: usize) -> Result<String, Error> {
    match legacy::page_text(document, index) {
        Some(text) => Ok(text),
        None => document.extract_text(index),
    }
}

/// Many files are encrypted only to forbid printing; they open without a password.
fn unlock(document: &PdfDocument) -> Result<(), Failure> {
    if !document.is_encrypted() {
        return Ok(());
    }
    match document.authenticate(b"") {
        Ok(true) => Ok(()),
        Ok(false) => Err(FailureCode::Encrypted.into()),
        Err(_) => Err(FailureCode::Unsupported.into()),
    }
}

fn failure(error: &Error) -> Failure {
    match error {
        Error::EncryptedPdf => FailureCode::Encrypted.into(),
        Error::Unsupported(_) | Error::UnsupportedVersion(_) => FailureCode::Unsupported.into(),
        Error::RecursionLimitExceeded(_) | Error::CircularReference(_) => {
            FailureCode::Suspicious.into()
        }
        _ => FailureCode::Damaged.into(),
    }
}
