//! 发文字号: the number under which a unit issues a document, `磐政函〔2020〕115号`.
//!
//! The form is that of GB/T 9704: 代字, year in hexagonal brackets, sequence without leading
//! zeros and without 第. People type it in a dozen other ways; all of them name the same number.
//! Orders and minutes are counted through without a year: `国务院令第809号`, `常务会议纪要第3期`.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::fold::{self, fold, is_han};

/// The longest 代字.
const MAX_PREFIX_CHARS: usize = 24;

/// 代字: the letters under which a unit issues a series of documents, such as `磐政函`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Prefix(String);

/// 发文字号. Two numbers are equal if they name the same document of the same issuer.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct DocNumber {
    prefix: Prefix,
    year: Option<u16>,
    seq: u32,
}

/// What has to be corrected in a 发文字号.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDocNumber {
    /// Nothing was given.
    #[error("请填写发文字号，例如“磐政函〔2020〕115号”")]
    Empty,
    /// There is no year in brackets.
    #[error("发文字号缺少用括号括起的年份，例如“磐政函〔2020〕115号”")]
    NoYear,
    /// There is nothing before the year.
    #[error("发文字号缺少机关代字，例如“磐政函〔2020〕115号”中的“磐政函”；法院案号请填写在案号栏")]
    NoPrefix,
    /// The 代字 is too long.
    #[error("机关代字最多 24 个字")]
    LongPrefix,
    /// The 代字 consists of digits only.
    #[error("机关代字不能只有数字")]
    DigitsOnly,
    /// The 代字 has a character that none has.
    #[error("机关代字只能由汉字、字母和数字组成，不能有“{0}”")]
    PrefixChar(char),
    /// The year is not one.
    #[error("年份“{0}”应为 1949 至 2099 之间的四位数字")]
    Year(String),
    /// The number does not end as it should.
    #[error("发文字号应以“号”结尾")]
    NoEnding,
    /// The sequence is not one.
    #[error("顺序号“{0}”应为 1 至 999999 之间的整数")]
    Sequence(String),
}

impl Prefix {
    /// The letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl DocNumber {
    /// The `seq`th document of the year in the series, or of a series without years.
    pub fn new(prefix: Prefix, year: Option<u16>, seq: u32) -> Result<Self, InvalidDocNumber> {
        match year {
            Some(year) if fold::year(&year.to_string()).is_none() => {
                return Err(InvalidDocNumber::Year(year.to_string()));
            }
            None if ending_without_year(prefix.as_str()).is_none() => {
                return Err(InvalidDocNumber::NoYear);
            }
            _ => {}
        }
        if fold::sequence(&seq.to_string()).is_none() {
            return Err(InvalidDocNumber::Sequence(seq.to_string()));
        }
        Ok(Self { prefix, year, seq })
    }

    /// The 代字.
    #[must_use]
    pub fn prefix(&self) -> &Prefix {
        &self.prefix
    }

    /// The year of the series; none where it is counted through.
    #[must_use]
    pub fn year(&self) -> Option<u16> {
        self.year
    }

    /// The place in the series, from 1.
    #[must_use]
    pub fn seq(&self) -> u32 {
        self.seq
    }
}

impl FromStr for Prefix {
    type Err = InvalidDocNumber;

    fn from_str(text: &str) -> Result<Self, InvalidDocNumber> {
        let text = fold(text);
        if let Some(strange) = text
            .chars()
            .find(|c| !is_han(*c) && !c.is_ascii_alphanumeric())
        {
            return Err(InvalidDocNumber::PrefixChar(strange));
        }
        match text.chars().count() {
            0 => Err(InvalidDocNumber::NoPrefix),
            1..=MAX_PREFIX_CHARS if text.bytes().all(|b| b.is_ascii_digit()) => {
                Err(InvalidDocNumber::DigitsOnly)
            }
            1..=MAX_PREFIX_CHARS => Ok(Self(text)),
            _ => Err(InvalidDocNumber::LongPrefix),
        }
    }
}

impl FromStr for DocNumber {
    type Err = InvalidDocNumber;

