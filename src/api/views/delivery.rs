use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{ActView, CardView, UnitRef, instant};
use crate::{
    app::{DeliveryCard, Directory, Trace},
    domain::{Assignment, Evidence, Forwarding, Return, SignedKind, UnitId},
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
    /// main 主送，copy 抄送，forward 转发
    role: &'static str,
    /// 主送、抄送或转发（中文）
    role_label: &'static str,
    /// 状态
    state: &'static str,
    /// 状态（中文）；按规则视为签收而无人签收的，写“视为签收”
    state_label: &'static str,
    /// 第几轮：退回后重新发送的从 2 起。以下四个时间属于这一轮，此前各轮的见凭证
    round: i64,
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
    /// 怎样签收的：person 由人员签收，deemed 视为签收；未签收为空
    signed_kind: Option<&'static str>,
    /// 怎样签收的（中文）
    signed_kind_label: Option<&'static str>,
    /// 视为签收之日；其后又由人员签收的，期限仍自此日起算
    deemed_on: Option<String>,
    /// 由谁转发而来；不是转发的为空
    forwarded_from: Option<ForwardedView>,
    /// 历次退回及其处理，从旧到新
    returns: Vec<ReturnView>,
    /// 在本单位内的办理情况；只有收件单位自己看得到
    inside: Option<InsideView>,
}

/// Who has passed a document on.
#[derive(Debug, Serialize, ToSchema)]
pub struct ForwardedView {
    /// 被转发的投递
    delivery_id: Uuid,
    /// 转发单位
    unit: UnitRef,
    /// 转发人编号
    user_id: Uuid,
    /// 转发人姓名
    name: String,
    /// 转发说明
    note: Option<String>,
}

/// A return and what became of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReturnView {
    /// 第几轮
    round: i64,
    /// 原因
    reason: &'static str,
    /// 原因（中文）
    reason_label: &'static str,
    /// 说明
    note: Option<String>,
    /// 退回：何人、何时
    returned: ActView,
    /// 处理：refused 不同意退回，resent 重新发送，accepted 同意退回；未处理为空
    outcome: Option<&'static str>,
    /// 处理（中文）
    outcome_label: Option<&'static str>,
    /// 处理时的说明
    decision_note: Option<String>,
    /// 处理：何人、何时
    decided: Option<ActView>,
}

/// What a unit does with a delivery inside itself.
#[derive(Debug, Serialize, ToSchema)]
pub struct InsideView {
    /// 所在的箱
    #[serde(rename = "box")]
    folder: &'static str,
    /// 所在的箱（中文）
    box_label: &'static str,
    /// 现在的承办人，主办在前
    assignments: Vec<HandlerView>,
    /// 办结：何人、何时
    done: Option<ActView>,
    /// 办结说明
    done_note: Option<String>,
}

/// A person who handles a delivery.
#[derive(Debug, Serialize, ToSchema)]
pub struct HandlerView {
    /// 人员编号
    user_id: Uuid,
    /// 姓名
    name: String,
    /// lead 主办，support 协办
    role: &'static str,
    /// 主办或协办（中文）
    role_label: &'static str,
    /// 交办：何人、何时
    assigned: ActView,
    /// 交办说明
    note: Option<String>,
}

impl ForwardedView {
    fn of(forwarding: &Forwarding, names: &Directory) -> Self {
        Self {
            delivery_id: forwarding.from.0,
            unit: UnitRef::of(forwarding.unit, names),
            user_id: forwarding.by.0,
            name: names.user(forwarding.by).unwrap_or_default().to_owned(),
            note: forwarding.note.clone(),
        }
    }
}

impl ReturnView {
    fn of(one: &Return, names: &Directory) -> Self {
        let decision = one.decision.as_ref();
        Self {
            round: one.round,
            reason: one.reason.code(),
            reason_label: one.reason.label(),
            note: one.note.clone(),
            returned: ActView::of(one.returned, names),
            outcome: decision.map(|decision| decision.outcome.code()),
            outcome_label: decision.map(|decision| decision.outcome.label()),
            decision_note: decision.and_then(|decision| decision.note.clone()),
            decided: decision.map(|decision| ActView::of(decision.decided, names)),
        }
    }
}

