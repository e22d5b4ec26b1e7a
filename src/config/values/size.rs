//! Amounts of bytes: an integer, or a number with B, KiB, MiB, GiB or TiB.
//!
//! The decimal units (KB, MB) are refused: half of their readers take them for the binary ones.

use serde::{Deserialize, Deserializer, Serializer, de::Error};

const UNITS: [(&str, u64); 5] = [
    ("TiB", 1 << 40),
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("B", 1),
];

#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Number(u64),
    Text(String),
}

pub(in crate::config) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<u64, D::Error> {
    match Written::deserialize(deserializer)? {
        Written::Number(bytes) => Ok(bytes),
        Written::Text(text) => parse(&text).ok_or_else(|| D::Error::custom("not a size")),
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands a reference to a field"
)]
pub(in crate::config) fn serialize<S: Serializer>(
    bytes: &u64,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&print(*bytes))
}

/// Reads `4 GiB`, `4GiB`, `512 B` or `512`.
fn parse(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let factor = match unit.trim() {
        "" => 1,
        unit => UNITS.iter().find(|(name, _)| *name == unit)?.1,
    };
    number.parse::<u64>().ok()?.checked_mul(factor)
}

/// Writes the size in the largest unit that divides it.
fn print(bytes: u64) -> String {
    let (unit, factor) = UNITS
        .into_iter()
        .find(|(_, factor)| bytes != 0 && bytes.is_multiple_of(*factor))
        .unwrap_or(("B", 1));
    format!("{} {unit}", bytes / factor)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn decimal_units_and_fractions_are_refused() {
        for text in ["4 GB", "4 kib", "1.5 GiB", "-1", "GiB", "", "99999999 TiB"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_space_may_be_left_out() {
        assert_eq!(parse("4GiB"), parse(" 4  GiB "));
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back(bytes in 0_u64..=u64::MAX) {
            prop_assert_eq!(parse(&print(bytes)), Some(bytes));
        }
    }
}
