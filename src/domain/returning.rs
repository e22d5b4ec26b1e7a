use jiff::Timestamp;

use super::{DeliveryId, UserId, labelled::labelled};

labelled! {
    /// Why a unit sends a document back before signing (domain.md 8.8).
    pub enum ReturnReason {
        /// 不属于本单位职责
        NotOurDuty = "not_our_duty", "非本单位职责";
        /// 不符合行文规则或文种格式
        Incomplete = "incomplete", "要件不全";
        /// 附件未随文到达
        AttachmentMissing = "attachment_missing", "附件缺失";
        /// 已收到同一件
        Duplicate = "duplicate", "重复";
        /// 其他原因，须说明
        Other = "other", "其他";
    }
}

labelled! {
    /// What the sender has decided on a return.
    pub enum ReturnOutcome {
        /// It does not agree: the document is in the box again.
        Refused = "refused", "不同意退回";
        /// It has sent the document once more: a new round begins.
        Resent = "resent", "重新发送";
        /// It agrees: nothing is owed any more.
        Accepted = "accepted", "同意退回";
    }
}

/// What the sender has decided on a return, and who and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnDecision {
    /// What.
    pub outcome: ReturnOutcome,
    /// What they said to it.
    pub note: Option<String>,
    /// Who has decided, and when.
    pub decided: (UserId, Timestamp),
}

/// A document was sent back before it was signed for; once in each round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Return {
    /// The delivery.
    pub delivery: DeliveryId,
    /// In which round.
    pub round: i64,
    /// Why.
    pub reason: ReturnReason,
    /// What the unit said to it.
    pub note: Option<String>,
    /// Who has returned it, and when.
    pub returned: (UserId, Timestamp),
    /// What the sender has decided; none as long as it has the ball.
    pub decision: Option<ReturnDecision>,
}
