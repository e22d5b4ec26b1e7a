//! What units do with a delivery beside signing for it.

use actix_web::{
    HttpResponse,
    web::{Data, Path},
};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Problem,
    acts::acts,
    answers::{RepeatKey, shows},
    body::Body,
    openapi::Refusals,
    page::Page,
    views::DeliveryView,
};
use crate::{
    app::{Answer, Caller, Hub, Result as AppResult, Work},
    domain::{Delivery, DeliveryId, HandlerRole, ReturnReason, UnitId, UserId},
};

/// 退回。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedReturn {
    /// 原因：`not_our_duty` 非本单位职责，`incomplete` 要件不全，`attachment_missing` 附件缺失，
    /// `duplicate` 重复，`other` 其他
    #[schema(value_type = String)]
    reason: ReturnReason,
    /// 说明；原因为 other 时必填
    note: Option<String>,
}

/// 一句说明。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedNote {
    /// 说明
    note: Option<String>,
}

/// 转发。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedForward {
    /// 接收转发的单位编号
    unit_ids: Vec<Uuid>,
    /// 转发说明
    note: Option<String>,
}

/// 一名承办人。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedHandler {
    /// 人员编号，须为本单位在用的收发员或承办人
    user_id: Uuid,
    /// lead 主办（有且只有一人），support 协办
    #[schema(value_type = String)]
    role: HandlerRole,
}

/// 交办。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedAssign {
    /// 承办人，整体替换此前的
    handlers: Vec<AskedHandler>,
    /// 交办说明
    note: Option<String>,
}

/// 不需要内容的操作。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

async fn shows_delivery(work: &mut Work, delivery: Delivery) -> AppResult<Answer> {
    let viewer = work.caller().unit()?;
    let card = work.card(delivery).await?;
    let shown = work.shown(card).await?;
    shows(&DeliveryView::of(&shown.value, viewer, &shown.names))
}

fn handlers(asked: Vec<AskedHandler>) -> Vec<(UserId, HandlerRole)> {
    let handlers = asked.into_iter();
    handlers
        .map(|one| (UserId(one.user_id), one.role))
        .collect()
}

acts! {
    "收件", "投递编号", DeliveryId => DeliveryView, shows_delivery;

    /// 签收前退回，须有原因；由发出此件的单位决定是否同意。
    give_back, "/api/v1/deliveries/{id}/return", AskedReturn as AskedReturn,
    |work, id, asked| work.give_back(id, asked.reason, asked.note);

    /// 不同意退回，须说明理由：此件回到收件单位，本轮不能再次退回。
    refuse_return, "/api/v1/deliveries/{id}/refuse-return", AskedNote as AskedNote,
    |work, id, asked| work.refuse_return(id, asked.note);

    /// 把退回的文书原样重新发送，开始新的一轮。
    resend, "/api/v1/deliveries/{id}/resend", AskedNote as Option<AskedNote>,
    |work, id, asked| work.resend(id, asked.note);

    /// 同意退回；到此为止，不再负有回复义务。
    accept_return, "/api/v1/deliveries/{id}/accept-return", AskedNote as Option<AskedNote>,
    |work, id, asked| work.accept_return(id, asked.note);
}

/// 签收后转发给其他单位；不产生回复义务，发文单位看得到转发的去向。
#[utoipa::path(post, path = "/api/v1/deliveries/{id}/forward", tag = "收件",
    security(("bearer" = [])), params(("id" = Uuid, Path, description = "投递编号")),
    request_body = AskedForward,
    responses((status = 200, body = Page<DeliveryView>), Refusals))]
pub(super) async fn forward(
    hub: Data<Hub>,
    caller: Caller,
    id: Path<Uuid>,
    key: RepeatKey,
    body: Body<AskedForward>,
) -> Result<HttpResponse, Problem> {
    let units: Vec<_> = body.value.unit_ids.into_iter().map(UnitId).collect();
    let note = body.value.note;
    key.once(&hub, caller, body.fingerprint, async |work| {
        let viewer = work.caller().unit()?;
        let mut items = Vec::new();
        for delivery in work.forward(DeliveryId(*id), &units, note).await? {
            let card = work.card(delivery).await?;
            let shown = work.shown(card).await?;
            items.push(DeliveryView::of(&shown.value, viewer, &shown.names));
        }
        shows(&Page {
            items,
            next_cursor: None,
        })
    })
    .await
}

acts! {
    "收件", "投递编号", DeliveryId => DeliveryView, shows_delivery;

    /// 签收后交给本单位人员办理；再次交办替换此前的承办人。其他单位看不到。
    assign, "/api/v1/deliveries/{id}/assign", AskedAssign as AskedAssign,
    |work, id, asked| work.assign(id, &handlers(asked.handlers), asked.note);

    /// 在本单位内办结。其他单位看不到。
    done, "/api/v1/deliveries/{id}/done", AskedNote as Option<AskedNote>,
    |work, id, asked| work.finish_delivery(id, asked.note);

    /// 恢复办理：撤销办结。
    reopen, "/api/v1/deliveries/{id}/reopen", Nothing as Option<Nothing>,
    |work, id, Nothing {}| work.reopen_delivery(id);
}
