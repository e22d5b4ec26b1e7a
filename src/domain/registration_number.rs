//! 统一登记号 of a normative document, `YZCR-2022-01008`: letters of the registering organ, the
//! year, a number of fixed width. It stands beside the 发文字号 and is no part of it.

use std::{fmt, str::FromStr};

use super::fold::{self, fold};

/// A 统一登记号.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RegistrationNumber(String);

/// What has to be corrected in a 统一登记号.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("统一登记号应为“字母-年份-数字”，例如“YZCR-2022-01008”")]
pub struct InvalidRegistrationNumber;

impl FromStr for RegistrationNumber {
    type Err = InvalidRegistrationNumber;

    fn from_str(text: &str) -> Result<Self, InvalidRegistrationNumber> {
        let text: String = fold(text).chars().map(hyphen).collect();
        let text = text.to_ascii_uppercase();
        let mut parts = text.split('-');
        let (Some(letters), Some(year), Some(digits), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(InvalidRegistrationNumber);
        };
        let fits = (2..=10).contains(&letters.len())
            && letters.bytes().all(|byte| byte.is_ascii_alphabetic())
            && fold::year(year).is_some()
            && (1..=10).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit());
        // Zeros in front count: the width is part of the number.
        fits.then_some(Self(text)).ok_or(InvalidRegistrationNumber)
    }
}

/// The dashes that people and word processors put for a hyphen.
fn hyphen(c: char) -> char {
    match c {
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe63}' => '-',
        _ => c,
    }
}

impl fmt::Display for RegistrationNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_read_in_every_style_and_written_in_one() {
        for (typed, expected) in [
            ("YZCR-2022-01008", Some("YZCR-2022-01008")),
            (" yzcr－２０２２—01008 ", Some("YZCR-2022-01008")),
            ("JLQY-2026-1", Some("JLQY-2026-1")),
            ("YZCR-22-01008", None),
            ("YZCR-2022", None),
            ("YZCR-2022-01008-1", None),
            ("2022-YZCR-01008", None),
            ("Y-2022-01008", None),
            ("登记-2022-01008", None),
            ("", None),
        ] {
            let read = typed.parse::<RegistrationNumber>().ok();
            assert_eq!(
                read.map(|one| one.to_string()).as_deref(),
                expected,
                "{typed}"
            );
        }
    }
}
