//! Machine clients, for the system admin.

#![expect(
    clippy::option_option,
    reason = "in a change, left out, removed and given are three things"
)]

use std::time::Duration;

use actix_web::{
    HttpResponse,
    web::{Data, Json, Path},
};
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Problem,
    answers::{IfMatch, RepeatKey, Revised as _, at_revision, created, shows},
    body::Body,
    openapi::Refusals,
    page::{self, Page, PageQuery},
    query::Query,
    units::given,
    views::{ClientView, NewClientView},
};
use crate::{
    app::{Caller, ClientChange, Error, Hub, NewClient, cursor},
    domain::{Scope, UnitId, UserId},
};

/// The longest time for which two secrets are good, in hours.
const OVERLAP_MAX_HOURS: u32 = 7 * 24;

/// 建立程序账号。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnterClient {
    /// 名称
    name: String,
    /// 所属单位编号，建立后不能更改
    unit_id: Uuid,
    /// 权限：send 发文、receive 收文、report 台账
    #[schema(value_type = Vec<String>)]
    scopes: Vec<Scope>,
    /// 有效期，RFC 3339；默认为允许的最长时间
    #[schema(value_type = Option<String>)]
    expires_at: Option<Timestamp>,
    /// 只能向这些单位发文；不填为不限
    recipients: Option<Vec<Uuid>>,
}

/// 修改程序账号；未给出的字段不变，下一个请求起生效。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeClient {
    /// 名称
    name: Option<String>,
    /// 权限，整体替换
    #[schema(value_type = Option<Vec<String>>)]
    scopes: Option<Vec<Scope>>,
    /// 有效期
    #[schema(value_type = Option<String>)]
    expires_at: Option<Timestamp>,
    /// 只能向这些单位发文，整体替换；null 为不限
    #[schema(value_type = Option<Vec<Uuid>>)]
    #[serde(default, deserialize_with = "given")]
    recipients: Option<Option<Vec<Uuid>>>,
    /// 是否启用；停用立即终止其会话
    active: Option<bool>,
}

/// 更换密钥。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RotateSecret {
    /// 旧密钥再用几小时，0 至 168；0 为立即失效并终止会话；不填按配置
    overlap_hours: Option<u32>,
}

fn units(ids: Vec<Uuid>) -> Vec<UnitId> {
    ids.into_iter().map(UnitId).collect()
}

/// 程序账号名录（系统管理员）。
#[utoipa::path(get, path = "/api/v1/clients", tag = "程序账号", security(("bearer" = [])),
    params(PageQuery), responses((status = 200, body = Page<ClientView>), Refusals))]
pub(super) async fn list(
    hub: Data<Hub>,
    caller: Caller,
    query: Query<PageQuery>,
) -> Result<Json<Page<ClientView>>, Problem> {
    let limit = page::limit(&hub, query.limit)?;
    let after = cursor::key(query.cursor.as_deref())?.map(UserId);
    let shown = hub.clients(&caller, after, page::rows(limit)).await?;
    let names = shown.names;
    Ok(Json(page::page(
        shown.value,
        limit,
        |entry| cursor::key_cursor(entry.client.id),
        |entry| ClientView::of(&entry, &names),
    )))
}

/// 建立程序账号，得到密钥（系统管理员）。
#[utoipa::path(post, path = "/api/v1/clients", tag = "程序账号", security(("bearer" = [])),
    request_body = EnterClient, responses((status = 201, body = NewClientView), Refusals))]
pub(super) async fn enter(
    hub: Data<Hub>,
    caller: Caller,
    body: Body<EnterClient>,
) -> Result<HttpResponse, Problem> {
    let asked = body.value;
    let new = NewClient {
        name: asked.name,
        unit: UnitId(asked.unit_id),
        scopes: asked.scopes,
        recipients: asked.recipients.map(units),
        expires_at: asked.expires_at,
    };
    // Never answered twice: the secret would have to be kept.
    RepeatKey::none()
        .once(&hub, caller, body.fingerprint, async |work| {
            let (entry, secret) = work.enter_client(new).await?;
            let (id, revision) = (entry.client.id, entry.client.revision);
            let shown = work.shown(entry).await?;
            let view = NewClientView::of(&shown.value, &secret, &shown.names);
            Ok(created(format!("/api/v1/clients/{id}"), &view)?.revised(revision))
        })
        .await
}

/// 一个程序账号（系统管理员）。
#[utoipa::path(get, path = "/api/v1/clients/{id}", tag = "程序账号", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "程序账号编号")),
    responses((status = 200, body = ClientView), Refusals))]
pub(super) async fn show(
    hub: Data<Hub>,
    caller: Caller,
    id: Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let shown = hub.client(&caller, UserId(*id)).await?;
    let view = ClientView::of(&shown.value, &shown.names);
    Ok(at_revision(shown.value.client.revision, &view))
}

/// 修改程序账号（系统管理员）。
#[utoipa::path(patch, path = "/api/v1/clients/{id}", tag = "程序账号", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "程序账号编号"),
           ("If-Match" = String, Header, description = "读取时得到的 ETag")),
    request_body = ChangeClient, responses((status = 200, body = ClientView), Refusals))]
pub(super) async fn change(
    hub: Data<Hub>,
    caller: Caller,
    id: Path<Uuid>,
    revision: IfMatch,
    key: RepeatKey,
    body: Body<ChangeClient>,
) -> Result<HttpResponse, Problem> {
    let asked = body.value;
    let change = ClientChange {
        name: asked.name,
        scopes: asked.scopes,
        recipients: asked.recipients.map(|listed| listed.map(units)),
        expires_at: asked.expires_at,
        active: asked.active,
    };
    key.once(&hub, caller, body.fingerprint, async |work| {
        let entry = work.change_client(UserId(*id), revision.0, change).await?;
        let revision = entry.client.revision;
        let shown = work.shown(entry).await?;
        Ok(shows(&ClientView::of(&shown.value, &shown.names))?.revised(revision))
    })
    .await
}

/// 更换密钥，得到新的密钥；旧密钥重叠一段时间后失效（系统管理员）。
#[utoipa::path(post, path = "/api/v1/clients/{id}/secret", tag = "程序账号",
    security(("bearer" = [])), params(("id" = Uuid, Path, description = "程序账号编号")),
    request_body = Option<RotateSecret>,
    responses((status = 200, body = NewClientView), Refusals))]
pub(super) async fn rotate(
    hub: Data<Hub>,
    caller: Caller,
    id: Path<Uuid>,
    body: Body<RotateSecret>,
) -> Result<HttpResponse, Problem> {
    let hours = body.value.overlap_hours;
    if hours.is_some_and(|hours| hours > OVERLAP_MAX_HOURS) {
        let detail = format!("须在 0 至 {OVERLAP_MAX_HOURS} 之间");
        return Err(Error::invalid("/overlap_hours", "out_of_range", detail).into());
    }
    let overlap = hours.map(|hours| Duration::from_hours(hours.into()));
    RepeatKey::none()
        .once(&hub, caller, body.fingerprint, async |work| {
            let (entry, secret) = work.rotate_secret(UserId(*id), overlap).await?;
            let shown = work.shown(entry).await?;
            shows(&NewClientView::of(&shown.value, &secret, &shown.names))
        })
        .await
}
