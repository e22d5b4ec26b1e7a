//! What may be asked about documents.

#![expect(
    clippy::option_option,
    reason = "in a change, left out, removed and given are three things"
)]

use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    api::{
        units::{given, parsed_if},
        views::FileRoleCode,
    },
    app::DraftChange,
    domain::{
        DocNumber, DocumentId, DocumentState, Draft, FileId, FileRole, GroupId, Openness, Prefix,
        Recipient, RecipientRole, UnitId, Urgency,
    },
};

/// 文书中的一个文件。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedFile {
    /// 上传得到的文件编号
    pub(super) file_id: Uuid,
    /// main 正文，attachment 附件
    pub(super) role: FileRoleCode,
}

/// 一个收件单位。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedRecipient {
    /// 单位编号
    pub(super) unit_id: Uuid,
    /// main 主送，copy 抄送
    #[schema(value_type = String)]
    pub(super) role: RecipientRole,
}

/// 一个统称，发送时固定为当时的成员单位。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedGroup {
    /// 统称编号，见 /groups
    pub(super) group_id: Uuid,
    /// main 主送，copy 抄送
    #[schema(value_type = String)]
    pub(super) role: RecipientRole,
}

/// 拟稿。草稿可以不完整，送审和签发时须完整。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedDraft {
    /// 文书种类编码，见 /kinds
    pub(super) kind: String,
    /// 标题
    pub(super) title: String,
    /// 紧急程度：`normal`、`urgent`、`extra_urgent`，默认 `normal`
    #[schema(value_type = Option<String>)]
    pub(super) urgency: Option<Urgency>,
    /// 公开属性：`public`、`on_request`、`not_public`，默认 `not_public`
    #[schema(value_type = Option<String>)]
    pub(super) openness: Option<Openness>,
    /// 成文日期，默认签发日
    #[schema(value_type = Option<String>)]
    pub(super) dated_on: Option<Date>,
    /// 文书写明的回复期限
    #[schema(value_type = Option<String>)]
    pub(super) reply_due_on: Option<Date>,
    /// 该种类要求的其他内容，见 /kinds/{code} 的 fields
    #[schema(value_type = Object)]
    #[serde(default)]
    pub(super) fields: Map<String, Value>,
    /// 所回复的文书
    pub(super) in_reply_to: Option<Uuid>,
    /// 文件，按顺序
    #[serde(default)]
    pub(super) files: Vec<AskedFile>,
    /// 收件单位，按顺序；回复不填时自动发给来文单位
    #[serde(default)]
    pub(super) recipients: Vec<AskedRecipient>,
    /// 收件的统称，按顺序；单独列出的单位以 recipients 为准
    #[serde(default)]
    pub(super) groups: Vec<AskedGroup>,
    /// 联合发文单位编号，按顺序
    #[serde(default)]
    pub(super) joint_issuers: Vec<Uuid>,
}

/// 修改草稿；未给出的字段不变，列表整体替换，null 为删去。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedChange {
    /// 文书种类编码
    pub(super) kind: Option<String>,
    /// 标题
    pub(super) title: Option<String>,
    /// 紧急程度
    #[schema(value_type = Option<String>)]
    pub(super) urgency: Option<Urgency>,
    /// 公开属性
    #[schema(value_type = Option<String>)]
    pub(super) openness: Option<Openness>,
    /// 成文日期
    #[schema(value_type = Option<String>)]
    #[serde(default, deserialize_with = "given")]
    pub(super) dated_on: Option<Option<Date>>,
    /// 文书写明的回复期限
    #[schema(value_type = Option<String>)]
    #[serde(default, deserialize_with = "given")]
    pub(super) reply_due_on: Option<Option<Date>>,
    /// 该种类要求的其他内容
    #[schema(value_type = Option<Object>)]
    pub(super) fields: Option<Map<String, Value>>,
    /// 所回复的文书
    #[schema(value_type = Option<Uuid>)]
    #[serde(default, deserialize_with = "given")]
    pub(super) in_reply_to: Option<Option<Uuid>>,
    /// 文件
    pub(super) files: Option<Vec<AskedFile>>,
    /// 收件单位
    pub(super) recipients: Option<Vec<AskedRecipient>>,
    /// 收件的统称
    pub(super) groups: Option<Vec<AskedGroup>>,
    /// 联合发文单位编号
    pub(super) joint_issuers: Option<Vec<Uuid>>,
}

/// 签发。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedIssue {
    /// 发文字号；不填则由系统按代字和年份连续编号
    #[schema(value_type = Option<String>)]
    #[serde(default, deserialize_with = "parsed_if")]
    pub(super) doc_number: Option<DocNumber>,
    /// 机关代字；不填则用本单位第一个
    #[schema(value_type = Option<String>)]
    #[serde(default, deserialize_with = "parsed_if")]
    pub(super) prefix: Option<Prefix>,
}

