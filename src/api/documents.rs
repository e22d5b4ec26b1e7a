//! Documents: drafted, issued, sent, read.

#![expect(
    clippy::option_option,
    reason = "in a change, left out, removed and given are three things"
)]

use actix_web::{
    HttpResponse,
    web::{Data, Json, Path, Query},
};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{
    Problem,
    answers::{IfMatch, RepeatKey, Revised as _, created, etag, nothing, shows},
    body::Body,
    openapi::Refusals,
    page::{self, Page},
    units::{given, parsed_if},
    views::{CardView, DeliveryView, DocumentView, EventView, FileRoleCode, ThreadView},
};
use crate::{
    app::{cursor, 
        Answer, Caller, DraftChange, Error, Hub, NumberWish, Result as AppResult,
        Work,
    },
    domain::{
        DocNumber, Document, DocumentFilter, DocumentId, DocumentState, Draft, FileId, FileRole,
        Openness, Prefix, Recipient, RecipientRole, UnitId, Urgency,
    },
};

/// 文书中的一个文件。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedFile {
    /// 上传得到的文件编号
    file_id: Uuid,
    /// main 正文，attachment 附件
    role: FileRoleCode,
}

/// 一个收件单位。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedRecipient {
    /// 单位编号
    unit_id: Uuid,
    /// main 主送，copy 抄送
    #[schema(value_type = String)]
    role: RecipientRole,
}

/// 拟稿。草稿可以不完整，签发时须完整。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedDraft {
    /// 文书种类编码，见 /kinds
    kind: String,
    /// 标题
    title: String,
    /// 紧急程度：`normal`、`urgent`、`extra_urgent`，默认 `normal`
    #[schema(value_type = Option<String>)]
    urgency: Option<Urgency>,
    /// 公开属性：`public`、`on_request`、`not_public`，默认 `not_public`
    #[schema(value_type = Option<String>)]
    openness: Option<Openness>,
    /// 成文日期，默认签发日
    #[schema(value_type = Option<String>)]
    dated_on: Option<Date>,
    /// 文书写明的回复期限
    #[schema(value_type = Option<String>)]
    reply_due_on: Option<Date>,
    /// 该种类要求的其他内容，见 /kinds/{code} 的 fields
    #[schema(value_type = Object)]
    #[serde(default)]
    fields: Map<String, Value>,
    /// 所回复的文书
    in_reply_to: Option<Uuid>,
    /// 文件，按顺序
    #[serde(default)]
    files: Vec<AskedFile>,
    /// 收件单位，按顺序；回复不填时自动发给来文单位
    #[serde(default)]
    recipients: Vec<AskedRecipient>,
    /// 联合发文单位编号，按顺序
    #[serde(default)]
    joint_issuers: Vec<Uuid>,
}

/// 修改草稿；未给出的字段不变，列表整体替换，null 为删去。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedChange {
    /// 文书种类编码
    kind: Option<String>,
    /// 标题
    title: Option<String>,
    /// 紧急程度
    #[schema(value_type = Option<String>)]
    urgency: Option<Urgency>,
    /// 公开属性
    #[schema(value_type = Option<String>)]
    openness: Option<Openness>,
    /// 成文日期
    #[schema(value_type = Option<String>)]
    #[serde(default, deserialize_with = "given")]
    dated_on: Option<Option<Date>>,
    /// 文书写明的回复期限
    #[schema(value_type = Option<String>)]
    #[serde(default, deserialize_with = "given")]
    reply_due_on: Option<Option<Date>>,
    /// 该种类要求的其他内容
    #[schema(value_type = Option<Object>)]
    fields: Option<Map<String, Value>>,
    /// 所回复的文书
    #[schema(value_type = Option<Uuid>)]
    #[serde(default, deserialize_with = "given")]
    in_reply_to: Option<Option<Uuid>>,
    /// 文件
    files: Option<Vec<AskedFile>>,
    /// 收件单位
    recipients: Option<Vec<AskedRecipient>>,
    /// 联合发文单位编号
    joint_issuers: Option<Vec<Uuid>>,
}

/// 签发。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedIssue {
    /// 发文字号；不填则由系统按代字和年份连续编号
    #[schema(value_type = Option<String>)]
    #[serde(default, deserialize_with = "parsed_if")]
    doc_number: Option<DocNumber>,
    /// 机关代字；不填则用本单位第一个
    #[schema(value_type = Option<String>)]
    #[serde(default, deserialize_with = "parsed_if")]
    prefix: Option<Prefix>,
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
    limit: Option<u32>,
    /// 上一页返回的 `next_cursor`
    cursor: Option<String>,
    /// own：只看本单位发文；默认全部可见文书
    #[serde(rename = "box")]
    folder: Option<Folder>,
    /// 状态：draft、issued、sent
    #[param(value_type = Option<String>)]
    state: Option<DocumentState>,
    /// 文书种类编码
    kind: Option<String>,
}

/// 文书的范围。
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Folder {
    /// 本单位发文
    Own,
}

