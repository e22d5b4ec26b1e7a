//! Holding the rule files against each other: what one names, another must define.

mod deadlines;
mod kinds;

use jiff::civil::Date;

use super::{
    Rules, RulesFault,
    files::{DEADLINES, KINDS},
};
use crate::domain::{Calendar, CalendarYear, DeadlineRule, Kind};

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

pub(in crate::domain::rules) fn kind_section(code: &str, version: u16) -> String {
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
pub(in crate::domain::rules) fn check_year(year: &CalendarYear) -> Result<(), RulesFault> {
    let file = format!("workdays/{}.toml", year.year);
    let place = Place {
        file: &file,
        section: String::new(),
    };
    Calendar::new([year.clone()])
        .map(drop)
        .map_err(|fault| place.fault("", fault.to_string()))
}

pub(in crate::domain::rules) fn check(rules: &Rules) -> Result<(), RulesFault> {
    for ladder in &rules.ladders {
        deadlines::check_ladder(ladder)?;
    }
    check_versions(&rules.deadline_rules, Versioned::of_rule)?;
    for rule in &rules.deadline_rules {
        deadlines::check_rule(rule, rules)?;
    }
    check_versions(&rules.kinds, Versioned::of_kind)?;
    for kind in &rules.kinds {
        kinds::check_kind(kind, rules)?;
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
