//! The figures of the duties to reply.

use actix_web::{
    HttpResponse,
    http::header,
    web::{Data, Json},
};
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::{
    Problem,
    files::inert,
    obligations::SHEET,
    openapi::Refusals,
    page::{self, Page},
    query::Query,
    views::{FigureDefinition, ObligationView, StatisticsView},
};
use crate::{
    app::{Caller, FiguresQuestion, Hub, cursor},
    domain::{
        ObligationId, Side, UnitId,
        statistics::{Breakdown, Figure, FigurePart},
    },
};

/// Declares what asks for figures: which duties are counted, and what else an endpoint takes.
macro_rules! asks_for_figures {
    ($(#[$doc:meta])* $name:ident { $($(#[$more:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Deserialize, IntoParams)]
        #[serde(deny_unknown_fields)]
        #[into_params(parameter_in = Query)]
        pub struct $name {
            /// owed 本单位应回复的（默认），due 应回复本单位的，all 全部（联席会议办公室）
            #[param(value_type = Option<String>)]
            side: Option<Side>,
            /// 发出日期不早于（北京时间，含当日），默认今年 1 月 1 日
            #[param(value_type = Option<String>)]
            since: Option<Date>,
            /// 发出日期不晚于（北京时间，含当日），默认开始日期当年的 12 月 31 日
            #[param(value_type = Option<String>)]
            until: Option<Date>,
            /// 统计日：此日之后发生的不计，默认今天；期限按现在的
            #[param(value_type = Option<String>)]
            as_of: Option<Date>,
            /// 文书种类
            kind: Option<String>,
            /// 应回复的单位
            debtor: Option<Uuid>,
            /// 发文单位
            creditor: Option<Uuid>,
            $($(#[$more])* $field: $type,)*
        }

        impl $name {
            fn question(&self) -> FiguresQuestion {
                FiguresQuestion {
                    side: self.side.unwrap_or(Side::Owed),
                    since: self.since,
                    until: self.until,
                    as_of: self.as_of,
                    kind: self.kind.clone(),
                    debtor: self.debtor.map(UnitId),
                    creditor: self.creditor.map(UnitId),
                }
            }
        }
    };
}

asks_for_figures! {
    /// 统计的范围。
    StatisticsQuery {
        /// 分组：`none`（默认）、`debtor`、`creditor`、`kind`、`month`、`quarter`、`year`
        #[param(value_type = Option<String>)]
        by: Option<Breakdown>,
    }
}

asks_for_figures! {
    /// 报表的范围。
    ReportQuery {}
}

asks_for_figures! {
    /// 构成一个数的各项义务。
    FigureRowsQuery {
        /// 指标，见 `/api/v1/statistics/figures`
        #[param(value_type = String)]
        figure: Figure,
        /// numerator 分子（默认）、denominator 分母
        #[param(value_type = Option<String>)]
        part: Option<FigurePart>,
        /// 每页条数，默认 50，最多 100
        #[param(minimum = 1, maximum = 100)]
        limit: Option<u32>,
        /// 上一页返回的 `next_cursor`
        cursor: Option<String>,
    }
}

/// 统计：各项指标的分子、分母、比率和口径，办理各环节的时长，与上期的比较。
#[utoipa::path(get, path = "/api/v1/statistics", tag = "统计", security(("bearer" = [])),
    params(StatisticsQuery), responses((status = 200, body = StatisticsView), Refusals))]
pub(super) async fn show(
    hub: Data<Hub>,
    caller: Caller,
    query: Query<StatisticsQuery>,
) -> Result<Json<StatisticsView>, Problem> {
    let by = query.by.unwrap_or(Breakdown::None);
    let shown = hub.statistics(&caller, &query.question(), by).await?;
    let view = StatisticsView::of(&shown.value, by, &shown.names, hub.rules());
    Ok(Json(view))
}

/// 各项指标的口径。
#[utoipa::path(get, path = "/api/v1/statistics/figures", tag = "统计", security(("bearer" = [])),
    responses((status = 200, body = Vec<FigureDefinition>), Refusals))]
pub(super) async fn figures(caller: Caller) -> Result<Json<Vec<FigureDefinition>>, Problem> {
    caller.settled()?;
    Ok(Json(
        Figure::ALL.iter().map(|figure| (*figure).into()).collect(),
    ))
}

/// 构成一个分子或者分母的各项回复义务，从新到旧。
#[utoipa::path(get, path = "/api/v1/statistics/rows", tag = "统计", security(("bearer" = [])),
    params(FigureRowsQuery), responses((status = 200, body = Page<ObligationView>), Refusals))]
pub(super) async fn rows(
    hub: Data<Hub>,
    caller: Caller,
    query: Query<FigureRowsQuery>,
) -> Result<Json<Page<ObligationView>>, Problem> {
    let limit = page::limit(&hub, query.limit)?;
    let after = cursor::place(query.cursor.as_deref())?.map(|(at, id)| (at, ObligationId(id)));
    let figure = (query.figure, query.part.unwrap_or(FigurePart::Numerator));
    let shown = hub
        .figure_rows(&caller, &query.question(), figure, after, page::rows(limit))
        .await?;
    let (names, now) = (shown.names, hub.now());
    Ok(Json(page::page(
        shown.value,
        limit,
        |line| cursor::cursor(line.obligation.created_at, line.obligation.id.0),
        |line| ObligationView::of(line, now, &names, hub.rules()),
    )))
}

/// 统计报表（XLSX）：总览与上期比较、按月、按单位、按种类、时长、口径，带图表。
#[utoipa::path(get, path = "/api/v1/statistics/report", tag = "统计", security(("bearer" = [])),
    params(ReportQuery),
    responses((status = 200, body = Vec<u8>, content_type = SHEET), Refusals))]
pub(super) async fn report(
    hub: Data<Hub>,
    caller: Caller,
    query: Query<ReportQuery>,
) -> Result<HttpResponse, Problem> {
    let report = hub.statistics_report(&caller, &query.question()).await?;
    let mut response = HttpResponse::Ok();
    inert(&mut response, &report.name, SHEET);
    response.insert_header((header::CONTENT_LENGTH, report.bytes.len()));
    Ok(response.body(report.bytes))
}
