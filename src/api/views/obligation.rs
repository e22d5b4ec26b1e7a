use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{DueView, UnitRef, instant};
use crate::{
    app::Directory,
    domain::{Adoption, LedgerLine, Rules, UserId, legal_day},
};

/// A duty to reply.
#[derive(Debug, Serialize, ToSchema)]
pub struct ObligationView {
    /// 回复义务编号
    id: Uuid,
    /// 文书编号
    document_id: Uuid,
    /// 投递编号
    delivery_id: Uuid,
    /// 文书种类
    kind: String,
    /// 文书种类（中文）
    kind_label: String,
    /// 发文字号
    doc_number: Option<String>,
    /// 标题（仅当事双方可见）
    title: Option<String>,
    /// 应回复的单位
    debtor: UnitRef,
    /// 发文单位
    creditor: UnitRef,
    /// 状态
    state: &'static str,
    /// 状态（中文）
    state_label: &'static str,
    /// 期限规则
    rule: String,
    /// 期限规则的版本
    rule_version: u16,
    /// 文书写明的回复期限
    typed_due_on: Option<String>,
    /// 最初的届满日
    original_due_on: Option<String>,
    /// 现在的届满日及其由来；签收前为空
    due: Option<DueView>,
    /// 升级层级
    level: &'static str,
    /// 升级层级（中文）
    level_label: &'static str,
    /// 承办人
    handler: Option<PersonRef>,
    /// 补充答复的期限
    supplement_due_on: Option<String>,
    /// 发文单位的采纳评价
    adoption: Option<&'static str>,
    /// 采纳评价（中文）
    adoption_label: Option<&'static str>,
    /// 评价时间
    evaluated_at: Option<String>,
    /// 办结时间
    closed_at: Option<String>,
    /// 是否逾期
    overdue: bool,
    /// 逾期天数
    days_overdue: Option<i64>,
    /// 回复文书
    reply_id: Option<Uuid>,
    /// 回复时间
    replied_at: Option<String>,
    /// 产生时间
    created_at: String,
}

impl ObligationView {
    /// The duty with the names of its parties, as of `now`.
    #[must_use]
    pub fn of(line: LedgerLine, now: jiff::Timestamp, names: &Directory, rules: &Rules) -> Self {
        let duty = line.obligation;
        let standing = duty.standing();
        let kind = rules.kind(&line.kind, legal_day(duty.created_at));
        let replied_on = duty.reply.map(|(_, at)| legal_day(at));
        let progress = duty.progress.clone();
        let days_overdue = duty.days_overdue(legal_day(now), replied_on);
        Self {
            id: duty.id.0,
            document_id: duty.document.0,
            delivery_id: duty.delivery.0,
            kind_label: kind.map(|kind| kind.name.clone()).unwrap_or_default(),
            kind: line.kind,
            doc_number: line.number.map(|number| number.to_string()),
            title: Some(line.title).filter(|title| !title.is_empty()),
            debtor: UnitRef::of(duty.debtor, names),
            creditor: UnitRef::of(duty.creditor, names),
            state: standing.code(),
            state_label: standing.label(),
            rule: duty.rule.0,
            rule_version: duty.rule.1,
            typed_due_on: duty.typed_due_on.map(|date| date.to_string()),
            original_due_on: duty.original_due_on.map(|date| date.to_string()),
            due: duty.due.map(Into::into),
            level: progress.level.code(),
            level_label: progress.level.label(),
            handler: progress.handler.map(|user| PersonRef::of(user, names)),
            supplement_due_on: progress.supplement_due_on.map(|date| date.to_string()),
            adoption: progress.adoption.map(Adoption::code),
            adoption_label: progress.adoption.map(Adoption::label),
            evaluated_at: progress.evaluated_at.map(instant),
            closed_at: progress.closed_at.map(instant),
            overdue: days_overdue.is_some(),
            days_overdue,
            reply_id: duty.reply.map(|(id, _)| id.0),
            replied_at: duty.reply.map(|(_, at)| instant(at)),
            created_at: instant(duty.created_at),
        }
    }
}

/// A person, by name.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PersonRef {
    /// 人员编号
    id: Uuid,
    /// 姓名
    name: String,
}

impl PersonRef {
    /// The person under their name.
    #[must_use]
    pub fn of(id: UserId, names: &Directory) -> Self {
        let name = names.user(id).unwrap_or_default().to_owned();
        Self { id: id.0, name }
    }
}
