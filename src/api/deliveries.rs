//! The box of a unit.

use actix_web::{
    HttpResponse,
    web::{Data, Json, Path},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{
    Problem,
    answers::{RepeatKey, shows},
    body::Body,
    openapi::Refusals,
    page::{self, Page},
    query::Query,
    views::{
        BoxCountView, CardView, ColleagueView, DeliveryView, InboxView, ReceiptView, SignedView,
        TraceView,
    },
};
use crate::{
    app::{Caller, DeliveryCard, Directory, Hub, SignOutcome, Work, cursor},
    domain::{
        DeliveryBox, DeliveryFilter, DeliveryId, DeliveryState, RecipientRole, Rules, UnitId,
        Urgency, beginning_of,
    },
};

/// 收件箱的筛选。
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct InboxQuery {
    /// 每页条数，默认 50，最多 100；同时用几项筛选时，一页可以少于此数而仍有下一页
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// 上一页返回的 `next_cursor`
    cursor: Option<String>,
    /// 箱：`in` 全部（默认），`unsigned` 待签收，`signed` 已签收待办，`in_hand` 办理中，
    /// `done` 已办结，`closed` 已退出（退回、被撤回、被新版本取代）
    #[serde(rename = "box")]
    folder: Option<AskedBox>,
    /// 状态：arrived 未阅、read 已阅未签收、signed 已签收、returned 已退回、recalled 已撤回、
    /// superseded 已被新版本取代
    #[param(value_type = Option<String>)]
    state: Option<DeliveryState>,
    /// 文书种类编码
    kind: Option<String>,
    /// 发文单位编号
    sender: Option<Uuid>,
    /// main 主送，copy 抄送，forward 转发
    #[param(value_type = Option<String>)]
    role: Option<RecipientRole>,
    /// 紧急程度：`normal`、`urgent`、`extra_urgent`
    #[param(value_type = Option<String>)]
    urgency: Option<Urgency>,
    /// me：只看本人主办、协办的
    assigned: Option<Whose>,
    /// 发送日期不早于（北京时间，含当日）
    #[param(value_type = Option<String>)]
    since: Option<Date>,
    /// 发送日期不晚于（北京时间，含当日）
    #[param(value_type = Option<String>)]
    until: Option<Date>,
}

/// 收件箱的分箱。
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AskedBox {
    /// 全部
    In,
    /// 待签收
    Unsigned,
    /// 已签收待办
    Signed,
    /// 办理中
    InHand,
    /// 已办结
    Done,
    /// 已退出
    Closed,
}

/// 谁承办的。
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Whose {
    /// 本人
    Me,
}

impl AskedBox {
    fn folder(self) -> Option<DeliveryBox> {
        match self {
            Self::In => None,
            Self::Unsigned => Some(DeliveryBox::Unsigned),
            Self::Signed => Some(DeliveryBox::Signed),
            Self::InHand => Some(DeliveryBox::InHand),
            Self::Done => Some(DeliveryBox::Done),
            Self::Closed => Some(DeliveryBox::Closed),
        }
    }
}

impl InboxQuery {
    fn filter(&self, caller: &Caller) -> crate::app::Result<DeliveryFilter> {
        let place = cursor::place(self.cursor.as_deref())?;
        Ok(DeliveryFilter {
            folder: self.folder.and_then(AskedBox::folder),
            state: self.state,
            kind: self.kind.clone(),
            sender: self.sender.map(UnitId),
            role: self.role,
            urgency: self.urgency,
            assigned_to: self.assigned.map(|_| caller.user()),
            since: self.since.map(beginning_of),
            until: self
                .until
                .map(|day| beginning_of(day.tomorrow().unwrap_or(Date::MAX))),
            after: place.map(|(at, id)| (at, DeliveryId(id))),
        })
    }
}

/// 签收。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedSign {
    /// 签收备注
    note: Option<String>,
}

/// 批量签收。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedSigns {
    /// 投递编号，1 至 100 个
    delivery_ids: Vec<Uuid>,
    /// 签收备注
    note: Option<String>,
}

/// 批量签收中一件的结果。
#[derive(Serialize, ToSchema)]
pub struct SignResult {
    /// 投递编号
    delivery_id: Uuid,
    /// 结果：signed 已签收，already 此前已签收（首次签收不变），refused 未签收
    result: &'static str,
    /// 结果（中文）
    result_label: &'static str,
    /// 签收后的投递；未签收时为空
    delivery: Option<DeliveryView>,
    /// 签收凭证；未签收时为空
    receipt: Option<ReceiptView>,
    /// 未签收的原因
    problem: Option<Problem>,
}

