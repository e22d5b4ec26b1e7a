use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{ActView, UnitRef, instant};
use crate::{
    app::Directory,
    domain::{Attached, Document, FileRole, Kind, Rules, StoredFile, UnitId},
};

/// A file that was uploaded.
#[derive(Debug, Serialize, ToSchema)]
pub struct FileView {
    /// 文件编号
    id: Uuid,
    /// 文件名
    name: String,
    /// 字节数
    size: u64,
    /// 类型，按内容判断
    media_type: String,
    /// 内容的 SHA-256
    sha256: String,
    /// 上传时间
    uploaded_at: String,
}

impl From<&StoredFile> for FileView {
    fn from(file: &StoredFile) -> Self {
        Self {
            id: file.id.0,
            name: file.name.clone(),
            size: file.size,
            media_type: file.media_type.clone(),
            sha256: file.digest.to_string(),
            uploaded_at: instant(file.uploaded_at),
        }
    }
}

/// A file in its place in a document.
#[derive(Debug, Serialize, ToSchema)]
pub struct AttachedView {
    #[serde(flatten)]
    file: FileView,
    /// 作用：main 正文，attachment 附件
    role: FileRoleCode,
    /// 作用（中文）
    role_label: &'static str,
    /// 文本提取状态
    text_state: &'static str,
    /// 文本提取状态（中文）
    text_state_label: &'static str,
    /// 没有文本的原因
    text_reason: Option<String>,
}

/// What a file is to its document.
#[derive(Debug, Clone, Copy, Serialize, serde::Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FileRoleCode {
    /// 正文
    Main,
    /// 附件
    Attachment,
}

impl From<FileRole> for FileRoleCode {
    fn from(role: FileRole) -> Self {
        match role {
            FileRole::Main => Self::Main,
            FileRole::Attachment => Self::Attachment,
        }
    }
}

impl From<FileRoleCode> for FileRole {
    fn from(role: FileRoleCode) -> Self {
        match role {
            FileRoleCode::Main => Self::Main,
            FileRoleCode::Attachment => Self::Attachment,
        }
    }
}

impl From<&Attached> for AttachedView {
    fn from(attached: &Attached) -> Self {
        Self {
            file: (&attached.file).into(),
            role: attached.role.into(),
            role_label: attached.role.label(),
            text_state: attached.text.code(),
            text_state_label: attached.text.label(),
            text_reason: attached.text_reason.clone(),
        }
    }
}

/// A unit that a document is addressed to.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecipientView {
    /// 单位
    unit: UnitRef,
    /// main 主送，copy 抄送
    role: &'static str,
    /// 主送或抄送（中文）
    role_label: &'static str,
}

/// A unit that issues a document together with the lead unit.
#[derive(Debug, Serialize, ToSchema)]
pub struct JointIssuerView {
    /// 单位
    unit: UnitRef,
    /// 会签：同意或不同意
    consent: Option<ConsentView>,
}

/// What a joint issuer said to the draft.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConsentView {
    /// 是否同意
    granted: bool,
    /// 何人、何时
    act: ActView,
    /// 不同意的理由
    note: Option<String>,
}

/// A group that a document is addressed to.
#[derive(Debug, Serialize, ToSchema)]
pub struct AddressedGroupView {
    /// 统称编号
    group_id: Uuid,
    /// 名称，以列入时为准
    name: String,
    /// main 主送，copy 抄送
    role: &'static str,
    /// 主送或抄送（中文）
    role_label: &'static str,
}

/// What a reviewer said last.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReviewView {
    /// 是否通过；否则为退回修改
    approved: bool,
    /// 何人、何时
    act: ActView,
    /// 意见
    note: Option<String>,
}

/// An act with its reason.
#[derive(Debug, Serialize, ToSchema)]
pub struct NotedView {
    /// 何人、何时
    act: ActView,
    /// 理由
    reason: String,
}

/// What lists show of a document.
#[derive(Debug, Serialize, ToSchema)]
pub struct CardView {
    /// 文书编号
    id: Uuid,
    /// 发文单位
    unit: UnitRef,
    /// 文书种类
    kind: String,
    /// 文书种类（中文）
    kind_label: String,
    /// 标题
    title: String,
    /// 发文字号
    doc_number: Option<String>,
    /// 案号
    case_number: Option<String>,
    /// 状态
    state: &'static str,
    /// 状态（中文）
    state_label: &'static str,
    /// 紧急程度
    urgency: &'static str,
    /// 紧急程度（中文）
    urgency_label: &'static str,
    /// 成文日期
    dated_on: Option<String>,
    /// 文书写明的回复期限
    reply_due_on: Option<String>,
    /// 所回复的文书
    in_reply_to: Option<Uuid>,
    /// 发送时间
    sent_at: Option<String>,
}

