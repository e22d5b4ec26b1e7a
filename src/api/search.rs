//! Search.

use actix_web::web::{Data, Json};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::{
    Problem, Rates,
    openapi::Refusals,
    page,
    query::Query,
    views::{HitView, SearchView},
};
use crate::app::{Caller, Hub, SearchRequest};

/// 检索。
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SearchQuery {
    /// 检索式：空格为“并且”，OR 为“或者”，-词 为“不含”，"…" 为短语，`title:`、`doc_no:`、`unit:`、`kind:`、`year:` 限定范围
    q: String,
    /// 每页条数，默认 50，最多 100
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// 上一页返回的 `next_cursor`
    cursor: Option<String>,
    /// relevance 按相关（默认），newest 按时间从新到旧
    sort: Option<Sort>,
}

/// 排序。
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// 按相关
    Relevance,
    /// 按时间从新到旧
    Newest,
}

/// 检索本单位可见的文书：每个词都须原样出现（繁简、全半角、大小写、文号括号不论）。
#[utoipa::path(get, path = "/api/v1/search", tag = "检索", security(("bearer" = [])),
    params(SearchQuery), responses((status = 200, body = SearchView), Refusals))]
pub(super) async fn search(
    hub: Data<Hub>,
    rates: Data<Rates>,
    caller: Caller,
    query: Query<SearchQuery>,
) -> Result<Json<SearchView>, Problem> {
    rates.admit_search(&caller)?;
    let query = query.into_inner();
    let request = SearchRequest {
        text: query.q,
        limit: page::limit(&hub, query.limit)?,
        after: query.cursor,
        newest_first: query.sort == Some(Sort::Newest),
    };
    let shown = hub.search(&caller, request).await?;
    let result = shown.value;
    let hit = |found| HitView::of(found, &shown.names, hub.rules());
    Ok(Json(SearchView {
        items: result.hits.into_iter().map(hit).collect(),
        total: result.total,
        next_cursor: result.next,
        complete: result.complete,
    }))
}
