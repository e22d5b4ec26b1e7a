//! When people may be disturbed: on working days, in office hours.

use jiff::{
    Timestamp,
    civil::{Date, DateTime, Time},
    tz::Offset,
};

use crate::domain::Calendar;

/// Asia/Shanghai has kept UTC+8 without summer time since 1991.
const BEIJING: Offset = Offset::constant(8);

/// The hours of a working day in which reminders are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OfficeHours {
    /// They begin at this full hour.
    pub from: i8,
    /// They end at this full hour, 24 for midnight.
    pub until: i8,
}

impl OfficeHours {
    /// The opening of a working day: the day itself, or the first one after it.
    #[must_use]
    pub fn opening_on_or_after(self, day: Date, calendar: &Calendar) -> Timestamp {
        self.opening(calendar.next_working_day_on_or_after(day))
    }

    /// The opening of the day itself, or of the last working day before it.
    #[must_use]
    pub fn opening_on_or_before(self, day: Date, calendar: &Calendar) -> Timestamp {
        let mut day = day;
        while !calendar.is_working_day(day) {
            let Ok(before) = day.yesterday() else { break };
            day = before;
        }
        self.opening(day)
    }

    /// The first moment from `at` on in which somebody may be disturbed.
    #[must_use]
    pub fn first_from(self, at: Timestamp, calendar: &Calendar) -> Timestamp {
        let local = BEIJING.to_datetime(at);
        let today = local.date();
        if !calendar.is_working_day(today) || local.hour() >= self.until {
            let tomorrow = today.tomorrow().unwrap_or(today);
            return self.opening_on_or_after(tomorrow, calendar);
        }
        at.max(self.opening(today))
    }

    fn opening(self, day: Date) -> Timestamp {
        let hour = Time::new(self.from, 0, 0, 0).unwrap_or(Time::MIN);
        let opening = BEIJING.to_timestamp(DateTime::from_parts(day, hour));
        opening.unwrap_or(Timestamp::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Rules;

    const HOURS: OfficeHours = OfficeHours { from: 9, until: 18 };

    #[test]
    fn nobody_is_disturbed_at_night_on_weekends_and_on_holidays() {
        let calendar = Rules::built_in().calendar;
        // 2026-09-20 is a Sunday that is worked, 2026-10-01 to 07 are off.
        let cases = [
            ("2026-09-01T02:00:00Z", "2026-09-01T02:00:00Z"),
            ("2026-09-01T00:30:00Z", "2026-09-01T01:00:00Z"),
            ("2026-09-01T09:59:59Z", "2026-09-01T09:59:59Z"),
            ("2026-09-01T10:00:00Z", "2026-09-02T01:00:00Z"),
            ("2026-09-04T12:00:00Z", "2026-09-07T01:00:00Z"),
            ("2026-09-19T03:00:00Z", "2026-09-20T01:00:00Z"),
            ("2026-09-30T11:00:00Z", "2026-10-08T01:00:00Z"),
        ];
        for (at, expected) in cases {
            let first = HOURS.first_from(at.parse().unwrap(), &calendar);
            assert_eq!(first.to_string(), expected, "{at}");
            assert_eq!(HOURS.first_from(first, &calendar), first, "{at}");
        }
    }

    #[test]
    fn what_falls_on_a_holiday_is_told_before_or_after_it() {
        let calendar = Rules::built_in().calendar;
        let day = jiff::civil::date(2026, 10, 3);
        let before = HOURS.opening_on_or_before(day, &calendar);
        let after = HOURS.opening_on_or_after(day, &calendar);
        assert_eq!(before.to_string(), "2026-09-30T01:00:00Z");
        assert_eq!(after.to_string(), "2026-10-08T01:00:00Z");
    }
}
