use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{ActView, DueView, UnitRef, instant};
use crate::{
    app::{Directory, Found},
    domain::{
        Attached, Delivery, Document, Evidence, FileRole, Kind, LedgerLine, Rules, StoredFile, UnitId,
        legal_day,
    },
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
    /// 会签同意：何人、何时
    consent: Option<ActView>,
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
    /// 联合发文单位，按顺序
    joint_issuers: Vec<JointIssuerView>,
    /// 拟稿：何人、何时（仅发文单位可见）
    drafted: Option<ActView>,
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
            || document.joint_issuers.iter().any(|joint| joint.unit == viewer);
        let recipients = document.recipients.iter().map(|recipient| RecipientView {
            unit: UnitRef::of(recipient.unit, names),
            role: recipient.role.code(),
            role_label: recipient.role.label(),
        });
        let joint_issuers = document.joint_issuers.iter().map(|joint| JointIssuerView {
            unit: UnitRef::of(joint.unit, names),
            consent: joint.consent.map(|act| ActView::of(act, names)),
        });
        Self {
            card: CardView::of(document, names, rules),
            openness: document.openness.code(),
            openness_label: document.openness.label(),
            fields: document.fields.clone(),
            files: document.files.iter().map(Into::into).collect(),
            recipients: recipients.collect(),
            joint_issuers: joint_issuers.collect(),
            drafted: issues.then(|| ActView::of(document.drafted, names)),
            issued: document.issued.map(|act| ActView::of(act, names)),
            sent: document.sent.map(|act| ActView::of(act, names)),
            manifest_sha256: document.manifest.map(|digest| digest.to_string()),
        }
    }
}

/// A delivery with its four times.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryView {
    /// 投递编号
    id: Uuid,
    /// 文书编号
    document_id: Uuid,
    /// 收件单位
    unit: UnitRef,
    /// main 主送，copy 抄送
    role: &'static str,
    /// 主送或抄送（中文）
    role_label: &'static str,
    /// 状态
    state: &'static str,
    /// 状态（中文）
    state_label: &'static str,
    /// 发送时间
    sent_at: String,
    /// 到达时间
    arrived_at: Option<String>,
    /// 首次阅读：何人、何时
    first_read: Option<ActView>,
    /// 签收：何人、何时
    signed: Option<ActView>,
    /// 签收备注
    sign_note: Option<String>,
}

impl DeliveryView {
    /// The delivery with the names of those in it.
    #[must_use]
    pub fn of(delivery: &Delivery, names: &Directory) -> Self {
        Self {
            id: delivery.id.0,
            document_id: delivery.document.0,
            unit: UnitRef::of(delivery.unit, names),
            role: delivery.role.code(),
            role_label: delivery.role.label(),
            state: delivery.state.code(),
            state_label: delivery.state.label(),
            sent_at: instant(delivery.sent_at),
            arrived_at: delivery.arrived_at.map(instant),
            first_read: delivery.first_read.map(|act| ActView::of(act, names)),
            signed: delivery.signed.map(|act| ActView::of(act, names)),
            sign_note: delivery.sign_note.clone(),
        }
    }
}

/// A delivery in a unit's box, with what is delivered.
#[derive(Debug, Serialize, ToSchema)]
pub struct InboxView {
    #[serde(flatten)]
    pub(in crate::api) delivery: DeliveryView,
    /// 文书
    pub(in crate::api) document: CardView,
}

/// What sending or signing gives: a delivery and its receipt.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignedView {
    /// 投递
    pub(in crate::api) delivery: DeliveryView,
    /// 签收凭证
    pub(in crate::api) receipt: ReceiptView,
}

/// An evidence statement and the hub's signature over it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReceiptView {
    /// 凭证编号
    id: Uuid,
    /// 事项
    event: &'static str,
    /// 事项（中文）
    event_label: &'static str,
    /// 文书编号
    document_id: Uuid,
    /// 所涉单位
    unit: UnitRef,
    /// 时间
    at: String,
    /// 凭证原文（RFC 8785 规范化 JSON），签名对它的 UTF-8 字节作出
    statement: String,
    /// Ed25519 签名，base64url
    signature: String,
    /// 签名所用的密钥，见 /.well-known/jwks.json
    key_id: String,
}

impl ReceiptView {
    /// The statement with the name of the unit it concerns.
    #[must_use]
    pub fn of(evidence: Evidence, names: &Directory) -> Self {
        Self {
            id: evidence.id.0,
            event: evidence.event.code(),
            event_label: evidence.event.label(),
            document_id: evidence.document.0,
            unit: UnitRef::of(evidence.party, names),
            at: instant(evidence.at),
            statement: evidence.statement,
            signature: evidence.signature,
            key_id: evidence.key_id,
        }
    }
}

/// A statement in the history of a document.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventView {
    /// 事项
    event: &'static str,
    /// 事项（中文）
    event_label: &'static str,
    /// 所涉单位
    unit: UnitRef,
    /// 时间
    at: String,
    /// 凭证编号
    receipt_id: Uuid,
}

impl EventView {
    /// The statement with the name of the unit it concerns.
    #[must_use]
    pub fn of(evidence: &Evidence, names: &Directory) -> Self {
        Self {
            event: evidence.event.code(),
            event_label: evidence.event.label(),
            unit: UnitRef::of(evidence.party, names),
            at: instant(evidence.at),
            receipt_id: evidence.id.0,
        }
    }
}

