use jiff::{Span, civil::Date};

/// The days of sending that are counted, and the day on which is looked at what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub since: Date,
    /// The last day.
    pub until: Date,
    /// What happened later is not counted. Due dates are those of today.
    pub as_of: Date,
}

impl Period {
    /// The period of the same length before this one, looked at equally long after it began: a
    /// fair comparison gives both the same time. Whole months go back by months, other periods
    /// by days.
    #[must_use]
    pub fn previous(self) -> Option<Self> {
        let ends_a_month = self.until.last_of_month() == self.until;
        let back = if self.since.day() == 1 && ends_a_month {
            let years = i32::from(self.until.year() - self.since.year());
            let months = i32::from(self.until.month() - self.since.month());
            Span::new().months(12 * years + months + 1)
        } else {
            Span::new().days(days(self.since, self.until) + 1)
        };
        let since = self.since.checked_sub(back).ok()?;
        let as_of = since
            .checked_add(Span::new().days(days(self.since, self.as_of)))
            .ok()?;
        Some(Self {
            since,
            until: self.since.yesterday().ok()?,
            as_of,
        })
    }
}

fn days(from: Date, to: Date) -> i64 {
    day_number(to) - day_number(from)
}

/// Days since 1970-01-01.
#[must_use]
pub fn day_number(date: Date) -> i64 {
    let epoch = jiff::civil::date(1970, 1, 1);
    epoch
        .until(date)
        .map_or(0, |span| i64::from(span.get_days()))
}

/// Months since the year 0.
#[must_use]
pub fn month_number(date: Date) -> i64 {
    12 * i64::from(date.year()) + i64::from(date.month()) - 1
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_period_before_is_as_long_and_is_looked_at_equally_late() {
        let table = [
            // A year that is over.
            (
                ["2025-01-01", "2025-12-31", "2026-03-01"],
                ["2024-01-01", "2024-12-31", "2025-02-28"],
            ),
            // A year that runs.
            (
                ["2026-01-01", "2026-12-31", "2026-11-24"],
                ["2025-01-01", "2025-12-31", "2025-11-24"],
            ),
            // A quarter, a month, and February after January.
            (
                ["2026-04-01", "2026-06-30", "2026-06-30"],
                ["2026-01-01", "2026-03-31", "2026-04-01"],
            ),
            (
                ["2026-03-01", "2026-03-31", "2026-03-31"],
                ["2026-02-01", "2026-02-28", "2026-03-03"],
            ),
            // Ten days.
            (
                ["2026-03-05", "2026-03-14", "2026-03-20"],
                ["2026-02-23", "2026-03-04", "2026-03-10"],
            ),
        ];
        let period = |days: [&str; 3]| {
            let [since, until, as_of] = days.map(|day| day.parse().unwrap());
            Period {
                since,
                until,
                as_of,
            }
        };
        for (now, before) in table {
            assert_eq!(period(now).previous(), Some(period(before)), "{now:?}");
        }
    }

    #[test]
    fn days_are_numbered_from_1970() {
        assert_eq!(day_number(date(1970, 1, 1)), 0);
        assert_eq!(day_number(date(1969, 12, 31)), -1);
        assert_eq!(day_number(date(2026, 11, 24)), 20_781);
    }
}
