//! What is reported about cases, quarter by quarter.

use actix_web::{
    HttpResponse,
    web::{Data, Json, Path},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{
    Problem,
    answers::{RepeatKey, shows},
    body::Body,
    openapi::Refusals,
    query::Query,
    views::{CaseReportView, CaseReportsView},
};
use crate::{
    app::{Caller, Error, Hub},
    domain::{
        UnitId,
        statistics::{CaseCounts, Quarter},
    },
};

/// 季度的范围。
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct QuartersQuery {
    /// 从哪个季度起，例如 2026Q1；默认今年第一季度
    since: Option<String>,
    /// 到哪个季度止（含），默认起始季度之后三个季度
    until: Option<String>,
}

/// 报送的件数。
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedCaseReport {
    /// 各项件数：`heard`、`should_appear`、`appeared`、`ended`、`judged`、`lost`、`settled`、
    /// `appealable`、`appealed`、`effective`、`retried`（法院报送），`reviews_ended`、
    /// `reviews_corrected`（联席会议办公室报送）；不写的是没有报送，不是零
    #[schema(value_type = std::collections::BTreeMap<String, u64>)]
    counts: CaseCounts,
}

fn quarter(name: &str, text: &str) -> Result<Quarter, Error> {
    let quarter = text.parse();
    quarter.map_err(|fault| Error::invalid(name, "malformed", fault))
}

/// 案件指标：各季度报送的件数，和负责人出庭应诉率、败诉率、上诉率、再审率、复议纠错率。
#[utoipa::path(get, path = "/api/v1/case-reports", tag = "统计", security(("bearer" = [])),
    params(QuartersQuery), responses((status = 200, body = CaseReportsView), Refusals))]
pub(super) async fn list(
    hub: Data<Hub>,
    caller: Caller,
    query: Query<QuartersQuery>,
) -> Result<Json<CaseReportsView>, Problem> {
    let read = |name, text: &Option<String>| text.as_deref().map(|text| quarter(name, text));
    let since = read("since", &query.since).transpose()?;
    let until = read("until", &query.until).transpose()?;
    let shown = hub.case_reports(&caller, since, until).await?;
    Ok(Json(CaseReportsView::of(shown.value, &shown.names)))
}

/// 报送或者更正一个季度里以某单位为被告、被申请人的案件的件数；以前报送的保留。
#[utoipa::path(put, path = "/api/v1/case-reports/{quarter}/{unit_id}", tag = "统计",
    security(("bearer" = [])),
    params(("quarter" = String, Path, description = "季度，例如 2026Q1"),
           ("unit_id" = Uuid, Path, description = "被告、被申请人")),
    request_body = AskedCaseReport,
    responses((status = 200, body = CaseReportView), Refusals))]
pub(super) async fn report(
    hub: Data<Hub>,
    caller: Caller,
    path: Path<(String, Uuid)>,
    key: RepeatKey,
    body: Body<AskedCaseReport>,
) -> Result<HttpResponse, Problem> {
    let (text, unit) = path.into_inner();
    let of = quarter("quarter", &text)?;
    let counts = body.value.counts;
    key.once(&hub, caller, body.fingerprint, async |work| {
        let report = work.report_cases(of, UnitId(unit), counts.clone()).await?;
        let shown = work.shown(report).await?;
        shows(&CaseReportView::of(shown.value, &shown.names))
    })
    .await
}
