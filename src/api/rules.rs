//! The rules as data: kinds, deadline rules, calendars.

use actix_web::{
    HttpResponse,
    web::{Data, Json, Path},
};
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::{
    Problem,
    answers::{RepeatKey, shows},
    body::Body,
    openapi::Refusals,
    page::{self, Page, PageQuery},
    query::Query,
    views::{CalendarView, DeadlineRuleView, DueView, KindView},
};
use crate::{
    app::{Caller, Hub, Preview, cursor},
    domain::{CalendarYear, Urgency, legal_day},
};

/// 日期。
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OnDay {
    /// 查询哪一天有效的规则，默认今天
    #[param(value_type = Option<String>)]
    on: Option<Date>,
}

/// 试算期限。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreviewDeadline {
    /// 期限规则编码
    rule: String,
    /// 签收日，默认今天
    #[schema(value_type = Option<String>)]
    signed_on: Option<Date>,
    /// 文书写明的期限；写明的优先
    #[schema(value_type = Option<String>)]
    typed_due_on: Option<Date>,
    /// 紧急程度：`normal`、`urgent`、`extra_urgent`，默认 `normal`
    #[schema(value_type = Option<String>)]
    urgency: Option<Urgency>,
}

/// 一年的放假和调休安排。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedCalendar {
    /// 通知的名称、文号和日期
    source: String,
    /// 放假的日子，含其中的周六、周日；可以含上一年 12 月的日子
    #[schema(value_type = Vec<String>)]
    rest: Vec<Date>,
    /// 调休上班的周六、周日
    #[schema(value_type = Vec<String>)]
    make_up_work: Vec<Date>,
}

/// 试算的结果。
#[derive(serde::Serialize, ToSchema)]
pub struct PreviewView {
    /// 届满日及其由来；规则不设期限时为 null
    due: Option<DueView>,
}

/// 现行文书种类。
#[utoipa::path(get, path = "/api/v1/kinds", tag = "规则", security(("bearer" = [])),
    params(PageQuery), responses((status = 200, body = Page<KindView>), Refusals))]
pub(super) async fn kinds(
    hub: Data<Hub>,
    caller: Caller,
    query: Query<PageQuery>,
) -> Result<Json<Page<KindView>>, Problem> {
    caller.settled()?;
    let limit = page::limit(&hub, query.limit)?;
    let after: Option<String> = cursor::key(query.cursor.as_deref())?;
    let kinds = hub.rules().kinds_on(legal_day(hub.now()));
    let mut kinds: Vec<_> = kinds
        .filter(|kind| kind.enabled && after.as_ref().is_none_or(|after| kind.code > *after))
        .cloned()
        .collect();
    kinds.sort_by(|one, other| one.code.cmp(&other.code));
    Ok(Json(page::page(
        kinds,
        limit,
        |kind| cursor::key_cursor(&kind.code),
        KindView,
    )))
}

/// 一种文书：须填内容、谁可以发给谁、回复要求和依据。
#[utoipa::path(get, path = "/api/v1/kinds/{code}", tag = "规则", security(("bearer" = [])),
    params(("code" = String, Path, description = "文书种类编码"), OnDay),
    responses((status = 200, body = KindView), Refusals))]
pub(super) async fn kind(
    hub: Data<Hub>,
    caller: Caller,
    code: Path<String>,
    query: Query<OnDay>,
) -> Result<Json<KindView>, Problem> {
    caller.settled()?;
    let on = query.on.unwrap_or_else(|| legal_day(hub.now()));
    let kind = hub.rules().kind(&code, on).filter(|kind| kind.enabled);
    Ok(Json(KindView(kind.cloned().ok_or_else(super::not_found)?)))
}

/// 现行期限规则。
#[utoipa::path(get, path = "/api/v1/deadline-rules", tag = "规则", security(("bearer" = [])),
    params(PageQuery), responses((status = 200, body = Page<DeadlineRuleView>), Refusals))]
pub(super) async fn deadline_rules(
    hub: Data<Hub>,
    caller: Caller,
    query: Query<PageQuery>,
) -> Result<Json<Page<DeadlineRuleView>>, Problem> {
    caller.settled()?;
    let limit = page::limit(&hub, query.limit)?;
    let after: Option<String> = cursor::key(query.cursor.as_deref())?;
    let rules = hub.rules().deadline_rules_on(legal_day(hub.now()));
    let mut rules: Vec<_> = rules
        .filter(|rule| after.as_ref().is_none_or(|after| rule.code > *after))
        .cloned()
        .collect();
    rules.sort_by(|one, other| one.code.cmp(&other.code));
    Ok(Json(page::page(
        rules,
        limit,
        |rule| cursor::key_cursor(&rule.code),
        DeadlineRuleView,
    )))
}

/// 一年的放假和调休安排。
#[utoipa::path(get, path = "/api/v1/calendars/{year}", tag = "规则", security(("bearer" = [])),
    params(("year" = i16, Path, description = "年份")),
    responses((status = 200, body = CalendarView), Refusals))]
pub(super) async fn calendar(
    hub: Data<Hub>,
    caller: Caller,
    year: Path<i16>,
) -> Result<Json<CalendarView>, Problem> {
    Ok(Json(CalendarView(hub.calendar_year(&caller, *year).await?)))
}

/// 公布或者更正一年的放假和调休安排；涉及这一年的暂定期限随即重新核算。
#[utoipa::path(put, path = "/api/v1/calendars/{year}", tag = "规则", security(("bearer" = [])),
    params(("year" = i16, Path, description = "年份")), request_body = AskedCalendar,
    responses((status = 200, body = CalendarView), Refusals))]
pub(super) async fn publish_calendar(
    hub: Data<Hub>,
    caller: Caller,
    year: Path<i16>,
    key: RepeatKey,
    body: Body<AskedCalendar>,
) -> Result<HttpResponse, Problem> {
    let asked = body.value;
    let notice = CalendarYear {
        year: *year,
        source: asked.source,
        rest: asked.rest,
        make_up_work: asked.make_up_work,
    };
    key.once(&hub, caller, body.fingerprint, async |work| {
        work.publish_calendar(notice.clone()).await?;
        shows(&CalendarView(notice))
    })
    .await
}

/// 试算期限，逐步说明由来和依据。
#[utoipa::path(post, path = "/api/v1/deadlines/preview", tag = "规则", security(("bearer" = [])),
    request_body = PreviewDeadline, responses((status = 200, body = PreviewView), Refusals))]
pub(super) async fn preview(
    hub: Data<Hub>,
    caller: Caller,
    body: Body<PreviewDeadline>,
) -> Result<Json<PreviewView>, Problem> {
    let asked = body.value;
    let preview = Preview {
        rule: asked.rule,
        signed_on: asked.signed_on,
        typed_due_on: asked.typed_due_on,
        urgency: asked.urgency.unwrap_or(Urgency::Normal),
    };
    let due = hub.preview(&caller, &preview).await?;
    Ok(Json(PreviewView {
        due: due.map(Into::into),
    }))
}
