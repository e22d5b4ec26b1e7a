//! How people look at the ledger, kept under names of their own.

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
    obligations::Criteria,
    openapi::Refusals,
    page::Page,
    views::instant,
};
use crate::{
    app::{Caller, Hub, ViewWish},
    domain::{LedgerView, LedgerViewId},
};

/// 台账视图：名称，看什么、怎样排序。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeepView {
    /// 名称，1 至 40 个字，本人在本单位的视图中不重复
    name: String,
    /// 与列表的参数相同
    criteria: Criteria,
}

impl From<KeepView> for ViewWish {
    fn from(view: KeepView) -> Self {
        Self {
            name: view.name,
            criteria: view.criteria.into(),
        }
    }
}

/// A view of the ledger.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeptView {
    /// 视图编号，用于 `GET /obligations?view=`
    id: Uuid,
    /// 名称
    name: String,
    /// 看什么、怎样排序；为 null 的不限
    criteria: Criteria,
    /// 保存时间
    created_at: String,
}

impl From<LedgerView> for KeptView {
    fn from(view: LedgerView) -> Self {
        Self {
            id: view.id.0,
            name: view.name,
            criteria: view.criteria.into(),
            created_at: instant(view.created_at),
        }
    }
}

/// 本人在本单位保存的台账视图，按名称；不分页。
#[utoipa::path(get, path = "/api/v1/ledger-views", tag = "回复义务",
    security(("bearer" = [])),
    responses((status = 200, body = Page<KeptView>), Refusals))]
pub(super) async fn list(hub: Data<Hub>, caller: Caller) -> Result<Json<Page<KeptView>>, Problem> {
    let views = hub.ledger_views(&caller).await?;
    Ok(Json(Page {
        items: views.into_iter().map(Into::into).collect(),
        next_cursor: None,
    }))
}

/// 保存台账视图；只有本人在本单位看得到。
#[utoipa::path(post, path = "/api/v1/ledger-views", tag = "回复义务",
    security(("bearer" = [])), request_body = KeepView,
    responses((status = 201, body = KeptView), Refusals))]
pub(super) async fn keep(
    hub: Data<Hub>,
    caller: Caller,
    key: RepeatKey,
    body: Body<KeepView>,
) -> Result<HttpResponse, Problem> {
    key.once(&hub, caller, body.fingerprint, async |work| {
        let view = work.keep_ledger_view(body.value.into()).await?;
        let (location, revision) = (format!("/api/v1/ledger-views/{}", view.id), view.revision);
        Ok(created(location, &KeptView::from(view))?.revised(revision))
    })
    .await
}

/// 一个台账视图。
#[utoipa::path(get, path = "/api/v1/ledger-views/{id}", tag = "回复义务",
    security(("bearer" = [])), params(("id" = Uuid, Path, description = "视图编号")),
    responses((status = 200, body = KeptView), Refusals))]
pub(super) async fn show(
    hub: Data<Hub>,
    caller: Caller,
    id: Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let view = hub.ledger_view(&caller, LedgerViewId(*id)).await?;
    Ok(at_revision(view.revision, &KeptView::from(view)))
}

/// 修改台账视图：名称和内容整体替换。
#[utoipa::path(put, path = "/api/v1/ledger-views/{id}", tag = "回复义务",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "视图编号"),
           ("If-Match" = String, Header, description = "读取时得到的 ETag")),
    request_body = KeepView, responses((status = 200, body = KeptView), Refusals))]
pub(super) async fn change(
    hub: Data<Hub>,
    caller: Caller,
    id: Path<Uuid>,
    revision: IfMatch,
    key: RepeatKey,
    body: Body<KeepView>,
) -> Result<HttpResponse, Problem> {
    let (id, wish) = (LedgerViewId(*id), body.value.into());
    key.once(&hub, caller, body.fingerprint, async |work| {
        let view = work.change_ledger_view(id, revision.0, wish).await?;
        let revision = view.revision;
        Ok(shows(&KeptView::from(view))?.revised(revision))
    })
    .await
}

/// 删除台账视图。
#[utoipa::path(delete, path = "/api/v1/ledger-views/{id}", tag = "回复义务",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "视图编号"),
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
        let id = LedgerViewId(*id);
        work.remove_ledger_view(id, revision.0).await?;
        Ok(nothing())
    })
    .await
}
