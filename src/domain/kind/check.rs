//! Checking what was filled in against what the kind demands.

use serde::Serialize;
use serde_json::{Map, Value};

use super::{Branch, Kind, Requirement, holds};
use crate::domain::labelled::labelled;

labelled! {
    /// What is wrong with something that was filled in.
    pub enum FaultCode {
        /// Nothing was filled in, but must be.
        Required = "required", "缺少必填项";
        /// The kind has no such field.
        Unknown = "unknown", "不认识的字段";
        /// The JSON value is of another type than the field.
        WrongType = "wrong_type", "类型不符";
        /// Too many characters.
        TooLong = "too_long", "文字过长";
        /// Too many items, or too large a number.
        TooMany = "too_many", "超出上限";
        /// An item of a list is blank, or a choice is repeated.
        BadItem = "bad_item", "条目有误";
        /// A character that cannot be shown, or a line break where there are no lines.
        ControlCharacter = "control_character", "含有控制字符";
        /// None of the choices.
        NotAChoice = "not_a_choice", "不在选项之中";
        /// Not a day written as `2026-10-08`.
        NotADate = "not_a_date", "日期有误";
        /// Not a telephone number.
        NotAPhone = "not_a_phone", "电话有误";
        /// Not a 案号 or 发文字号.
        NotANumber = "not_a_number", "文号有误";
        /// Two lists that belong together differ in length.
        CountMismatch = "count_mismatch", "数目不一致";
        /// Units of this branch cannot issue the kind.
        IssuerNotAllowed = "issuer_not_allowed", "发文单位不符";
        /// Units of this branch cannot be main recipients of the kind.
        RecipientNotAllowed = "recipient_not_allowed", "主送单位不符";
    }
}

labelled! {
    /// Whether a fault stops the document.
    pub enum Severity {
        /// It must be corrected.
        Error = "error", "须更正";
        /// The issuer may confirm that it is meant so.
        Warning = "warning", "可确认";
    }
}

/// One thing that is wrong with a document, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldFault {
    /// Where, as a JSON pointer into the document, such as `/fields/contact_phone`.
    pub pointer: String,
    /// What is wrong.
    pub code: FaultCode,
    /// Whether it stops the document.
    pub severity: Severity,
    /// What to do about it, in Chinese.
    pub detail: String,
}

impl FieldFault {
    /// A fault that must be corrected.
    pub(super) fn error(pointer: String, code: FaultCode, detail: String) -> Self {
        Self {
            pointer,
            code,
            severity: Severity::Error,
            detail,
        }
    }

    /// Whether the document is only unfinished, as a draft may be.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        self.code == FaultCode::Required
    }
}

/// What the check has to know of other documents.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FieldContext {
    /// For a reply: what [`Kind::items_to_answer`] says of the document that it answers.
    pub items_to_answer: Option<usize>,
}

impl Kind {
    /// Everything that is wrong with the fields of a document of this kind, in the order of its
    /// form; empty if it may be issued. A draft may ignore what [`FieldFault::is_missing`].
    #[must_use]
    pub fn check_fields(
        &self,
        fields: &Map<String, Value>,
        context: &FieldContext,
    ) -> Vec<FieldFault> {
        let mut faults: Vec<_> = self
            .fields
            .iter()
            .flat_map(|spec| spec.check(fields.get(&spec.name)))
            .collect();
        faults.extend(self.missing(fields));
        faults.extend(self.mismatched(fields));
        faults.extend(self.unanswered(fields, context));
        faults.extend(self.unknown(fields));
        faults
    }

    /// Whether a unit of `issuer` may send the kind to main recipients of these branches.
    #[must_use]
    pub fn check_parties(&self, issuer: Branch, mains: &[Branch]) -> Vec<FieldFault> {
        let name = &self.name;
        let mut faults = Vec::new();
        if !self.may_issue(issuer) {
            let detail = format!("“{name}”只能由{}制发", labels(&self.issuer_branches));
            let code = FaultCode::IssuerNotAllowed;
            faults.push(FieldFault::error("/kind".to_owned(), code, detail));
        }
        for (at, branch) in mains.iter().enumerate() {
            if !self.recipient_branches.contains(branch) {
                let detail = format!("“{name}”只能主送{}", labels(&self.recipient_branches));
                let pointer = format!("/main_recipients/{at}");
                faults.push(FieldFault::error(
                    pointer,
                    FaultCode::RecipientNotAllowed,
                    detail,
                ));
            }
        }
        let pointer = "/main_recipients".to_owned();
        if mains.is_empty() {
            let detail = "请填写主送单位".to_owned();
            faults.push(FieldFault::error(pointer, FaultCode::Required, detail));
        } else if let Some(max) = self.max_main_recipients.filter(|max| mains.len() > *max) {
            let detail = format!("“{name}”最多有 {max} 个主送单位");
            faults.push(FieldFault::error(pointer, FaultCode::TooMany, detail));
        }
        faults
    }

