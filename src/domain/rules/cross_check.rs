//! Holding the rule files against each other: what one names, another must define.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{
    Rules, RulesFault,
    files::{DEADLINES, KINDS},
};
use crate::domain::{
    Calendar, CalendarYear, DeadlineRule, Duty, Kind, Term,
    deadline::{Haste, Ladder, Moment},
    kind::FieldKind,
};

/// No term of public law is longer than five years; a larger number is a slip.
const MAX_MONTHS: u16 = 60;
const MAX_DAYS: u16 = 1_830;

/// A place in the files that can complain.
struct Place<'a> {
    file: &'a str,
    section: String,
}

impl Place<'_> {
    fn fault(&self, key: &str, detail: impl Into<String>) -> RulesFault {
        RulesFault {
            file: self.file.to_owned(),
            section: self.section.clone(),
            key: key.to_owned(),
            detail: detail.into(),
        }
    }

    fn demand(&self, holds: bool, key: &str, detail: impl Into<String>) -> Result<(), RulesFault> {
        if holds {
            Ok(())
        } else {
            Err(self.fault(key, detail))
        }
    }

    fn text(&self, key: &str, text: &str) -> Result<(), RulesFault> {
        self.demand(!text.trim().is_empty(), key, "不能是空的")
    }
}

pub(super) fn kind_section(code: &str, version: u16) -> String {
    format!("[[kind]] {code}（第 {version} 版）")
}

fn kind_place(kind: &Kind) -> Place<'static> {
    Place {
        file: KINDS,
        section: kind_section(&kind.code, kind.version),
    }
}

fn rule_place(rule: &DeadlineRule) -> Place<'static> {
    let section = format!("[[rule]] {}（第 {} 版）", rule.code, rule.version);
    Place {
        file: DEADLINES,
        section,
    }
}

/// Checks one year while it is still known which file it is.
pub(super) fn check_year(year: &CalendarYear) -> Result<(), RulesFault> {
    let file = format!("workdays/{}.toml", year.year);
    let place = Place {
        file: &file,
        section: String::new(),
    };
    Calendar::new([year.clone()])
        .map(drop)
        .map_err(|fault| place.fault("", fault.to_string()))
}

pub(super) fn check(rules: &Rules) -> Result<(), RulesFault> {
    for ladder in &rules.ladders {
        check_ladder(ladder)?;
    }
    check_versions(&rules.deadline_rules, Versioned::of_rule)?;
    for rule in &rules.deadline_rules {
        check_rule(rule, rules)?;
    }
    check_versions(&rules.kinds, Versioned::of_kind)?;
    for kind in &rules.kinds {
        check_kind(kind, rules)?;
    }
    Ok(())
}

/// What versions of kinds and of rules have in common.
struct Versioned<'a> {
    place: Place<'static>,
    code: &'a str,
    version: u16,
    from: Date,
    to: Date,
}

impl<'a> Versioned<'a> {
    fn of_kind(kind: &'a Kind) -> Self {
        let to = kind.effective_to.unwrap_or(Date::MAX);
        let (code, version, from) = (&kind.code, kind.version, kind.effective_from);
        Self {
            place: kind_place(kind),
            code,
            version,
            from,
            to,
        }
    }

    fn of_rule(rule: &'a DeadlineRule) -> Self {
        let to = rule.effective_to.unwrap_or(Date::MAX);
        let (code, version, from) = (&rule.code, rule.version, rule.effective_from);
        Self {
            place: rule_place(rule),
            code,
            version,
            from,
            to,
        }
    }

    fn check(&self) -> Result<(), RulesFault> {
        let plain = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-';
        let code_ok = !self.code.is_empty() && self.code.chars().all(plain);
        self.place
            .demand(code_ok, "code", "代码由大写字母、数字和“-”组成")?;
        self.place
            .demand(self.version > 0, "version", "版本从 1 起编")?;
        self.place
            .demand(self.from <= self.to, "effective_to", "早于 effective_from")
    }

    fn check_against(&self, earlier: &Self) -> Result<(), RulesFault> {
        if self.code != earlier.code {
            return Ok(());
        }
        let other = earlier.version;
        self.place.demand(
            self.version != other,
            "version",
            "同一代码、同一版本出现了两次",
        )?;
        let apart = self.to < earlier.from || earlier.to < self.from;
        self.place.demand(
            apart,
            "effective_from",
            format!("与第 {other} 版的施行期间重叠"),
        )
    }
}

