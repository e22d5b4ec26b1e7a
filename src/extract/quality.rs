//! Tells writing from garbage, so that an archive is not filled with what nobody wrote.
//!
//! A font without a usable character map, or bytes read in the wrong encoding, give text that
//! is formally fine. It gives itself away by characters that nobody types: replacement marks,
//! private ones, and Han characters that hardly any document contains.

use encoding_rs::{BIG5, Encoding, GBK};

use super::{FailureCode, Part, outcome::Failure};

/// Fewer marks than this may stand in any honest document (logos, bullets, a torn last byte).
const FEW: usize = 8;
/// One character in ten: a real document has a few in a hundred at most.
const ONE_IN: usize = 10;

/// Refuses text too much of which cannot have been written by anybody.
///
/// `by_font` says that characters were looked up in the document's fonts, which is where wrong
/// but existing Han characters come from.
pub(super) fn check(parts: &[Part], by_font: bool) -> Result<(), Failure> {
    let characters = || parts.iter().flat_map(|part| part.text.chars());
    let written = characters().filter(|c| !c.is_whitespace()).count();
    let broken = characters().filter(|c| is_broken(*c)).count();
    if is_abnormal(broken, written) {
        return Err(FailureCode::UnreadableText.into());
    }
    if by_font && !is_japanese(parts) {
        let han = characters().filter(|c| is_han(*c)).count();
        let rare = characters()
            .filter(|c| is_han(*c) && !is_common(*c))
            .count();
        if is_abnormal(rare, han) {
            return Err(FailureCode::UnreadableText.into());
        }
    }
    Ok(())
}

fn is_abnormal(bad: usize, all: usize) -> bool {
    bad >= FEW && bad.saturating_mul(ONE_IN) > all
}

fn is_broken(c: char) -> bool {
    let private = matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}');
    private || c == char::REPLACEMENT_CHARACTER || (c.is_control() && !c.is_whitespace())
}

/// Japanese has its own common characters, and gives itself away by its syllables: they are
/// half of any text, and next to none of what a wrong table makes of Chinese.
fn is_japanese(parts: &[Part]) -> bool {
    let characters = || parts.iter().flat_map(|part| part.text.chars());
    let kana = characters()
        .filter(|c| matches!(c, '\u{3041}'..='\u{30ff}'))
        .count();
    let han = characters().filter(|c| is_han(*c)).count();
    kana * 4 > han
}

/// The unified characters of the basic block, which every encoding of the region shares.
fn is_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}')
}

fn is_common(c: char) -> bool {
    is_common_simplified(c) || is_common_traditional(c)
}

/// Whether the first level of GB 2312, 3755 simplified characters in common use, has it.
pub(super) fn is_common_simplified(c: char) -> bool {
    matches!(encoded(GBK, c), Some([0xb0..=0xd7, 0xa1..=0xfe]))
}

/// Whether the first level of Big5, 5401 traditional characters in common use, has it.
pub(super) fn is_common_traditional(c: char) -> bool {
    matches!(encoded(BIG5, c), Some([0xa4..=0xc6, _]))
}

fn encoded(encoding: &'static Encoding, c: char) -> Option<[u8; 2]> {
    let mut utf8 = [0; 4];
    let (bytes, _, unmappable) = encoding.encode(c.encode_utf8(&mut utf8));
    (!unmappable)
        .then(|| bytes.as_ref().try_into().ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(text: &str) -> bool {
        check(&[Part::unpaged(text.to_owned())], true).is_ok()
    }

    #[test]
    fn writing_of_both_scripts_passes() {
        assert!(verdict(
            &"关于规范行政机关负责人出庭应诉工作的司法建议书".repeat(9)
        ));
        assert!(verdict(
            &"關於規範行政機關負責人出庭應訴工作的司法建議書".repeat(9)
        ));
    }

    #[test]
    fn bytes_read_half_a_character_off_do_not() {
        let bytes = GBK
            .encode(&"行政机关负责人出庭应诉工作情况的通报".repeat(9))
            .0
            .into_owned();
        let shifted = GBK.decode_without_bom_handling(&bytes[1..]).0.into_owned();
        assert!(!verdict(&shifted), "{shifted}");
    }

    #[test]
    fn replacement_marks_are_borne_only_in_small_numbers() {
        assert!(verdict(&format!("{}\u{fffd}", "通知".repeat(20))));
        assert!(!verdict(&"通\u{fffd}".repeat(20)));
    }

    #[test]
    fn japanese_is_writing_too() {
        assert!(verdict(
            &"電線接続端子部が次のいずれにも該当しないとき。価格と価値".repeat(9)
        ));
    }

    #[test]
    fn a_name_with_rare_characters_is_no_garbage() {
        assert!(verdict("喆、昇、堃、淼、龑、翀、珺"));
    }
}
