//! Reminders and the first rungs of escalation, as data.

use jiff::{Span, civil::Date};
use serde::{Deserialize, Serialize};

use crate::domain::{Calendar, labelled::labelled};

/// A term of at most this many days is short: it is reminded of at half-time instead of by a
/// long row of days.
const SHORT_TERM_DAYS: i32 = 15;

labelled! {
    /// How far a matter has been pushed; it only ever rises.
    pub enum EscalationLevel {
        /// Nothing has been done.
        None = "none", "无";
        /// The system has reminded.
        System = "system", "系统提醒";
        /// The issuer or the office has urged.
        Urge = "urge", "催办";
        /// The office has issued a notice of supervision.
        Supervision = "supervision", "督办通知";
        /// The issuer has told the recipient's superior.
        Superior = "superior", "告知上级主管";
        /// The issuer has reported to the Party committee, congress, government or discipline organ.
        Report = "report", "通报报告";
    }
}

labelled! {
    /// Who is reminded.
    pub enum Audience {
        /// Those who receive documents for the unit.
        Clerk = "clerk", "收发员";
        /// Those who handle the matter.
        Handler = "handler", "承办人";
        /// The unit's liaison to the joint conference.
        Liaison = "liaison", "联络员";
        /// The head of the unit.
        Leader = "leader", "单位负责人";
    }
}

labelled! {
    /// Whether a term is short or long, by its days from anchor to due date.
    pub enum TermLength {
        /// At most 15 days.
        Short = "short", "十五日以内";
        /// More than 15 days.
        Long = "long", "超过十五日";
    }
}

/// When a reminder falls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// On arrival.
    Arrival,
    /// So many working days after arrival, if nobody has signed.
    Unsigned(u16),
    /// So many days before the due date.
    BeforeDue(u16),
    /// When half of the term has passed.
    HalfTime,
    /// So many days after the due date.
    Overdue(u16),
}

/// One reminder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LadderStep {
    /// Names the step within its ladder; each step is taken once for each obligation.
    pub code: String,
    /// When it falls.
    pub when: Moment,
    /// Only for terms of this length.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<TermLength>,
    /// The level that the matter rises to.
    #[serde(default = "no_escalation")]
    pub level: EscalationLevel,
    /// Who is told.
    pub to: Vec<Audience>,
}

fn no_escalation() -> EscalationLevel {
    EscalationLevel::None
}

/// A row of reminders that deadline rules refer to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ladder {
    /// Names the ladder.
    pub code: String,
    /// What it is for, in Chinese.
    pub name: String,
    /// The reminders.
    pub steps: Vec<LadderStep>,
}

/// What is known of one delivery when its reminders are planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Circumstances {
    /// When it arrived.
    pub arrived_on: Date,
    /// When it was signed for.
    pub signed_on: Option<Date>,
    /// When its term began.
    pub anchor_on: Option<Date>,
    /// When it is due.
    pub due_on: Option<Date>,
}

impl Ladder {
    /// The reminders that apply, with their days, earliest first.
    #[must_use]
    pub fn schedule(&self, of: &Circumstances, calendar: &Calendar) -> Vec<(&LadderStep, Date)> {
        let dated = |step| Some((step, LadderStep::falls_on(step, of, calendar)?));
        let mut schedule: Vec<_> = self.steps.iter().filter_map(dated).collect();
        schedule.sort_by_key(|(_, date)| *date);
        schedule
    }
}

impl LadderStep {
    /// The day of this reminder, or `None` if it does not apply.
    #[must_use]
    pub fn falls_on(&self, of: &Circumstances, calendar: &Calendar) -> Option<Date> {
        if self.only.is_some() && self.only != of.length() {
            return None;
        }
        match self.when {
            Moment::Arrival => Some(of.arrived_on),
            Moment::Unsigned(days) => {
                let day = calendar.add_working_days(of.arrived_on, days);
                of.signed_on
                    .is_none_or(|signed| signed > day)
                    .then_some(day)
            }
            Moment::BeforeDue(days) => {
                let day = of.due_on?.saturating_sub(span(days));
                of.anchor_on
                    .is_none_or(|anchor| day > anchor)
                    .then_some(day)
            }
            Moment::HalfTime => {
                let (anchor, due) = (of.anchor_on?, of.due_on?);
                let half = days_between(anchor, due) / 2;
                (half > 0).then(|| anchor.saturating_add(Span::new().days(half)))
            }
            Moment::Overdue(days) => Some(of.due_on?.saturating_add(span(days))),
        }
    }
}

impl Circumstances {
    fn length(&self) -> Option<TermLength> {
        let days = days_between(self.anchor_on?, self.due_on?);
        Some(if days <= SHORT_TERM_DAYS {
            TermLength::Short
        } else {
            TermLength::Long
        })
    }
}

fn span(days: u16) -> Span {
    Span::new().days(i64::from(days))
}

fn days_between(from: Date, to: Date) -> i32 {
    (to - from).get_days()
}
