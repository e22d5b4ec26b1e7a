//! Checking one value against its field.

use jiff::civil::Date;
use serde_json::{Map, Value};

use super::{
    Adoption, FieldFault, FieldKind, FieldSpec,
    check::{FaultCode, is_absent, pointer},
};
use crate::domain::{CaseNumber, DocNumber, RegistrationNumber, fold::narrow};

/// What is wrong with a part of a value: where below the field, and what.
type Flaw = (String, FaultCode, String);

impl FieldSpec {
    /// What is wrong with a value; whether one is required is not asked here.
    pub(super) fn check(&self, value: Option<&Value>) -> Vec<FieldFault> {
        let Some(value) = value.filter(|value| !is_absent(Some(value))) else {
            return Vec::new();
        };
        let flaws = self.flaws(value).unwrap_or_else(|| {
            let expected = format!("应为{}", json_type(self.kind));
            vec![(String::new(), FaultCode::WrongType, expected)]
        });
        let fault = |(place, code, detail): Flaw| {
            let detail = format!("“{}”{detail}", self.label);
            FieldFault::error(pointer(&self.name) + &place, code, detail)
        };
        flaws.into_iter().map(fault).collect()
    }

    /// The flaws of a value, or `None` if it is of another JSON type.
    fn flaws(&self, value: &Value) -> Option<Vec<Flaw>> {
        let flaw = match self.kind {
            FieldKind::Text => self.text_flaw(value.as_str()?, false),
            FieldKind::LongText => self.text_flaw(value.as_str()?, true),
            FieldKind::Date => date_flaw(value.as_str()?),
            FieldKind::Phone => phone_flaw(value.as_str()?),
            FieldKind::CaseNumber => number_flaw(value.as_str()?.parse::<CaseNumber>().err()),
            FieldKind::DocNumber => number_flaw(value.as_str()?.parse::<DocNumber>().err()),
            FieldKind::RegistrationNumber => {
                number_flaw(value.as_str()?.parse::<RegistrationNumber>().err())
            }
            FieldKind::Choice => self.choice_flaw(value.as_str()?),
            FieldKind::Number => self.number_flaw(value.as_u64()?),
            FieldKind::Bool => value.as_bool().map(|_| None)?,
            FieldKind::Choices => return self.choices_flaws(value.as_array()?),
            FieldKind::TextList => {
                return self.list_flaws(value.as_array()?, |item| {
                    Some(self.item_flaw(item.as_str()?))
                });
            }
            FieldKind::Adoptions => {
                return self.list_flaws(value.as_array()?, |item| {
                    self.adoption_flaw(item.as_object()?)
                });
            }
        };
        Some(
            flaw.map(|(code, detail)| (String::new(), code, detail))
                .into_iter()
                .collect(),
        )
    }

    fn text_flaw(&self, text: &str, lines: bool) -> Option<(FaultCode, String)> {
        let length = text.chars().count();
        if length > self.max_chars {
            let max = self.max_chars;
            return Some((
                FaultCode::TooLong,
                format!("最多 {max} 个字，现有 {length} 个字"),
            ));
        }
        let bad = |c: char| c.is_control() && !(lines && matches!(c, '\n' | '\r' | '\t'));
        text.contains(bad).then(|| {
            let what = if lines {
                "不能含有控制字符"
            } else {
                "不能换行，也不能含有控制字符"
            };
            (FaultCode::ControlCharacter, what.to_owned())
        })
    }

    fn item_flaw(&self, item: &str) -> Option<(FaultCode, String)> {
        if item.trim().is_empty() {
            return Some((FaultCode::BadItem, "的这一条是空的".to_owned()));
        }
        self.text_flaw(item, true)
    }

    fn choice_flaw(&self, code: &str) -> Option<(FaultCode, String)> {
        self.choice(code).is_none().then(|| {
            let codes: Vec<_> = self
                .choices
                .iter()
                .map(|choice| format!("{}（{}）", choice.code, choice.label))
                .collect();
            (
                FaultCode::NotAChoice,
                format!("应为以下之一：{}", codes.join("、")),
            )
        })
    }

