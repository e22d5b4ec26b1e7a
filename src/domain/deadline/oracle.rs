//! The calculator against another that only ever goes from one day to the next, in calendars of
//! twenty years that no council has ever decreed, and against examples worked elsewhere.

use std::collections::BTreeSet;

use jiff::civil::{Date, Weekday, date};
use proptest::prelude::*;

use super::{DeadlineRule, Term};
use crate::domain::{Calendar, CalendarYear, Rules, Urgency};

const FIRST_YEAR: i16 = 2030;
const YEARS: i16 = 20;

/// What is off and what is worked, and nothing else: no calendar of the house.
#[derive(Debug, Clone, Default)]
struct Decreed {
    off: BTreeSet<Date>,
    worked: BTreeSet<Date>,
}

fn next(day: Date) -> Date {
    day.tomorrow().unwrap()
}

fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

impl Decreed {
    fn at_work(&self, day: Date) -> bool {
        self.worked.contains(&day) || !(self.off.contains(&day) || is_weekend(day))
    }

    /// The raw end: walks there, one day after the other.
    fn end(&self, anchor: Date, term: Term) -> Date {
        let mut day = anchor;
        match term {
            Term::Days(count) => (0..count).for_each(|_| day = next(day)),
            Term::WorkingDays(count) => {
                let mut left = count;
                while left > 0 {
                    day = next(day);
                    left -= u16::from(self.at_work(day));
                }
            }
            Term::Months(count) => {
                let mut begun = 0;
                while begun < count {
                    day = next(day);
                    begun += u16::from(day.day() == 1);
                }
                // In the month of the end, to the same-numbered day or to the last.
                while count > 0 && day.day() < anchor.day() && next(day).month() == day.month() {
                    day = next(day);
                }
            }
        }
        day
    }

    fn due(&self, anchor: Date, term: Term) -> Date {
        let mut day = self.end(anchor, term);
        while !self.at_work(day) {
            day = next(day);
        }
        day
    }

    fn notices(&self) -> Vec<CalendarYear> {
        let of = |days: &BTreeSet<Date>, year: i16| -> Vec<Date> {
            days.iter()
                .filter(|day| day.year() == year)
                .copied()
                .collect()
        };
        (FIRST_YEAR..FIRST_YEAR + YEARS)
            .map(|year| CalendarYear {
                year,
                source: "虚构的通知".to_owned(),
                rest: of(&self.off, year),
                make_up_work: of(&self.worked, year),
            })
            .collect()
    }
}

fn nth(day: u32) -> Date {
    date(FIRST_YEAR, 1, 1).saturating_add(jiff::Span::new().days(i64::from(day)))
}

/// Twenty years with holidays of one to twelve days, and weekends worked around them.
fn any_decree() -> impl Strategy<Value = Decreed> {
    let days = 365 * u32::try_from(YEARS).unwrap();
    let holidays = prop::collection::vec((0..days - 12, 1..13u32), 0..160);
    let worked = prop::collection::vec(0..days, 0..400);
    (holidays, worked).prop_map(|(holidays, worked)| {
        let mut decreed = Decreed::default();
        for (start, length) in holidays {
            decreed.off.extend((start..start + length).map(nth));
        }
        let worked = worked.into_iter().map(nth);
        let fits = |day: &Date| is_weekend(*day) && !decreed.off.contains(day);
        decreed.worked = worked.filter(fits).collect();
        decreed
    })
}

fn any_term() -> impl Strategy<Value = Term> {
    prop_oneof![
        (0..25u16).prop_map(Term::Months),
        (0..400u16).prop_map(Term::Days),
        (0..120u16).prop_map(Term::WorkingDays),
    ]
}

fn rule(term: Term) -> DeadlineRule {
    let rules = Rules::built_in();
    let rule = rules.deadline_rule_version("SJ-ZH", 1).unwrap();
    DeadlineRule {
        term: Some(term),
        ..rule.clone()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn the_calculator_agrees_with_one_that_walks_day_by_day(
        decreed in any_decree(),
        asked in prop::collection::vec((0..17 * 365u32, any_term()), 1..12),
    ) {
        let calendar = Calendar::new(decreed.notices()).unwrap();
        for (anchor, term) in asked {
            let anchor = nth(anchor);
            let found = rule(term).due(anchor, None, Urgency::Normal, &calendar).unwrap();
            prop_assert_eq!(found.raw_end_on, decreed.end(anchor, term), "{} {}", anchor, term);
            prop_assert_eq!(found.due_on, decreed.due(anchor, term), "{} {}", anchor, term);
            prop_assert!(!found.provisional);
        }
    }
}

#[test]
fn examples_worked_elsewhere_come_out() {
    let calendar = Rules::built_in().calendar;
    let lines = include_str!("vectors.txt").lines();
    let mut worked = 0;
    for line in lines.filter(|line| !line.starts_with('#')) {
        let columns: Vec<_> = line.split_whitespace().collect();
        let count = |unit| columns[1].strip_suffix(unit)?.parse().ok();
        let term = count("个月").map(Term::Months);
        let term = term.or(count("个工作日").map(Term::WorkingDays));
        let term = term.or(count("日").map(Term::Days)).unwrap();
        let anchor = columns[0].parse().unwrap();
        let found = rule(term).due(anchor, None, Urgency::Normal, &calendar);
        let found = found.unwrap();
        let ends = [found.raw_end_on, found.due_on].map(|day| day.to_string());
        assert_eq!(ends, [columns[2], columns[3]], "{line}");
        assert!(!found.provisional, "{line}");
        worked += 1;
    }
    assert!(worked >= 60, "{worked} examples");
}
