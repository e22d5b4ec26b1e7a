//! What is done about a duty to reply; each act answers the duty as it is then.

use actix_web::{
    HttpResponse,
    web::{Data, Path},
};
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Problem,
    answers::{RepeatKey, shows},
    body::Body,
    openapi::Refusals,
    views::DutyView,
};
use crate::{
    app::{
        Answer, Caller, Error, Escalation, Evaluation, ExtensionDecision, Hub, ObjectionDecision,
        Registration, Work,
    },
    domain::{
        Adoption, DutyEntryId, ItemVerdict, ObligationId, Remedy, UnitId, UserId, Verdict,
        deadline::EscalationLevel,
    },
};

/// 登记。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedRegistration {
    /// 收文编号
    number: Option<String>,
    /// 主办科室
    lead: Option<String>,
    /// 承办人，须为本单位账号
    handler_id: Option<Uuid>,
    /// 协办单位；只是记录，文书另行转发
    #[serde(default)]
    supporting_unit_ids: Vec<Uuid>,
    /// 备注
    note: Option<String>,
}

/// 申请延期。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedExtension {
    /// 延期至哪一天
    #[schema(value_type = String)]
    due_on: Date,
    /// 理由
    reason: Option<String>,
}

/// 决定延期。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecidedExtension {
    /// 是否同意
    granted: bool,
    /// 延期至哪一天，默认为所申请的日期
    #[schema(value_type = Option<String>)]
    due_on: Option<Date>,
    /// 理由；不同意的必须填写
    reason: Option<String>,
    /// 批准的院长；规则要求院长批准的必须填写
    approved_by: Option<String>,
}

/// 提出异议。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedObjection {
    /// 理由
    grounds: Option<String>,
}

/// 决定异议。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecidedObjection {
    /// upheld 成立，partly 部分成立，rejected 不成立
    #[schema(value_type = String)]
    verdict: Verdict,
    /// keep 维持，amend 修改（另发新版本），withdraw 撤回
    #[schema(value_type = Option<String>)]
    remedy: Option<Remedy>,
    /// 理由
    reasons: Option<String>,
    /// 决定的人或者机构：检察长、检委会、院长
    decided_by: Option<String>,
}

/// 退回补充。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedSupplement {
    /// 需要补充什么
    what: Option<String>,
    /// 补充的期限
    #[schema(value_type = String)]
    due_on: Date,
}

/// 评价。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedEvaluation {
    /// `adopted` 采纳，`partly` 部分采纳，`not_adopted` 未采纳
    #[schema(value_type = String)]
    adoption: Adoption,
    /// 理由；未全部采纳的必须填写
    reason: Option<String>,
    /// 逐项评价，与建议一一对应
    #[serde(default)]
    items: Vec<AskedItem>,
    /// 是否整改完成
    rectified: Option<bool>,
}

/// 对一项建议的评价。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedItem {
    /// `adopted` 采纳，`partly` 部分采纳，`not_adopted` 未采纳
    #[schema(value_type = String)]
    adoption: Adoption,
    /// 理由；未全部采纳的必须填写
    reason: Option<String>,
}

/// 销号。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedClosure {
    /// 备注
    note: Option<String>,
}

/// 建议销号。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SuggestedClosure {
    /// 理由
    reason: Option<String>,
}

/// 重新打开。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedReopening {
    /// 理由
    reason: Option<String>,
    /// 再次回复的期限
    #[schema(value_type = String)]
    due_on: Date,
}

/// 催办。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedReminder {
    /// 催办的话
    text: Option<String>,
}

/// 升级。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedEscalation {
    /// supervision 督办（联席会议办公室），superior 告知上级主管、report 通报报告（制发的法院、检察院）
    #[schema(value_type = String)]
    level: EscalationLevel,
    /// 内容
    text: Option<String>,
    /// 告知、通报的机关；superior、report 必须填写
    addressee: Option<String>,
    /// 决定的人；report 必须填写
    decided_by: Option<String>,
}

/// The duty as the caller sees it after what they did.
async fn duty(hub: &Hub, work: &mut Work, id: ObligationId) -> Result<Answer, Error> {
    let shown = work.duty(id).await?;
    let view = DutyView::of(shown.value, hub.now(), &shown.names, hub.rules());
    shows(&view)
}

/// Declares the doorway of an act: what it is asked with, and the one call that it is.
macro_rules! act {
    ($(#[$doc:meta])* $name:ident, $path:literal, $body:ty,
     |$work:ident, $id:ident, $asked:ident| $call:expr) => {
        $(#[$doc])*
        #[utoipa::path(post, path = $path, tag = "回复义务", security(("bearer" = [])),
            params(("id" = Uuid, Path, description = "回复义务编号")),
            request_body = $body, responses((status = 200, body = DutyView), Refusals))]
        pub(super) async fn $name(
            hub: Data<Hub>,
            caller: Caller,
            id: Path<Uuid>,
            key: RepeatKey,
            body: Body<$body>,
        ) -> Result<HttpResponse, Problem> {
            let $id = ObligationId(*id);
            let $asked = body.value;
            key.once(&hub, caller, body.fingerprint, async |$work| {
                $call.await?;
                duty(&hub, $work, $id).await
            })
            .await
        }
    };
}

