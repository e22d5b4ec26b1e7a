//! The box of a unit.

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
    openapi::Refusals,
    page::{self, Page},
    query::Query,
    views::{CardView, DeliveryView, InboxView, ReceiptView, SignedView, TraceView},
};
use crate::{
    app::{Caller, DeliveryCard, Directory, Hub, cursor},
    domain::{DeliveryFilter, DeliveryId, DeliveryState, Rules},
};

/// 收件箱的筛选。
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct InboxQuery {
    /// 每页条数，默认 50，最多 100
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// 上一页返回的 `next_cursor`
    cursor: Option<String>,
    /// 状态：arrived 未阅、read 已阅未签收、signed 已签收
    #[param(value_type = Option<String>)]
    state: Option<DeliveryState>,
}

/// 签收。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedSign {
    /// 签收备注
    note: Option<String>,
}

fn view(card: &DeliveryCard, names: &Directory, rules: &Rules) -> InboxView {
    InboxView {
        delivery: DeliveryView::of(&card.delivery, names),
        document: card
            .document
            .as_ref()
            .map(|document| CardView::of(document, names, rules)),
        recalled: card.trace.as_ref().map(|trace| TraceView::of(trace, names)),
    }
}

/// 本单位收件箱，按时间从新到旧。
#[utoipa::path(get, path = "/api/v1/deliveries", tag = "收件", security(("bearer" = [])),
    params(InboxQuery), responses((status = 200, body = Page<InboxView>), Refusals))]
pub(super) async fn inbox(
    hub: Data<Hub>,
    caller: Caller,
    query: Query<InboxQuery>,
) -> Result<Json<Page<InboxView>>, Problem> {
    let limit = page::limit(&hub, query.limit)?;
    let filter = DeliveryFilter {
        state: query.state,
        after: cursor::place(query.cursor.as_deref())?.map(|(at, id)| (at, DeliveryId(id))),
    };
    let shown = hub.inbox(&caller, &filter, page::rows(limit)).await?;
    let names = shown.names;
    Ok(Json(page::page(
        shown.value,
        limit,
        |card| cursor::cursor(card.delivery.sent_at, card.delivery.id.0),
        |card| view(&card, &names, hub.rules()),
    )))
}

/// 一件投递。
#[utoipa::path(get, path = "/api/v1/deliveries/{id}", tag = "收件", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "投递编号")),
    responses((status = 200, body = InboxView), Refusals))]
pub(super) async fn show(
    hub: Data<Hub>,
    caller: Caller,
    id: Path<Uuid>,
) -> Result<Json<InboxView>, Problem> {
    let shown = hub.delivery(&caller, DeliveryId(*id)).await?;
    Ok(Json(view(&shown.value, &shown.names, hub.rules())))
}

/// 代表本单位签收，回复期限自此起算；重复签收不改变首次签收。
#[utoipa::path(post, path = "/api/v1/deliveries/{id}/sign", tag = "收件",
    security(("bearer" = [])), params(("id" = Uuid, Path, description = "投递编号")),
    request_body = Option<AskedSign>, responses((status = 200, body = SignedView), Refusals))]
pub(super) async fn sign(
    hub: Data<Hub>,
    caller: Caller,
    id: Path<Uuid>,
    key: RepeatKey,
    body: Body<AskedSign>,
) -> Result<HttpResponse, Problem> {
    let note = body.value.note;
    key.once(&hub, caller, body.fingerprint, async |work| {
        let signed = work.sign(DeliveryId(*id), note).await?;
        let shown = work.shown(signed).await?;
        let (delivery, receipt) = shown.value;
        shows(&SignedView {
            delivery: DeliveryView::of(&delivery, &shown.names),
            receipt: ReceiptView::of(receipt, &shown.names),
        })
    })
    .await
}
