//! Counting a term, and telling how it was counted.

use std::{collections::BTreeSet, fmt};

use jiff::{Span, civil::Date};
use serde::{Deserialize, Serialize};

use super::DeadlineRule;
use crate::domain::{Calendar, DayKind};

/// A length of time as the law states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Term {
    /// Calendar months, ending on the same-numbered day.
    Months(u16),
    /// Calendar days.
    Days(u16),
    /// Working days.
    WorkingDays(u16),
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Months(months) => write!(f, "{months}个月"),
            Self::Days(days) => write!(f, "{days}日"),
            Self::WorkingDays(days) => write!(f, "{days}个工作日"),
        }
    }
}

impl Term {
    /// The last day of the term, before rest days are looked at.
    #[must_use]
    pub fn end(self, anchor: Date, calendar: &Calendar) -> Date {
        match self {
            Self::Months(months) => anchor.saturating_add(Span::new().months(i64::from(months))),
            Self::Days(days) => anchor.saturating_add(Span::new().days(i64::from(days))),
            Self::WorkingDays(days) => calendar.add_working_days(anchor, days),
        }
    }
}

/// The limit that stands in the document itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Written {
    /// By the end of this day, which stands even if it is a rest day.
    On(Date),
    /// Within this term, counted like any other.
    Within(Term),
}

impl From<Date> for Written {
    fn from(date: Date) -> Self {
        Self::On(date)
    }
}

impl From<Term> for Written {
    fn from(term: Term) -> Self {
        Self::Within(term)
    }
}

/// One step of a derivation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What is said of the day, in Chinese, with the article it rests on.
    pub text: String,
    /// The day that the step arrives at.
    pub date: Date,
}

/// A due date that can be explained.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueDate {
    /// The day of the event that the term starts with.
    pub anchor_on: Date,
    /// The last day for the answer, until 24:00 in Asia/Shanghai.
    pub due_on: Date,
    /// The last day of the term before it was moved out of rest days.
    pub raw_end_on: Date,
    /// A notice still to come may move the date.
    pub provisional: bool,
    /// The years whose calendars the date rests on, oldest first.
    pub years_used: Vec<i16>,
    /// The derivation, in order.
    pub steps: Vec<Step>,
    /// The legal basis of the term, in Chinese.
    pub basis: String,
    /// Which rule was applied.
    pub rule_code: String,
    /// Which version of it.
    pub rule_version: u16,
}

impl DeadlineRule {
    pub(super) fn due_as_written(&self, anchor: Date, date: Date, calendar: &Calendar) -> DueDate {
        let mut text = format!("文书写明的日期为 {date}，以文书写明的为准");
        if !calendar.is_working_day(date) {
            text.push_str("；当日为");
            text.push_str(calendar.day(date).label());
            text.push_str("，但写明的是确定的日期，不顺延");
        }
        let steps = vec![Step { text, date }];
        self.due_date(anchor, (date, date), BTreeSet::new(), steps, calendar)
    }

    pub(super) fn due_after(
        &self,
        anchor: Date,
        term: Term,
        name: &str,
        calendar: &Calendar,
    ) -> DueDate {
        let raw_end = term.end(anchor, calendar);
        let due = calendar.next_working_day_on_or_after(raw_end);
        let years = years_used(anchor, term, raw_end, due);
        let mut steps = vec![
            start_step(self, anchor),
            end_step(anchor, term, name, raw_end),
        ];
        steps.extend(roll_step(raw_end, due, term, calendar));
        self.due_date(anchor, (raw_end, due), years, steps, calendar)
    }

    fn due_date(
        &self,
        anchor_on: Date,
        (raw_end_on, due_on): (Date, Date),
        years: BTreeSet<i16>,
        mut steps: Vec<Step>,
        calendar: &Calendar,
    ) -> DueDate {
        let unpublished: Vec<String> = years
            .iter()
            .filter(|year| !calendar.is_published(**year))
            .map(i16::to_string)
            .collect();
        let provisional = !unpublished.is_empty();
        if provisional {
            let years = unpublished.join("、");
            let text = format!("{years} 年的放假安排尚未公布，暂按普通周末推算，公布后重新核算");
            steps.push(Step { text, date: due_on });
        }
        DueDate {
            anchor_on,
            due_on,
            raw_end_on,
            provisional,
            years_used: years.into_iter().collect(),
            steps,
            basis: self.basis.clone(),
            rule_code: self.code.clone(),
            rule_version: self.version,
        }
    }
}

/// Of a term in months or days only the end is looked up in the calendar; of a term in working
/// days, every day.
fn years_used(anchor: Date, term: Term, raw_end: Date, due: Date) -> BTreeSet<i16> {
    let first = match term {
        Term::WorkingDays(_) => anchor.tomorrow().unwrap_or(anchor).min(raw_end),
        Term::Months(_) | Term::Days(_) => raw_end,
    };
    let mut years: BTreeSet<i16> = (first.year()..=due.year()).collect();
    years.extend(Calendar::years_deciding(due));
    years
}

fn start_step(rule: &DeadlineRule, anchor: Date) -> Step {
    let first = anchor.tomorrow().unwrap_or(anchor);
    let event = rule.anchor.label();
    Step {
        text: format!(
            "{event}为 {anchor}，当日不计入，自 {first} 起算\
             （参照《民法典》第二百零一条、《民事诉讼法》第八十五条）"
        ),
        date: first,
    }
}

fn end_step(anchor: Date, term: Term, name: &str, end: Date) -> Step {
    let text = match term {
        Term::Months(_) if end.day() == anchor.day() => {
            format!("{name}为{term}，届满日为到期月的对应日 {end}（《民法典》第二百零二条）")
        }
        Term::Months(_) => {
            format!(
                "{name}为{term}，到期月没有对应日，届满日为该月末日 {end}（《民法典》第二百零二条）"
            )
        }
        Term::Days(_) => format!("{name}为{term}，按日历日计算，届满日为 {end}"),
        Term::WorkingDays(_) => {
            format!("{name}为{term}，不计休息日和节假日，计入调休上班日，届满日为 {end}")
        }
    };
    Step { text, date: end }
}

/// Says what became of the last day; a plain working day needs no word.
fn roll_step(end: Date, due: Date, term: Term, calendar: &Calendar) -> Option<Step> {
    const BASIS: &str = "（《民法典》第二百零三条，参照《民事诉讼法》第八十五条）";
    let text = match calendar.day(end) {
        DayKind::Working => return None,
        DayKind::MakeUpWork if matches!(term, Term::WorkingDays(_)) => return None,
        DayKind::MakeUpWork => format!("{end} 为调休上班日，按工作日对待，不顺延"),
        kind @ (DayKind::Weekend | DayKind::Holiday) => {
            format!(
                "{end} 为{}，顺延至其后第一个工作日 {due}{BASIS}",
                kind.label()
            )
        }
    };
    Some(Step { text, date: due })
}