    fn number_flaw(&self, number: u64) -> Option<(FaultCode, String)> {
        let max = self.max_number;
        (number > max).then(|| (FaultCode::TooMany, format!("不能大于 {max}")))
    }

    fn choices_flaws(&self, items: &[Value]) -> Option<Vec<Flaw>> {
        let mut flaws = self.list_flaws(items, |item| Some(self.choice_flaw(item.as_str()?)))?;
        let repeated = items
            .iter()
            .enumerate()
            .filter(|(at, item)| items[..*at].contains(item));
        let repeats = repeated.map(|(at, _)| {
            (
                format!("/{at}"),
                FaultCode::BadItem,
                "的选项不能重复".to_owned(),
            )
        });
        flaws.extend(repeats);
        Some(flaws)
    }

    fn list_flaws(
        &self,
        items: &[Value],
        check: impl Fn(&Value) -> Option<Option<(FaultCode, String)>>,
    ) -> Option<Vec<Flaw>> {
        if items.len() > self.max_items {
            let detail = format!("最多 {} 条，现有 {} 条", self.max_items, items.len());
            return Some(vec![(String::new(), FaultCode::TooMany, detail)]);
        }
        let mut flaws = Vec::new();
        for (at, item) in items.iter().enumerate() {
            flaws.extend(check(item)?.map(|(code, detail)| (format!("/{at}"), code, detail)));
        }
        Some(flaws)
    }

    /// An answer to one suggestion says what became of it; unless it was simply followed, also why.
    #[expect(
        clippy::option_option,
        reason = "not of this type, of this type and right, or wrong"
    )]
    fn adoption_flaw(&self, item: &Map<String, Value>) -> Option<Option<(FaultCode, String)>> {
        if item.keys().any(|key| key != "adoption" && key != "detail") {
            return None;
        }
        let Ok(adoption) = item.get("adoption")?.as_str()?.parse::<Adoption>() else {
            let codes: Vec<_> = Adoption::ALL
                .iter()
                .map(|of| format!("{}（{of}）", of.code()))
                .collect();
            let detail = format!("的采纳情况应为以下之一：{}", codes.join("、"));
            return Some(Some((FaultCode::NotAChoice, detail)));
        };
        let detail = match item.get("detail") {
            None | Some(Value::Null) => "",
            Some(detail) => detail.as_str()?,
        };
        if adoption != Adoption::Adopted && detail.trim().is_empty() {
            let detail = format!("的这一条为“{adoption}”，应当说明理由");
            return Some(Some((FaultCode::Required, detail)));
        }
        Some(self.text_flaw(detail, true))
    }
}

fn date_flaw(text: &str) -> Option<(FaultCode, String)> {
    // The parser also takes a date within other forms, which would then be kept as typed.
    let plain = text
        .parse::<Date>()
        .is_ok_and(|date| date.to_string() == text);
    (!plain).then(|| (FaultCode::NotADate, "应为“2026-10-08”这样的日期".to_owned()))
}

fn phone_flaw(text: &str) -> Option<(FaultCode, String)> {
    let plain: String = text.chars().map(narrow).collect();
    let digits = plain.chars().filter(char::is_ascii_digit).count();
    let known = plain
        .chars()
        .all(|c| c.is_ascii_digit() || "+-() 转".contains(c));
    (!known || !(3..=24).contains(&digits) || plain.chars().count() > 40).then(|| {
        (
            FaultCode::NotAPhone,
            "应为电话号码，例如“0432-65250000”".to_owned(),
        )
    })
}

fn number_flaw(fault: Option<impl ToString>) -> Option<(FaultCode, String)> {
    fault.map(|fault| {
        (
            FaultCode::NotANumber,
            format!("有误：{}", fault.to_string()),
        )
    })
}

fn json_type(kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::Bool => "布尔值 true 或者 false",
        FieldKind::Number => "不小于零的整数",
        FieldKind::Choices | FieldKind::TextList => "字符串数组",
        FieldKind::Adoptions => "由 adoption 和 detail 组成的对象数组",
        _ => "字符串",
    }
}
