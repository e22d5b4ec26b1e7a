//! Which days are working days, by the yearly notices of the State Council.
//!
//! A notice for one year comes out in the autumn before it. Until then the year is not
//! published, and every date computed in it is provisional.

use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

use super::labelled::labelled;

/// From this day of December on, a date may still be moved by the notice for the next year: the
/// New Year holiday and its make-up days reach back into the old year.
const UNSETTLED_FROM: i8 = 24;

/// What the notice for one year says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarYear {
    /// The year the notice is for.
    pub year: i16,
    /// The title, number and date of the notice.
    pub source: String,
    /// Days off, with the Saturdays and Sundays among them; they may lie in the December before.
    pub rest: Vec<Date>,
    /// Saturdays and Sundays that are worked in exchange.
    pub make_up_work: Vec<Date>,
}

labelled! {
    /// What one day is in the calendar.
    pub enum DayKind {
        /// A plain Monday to Friday.
        Working = "working", "工作日";
        /// A Saturday or Sunday worked in exchange for a day off.
        MakeUpWork = "make_up_work", "调休上班日";
        /// A plain Saturday or Sunday.
        Weekend = "weekend", "休息日";
        /// A day off by the notice of the year.
        Holiday = "holiday", "节假日";
    }
}

/// Why a notice cannot be what the State Council has said.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarFault {
    /// There are two notices for one year.
    #[error("{0} 年的放假安排有两份")]
    Twice(i16),
    /// The notice does not name where it comes from.
    #[error("{0} 年的放假安排没有写明来源（source）")]
    NoSource(i16),
    /// A day that the notice for this year cannot settle.
    #[error("{year} 年的放假安排里有 {date}：只能是当年或者上一年 12 月的日期")]
    OtherYear {
        /// The year of the notice.
        year: i16,
        /// The day that is out of place.
        date: Date,
    },
    /// A day that is both off and worked, or is listed twice.
    #[error("{year} 年的放假安排里 {date} 出现了两次")]
    ListedTwice {
        /// The year of the notice.
        year: i16,
        /// The day in question.
        date: Date,
    },
    /// Only a Saturday or Sunday can be made up.
    #[error("{year} 年的放假安排把 {date} 列为调休上班日，但这一天不是周六或者周日")]
    MakeUpOnWeekday {
        /// The year of the notice.
        year: i16,
        /// The day in question.
        date: Date,
    },
}

/// The published years, taken together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calendar {
    years: BTreeMap<i16, CalendarYear>,
    /// The days that are not what their weekday says, and the holidays on weekends.
    days: BTreeMap<Date, DayKind>,
}

impl Calendar {
    /// Joins the notices of several years. Where two of them speak of one day of December, the
    /// later year is the later word.
    pub fn new(years: impl IntoIterator<Item = CalendarYear>) -> Result<Self, CalendarFault> {
        let mut calendar = Self::default();
        for year in years {
            check(&year)?;
            let number = year.year;
            if calendar.years.insert(number, year).is_some() {
                return Err(CalendarFault::Twice(number));
            }
        }
        for year in calendar.years.values() {
            let off = year.rest.iter().map(|&date| (date, DayKind::Holiday));
            let worked = year
                .make_up_work
                .iter()
                .map(|&date| (date, DayKind::MakeUpWork));
            calendar.days.extend(off.chain(worked));
        }
        Ok(calendar)
    }

    /// The notices, oldest first.
    pub fn years(&self) -> impl Iterator<Item = &CalendarYear> {
        self.years.values()
    }

    /// The notice for one year, if it is known.
    #[must_use]
    pub fn year(&self, year: i16) -> Option<&CalendarYear> {
        self.years.get(&year)
    }

    /// Whether the notice for this year is known.
    #[must_use]
    pub fn is_published(&self, year: i16) -> bool {
        self.years.contains_key(&year)
    }

    /// Whether no notice still to come can change what this day is. The last week of December
    /// needs the next year's notice as well.
    #[must_use]
    pub fn is_settled(&self, date: Date) -> bool {
        self.is_published(date.year())
            && (!reaches_into_new_year(date) || self.is_published(date.year() + 1))
    }

    /// What this day is; plain weekends where no notice is known.
    #[must_use]
    pub fn day(&self, date: Date) -> DayKind {
        self.days
            .get(&date)
            .copied()
            .unwrap_or(if is_weekend(date) {
                DayKind::Weekend
            } else {
                DayKind::Working
            })
    }

    /// Whether people are at work on this day.
    #[must_use]
    pub fn is_working_day(&self, date: Date) -> bool {
        matches!(self.day(date), DayKind::Working | DayKind::MakeUpWork)
    }

    /// The day itself if it is a working day, otherwise the next one that is.
    #[must_use]
    pub fn next_working_day_on_or_after(&self, date: Date) -> Date {
        let mut day = date;
        while !self.is_working_day(day) {
            let Ok(tomorrow) = day.tomorrow() else { break };
            day = tomorrow;
        }
        day
    }