/// 会签。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedConsent {
    /// 是否同意，默认同意
    #[serde(default = "yes")]
    pub(in crate::api) granted: bool,
    /// 不同意的理由，不同意时必填；同意时不填
    pub(in crate::api) note: Option<String>,
}

impl Default for AskedConsent {
    fn default() -> Self {
        Self {
            granted: true,
            note: None,
        }
    }
}

fn yes() -> bool {
    true
}

/// 审核意见。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedReview {
    /// approved 审核通过，returned 退回修改
    pub(in crate::api) decision: Decision,
    /// 意见，退回修改时必填
    pub(in crate::api) note: Option<String>,
}

/// 审核的结论。
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// 审核通过
    Approved,
    /// 退回修改
    Returned,
}

/// 须说明理由的操作。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedReason {
    /// 理由，收件单位看得到
    pub(in crate::api) reason: String,
}

/// 发送。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedSend {
    /// 补录历史文书：成文日期须早于今天，不产生回复义务，凭证中注明；默认 false
    #[serde(default)]
    pub(super) historic: bool,
}

/// 无需其他内容的操作。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Plain {}

/// 文书列表的筛选。
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// 每页条数，默认 50，最多 100
    #[param(minimum = 1, maximum = 100)]
    pub(super) limit: Option<u32>,
    /// 上一页返回的 `next_cursor`
    pub(super) cursor: Option<String>,
    /// own：只看本单位发文；sent：本单位已发出的，附各收件单位的进展；默认全部可见文书
    #[serde(rename = "box")]
    pub(super) folder: Option<Folder>,
    /// 状态：`draft`、`in_review`、`issued`、`sent`、`superseded`、`recalled`、`archived`
    #[param(value_type = Option<String>)]
    pub(super) state: Option<DocumentState>,
    /// 文书种类编码
    pub(super) kind: Option<String>,
}

/// 文书的范围。
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Folder {
    /// 本单位发文
    Own,
    /// 本单位已发出的，附进展
    Sent,
}

impl ListQuery {
    /// What was sent is listed as a whole.
    pub(super) fn refuse_narrowing(&self) -> crate::app::Result<()> {
        let given = [
            ("state", self.state.is_some()),
            ("kind", self.kind.is_some()),
        ];
        match given.into_iter().find(|(_, given)| *given) {
            None => Ok(()),
            Some((name, _)) => {
                let detail = "box=sent 时不能再按状态或种类筛选";
                Err(crate::app::Error::invalid(name, "conflicting", detail))
            }
        }
    }
}

fn files(asked: Vec<AskedFile>) -> Vec<(FileId, FileRole)> {
    asked
        .into_iter()
        .map(|file| (FileId(file.file_id), file.role.into()))
        .collect()
}

pub(in crate::api) fn recipients(asked: Vec<AskedRecipient>) -> Vec<Recipient> {
    asked
        .into_iter()
        .map(|recipient| Recipient {
            unit: UnitId(recipient.unit_id),
            role: recipient.role,
        })
        .collect()
}

pub(in crate::api) fn groups(asked: Vec<AskedGroup>) -> Vec<(GroupId, RecipientRole)> {
    asked
        .into_iter()
        .map(|group| (GroupId(group.group_id), group.role))
        .collect()
}

pub(in crate::api) fn units(asked: Vec<Uuid>) -> Vec<UnitId> {
    asked.into_iter().map(UnitId).collect()
}

impl From<AskedDraft> for Draft {
    fn from(asked: AskedDraft) -> Self {
        Self {
            kind: asked.kind,
            title: asked.title,
            urgency: asked.urgency.unwrap_or(Urgency::Normal),
            openness: asked.openness.unwrap_or(Openness::NotPublic),
            dated_on: asked.dated_on,
            reply_due_on: asked.reply_due_on,
            fields: asked.fields,
            in_reply_to: asked.in_reply_to.map(DocumentId),
            files: files(asked.files),
            recipients: recipients(asked.recipients),
            groups: groups(asked.groups),
            joint_issuers: units(asked.joint_issuers),
        }
    }
}

impl From<AskedChange> for DraftChange {
    fn from(asked: AskedChange) -> Self {
        Self {
            kind: asked.kind,
            title: asked.title,
            urgency: asked.urgency,
            openness: asked.openness,
            dated_on: asked.dated_on,
            reply_due_on: asked.reply_due_on,
            fields: asked.fields,
            in_reply_to: asked.in_reply_to.map(|id| id.map(DocumentId)),
            files: asked.files.map(files),
            recipients: asked.recipients.map(recipients),
            groups: asked.groups.map(groups),
            joint_issuers: asked.joint_issuers.map(units),
        }
    }
}
