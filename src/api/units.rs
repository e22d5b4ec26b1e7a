//! Units.

#![expect(
    clippy::option_option,
    reason = "in a change, left out, removed and given are three things"
)]

use actix_web::{
    HttpResponse,
    web::{Data, Json, Path},
};
use serde::{Deserialize, Deserializer};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{
    Problem,
    answers::{IfMatch, RepeatKey, Revised as _, at_revision, created, shows},
    body::Body,
    openapi::Refusals,
    page::{self, Page},
    query::Query,
    views::{CapabilitiesView, UnitView},
};
use crate::{
    app::{Caller, Error, Hub, NewUnit, UnitChange, cursor},
    domain::{Branch, CreditCode, Prefix, UnitId},
};

/// 登记单位。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnterUnit {
    /// 全称
    full_name: String,
    /// 规范化简称
    short_name: String,
    /// 系统：government、court、procuratorate、other
    #[schema(value_type = String)]
    branch: Branch,
    /// 统一社会信用代码
    #[schema(value_type = Option<String>)]
    #[serde(default, deserialize_with = "parsed_if")]
    credit_code: Option<CreditCode>,
    /// 上级主管单位编号
    parent_id: Option<Uuid>,
    /// 机关代字，第一个为默认
    #[schema(value_type = Vec<String>)]
    #[serde(default, deserialize_with = "parsed_list")]
    prefixes: Vec<Prefix>,
}

/// 修改单位；未给出的字段不变。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeUnit {
    /// 全称
    full_name: Option<String>,
    /// 规范化简称
    short_name: Option<String>,
    /// 统一社会信用代码；null 为删去
    #[schema(value_type = Option<String>)]
    #[serde(default, deserialize_with = "given_parsed")]
    credit_code: Option<Option<CreditCode>>,
    /// 上级主管单位编号；null 为删去
    #[schema(value_type = Option<Uuid>)]
    #[serde(default, deserialize_with = "given")]
    parent_id: Option<Option<Uuid>>,
    /// 机关代字，整体替换
    #[schema(value_type = Option<Vec<String>>)]
    #[serde(default, deserialize_with = "given_list")]
    prefixes: Option<Vec<Prefix>>,
    /// 是否启用
    active: Option<bool>,
}

/// 单位名录的筛选。
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UnitQuery {
    /// 每页条数，默认 50，最多 100
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// 上一页返回的 `next_cursor`
    cursor: Option<String>,
    /// true：只列本单位可以发文的单位；程序账号总是如此
    sendable: Option<bool>,
    /// 只列可以作为此种文书主送单位的单位，须与 sendable=true 同用
    kind: Option<String>,
}

/// 接收能力的筛选。
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CapabilityQuery {
    /// 只看此种文书
    kind: Option<String>,
}

/// 单位名录，按登记先后。
#[utoipa::path(get, path = "/api/v1/units", tag = "单位与人员", security(("bearer" = [])),
    params(UnitQuery), responses((status = 200, body = Page<UnitView>), Refusals))]
pub(super) async fn list(
    hub: Data<Hub>,
    caller: Caller,
    query: Query<UnitQuery>,
) -> Result<Json<Page<UnitView>>, Problem> {
    let limit = page::limit(&hub, query.limit)?;
    let after = cursor::key(query.cursor.as_deref())?.map(UnitId);
    let sendable = query.sendable.unwrap_or(false) || caller.is_machine();
    if query.kind.is_some() && !sendable {
        let detail = "kind 须与 sendable=true 同用";
        return Err(Error::invalid("kind", "conflicting", detail).into());
    }
    let units = if sendable {
        let kind = query.kind.as_deref();
        hub.sendable_units(&caller, kind, after, limit + 1).await?
    } else {
        hub.units(&caller, after, page::rows(limit)).await?
    };
    Ok(Json(page::page(
        units,
        limit,
        |unit| cursor::key_cursor(unit.id),
        UnitView::from,
    )))
}

/// 登记单位（系统管理员）。
#[utoipa::path(post, path = "/api/v1/units", tag = "单位与人员", security(("bearer" = [])),
    request_body = EnterUnit, responses((status = 201, body = UnitView), Refusals))]
