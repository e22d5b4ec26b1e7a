//! How values of the domain are written into columns and read back.

use std::str::FromStr;

use jiff::{Timestamp, civil::Date};
use uuid::Uuid;

use super::{Result, StoreError};
use crate::domain::{DocNumber, UserId, statistics::day_number};

/// Milliseconds since 1970 UTC.
pub(super) fn ms(at: Timestamp) -> i64 {
    at.as_millisecond()
}

/// The number of a day, so that spans can be counted.
pub(super) fn day_if(date: Option<Date>) -> Option<i64> {
    date.map(day_number)
}

/// The day that [`day_if`] numbered, if any.
pub(super) fn date_if(number: Option<i64>) -> Option<Date> {
    let days = jiff::Span::new().try_days(number?).ok()?;
    jiff::civil::date(1970, 1, 1).checked_add(days).ok()
}

/// The instant that [`ms`] wrote.
pub(super) fn instant(ms: i64) -> Result<Timestamp> {
    Timestamp::from_millisecond(ms).map_err(|error| StoreError::Unreadable(error.to_string()))
}

/// The instant that [`ms`] wrote, if any.
pub(super) fn instant_if(ms: Option<i64>) -> Result<Option<Timestamp>> {
    ms.map(instant).transpose()
}

/// A person and the moment of their act, which are written together.
pub(super) fn act(by: Option<Uuid>, at: Option<i64>) -> Result<Option<(UserId, Timestamp)>> {
    match (by, at) {
        (Some(by), Some(at)) => Ok(Some((UserId(by), instant(at)?))),
        _ => Ok(None),
    }
}

/// A value that was written by its `Display` or its code.
pub(super) fn parsed<T>(text: &str) -> Result<T>
where
    T: FromStr,
    T::Err: std::fmt::Display,
{
    text.parse()
        .map_err(|error| StoreError::Unreadable(format!("{text:?}: {error}")))
}

/// Like [`parsed`], for a column that may be empty.
pub(super) fn parsed_if<T>(text: Option<&str>) -> Result<Option<T>>
where
    T: FromStr,
    T::Err: std::fmt::Display,
{
    text.map(parsed).transpose()
}

/// The year of a series as it is written; 0 where it is counted through, since nulls are never
/// equal and numbers must be unique.
pub(super) fn series_year(number: &DocNumber) -> i64 {
    number.year().map_or(0, i64::from)
}

/// A document number of its three columns, if there is one.
pub(super) fn doc_number(
    prefix: Option<&str>,
    year: Option<i64>,
    seq: Option<i64>,
) -> Result<Option<DocNumber>> {
    match (prefix, year, seq) {
        (Some(prefix), Some(0), Some(seq)) => parsed(&format!("{prefix}第{seq}号")).map(Some),
        (Some(prefix), Some(year), Some(seq)) => {
            parsed(&format!("{prefix}〔{year}〕{seq}号")).map(Some)
        }
        _ => Ok(None),
    }
}

/// A legal date as it is written.
pub(super) fn day(date: Option<Date>) -> Option<String> {
    date.map(|date| date.to_string())
}

/// A list of codes as it is written: separated by commas.
pub(super) fn codes<'a>(codes: impl IntoIterator<Item = &'a str>) -> String {
    codes.into_iter().collect::<Vec<_>>().join(",")
}

/// The list that [`codes`] wrote.
pub(super) fn parsed_list<T>(text: &str) -> Result<Vec<T>>
where
    T: FromStr,
    T::Err: std::fmt::Display,
{
    text.split(',')
        .filter(|code| !code.is_empty())
        .map(parsed)
        .collect()
}

/// A number that is never negative.
pub(super) fn count(number: i64) -> Result<u64> {
    u64::try_from(number).map_err(|error| StoreError::Unreadable(error.to_string()))
}
