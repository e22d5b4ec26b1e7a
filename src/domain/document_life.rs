//! What may happen to a document, and what it becomes: the state machine of 发文
//! (党政机关公文处理工作条例 §25: 起草, 审核, 签发, 登记, 核发), as one table.

use super::{DocumentState, DocumentState::*};

/// Something that is done to a document as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DocumentAct {
    /// Its content is changed.
    Edit,
    /// It is thrown away.
    Discard,
    /// 送审: it is laid before the reviewers and signers.
    Submit,
    /// 撤回送审: its drafters take it back to work on it.
    Withdraw,
    /// 审核通过.
    Approve,
    /// 退回修改: it goes back to its drafters.
    SendBack,
    /// 会签: a joint issuer consents or refuses.
    Consent,
    /// 签发 and 编号.
    Issue,
    /// 发送.
    Send,
    /// 修改: a correction of it is begun.
    Amend,
    /// A correction of it is sent.
    Supersede,
    /// 撤回.
    Recall,
    /// 归档.
    Archive,
}

impl DocumentAct {
    /// Every act.
    pub const ALL: &[Self] = &[
        Self::Edit,
        Self::Discard,
        Self::Submit,
        Self::Withdraw,
        Self::Approve,
        Self::SendBack,
        Self::Consent,
        Self::Issue,
        Self::Send,
        Self::Amend,
        Self::Supersede,
        Self::Recall,
        Self::Archive,
    ];
}

impl DocumentState {
    /// The state after an act, or why the act is not possible.
    ///
    /// # Errors
    ///
    /// A Chinese sentence for whoever tried.
    pub fn after(self, act: DocumentAct) -> Result<Self, &'static str> {
        use DocumentAct as Act;
        match (self, act) {
            (Draft, Act::Edit | Act::Discard) => Ok(Draft),
            (Draft, Act::Submit) => Ok(InReview),
            (InReview, Act::Withdraw | Act::SendBack) => Ok(Draft),
            (InReview, Act::Approve | Act::Consent) => Ok(InReview),
            (InReview, Act::Issue) => Ok(Issued),
            (Issued, Act::Send) => Ok(Sent),
            (Sent, Act::Amend) => Ok(Sent),
            (Sent, Act::Supersede) => Ok(Superseded),
            (Sent, Act::Recall) => Ok(Recalled),
            (Sent | Superseded | Recalled, Act::Archive) => Ok(Archived),
            _ => Err(self.refusal(act)),
        }
    }

    /// Whether it has been sent, whatever became of it since.
    #[must_use]
    pub fn was_sent(self) -> bool {
        !matches!(self, Draft | InReview | Issued)
    }

    fn refusal(self, act: DocumentAct) -> &'static str {
        use DocumentAct as Act;
        match (act, self) {
            (Act::Edit | Act::Discard, InReview) => "文书正在审核，请先撤回送审再修改或删除",
            (Act::Edit | Act::Discard, _) => "文书已签发，不能再修改或删除",
            (Act::Submit, InReview) => "文书已送审，不能重复送审",
            (Act::Submit, _) => "文书已签发，无须再送审",
            (Act::Withdraw | Act::SendBack | Act::Approve, Draft) => "文书尚未送审",
            (Act::Withdraw | Act::SendBack | Act::Approve, _) => "文书已签发，不在审核中",
            (Act::Consent, Draft) => "文书尚未送审，送审后再会签",
            (Act::Consent, _) => "文书已签发，无须再会签",
            (Act::Issue, Draft) => "文书尚未送审，不能签发",
            (Act::Issue, _) => "文书已签发，不能重复签发",
            (Act::Send, Draft | InReview) => "文书尚未签发，不能发送",
            (Act::Send, _) => "文书已发送，不能重复发送",
            (Act::Amend | Act::Supersede, Draft | InReview | Issued) => {
                "文书尚未发送，请直接修改草稿"
            }
            (Act::Amend | Act::Supersede, Superseded) => "文书已有新版本，请修改最新的版本",
            (Act::Amend | Act::Supersede, Recalled) => "文书已撤回，不能修改，请另行发文",
            (Act::Amend | Act::Supersede, _) => "文书已归档，不能修改",
            (Act::Recall, Draft | InReview | Issued) => "文书尚未发送，无须撤回",
            (Act::Recall, Superseded) => "文书已被新版本取代，请撤回最新的版本",
            (Act::Recall, Recalled) => "文书已撤回",
            (Act::Recall, _) => "文书已归档，不能撤回",
            (Act::Archive, Archived) => "文书已归档",
            (Act::Archive, _) => "文书尚未发送，不能归档",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A row for each act, a column for each state in the order of `DocumentState::ALL`: what it
    /// becomes, or `-`.
    const TABLE: &str = "
        #          draft     in_review issued sent       superseded recalled archived
        Edit       draft     -         -      -          -          -        -
        Discard    draft     -         -      -          -          -        -
        Submit     in_review -         -      -          -          -        -
        Withdraw   -         draft     -      -          -          -        -
        Approve    -         in_review -      -          -          -        -
        SendBack   -         draft     -      -          -          -        -
        Consent    -         in_review -      -          -          -        -
        Issue      -         issued    -      -          -          -        -
        Send       -         -         sent   -          -          -        -
        Amend      -         -         -      sent       -          -        -
        Supersede  -         -         -      superseded -          -        -
        Recall     -         -         -      recalled   -          -        -
        Archive    -         -         -      archived   archived   archived -";

    #[test]
    fn each_act_leads_where_the_table_says_and_nowhere_else() {
        let rows: Vec<Vec<&str>> = TABLE
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>())
            .filter(|row| row.first().is_some_and(|first| *first != "#"))
            .collect();
        assert_eq!(rows.len(), DocumentAct::ALL.len());
        for (act, row) in DocumentAct::ALL.iter().zip(&rows) {
            assert_eq!(row[0], format!("{act:?}"));
            for (state, expected) in DocumentState::ALL.iter().zip(&row[1..]) {
                match state.after(*act) {
                    Ok(next) => assert_eq!(next.code(), *expected, "{act:?} from {state}"),
                    Err(reason) => {
                        assert_eq!("-", *expected, "{act:?} from {state}: {reason}");
                        assert!(!reason.is_ascii());
                    }
                }
            }
        }
    }
}