    fn missing(&self, fields: &Map<String, Value>) -> Vec<FieldFault> {
        let absent = |name: &str| is_absent(fields.get(name));
        let conditional =
            |rule: &&Requirement| holds(fields, &rule.when, &rule.is) && absent(&rule.field);
        let plain = self
            .fields
            .iter()
            .filter(|spec| spec.required && absent(&spec.name));
        let asked = self.required_when.iter().filter(conditional);
        let names = plain
            .map(|spec| &spec.name)
            .chain(asked.map(|rule| &rule.field));
        let single = names.map(|name| {
            let detail = format!("请填写“{}”", self.label(name));
            FieldFault::error(pointer(name), FaultCode::Required, detail)
        });
        let groups = self
            .any_of
            .iter()
            .filter(|group| group.iter().all(|name| absent(name)));
        let group = groups.filter_map(|group| {
            let labels: Vec<_> = group.iter().map(|name| self.label(name)).collect();
            let detail = format!("“{}”至少填写一项", labels.join("”“"));
            Some(FieldFault::error(
                pointer(group.first()?),
                FaultCode::Required,
                detail,
            ))
        });
        single.chain(group).collect()
    }

    fn mismatched(&self, fields: &Map<String, Value>) -> Vec<FieldFault> {
        let count = |name: &str| fields.get(name).and_then(Value::as_array).map(Vec::len);
        let mut faults = Vec::new();
        for (one, other) in &self.paired {
            let (Some(ones), Some(others)) = (count(one), count(other)) else {
                continue;
            };
            let both = ones > 0 && others > 0;
            if both && ones != others {
                faults.push(FieldFault {
                    pointer: pointer(other),
                    code: FaultCode::CountMismatch,
                    severity: Severity::Warning,
                    detail: format!(
                        "“{}”有 {ones} 条，“{}”有 {others} 条，应当一一对应；确认无误可以继续",
                        self.label(one),
                        self.label(other),
                    ),
                });
            }
        }
        faults
    }

    /// A reply answers every suggestion, by number.
    fn unanswered(&self, fields: &Map<String, Value>, context: &FieldContext) -> Vec<FieldFault> {
        let Some(asked) = context.items_to_answer.filter(|_| self.is_reply) else {
            return Vec::new();
        };
        let adoptions = self
            .fields
            .iter()
            .filter(|spec| spec.kind == super::FieldKind::Adoptions);
        let answered = adoptions.filter_map(|spec| {
            let answers = fields.get(&spec.name)?.as_array()?.len();
            (answers != asked && answers > 0).then(|| {
                let detail = format!("来文有 {asked} 条建议，应当逐条答复，现有 {answers} 条");
                FieldFault::error(pointer(&spec.name), FaultCode::CountMismatch, detail)
            })
        });
        answered.collect()
    }

    fn unknown(&self, fields: &Map<String, Value>) -> Vec<FieldFault> {
        let strangers = fields.keys().filter(|name| self.field(name).is_none());
        let faults = strangers.map(|name| {
            let shown: String = name.chars().take(40).collect();
            let detail = format!("“{}”没有名为“{shown}”的字段", self.name);
            FieldFault::error(pointer(name), FaultCode::Unknown, detail)
        });
        faults.collect()
    }

    fn label<'a>(&'a self, name: &'a str) -> &'a str {
        self.field(name).map_or(name, |spec| &spec.label)
    }
}

/// Whether a value says nothing.
pub(super) fn is_absent(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.trim().is_empty(),
        Some(Value::Array(items)) => items.is_empty(),
        Some(_) => false,
    }
}

/// The JSON pointer (RFC 6901) of a field.
pub(super) fn pointer(name: &str) -> String {
    format!("/fields/{}", name.replace('~', "~0").replace('/', "~1"))
}

fn labels(branches: &[Branch]) -> String {
    branches
        .iter()
        .map(|branch| branch.label())
        .collect::<Vec<_>>()
        .join("、")
}
