//! The rules as data: kinds, deadlines and calendars, read from the files that an operator edits.
//!
//! The rules move and localities differ, so nothing of them is a constant of the program. Reading
//! is strict: a rule file with a slip in it is refused with the place of the slip.

mod cross_check;
mod fault;
mod files;
#[cfg(test)]
mod tests;

use jiff::civil::Date;

pub use fault::RulesFault;

use super::{Branch, Calendar, DeadlineRule, Kind, deadline::Ladder};

const KINDS: &str = include_str!("../../../config/kinds.toml");
const DEADLINES: &str = include_str!("../../../config/deadlines.toml");
const YEARS: [&str; 4] = [
    include_str!("../../../config/workdays/2023.toml"),
    include_str!("../../../config/workdays/2024.toml"),
    include_str!("../../../config/workdays/2025.toml"),
    include_str!("../../../config/workdays/2026.toml"),
];

/// Everything that the hub knows about kinds of documents and their terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// All versions of all kinds, in the order of the file.
    pub kinds: Vec<Kind>,
    /// All versions of all deadline rules, in the order of the file.
    pub deadline_rules: Vec<DeadlineRule>,
    /// The reminder ladders that the deadline rules refer to.
    pub ladders: Vec<Ladder>,
    /// The working days.
    pub calendar: Calendar,
}

impl Rules {
    /// Reads `kinds.toml`, `deadlines.toml` and the files of `workdays/`, and holds them against
    /// each other.
    pub fn from_toml(kinds: &str, deadlines: &str, years: &[&str]) -> Result<Self, RulesFault> {
        let (deadline_rules, ladders) = files::read_deadlines(deadlines)?;
        let rules = Self {
            kinds: files::read_kinds(kinds)?,
            deadline_rules,
            ladders,
            calendar: files::read_years(years)?,
        };
        cross_check::check(&rules)?;
        Ok(rules)
    }

    /// The rules that the hub is shipped with.
    ///
    /// # Panics
    ///
    /// Never: the files are part of the program, and a test reads them.
    #[must_use]
    pub fn built_in() -> Self {
        Self::from_toml(KINDS, DEADLINES, &YEARS).expect("the shipped rules are sound")
    }

    /// The kind as it is on a day; kinds that are switched off are found too, for the documents
    /// that exist of them.
    #[must_use]
    pub fn kind(&self, code: &str, on: Date) -> Option<&Kind> {
        self.kinds
            .iter()
            .find(|kind| kind.code == code && kind.is_in_force(on))
    }

    /// The very version of a kind that a document was made under.
    #[must_use]
    pub fn kind_version(&self, code: &str, version: u16) -> Option<&Kind> {
        self.kinds
            .iter()
            .find(|kind| kind.code == code && kind.version == version)
    }

    /// What the kind is called, by its latest version; its code where there is no such kind.
    #[must_use]
    pub fn kind_name<'a>(&'a self, code: &'a str) -> &'a str {
        let mut versions = self.kinds.iter().rev();
        let latest = versions.find(|kind| kind.code == code);
        latest.map_or(code, |kind| &kind.name)
    }

    /// Every kind as it is on a day, in the order of the file.
    pub fn kinds_on(&self, on: Date) -> impl Iterator<Item = &Kind> {
        self.kinds.iter().filter(move |kind| kind.is_in_force(on))
    }

    /// Every deadline rule as it is on a day, in the order of the file.
    pub fn deadline_rules_on(&self, on: Date) -> impl Iterator<Item = &DeadlineRule> {
        self.deadline_rules
            .iter()
            .filter(move |rule| rule.is_in_force(on))
    }

    /// The kinds that units of a branch may draft on a day, in the order of the file.
    pub fn kinds_for(&self, branch: Branch, on: Date) -> impl Iterator<Item = &Kind> {
        self.kinds
            .iter()
            .filter(move |kind| kind.enabled && kind.is_in_force(on) && kind.may_issue(branch))
    }

    /// The deadline rule as it is on a day.
    #[must_use]
    pub fn deadline_rule(&self, code: &str, on: Date) -> Option<&DeadlineRule> {
        self.deadline_rules
            .iter()
            .find(|rule| rule.code == code && rule.is_in_force(on))
    }

    /// The very version of a deadline rule that a due date was computed under.
    #[must_use]
    pub fn deadline_rule_version(&self, code: &str, version: u16) -> Option<&DeadlineRule> {
        self.deadline_rules
            .iter()
            .find(|rule| rule.code == code && rule.version == version)
    }

    /// The reminder ladder of that code.
    #[must_use]
    pub fn ladder(&self, code: &str) -> Option<&Ladder> {
        self.ladders.iter().find(|ladder| ladder.code == code)
    }
}
