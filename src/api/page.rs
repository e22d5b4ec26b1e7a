//! Pages of lists: keyset cursors that stay right while rows are added.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::app::{Error, Hub, Result};

/// What every list takes.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// 每页条数，默认 50，最多 100
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u32>,
    /// 上一页返回的 next_cursor
    pub cursor: Option<String>,
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// 本页内容
    pub items: Vec<T>,
    /// 下一页的 cursor；没有下一页时为 null
    pub next_cursor: Option<String>,
}

/// The number of rows asked for, within the configured bounds.
pub fn limit(hub: &Hub, wanted: Option<u32>) -> Result<usize> {
    let limits = &hub.config().limits;
    match wanted {
        None => Ok(limits.page_default as usize),
        Some(limit) if (1..=limits.page_max).contains(&limit) => Ok(limit as usize),
        Some(_) => {
            let detail = format!("limit 须在 1 至 {} 之间", limits.page_max);
            Err(Error::invalid("limit", "out_of_range", detail))
        }
    }
}

/// The rows to read: one more than asked for tells whether there is a next page.
#[must_use]
pub fn rows(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1)
}

/// Makes a page of what was read.
pub fn page<T, V>(
    mut rows: Vec<T>,
    limit: usize,
    cursor: impl Fn(&T) -> String,
    view: impl Fn(T) -> V,
) -> Page<V> {
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next_cursor = rows.last().filter(|_| more).map(cursor);
    Page {
        items: rows.into_iter().map(view).collect(),
        next_cursor,
    }
}

/// A place in a list that is ordered by an instant.
#[must_use]
pub fn cursor(at: Timestamp, id: Uuid) -> String {
    encode(&format!("{}.{}", at.as_millisecond(), id.simple()))
}

/// The place that [`cursor`] wrote.
pub fn place(cursor: Option<&str>) -> Result<Option<(Timestamp, Uuid)>> {
    let Some(cursor) = cursor else { return Ok(None) };
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
    let Some(cursor) = cursor else { return Ok(None) };
    decode(cursor)?.parse().map(Some).map_err(|_| malformed())
}

fn encode(text: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(text)
}

fn decode(cursor: &str) -> Result<String> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).map_err(|_| malformed())?;
    String::from_utf8(bytes).map_err(|_| malformed())
}

fn malformed() -> Error {
    Error::invalid("cursor", "malformed", "翻页位置无效，请从第一页开始")
}
