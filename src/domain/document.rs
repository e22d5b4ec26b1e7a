use jiff::{Timestamp, civil::Date};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::{
    AddressedGroup, Attached, CaseNumber, Digest, DocNumber, DocumentId, FileId, FileRole, GroupId,
    Openness, RecipientRole, UnitId, Urgency, UserId, labelled::labelled,
};

labelled! {
    /// Where a document stands in its unit. After sending nothing of it changes.
    pub enum DocumentState {
        /// 草稿: it may be edited.
        Draft = "draft", "草稿";
        /// 审核中: a reviewer looks at it, a signer may issue it.
        InReview = "in_review", "审核中";
        /// 已签发: a signer has issued it and it has its number.
        Issued = "issued", "已签发";
        /// 已发送: it is in the boxes of its recipients.
        Sent = "sent", "已发送";
        /// 已被修改: a new version has taken its place.
        Superseded = "superseded", "已被修改";
        /// 已撤回: its issuer has taken it back.
        Recalled = "recalled", "已撤回";
        /// 已归档: nothing more will happen to it.
        Archived = "archived", "已归档";
    }
}

/// A unit that a document is addressed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recipient {
    /// The unit.
    pub unit: UnitId,
    /// 主送 or 抄送.
    pub role: RecipientRole,
}

/// A unit that issues a document together with the lead unit (联合行文).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JointIssuer {
    /// The unit.
    pub unit: UnitId,
    /// What it said to the draft, while this draft is under review.
    pub consent: Option<Consent>,
}

/// A joint issuer's answer to a draft (会签).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// Whether it consents.
    pub granted: bool,
    /// Who said so, and when.
    pub act: (UserId, Timestamp),
    /// Why it refuses.
    pub note: Option<String>,
}

/// A grave act on a document: who, when and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noted {
    /// Who did it, and when.
    pub act: (UserId, Timestamp),
    /// Why.
    pub reason: String,
}

/// What a reviewer said last (审核).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// Whether it was approved; otherwise it went back to its drafters.
    pub approved: bool,
    /// Who said so, and when.
    pub act: (UserId, Timestamp),
    /// What they noted.
    pub note: Option<String>,
}

/// What a clerk fills in.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// 文书种类, by its code.
    pub kind: String,
    /// 标题.
    pub title: String,
    /// 紧急程度.
    pub urgency: Urgency,
    /// 公开属性.
    pub openness: Openness,
    /// 成文日期; the day of issuing when left out.
    pub dated_on: Option<Date>,
    /// The day by which a reply is asked for; it wins over the kind's rule.
    pub reply_due_on: Option<Date>,
    /// What the kind asks for beyond this.
    pub fields: Map<String, Value>,
    /// The document that this one answers.
    pub in_reply_to: Option<DocumentId>,
    /// The files, in order.
    pub files: Vec<(FileId, FileRole)>,
    /// To whom it goes, in order.
    pub recipients: Vec<Recipient>,
    /// The groups it goes to, in order.
    pub groups: Vec<(GroupId, RecipientRole)>,
    /// Who issues it together with the drafting unit.
    pub joint_issuers: Vec<UnitId>,
}

