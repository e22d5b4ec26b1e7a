//! Logging in and out.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Json},
};
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Problem,
    body::Body,
    client,
    openapi::Refusals,
    views::{StandingView, TokensView, UserView},
};
use crate::{
    app::{Caller, Credentials, Hub},
    domain::UnitId,
};

/// 初始化：用首次启动时显示的初始化码建立系统管理员账号。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetUp {
    /// 首次启动时显示的初始化码
    #[schema(value_type = String)]
    code: SecretString,
    /// 登录名
    login: String,
    /// 姓名
    name: String,
    /// 密码
    #[schema(value_type = String)]
    password: SecretString,
}

/// 登录。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LogIn {
    /// 登录名
    login: String,
    /// 密码
    #[schema(value_type = String)]
    password: SecretString,
    /// 代表哪个单位；属于多个单位时填写，默认第一个
    unit_id: Option<Uuid>,
}

/// 换取新的令牌。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Refresh {
    /// 刷新令牌
    #[schema(value_type = String)]
    refresh_token: SecretString,
}

/// 修改密码。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    /// 当前密码
    #[schema(value_type = String)]
    current_password: SecretString,
    /// 新密码
    #[schema(value_type = String)]
    new_password: SecretString,
}

/// 用初始化码建立第一个账号（系统管理员）。
#[utoipa::path(post, path = "/api/v1/setup", tag = "登录", request_body = SetUp,
    responses((status = 201, body = UserView), Refusals))]
pub(super) async fn set_up(hub: Data<Hub>, body: Body<SetUp>) -> Result<HttpResponse, Problem> {
    let SetUp {
        code,
        login,
        name,
        password,
    } = body.value;
    let user = hub.set_up(&code, &login, &name, &password).await?;
    Ok(HttpResponse::Created().json(UserView::of(user, &crate::app::Directory::default())))
}

/// 登录，得到访问令牌和刷新令牌。
#[utoipa::path(post, path = "/api/v1/auth/login", tag = "登录", request_body = LogIn,
    responses((status = 200, body = TokensView), Refusals))]
pub(super) async fn log_in(
    hub: Data<Hub>,
    request: HttpRequest,
    body: Body<LogIn>,
) -> Result<Json<TokensView>, Problem> {
    let credentials = Credentials {
        login: body.value.login,
        password: body.value.password,
        unit: body.value.unit_id.map(UnitId),
    };
    let tokens = hub.log_in(credentials, client::address(&request)).await?;
    Ok(Json(tokens.into()))
}

/// 用刷新令牌换取新的一对令牌；同一刷新令牌使用两次视为被盗，会话随即终止。
#[utoipa::path(post, path = "/api/v1/auth/refresh", tag = "登录", request_body = Refresh,
    responses((status = 200, body = TokensView), Refusals))]
pub(super) async fn refresh(
    hub: Data<Hub>,
    body: Body<Refresh>,
) -> Result<Json<TokensView>, Problem> {
    let tokens = hub.refresh(&body.value.refresh_token).await?;
    Ok(Json(tokens.into()))
}

/// 退出登录，立即生效。
#[utoipa::path(post, path = "/api/v1/auth/logout", tag = "登录", security(("bearer" = [])),
    responses((status = 204), Refusals))]
pub(super) async fn log_out(hub: Data<Hub>, caller: Caller) -> Result<HttpResponse, Problem> {
    hub.log_out(&caller).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// 修改自己的密码；所有会话随即终止，须重新登录。
#[utoipa::path(post, path = "/api/v1/auth/password", tag = "登录", security(("bearer" = [])),
    request_body = ChangePassword, responses((status = 204), Refusals))]
pub(super) async fn change_password(
    hub: Data<Hub>,
    caller: Caller,
    body: Body<ChangePassword>,
) -> Result<HttpResponse, Problem> {
    let ChangePassword {
        current_password,
        new_password,
    } = body.value;
    hub.change_password(&caller, &current_password, &new_password)
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// 当前登录的人员、单位和角色。
#[utoipa::path(get, path = "/api/v1/auth/me", tag = "登录", security(("bearer" = [])),
    responses((status = 200, body = StandingView), Refusals))]
pub(super) async fn me(hub: Data<Hub>, caller: Caller) -> Result<Json<StandingView>, Problem> {
    Ok(Json(hub.standing(&caller).await?.into()))
}

/// 验证访问令牌和凭证签名所用的公钥。
#[utoipa::path(get, path = "/.well-known/jwks.json", tag = "登录",
    responses((status = 200, body = Object), Refusals))]
pub(super) async fn key_set(hub: Data<Hub>) -> Json<serde_json::Value> {
    Json(hub.key_set())
}
