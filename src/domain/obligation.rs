use jiff::{Timestamp, civil::Date};

use super::{DeliveryId, DocumentId, DueDate, ObligationId, UnitId, Urgency, labelled::labelled};

labelled! {
    /// Where a duty to reply stands. Being late is a fact beside the state, never a state.
    pub enum ObligationState {
        /// 待签收: the unit has not signed, the clock has not started.
        AwaitingSignature = "awaiting_signature", "待签收";
        /// 办理中: the clock runs.
        InProgress = "in_progress", "办理中";
        /// 已回复: the final reply was sent.
        Replied = "replied", "已回复";
        /// 已退回: the delivery was sent back and the sender has not decided yet.
        Suspended = "suspended", "已退回待处理";
        /// 已撤回: what it came from was taken back or replaced; nothing is owed any more.
        Withdrawn = "withdrawn", "已撤回";
    }
}

/// One unit's duty to answer one document.
#[derive(Debug, Clone, PartialEq)]
pub struct Obligation {
    /// Identifies the duty.
    pub id: ObligationId,
    /// The delivery it comes from.
    pub delivery: DeliveryId,
    /// The document to answer.
    pub document: DocumentId,
    /// Who must answer.
    pub debtor: UnitId,
    /// Whom.
    pub creditor: UnitId,
    /// The deadline rule it was made under, and which version of it.
    pub rule: (String, u16),
    /// Where it stands.
    pub state: ObligationState,
    /// The date written in the document; it wins over the rule.
    pub typed_due_on: Option<Date>,
    /// Chooses the rule's urgent variant.
    pub urgency: Urgency,
    /// The day of signing, from which is counted.
    pub anchor_on: Option<Date>,
    /// The due date as first computed.
    pub original_due_on: Option<Date>,
    /// The due date now and how it came about; none before signing, or where no term runs.
    pub due: Option<DueDate>,
    /// The final reply and when it was sent.
    pub reply: Option<(DocumentId, Timestamp)>,
    /// When it arose.
    pub created_at: Timestamp,
    /// Counts the changes.
    pub revision: i64,
}

impl Obligation {
    /// Days past the due date: counted to the reply if there is one, otherwise to `today`.
    #[must_use]
    pub fn days_overdue(&self, today: Date, replied_on: Option<Date>) -> Option<i64> {
        let due = self.due.as_ref()?.due_on;
        let until = replied_on.unwrap_or(today);
        let days = i64::from(due.until(until).ok()?.get_days());
        (days > 0).then_some(days)
    }
}

/// Which obligations are listed, newest first.
#[derive(Debug, Clone, Default)]
pub struct ObligationFilter {
    /// Only this state.
    pub state: Option<ObligationState>,
    /// Only what comes after this one.
    pub after: Option<(Timestamp, ObligationId)>,
}