fn check_versions<'a, T>(
    items: &'a [T],
    of: impl Fn(&'a T) -> Versioned<'a>,
) -> Result<(), RulesFault> {
    let mut seen: Vec<Versioned<'a>> = Vec::new();
    for item in items {
        let version = of(item);
        version.check()?;
        seen.iter()
            .try_for_each(|earlier| version.check_against(earlier))?;
        seen.push(version);
    }
    Ok(())
}

fn check_ladder(ladder: &Ladder) -> Result<(), RulesFault> {
    let place = Place {
        file: DEADLINES,
        section: format!("[[ladder]] {}", ladder.code),
    };
    place.text("code", &ladder.code)?;
    place.text("name", &ladder.name)?;
    let mut codes = BTreeSet::new();
    for step in &ladder.steps {
        let code = &step.code;
        place.demand(
            codes.insert(code),
            "steps",
            format!("步骤“{code}”出现了两次"),
        )?;
        place.demand(
            !step.to.is_empty(),
            "steps",
            format!("步骤“{code}”没有写明提醒谁（to）"),
        )?;
        let days = match step.when {
            Moment::Arrival | Moment::HalfTime => 0,
            Moment::Unsigned(days) | Moment::BeforeDue(days) | Moment::Overdue(days) => days,
        };
        place.demand(days <= MAX_DAYS, "steps", format!("步骤“{code}”的天数过大"))?;
    }
    Ok(())
}

fn check_rule(rule: &DeadlineRule, rules: &Rules) -> Result<(), RulesFault> {
    let place = rule_place(rule);
    place.text("name", &rule.name)?;
    place.text("basis", &rule.basis)?;
    let ladder = &rule.ladder;
    let known = rules.ladder(ladder).is_some();
    place.demand(known, "ladder", format!("没有名为“{ladder}”的 [[ladder]]"))?;
    let same = rules
        .ladders
        .iter()
        .filter(|other| other.code == *ladder)
        .count();
    place.demand(
        same == 1,
        "ladder",
        format!("有 {same} 个名为“{ladder}”的 [[ladder]]"),
    )?;

    let of_haste = |haste: Option<Haste>| haste.and_then(|haste| haste.term);
    let extension = rule.extension.and_then(|extension| extension.max);
    for (key, term) in [
        ("term", rule.term),
        ("urgent", of_haste(rule.urgent)),
        ("extra_urgent", of_haste(rule.extra_urgent)),
        ("extension", extension),
    ] {
        place.demand(
            term.is_none_or(is_sound),
            key,
            "期限的数目应当在合理范围之内，不能是零",
        )?;
    }
    for (key, haste) in [("urgent", rule.urgent), ("extra_urgent", rule.extra_urgent)] {
        let says = haste.is_none_or(|haste| haste.term.is_some() || haste.written);
        place.demand(says, key, "应当写明 term 或者 written = true")?;
    }
    Ok(())
}

fn is_sound(term: Term) -> bool {
    match term {
        Term::Months(months) => (1..=MAX_MONTHS).contains(&months),
        Term::Days(days) | Term::WorkingDays(days) => (1..=MAX_DAYS).contains(&days),
    }
}

fn check_kind(kind: &Kind, rules: &Rules) -> Result<(), RulesFault> {
    let place = kind_place(kind);
    place.text("name", &kind.name)?;
    place.text("basis", &kind.basis)?;
    place.demand(!kind.issuer_branches.is_empty(), "issuers", "不能是空的")?;
    place.demand(
        !kind.recipient_branches.is_empty(),
        "recipients",
        "不能是空的",
    )?;
    check_kind_rules(kind, rules, &place)?;
    check_kind_replies(kind, rules, &place)?;
    check_kind_fields(kind, &place)
}