    fn from_str(text: &str) -> Result<Self, InvalidDocNumber> {
        let text = fold(text);
        if text.is_empty() {
            return Err(InvalidDocNumber::Empty);
        }
        let Some((prefix, rest)) = text.split_once(opens) else {
            return without_year(&text);
        };
        let (year, rest) = rest.split_once(closes).ok_or(InvalidDocNumber::NoYear)?;
        let prefix = prefix.parse()?;
        let year = fold::year(year).ok_or_else(|| InvalidDocNumber::Year(excerpt(year)))?;
        let seq = rest.strip_suffix('号').ok_or(InvalidDocNumber::NoEnding)?;
        let seq = seq.strip_prefix('第').unwrap_or(seq);
        let seq = fold::sequence(seq).ok_or_else(|| InvalidDocNumber::Sequence(excerpt(seq)))?;
        let year = Some(year);
        Ok(Self { prefix, year, seq })
    }
}

/// Reads the number of an order or of minutes: `国务院令第809号`, `常务会议纪要第3期`.
fn without_year(text: &str) -> Result<DocNumber, InvalidDocNumber> {
    let digits = text.trim_end_matches(['号', '期']);
    let prefix = digits.trim_end_matches(|c: char| c.is_ascii_digit());
    let seq = &digits[prefix.len()..];
    let prefix = prefix.strip_suffix('第').unwrap_or(prefix);
    let ending = ending_without_year(prefix).ok_or(InvalidDocNumber::NoYear)?;
    if !text.ends_with(ending) && !text.ends_with('号') {
        return Err(InvalidDocNumber::NoEnding);
    }
    let seq = fold::sequence(seq).ok_or_else(|| InvalidDocNumber::Sequence(excerpt(seq)))?;
    DocNumber::new(prefix.parse()?, None, seq)
}

/// How the numbers of a series end that is counted through; none for every other series.
fn ending_without_year(prefix: &str) -> Option<char> {
    match prefix {
        _ if prefix.ends_with('令') => Some('号'),
        _ if prefix.ends_with("纪要") => Some('期'),
        _ => None,
    }
}

fn opens(c: char) -> bool {
    matches!(c, '〔' | '[' | '(' | '【' | '﹝' | '〖' | '{')
}

fn closes(c: char) -> bool {
    matches!(c, '〕' | ']' | ')' | '】' | '﹞' | '〗' | '}')
}

/// As much of the text as fits into a message.
fn excerpt(text: &str) -> String {
    text.chars().take(20).collect()
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for DocNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { prefix, seq, .. } = self;
        match self.year {
            Some(year) => write!(f, "{prefix}〔{year}〕{seq}号"),
            None => {
                let ending = ending_without_year(prefix.as_str()).unwrap_or('号');
                write!(f, "{prefix}第{seq}{ending}")
            }
        }
    }
}

impl From<Prefix> for String {
    fn from(prefix: Prefix) -> Self {
        prefix.0
    }
}

impl From<DocNumber> for String {
    fn from(number: DocNumber) -> Self {
        number.to_string()
    }
}

impl TryFrom<String> for Prefix {
    type Error = InvalidDocNumber;

    fn try_from(text: String) -> Result<Self, InvalidDocNumber> {
        text.parse()
    }
}

impl TryFrom<String> for DocNumber {
    type Error = InvalidDocNumber;

    fn try_from(text: String) -> Result<Self, InvalidDocNumber> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_way_of_typing_a_number_names_the_same_number() {
        for wild in [
            "京高法发〔2013〕362号",
            "京高法发[2013]362号",
            "京高法发(2013)362号",
            "京高法发（2013）362号",
            "京高法发【2013】362号",
            "京高法发［2013］362号",
            "京高法发﹝2013﹞362号",
            "京高法发〔2013]第362号",
            "京高法发〔２０１３〕３６２号",
            "京高法发〔2013〕00362号",
            "  京高法发 〔 2013 〕 第\u{3000}362 号\u{feff}",
            "京高法发〔二〇一三〕362号",
            "京高法发〔二零一三〕362号",
        ] {
            let number: DocNumber = wild.parse().unwrap();
            assert_eq!(number.to_string(), "京高法发〔2013〕362号", "{wild}");
        }
    }

