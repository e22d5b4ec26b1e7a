//! 案号: the number under which a court hears a case, `（2019）鄂0881行初60号`.
//!
//! It looks like a document number and is another thing: the year comes first, in round brackets.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::fold::{self, fold, is_han};

/// The longest court code with its type of case.
const MAX_SERIES_CHARS: usize = 24;

/// 案号 in its normal form: no leading zeros, 第 only in the old style 字第.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct CaseNumber {
    year: u16,
    /// Court code and type of case, such as `鄂0881行初`.
    series: String,
    seq: u32,
    /// `之一` for a further decision in the case, otherwise empty.
    part: String,
}

/// What has to be corrected in a 案号.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCaseNumber {
    /// Nothing was given.
    #[error("请填写案号，例如“（2019）鄂0881行初60号”")]
    Empty,
    /// The year in brackets does not come first.
    #[error("案号应以括号括起的年份开头，例如“（2019）鄂0881行初60号”")]
    NoYear,
    /// The year is not one.
    #[error("案号的年份应为 1949 至 2099 之间的四位数字")]
    Year,
    /// Court code and type of case are missing or misspelt.
    #[error("案号的法院代字和类型代字应由汉字和数字组成，最多 24 个字，例如“鄂0881行初”")]
    Series,
    /// There is no 号.
    #[error("案号缺少“号”字")]
    NoEnding,
    /// Something strange follows 号.
    #[error("案号的“号”字之后只能是“之一”“之二”这样的序次")]
    Part,
    /// The sequence is not one.
    #[error("案号的顺序号应为 1 至 999999 之间的整数")]
    Sequence,
}

impl CaseNumber {
    /// The year in which the court took the case.
    #[must_use]
    pub fn year(&self) -> u16 {
        self.year
    }

    /// Court code and type of case, such as `鄂0881行初`.
    #[must_use]
    pub fn series(&self) -> &str {
        &self.series
    }

    /// The place in the series, from 1.
    #[must_use]
    pub fn seq(&self) -> u32 {
        self.seq
    }
}

impl FromStr for CaseNumber {
    type Err = InvalidCaseNumber;

    fn from_str(text: &str) -> Result<Self, InvalidCaseNumber> {
        let text = fold(text);
        if text.is_empty() {
            return Err(InvalidCaseNumber::Empty);
        }
        let rest = text.strip_prefix(opens).ok_or(InvalidCaseNumber::NoYear)?;
        let (year, rest) = rest.split_once(closes).ok_or(InvalidCaseNumber::NoYear)?;
        let year = fold::year(year).ok_or(InvalidCaseNumber::Year)?;
        let (body, part) = rest.rsplit_once('号').ok_or(InvalidCaseNumber::NoEnding)?;
        if !is_part(part) {
            return Err(InvalidCaseNumber::Part);
        }
        let series = body.trim_end_matches(|c: char| c.is_ascii_digit());
        let seq = fold::sequence(&body[series.len()..]).ok_or(InvalidCaseNumber::Sequence)?;
        let series = series.strip_suffix('第').unwrap_or(series);
        if !is_series(series) {
            return Err(InvalidCaseNumber::Series);
        }
        Ok(Self {
            year,
            series: series.to_owned(),
            seq,
            part: part.to_owned(),
        })
    }
}

fn opens(c: char) -> bool {
    matches!(c, '(' | '[' | '〔' | '【')
}

fn closes(c: char) -> bool {
    matches!(c, ')' | ']' | '〕' | '】')
}

fn is_part(text: &str) -> bool {
    let mut chars = text.chars();
    match chars.next() {
        None => true,
        Some('之') => {
            let rest = chars.as_str();
            (1..=3).contains(&rest.chars().count())
                && rest
                    .chars()
                    .all(|c| "一二三四五六七八九十".contains(c) || c.is_ascii_digit())
        }
        Some(_) => false,
    }
}

fn is_series(text: &str) -> bool {
    (2..=MAX_SERIES_CHARS).contains(&text.chars().count())
        && text.starts_with(is_han)
        && text.chars().all(|c| is_han(c) || c.is_ascii_alphanumeric())
}

impl fmt::Display for CaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            year,
            series,
            seq,
            part,
        } = self;
        let ordinal = if series.ends_with('字') { "第" } else { "" };
        write!(f, "（{year}）{series}{ordinal}{seq}号{part}")
    }
}

impl From<CaseNumber> for String {
    fn from(number: CaseNumber) -> Self {
        number.to_string()
    }
}

impl TryFrom<String> for CaseNumber {
    type Error = InvalidCaseNumber;

    fn try_from(text: String) -> Result<Self, InvalidCaseNumber> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn old_and_new_styles_have_one_form_each() {
        let table = [
            ("(2019)鄂0881行初第60号", "（2019）鄂0881行初60号"),
            ("（２０１９）鄂0881 行初 60号", "（2019）鄂0881行初60号"),
            ("[2017]吉05刑终133号", "（2017）吉05刑终133号"),
            ("（2014）烈刑初字第00034号", "（2014）烈刑初字第34号"),
            ("（2016）冀0925刑初字111号", "（2016）冀0925刑初字第111号"),
            ("（2016）最高法民终1号", "（2016）最高法民终1号"),
            ("(2016)吉0503行审64号之一", "（2016）吉0503行审64号之一"),
        ];
        for (wild, normal) in table {
            let number: CaseNumber = wild.parse().unwrap();
            assert_eq!(number.to_string(), normal, "{wild}");
            assert_eq!(normal.parse(), Ok(number));
        }
    }

    #[test]
    fn a_refusal_says_what_is_wrong() {
        let table = [
            ("", InvalidCaseNumber::Empty),
            ("磐政函〔2020〕115号", InvalidCaseNumber::NoYear),
            ("(19)鄂0881行初60号", InvalidCaseNumber::Year),
            ("(2019)0881行初60号", InvalidCaseNumber::Series),
            ("(2019)60号", InvalidCaseNumber::Series),
            ("(2019)鄂0881行初60", InvalidCaseNumber::NoEnding),
            ("(2019)鄂0881行初60号判决", InvalidCaseNumber::Part),
            ("(2019)鄂0881行初号", InvalidCaseNumber::Sequence),
            ("(2019)鄂0881行初0号", InvalidCaseNumber::Sequence),
        ];
        for (text, fault) in table {
            assert_eq!(text.parse::<CaseNumber>(), Err(fault), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_back(
            year in 1949u16..2100, court in "[一-龥]([0-9]{2,4})?", seq in 1u32..1_000_000,
        ) {
            let text = format!("（{year}）{court}行初{seq}号");
            prop_assert_eq!(text.parse::<CaseNumber>().unwrap().to_string(), text);
        }

        #[test]
        fn no_text_is_too_strange_to_be_refused(text in "\\PC{0,40}") {
            if let Ok(number) = text.parse::<CaseNumber>() {
                prop_assert_eq!(number.to_string().parse::<CaseNumber>(), Ok(number));
            }
        }
    }
}
