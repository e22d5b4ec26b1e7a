//! Spans of time in a query: `2024-01..2024-06`, `year:2020..2024`.

use jiff::{Timestamp, ToSpan, civil::Date};

use super::{Problem, Range};

/// Days begin and end by the clock of the whole country.
const ZONE: &str = "Asia/Shanghai";

/// The year and the month in which this moment lies, as one number: 202403.
pub(crate) fn month_of(moment: i64) -> i64 {
    let Ok(moment) = Timestamp::from_millisecond(moment) else {
        return 0;
    };
    let Ok(there) = moment.in_tz(ZONE) else {
        return 0;
    };
    i64::from(there.year()) * 100 + i64::from(there.month())
}

/// The span of sending times that this word means; `None` if it is not written like one.
pub(super) fn sent(word: &str) -> Option<Result<Range, Problem>> {
    let (from, to) = word.split_once("..")?;
    let is_written_so = |side: &str| side.is_empty() || looks_like_a_date(side);
    if (from.is_empty() && to.is_empty()) || !is_written_so(from) || !is_written_so(to) {
        return None;
    }
    Some(span(from, to))
}

/// The years that this word means.
pub(super) fn years(word: &str) -> Result<Range, Problem> {
    let (from, to) = word.split_once("..").unwrap_or((word, word));
    if from.is_empty() && to.is_empty() {
        return Err(Problem::BadYear);
    }
    let from = open_or(from, year, Problem::BadYear)?;
    let before = open_or(to, |text| year(text).map(|year| year + 1), Problem::BadYear)?;
    ordered(Range { from, before })
}

fn span(from: &str, to: &str) -> Result<Range, Problem> {
    let first = |text: &str| midnight(days(text)?.0);
    let behind = |text: &str| midnight(days(text)?.1);
    let from = open_or(from, first, Problem::BadDate)?;
    let before = open_or(to, behind, Problem::BadDate)?;
    ordered(Range { from, before })
}

/// One side of a span: open if nothing is written, and wrong if it cannot be read.
fn open_or(
    text: &str,
    read: impl Fn(&str) -> Option<i64>,
    problem: Problem,
) -> Result<Option<i64>, Problem> {
    if text.is_empty() {
        return Ok(None);
    }
    read(text).map(Some).ok_or(problem)
}

fn ordered(range: Range) -> Result<Range, Problem> {
    match range {
        Range {
            from: Some(from),
            before: Some(before),
        } if from >= before => Err(Problem::ReversedRange),
        range => Ok(range),
    }
}

/// Four digits, and then nothing but digits and hyphens.
fn looks_like_a_date(text: &str) -> bool {
    year(text.split('-').next().unwrap_or_default()).is_some()
        && text.chars().all(|c| c.is_ascii_digit() || c == '-')
}

fn year(text: &str) -> Option<i64> {
    let is_written_so = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_written_so)
}

/// The first day of a year, month or day, and the day behind its last.
fn days(text: &str) -> Option<(Date, Date)> {
    let mut pieces = text.split('-');
    let year = i16::try_from(year(pieces.next()?)?).ok()?;
    let month = pieces.next();
    let day = pieces.next();
    if pieces.next().is_some() {
        return None;
    }
    let unit = match (month, day) {
        (None, _) => 1.year(),
        (Some(_), None) => 1.month(),
        (Some(_), Some(_)) => 1.day(),
    };
    let first = Date::new(year, one_or_two_digits(month)?, one_or_two_digits(day)?).ok()?;
    Some((first, first.checked_add(unit).ok()?))
}

/// The first, if nothing is written.
fn one_or_two_digits(text: Option<&str>) -> Option<i8> {
    text.map_or(Some(1), |text| {
        text.parse().ok().filter(|_| matches!(text.len(), 1 | 2))
    })
}

/// The beginning of a day, in milliseconds since 1970.
fn midnight(day: Date) -> Option<i64> {
    Some(day.in_tz(ZONE).ok()?.timestamp().as_millisecond())
}