impl CardView {
    /// The document with the names of its unit and kind.
    #[must_use]
    pub fn of(document: &Document, names: &Directory, rules: &Rules) -> Self {
        Self {
            id: document.id.0,
            unit: UnitRef::of(document.unit, names),
            kind: document.kind.clone(),
            kind_label: kind_name(rules, &document.kind, document.kind_version),
            title: document.title.clone(),
            doc_number: document.number.as_ref().map(ToString::to_string),
            case_number: document.case_number.as_ref().map(ToString::to_string),
            state: document.state.code(),
            state_label: document.state.label(),
            urgency: document.urgency.code(),
            urgency_label: document.urgency.label(),
            dated_on: document.dated_on.map(|date| date.to_string()),
            reply_due_on: document.reply_due_on.map(|date| date.to_string()),
            in_reply_to: document.in_reply_to.map(|id| id.0),
            sent_at: document.sent.map(|(_, at)| instant(at)),
        }
    }
}

fn kind_name(rules: &Rules, code: &str, version: u16) -> String {
    let kind: Option<&Kind> = rules.kind_version(code, version);
    kind.map(|kind| kind.name.clone()).unwrap_or_default()
}

/// A document as a whole.
#[derive(Debug, Serialize, ToSchema)]
pub struct DocumentView {
    #[serde(flatten)]
    card: CardView,
    /// 公开属性
    openness: &'static str,
    /// 公开属性（中文）
    openness_label: &'static str,
    /// 该种类要求的其他内容
    #[schema(value_type = Object)]
    fields: Map<String, Value>,
    /// 文件，按顺序
    files: Vec<AttachedView>,
    /// 收件单位，按顺序
    recipients: Vec<RecipientView>,
    /// 收件的统称，按顺序；发送后其成员单位已列入 recipients
    groups: Vec<AddressedGroupView>,
    /// 联合发文单位，按顺序
    joint_issuers: Vec<JointIssuerView>,
    /// 拟稿：何人、何时（仅发文单位可见）
    drafted: Option<ActView>,
    /// 版本，从 1 起；每修改一次加 1
    version: i64,
    /// 所修改的文书（看得到时）
    replaces: Option<Uuid>,
    /// 修改的理由
    amendment: Option<String>,
    /// 被新版本取代的时间；取代它的版本见 related
    superseded_at: Option<String>,
    /// 撤回：何人、何时、理由
    recalled: Option<NotedView>,
    /// 归档：何人、何时（仅发文单位可见）
    archived: Option<ActView>,
    /// 送审：何人、何时（仅发文单位可见）
    submitted: Option<ActView>,
    /// 最近一次审核意见（仅发文单位可见）
    review: Option<ReviewView>,
    /// 签发：何人、何时
    issued: Option<ActView>,
    /// 发送：何人、何时
    sent: Option<ActView>,
    /// 全部内容的摘要，发送后不变
    manifest_sha256: Option<String>,
}

impl DocumentView {
    /// The document as somebody of `viewer` sees it: who drafted it is the issuers' own affair.
    #[must_use]
    pub fn of(document: &Document, viewer: UnitId, names: &Directory, rules: &Rules) -> Self {
        let issues = document.unit == viewer
            || document
                .joint_issuers
                .iter()
                .any(|joint| joint.unit == viewer);
        let recipients = document.recipients.iter().map(|recipient| RecipientView {
            unit: UnitRef::of(recipient.unit, names),
            role: recipient.role.code(),
            role_label: recipient.role.label(),
        });
        let groups = document.groups.iter().map(|group| AddressedGroupView {
            group_id: group.group.0,
            name: group.name.clone(),
            role: group.role.code(),
            role_label: group.role.label(),
        });
        let review = document.review.as_ref().map(|review| ReviewView {
            approved: review.approved,
            act: ActView::of(review.act, names),
            note: review.note.clone(),
        });
        let recalled = document.recalled.as_ref().map(|recalled| NotedView {
            act: ActView::of(recalled.act, names),
            reason: recalled.reason.clone(),
        });
        let joint_issuers = document.joint_issuers.iter().map(|joint| JointIssuerView {
            unit: UnitRef::of(joint.unit, names),
            consent: joint.consent.as_ref().map(|said| ConsentView {
                granted: said.granted,
                act: ActView::of(said.act, names),
                note: said.note.clone(),
            }),
        });
        Self {
            card: CardView::of(document, names, rules),
            openness: document.openness.code(),
            openness_label: document.openness.label(),
            fields: document.fields.clone(),
            files: document.files.iter().map(Into::into).collect(),
            recipients: recipients.collect(),
            groups: groups.collect(),
            joint_issuers: joint_issuers.collect(),
            drafted: issues.then(|| ActView::of(document.drafted, names)),
            version: document.version,
            replaces: document.replaces.map(|id| id.0),
            amendment: document.amendment.clone(),
            superseded_at: document.superseded_at.map(instant),
            recalled,
            archived: document
                .archived
                .filter(|_| issues)
                .map(|act| ActView::of(act, names)),
            submitted: document
                .submitted
                .filter(|_| issues)
                .map(|act| ActView::of(act, names)),
            review: review.filter(|_| issues),
            issued: document.issued.map(|act| ActView::of(act, names)),
            sent: document.sent.map(|act| ActView::of(act, names)),
            manifest_sha256: document.manifest.map(|digest| digest.to_string()),
        }
    }
}
