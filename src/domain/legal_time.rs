use jiff::{Timestamp, civil::Date, tz::Offset};

/// Asia/Shanghai has kept UTC+8 without summer time since 1991.
const BEIJING: Offset = Offset::constant(8);

/// The legal day in which an instant falls.
#[must_use]
pub fn legal_day(at: Timestamp) -> Date {
    BEIJING.to_datetime(at).date()
}

/// The instant at which a legal day begins; the last one there is for a day beyond all.
#[must_use]
pub fn beginning_of(day: Date) -> Timestamp {
    let midnight = day.at(0, 0, 0, 0);
    BEIJING.to_timestamp(midnight).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_begins_at_midnight_in_beijing() {
        let before = "2026-11-22T15:59:59.999Z".parse().unwrap();
        let after = "2026-11-22T16:00:00Z".parse().unwrap();
        assert_eq!(legal_day(before).to_string(), "2026-11-22");
        assert_eq!(legal_day(after).to_string(), "2026-11-23");
        assert_eq!(beginning_of(legal_day(after)), after);
    }
}
