//! 统一社会信用代码 (GB 32100-2015): names an organisation in 18 characters, the last of which
//! checks the others.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::fold::fold;

/// The 31 characters of the code, in the order of their values; I, O, S, V and Z are left out.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// A 统一社会信用代码 whose check character is right.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct CreditCode(String);

/// What has to be corrected in a 统一社会信用代码.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCreditCode {
    /// There are not 18 characters.
    #[error("统一社会信用代码应为 18 位，现有 {0} 位")]
    Length(usize),
    /// A character that the code does not use.
    #[error("统一社会信用代码第 {at} 位“{found}”有误：只使用数字和大写字母，不使用 I、O、S、V、Z")]
    Character {
        /// Its place, from 1.
        at: usize,
        /// The character.
        found: char,
    },
    /// The administrative division is not six digits.
    #[error("统一社会信用代码第 3 至 8 位是行政区划码，应为数字")]
    Division,
    /// The check character disagrees with the rest.
    #[error("统一社会信用代码的校验位不符，请核对是否录错")]
    CheckDigit,
}

impl CreditCode {
    /// The code that begins with these 17 characters.
    pub fn complete(first17: &str) -> Result<Self, InvalidCreditCode> {
        let mut code = fold(first17).to_ascii_uppercase();
        let check = check_character(&code, 17)?;
        code.push(check);
        Ok(Self(code))
    }

    /// The 18 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for CreditCode {
    type Err = InvalidCreditCode;

    fn from_str(text: &str) -> Result<Self, InvalidCreditCode> {
        let code = fold(text).to_ascii_uppercase();
        if code.ends_with(check_character(&code, 18)?) {
            Ok(Self(code))
        } else {
            Err(InvalidCreditCode::CheckDigit)
        }
    }
}

/// The check character of a code that should have `expected` characters, by its first 17.
fn check_character(code: &str, expected: usize) -> Result<char, InvalidCreditCode> {
    let length = code.chars().count();
    if length != expected {
        return Err(InvalidCreditCode::Length(length));
    }
    let mut sum = 0;
    let mut weight = 1;
    for (place, found) in code.chars().enumerate() {
        let value = ALPHABET.iter().position(|c| char::from(*c) == found);
        let value = value.ok_or(InvalidCreditCode::Character {
            at: place + 1,
            found,
        })?;
        if (2..8).contains(&place) && value > 9 {
            return Err(InvalidCreditCode::Division);
        }
        if place < 17 {
            sum += value * weight;
            weight = weight * 3 % 31;
        }
    }
    Ok(char::from(ALPHABET[(31 - sum % 31) % 31]))
}

impl fmt::Display for CreditCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<CreditCode> for String {
    fn from(code: CreditCode) -> Self {
        code.0
    }
}

impl TryFrom<String> for CreditCode {
    type Error = InvalidCreditCode;

    fn try_from(text: String) -> Result<Self, InvalidCreditCode> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn codes_of_well_known_companies_pass() {
        for code in [
            "91350100M000100Y43",
            "91110000802100433B",
            "914403001922038216",
        ] {
            assert_eq!(
                code.parse::<CreditCode>().map(String::from),
                Ok(code.to_owned())
            );
        }
    }

    #[test]
    fn small_and_wide_letters_are_taken_as_meant() {
        let code: CreditCode = " 91350100m000100ｙ43 ".parse().unwrap();
        assert_eq!(code.as_str(), "91350100M000100Y43");
    }

    #[test]
    fn a_refusal_says_where_to_look() {
        let table = [
            ("9135", InvalidCreditCode::Length(4)),
            (
                "91350100M000100Y4O",
                InvalidCreditCode::Character { at: 18, found: 'O' },
            ),
            ("9135A100M000100Y43", InvalidCreditCode::Division),
            ("91350100M000100Y44", InvalidCreditCode::CheckDigit),
        ];
        for (text, fault) in table {
            assert_eq!(text.parse::<CreditCode>(), Err(fault), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_completed_code_passes_and_one_changed_character_does_not(
            first17 in "11[0-9]{6}[0-9A-HJ-NP-RTUWXY]{9}", place in 8usize..17,
        ) {
            let code = CreditCode::complete(&first17).unwrap();
            prop_assert_eq!(code.as_str().parse(), Ok(code.clone()));
            let mut changed = String::from(code).into_bytes();
            changed[place] = if changed[place] == b'0' { b'1' } else { b'0' };
            let changed = String::from_utf8(changed).unwrap();
            prop_assert_eq!(changed.parse::<CreditCode>(), Err(InvalidCreditCode::CheckDigit));
        }
    }
}
