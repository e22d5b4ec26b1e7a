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
use crate::app::{Caller, Error, Hub, SearchMode, SearchRequest};

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
    /// exact 精确（默认）：每个词都须原样出现；question 提问：写一句话，按词义和同义的法律用语推测
    /// 最相关的文书，只有一页，不保证齐全，`q` 不按检索式理解
    mode: Option<Mode>,
    /// 上一页返回的 `next_cursor`；提问没有下一页
    cursor: Option<String>,
    /// relevance 按相关（默认），newest 按时间从新到旧；提问只能按相关
    sort: Option<Sort>,
}

/// 检索方式。
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// 精确
    Exact,
    /// 提问
    Question,
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

impl SearchQuery {
    fn request(self, limit: usize) -> Result<SearchRequest, Error> {
        let newest_first = self.sort == Some(Sort::Newest);
        let mode = if self.mode == Some(Mode::Question) {
            if self.cursor.is_some() {
                return Err(Error::invalid("cursor", "not_allowed", "提问没有下一页"));
            }
            if newest_first {
                let detail = "提问的结果只能按相关排序";
                return Err(Error::invalid("sort", "not_allowed", detail));
            }
            SearchMode::Question
        } else {
            SearchMode::Exact {
                after: self.cursor,
                newest_first,
            }
        };
        Ok(SearchRequest {
            text: self.q,
            limit,
            mode,
        })
    }
}

/// 检索本单位可见的文书：每个词都须原样出现（繁简、全半角、大小写、文号括号不论）；或者写一句话提问。
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
    let exact = query.mode != Some(Mode::Question);
    let limit = page::limit(&hub, query.limit)?;
    let request = query.request(limit)?;
    let shown = hub.search(&caller, request).await?;
    let result = shown.value;
    let hit = |found| HitView::of(found, &shown.names, hub.rules());
    Ok(Json(SearchView {
        items: result.hits.into_iter().map(hit).collect(),
        exact,
        total: result.total,
        next_cursor: result.next,
        complete: result.complete,
    }))
}
