//! The fields that a kind adds to every document's own.

use serde::{Deserialize, Serialize};

use crate::domain::labelled::labelled;

labelled! {
    /// What a field holds, and so how it is entered and checked.
    pub enum FieldKind {
        /// One line: a JSON string without line breaks.
        Text = "text", "单行文字";
        /// Several lines: a JSON string.
        LongText = "long_text", "多行文字";
        /// A day: a JSON string `2026-10-08`.
        Date = "date", "日期";
        /// One of the choices: its code.
        Choice = "choice", "单选";
        /// Some of the choices: an array of codes, without repetition.
        Choices = "choices", "多选";
        /// A JSON boolean.
        Bool = "bool", "是否";
        /// A whole number, not negative.
        Number = "number", "整数";
        /// An array of strings, each an item of its own.
        TextList = "text_list", "逐条文字";
        /// A telephone number.
        Phone = "phone", "电话";
        /// A 案号, in any style.
        CaseNumber = "case_number", "案号";
        /// A 发文字号, in any style.
        DocNumber = "doc_number", "发文字号";
        /// A 统一登记号, in any style.
        RegistrationNumber = "registration_number", "统一登记号";
        /// What became of each numbered suggestion: an array of
        /// `{"adoption": "adopted", "detail": "…"}`, in their order.
        Adoptions = "adoptions", "逐项采纳情况";
    }
}

/// One possible answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// The stable code.
    pub code: String,
    /// The Chinese name.
    pub label: String,
}

/// One field of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldSpec {
    /// The key in the JSON of a document.
    pub name: String,
    /// The Chinese name.
    pub label: String,
    /// How to fill it in, in Chinese; may be empty.
    pub hint: String,
    /// What it holds.
    pub kind: FieldKind,
    /// Whether a document cannot be issued without it.
    pub required: bool,
    /// The most characters of the text, or of each item of a list.
    pub max_chars: usize,
    /// The most items of a list.
    pub max_items: usize,
    /// The largest number.
    pub max_number: u64,
    /// The possible answers of a choice.
    pub choices: Vec<Choice>,
}

impl FieldSpec {
    /// The choice of that code.
    #[must_use]
    pub fn choice(&self, code: &str) -> Option<&Choice> {
        self.choices.iter().find(|choice| choice.code == code)
    }
}
