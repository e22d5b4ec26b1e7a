//! One file a page.

pub(super) mod acts;
mod desk;
pub(super) mod document;
pub(super) mod inbox;
pub(super) mod obligations;
pub(super) mod receipt;
pub(super) mod saved_searches;
pub(super) mod search;
pub(super) mod sent;
pub(super) mod session;
pub(super) mod statistics;

use std::str::FromStr;

use crate::app::Error;

/// What was filled in; a form sends also what was left empty.
fn given(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// Reads what was filled in.
fn read<T: FromStr>(name: &str, text: &str) -> Result<Option<T>, Error> {
    let read = given(text).map(str::parse).transpose();
    read.map_err(|_| Error::invalid(name, "malformed", format!("不认识“{text}”，请重新选择")))
}

/// Names and values as a query.
fn query_of(pairs: &[(&'static str, String)]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(pairs);
    query.finish()
}

/// How many rows a page shows.
const ROWS: usize = 50;

/// The rows to read: one more than shown tells whether there is a next page.
fn rows_to_read() -> i64 {
    i64::try_from(ROWS).unwrap_or(i64::MAX).saturating_add(1)
}

/// Cuts the rows to a page; gives the place of the next one, if there is one.
fn cut<T>(rows: &mut Vec<T>, place: impl Fn(&T) -> String) -> Option<String> {
    let more = rows.len() > ROWS;
    rows.truncate(ROWS);
    rows.last().filter(|_| more).map(place)
}