fn files(asked: Vec<AskedFile>) -> Vec<(FileId, FileRole)> {
    asked.into_iter().map(|file| (FileId(file.file_id), file.role.into())).collect()
}

fn recipients(asked: Vec<AskedRecipient>) -> Vec<Recipient> {
    asked
        .into_iter()
        .map(|recipient| Recipient {
            unit: UnitId(recipient.unit_id),
            role: recipient.role,
        })
        .collect()
}

fn units(asked: Vec<Uuid>) -> Vec<UnitId> {
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
            joint_issuers: asked.joint_issuers.map(units),
        }
    }
}

/// Shows a document at the end of a change.
async fn shown(work: &mut Work, document: Document) -> AppResult<(Document, DocumentView)> {
    let viewer = work.caller().unit()?;
    let shown = work.shown(document).await?;
    let view = DocumentView::of(&shown.value, viewer, &shown.names, work.rules());
    Ok((shown.value, view))
}

async fn shows_document(work: &mut Work, document: Document) -> AppResult<Answer> {
    let (document, view) = shown(work, document).await?;
    Ok(shows(&view)?.revised(document.revision))
}

/// 本单位可见的文书，按时间从新到旧。
#[utoipa::path(get, path = "/api/v1/documents", tag = "文书", security(("bearer" = [])),
    params(ListQuery), responses((status = 200, body = Page<CardView>), Refusals))]
pub(super) async fn list(
    hub: Data<Hub>,
    caller: Caller,
    query: Query<ListQuery>,
) -> Result<Json<Page<CardView>>, Problem> {
    let query = query.into_inner();
    let limit = page::limit(&hub, query.limit)?;
    let filter = DocumentFilter {
        own: query.folder == Some(Folder::Own),
        state: query.state,
        kind: query.kind,
        after: cursor::place(query.cursor.as_deref())?.map(|(at, id)| (at, DocumentId(id))),
    };
    let shown = hub.documents(&caller, &filter, page::rows(limit)).await?;
    let names = shown.names;
    Ok(Json(page::page(
        shown.value,
        limit,
        |card| cursor::cursor(card.since, card.document.id.0),
        |card| CardView::of(&card.document, &names, hub.rules()),
    )))
}

/// 拟稿。
#[utoipa::path(post, path = "/api/v1/documents", tag = "文书", security(("bearer" = [])),
    request_body = AskedDraft, responses((status = 201, body = DocumentView), Refusals))]
pub(super) async fn draft(
    hub: Data<Hub>,
    caller: Caller,
    key: RepeatKey,
    body: Body<AskedDraft>,
) -> Result<HttpResponse, Problem> {
    let draft = body.value.into();
    key.once(&hub, caller, body.fingerprint, async |work| {
        let document = work.draft(draft).await?;
        let (document, view) = shown(work, document).await?;
        let location = format!("/api/v1/documents/{}", document.id);
        Ok(created(location, &view)?.revised(document.revision))
    })
    .await
}

/// 打开一件文书；收件单位人员打开即记录阅读，不等于签收。
#[utoipa::path(get, path = "/api/v1/documents/{id}", tag = "文书", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "文书编号")),
    responses((status = 200, body = DocumentView), Refusals))]
pub(super) async fn show(
    hub: Data<Hub>,
    caller: Caller,
    id: Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let shown = hub.open_document(&caller, DocumentId(*id)).await?;
    let viewer = caller.unit()?;
    let view = DocumentView::of(&shown.value, viewer, &shown.names, hub.rules());
    let tag = etag(shown.value.revision);
    Ok(HttpResponse::Ok().insert_header(("ETag", tag)).json(view))
}

/// 修改草稿；已会签的联合发文单位须重新会签。
#[utoipa::path(patch, path = "/api/v1/documents/{id}", tag = "文书", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "文书编号"),
           ("If-Match" = String, Header, description = "读取时得到的 ETag")),
    request_body = AskedChange, responses((status = 200, body = DocumentView), Refusals))]
pub(super) async fn redraft(
    hub: Data<Hub>,
    caller: Caller,
    id: Path<Uuid>,
    revision: IfMatch,
    key: RepeatKey,
    body: Body<AskedChange>,
) -> Result<HttpResponse, Problem> {
    let change = body.value.into();
    key.once(&hub, caller, body.fingerprint, async |work| {
        let document = work.redraft(DocumentId(*id), revision.0, change).await?;
        shows_document(work, document).await
    })
    .await
}

/// 删除草稿。
#[utoipa::path(delete, path = "/api/v1/documents/{id}", tag = "文书", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "文书编号"),
           ("If-Match" = String, Header, description = "读取时得到的 ETag")),
    responses((status = 204), Refusals))]
pub(super) async fn discard(
    hub: Data<Hub>,
    caller: Caller,
    id: Path<Uuid>,
    revision: IfMatch,
    key: RepeatKey,
) -> Result<HttpResponse, Problem> {
    key.once(&hub, caller, [0; 32], async |work| {
        work.discard(DocumentId(*id), revision.0).await?;
        Ok(nothing())
    })
    .await
}

