//! What a deadline rule and a ladder of reminders must say.

use std::collections::BTreeSet;

use super::{DEADLINES, Place, Rules, RulesFault, rule_place};
use crate::domain::{
    DeadlineRule, Term,
    deadline::{Haste, Ladder, Moment},
};

/// No term of public law is longer than five years; a larger number is a slip.
const MAX_MONTHS: u16 = 60;
const MAX_DAYS: u16 = 1_830;

pub(super) fn check_ladder(ladder: &Ladder) -> Result<(), RulesFault> {
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

pub(super) fn check_rule(rule: &DeadlineRule, rules: &Rules) -> Result<(), RulesFault> {
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
