use std::collections::BTreeMap;

use jiff::civil::Date;

use super::day_number;
use crate::domain::Calendar;

/// How many duties took how many days.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Distribution(BTreeMap<i64, u64>);

impl Distribution {
    /// Adds duties that took so many days.
    pub fn add(&mut self, days: i64, duties: u64) {
        *self.0.entry(days).or_default() += duties;
    }

    /// Adds what was counted elsewhere.
    pub fn merge(&mut self, other: &Self) {
        for (days, duties) in &other.0 {
            self.add(*days, *duties);
        }
    }

    /// Of how many duties it is.
    #[must_use]
    pub fn duties(&self) -> u64 {
        self.0.values().sum()
    }

    /// Tenths of a day on average, rounded half up.
    #[must_use]
    pub fn mean_tenths(&self) -> Option<i64> {
        let duties = i64::try_from(self.duties()).ok()?;
        let products = self.0.iter();
        let total: i64 = products
            .map(|(days, duties)| days * i64::try_from(*duties).unwrap_or_default())
            .sum();
        (duties > 0).then(|| (20 * total + duties).div_euclid(2 * duties))
    }

    /// Tenths of a day that half of them did not exceed; between the two in the middle where
    /// their number is even.
    #[must_use]
    pub fn median_tenths(&self) -> Option<i64> {
        let duties = self.duties();
        let upper = self.nth(duties / 2)?;
        let lower = self.nth(duties.saturating_sub(1) / 2)?;
        Some(5 * (lower + upper))
    }

    /// The days of the duty at a place, counted from 0, the quickest first.
    fn nth(&self, place: u64) -> Option<i64> {
        let mut before = 0;
        self.0.iter().find_map(|(days, duties)| {
            before += duties;
            (before > place).then_some(*days)
        })
    }
}

/// Working days, counted up, so that a span is a difference.
pub struct WorkingDays {
    first: i64,
    /// For each day from the first on, how many working days there were up to and with it.
    counted: Vec<i64>,
}

impl WorkingDays {
    /// Counts from one day up to and with another.
    #[must_use]
    pub fn between(calendar: &Calendar, first: Date, last: Date) -> Self {
        let days = first.series(jiff::Span::new().days(1));
        let days = days.take_while(|day| *day <= last);
        let counted = days.scan(0, |count, day| {
            *count += i64::from(calendar.is_working_day(day));
            Some(*count)
        });
        Self {
            first: day_number(first),
            counted: counted.collect(),
        }
    }

    /// How many working days lie after `from`, up to and with `to`, by their numbers. Days beyond
    /// what was counted are as far as it goes.
    #[must_use]
    pub fn span(&self, from: i64, to: i64) -> i64 {
        self.until(to) - self.until(from)
    }

    fn until(&self, day: i64) -> i64 {
        let last = self.counted.len().saturating_sub(1);
        let Ok(place) = usize::try_from(day - self.first) else {
            return 0;
        };
        self.counted
            .get(place.min(last))
            .copied()
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::domain::Rules;

    #[test]
    fn the_middle_is_one_duty_or_between_two() {
        let mut days = Distribution::default();
        assert_eq!((days.median_tenths(), days.mean_tenths()), (None, None));
        days.add(3, 2);
        days.add(10, 1);
        assert_eq!(
            (days.median_tenths(), days.mean_tenths()),
            (Some(30), Some(53))
        );
        days.add(8, 1);
        assert_eq!(days.median_tenths(), Some(55));
    }

    proptest! {
        #[test]
        fn working_days_are_those_of_the_calendar(from in 0_i64..700, length in 0_i64..80) {
            let calendar = &Rules::built_in().calendar;
            let first = date(2024, 1, 1);
            let counted = WorkingDays::between(calendar, first, date(2026, 12, 31));
            let day = |number: i64| first.checked_add(jiff::Span::new().days(number)).unwrap();
            let (from, to) = (day(from), day(from + length));
            let span = counted.span(day_number(from), day_number(to));
            prop_assert_eq!(span, i64::from(calendar.working_days_between(from, to)));
        }
    }
}
