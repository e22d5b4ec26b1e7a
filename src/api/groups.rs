//! Groups of units (统称).

use actix_web::{
    HttpResponse,
    web::{Data, Json, Path},
};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Problem,
    answers::{IfMatch, RepeatKey, Revised as _, at_revision, created, nothing, shows},
    body::Body,
    openapi::Refusals,
    page::{self, Page, PageQuery},
    query::Query,
    views::GroupView,
};
use crate::{
    app::{Answer, Caller, GroupChange, Hub, NewGroup, Result as AppResult, Work, cursor},
    domain::{Group, GroupId, UnitId},
};

/// 登记统称。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnterGroup {
    /// 名称，例如“市政府各部门”
    name: String,
    /// 成员单位编号，按顺序
    #[serde(default)]
    members: Vec<Uuid>,
}

/// 修改统称；未给出的字段不变。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeGroup {
    /// 名称
    name: Option<String>,
    /// 成员单位编号，整体替换
    members: Option<Vec<Uuid>>,
}

fn units(ids: Vec<Uuid>) -> Vec<UnitId> {
    ids.into_iter().map(UnitId).collect()
}

async fn shows_group(work: &mut Work, group: Group) -> AppResult<Answer> {
    let shown = work.shown(group).await?;
    let view = GroupView::of(&shown.value, &shown.names);
    Ok(shows(&view)?.revised(shown.value.revision))
}

/// 统称，按登记先后。
#[utoipa::path(get, path = "/api/v1/groups", tag = "单位与人员", security(("bearer" = [])),
    params(PageQuery), responses((status = 200, body = Page<GroupView>), Refusals))]
pub(super) async fn list(
    hub: Data<Hub>,
    caller: Caller,
    query: Query<PageQuery>,
) -> Result<Json<Page<GroupView>>, Problem> {
    let limit = page::limit(&hub, query.limit)?;
    let after = cursor::key(query.cursor.as_deref())?.map(GroupId);
    let shown = hub.groups(&caller, after, page::rows(limit)).await?;
    Ok(Json(page::page(
        shown.value,
        limit,
        |group| cursor::key_cursor(group.id),
        |group| GroupView::of(&group, &shown.names),
    )))
}

/// 登记统称（系统管理员、联席会议办公室）。
#[utoipa::path(post, path = "/api/v1/groups", tag = "单位与人员", security(("bearer" = [])),
    request_body = EnterGroup, responses((status = 201, body = GroupView), Refusals))]
pub(super) async fn enter(
    hub: Data<Hub>,
    caller: Caller,
    key: RepeatKey,
    body: Body<EnterGroup>,
) -> Result<HttpResponse, Problem> {
    let new = NewGroup {
        name: body.value.name,
        members: units(body.value.members),
    };
    key.once(&hub, caller, body.fingerprint, async |work| {
        let group = work.enter_group(new).await?;
        let shown = work.shown(group).await?;
        let view = GroupView::of(&shown.value, &shown.names);
        let location = format!("/api/v1/groups/{}", shown.value.id);
        Ok(created(location, &view)?.revised(shown.value.revision))
    })
    .await
}

/// 一个统称及其成员单位。
#[utoipa::path(get, path = "/api/v1/groups/{id}", tag = "单位与人员", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "统称编号")),
    responses((status = 200, body = GroupView), Refusals))]
pub(super) async fn show(
    hub: Data<Hub>,
    caller: Caller,
    id: Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let shown = hub.group(&caller, GroupId(*id)).await?;
    let view = GroupView::of(&shown.value, &shown.names);
    Ok(at_revision(shown.value.revision, &view))
}

/// 修改统称（系统管理员、联席会议办公室）；已发送的文书不受影响。
#[utoipa::path(patch, path = "/api/v1/groups/{id}", tag = "单位与人员",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "统称编号"),
           ("If-Match" = String, Header, description = "读取时得到的 ETag")),
    request_body = ChangeGroup, responses((status = 200, body = GroupView), Refusals))]
pub(super) async fn change(
    hub: Data<Hub>,
    caller: Caller,
    id: Path<Uuid>,
    revision: IfMatch,
    key: RepeatKey,
    body: Body<ChangeGroup>,
) -> Result<HttpResponse, Problem> {
    let change = GroupChange {
        name: body.value.name,
        members: body.value.members.map(units),
    };
    key.once(&hub, caller, body.fingerprint, async |work| {
        let group = work.change_group(GroupId(*id), revision.0, change).await?;
        shows_group(work, group).await
    })
    .await
}

/// 删除统称（系统管理员、联席会议办公室）；已发送的文书不受影响。
#[utoipa::path(delete, path = "/api/v1/groups/{id}", tag = "单位与人员",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "统称编号"),
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
        work.remove_group(GroupId(*id), revision.0).await?;
        Ok(nothing())
    })
    .await
}
