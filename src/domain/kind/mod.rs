//! 文书种类: what a kind of document must say, who may send it to whom, and what it obliges to.

mod check;
mod field;
mod terms;
#[cfg(test)]
mod tests;
mod value;

use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Map, Value};

pub use check::{FaultCode, FieldContext, FieldFault, Severity};
pub use field::{Choice, FieldKind, FieldSpec};
pub use terms::{Adoption, Branch, Duty, Genre, Numbering, Openness, Urgency};

/// One version of one kind of document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent yes-or-no questions, asked by name in kinds.toml"
)]
pub struct Kind {
    /// Names the kind through all its versions, such as `SJ-ZH`.
    pub code: String,
    /// Counts the versions, from 1.
    pub version: u16,
    /// The Chinese name.
    pub name: String,
    /// The 文种, for those kinds that are 公文 in the sense of the 条例.
    pub genre: Option<Genre>,
    /// Whether new documents of the kind may be drafted.
    pub enabled: bool,
    /// Whose units may issue it.
    pub issuer_branches: Vec<Branch>,
    /// Whose units may be main recipients.
    pub recipient_branches: Vec<Branch>,
    /// The most main recipients that it may have.
    pub max_main_recipients: Option<usize>,
    /// What the main recipients owe.
    pub duty: Duty,
    /// The deadline rule for that duty, unless a field chooses another.
    pub deadline_rule: Option<String>,
    /// Fields that choose another deadline rule.
    pub deadline_choices: Vec<DeadlineChoice>,
    /// The kinds that answer it.
    pub reply_kinds: Vec<String>,
    /// Whether it is itself an answer to another document.
    pub is_reply: bool,
    /// How it is numbered.
    pub numbering: Numbering,
    /// Whether the recipient may object.
    pub allows_objection: bool,
    /// The deadline rule for the issuer's decision on an objection.
    pub objection_rule: Option<String>,
    /// Whether the recipient may ask for an extension.
    pub allows_extension: bool,
    /// What it says beyond title, number, dates, recipients and text.
    pub fields: Vec<FieldSpec>,
    /// Of each group of fields, at least one must be filled in.
    pub any_of: Vec<Vec<String>>,
    /// Lists that should have as many items as each other.
    pub paired: Vec<(String, String)>,
    /// Fields that another field's value makes required.
    pub required_when: Vec<Requirement>,
    /// The list whose items a reply answers one by one.
    pub itemised: Option<String>,
    /// The legal basis, in Chinese.
    pub basis: String,
    /// The first day on which documents of this version may be sent.
    pub effective_from: Date,
    /// The last such day.
    pub effective_to: Option<Date>,
}

/// `field` holding `is` puts the document under another deadline rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeadlineChoice {
    /// A field of the kind.
    pub field: String,
    /// A choice of it, or `true`.
    pub is: String,
    /// Code of the rule that applies then.
    pub rule: String,
}

/// `field` must be filled in when the field `when` holds `is`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// The field that becomes required.
    pub field: String,
    /// The field that decides.
    pub when: String,
    /// A choice of it, or `true`.
    pub is: String,
}

impl Kind {
    /// Whether this version applies on the day.
    #[must_use]
    pub fn is_in_force(&self, on: Date) -> bool {
        self.effective_from <= on && self.effective_to.is_none_or(|last| on <= last)
    }

    /// The field of that name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&FieldSpec> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// Whether units of this branch may issue it.
    #[must_use]
    pub fn may_issue(&self, branch: Branch) -> bool {
        self.issuer_branches.contains(&branch)
    }

    /// How many items a reply to a document with these fields has to answer one by one; `None`
    /// if there is no such list.
    #[must_use]
    pub fn items_to_answer(&self, fields: &Map<String, Value>) -> Option<usize> {
        let items = fields.get(self.itemised.as_deref()?)?.as_array()?;
        Some(items.len())
    }

    /// The deadline rule for a document with these fields.
    #[must_use]
    pub fn deadline_rule_for(&self, fields: &Map<String, Value>) -> Option<&str> {
        self.deadline_choices
            .iter()
            .find(|choice| holds(fields, &choice.field, &choice.is))
            .map(|choice| choice.rule.as_str())
            .or(self.deadline_rule.as_deref())
    }
}

/// Whether a field has been given the value that a rule in `kinds.toml` names.
fn holds(fields: &Map<String, Value>, name: &str, is: &str) -> bool {
    match fields.get(name) {
        Some(Value::String(text)) => text == is,
        Some(Value::Bool(yes)) => yes.to_string() == is,
        _ => false,
    }
}
