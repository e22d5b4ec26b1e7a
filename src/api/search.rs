//! Search, and what surrounds it.

use actix_web::web::{Data, Json, Path};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{
    Problem, Rates,
    openapi::Refusals,
    page,
    query::{Both, Query},
    views::{CardView, FacetsView, HitView, SearchView, SimilarView, SuggestionsView},
};
use crate::{
    app::{Caller, Error, Hub, SearchMode, SearchRequest},
    domain::{Branch, DocumentId, DocumentState, SearchCriteria, SearchOrder, UnitId},
};

/// How many suggestions, or documents that are alike, are given where nothing is said.
const FEW: u32 = 10;

/// 检索什么；未给出的不限。
#[derive(Debug, Clone, Serialize, Deserialize, IntoParams, ToSchema)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SearchTerms {
    /// 检索式：空格为“并且”，OR 为“或者”，-词 为“不含”，"…" 为短语，`title:`、`doc_no:`、`unit:`、`kind:`、`state:`、`year:`、`article:` 限定范围
    q: String,
    /// relevance 按相关（默认），newest 按时间从新到旧，oldest 从旧到新；提问只能按相关
    #[param(value_type = Option<String>, pattern = "^(relevance|newest|oldest)$")]
    #[schema(value_type = Option<String>, pattern = "^(relevance|newest|oldest)$")]
    sort: Option<SearchOrder>,
    /// 文书种类
    kind: Option<String>,
    /// 发文单位（联合行文的为牵头单位）
    issuer: Option<Uuid>,
    /// 发文单位所属的一方：`government`、`court`、`procuratorate`、`other`
    #[param(value_type = Option<String>, pattern = "^(government|court|procuratorate|other)$")]
    #[schema(value_type = Option<String>, pattern = "^(government|court|procuratorate|other)$")]
    branch: Option<Branch>,
    /// 成文年份
    #[param(minimum = 1000, maximum = 9999)]
    #[schema(minimum = 1000, maximum = 9999)]
    year: Option<i16>,
    /// 文书状态：`sent`、`superseded`、`recalled`、`archived`
    #[param(value_type = Option<String>, pattern = "^(sent|superseded|recalled|archived)$")]
    #[schema(value_type = Option<String>, pattern = "^(sent|superseded|recalled|archived)$")]
    state: Option<DocumentState>,
}

impl From<SearchTerms> for SearchCriteria {
    fn from(criteria: SearchTerms) -> Self {
        Self {
            q: criteria.q,
            order: criteria.sort,
            kind: criteria.kind,
            issuer: criteria.issuer.map(UnitId),
            branch: criteria.branch,
            year: criteria.year,
            state: criteria.state,
        }
    }
}

impl From<SearchCriteria> for SearchTerms {
    fn from(criteria: SearchCriteria) -> Self {
        Self {
            q: criteria.q,
            sort: criteria.order,
            kind: criteria.kind,
            issuer: criteria.issuer.map(|unit| unit.0),
            branch: criteria.branch,
            year: criteria.year,
            state: criteria.state,
        }
    }
}

/// 检索。
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SearchQuery {
    /// 每页条数，默认 50，最多 100
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// exact 精确（默认）：每个词都须原样出现；question 提问：写一句话，按词义和同义的法律用语推测
    /// 最相关的文书，只有一页，不保证齐全，`q` 不按检索式理解，也不能再加限定
    mode: Option<Mode>,
    /// 上一页返回的 `next_cursor`；提问没有下一页
    cursor: Option<String>,
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

type Asked = Both<SearchQuery, SearchTerms>;

fn request(Both(how, criteria): Asked, limit: usize) -> Result<SearchRequest, Error> {
    let criteria = SearchCriteria::from(criteria);
    let mode = match how.mode {
        None | Some(Mode::Exact) => SearchMode::Exact { after: how.cursor },
        Some(Mode::Question) if how.cursor.is_some() => {
            return Err(Error::invalid("cursor", "not_allowed", "提问没有下一页"));
        }
        Some(Mode::Question) => SearchMode::Question,
    };
    Ok(SearchRequest {
        criteria,
        limit,
        mode,
    })
}

/// 检索本单位可见的文书：每个词都须原样出现（繁简、全半角、大小写、文号括号不论）；或者写一句话提问。
#[utoipa::path(get, path = "/api/v1/search", tag = "检索", security(("bearer" = [])),
    params(SearchQuery, SearchTerms), responses((status = 200, body = SearchView), Refusals))]
