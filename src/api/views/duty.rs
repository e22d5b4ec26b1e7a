use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{ObligationView, PersonRef, UnitRef, instant};
use crate::{
    app::{Directory, DutyDetail, Moment},
    domain::Rules,
};

/// What of an act is a fact of the ledger; everything else is content, for the parties alone.
const FACTS: [&str; 14] = [
    "act",
    "due_on",
    "granted",
    "verdict",
    "remedy",
    "level",
    "adoption",
    "days_late",
    "supplement",
    "decide_by",
    "rectified",
    "reply",
    "from",
    "step",
];

/// A duty to reply in full.
#[derive(Debug, Serialize, ToSchema)]
pub struct DutyView {
    #[serde(flatten)]
    obligation: ObligationView,
    /// 提出异议的最后一日
    objection_until: Option<String>,
    /// 等待决定的延期申请
    pending_extension_id: Option<Uuid>,
    /// 等待决定的异议
    pending_objection_id: Option<Uuid>,
    /// 当前用户现在可以做的事
    may: Vec<MayView>,
    /// 全部经过，从旧到新
    timeline: Vec<MomentView>,
}

/// Something that may be done.
#[derive(Debug, Serialize, ToSchema)]
pub struct MayView {
    /// 编码
    act: &'static str,
    /// 名称
    label: &'static str,
}

/// Something that happened.
#[derive(Debug, Serialize, ToSchema)]
pub struct MomentView {
    /// 申请、决定等事项的编号；送达、签收等投递事项为空
    id: Option<Uuid>,
    /// 事项
    event: &'static str,
    /// 事项（中文）
    event_label: &'static str,
    /// 同一事项的第几次
    round: i64,
    /// 时间
    at: String,
    /// 办理的单位
    unit: Option<UnitRef>,
    /// 办理的人
    by: Option<PersonRef>,
    /// 所决定的申请或者异议
    answers: Option<Uuid>,
    /// 内容，随事项而不同；不是当事双方的，只有事实没有文字
    details: Option<Map<String, Value>>,
    /// 凭证编号；届满日因放假安排变动的没有凭证
    receipt_id: Option<Uuid>,
}

impl DutyView {
    /// The duty with the names of those in it, as of `now`.
    #[must_use]
    pub fn of(detail: DutyDetail, now: jiff::Timestamp, names: &Directory, rules: &Rules) -> Self {
        let party = detail.party;
        let moments = detail.moments.into_iter();
        Self {
            objection_until: detail.objection_until.map(|date| date.to_string()),
            pending_extension_id: detail.extension.map(|id| id.0),
            pending_objection_id: detail.objection.map(|id| id.0),
            may: detail
                .may
                .iter()
                .map(|act| MayView {
                    act: act.code(),
                    label: act.label(),
                })
                .collect(),
            timeline: moments
                .map(|moment| MomentView::of(moment, party, names))
                .collect(),
            obligation: ObligationView::of(detail.line, now, names, rules),
        }
    }
}

impl MomentView {
    fn of(moment: Moment, party: bool, names: &Directory) -> Self {
        let (unit, by) = moment.actor.unzip();
        let details = moment.details.map(serde_json::to_value);
        let details = match details {
            Some(Ok(Value::Object(details))) => Some(details),
            _ => None,
        };
        let known = |mut details: Map<String, Value>| {
            details.retain(|name, _| party || FACTS.contains(&name.as_str()));
            details
        };
        Self {
            id: moment.entry.map(|id| id.0),
            event: moment.event.code(),
            event_label: moment.event.label(),
            round: moment.round,
            at: instant(moment.at),
            unit: unit.map(|unit| UnitRef::of(unit, names)),
            by: by.filter(|_| party).map(|user| PersonRef::of(user, names)),
            answers: moment.answers.map(|id| id.0),
            details: details.map(known),
            receipt_id: moment.evidence.map(|id| id.0),
        }
    }
}