    #[test]
    fn orders_and_minutes_are_counted_through() {
        for (wild, normal) in [
            ("国务院令第809号", "国务院令第809号"),
            ("国务院令 第 ８０９ 号", "国务院令第809号"),
            ("国务院令809号", "国务院令第809号"),
            (
                "青崖市人民政府常务会议纪要第3期",
                "青崖市人民政府常务会议纪要第3期",
            ),
            ("常务会议纪要第03号", "常务会议纪要第3期"),
            ("常务会议纪要〔2026〕3号", "常务会议纪要〔2026〕3号"),
        ] {
            let number: DocNumber = wild.parse().unwrap();
            assert_eq!(number.to_string(), normal, "{wild}");
            assert_eq!(normal.parse::<DocNumber>(), Ok(number));
        }
        for (text, words) in [
            ("国务院令第809期", "以“号”结尾"),
            ("国务院令第809", "以“号”结尾"),
            ("国务院令第0号", "顺序号"),
            ("国务院令号", "顺序号“”"),
            ("磐政函第5号", "缺少用括号括起的年份"),
            ("令第5号", "令第5号"),
        ] {
            let said = text
                .parse::<DocNumber>()
                .map_or_else(|e| e.to_string(), |n| n.to_string());
            assert!(said.contains(words), "{text}: {said}");
        }
    }

    #[test]
    fn the_prefixes_seen_in_practice_are_read() {
        for prefix in [
            "磐政函",
            "鹤政发",
            "綦江府办发",
            "吉政办函",
            "鄂府任字",
            "公通字",
            "黑政办规",
            "法释",
            "法",
            "国办发明电",
            "琼高法建",
            "吉磐检民违监",
            "A2B办",
        ] {
            let number = format!("{prefix}〔2024〕1号");
            assert_eq!(number.parse::<DocNumber>().unwrap().to_string(), number);
        }
    }

    #[test]
    fn a_refusal_says_what_is_wrong() {
        let table = [
            ("  ", "请填写发文字号"),
            ("磐政函2020年115号", "缺少用括号括起的年份"),
            ("磐政函〔2020115号", "缺少用括号括起的年份"),
            ("〔2020〕115号", "缺少机关代字"),
            ("(2019)鄂0881行初第60号", "案号请填写在案号栏"),
            ("磐政、函〔2020〕115号", "不能有“、”"),
            ("123〔2020〕115号", "不能只有数字"),
            ("磐政函〔20〕115号", "年份“20”"),
            ("磐政函〔3020〕115号", "年份“3020”"),
            ("磐政函〔2020〕115", "以“号”结尾"),
            ("磐政函〔2020〕115号附件", "以“号”结尾"),
            ("磐政函〔2020〕0号", "顺序号“0”"),
            ("磐政函〔2020〕1000000号", "顺序号“1000000”"),
            ("磐政函〔2020〕一一五号", "顺序号“一一五”"),
            ("磐政函〔2020〕+5号", "顺序号“+5”"),
            ("磐政函〔2020〕号", "顺序号“”"),
        ];
        for (text, words) in table {
            let said = text.parse::<DocNumber>().unwrap_err().to_string();
            assert!(said.contains(words), "{text}: {said}");
        }
        let long = "政".repeat(25);
        assert_eq!(long.parse::<Prefix>(), Err(InvalidDocNumber::LongPrefix));
    }

    #[test]
    fn json_carries_the_normal_form_and_refuses_the_rest() {
        let number: DocNumber = serde_json::from_str("\"法释（2023）第011号\"").unwrap();
        assert_eq!(
            serde_json::to_string(&number).unwrap(),
            "\"法释〔2023〕11号\""
        );
        assert!(serde_json::from_str::<DocNumber>("\"法释11号\"").is_err());
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_back(
            prefix in "[一-龥A-Z][一-龥A-Z0-9]{0,23}", year in 1949u16..2100, seq in 1u32..1_000_000,
        ) {
            let number = DocNumber::new(prefix.parse().unwrap(), Some(year), seq).unwrap();
            prop_assert_eq!(number.to_string().parse::<DocNumber>(), Ok(number));
        }

        #[test]
        fn no_text_is_too_strange_to_be_refused(text in "\\PC{0,40}") {
            if let Ok(number) = text.parse::<DocNumber>() {
                prop_assert_eq!(number.to_string().parse::<DocNumber>(), Ok(number));
            }
        }
    }
}