    /// The `count`th working day after `date`, which itself does not count; `date` for none.
    #[must_use]
    pub fn add_working_days(&self, date: Date, count: u16) -> Date {
        let mut day = date;
        let mut left = count;
        while left > 0 {
            let Ok(tomorrow) = day.tomorrow() else { break };
            day = tomorrow;
            left -= u16::from(self.is_working_day(day));
        }
        day
    }

    /// How many working days lie after `from`, up to and with `to`; none if `to` is not later.
    #[must_use]
    pub fn working_days_between(&self, from: Date, to: Date) -> u32 {
        let mut count = 0;
        let mut day = from;
        while day < to {
            let Ok(tomorrow) = day.tomorrow() else { break };
            day = tomorrow;
            count += u32::from(self.is_working_day(day));
        }
        count
    }

    /// The years whose notices decide what `date` is.
    pub(super) fn years_deciding(date: Date) -> impl Iterator<Item = i16> {
        let next = reaches_into_new_year(date).then(|| date.year() + 1);
        std::iter::once(date.year()).chain(next)
    }
}

fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

fn reaches_into_new_year(date: Date) -> bool {
    date.month() == 12 && date.day() >= UNSETTLED_FROM
}

fn check(notice: &CalendarYear) -> Result<(), CalendarFault> {
    let year = notice.year;
    if notice.source.trim().is_empty() {
        return Err(CalendarFault::NoSource(year));
    }
    let mut seen = std::collections::BTreeSet::new();
    for &date in notice.rest.iter().chain(&notice.make_up_work) {
        let december_before = date.month() == 12 && date.year() + 1 == year;
        if date.year() != year && !december_before {
            return Err(CalendarFault::OtherYear { year, date });
        }
        if !seen.insert(date) {
            return Err(CalendarFault::ListedTwice { year, date });
        }
    }
    match notice.make_up_work.iter().find(|date| !is_weekend(**date)) {
        Some(&date) => Err(CalendarFault::MakeUpOnWeekday { year, date }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn notice(year: i16, rest: &[Date], make_up_work: &[Date]) -> CalendarYear {
        CalendarYear {
            year,
            source: "《放假安排的通知》".to_owned(),
            rest: rest.to_vec(),
            make_up_work: make_up_work.to_vec(),
        }
    }

    #[test]
    fn the_notice_for_next_year_settles_the_last_days_of_december() {
        let old = notice(2022, &[], &[]);
        let new = notice(2023, &[date(2022, 12, 30)], &[date(2022, 12, 25)]);

        let before = Calendar::new([old.clone()]).unwrap();
        assert!(before.is_working_day(date(2022, 12, 30)));
        assert!(!before.is_settled(date(2022, 12, 30)));
        assert!(before.is_settled(date(2022, 12, 23)));

        let after = Calendar::new([new, old]).unwrap();
        assert_eq!(after.day(date(2022, 12, 30)), DayKind::Holiday);
        assert_eq!(after.day(date(2022, 12, 25)), DayKind::MakeUpWork);
        assert!(after.is_settled(date(2022, 12, 30)));
    }

    #[test]
    fn without_a_notice_weekends_are_weekends() {
        let calendar = Calendar::default();
        assert_eq!(calendar.day(date(2031, 5, 3)), DayKind::Weekend);
        assert_eq!(calendar.day(date(2031, 5, 5)), DayKind::Working);
        assert!(!calendar.is_settled(date(2031, 5, 5)));
    }

    #[test]
    fn working_days_between_counts_the_last_day_and_not_the_first() {
        let calendar = Calendar::default();
        assert_eq!(
            calendar.working_days_between(date(2031, 5, 5), date(2031, 5, 5)),
            0
        );
        assert_eq!(
            calendar.working_days_between(date(2031, 5, 2), date(2031, 5, 5)),
            1
        );
        assert_eq!(
            calendar.working_days_between(date(2031, 5, 5), date(2031, 5, 2)),
            0
        );
    }

    #[test]
    fn the_end_of_time_does_not_loop() {
        let calendar = Calendar::default();
        assert_eq!(calendar.add_working_days(Date::MAX, 3), Date::MAX);
        assert_eq!(calendar.next_working_day_on_or_after(Date::MAX), Date::MAX);
    }

    #[test]
    fn a_notice_with_a_slip_is_refused() {
        let day = date(2026, 2, 14);
        let table = [
            (notice(2026, &[date(2025, 11, 30)], &[]), "只能是当年"),
            (notice(2026, &[day], &[day]), "出现了两次"),
            (notice(2026, &[], &[date(2026, 2, 16)]), "不是周六或者周日"),
            (
                CalendarYear {
                    source: " ".to_owned(),
                    ..notice(2026, &[], &[])
                },
                "没有写明来源",
            ),
        ];
        for (slip, words) in table {
            let said = Calendar::new([slip]).unwrap_err().to_string();
            assert!(said.contains(words), "{said}");
        }
        let twice = Calendar::new([notice(2026, &[], &[]), notice(2026, &[], &[])]);
        assert_eq!(twice, Err(CalendarFault::Twice(2026)));
    }
}
