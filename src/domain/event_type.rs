use super::labelled::labelled;

labelled! {
    /// What units are told of through the change feed. The codes are those of the change log;
    /// what is not listed here is nobody's business but the hub's own.
    pub enum EventType {
        /// A document was drafted.
        Draft = "document.draft", "拟稿";
        /// A draft was changed.
        Redraft = "document.redraft", "修改草稿";
        /// A draft was laid before its reviewers.
        Submit = "document.submit", "送审";
        /// Its drafters took it back from review.
        Withdraw = "document.withdraw", "撤回送审";
        /// A reviewer has approved it.
        Approve = "document.approve", "审核通过";
        /// A reviewer has sent it back to its drafters.
        SendBack = "document.send_back", "退回修改";
        /// A joint issuer has refused its consent.
        RefuseConsent = "document.refuse_consent", "不同意会签";
        /// A correction of it was begun.
        Amend = "document.amend", "拟修改稿";
        /// A correction has taken its place.
        Supersede = "document.supersede", "被新版本取代";
        /// Its issuer has taken it back.
        Recall = "document.recall", "撤回";
        /// Its issuer has archived it.
        Archive = "document.archive", "归档";
        /// A joint issuer has consented.
        Consent = "document.consent", "会签同意";
        /// It was issued and numbered.
        Issue = "document.issue", "签发";
        /// It was sent, and has arrived.
        Send = "document.send", "发送";
        /// A document that was exchanged long ago was recorded; it brings no duty to reply.
        SendHistoric = "document.send_historic", "补录历史文书";
        /// Somebody of a recipient has opened it, the first of the unit.
        Read = "document.read", "首次阅读";
        /// A recipient has signed for it.
        Sign = "delivery.sign", "签收";
        /// A recipient has sent it back.
        Return = "delivery.return", "退回";
        /// The sender has agreed to the return.
        AcceptReturn = "delivery.accept_return", "同意退回";
        /// The sender has refused the return.
        RefuseReturn = "delivery.refuse_return", "不同意退回";
        /// It was put into the box again after a return.
        Resend = "delivery.resend", "再次送达";
        /// A recipient has passed it on.
        Forward = "delivery.forward", "转发";
        /// It has arrived at a unit to which it was passed on.
        Arrive = "delivery.arrive", "转来";
        /// Nobody has signed for it in time.
        DeemSigned = "delivery.deem_signed", "视为签收";
        /// A program of a recipient has fetched it, which is no signature.
        Fetch = "delivery.fetch", "取件";
        /// That program has confirmed that it has it.
        Acknowledge = "delivery.acknowledge", "确认取件";
        /// Its content is locked away for a mark of classification.
        Quarantine = "document.quarantine", "隔离";
        /// A recipient has sent its final reply.
        Reply = "obligation.reply", "回复";
        /// The debtor has taken the matter in hand.
        Register = "obligation.register", "登记";
        /// A recipient has sent a reply that is not its last word.
        InterimReply = "obligation.interim_reply", "阶段性回复";
        /// The debtor asks for more time.
        RequestExtension = "obligation.extension_request", "申请延期";
        /// More time was given or not.
        DecideExtension = "obligation.extension_decision", "决定延期";
        /// The debtor objects.
        Object = "obligation.objection", "提出异议";
        /// The issuer has decided on an objection.
        DecideObjection = "obligation.objection_decision", "决定异议";
        /// The issuer wants more than it was answered.
        RequestSupplement = "obligation.supplement_request", "退回补充";
        /// The issuer has said what became of its suggestions.
        Evaluate = "obligation.evaluation", "评价";
        /// The office suggests to close.
        SuggestClose = "obligation.close_suggestion", "建议销号";
        /// The issuer has struck it off.
        CloseDuty = "obligation.close", "办结";
        /// The issuer has taken it up again.
        ReopenDuty = "obligation.reopen", "重新打开";
        /// A notice of holidays has moved the due date.
        MoveDue = "obligation.due_moved", "届满日变动";
        /// Somebody, or the ladder of the rule, urges.
        Remind = "obligation.reminder", "催办";
        /// The matter has risen.
        Escalate = "obligation.escalation", "升级";
        /// A unit was entered into the registry.
        UnitEnter = "unit.enter", "登记单位";
        /// A unit in the registry was changed.
        UnitChange = "unit.change", "修改单位";
    }
}

/// Whose business an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Everybody's: the registry is open to all units.
    Everybody,
    /// That of the units that may see the document.
    Viewers,
    /// That of the units that may see the document, and of those that may not see it any more
    /// because it was taken back from them.
    Delivered,
    /// That of the issuers and of one unit.
    Between,
    /// That of the issuers alone: a recipient does not learn when a document was prepared, also
    /// where that and the sending are one unit of work.
    Issuers,
}

impl EventType {
    /// Whose business it is.
    #[must_use]
    pub fn audience(self) -> Audience {
        match self {
            Self::Draft
            | Self::Redraft
            | Self::Submit
            | Self::Withdraw
            | Self::Approve
            | Self::SendBack
            | Self::Consent
            | Self::RefuseConsent
            | Self::Issue
            | Self::Amend
            | Self::Archive => Audience::Issuers,
            Self::Send | Self::SendHistoric | Self::Supersede | Self::Quarantine => {
                Audience::Viewers
            }
            Self::Recall => Audience::Delivered,
            Self::Read
            | Self::Sign
            | Self::Return
            | Self::AcceptReturn
            | Self::RefuseReturn
            | Self::Resend
            | Self::Forward
            | Self::Arrive
            | Self::DeemSigned
            | Self::Fetch
            | Self::Acknowledge
            | Self::Reply
            | Self::Register
            | Self::InterimReply
            | Self::RequestExtension
            | Self::DecideExtension
            | Self::Object
            | Self::DecideObjection
            | Self::RequestSupplement
            | Self::Evaluate
            | Self::SuggestClose
            | Self::CloseDuty
            | Self::ReopenDuty
            | Self::MoveDue
            | Self::Remind
            | Self::Escalate => Audience::Between,
            Self::UnitEnter | Self::UnitChange => Audience::Everybody,
        }
    }
}