/// The same for a decision on a request.
macro_rules! decision {
    ($(#[$doc:meta])* $name:ident, $path:literal, $body:ty,
     |$work:ident, $id:ident, $request:ident, $asked:ident| $call:expr) => {
        $(#[$doc])*
        #[utoipa::path(post, path = $path, tag = "回复义务", security(("bearer" = [])),
            params(("id" = Uuid, Path, description = "回复义务编号"),
                   ("request_id" = Uuid, Path, description = "申请或者异议的编号")),
            request_body = $body, responses((status = 200, body = DutyView), Refusals))]
        pub(super) async fn $name(
            hub: Data<Hub>,
            caller: Caller,
            ids: Path<(Uuid, Uuid)>,
            key: RepeatKey,
            body: Body<$body>,
        ) -> Result<HttpResponse, Problem> {
            let ($id, $request) = (ObligationId(ids.0), DutyEntryId(ids.1));
            let $asked = body.value;
            key.once(&hub, caller, body.fingerprint, async |$work| {
                $call.await?;
                duty(&hub, $work, $id).await
            })
            .await
        }
    };
}

act! {
    /// 登记：应回复的单位接手办理，写明主办科室、承办人；再次登记即更正。
    register, "/api/v1/obligations/{id}/register", AskedRegistration,
    |work, id, asked| work.register(id, Registration {
        number: asked.number,
        lead: asked.lead,
        handler: asked.handler_id.map(UserId),
        supporting: asked.supporting_unit_ids.into_iter().map(UnitId).collect(),
        note: asked.note,
    })
}

act! {
    /// 申请延期；期限照常计算，直到同意为止。
    ask_extension, "/api/v1/obligations/{id}/extensions", AskedExtension,
    |work, id, asked| work.ask_extension(id, asked.due_on, asked.reason)
}

decision! {
    /// 决定延期：由规则确定的一方决定；最初的届满日保留。
    decide_extension, "/api/v1/obligations/{id}/extensions/{request_id}/decision", DecidedExtension,
    |work, id, request, asked| work.decide_extension(id, request, ExtensionDecision {
        granted: asked.granted,
        due_on: asked.due_on,
        reason: asked.reason,
        approved_by: asked.approved_by,
    })
}

act! {
    /// 提出异议；期限照常计算。
    object, "/api/v1/obligations/{id}/objections", AskedObjection,
    |work, id, asked| work.object(id, asked.grounds)
}

decision! {
    /// 决定异议：维持、修改（另发新版本）或者撤回。
    decide_objection, "/api/v1/obligations/{id}/objections/{request_id}/decision", DecidedObjection,
    |work, id, request, asked| work.decide_objection(id, request, ObjectionDecision {
        verdict: asked.verdict,
        remedy: asked.remedy,
        reasons: asked.reasons,
        decided_by: asked.decided_by,
    })
}

act! {
    /// 退回补充：回复不完整，另定期限补充。
    ask_supplement, "/api/v1/obligations/{id}/supplements", AskedSupplement,
    |work, id, asked| work.ask_supplement(id, asked.what, asked.due_on)
}

act! {
    /// 评价采纳情况，逐项说明；只能由发文单位进行。
    evaluate, "/api/v1/obligations/{id}/evaluation", AskedEvaluation,
    |work, id, asked| work.evaluate(id, Evaluation {
        adoption: asked.adoption,
        reason: asked.reason,
        items: asked.items.into_iter().map(|item| ItemVerdict {
            adoption: item.adoption,
            reason: item.reason,
        }).collect(),
        rectified: asked.rectified,
    })
}

act! {
    /// 销号；只能由发文单位进行。
    close, "/api/v1/obligations/{id}/close", AskedClosure,
    |work, id, asked| work.close(id, asked.note)
}

act! {
    /// 联席会议办公室建议销号。
    suggest_close, "/api/v1/obligations/{id}/close-suggestion", SuggestedClosure,
    |work, id, asked| work.suggest_close(id, asked.reason)
}

act! {
    /// 重新打开，另定期限再次回复。
    reopen, "/api/v1/obligations/{id}/reopen", AskedReopening,
    |work, id, asked| work.reopen(id, asked.reason, asked.due_on)
}

act! {
    /// 催办：发文单位或者联席会议办公室。
    remind, "/api/v1/obligations/{id}/reminders", AskedReminder,
    |work, id, asked| work.remind(id, asked.text)
}

act! {
    /// 升级：督办由联席会议办公室决定，告知上级主管、通报报告由制发的法院、检察院决定；只升不降。
    escalate, "/api/v1/obligations/{id}/escalations", AskedEscalation,
    |work, id, asked| work.escalate(id, Escalation {
        level: asked.level,
        text: asked.text,
        addressee: asked.addressee,
        decided_by: asked.decided_by,
    })
}
