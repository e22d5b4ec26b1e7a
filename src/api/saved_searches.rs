//! Searches that people keep under names of their own.

use actix_web::{
    HttpResponse,
    web::{Data, Json, Path},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Problem,
    answers::{IfMatch, RepeatKey, Revised as _, at_revision, created, nothing, shows},
    body::Body,
    openapi::Refusals,
    page::Page,
    search::SearchTerms,
    views::instant,
};
use crate::{
    app::{Caller, Hub, SearchWish},
    domain::{SavedSearch, SavedSearchId},
};

/// 保存的检索：名称，检索什么，要不要通知。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeepSearch {
    /// 名称，1 至 40 个字，本人在本单位保存的检索中不重复
    name: String,
    /// 检索什么
    criteria: SearchTerms,
    /// 本单位有新的文书符合时是否通知本人；默认不通知
    #[serde(default)]
    alert: bool,
}

impl From<KeepSearch> for SearchWish {
    fn from(search: KeepSearch) -> Self {
        Self {
            name: search.name,
            criteria: search.criteria.into(),
            alert: search.alert,
        }
    }
}

/// A kept search.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeptSearch {
    /// 检索编号
    id: Uuid,
    /// 名称
    name: String,
    /// 检索什么；为 null 的不限，其余可以原样用作 `GET /search` 的参数
    criteria: SearchTerms,
    /// 本单位有新的文书符合时是否通知本人
    alert: bool,
    /// 从何时起通知：此后才可以由本单位看到的文书算新的
    alert_since: Option<String>,
    /// 保存时间
    created_at: String,
}

impl From<SavedSearch> for KeptSearch {
    fn from(search: SavedSearch) -> Self {
        Self {
            id: search.id.0,
            name: search.name,
            criteria: search.criteria.into(),
            alert: search.watched_since.is_some(),
            alert_since: search.watched_since.map(instant),
            created_at: instant(search.created_at),
        }
    }
}

/// 本人在本单位保存的检索，按名称；不分页。
#[utoipa::path(get, path = "/api/v1/saved-searches", tag = "检索",
    security(("bearer" = [])),
    responses((status = 200, body = Page<KeptSearch>), Refusals))]
pub(super) async fn list(
    hub: Data<Hub>,
    caller: Caller,
) -> Result<Json<Page<KeptSearch>>, Problem> {
    let searches = hub.saved_searches(&caller).await?;
    Ok(Json(Page {
        items: searches.into_iter().map(Into::into).collect(),
        next_cursor: None,
    }))
}

/// 保存检索；只有本人在本单位看得到。
#[utoipa::path(post, path = "/api/v1/saved-searches", tag = "检索",
    security(("bearer" = [])), request_body = KeepSearch,
    responses((status = 201, body = KeptSearch), Refusals))]
pub(super) async fn keep(
    hub: Data<Hub>,
    caller: Caller,
    key: RepeatKey,
    body: Body<KeepSearch>,
) -> Result<HttpResponse, Problem> {
    key.once(&hub, caller, body.fingerprint, async |work| {
        let search = work.keep_search(body.value.into()).await?;
        let location = format!("/api/v1/saved-searches/{}", search.id);
        let revision = search.revision;
        Ok(created(location, &KeptSearch::from(search))?.revised(revision))
    })
    .await
}

/// 一个保存的检索。
#[utoipa::path(get, path = "/api/v1/saved-searches/{id}", tag = "检索",
    security(("bearer" = [])), params(("id" = Uuid, Path, description = "检索编号")),
    responses((status = 200, body = KeptSearch), Refusals))]
pub(super) async fn show(
    hub: Data<Hub>,
    caller: Caller,
    id: Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let search = hub.saved_search(&caller, SavedSearchId(*id)).await?;
    Ok(at_revision(search.revision, &KeptSearch::from(search)))
}

/// 修改保存的检索：整体替换。检索的内容变了的，从此时起重新算新的文书。
#[utoipa::path(put, path = "/api/v1/saved-searches/{id}", tag = "检索",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "检索编号"),
           ("If-Match" = String, Header, description = "读取时得到的 ETag")),
    request_body = KeepSearch, responses((status = 200, body = KeptSearch), Refusals))]
pub(super) async fn change(
    hub: Data<Hub>,
    caller: Caller,
    id: Path<Uuid>,
    revision: IfMatch,
    key: RepeatKey,
    body: Body<KeepSearch>,
) -> Result<HttpResponse, Problem> {
    let (id, wish) = (SavedSearchId(*id), body.value.into());
    key.once(&hub, caller, body.fingerprint, async |work| {
        let search = work.change_search(id, revision.0, wish).await?;
        let revision = search.revision;
        Ok(shows(&KeptSearch::from(search))?.revised(revision))
    })
    .await
}

/// 删除保存的检索；已有的通知还在。
#[utoipa::path(delete, path = "/api/v1/saved-searches/{id}", tag = "检索",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "检索编号"),
           ("If-Match" = String, Header, description = "读取时得到的 ETag")),
    responses((status = 204), Refusals))]
pub(super) async fn remove(
    hub: Data<Hub>,
    caller: Caller,
    id: Path<Uuid>,
    revision: IfMatch,
    key: RepeatKey,
) -> Result<HttpResponse, Problem> {
    key.once(&hub, caller, [0; 32], async |work| {
        let id = SavedSearchId(*id);
        work.remove_search(id, revision.0).await?;
        Ok(nothing())
    })
    .await
}
