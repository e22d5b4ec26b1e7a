use jiff::Timestamp;
use serde::Serialize;

use super::{Document, DocumentId, EvidenceId, ReturnReason, UnitId, UserId, labelled::labelled};

labelled! {
    /// What an evidence statement states, after the events of ETSI EN 319 522-1.
    pub enum Event {
        /// 报送: the hub has taken the document over from its sender (A.1).
        Submission = "submission", "报送";
        /// 送达: it has entered the recipient's box (D.1).
        Arrival = "arrival", "送达";
        /// 打开: its content was shown to somebody of the recipient for the first time (D.6).
        /// It does not state that anybody understood it.
        Reading = "reading", "打开";
        /// 签收: a person has signed for it on behalf of the recipient (C.3).
        Signing = "signing", "签收";
        /// 回复: the recipient has sent its final reply. No receipt standard knows this one.
        Reply = "reply", "回复";
        /// 退回: the recipient has sent it back before signing, with a reason (C.4).
        Return = "return", "退回";
        /// 不同意退回: the sender has refused the return; the document is in the box again.
        ReturnRefusal = "return_refusal", "不同意退回";
        /// 同意退回: the sender has accepted the return; nothing is owed any more.
        ReturnAcceptance = "return_acceptance", "同意退回";
        /// 转发: the recipient has passed it on to another unit (B.1).
        Forward = "forward", "转发";
        /// 撤回: the sender has taken it back.
        Recall = "recall", "撤回";
        /// 修改: a new version has taken its place.
        Amendment = "amendment", "修改";
        /// 视为签收: nobody has signed within the agreed term.
        DeemedSigning = "deemed_signing", "视为签收";
        /// 登记: the recipient has taken the matter in hand.
        Registration = "registration", "登记";
        /// 阶段性回复: the recipient has reported, and will report again.
        InterimReply = "interim_reply", "阶段性回复";
        /// 申请延期.
        ExtensionRequest = "extension_request", "申请延期";
        /// 决定延期.
        ExtensionDecision = "extension_decision", "决定延期";
        /// 提出异议.
        Objection = "objection", "提出异议";
        /// 决定异议.
        ObjectionDecision = "objection_decision", "决定异议";
        /// 退回补充: the sender wants more than it was answered.
        SupplementRequest = "supplement_request", "退回补充";
        /// 评价: the sender says what became of its suggestions.
        Evaluation = "evaluation", "评价";
        /// 建议销号: the conference office thinks that it may be struck off.
        CloseSuggestion = "close_suggestion", "建议销号";
        /// 办结: the sender has struck it off.
        Closure = "closure", "办结";
        /// 重新打开: the sender has taken it up again.
        Reopening = "reopening", "重新打开";
        /// 届满日变动: a notice of holidays has moved the due date; it is told and not stated.
        DueMoved = "due_moved", "届满日变动";
        /// 催办.
        Reminder = "reminder", "催办";
        /// 督办、告知上级、通报: the matter has risen.
        Escalation = "escalation", "升级";
    }
}

/// A unit's part in a statement.
#[derive(Debug, Clone, Serialize)]
pub struct Party {
    /// The unit.
    pub unit: UnitId,
    /// Its 统一社会信用代码.
    pub credit_code: Option<String>,
    /// The person who acted for it; a pseudonym, the name stays in the registry.
    pub user: Option<UserId>,
}

/// The document that a statement is about.
#[derive(Debug, Clone, Serialize)]
pub struct StatedDocument {
    /// The document.
    pub id: DocumentId,
    /// 发文字号.
    pub doc_number: Option<String>,
    /// Its version, from 1.
    pub version: i64,
    /// Names all its content.
    pub manifest: String,
}

impl StatedDocument {
    /// What statements say of a document.
    #[must_use]
    pub fn of(document: &Document) -> Self {
        Self {
            id: document.id,
            doc_number: document.number.as_ref().map(ToString::to_string),
            version: document.version,
            // Of what is in quarantine only the manifest is left.
            manifest: document
                .manifest
                .unwrap_or_else(|| document.digest_of_content())
                .to_string(),
        }
    }
}

/// An evidence statement: who did what to which content, and when. Its canonical JSON
/// (RFC 8785) is what the hub signs.
#[derive(Debug, Clone, Serialize)]
pub struct Statement {
    /// The version of this form.
    pub v: u32,
    /// The hub that states it.
    pub origin: String,
    /// Counts the lives of the evidence log; a restored backup begins a new one.
    pub epoch: u32,
    /// Identifies the statement.
    pub evidence_id: EvidenceId,
    /// What happened.
    pub event: Event,
    /// What happened, for people.
    pub event_zh: &'static str,
    /// How often the document has been put into this recipient's box, from 1; it is sent again
    /// after a return. Of a forwarding: how often this unit has passed it on.
    pub round: i64,
    /// Whether this records a document that was exchanged long ago and outside the hub; the time
    /// is that of the recording.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub historic: bool,
    /// When, by the hub's clock, UTC with milliseconds; never by the client's.
    pub event_time: String,
    /// The document.
    pub doc: StatedDocument,
    /// Who sent it.
    pub sender: Party,
    /// Whom the event concerns.
    pub recipient: Party,
    /// The day by which the recipient must reply, where it is known.
    pub reply_due: Option<String>,
    /// The document that sets this event off, for a reply.
    pub replied_with: Option<DocumentId>,
    /// The correction that takes its place, for an amendment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub superseded_by: Option<DocumentId>,
    /// Why, in the words of whoever recalled or corrected it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The coded reason, for a return.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<ReturnReason>,
    /// To which units the document was passed on, for a forwarding.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub forwarded_to: Vec<UnitId>,
    /// The unit that put the document into the box, where it is not its sender, or that refused
    /// a return; with the person who acted for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub giver: Option<Party>,
    /// The legal day from which the event counts, where it is not that of `event_time`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effective_on: Option<String>,
    /// The unit that acted and the person who did, where it was not the recipient.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<Party>,
    /// SHA-256 over the canonical JSON of what was done about the duty to reply.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub act: Option<String>,
    /// The statement before this one about the same document and recipient.
    pub prev: Option<EvidenceId>,
    /// The program that states it.
    pub software: &'static str,
    /// 128 random bits, so that a digest of the statement tells nothing.
    pub nonce: String,
}

/// A statement as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Identifies the statement.
    pub id: EvidenceId,
    /// The document.
    pub document: DocumentId,
    /// The unit it concerns.
    pub party: UnitId,
    /// What happened.
    pub event: Event,
    /// The round of the delivery, or the number of the forwarding: with document, unit and event
    /// it occurs once.
    pub round: i64,
    /// When.
    pub at: Timestamp,
    /// The canonical JSON.
    pub statement: String,
    /// The hub's Ed25519 signature over it, base64.
    pub signature: String,
    /// Which key signed.
    pub key_id: String,
}
