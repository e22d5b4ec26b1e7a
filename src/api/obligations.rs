//! The duties to reply.

use actix_web::{
    HttpResponse,
    http::header,
    web::{Data, Json, Path},
};
use futures_util::TryStreamExt as _;
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{
    Problem,
    files::inert,
    openapi::Refusals,
    page::{self, Page},
    query::Query,
    views::{DutyView, ObligationView},
};
use crate::{
    app::{Caller, Hub, Result, Side, cursor},
    domain::{ObligationFilter, ObligationId, ObligationState, UnitId, beginning_of},
};

/// The media type of a workbook.
pub(super) const SHEET: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// 回复义务的筛选。
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ObligationQuery {
    /// 每页条数，默认 50，最多 100
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// 上一页返回的 `next_cursor`
    cursor: Option<String>,
    /// owed 本单位应回复的（默认），due 应回复本单位的，all 全部（联席会议办公室）
    side: Option<SideCode>,
    /// 状态：`awaiting_signature`、`awaiting_registration`、`in_progress`、`objecting`、
    /// `extending`、`supplementing`、`replied`、`evaluated`、`closed`、`suspended`、`withdrawn`
    #[param(value_type = Option<String>)]
    state: Option<ObligationState>,
    /// 文书种类
    kind: Option<String>,
    /// 应回复的单位
    debtor: Option<Uuid>,
    /// 发文单位
    creditor: Option<Uuid>,
    /// true：只看逾期的（含逾期回复的）；false：只看没有逾期的
    overdue: Option<bool>,
    /// 届满日不早于
    #[param(value_type = Option<String>)]
    due_from: Option<Date>,
    /// 届满日不晚于
    #[param(value_type = Option<String>)]
    due_until: Option<Date>,
    /// 产生日期不早于（北京时间，含当日）
    #[param(value_type = Option<String>)]
    since: Option<Date>,
    /// 产生日期不晚于（北京时间，含当日）
    #[param(value_type = Option<String>)]
    until: Option<Date>,
}

impl ObligationQuery {
    fn side(&self) -> Side {
        self.side.map_or(Side::Owed, Into::into)
    }

    fn filter(&self) -> Result<ObligationFilter> {
        let place = cursor::place(self.cursor.as_deref())?;
        Ok(ObligationFilter {
            state: self.state,
            kind: self.kind.clone(),
            debtor: self.debtor.map(UnitId),
            creditor: self.creditor.map(UnitId),
            overdue: self.overdue,
            due_from: self.due_from,
            due_until: self.due_until,
            since: self.since.map(beginning_of),
            until: self
                .until
                .map(|day| beginning_of(day.tomorrow().unwrap_or(Date::MAX))),
            after: place.map(|(at, id)| (at, ObligationId(id))),
        })
    }
}

/// 导出的筛选，与列表相同。
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExportQuery {
    /// owed 本单位应回复的（默认），due 应回复本单位的，all 全部（联席会议办公室）
    side: Option<SideCode>,
    /// 状态：`awaiting_signature`、`awaiting_registration`、`in_progress`、`objecting`、
    /// `extending`、`supplementing`、`replied`、`evaluated`、`closed`、`suspended`、`withdrawn`
    #[param(value_type = Option<String>)]
    state: Option<ObligationState>,
    /// 文书种类
    kind: Option<String>,
    /// 应回复的单位
    debtor: Option<Uuid>,
    /// 发文单位
    creditor: Option<Uuid>,
    /// true：只看逾期的（含逾期回复的）；false：只看没有逾期的
    overdue: Option<bool>,
    /// 届满日不早于
    #[param(value_type = Option<String>)]
    due_from: Option<Date>,
    /// 届满日不晚于
    #[param(value_type = Option<String>)]
    due_until: Option<Date>,
    /// 产生日期不早于（北京时间，含当日）
    #[param(value_type = Option<String>)]
    since: Option<Date>,
    /// 产生日期不晚于（北京时间，含当日）
    #[param(value_type = Option<String>)]
    until: Option<Date>,
}

impl From<ExportQuery> for ObligationQuery {
    fn from(query: ExportQuery) -> Self {
        Self {
            limit: None,
            cursor: None,
            side: query.side,
            state: query.state,
            kind: query.kind,
            debtor: query.debtor,
            creditor: query.creditor,
            overdue: query.overdue,
            due_from: query.due_from,
            due_until: query.due_until,
            since: query.since,
            until: query.until,
        }
    }
}

/// 从哪一方看。
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SideCode {
    /// 本单位应回复的
    Owed,
    /// 应回复本单位的
    Due,
    /// 全部
    All,
}

impl From<SideCode> for Side {
    fn from(side: SideCode) -> Self {
        match side {
            SideCode::Owed => Self::Owed,
            SideCode::Due => Self::Due,
            SideCode::All => Self::All,
        }
    }
}

/// 台账：回复义务，从新到旧。
#[utoipa::path(get, path = "/api/v1/obligations", tag = "回复义务", security(("bearer" = [])),
    params(ObligationQuery), responses((status = 200, body = Page<ObligationView>), Refusals))]
pub(super) async fn list(
    hub: Data<Hub>,
    caller: Caller,
    query: Query<ObligationQuery>,
) -> Result<Json<Page<ObligationView>>, Problem> {
    let limit = page::limit(&hub, query.limit)?;
    let shown = hub
        .obligations(&caller, query.side(), &query.filter()?, limit)
        .await?;
    let (names, now) = (shown.names, hub.now());
    let (lines, next) = shown.value;
    Ok(Json(Page {
        items: lines
            .into_iter()
            .map(|line| ObligationView::of(line, now, &names, hub.rules()))
            .collect(),
        next_cursor: next.map(|(at, id)| cursor::cursor(at, id.0)),
    }))
}

/// 导出台账（XLSX）：与列表相同的筛选，不分页；最多 `limits.ledger_rows_max` 行，超过时须缩小范围。
#[utoipa::path(get, path = "/api/v1/obligations/export", tag = "回复义务",
    security(("bearer" = [])), params(ExportQuery),
    responses((status = 200, body = Vec<u8>, content_type = SHEET), Refusals))]
pub(super) async fn export(
    hub: Data<Hub>,
    caller: Caller,
    query: Query<ExportQuery>,
) -> Result<HttpResponse, Problem> {
    let query = ObligationQuery::from(query.into_inner());
    let sheet = hub
        .ledger_sheet(&caller, query.side(), &query.filter()?)
        .await?;
    let mut response = HttpResponse::Ok();
    inert(&mut response, &sheet.name, SHEET);
    response.insert_header((header::CONTENT_LENGTH, sheet.size));
    let bytes = sheet.into_bytes();
    Ok(response.streaming(bytes.map_err(actix_web::error::ErrorInternalServerError)))
}

/// 一项回复义务：期限的由来和依据、全部经过、现在可以做什么。
#[utoipa::path(get, path = "/api/v1/obligations/{id}", tag = "回复义务",
    security(("bearer" = [])), params(("id" = Uuid, Path, description = "回复义务编号")),
    responses((status = 200, body = DutyView), Refusals))]
pub(super) async fn show(
    hub: Data<Hub>,
    caller: Caller,
    id: Path<Uuid>,
) -> Result<Json<DutyView>, Problem> {
    let shown = hub.obligation(&caller, ObligationId(*id)).await?;
    Ok(Json(DutyView::of(
        shown.value,
        hub.now(),
        &shown.names,
        hub.rules(),
    )))
}