/// Every rule that a kind names has a version on the kind's first day.
fn check_kind_rules(kind: &Kind, rules: &Rules, place: &Place<'_>) -> Result<(), RulesFault> {
    let own = kind
        .deadline_rule
        .iter()
        .map(|code| ("deadline_rule", code));
    let chosen = kind
        .deadline_choices
        .iter()
        .map(|choice| ("deadline_choices", &choice.rule));
    let objection = kind
        .objection_rule
        .iter()
        .map(|code| ("objection_rule", code));
    for (key, code) in own.chain(chosen).chain(objection) {
        let known = rules.deadline_rules.iter().any(|rule| rule.code == *code);
        place.demand(known, key, format!("没有名为“{code}”的期限规则"))?;
        let from = kind.effective_from;
        let in_force = rules.deadline_rule(code, from).is_some();
        place.demand(
            in_force,
            key,
            format!("期限规则“{code}”在 {from} 没有施行中的版本"),
        )?;
    }
    let timed = kind.duty == Duty::SignOnly || kind.deadline_rule.is_some();
    place.demand(timed, "deadline_rule", "要求回复的文书种类应当指明期限规则")?;
    let objection = kind.objection_rule.is_none() || kind.allows_objection;
    place.demand(
        objection,
        "objection_rule",
        "不允许异议的文书种类不能有异议处理期限",
    )
}

fn check_kind_replies(kind: &Kind, rules: &Rules, place: &Place<'_>) -> Result<(), RulesFault> {
    for code in &kind.reply_kinds {
        let is_reply = rules
            .kinds
            .iter()
            .any(|other| other.code == *code && other.is_reply);
        place.demand(
            is_reply,
            "reply_kinds",
            format!("没有名为“{code}”的回复类文书种类"),
        )?;
    }
    if kind.duty == Duty::SignOnly {
        return Ok(());
    }
    for recipient in &kind.recipient_branches {
        let answers = |reply: &Kind| {
            kind.reply_kinds.contains(&reply.code)
                && reply.may_issue(*recipient)
                && kind
                    .issuer_branches
                    .iter()
                    .all(|of| reply.recipient_branches.contains(of))
        };
        let answered = rules.kinds.iter().any(answers);
        place.demand(
            answered,
            "reply_kinds",
            format!("{recipient}收到后没有可用的回复文书种类"),
        )?;
    }
    Ok(())
}

fn check_kind_fields(kind: &Kind, place: &Place<'_>) -> Result<(), RulesFault> {
    for field in &kind.fields {
        let takes_choices = matches!(field.kind, FieldKind::Choice | FieldKind::Choices);
        let fits = takes_choices != field.choices.is_empty();
        let name = &field.name;
        place.demand(
            fits,
            "choices",
            format!("单选、多选字段才有也必须有选项，请检查“{name}”"),
        )?;
    }
    let known = |key: &str, name: &str| {
        let known = kind.field(name).is_some();
        place.demand(known, key, format!("本种类没有字段“{name}”"))
    };
    for group in &kind.any_of {
        place.demand(group.len() > 1, "any_of", "每组至少要有两个字段")?;
        group.iter().try_for_each(|name| known("any_of", name))?;
    }
    if let Some(name) = &kind.itemised {
        let is_list = kind
            .field(name)
            .is_some_and(|field| field.kind == FieldKind::TextList);
        place.demand(
            is_list,
            "itemised",
            format!("“{name}”应当是本种类的逐条文字字段"),
        )?;
    }
    for (one, other) in &kind.paired {
        known("paired", one)?;
        known("paired", other)?;
    }
    for rule in &kind.required_when {
        known("required_when", &rule.field)?;
        check_condition(kind, place, "required_when", (&rule.when, &rule.is))?;
    }
    for choice in &kind.deadline_choices {
        check_condition(kind, place, "deadline_choices", (&choice.field, &choice.is))?;
    }
    Ok(())
}

/// A condition asks a field for a value that it can have.
fn check_condition(
    kind: &Kind,
    place: &Place<'_>,
    key: &str,
    (name, is): (&str, &str),
) -> Result<(), RulesFault> {
    let Some(field) = kind.field(name) else {
        return Err(place.fault(key, format!("本种类没有字段“{name}”")));
    };
    let possible = match field.kind {
        FieldKind::Bool => is == "true" || is == "false",
        _ => field.choice(is).is_some(),
    };
    place.demand(possible, key, format!("字段“{name}”不会有“{is}”这个值"))
}