/// 会签同意（联合发文单位的签发人）。
#[utoipa::path(post, path = "/api/v1/documents/{id}/consent", tag = "文书",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "文书编号"),
           ("If-Match" = String, Header, description = "读取时得到的 ETag")),
    request_body = Option<Plain>, responses((status = 200, body = DocumentView), Refusals))]
pub(super) async fn consent(
    hub: Data<Hub>,
    caller: Caller,
    id: Path<Uuid>,
    revision: IfMatch,
    key: RepeatKey,
    body: Body<Plain>,
) -> Result<HttpResponse, Problem> {
    key.once(&hub, caller, body.fingerprint, async |work| {
        let document = work.consent(DocumentId(*id), revision.0).await?;
        shows_document(work, document).await
    })
    .await
}

/// 签发并编号（签发人；拟稿人不能签发自己拟的文书）。
#[utoipa::path(post, path = "/api/v1/documents/{id}/issue", tag = "文书",
    security(("bearer" = [])), params(("id" = Uuid, Path, description = "文书编号")),
    request_body = Option<AskedIssue>, responses((status = 200, body = DocumentView), Refusals))]
pub(super) async fn issue(
    hub: Data<Hub>,
    caller: Caller,
    id: Path<Uuid>,
    key: RepeatKey,
    body: Body<AskedIssue>,
) -> Result<HttpResponse, Problem> {
    let wish = NumberWish {
        number: body.value.doc_number,
        prefix: body.value.prefix,
    };
    if wish.number.is_some() && wish.prefix.is_some() {
        let detail = "发文字号和机关代字只能填写一项";
        return Err(Error::invalid("/prefix", "conflicting", detail).into());
    }
    key.once(&hub, caller, body.fingerprint, async |work| {
        let document = work.issue(DocumentId(*id), wish).await?;
        shows_document(work, document).await
    })
    .await
}

/// 发送；返回的 sent.at 即法定发送时间，发送后内容不再改变。
#[utoipa::path(post, path = "/api/v1/documents/{id}/send", tag = "文书",
    security(("bearer" = [])), params(("id" = Uuid, Path, description = "文书编号")),
    request_body = Option<Plain>, responses((status = 200, body = DocumentView), Refusals))]
pub(super) async fn send(
    hub: Data<Hub>,
    caller: Caller,
    id: Path<Uuid>,
    key: RepeatKey,
    body: Body<Plain>,
) -> Result<HttpResponse, Problem> {
    key.once(&hub, caller, body.fingerprint, async |work| {
        let document = work.send(DocumentId(*id)).await?;
        shows_document(work, document).await
    })
    .await
}

/// 各收件单位的发送、到达、首次阅读、签收时间；收件单位只能看到自己的。
#[utoipa::path(get, path = "/api/v1/documents/{id}/deliveries", tag = "文书",
    security(("bearer" = [])), params(("id" = Uuid, Path, description = "文书编号")),
    responses((status = 200, body = Page<DeliveryView>), Refusals))]
pub(super) async fn deliveries(
    hub: Data<Hub>,
    caller: Caller,
    id: Path<Uuid>,
) -> Result<Json<Page<DeliveryView>>, Problem> {
    let shown = hub.deliveries(&caller, DocumentId(*id)).await?;
    let view = |delivery| DeliveryView::of(delivery, &shown.names);
    Ok(Json(Page {
        items: shown.value.iter().map(view).collect(),
        next_cursor: None,
    }))
}

/// 文书经历的事项及其凭证，从旧到新。
#[utoipa::path(get, path = "/api/v1/documents/{id}/history", tag = "文书",
    security(("bearer" = [])), params(("id" = Uuid, Path, description = "文书编号")),
    responses((status = 200, body = Page<EventView>), Refusals))]
pub(super) async fn history(
    hub: Data<Hub>,
    caller: Caller,
    id: Path<Uuid>,
) -> Result<Json<Page<EventView>>, Problem> {
    let shown = hub.history(&caller, DocumentId(*id)).await?;
    let view = |statement| EventView::of(statement, &shown.names);
    Ok(Json(Page {
        items: shown.value.statements.iter().map(view).collect(),
        next_cursor: None,
    }))
}

/// 来文与回复。
#[utoipa::path(get, path = "/api/v1/documents/{id}/related", tag = "文书",
    security(("bearer" = [])), params(("id" = Uuid, Path, description = "文书编号")),
    responses((status = 200, body = ThreadView), Refusals))]
pub(super) async fn related(
    hub: Data<Hub>,
    caller: Caller,
    id: Path<Uuid>,
) -> Result<Json<ThreadView>, Problem> {
    let shown = hub.thread(&caller, DocumentId(*id)).await?;
    let view = |document: &Document| CardView::of(document, &shown.names, hub.rules());
    Ok(Json(ThreadView {
        answers: shown.value.answers.as_ref().map(view),
        answered_by: shown.value.answered_by.iter().map(view).collect(),
    }))
}
