//! Plain text in the encodings of the region: UTF-8, UTF-16, GB 18030 with its elders, Big5.

use std::fs::File;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{BIG5, Encoding, GB18030, GBK, UTF_8};

use super::whole;
use crate::extract::{FailureCode, Limits, Part, outcome::Failure, quality};

/// UTF-16 spends two bytes on a character of which UTF-8 needs one; nothing shrinks further.
const MOST_SHRINKING: u64 = 2;

pub(super) fn read(file: &mut File, limits: &Limits) -> Result<Vec<Part>, Failure> {
    let length = file.metadata().map_or(0, |about| about.len());
    if length > limits.max_text_bytes.saturating_mul(MOST_SHRINKING) {
        return Err(FailureCode::TooLarge.into());
    }
    let bytes = whole(file)?;
    let (text, _, _) = encoding_of(&bytes, true).decode(&bytes);
    Ok(vec![Part::unpaged(text.into_owned())])
}

/// The encoding that `bytes` are most likely in; a byte order mark decides. Bytes that are not
/// the `whole` text may end in the middle of a character.
pub(in crate::extract) fn encoding_of(bytes: &[u8], whole: bool) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding;
    }
    let is_cut = |error: std::str::Utf8Error| !whole && error.error_len().is_none();
    if std::str::from_utf8(bytes).map_or_else(is_cut, |_| true) {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, whole);
    match detector.guess(Some(b"cn"), Utf8Detection::Allow) {
        guess if guess == GBK || guess == BIG5 => script(bytes),
        guess => guess,
    }
}

/// GB 18030, which reads all that GBK reads and the names that need four bytes besides, or
/// Big5: the two share most byte pairs, and the one that makes more everyday characters of
/// them is right. The detector decides for the mainland's whenever it may.
fn script(bytes: &[u8]) -> &'static Encoding {
    let everyday = |encoding: &'static Encoding, is_common: fn(char) -> bool| {
        let text = encoding.decode_without_bom_handling(bytes).0;
        text.chars().filter(|c| is_common(*c)).count()
    };
    let simplified = everyday(GB18030, quality::is_common_simplified);
    let traditional = everyday(BIG5, quality::is_common_traditional);
    if traditional > simplified {
        BIG5
    } else {
        GB18030
    }
}
