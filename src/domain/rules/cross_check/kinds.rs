//! What a kind of document must say, and that everything it names exists.

use super::{Place, Rules, RulesFault, kind_place};
use crate::domain::{Duty, Kind, kind::FieldKind};

pub(super) fn check_kind(kind: &Kind, rules: &Rules) -> Result<(), RulesFault> {
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
