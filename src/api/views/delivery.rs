use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{ActView, CardView, UnitRef, instant};
use crate::{
    app::Directory,
    domain::{Delivery, Evidence},
};

/// A delivery with its four times.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryView {
    /// 投递编号
    id: Uuid,
    /// 文书编号
    document_id: Uuid,
    /// 收件单位
    unit: UnitRef,
    /// main 主送，copy 抄送
    role: &'static str,
    /// 主送或抄送（中文）
    role_label: &'static str,
    /// 状态
    state: &'static str,
    /// 状态（中文）
    state_label: &'static str,
    /// 发送时间
    sent_at: String,
    /// 到达时间
    arrived_at: Option<String>,
    /// 首次阅读：何人、何时
    first_read: Option<ActView>,
    /// 取件：单位自有系统首次取走的时间，不等于阅读或签收
    fetched: Option<ActView>,
    /// 签收：何人、何时
    signed: Option<ActView>,
    /// 签收备注
    sign_note: Option<String>,
}

impl DeliveryView {
    /// The delivery with the names of those in it.
    #[must_use]
    pub fn of(delivery: &Delivery, names: &Directory) -> Self {
        Self {
            id: delivery.id.0,
            document_id: delivery.document.0,
            unit: UnitRef::of(delivery.unit, names),
            role: delivery.role.code(),
            role_label: delivery.role.label(),
            state: delivery.state.code(),
            state_label: delivery.state.label(),
            sent_at: instant(delivery.sent_at),
            arrived_at: delivery.arrived_at.map(instant),
            first_read: delivery.first_read.map(|act| ActView::of(act, names)),
            fetched: delivery.fetched.map(|act| ActView::of(act, names)),
            signed: delivery.signed.map(|act| ActView::of(act, names)),
            sign_note: delivery.sign_note.clone(),
        }
    }
}

/// A delivery in a unit's box, with what is delivered.
#[derive(Debug, Serialize, ToSchema)]
pub struct InboxView {
    #[serde(flatten)]
    pub(in crate::api) delivery: DeliveryView,
    /// 文书
    pub(in crate::api) document: CardView,
}

/// What sending or signing gives: a delivery and its receipt.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignedView {
    /// 投递
    pub(in crate::api) delivery: DeliveryView,
    /// 签收凭证
    pub(in crate::api) receipt: ReceiptView,
}

/// An evidence statement and the hub's signature over it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReceiptView {
    /// 凭证编号
    id: Uuid,
    /// 事项
    event: &'static str,
    /// 事项（中文）
    event_label: &'static str,
    /// 文书编号
    document_id: Uuid,
    /// 所涉单位
    unit: UnitRef,
    /// 时间
    at: String,
    /// 凭证原文（RFC 8785 规范化 JSON），签名对它的 UTF-8 字节作出
    statement: String,
    /// Ed25519 签名，base64url
    signature: String,
    /// 签名所用的密钥，见 /.well-known/jwks.json
    key_id: String,
}

impl ReceiptView {
    /// The statement with the name of the unit it concerns.
    #[must_use]
    pub fn of(evidence: Evidence, names: &Directory) -> Self {
        Self {
            id: evidence.id.0,
            event: evidence.event.code(),
            event_label: evidence.event.label(),
            document_id: evidence.document.0,
            unit: UnitRef::of(evidence.party, names),
            at: instant(evidence.at),
            statement: evidence.statement,
            signature: evidence.signature,
            key_id: evidence.key_id,
        }
    }
}

/// A statement in the history of a document.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventView {
    /// 事项
    event: &'static str,
    /// 事项（中文）
    event_label: &'static str,
    /// 所涉单位
    unit: UnitRef,
    /// 时间
    at: String,
    /// 凭证编号
    receipt_id: Uuid,
}

impl EventView {
    /// The statement with the name of the unit it concerns.
    #[must_use]
    pub fn of(evidence: &Evidence, names: &Directory) -> Self {
        Self {
            event: evidence.event.code(),
            event_label: evidence.event.label(),
            unit: UnitRef::of(evidence.party, names),
            at: instant(evidence.at),
            receipt_id: evidence.id.0,
        }
    }
}

/// What a document belongs to.
#[derive(Debug, Serialize, ToSchema)]
pub struct ThreadView {
    /// 本文书所回复的文书
    pub(in crate::api) answers: Option<CardView>,
    /// 回复本文书的文书
    pub(in crate::api) answered_by: Vec<CardView>,
}
