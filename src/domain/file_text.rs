use serde::{Deserialize, Serialize};

use super::Digest;

/// The text of a file, as it was extracted. It is derived: it can be thrown away and extracted
/// again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileText {
    /// What extracted it.
    pub engine: String,
    /// Its parts, in reading order.
    pub parts: Vec<TextPart>,
}

/// One stretch of the text of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextPart {
    /// The page, counted from 1, where the format has pages.
    pub page: Option<u32>,
    /// The text.
    pub text: String,
}

impl FileText {
    /// How many characters it has.
    #[must_use]
    pub fn chars(&self) -> u64 {
        self.parts
            .iter()
            .map(|part| part.text.chars().count() as u64)
            .sum()
    }
}

/// A file whose text is to be extracted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedText {
    /// The file.
    pub digest: Digest,
    /// What it is.
    pub media_type: String,
    /// Bytes.
    pub size: u64,
    /// How often it was tried before.
    pub attempts: u32,
}