pub(super) fn view(
    card: &DeliveryCard,
    viewer: UnitId,
    names: &Directory,
    rules: &Rules,
) -> InboxView {
    InboxView {
        delivery: DeliveryView::of(card, viewer, names),
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
    let filter = query.filter(&caller)?;
    let viewer = caller.acting_unit()?;
    let shown = hub.inbox(&caller, &filter, limit).await?;
    let show = |card| view(card, viewer, &shown.names, hub.rules());
    Ok(Json(Page {
        items: shown.value.cards.iter().map(show).collect(),
        next_cursor: shown.value.next.map(|(at, id)| cursor::cursor(at, id.0)),
    }))
}

/// 本单位各箱的件数，每箱数到 999 为止。
#[utoipa::path(get, path = "/api/v1/deliveries/counts", tag = "收件",
    security(("bearer" = [])), responses((status = 200, body = Page<BoxCountView>), Refusals))]
pub(super) async fn counts(
    hub: Data<Hub>,
    caller: Caller,
) -> Result<Json<Page<BoxCountView>>, Problem> {
    let counts = hub.box_counts(&caller).await?;
    Ok(Json(Page {
        items: counts.into_iter().map(Into::into).collect(),
        next_cursor: None,
    }))
}

/// 本单位可以承办的人员：在用的收发员和承办人。
#[utoipa::path(get, path = "/api/v1/deliveries/handlers", tag = "收件",
    security(("bearer" = [])), responses((status = 200, body = Page<ColleagueView>), Refusals))]
pub(super) async fn handlers(
    hub: Data<Hub>,
    caller: Caller,
) -> Result<Json<Page<ColleagueView>>, Problem> {
    let colleagues = hub.colleagues(&caller).await?;
    Ok(Json(Page {
        items: colleagues.into_iter().map(Into::into).collect(),
        next_cursor: None,
    }))
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
    let viewer = caller.acting_unit()?;
    let shown = hub.delivery(&caller, DeliveryId(*id)).await?;
    Ok(Json(view(&shown.value, viewer, &shown.names, hub.rules())))
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
        let (delivery, receipt) = work.sign(DeliveryId(*id), note).await?;
        let viewer = work.caller().unit()?;
        let card = work.card(delivery).await?;
        let shown = work.shown(card).await?;
        shows(&SignedView {
            delivery: DeliveryView::of(&shown.value, viewer, &shown.names),
            receipt: ReceiptView::of(receipt, &shown.names),
        })
    })
    .await
}

/// 批量签收，逐件给出结果；同一请求重发得到同一结果。
#[utoipa::path(post, path = "/api/v1/deliveries/sign", tag = "收件", security(("bearer" = [])),
    request_body = AskedSigns, responses((status = 200, body = Page<SignResult>), Refusals))]
pub(super) async fn sign_many(
    hub: Data<Hub>,
    caller: Caller,
    key: RepeatKey,
    body: Body<AskedSigns>,
) -> Result<HttpResponse, Problem> {
    let ids: Vec<_> = body
        .value
        .delivery_ids
        .into_iter()
        .map(DeliveryId)
        .collect();
    let note = body.value.note;
    key.once(&hub, caller, body.fingerprint, async |work| {
        let mut items = Vec::new();
        for (id, outcome) in work.sign_many(&ids, note).await? {
            items.push(sign_result(work, id, outcome).await?);
        }
        shows(&Page {
            items,
            next_cursor: None,
        })
    })
    .await
}

async fn sign_result(
    work: &mut Work,
    id: DeliveryId,
    outcome: SignOutcome,
) -> crate::app::Result<SignResult> {
    let (result, result_label, signed) = match outcome {
        SignOutcome::Signed(delivery, receipt) => ("signed", "已签收", (delivery, receipt)),
        SignOutcome::Already(delivery, receipt) => ("already", "此前已签收", (delivery, receipt)),
        SignOutcome::Refused(error) => {
            return Ok(SignResult {
                delivery_id: id.0,
                result: "refused",
                result_label: "未签收",
                delivery: None,
                receipt: None,
                problem: Some(Problem::from(error).of_this_request()),
            });
        }
    };
    let (delivery, receipt) = signed;
    let viewer = work.caller().unit()?;
    let card = work.card(delivery).await?;
    let shown = work.shown(card).await?;
    Ok(SignResult {
        delivery_id: id.0,
        result,
        result_label,
        delivery: Some(DeliveryView::of(&shown.value, viewer, &shown.names)),
        receipt: Some(ReceiptView::of(receipt, &shown.names)),
        problem: None,
    })
}
