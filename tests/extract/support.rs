//! The extractor as the hub would have it, and a way to hand it bytes.

use std::{fs::File, io::Write as _, path::PathBuf};

use wenshu::extract::{Extractor, FailureCode, Limits, Options, Outcome};

pub fn program() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_wenshu"))
}

pub fn extractor() -> Extractor {
    Extractor::new(Options::default(), program())
}

pub fn limited(limits: Limits) -> Extractor {
    Extractor::new(
        Options {
            limits,
            ..Options::default()
        },
        program(),
    )
}

pub async fn read_with(extractor: &Extractor, bytes: &[u8], media_type: &str) -> Outcome {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    read_file(extractor, file, media_type).await
}

pub async fn read_file(extractor: &Extractor, file: File, media_type: &str) -> Outcome {
    let size = file.metadata().unwrap().len();
    extractor.extract(file, size, media_type).await
}

pub async fn read(bytes: &[u8], media_type: &str) -> Outcome {
    read_with(&extractor(), bytes, media_type).await
}

/// All the text of a file that must have some.
pub async fn text(bytes: &[u8], media_type: &str) -> String {
    joined(read(bytes, media_type).await)
}

pub fn joined(outcome: Outcome) -> String {
    match outcome {
        Outcome::Text(found) => found
            .parts
            .into_iter()
            .map(|part| part.text)
            .collect::<Vec<_>>()
            .join("\n"),
        other => panic!("no text: {other:?}"),
    }
}

pub fn code(outcome: &Outcome) -> Option<FailureCode> {
    match outcome {
        Outcome::Failed { code, .. } => Some(*code),
        _ => None,
    }
}
