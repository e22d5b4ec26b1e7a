//! The queue that a unit's own system fetches from.

use actix_web::{
    HttpResponse,
    web::{Data, Json, Path},
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{
    Problem,
    answers::{RepeatKey, shows},
    body::Body,
    deliveries::view,
    openapi::Refusals,
    page::{self, Page},
    query::Query,
    views::{DeliveryView, InboxView, LeaseView, instant},
};
use crate::{
    app::{Answer, Caller, DeliveryCard, Error, Hub, Work},
    domain::{DeliveryId, Scope},
};

/// How many deliveries one lease may hold, and for how many seconds.
const MAX: std::ops::RangeInclusive<i64> = 1..=100;
const SECONDS: std::ops::RangeInclusive<i64> = 30..=3600;

/// 租取。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedLease {
    /// 最多租几件，1 至 100，默认 20
    max: Option<i64>,
    /// 租约秒数，30 至 3600，默认 300
    seconds: Option<i64>,
}

/// 确认或归还。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NamedLease {
    /// 租约编号
    lease_id: Uuid,
}

/// 查看队列。
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct QueueQuery {
    /// 最多几件，默认 50，最多 100
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

/// 待取件的投递，从旧到新；只看不租（程序账号，收文权限）。
#[utoipa::path(get, path = "/api/v1/deliveries/queue", tag = "程序取件",
    security(("bearer" = [])), params(QueueQuery),
    responses((status = 200, body = Page<InboxView>), Refusals))]
pub(super) async fn queue(
    hub: Data<Hub>,
    caller: Caller,
    query: Query<QueueQuery>,
) -> Result<Json<Page<InboxView>>, Problem> {
    let limit = i64::try_from(page::limit(&hub, query.limit)?).unwrap_or(1);
    let shown = hub.queue(&caller, limit).await?;
    let viewer = caller.acting_unit()?;
    let cards = shown.value.iter();
    Ok(Json(Page {
        items: cards
            .map(|card| view(card, viewer, &shown.names, hub.rules()))
            .collect(),
        next_cursor: None,
    }))
}

/// 租取待取件的投递：租约期内不会给别的程序；到期未确认的自动回到队列（程序账号，收文权限）。
#[utoipa::path(post, path = "/api/v1/deliveries/lease", tag = "程序取件",
    security(("bearer" = [])), request_body = Option<AskedLease>,
    responses((status = 200, body = LeaseView), Refusals))]
pub(super) async fn lease(
    hub: Data<Hub>,
    caller: Caller,
    key: RepeatKey,
    body: Body<AskedLease>,
) -> Result<HttpResponse, Problem> {
    let viewer = caller.machine(Scope::Receive)?;
    let max = within("/max", body.value.max.unwrap_or(20), &MAX)?;
    let seconds = within("/seconds", body.value.seconds.unwrap_or(300), &SECONDS)?;
    key.once(&hub, caller, body.fingerprint, async |work| {
        let (lease, cards) = work.lease(max, seconds).await?;
        let shown = work.shown(cards).await?;
        let cards = shown.value.iter();
        shows(&LeaseView {
            lease_id: lease.id,
            expires_at: instant(lease.until),
            items: cards
                .map(|card| view(card, viewer, &shown.names, work.rules()))
                .collect(),
        })
    })
    .await
}

/// 确认已取件：移出队列，发文单位可见“已取件”；不等于阅读，更不是签收（程序账号，收文权限）。
#[utoipa::path(post, path = "/api/v1/deliveries/{id}/ack", tag = "程序取件",
    security(("bearer" = [])), params(("id" = Uuid, Path, description = "投递编号")),
    request_body = NamedLease, responses((status = 200, body = DeliveryView), Refusals))]
pub(super) async fn acknowledge(
    hub: Data<Hub>,
    caller: Caller,
    id: Path<Uuid>,
    key: RepeatKey,
    body: Body<NamedLease>,
) -> Result<HttpResponse, Problem> {
    let lease = body.value.lease_id;
    key.once(&hub, caller, body.fingerprint, async |work| {
        let card = work.acknowledge(DeliveryId(*id), lease).await?;
        shows_card(work, card).await
    })
    .await
}

/// 归还租到的投递，不等到期（程序账号，收文权限）。
#[utoipa::path(post, path = "/api/v1/deliveries/{id}/release", tag = "程序取件",
    security(("bearer" = [])), params(("id" = Uuid, Path, description = "投递编号")),
    request_body = NamedLease, responses((status = 200, body = DeliveryView), Refusals))]
pub(super) async fn release(
    hub: Data<Hub>,
    caller: Caller,
    id: Path<Uuid>,
    key: RepeatKey,
    body: Body<NamedLease>,
) -> Result<HttpResponse, Problem> {
    let lease = body.value.lease_id;
    key.once(&hub, caller, body.fingerprint, async |work| {
        let card = work.release(DeliveryId(*id), lease).await?;
        shows_card(work, card).await
    })
    .await
}

async fn shows_card(work: &mut Work, card: DeliveryCard) -> Result<Answer, Error> {
    let viewer = work.caller().machine(Scope::Receive)?;
    let shown = work.shown(card).await?;
    shows(&DeliveryView::of(&shown.value, viewer, &shown.names))
}

fn within(pointer: &str, value: i64, range: &std::ops::RangeInclusive<i64>) -> Result<i64, Error> {
    if range.contains(&value) {
        return Ok(value);
    }
    let detail = format!("须在 {} 至 {} 之间", range.start(), range.end());
    Err(Error::invalid(pointer, "out_of_range", detail))
}
