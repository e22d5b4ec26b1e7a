//! The duty to reply (domain rules, 8.2): where it stands, who may do what about it, and what was
//! done.

mod act;
mod journal;
#[cfg(test)]
mod tests;

pub use act::{DutyAct, Part};
pub use journal::{Details, DutyEntry, ItemVerdict, Remedy, Verdict};

use jiff::{Timestamp, civil::Date};

use super::{
    Adoption, DeliveryId, DocumentId, DueDate, ObligationId, UnitId, Urgency, UserId,
    deadline::EscalationLevel, labelled::labelled, legal_day,
};

labelled! {
    /// Where a duty to reply stands. Being late is a fact beside the state, never a state.
    ///
    /// A request that waits for a decision stops nothing, so it is kept as a fact beside the state
    /// that runs on, and only shown as a state: see [`Obligation::standing`].
    pub enum ObligationState {
        /// 待签收: the unit has not signed, the clock has not started.
        AwaitingSignature = "awaiting_signature", "待签收";
        /// 待登记: signed for, the clock runs, nobody has taken the matter in hand yet.
        AwaitingRegistration = "awaiting_registration", "待登记";
        /// 办理中: the clock runs.
        InProgress = "in_progress", "办理中";
        /// 异议中: the clock runs, the issuer has an objection to decide. Never stored.
        Objecting = "objecting", "异议中";
        /// 延期申请中: the clock runs, somebody has an extension to decide. Never stored.
        Extending = "extending", "延期申请中";
        /// 退回补充: the issuer wants more than it was answered, by a day of its own. Never stored.
        Supplementing = "supplementing", "退回补充";
        /// 已回复: the final reply was sent.
        Replied = "replied", "已回复";
        /// 已评价: the issuer has said what became of its suggestions.
        Evaluated = "evaluated", "已评价";
        /// 已办结: the issuer has struck it off.
        Closed = "closed", "已办结";
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
    /// Where it stands, apart from requests that wait for a decision.
    pub state: ObligationState,
    /// The date written in the document; it wins over the rule.
    pub typed_due_on: Option<Date>,
    /// Chooses the rule's urgent variant.
    pub urgency: Urgency,
    /// The day by which it is promptly signed for; none where nobody had agreed on one.
    pub sign_by: Option<Date>,
    /// The day of signing, from which is counted.
    pub anchor_on: Option<Date>,
    /// The due date as first computed.
    pub original_due_on: Option<Date>,
    /// The due date now and how it came about; none before signing, or where no term runs.
    pub due: Option<DueDate>,
    /// The first final reply and when it was sent.
    pub reply: Option<(DocumentId, Timestamp)>,
    /// How far it has come beyond that.
    pub progress: Progress,
    /// When it arose.
    pub created_at: Timestamp,
    /// Counts the changes.
    pub revision: i64,
}

/// What is known of a duty beside its state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// How far the matter has been pushed; it only ever rises.
    pub level: EscalationLevel,
    /// The day on which it was first taken in hand.
    pub registered_on: Option<Date>,
    /// Who handles it at the debtor.
    pub handler: Option<UserId>,
    /// An extension was asked for and not decided yet.
    pub extending: bool,
    /// An objection was raised and not decided yet.
    pub objecting: bool,
    /// The day by which what was answered is to be completed.
    pub supplement_due_on: Option<Date>,
    /// What became of the suggestions, by the issuer's word.
    pub adoption: Option<Adoption>,
    /// Whether what had to be put right is put right, by the issuer's word.
    pub rectified: Option<bool>,
    /// Whether an objection was ever right, in whole or in part; none where nobody objected.
    pub upheld: Option<bool>,
    /// When it was evaluated.
    pub evaluated_at: Option<Timestamp>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
}

impl Default for Progress {
    fn default() -> Self {
        Self {
            level: EscalationLevel::None,
            registered_on: None,
            handler: None,
            extending: false,
            objecting: false,
            supplement_due_on: None,
            adoption: None,
            rectified: None,
            upheld: None,
            evaluated_at: None,
            closed_at: None,
        }
    }
}

impl Obligation {
    /// Whether a reply is awaited and the clock runs.
    #[must_use]
    pub fn is_running(&self) -> bool {
        use ObligationState::{AwaitingRegistration, InProgress};
        matches!(self.state, AwaitingRegistration | InProgress)
    }

    /// The state as it is shown: a request that waits for a decision comes before the state that
    /// runs on beneath it.
    #[must_use]
    pub fn standing(&self) -> ObligationState {
        if !self.is_running() {
            self.state
        } else if self.progress.objecting {
            ObligationState::Objecting
        } else if self.progress.extending {
            ObligationState::Extending
        } else if self.progress.supplement_due_on.is_some() {
            ObligationState::Supplementing
        } else {
            self.state
        }
    }

    /// The day by which the next answer is awaited: the first, or what is to complete it.
    #[must_use]
    pub fn awaited_by(&self) -> Option<Date> {
        let due = self.due.as_ref().map(|due| due.due_on);
        self.progress.supplement_due_on.or(due)
    }

    /// The legal day of the final reply.
    #[must_use]
    pub fn replied_on(&self) -> Option<Date> {
        self.reply.map(|(_, at)| legal_day(at))
    }

    /// Days past the due date: counted to the reply if there is one, otherwise to `today`.
    #[must_use]
    pub fn days_overdue(&self, today: Date, replied_on: Option<Date>) -> Option<i64> {
        if self.is_running() && self.progress.supplement_due_on.is_some() {
            return days_past(self.progress.supplement_due_on?, today);
        }
        let waits = self.is_running() || replied_on.is_some();
        let until = replied_on.unwrap_or(today);
        days_past(self.due.as_ref()?.due_on, until).filter(|_| waits)
    }
}

/// Days of `until` past `due`; none where it is not past.
fn days_past(due: Date, until: Date) -> Option<i64> {
    let days = i64::from(due.until(until).ok()?.get_days());
    (days > 0).then_some(days)
}
