//! What was done about a duty: a journal that is only ever added to. Requests and the decisions on
//! them are entries of it; a decision names the request that it answers.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::domain::{
    Adoption, DocumentId, DutyEntryId, Event, EvidenceId, ObligationId, UnitId, UserId,
    deadline::EscalationLevel, labelled::labelled,
};

labelled! {
    /// Whether an objection was right.
    pub enum Verdict {
        /// It was.
        Upheld = "upheld", "成立";
        /// In part.
        Partly = "partly", "部分成立";
        /// It was not.
        Rejected = "rejected", "不成立";
    }
}

labelled! {
    /// What follows from the decision on an objection.
    pub enum Remedy {
        /// The document stands.
        Keep = "keep", "维持";
        /// A new version of the document will take its place, with its own term.
        Amend = "amend", "修改";
        /// The document is withdrawn; nothing is owed any more.
        Withdraw = "withdraw", "撤回";
    }
}

/// What became of one numbered suggestion, by the issuer's word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemVerdict {
    /// Whether it was followed.
    pub adoption: Adoption,
    /// Why, where it was not followed in full.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What somebody has done about a duty, in full. It is content: only the parties read the words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Details {
    /// The debtor has taken the matter in hand.
    Registration {
        /// 收文编号.
        number: Option<String>,
        /// The 科室 that leads.
        lead: Option<String>,
        /// The person who handles it.
        handler: Option<UserId>,
        /// 协办单位. They see the document only if it is forwarded to them.
        supporting: Vec<UnitId>,
        /// What else there is to say.
        note: Option<String>,
    },
    /// A reply that is not the last word.
    InterimReply {
        /// The document.
        reply: DocumentId,
    },
    /// The final word, or what completes it.
    Reply {
        /// The document.
        reply: DocumentId,
        /// Whether it completes an earlier one.
        supplement: bool,
        /// Days past the day by which it was awaited.
        days_late: Option<i64>,
    },
    /// The debtor asks for more time.
    ExtensionRequest {
        /// Until when.
        due_on: Date,
        /// Why.
        reason: String,
    },
    /// More time is given or not.
    ExtensionDecision {
        /// Whether it is given.
        granted: bool,
        /// Until when.
        due_on: Option<Date>,
        /// Why, or why not.
        reason: Option<String>,
        /// The court president who approved it, where the rule wants one.
        approved_by: Option<String>,
    },
    /// The debtor objects.
    Objection {
        /// Why.
        grounds: String,
        /// The day by which the issuer has to decide, where a rule sets one.
        decide_by: Option<Date>,
    },
    /// The issuer decides on an objection.
    ObjectionDecision {
        /// Whether it was right.
        verdict: Verdict,
        /// What follows.
        remedy: Remedy,
        /// Why.
        reasons: String,
        /// The person or body that decided: 检察长, 检委会, 院长.
        decided_by: Option<String>,
    },
    /// The issuer wants more than it was answered.
    SupplementRequest {
        /// What is missing.
        what: String,
        /// By when.
        due_on: Date,
    },
    /// The issuer says what became of its suggestions.
    Evaluation {
        /// On the whole.
        adoption: Adoption,
        /// Why, where they were not followed in full.
        reason: Option<String>,
        /// One by one, in their order.
        items: Vec<ItemVerdict>,
        /// Whether what had to be put right is put right.
        rectified: Option<bool>,
    },
    /// The office suggests to close.
    CloseSuggestion {
        /// Why.
        reason: String,
    },
    /// The issuer strikes it off.
    Closure {
        /// What else there is to say.
        note: Option<String>,
    },
    /// The issuer takes it up again.
    Reopening {
        /// Why.
        reason: String,
        /// By when it is to be answered again.
        due_on: Date,
    },
    /// A notice of holidays has moved the due date. Nobody did it, so nothing is stated.
    DueMoved {
        /// From this day.
        from: Date,
        /// To this one.
        due_on: Date,
    },
    /// Somebody urges.
    Reminder {
        /// With these words.
        text: Option<String>,
        /// The step of the ladder, where nobody did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step: Option<String>,
        /// The level to which the step raises it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        level: Option<EscalationLevel>,
    },
    /// The matter rises.
    Escalation {
        /// How far.
        level: EscalationLevel,
        /// With these words.
        text: String,
        /// Whom it is told, in words.
        addressee: Option<String>,
        /// The person who decided it.
        decided_by: Option<String>,
    },
}

impl Details {
    /// The event that it is.
    #[must_use]
    pub fn event(&self) -> Event {
        match self {
            Self::Registration { .. } => Event::Registration,
            Self::InterimReply { .. } => Event::InterimReply,
            Self::Reply { .. } => Event::Reply,
            Self::ExtensionRequest { .. } => Event::ExtensionRequest,
            Self::ExtensionDecision { .. } => Event::ExtensionDecision,
            Self::Objection { .. } => Event::Objection,
            Self::ObjectionDecision { .. } => Event::ObjectionDecision,
            Self::SupplementRequest { .. } => Event::SupplementRequest,
            Self::Evaluation { .. } => Event::Evaluation,
            Self::CloseSuggestion { .. } => Event::CloseSuggestion,
            Self::Closure { .. } => Event::Closure,
            Self::Reopening { .. } => Event::Reopening,
            Self::DueMoved { .. } => Event::DueMoved,
            Self::Reminder { .. } => Event::Reminder,
            Self::Escalation { .. } => Event::Escalation,
        }
    }

    /// The same as a short code for the change log.
    #[must_use]
    pub fn what(&self) -> &'static str {
        match self {
            Self::Registration { .. } => "obligation.register",
            Self::InterimReply { .. } => "obligation.interim_reply",
            Self::Reply { .. } => "obligation.reply",
            Self::ExtensionRequest { .. } => "obligation.extension_request",
            Self::ExtensionDecision { .. } => "obligation.extension_decision",
            Self::Objection { .. } => "obligation.objection",
            Self::ObjectionDecision { .. } => "obligation.objection_decision",
            Self::SupplementRequest { .. } => "obligation.supplement_request",
            Self::Evaluation { .. } => "obligation.evaluation",
            Self::CloseSuggestion { .. } => "obligation.close_suggestion",
            Self::Closure { .. } => "obligation.close",
            Self::Reopening { .. } => "obligation.reopen",
            Self::DueMoved { .. } => "obligation.due_moved",
            Self::Reminder { .. } => "obligation.reminder",
            Self::Escalation { .. } => "obligation.escalation",
        }
    }
}

/// An entry of the journal of a duty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DutyEntry {
    /// Identifies the entry; for a request, what its decision names.
    pub id: DutyEntryId,
    /// The duty.
    pub obligation: ObligationId,
    /// Counts the entries of this event about this duty, from 1.
    pub round: i64,
    /// When.
    pub at: Timestamp,
    /// For which unit.
    pub unit: Option<UnitId>,
    /// By whom.
    pub user: UserId,
    /// What.
    pub details: Details,
    /// The request that it decides.
    pub answers: Option<DutyEntryId>,
    /// The statement of it; none for what follows from a new calendar.
    pub evidence: Option<EvidenceId>,
}