impl HandlerView {
    fn of(one: &Assignment, names: &Directory) -> Self {
        Self {
            user_id: one.user.0,
            name: names.user(one.user).unwrap_or_default().to_owned(),
            role: one.role.code(),
            role_label: one.role.label(),
            assigned: ActView::of(one.assigned, names),
            note: one.note.clone(),
        }
    }
}

impl InsideView {
    fn of(card: &DeliveryCard, names: &Directory) -> Self {
        let folder = card.delivery.folder();
        let handler = |one| HandlerView::of(one, names);
        Self {
            folder: folder.code(),
            box_label: folder.label(),
            assignments: card.handlers.iter().map(handler).collect(),
            done: card.delivery.done.map(|act| ActView::of(act, names)),
            done_note: card.delivery.done_note.clone(),
        }
    }
}

impl DeliveryView {
    /// The delivery with the names of those in it, as somebody of `viewer` sees it: what its unit
    /// does with it inside is that unit's own affair.
    #[must_use]
    pub fn of(card: &DeliveryCard, viewer: UnitId, names: &Directory) -> Self {
        let delivery = &card.delivery;
        let signed_kind = delivery.signed_kind();
        Self {
            id: delivery.id.0,
            document_id: delivery.document.0,
            unit: UnitRef::of(delivery.unit, names),
            role: delivery.role.code(),
            role_label: delivery.role.label(),
            state: delivery.state.code(),
            state_label: delivery.state_label(),
            round: delivery.round,
            sent_at: instant(delivery.sent_at),
            arrived_at: delivery.arrived_at.map(instant),
            first_read: delivery.first_read.map(|act| ActView::of(act, names)),
            fetched: delivery.fetched.map(|act| ActView::of(act, names)),
            signed: delivery.signed.map(|act| ActView::of(act, names)),
            sign_note: delivery.sign_note.clone(),
            signed_kind: signed_kind.map(SignedKind::code),
            signed_kind_label: signed_kind.map(SignedKind::label),
            deemed_on: delivery.deemed_on.map(|date| date.to_string()),
            forwarded_from: delivery
                .forwarded
                .as_ref()
                .map(|forwarding| ForwardedView::of(forwarding, names)),
            returns: card
                .returns
                .iter()
                .map(|one| ReturnView::of(one, names))
                .collect(),
            inside: (delivery.unit == viewer).then(|| InsideView::of(card, names)),
        }
    }
}

/// A delivery in a unit's box, with what is delivered.
#[derive(Debug, Serialize, ToSchema)]
pub struct InboxView {
    #[serde(flatten)]
    pub(in crate::api) delivery: DeliveryView,
    /// 文书；签收前被撤回的为 null
    pub(in crate::api) document: Option<CardView>,
    /// 签收前被撤回的文书留下的痕迹
    pub(in crate::api) recalled: Option<TraceView>,
}

/// What stays of a document that was recalled before anybody signed for it.
#[derive(Debug, Serialize, ToSchema)]
pub struct TraceView {
    /// 发文单位
    unit: UnitRef,
    /// 发文字号
    doc_number: Option<String>,
    /// 撤回时间
    recalled_at: String,
    /// 撤回理由
    reason: String,
}

impl TraceView {
    /// The trace with the name of the unit that took the document back.
    #[must_use]
    pub fn of(trace: &Trace, names: &Directory) -> Self {
        Self {
            unit: UnitRef::of(trace.unit, names),
            doc_number: trace.number.as_ref().map(ToString::to_string),
            recalled_at: instant(trace.recalled_at),
            reason: trace.reason.clone(),
        }
    }
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
    /// 各个版本，从旧到新，含本文书
    pub(in crate::api) versions: Vec<VersionView>,
}

/// A version of a document.
#[derive(Debug, Serialize, ToSchema)]
pub struct VersionView {
    /// 版本，从 1 起
    pub(in crate::api) version: i64,
    /// 文书
    pub(in crate::api) document: CardView,
}
