//! Accounts of people, for the system admin.

#![expect(
    clippy::option_option,
    reason = "in a change, left out, removed and given are three things"
)]

use actix_web::{
    HttpResponse,
    web::{Data, Json, Path},
};
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
    views::{NewUserView, UserView},
};
use crate::{
    app::{AccountChange, Caller, Hub, NewAccount, cursor},
    domain::{HubRole, Membership, Role, UnitId, UserId},
};

/// 人员在一个单位的角色。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// 单位编号
    unit_id: Uuid,
    /// 角色：clerk、handler、reviewer、signer、liaison、reader
    #[schema(value_type = Vec<String>)]
    roles: Vec<Role>,
}

impl From<Place> for Membership {
    fn from(place: Place) -> Self {
        Self {
            unit: UnitId(place.unit_id),
            roles: place.roles,
        }
    }
}

/// 建立账号。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnterUser {
    /// 登录名：3 至 32 位小写字母、数字、点、下划线或连字符
    login: String,
    /// 姓名
    name: String,
    /// 邮箱，提醒同时发到这里；可以没有
    email: Option<String>,
    /// 所属单位与角色
    #[serde(default)]
    memberships: Vec<Place>,
    /// 平台角色：`conference_office`、`system_admin`、`security_admin`、`auditor`
    #[schema(value_type = Vec<String>)]
    #[serde(default)]
    hub_roles: Vec<HubRole>,
}

/// 修改账号；未给出的字段不变。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeUser {
    /// 姓名
    name: Option<String>,
    /// 邮箱；null 为删去
    #[schema(value_type = Option<String>)]
    #[serde(default, deserialize_with = "given")]
    email: Option<Option<String>>,
    /// 所属单位与角色，整体替换
    memberships: Option<Vec<Place>>,
    /// 平台角色，整体替换
    #[schema(value_type = Option<Vec<String>>)]
    hub_roles: Option<Vec<HubRole>>,
    /// 是否启用；停用立即终止其会话
    active: Option<bool>,
}

/// 账号名录（系统管理员）。
#[utoipa::path(get, path = "/api/v1/users", tag = "单位与人员", security(("bearer" = [])),
    params(PageQuery), responses((status = 200, body = Page<UserView>), Refusals))]
pub(super) async fn list(
    hub: Data<Hub>,
    caller: Caller,
    query: Query<PageQuery>,
) -> Result<Json<Page<UserView>>, Problem> {
    let limit = page::limit(&hub, query.limit)?;
    let after = cursor::key(query.cursor.as_deref())?.map(UserId);
    let shown = hub.accounts(&caller, after, page::rows(limit)).await?;
    let names = shown.names;
    let view = |user| UserView::of(user, &names);
    Ok(Json(page::page(
        shown.value,
        limit,
        |user| cursor::key_cursor(user.id),
        view,
    )))
}

/// 建立账号，得到一次性密码（系统管理员）。
#[utoipa::path(post, path = "/api/v1/users", tag = "单位与人员", security(("bearer" = [])),
    request_body = EnterUser, responses((status = 201, body = NewUserView), Refusals))]
pub(super) async fn enter(
    hub: Data<Hub>,
    caller: Caller,
    body: Body<EnterUser>,
) -> Result<HttpResponse, Problem> {
    let EnterUser {
        login,
        name,
        email,
        memberships,
        hub_roles,
    } = body.value;
    let memberships = memberships.into_iter().map(Into::into).collect();
    let new = NewAccount {
        login,
        name,
        email,
        memberships,
        hub_roles,
    };
    caller.hub_role(HubRole::SystemAdmin)?;
    let (password, hash) = hub.one_time_password().await?;
    // Never answered twice: the password would have to be kept.
    RepeatKey::none()
        .once(&hub, caller, body.fingerprint, async |work| {
            let user = work.enter_account(new, &hash).await?;
            let (id, revision) = (user.id, user.revision);
            let shown = work.shown(user).await?;
            let view = NewUserView {
                user: UserView::of(shown.value, &shown.names),
                one_time_password: password.0,
            };
            Ok(created(format!("/api/v1/users/{id}"), &view)?.revised(revision))
        })
        .await
}

/// 一个账号（系统管理员）。
#[utoipa::path(get, path = "/api/v1/users/{id}", tag = "单位与人员", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "人员编号")),
    responses((status = 200, body = UserView), Refusals))]
pub(super) async fn show(
    hub: Data<Hub>,
    caller: Caller,
    id: Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let shown = hub.account(&caller, UserId(*id)).await?;
    let revision = shown.value.revision;
    let view = UserView::of(shown.value, &shown.names);
    Ok(at_revision(revision, &view))
}

/// 修改账号（系统管理员）。
#[utoipa::path(patch, path = "/api/v1/users/{id}", tag = "单位与人员", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "人员编号"),
           ("If-Match" = String, Header, description = "读取时得到的 ETag")),
    request_body = ChangeUser, responses((status = 200, body = UserView), Refusals))]
pub(super) async fn change(
    hub: Data<Hub>,
    caller: Caller,
    id: Path<Uuid>,
    revision: IfMatch,
    key: RepeatKey,
    body: Body<ChangeUser>,
) -> Result<HttpResponse, Problem> {
    let asked = body.value;
    let change = AccountChange {
        name: asked.name,
        email: asked.email,
        memberships: asked
            .memberships
            .map(|places| places.into_iter().map(Into::into).collect()),
        hub_roles: asked.hub_roles,
        active: asked.active,
    };
    key.once(&hub, caller, body.fingerprint, async |work| {
        let user = work.change_account(UserId(*id), revision.0, change).await?;
        let revision = user.revision;
        let shown = work.shown(user).await?;
        Ok(shows(&UserView::of(shown.value, &shown.names))?.revised(revision))
    })
    .await
}

/// 重置密码，得到新的一次性密码；其会话立即终止（系统管理员）。
#[utoipa::path(post, path = "/api/v1/users/{id}/password", tag = "单位与人员",
    security(("bearer" = [])), params(("id" = Uuid, Path, description = "人员编号")),
    responses((status = 200, body = NewUserView), Refusals))]
pub(super) async fn reset_password(
    hub: Data<Hub>,
    caller: Caller,
    id: Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    caller.hub_role(HubRole::SystemAdmin)?;
    let (password, hash) = hub.one_time_password().await?;
    RepeatKey::none()
        .once(&hub, caller, [0; 32], async |work| {
            let user = work.reset_password(UserId(*id), &hash).await?;
            let shown = work.shown(user).await?;
            shows(&NewUserView {
                user: UserView::of(shown.value, &shown.names),
                one_time_password: password.0,
            })
        })
        .await
}
