//! Word 97-2003, which WPS and the older offices of the region still write.

use std::fs::File;

use undoc::{Error, doc::DocParser};

use super::whole;
use crate::extract::{FailureCode, Part, outcome::Failure};

pub(super) fn read(file: &mut File) -> Result<Vec<Part>, Failure> {
    let document = DocParser::from_bytes(whole(file)?)
        .and_then(|mut parser| parser.parse())
        .map_err(|error| failure(&error))?;
    Ok(vec![Part::unpaged(document.plain_text())])
}

fn failure(error: &Error) -> Failure {
    match error {
        Error::Encrypted => FailureCode::Encrypted.into(),
        Error::UnsupportedFormat(_) => FailureCode::Unsupported.into(),
        _ => FailureCode::Damaged.into(),
    }
}
