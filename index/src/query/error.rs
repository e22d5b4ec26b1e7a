//! What can be wrong with a query, said so that its author can put it right.

use std::fmt;

use super::{MAX_CHARS, MAX_DEPTH, MAX_TERMS};

/// A query that was not understood: what is wrong, where, and what to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueryError {
    problem: Problem,
    place: usize,
}

/// What is wrong with a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// Nothing was typed.
    #[error("检索内容是空的")]
    Empty,
    /// More than [`MAX_CHARS`].
    #[error("检索内容超过{MAX_CHARS}个字")]
    TooLong,
    /// More than [`MAX_TERMS`].
    #[error("检索词超过{MAX_TERMS}个")]
    TooManyTerms,
    /// More than [`MAX_DEPTH`].
    #[error("括号和“不含”的嵌套超过{MAX_DEPTH}层")]
    TooDeep,
    /// A quote without its partner.
    #[error("引号没有成对")]
    UnclosedQuote,
    /// Quotes with nothing in them.
    #[error("引号里没有内容")]
    EmptyPhrase,
    /// An opening parenthesis without its partner.
    #[error("左括号没有对应的右括号")]
    UnclosedGroup,
    /// A closing parenthesis without its partner.
    #[error("右括号没有对应的左括号")]
    StrayParenthesis,
    /// Parentheses with nothing in them.
    #[error("括号里没有内容")]
    EmptyGroup,
    /// A minus with nothing directly behind it.
    #[error("减号后面没有紧跟检索词")]
    DanglingMinus,
    /// An operator without something on each side.
    #[error("{0} 的前后缺少检索词")]
    MissingOperand(&'static str),
    /// A field with nothing behind it.
    #[error("“{0}:”后面缺少内容")]
    MissingValue(&'static str),
    /// A word of nothing but invisible characters.
    #[error("这里没有可以检索的字")]
    Invisible,
    /// Not a year, nor two years with `..` between.
    #[error("年份无法识别")]
    BadYear,
    /// No such day or month.
    #[error("日期无法识别")]
    BadDate,
    /// Not the number of an article.
    #[error("条号无法识别")]
    BadArticle,
    /// The end lies before the beginning.
    #[error("起始时间晚于结束时间")]
    ReversedRange,
    /// Nothing is asked for, only against.
    #[error("只写了不要的内容，没有写要找的内容")]
    OnlyNegative,
}

impl QueryError {
    pub(crate) fn new(problem: Problem, place: usize) -> Self {
        Self { problem, place }
    }

    /// What is wrong; its `Display` is a sentence for the person who typed the query.
    #[must_use]
    pub fn problem(&self) -> Problem {
        self.problem
    }

    /// Where it is wrong: a count of characters before the place.
    #[must_use]
    pub fn place(&self) -> usize {
        self.place
    }

    /// What the person may do about it.
    #[must_use]
    pub fn suggestion(&self) -> &'static str {
        match self.problem {
            Problem::Empty => "请输入要找的词，例如：行政复议 农业",
            Problem::TooLong => "请缩短，只留下最能区分的词句",
            Problem::TooManyTerms => "请减少检索词，或把相连的词合成一句",
            Problem::TooDeep => "请减少一层括号或“不含”",
            Problem::UnclosedQuote => "请补上另一半引号，或去掉这个引号",
            Problem::EmptyPhrase => "请在引号里写上要找的词句，或去掉引号",
            Problem::UnclosedGroup => "请补上右括号；如果要找括号本身，请加引号，例如：\"（一\"",
            Problem::StrayParenthesis => "请去掉这个右括号；如果要找括号本身，请加引号",
            Problem::EmptyGroup => "请在括号里写上检索词，或去掉括号",
            Problem::DanglingMinus => {
                "不要的词请紧跟减号，例如：行政复议 -诉讼；如果要找减号本身，请加引号"
            }
            Problem::MissingOperand(_) => {
                "请在前后各写一个检索词，例如：复议 OR 诉讼；如果要找这个词本身，请加引号"
            }
            Problem::MissingValue(_) => "请写上要找的内容，例如：title:复议、kind:函、year:2024",
            Problem::Invisible => "请输入文字、数字或标点",
            Problem::BadYear => "请写四位年份或起止年份，例如：year:2024、year:2020..2024",
            Problem::BadDate => "请按 2024、2024-01 或 2024-01-31 书写，例如：2024-01..2024-06",
            Problem::BadArticle => "请写条号，例如：article:66、article:第六十六条",
            Problem::ReversedRange => "请把较早的时间写在前面，例如：2024-01..2024-06",
            Problem::OnlyNegative => "请再写一个要找的词，例如：行政复议 -诉讼",
        }
    }
}

impl fmt::Display for QueryError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "第{}个字处：{}。{}。",
            self.place + 1,
            self.problem,
            self.suggestion()
        )
    }
}

impl std::error::Error for QueryError {}
