//! The shape of the rule files.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, de::DeserializeOwned};

use super::{
    RulesFault,
    cross_check::{check_year, kind_section},
};
use crate::domain::{
    Branch, Calendar, CalendarYear, DeadlineRule, Duty, Genre, Kind,
    deadline::Ladder,
    kind::{Choice, DeadlineChoice, FieldKind, FieldSpec, Numbering, Requirement},
};

pub(super) const KINDS: &str = "kinds.toml";
pub(super) const DEADLINES: &str = "deadlines.toml";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KindsFile {
    fields: BTreeMap<String, FieldRow>,
    kind: Vec<KindRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DeadlinesFile {
    ladder: Vec<Ladder>,
    rule: Vec<DeadlineRule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldRow {
    label: String,
    #[serde(default)]
    hint: String,
    kind: FieldKind,
    max_chars: Option<usize>,
    max_items: Option<usize>,
    max_number: Option<u64>,
    #[serde(default)]
    choices: Vec<Choice>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent yes-or-no questions, asked by name in kinds.toml"
)]
struct KindRow {
    code: String,
    version: u16,
    name: String,
    genre: Option<Genre>,
    #[serde(default = "yes")]
    enabled: bool,
    issuers: Vec<Branch>,
    recipients: Vec<Branch>,
    max_main_recipients: Option<usize>,
    duty: Duty,
    deadline_rule: Option<String>,
    #[serde(default)]
    deadline_choices: Vec<DeadlineChoice>,
    #[serde(default)]
    reply_kinds: Vec<String>,
    #[serde(default)]
    is_reply: bool,
    numbering: Numbering,
    #[serde(default)]
    allows_objection: bool,
    objection_rule: Option<String>,
    #[serde(default)]
    allows_extension: bool,
    #[serde(default)]
    required: Vec<String>,
    #[serde(default)]
    optional: Vec<String>,
    #[serde(default)]
    any_of: Vec<Vec<String>>,
    #[serde(default)]
    paired: Vec<(String, String)>,
    #[serde(default)]
    required_when: Vec<Requirement>,
    itemised: Option<String>,
    basis: String,
    effective_from: Date,
    effective_to: Option<Date>,
}

fn yes() -> bool {
    true
}

pub(super) fn read_kinds(text: &str) -> Result<Vec<Kind>, RulesFault> {
    let file: KindsFile = read(KINDS, text)?;
    file.kind
        .into_iter()
        .map(|row| row.resolve(&file.fields))
        .collect()
}

pub(super) fn read_deadlines(text: &str) -> Result<(Vec<DeadlineRule>, Vec<Ladder>), RulesFault> {
    let file: DeadlinesFile = read(DEADLINES, text)?;
    Ok((file.rule, file.ladder))
}

pub(super) fn read_years(texts: &[&str]) -> Result<Calendar, RulesFault> {
    let mut years = Vec::new();
    for (at, text) in texts.iter().enumerate() {
        let year: CalendarYear = read(&format!("workdays（第 {} 个文件）", at + 1), text)?;
        check_year(&year)?;
        years.push(year);
    }
    Calendar::new(years).map_err(|fault| RulesFault {
        file: "workdays".to_owned(),
        section: String::new(),
        key: String::new(),
        detail: fault.to_string(),
    })
}

fn read<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, RulesFault> {
    toml::from_str(text).map_err(|error| RulesFault::unreadable(file, text, &error))
}

impl KindRow {
    /// Looks the fields up in the dictionary of fields.
    fn resolve(self, dictionary: &BTreeMap<String, FieldRow>) -> Result<Kind, RulesFault> {
        let section = kind_section(&self.code, self.version);
        let required = self.required.iter().map(|name| ("required", name, true));
        let optional = self.optional.iter().map(|name| ("optional", name, false));
        let mut fields: Vec<FieldSpec> = Vec::new();
        for (key, name, required) in required.chain(optional) {
            let fault = |detail: String| RulesFault {
                file: KINDS.to_owned(),
                section: section.clone(),
                key: key.to_owned(),
                detail,
            };
            let row = dictionary
                .get(name)
                .ok_or_else(|| fault(format!("[fields] 中没有定义“{name}”")))?;
            if fields.iter().any(|field| field.name == *name) {
                return Err(fault(format!("字段“{name}”列了两次")));
            }
            fields.push(row.spec(name, required));
        }
        Ok(self.with_fields(fields))
    }

    fn with_fields(self, fields: Vec<FieldSpec>) -> Kind {
        Kind {
            code: self.code,
            version: self.version,
            name: self.name,
            genre: self.genre,
            enabled: self.enabled,
            issuer_branches: self.issuers,
            recipient_branches: self.recipients,
            max_main_recipients: self.max_main_recipients,
            duty: self.duty,
            deadline_rule: self.deadline_rule,
            deadline_choices: self.deadline_choices,
            reply_kinds: self.reply_kinds,
            is_reply: self.is_reply,
            numbering: self.numbering,
            allows_objection: self.allows_objection,
            objection_rule: self.objection_rule,
            allows_extension: self.allows_extension,
            fields,
            any_of: self.any_of,
            paired: self.paired,
            required_when: self.required_when,
            itemised: self.itemised,
            basis: self.basis,
            effective_from: self.effective_from,
            effective_to: self.effective_to,
        }
    }
}

impl FieldRow {
    fn spec(&self, name: &str, required: bool) -> FieldSpec {
        let usual_chars = match self.kind {
            FieldKind::LongText => 20_000,
            FieldKind::TextList | FieldKind::Adoptions => 2_000,
            _ => 200,
        };
        FieldSpec {
            name: name.to_owned(),
            label: self.label.clone(),
            hint: self.hint.clone(),
            kind: self.kind,
            required,
            max_chars: self.max_chars.unwrap_or(usual_chars),
            max_items: self.max_items.unwrap_or(50),
            max_number: self.max_number.unwrap_or(1_000_000),
            choices: self.choices.clone(),
        }
    }
}