/// What a document belongs to.
#[derive(Debug, Serialize, ToSchema)]
pub struct ThreadView {
    /// 本文书所回复的文书
    pub(in crate::api) answers: Option<CardView>,
    /// 回复本文书的文书
    pub(in crate::api) answered_by: Vec<CardView>,
}

/// A duty to reply.
#[derive(Debug, Serialize, ToSchema)]
pub struct ObligationView {
    /// 回复义务编号
    id: Uuid,
    /// 文书编号
    document_id: Uuid,
    /// 投递编号
    delivery_id: Uuid,
    /// 文书种类
    kind: String,
    /// 文书种类（中文）
    kind_label: String,
    /// 发文字号
    doc_number: Option<String>,
    /// 标题（仅当事双方可见）
    title: Option<String>,
    /// 应回复的单位
    debtor: UnitRef,
    /// 发文单位
    creditor: UnitRef,
    /// 状态
    state: &'static str,
    /// 状态（中文）
    state_label: &'static str,
    /// 期限规则
    rule: String,
    /// 期限规则的版本
    rule_version: u16,
    /// 文书写明的回复期限
    typed_due_on: Option<String>,
    /// 最初的届满日
    original_due_on: Option<String>,
    /// 现在的届满日及其由来；签收前为空
    due: Option<DueView>,
    /// 是否逾期
    overdue: bool,
    /// 逾期天数
    days_overdue: Option<i64>,
    /// 回复文书
    reply_id: Option<Uuid>,
    /// 回复时间
    replied_at: Option<String>,
    /// 产生时间
    created_at: String,
}

impl ObligationView {
    /// The duty with the names of its parties, as of `now`.
    #[must_use]
    pub fn of(
        line: LedgerLine,
        now: jiff::Timestamp,
        names: &Directory,
        rules: &Rules,
    ) -> Self {
        let duty = line.obligation;
        let kind = rules.kind(&line.kind, legal_day(duty.created_at));
        let replied_on = duty.reply.map(|(_, at)| legal_day(at));
        let days_overdue = duty.days_overdue(legal_day(now), replied_on);
        Self {
            id: duty.id.0,
            document_id: duty.document.0,
            delivery_id: duty.delivery.0,
            kind_label: kind.map(|kind| kind.name.clone()).unwrap_or_default(),
            kind: line.kind,
            doc_number: line.number.map(|number| number.to_string()),
            title: Some(line.title).filter(|title| !title.is_empty()),
            debtor: UnitRef::of(duty.debtor, names),
            creditor: UnitRef::of(duty.creditor, names),
            state: duty.state.code(),
            state_label: duty.state.label(),
            rule: duty.rule.0,
            rule_version: duty.rule.1,
            typed_due_on: duty.typed_due_on.map(|date| date.to_string()),
            original_due_on: duty.original_due_on.map(|date| date.to_string()),
            due: duty.due.map(Into::into),
            overdue: days_overdue.is_some(),
            days_overdue,
            reply_id: duty.reply.map(|(id, _)| id.0),
            replied_at: duty.reply.map(|(_, at)| instant(at)),
            created_at: instant(duty.created_at),
        }
    }
}

/// A passage that says what was searched.
#[derive(Debug, Serialize, ToSchema)]
pub struct SnippetView {
    /// 位置：`title`、`doc_number`、`case_number`、`unit`、`part`
    place: &'static str,
    /// 文件名或栏目名
    name: Option<String>,
    /// 页码
    page: Option<u32>,
    /// 原文
    text: String,
    /// 命中的字：从第几个字起、到第几个字止（不含）
    highlights: Vec<(usize, usize)>,
}

impl From<crate::app::Snippet> for SnippetView {
    fn from(snippet: crate::app::Snippet) -> Self {
        use crate::app::Place;
        let (place, name, page) = match snippet.place {
            Place::Title => ("title", None, None),
            Place::DocNumber => ("doc_number", None, None),
            Place::CaseNumber => ("case_number", None, None),
            Place::Unit => ("unit", None, None),
            Place::Part { name, page } => ("part", Some(name), page),
        };
        Self {
            place,
            name,
            page,
            text: snippet.text,
            highlights: snippet
                .highlights
                .into_iter()
                .map(|range| (range.start, range.end))
                .collect(),
        }
    }
}

/// A document that was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct HitView {
    /// 文书
    document: CardView,
    /// 命中的段落
    snippets: Vec<SnippetView>,
}

impl HitView {
    /// The hit with the names of those in it.
    #[must_use]
    pub fn of(found: Found, names: &Directory, rules: &Rules) -> Self {
        Self {
            document: CardView::of(&found.document, names, rules),
            snippets: found.snippets.into_iter().map(Into::into).collect(),
        }
    }
}

/// What was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchView {
    /// 本页结果
    pub(in crate::api) items: Vec<HitView>,
    /// 结果总数
    pub(in crate::api) total: usize,
    /// 下一页的 cursor
    pub(in crate::api) next_cursor: Option<String>,
    /// 索引是否完整；重建期间为 false，结果可能不全
    pub(in crate::api) complete: bool,
}
