//! Pages of lists: keyset cursors that stay right while rows are added.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::{Error, Hub, Result};

/// What every list takes.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// 每页条数，默认 50，最多 100
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u32>,
    /// 上一页返回的 `next_cursor`
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
