//! Who may do what about a duty, and when: one table, which the guard of every act and the list
//! of what a caller may do are both read from.

use super::{Obligation, ObligationState};
use crate::domain::{DeadlineRule, Role, deadline::ExtensionBy, labelled::labelled};

/// Those who do a unit's daily business.
const OFFICE: &[Role] = &[Role::Clerk, Role::Handler];
/// Those who decide in a unit's name.
const HEAD: &[Role] = &[Role::Signer];

labelled! {
    /// The side on which somebody stands in a duty.
    pub enum Part {
        /// The unit that owes the answer.
        Debtor = "debtor", "应回复的单位";
        /// The unit that it is owed to.
        Creditor = "creditor", "发文单位";
        /// The office of the joint conference, which follows the facts.
        Office = "office", "联席会议办公室";
    }
}

labelled! {
    /// Something that can be done about a duty.
    pub enum DutyAct {
        /// 登记: the debtor takes the matter in hand.
        Register = "register", "登记";
        /// 申请延期.
        AskExtension = "ask_extension", "申请延期";
        /// 决定延期.
        DecideExtension = "decide_extension", "决定延期";
        /// 提出异议.
        Object = "object", "提出异议";
        /// 决定异议.
        DecideObjection = "decide_objection", "决定异议";
        /// 退回补充.
        AskSupplement = "ask_supplement", "退回补充";
        /// 评价.
        Evaluate = "evaluate", "评价";
        /// 销号.
        Close = "close", "销号";
        /// 建议销号.
        SuggestClose = "suggest_close", "建议销号";
        /// 重新打开.
        Reopen = "reopen", "重新打开";
        /// 催办.
        Remind = "remind", "催办";
        /// 督办, level 3.
        Supervise = "supervise", "督办";
        /// 告知上级主管、通报报告, levels 4 and 5.
        Escalate = "escalate", "告知上级或者通报";
    }
}

impl DutyAct {
    /// Who may do it, and with which role in their unit. The rule of the duty says who decides on
    /// an extension. Only the issuer judges the answer; the office follows and suggests.
    #[must_use]
    pub fn rights(self, rule: &DeadlineRule) -> &'static [(Part, &'static [Role])] {
        use Part::{Creditor, Debtor, Office};
        match self {
            Self::Register | Self::AskExtension | Self::Object => &[(Debtor, OFFICE)],
            Self::DecideExtension => match rule.extension.map(|extension| extension.by) {
                None => &[],
                Some(ExtensionBy::Issuer | ExtensionBy::Court) => &[(Creditor, HEAD)],
                Some(ExtensionBy::RecipientPresident) => &[(Debtor, HEAD)],
                Some(ExtensionBy::Office) => &[(Office, &[])],
            },
            Self::AskSupplement | Self::Evaluate => &[(Creditor, OFFICE)],
            Self::DecideObjection | Self::Close | Self::Reopen | Self::Escalate => {
                &[(Creditor, HEAD)]
            }
            Self::SuggestClose | Self::Supervise => &[(Office, &[])],
            Self::Remind => &[(Creditor, OFFICE), (Office, &[])],
        }
    }

    /// Why it cannot be done as the duty stands; none where it can.
    #[must_use]
    pub fn obstacle(self, duty: &Obligation, rule: &DeadlineRule) -> Option<&'static str> {
        use ObligationState as State;
        let running = duty.is_running();
        let state = duty.state;
        let open = running || state == State::AwaitingSignature;
        let judged = matches!(state, State::Replied | State::Evaluated);
        let (fits, otherwise) = match self {
            Self::Register => (running, "只有已签收、尚未回复的文书可以登记"),
            Self::AskExtension => return extension_obstacle(duty, rule),
            Self::DecideExtension => (running && duty.progress.extending, "没有等待决定的延期申请"),
            Self::Object => (
                running && !duty.progress.objecting,
                "只有已签收、尚未回复、没有异议等待决定的文书可以提出异议",
            ),
            Self::DecideObjection => (
                duty.progress.objecting && (running || judged),
                "没有等待决定的异议",
            ),
            Self::AskSupplement => (
                state == State::Replied,
                "只有已回复、尚未评价的可以退回补充",
            ),
            Self::Evaluate => (state == State::Replied, "只有已回复、尚未评价的可以评价"),
            Self::Close => (state == State::Evaluated, "评价之后才能销号"),
            Self::SuggestClose => (judged, "只有已回复、尚未办结的可以建议销号"),
            Self::Reopen => (
                matches!(state, State::Evaluated | State::Closed),
                "只有已评价或者已办结的可以重新打开",
            ),
            Self::Remind => (open, "只有尚未回复的可以催办"),
            Self::Supervise | Self::Escalate => {
                (open || judged, "已经办结、退回或者撤回，不能升级")
            }
        };
        (!fits).then_some(otherwise)
    }
}

fn extension_obstacle(duty: &Obligation, rule: &DeadlineRule) -> Option<&'static str> {
    if rule.extension.is_none() {
        return Some("按照规定，这一期限不能延长");
    }
    if !duty.is_running() || duty.progress.extending {
        return Some("只有已签收、尚未回复、没有延期申请等待决定的可以申请延期");
    }
    if duty.progress.supplement_due_on.is_some() {
        return Some("补充的期限由发文单位另定，不适用延期");
    }
    duty.due.is_none().then_some("没有期限，不需要延期")
}