pub(super) async fn enter(
    hub: Data<Hub>,
    caller: Caller,
    key: RepeatKey,
    body: Body<EnterUnit>,
) -> Result<HttpResponse, Problem> {
    let EnterUnit {
        full_name,
        short_name,
        branch,
        credit_code,
        parent_id,
        prefixes,
    } = body.value;
    let parent = parent_id.map(UnitId);
    let new = NewUnit {
        full_name,
        short_name,
        branch,
        credit_code,
        parent,
        prefixes,
    };
    key.once(&hub, caller, body.fingerprint, async |work| {
        let unit = work.enter_unit(new).await?;
        let (id, revision) = (unit.id, unit.revision);
        Ok(created(format!("/api/v1/units/{id}"), &UnitView::from(unit))?.revised(revision))
    })
    .await
}

/// 一个单位。
#[utoipa::path(get, path = "/api/v1/units/{id}", tag = "单位与人员", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "单位编号")),
    responses((status = 200, body = UnitView), Refusals))]
pub(super) async fn show(
    hub: Data<Hub>,
    caller: Caller,
    id: Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let unit = hub.unit(&caller, UnitId(*id)).await?;
    Ok(at_revision(unit.revision, &UnitView::from(unit)))
}

/// 一个单位可以从本单位接收什么：文书种类、主送或抄送、是否须回复及其期限规则、文件上限、是否由程序取件。
#[utoipa::path(get, path = "/api/v1/units/{id}/capabilities", tag = "单位与人员",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "单位编号"), CapabilityQuery),
    responses((status = 200, body = CapabilitiesView), Refusals))]
pub(super) async fn capabilities(
    hub: Data<Hub>,
    caller: Caller,
    id: Path<Uuid>,
    query: Query<CapabilityQuery>,
) -> Result<Json<CapabilitiesView>, Problem> {
    let found = hub
        .capabilities(&caller, UnitId(*id), query.kind.as_deref())
        .await?;
    Ok(Json(CapabilitiesView::of(found, hub.rules(), hub.now())))
}

/// 修改单位（系统管理员）。
#[utoipa::path(patch, path = "/api/v1/units/{id}", tag = "单位与人员", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "单位编号"),
           ("If-Match" = String, Header, description = "读取时得到的 ETag")),
    request_body = ChangeUnit, responses((status = 200, body = UnitView), Refusals))]
pub(super) async fn change(
    hub: Data<Hub>,
    caller: Caller,
    id: Path<Uuid>,
    revision: IfMatch,
    key: RepeatKey,
    body: Body<ChangeUnit>,
) -> Result<HttpResponse, Problem> {
    let asked = body.value;
    let change = UnitChange {
        full_name: asked.full_name,
        short_name: asked.short_name,
        credit_code: asked.credit_code,
        parent: asked.parent_id.map(|parent| parent.map(UnitId)),
        prefixes: asked.prefixes,
        active: asked.active,
    };
    key.once(&hub, caller, body.fingerprint, async |work| {
        let unit = work.change_unit(UnitId(*id), revision.0, change).await?;
        let revision = unit.revision;
        Ok(shows(&UnitView::from(unit))?.revised(revision))
    })
    .await
}

/// A field that was given, be it `null`.
pub(super) fn given<'de, D, T>(from: D) -> Result<Option<Option<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(from).map(Some)
}

/// Text that is parsed, if there is any.
pub(super) fn parsed_if<'de, D, T>(from: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: std::str::FromStr<Err: std::fmt::Display>,
{
    let text: Option<String> = Option::deserialize(from)?;
    text.map(|text| text.parse().map_err(serde::de::Error::custom))
        .transpose()
}

/// A field that was given, be it `null`, and is parsed.
pub(super) fn given_parsed<'de, D, T>(from: D) -> Result<Option<Option<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: std::str::FromStr<Err: std::fmt::Display>,
{
    parsed_if(from).map(Some)
}

fn parsed_list<'de, D, T>(from: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: std::str::FromStr<Err: std::fmt::Display>,
{
    let texts: Vec<String> = Vec::deserialize(from)?;
    texts
        .iter()
        .map(|text| text.parse().map_err(serde::de::Error::custom))
        .collect()
}

fn given_list<'de, D, T>(from: D) -> Result<Option<Vec<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: std::str::FromStr<Err: std::fmt::Display>,
{
    parsed_list(from).map(Some)
}
