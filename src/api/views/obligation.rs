use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{DueView, UnitRef, instant};
use crate::{
    app::Directory,
    domain::{LedgerLine, Rules, legal_day},
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
        let kind = rules.kind(&line.kind, legal_day(duty.created_at));
        let replied_on = duty.reply.map(|(_, at)| legal_day(at));
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
            state: duty.state.code(),
            state_label: duty.state.label(),
            rule: duty.rule.0,
            rule_version: duty.rule.1,
            typed_due_on: duty.typed_due_on.map(|date| date.to_string()),
            original_due_on: duty.original_due_on.map(|date| date.to_string()),
            due: duty.due.map(Into::into),
            overdue: days_overdue.is_some(),
            days_overdue,
            reply_id: duty.reply.map(|(id, _)| id.0),
            replied_at: duty.reply.map(|(_, at)| instant(at)),
            created_at: instant(duty.created_at),
        }
    }
}
