//! What a receipt proves, in the words that people read with it (docs/security.md).

use super::Event;

/// What no receipt proves.
pub const DOES_NOT_PROVE: &[&str] = &[
    "时间准确：时间来自文枢服务器的时钟，没有第三方时间戳。",
    "操作的是本人：所证明的是登录了该账号的人。",
    "单位的电子签名或电子印章：签名是文枢的，不是单位的。",
    "有人读懂了内容：打开不等于知悉，更不等于签收。",
    "文枢没有另出一份相反的凭证。",
];

impl Event {
    /// What a statement of this event proves, beside the content of the document.
    #[must_use]
    pub fn proves(self) -> &'static str {
        match self {
            Self::Submission => "文枢已从发文单位接收该文书，内容从此固定。",
            Self::Arrival => "该文书已进入收件单位的收件箱；不等于有人看过。",
            Self::Reading => "该文书的内容第一次呈现给收件单位的某个人；不等于读懂，也不是签收。",
            Self::Signing => "有人代表收件单位签收了该文书；回复期限（如有）从此起算。",
            Self::Reply => "收件单位已对该文书发出最终的回复。",
            Self::Return => "收件单位在签收前退回了该文书，并说明了理由。",
            Self::ReturnRefusal => "发文单位不同意退回，该文书仍在收件单位的收件箱中。",
            Self::ReturnAcceptance => {
                "发文单位同意退回，收件单位不再对该文书负有签收和回复的义务。"
            }
            Self::Forward => "收件单位把该文书转给了另一单位。",
            Self::Recall => "发文单位撤回了该文书。",
            Self::Amendment => "该文书已由新的版本取代。",
            Self::DeemedSigning => "约定的期限内无人签收，该文书视为签收；不等于有人签收过。",
            Self::Registration => "收件单位登记了该文书，开始办理；不影响期限。",
            Self::InterimReply => "收件单位对该文书发出了阶段性回复；最终的回复仍然欠着。",
            Self::ExtensionRequest => "收件单位申请延长回复期限；申请不停止计时。",
            Self::ExtensionDecision => "有权决定的一方对延期申请作出了决定。",
            Self::Objection => "收件单位对该文书提出了异议；异议不停止计时。",
            Self::ObjectionDecision => "发文单位对异议作出了决定。",
            Self::SupplementRequest => "发文单位要求收件单位补充回复，并另定了期限。",
            Self::Evaluation => "发文单位对回复和采纳情况作出了评价。",
            Self::CloseSuggestion => "联席会议办公室建议销号；是否销号由发文单位决定。",
            Self::Closure => "发文单位已办结（销号）；不等于问题已经解决。",
            Self::Reopening => "发文单位重新打开了已评价或已办结的事项，并另定了期限。",
            Self::DueMoved => "因放假安排公布，届满日有变动；没有人作出决定。",
            Self::Reminder => "已向收件单位发出提醒或催办；不等于有人看过。",
            Self::Escalation => "该事项已升级到所写的层级。",
        }
    }
}
