//! The duties to reply.

use actix_web::{
    HttpResponse,
    http::header,
    web::{Data, Json, Path},
};
use futures_util::TryStreamExt as _;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{
    Problem,
    files::inert,
    openapi::Refusals,
    page::{self, Page, PageQuery},
    query::{Both, Query},
    views::{DutyView, ObligationView},
};
use crate::{
    app::{Caller, Hub, LedgerRequest},
    domain::{
        LedgerCriteria, LedgerOrder, LedgerViewId, ObligationId, ObligationState, Side, UnitId,
    },
};

/// The media type of a workbook.
pub(super) const SHEET: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// 按保存的视图看台账。
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ViewQuery {
    /// 保存的台账视图编号；另外给出的参数优先于视图中的
    view: Option<Uuid>,
}

/// 台账看什么、怎样排序；未给出的不限。
#[derive(Debug, Clone, Serialize, Deserialize, IntoParams, ToSchema)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Criteria {
    /// owed 本单位应回复的（默认），due 应回复本单位的，all 全部（联席会议办公室）
    #[param(value_type = Option<String>, pattern = "^(owed|due|all)$")]
    #[schema(value_type = Option<String>, pattern = "^(owed|due|all)$")]
    side: Option<Side>,
    /// newest 从新到旧（默认），oldest 从旧到新，due 先到期的在前，-due 后到期的在前；
    /// 还没有届满日的在最后
    #[param(value_type = Option<String>, pattern = "^(newest|oldest|due|-due)$")]
    #[schema(value_type = Option<String>, pattern = "^(newest|oldest|due|-due)$")]
    sort: Option<LedgerOrder>,
    /// 状态：`awaiting_signature`、`awaiting_registration`、`in_progress`、`objecting`、
    /// `extending`、`supplementing`、`replied`、`evaluated`、`closed`、`suspended`、`withdrawn`
    #[param(value_type = Option<String>)]
    #[schema(value_type = Option<String>)]
    state: Option<ObligationState>,
    /// 文书种类
    kind: Option<String>,
    /// 应回复的单位
    debtor: Option<Uuid>,
    /// 发文单位
    creditor: Option<Uuid>,
    /// true：只看逾期的（含逾期回复的）；false：只看没有逾期的
    overdue: Option<bool>,
    /// 届满日不早于；退回补充的按补充期限
    #[param(value_type = Option<String>)]
    #[schema(value_type = Option<String>)]
    due_from: Option<Date>,
    /// 届满日不晚于；退回补充的按补充期限
    #[param(value_type = Option<String>)]
    #[schema(value_type = Option<String>)]
    due_until: Option<Date>,
    /// 产生日期不早于（北京时间，含当日）
    #[param(value_type = Option<String>)]
    #[schema(value_type = Option<String>)]
    since: Option<Date>,
    /// 产生日期不晚于（北京时间，含当日）
    #[param(value_type = Option<String>)]
    #[schema(value_type = Option<String>)]
    until: Option<Date>,
}

impl From<Criteria> for LedgerCriteria {
    fn from(criteria: Criteria) -> Self {
        Self {
            side: criteria.side,
            order: criteria.sort,
            state: criteria.state,
            kind: criteria.kind,
            debtor: criteria.debtor.map(UnitId),
            creditor: criteria.creditor.map(UnitId),
            overdue: criteria.overdue,
            due_from: criteria.due_from,
            due_until: criteria.due_until,
            since: criteria.since,
            until: criteria.until,
        }
    }
}

impl From<LedgerCriteria> for Criteria {
    fn from(criteria: LedgerCriteria) -> Self {
        Self {
            side: criteria.side,
            sort: criteria.order,
            state: criteria.state,
            kind: criteria.kind,
            debtor: criteria.debtor.map(|unit| unit.0),
            creditor: criteria.creditor.map(|unit| unit.0),
            overdue: criteria.overdue,
            due_from: criteria.due_from,
            due_until: criteria.due_until,
            since: criteria.since,
            until: criteria.until,
        }
    }
}

/// What the list and the workbook are asked with.
type Asked = Both<ViewQuery, Criteria>;

impl From<Asked> for LedgerRequest {
    fn from(Both(by, criteria): Asked) -> Self {
        Self {
            view: by.view.map(LedgerViewId),
            criteria: criteria.into(),
        }
    }
}

/// 台账：回复义务。
#[utoipa::path(get, path = "/api/v1/obligations", tag = "回复义务", security(("bearer" = [])),
    params(PageQuery, ViewQuery, Criteria),
    responses((status = 200, body = Page<ObligationView>), Refusals))]
pub(super) async fn list(
    hub: Data<Hub>,
    caller: Caller,
    query: Query<Both<PageQuery, Asked>>,
) -> Result<Json<Page<ObligationView>>, Problem> {
    let Both(page, asked) = query.into_inner();
    let limit = page::limit(&hub, page.limit)?;
    let shown = hub
        .obligations(&caller, &asked.into(), page.cursor.as_deref(), limit)
        .await?;
    let (names, now) = (shown.names, hub.now());
    let lines = shown.value.lines.into_iter();
    Ok(Json(Page {
        items: lines
            .map(|line| ObligationView::of(line, now, &names, hub.rules()))
            .collect(),
        next_cursor: shown.value.next,
    }))
}

/// 导出台账（XLSX）：筛选、排序、视图与列表相同，不分页；最多 `limits.ledger_rows_max` 行，超过时须缩小范围。
#[utoipa::path(get, path = "/api/v1/obligations/export", tag = "回复义务",
    security(("bearer" = [])), params(ViewQuery, Criteria),
    responses((status = 200, body = Vec<u8>, content_type = SHEET), Refusals))]
pub(super) async fn export(
    hub: Data<Hub>,
    caller: Caller,
    query: Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let sheet = hub
        .ledger_sheet(&caller, &query.into_inner().into())
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
