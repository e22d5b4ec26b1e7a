//! Places in lists: opaque to those who page, and right while rows are added.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::Timestamp;
use uuid::Uuid;

use super::{Error, Result};

/// A place in a list that is ordered by an instant.
#[must_use]
pub fn cursor(at: Timestamp, id: Uuid) -> String {
    encode(&format!("{}.{}", at.as_millisecond(), id.simple()))
}

/// The place that [`cursor`] wrote.
pub fn place(cursor: Option<&str>) -> Result<Option<(Timestamp, Uuid)>> {
    let Some(cursor) = cursor else {
        return Ok(None);
    };
    let text = decode(cursor)?;
    let place = text.split_once('.').and_then(|(at, id)| {
        let at = Timestamp::from_millisecond(at.parse().ok()?).ok()?;
        Some((at, Uuid::try_parse(id).ok()?))
    });
    place.map(Some).ok_or_else(malformed)
}

/// A place in a list that is ordered by one key.
#[must_use]
pub fn key_cursor(key: impl std::fmt::Display) -> String {
    encode(&key.to_string())
}

/// The key that [`key_cursor`] wrote.
pub fn key<T: std::str::FromStr>(cursor: Option<&str>) -> Result<Option<T>> {
    let Some(cursor) = cursor else {
        return Ok(None);
    };
    decode(cursor)?.parse().map(Some).map_err(|_| malformed())
}

fn encode(text: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(text)
}

fn decode(cursor: &str) -> Result<String> {
    let bytes = BASE64_URL_SAFE_NO_PAD
        .decode(cursor)
        .map_err(|_| malformed())?;
    String::from_utf8(bytes).map_err(|_| malformed())
}

fn malformed() -> Error {
    Error::invalid("cursor", "malformed", "翻页位置无效，请从第一页开始")
}