pub(super) async fn search(
    hub: Data<Hub>,
    rates: Data<Rates>,
    caller: Caller,
    query: Query<Asked>,
) -> Result<Json<SearchView>, Problem> {
    rates.admit_search(&caller)?;
    let asked = query.into_inner();
    let exact = asked.0.mode != Some(Mode::Question);
    let limit = page::limit(&hub, asked.0.limit)?;
    let shown = hub.search(&caller, request(asked, limit)?).await?;
    let result = shown.value;
    let hit = |found| HitView::of(found, &shown.names, hub.rules());
    Ok(Json(SearchView {
        items: result.hits.into_iter().map(hit).collect(),
        exact,
        total: result.total,
        next_cursor: result.next,
        complete: result.complete,
        did_you_mean: result.did_you_mean,
    }))
}

/// 检索结果的分布：按种类、发文单位、所属的一方、状态、年份、发送月份各有多少件；每一项不受对它自己的限定。
#[utoipa::path(get, path = "/api/v1/search/facets", tag = "检索", security(("bearer" = [])),
    params(SearchTerms), responses((status = 200, body = FacetsView), Refusals))]
pub(super) async fn facets(
    hub: Data<Hub>,
    rates: Data<Rates>,
    caller: Caller,
    query: Query<SearchTerms>,
) -> Result<Json<FacetsView>, Problem> {
    rates.admit_search(&caller)?;
    let shown = hub.facets(&caller, &query.into_inner().into()).await?;
    Ok(Json(FacetsView::of(shown.value, &shown.names, hub.rules())))
}

/// 已经输入的字。
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TypedQuery {
    /// 已经输入的字：标题、文号或单位名称的一部分，也可以是拼音或拼音首字母
    q: String,
    /// 最多几条，默认 10，最多 100
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

/// 边输入边提示：本单位可见的文书，以及单位。
#[utoipa::path(get, path = "/api/v1/search/suggest", tag = "检索", security(("bearer" = [])),
    params(TypedQuery), responses((status = 200, body = SuggestionsView), Refusals))]
pub(super) async fn suggest(
    hub: Data<Hub>,
    rates: Data<Rates>,
    caller: Caller,
    query: Query<TypedQuery>,
) -> Result<Json<SuggestionsView>, Problem> {
    rates.admit_search(&caller)?;
    let TypedQuery { q, limit } = query.into_inner();
    let limit = page::limit(&hub, limit.or(Some(FEW)))?;
    let suggested = hub.suggest(&caller, &q, limit).await?;
    Ok(Json(suggested.into()))
}

/// 最多几件。
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SimilarQuery {
    /// 最多几件，默认 10，最多 100
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

/// 与一件文书内容相近的文书：推测的，不保证齐全。
#[utoipa::path(get, path = "/api/v1/search/similar/{id}", tag = "检索", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "文书"), SimilarQuery),
    responses((status = 200, body = SimilarView), Refusals))]
pub(super) async fn similar(
    hub: Data<Hub>,
    rates: Data<Rates>,
    caller: Caller,
    id: Path<Uuid>,
    query: Query<SimilarQuery>,
) -> Result<Json<SimilarView>, Problem> {
    rates.admit_search(&caller)?;
    let limit = page::limit(&hub, query.limit.or(Some(FEW)))?;
    let shown = hub.similar(&caller, DocumentId(*id), limit).await?;
    let card = |document| CardView::of(document, &shown.names, hub.rules());
    Ok(Json(SimilarView {
        items: shown.value.iter().map(card).collect(),
    }))
}