/// A document, from draft to archive.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// Identifies the document on the whole hub.
    pub id: DocumentId,
    /// 发文机关: the unit that drafts, numbers and sends it.
    pub unit: UnitId,
    /// 文书种类, by its code.
    pub kind: String,
    /// The version of the kind it was made under.
    pub kind_version: u16,
    /// Its version, from 1; a correction is a version more.
    pub version: i64,
    /// The version before it, which it replaces.
    pub replaces: Option<DocumentId>,
    /// 标题.
    pub title: String,
    /// Where it stands.
    pub state: DocumentState,
    /// 紧急程度.
    pub urgency: Urgency,
    /// 公开属性.
    pub openness: Openness,
    /// 成文日期.
    pub dated_on: Option<Date>,
    /// 发文字号, from issuing on.
    pub number: Option<DocNumber>,
    /// 案号.
    pub case_number: Option<CaseNumber>,
    /// The day written in it by which a reply is asked for.
    pub reply_due_on: Option<Date>,
    /// What its kind asks for.
    pub fields: Map<String, Value>,
    /// The document that it answers.
    pub in_reply_to: Option<DocumentId>,
    /// Who drafted it, and when.
    pub drafted: (UserId, Timestamp),
    /// When it was last edited.
    pub updated_at: Timestamp,
    /// Who laid it before the reviewers, and when.
    pub submitted: Option<(UserId, Timestamp)>,
    /// What a reviewer said last.
    pub review: Option<Review>,
    /// Who issued it, and when.
    pub issued: Option<(UserId, Timestamp)>,
    /// Who sent it, and when: the legal sent time (电子签名法 §11).
    pub sent: Option<(UserId, Timestamp)>,
    /// Why it corrects the version before it.
    pub amendment: Option<String>,
    /// When a correction of it was sent.
    pub superseded_at: Option<Timestamp>,
    /// Who took it back, when and why.
    pub recalled: Option<Noted>,
    /// Who archived it, and when.
    pub archived: Option<(UserId, Timestamp)>,
    /// Names all its content, from sending on.
    pub manifest: Option<Digest>,
    /// Counts the changes.
    pub revision: i64,
    /// Its files, in order.
    pub files: Vec<Attached>,
    /// To whom it goes, in order; from sending on with the units of the groups.
    pub recipients: Vec<Recipient>,
    /// The groups it is addressed to, in order.
    pub groups: Vec<AddressedGroup>,
    /// Who issues it together with the lead unit, in order.
    pub joint_issuers: Vec<JointIssuer>,
}

impl Draft {
    /// The 案号 among the fields, where the kind has one.
    #[must_use]
    pub fn case_number(&self) -> Option<CaseNumber> {
        self.fields.get("case_number")?.as_str()?.parse().ok()
    }
}

impl Document {
    /// The digest that stands for all its content in evidence: title, number, and each file's
    /// role, type, size and digest, in order. Swapping a file afterwards no longer fits it.
    #[must_use]
    pub fn digest_of_content(&self) -> Digest {
        let mut hash = Sha256::new();
        let mut line = |text: &str| {
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text.as_bytes());
        };
        line("wenshu-manifest-1");
        line(&self.title);
        line(
            &self
                .number
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
        );
        line(&Value::Object(self.fields.clone()).to_string());
        for attached in &self.files {
            line(attached.role.code());
            line(&attached.file.media_type);
            line(&attached.file.size.to_string());
            line(&attached.file.digest.to_string());
        }
        Digest(hash.finalize().into())
    }
}

/// Which of the documents that a unit may see are listed, newest first.
#[derive(Debug, Clone, Default)]
pub struct DocumentFilter {
    /// Only those the unit itself issues.
    pub own: bool,
    /// Only this state.
    pub state: Option<DocumentState>,
    /// Only this kind.
    pub kind: Option<String>,
    /// Only what comes after this one.
    pub after: Option<(Timestamp, DocumentId)>,
}

/// A document in a list; its files, recipients and joint issuers are not read.
#[derive(Debug, Clone, PartialEq)]
pub struct Card {
    /// The document.
    pub document: Document,
    /// Since when the unit may see it.
    pub since: Timestamp,
}

/// Why a title is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTitle {
    /// Nothing is left of it.
    #[error("标题不能为空")]
    Empty,
    /// It is longer than the limit.
    #[error("标题过长，最多 {0} 个字")]
    TooLong(usize),
    /// It holds control characters.
    #[error("标题含有控制字符")]
    Control,
}

/// Tidies a title: one line, without blanks around it.
///
/// # Errors
///
/// When it is empty, longer than `max_chars` or holds control characters.
pub fn title(text: &str, max_chars: usize) -> Result<String, InvalidTitle> {
    let title = text.trim();
    if title.is_empty() {
        return Err(InvalidTitle::Empty);
    }
    if title.chars().count() > max_chars {
        return Err(InvalidTitle::TooLong(max_chars));
    }
    if title.chars().any(char::is_control) {
        return Err(InvalidTitle::Control);
    }
    Ok(title.to_owned())
}
