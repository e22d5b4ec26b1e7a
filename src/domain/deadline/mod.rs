//! When an answer is due, and why: the rules of counting, and the rules of each kind of document.
//!
//! No statute says how the term of a 建议 is counted; the method of the 民事诉讼法 and the 民法典
//! is used by analogy, and every [`DueDate`] tells its own derivation.

mod due;
mod extension;
mod hours;
mod ladder;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod tests;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use due::{DueDate, Step, Term, Written};
pub use extension::{Extension, ExtensionBy, ExtensionFault};
pub use hours::OfficeHours;
pub use ladder::{
    Audience, Circumstances, EscalationLevel, Ladder, LadderStep, Moment, TermLength,
};

use super::{Calendar, kind::Urgency, labelled::labelled};

labelled! {
    /// The event that a term is counted from. Its own day does not count.
    pub enum Anchor {
        /// The recipient signed for the document, or is deemed to have.
        Signing = "signing", "签收日";
        /// The document reached the recipient's box.
        Arrival = "arrival", "到达日";
        /// An objection reached the issuer.
        Objection = "objection", "收到异议日";
        /// The period that is reported on has ended.
        PeriodEnd = "period_end", "报告期末日";
    }
}

/// What applies to urgent documents instead of the ordinary term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Haste {
    /// The shorter term.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub term: Option<Term>,
    /// The issuer has to write the limit into the document.
    #[serde(default)]
    pub written: bool,
}

/// One version of the rule for one kind of term.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeadlineRule {
    /// Names the rule through all its versions.
    pub code: String,
    /// Counts the versions, from 1.
    pub version: u16,
    /// What is due, in Chinese.
    pub name: String,
    /// The first day on which this version applies.
    pub effective_from: Date,
    /// The last day on which this version applies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_to: Option<Date>,
    /// What the term is counted from.
    pub anchor: Anchor,
    /// The term where the document names none; without it the matter is followed but not timed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub term: Option<Term>,
    /// The issuer has to write a limit into the document.
    #[serde(default)]
    pub written: bool,
    /// What applies to 加急 documents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urgent: Option<Haste>,
    /// What applies to 特急 documents; without it, what applies to 加急 ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extra_urgent: Option<Haste>,
    /// For a hearing: it must be notified at least this many days before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice_days: Option<u16>,
    /// Whether and how the term may be extended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<Extension>,
    /// Code of the [`Ladder`] of reminders.
    pub ladder: String,
    /// The legal basis, in Chinese.
    pub basis: String,
    /// What may follow when nothing is heard, in Chinese.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub follow_up: String,
}

impl DeadlineRule {
    /// Whether this version applies on the day.
    #[must_use]
    pub fn is_in_force(&self, on: Date) -> bool {
        self.effective_from <= on && self.effective_to.is_none_or(|last| on <= last)
    }

    /// Whether the issuer must write a limit into a document of this urgency.
    #[must_use]
    pub fn needs_written(&self, urgency: Urgency) -> bool {
        self.haste(urgency)
            .map_or(self.written, |haste| haste.written)
    }

    /// The day by whose end the duty is to be met, for a document whose term starts with
    /// `anchor`. What is `written` in the document wins over the rule. `None` if neither sets
    /// a limit.
    #[must_use]
    pub fn due(
        &self,
        anchor: Date,
        written: Option<Written>,
        urgency: Urgency,
        calendar: &Calendar,
    ) -> Option<DueDate> {
        match written {
            Some(Written::On(date)) => Some(self.due_as_written(anchor, date, calendar)),
            Some(Written::Within(term)) => {
                Some(self.due_after(anchor, term, "文书写明的期限", calendar))
            }
            None => {
                let hastened = self.haste(urgency).and_then(|haste| haste.term);
                let name = if hastened.is_some() {
                    urgency.label()
                } else {
                    "规定的期限"
                };
                let term = hastened.or(self.term)?;
                Some(self.due_after(anchor, term, name, calendar))
            }
        }
    }

    /// The last day on which a hearing on `hearing_on` may still be notified, if the rule
    /// demands notice.
    #[must_use]
    pub fn notify_by(&self, hearing_on: Date) -> Option<Date> {
        let days = i64::from(self.notice_days?);
        Some(hearing_on.saturating_sub(jiff::Span::new().days(days)))
    }

    fn haste(&self, urgency: Urgency) -> Option<Haste> {
        match urgency {
            Urgency::Normal => None,
            Urgency::Urgent => self.urgent,
            Urgency::ExtraUrgent => self.extra_urgent.or(self.urgent),
        }
    }
}
