//! Many documents in one request, each on its own: what fails leaves nothing of itself and stops
//! none of the others.

use actix_web::{HttpResponse, web::Data};
use futures_util::{StreamExt as _, stream};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Problem,
    answers::{RepeatKey, shows},
    body::{self, BatchBody},
    documents::asked::{AskedGroup, AskedRecipient, groups, recipients, units},
    openapi::Refusals,
    units::parsed_if,
    views::{BatchItemView, BatchView, CardView, FileRoleCode},
};
use crate::{
    app::{Begun, Caller, Dispatch, Dispatched, Error, FileWish, Hub},
    domain::{
        Digest, DocNumber, Document, DocumentId, Draft, FileId, FileRole, Openness, Scope, Urgency,
    },
};

/// How many documents of one batch are at work at once; more share a commit of the database.
const AT_ONCE: usize = 8;

/// 批量发送。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedBatch {
    /// 文书，最多 500 件，逐件受理，互不影响
    #[schema(value_type = Vec<AskedDispatch>)]
    documents: Vec<Value>,
}

/// 已上传的文件，以编号或内容指明。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DispatchedFile {
    /// 上传得到的文件编号
    file_id: Option<Uuid>,
    /// 或内容的 SHA-256：本单位最近上传的同一内容的文件
    #[schema(value_type = Option<String>)]
    #[serde(default, deserialize_with = "parsed_if")]
    sha256: Option<Digest>,
    /// main 正文，attachment 附件
    role: FileRoleCode,
}

/// 一件在本单位自有系统签发的文书，须完整。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedDispatch {
    /// 程序自己的编号，1 至 128 个字；同一程序账号用同一编号只会发送一件
    client_reference: String,
    /// 文书种类编码，见 /kinds
    kind: String,
    /// 标题
    title: String,
    /// 在本单位系统得到的发文字号
    #[schema(value_type = Option<String>)]
    #[serde(default, deserialize_with = "parsed_if")]
    doc_number: Option<DocNumber>,
    /// 签发日期，即成文日期
    #[schema(value_type = String)]
    issued_on: Date,
    /// 紧急程度，默认 `normal`
    #[schema(value_type = Option<String>)]
    urgency: Option<Urgency>,
    /// 公开属性，默认 `not_public`
    #[schema(value_type = Option<String>)]
    openness: Option<Openness>,
    /// 文书写明的回复期限
    #[schema(value_type = Option<String>)]
    reply_due_on: Option<Date>,
    /// 该种类要求的其他内容；签发人姓名为 fields.signer（该种类有此栏目时）
    #[schema(value_type = Object)]
    #[serde(default)]
    fields: Map<String, Value>,
    /// 所回复的文书
    in_reply_to: Option<Uuid>,
    /// 文件，按顺序
    files: Vec<DispatchedFile>,
    /// 收件单位，按顺序；回复不填时自动发给来文单位
    #[serde(default)]
    recipients: Vec<AskedRecipient>,
    /// 统称，发送时展开为成员单位
    #[serde(default)]
    groups: Vec<AskedGroup>,
    /// 联合发文不能批量发送，须为空
    #[serde(default)]
    joint_issuers: Vec<Uuid>,
}

/// 批量发送在本单位自有系统签发的文书（程序账号，发文权限）：逐件受理，一件出错不影响其他，
/// 结果按顺序列出；同一 `client_reference` 重复发送得到同一件文书。
#[utoipa::path(post, path = "/api/v1/documents/batch", tag = "文书", security(("bearer" = [])),
    request_body = AskedBatch, responses((status = 200, body = BatchView), Refusals))]
pub(super) async fn dispatch(
    hub: Data<Hub>,
    caller: Caller,
    key: RepeatKey,
    body: BatchBody<AskedBatch>,
) -> Result<HttpResponse, Problem> {
    caller.machine(Scope::Send)?;
    let documents = body.0.value.documents;
    let max = hub.config().clients.batch_max;
    if !(1..=max).contains(&documents.len()) {
        let detail = format!("一次须有 1 至 {max} 件文书");
        return Err(Error::invalid("/documents", "out_of_range", detail).into());
    }
    let fingerprint = body.0.fingerprint;
    key.afterwards(&hub, caller.clone(), fingerprint, async || {
        let items = documents.into_iter().enumerate();
        let items = stream::iter(items)
            .map(|(index, asked)| one(&hub, &caller, index, asked))
            .buffered(AT_ONCE)
            .collect::<Vec<_>>()
            .await;
        let problems = items.iter().filter_map(|item| item.problem.as_ref());
        let is_final = !problems.clone().any(Problem::is_passing);
        let failed = problems.count();
        let view = BatchView {
            succeeded: items.len() - failed,
            failed,
            items,
        };
        Ok((shows(&view)?, is_final))
    })
    .await
}

async fn one(hub: &Hub, caller: &Caller, index: usize, asked: Value) -> BatchItemView {
    let reference = asked["client_reference"].as_str().map(str::to_owned);
    let (status, document, problem) = match sent(hub, caller, &asked).await {
        Ok((status, view)) => (status, Some(view), None),
        Err(problem) => (problem.status(), None, Some(problem.of_this_request())),
    };
    BatchItemView {
        index,
        client_reference: reference,
        status,
        document,
        problem,
    }
}

async fn sent(hub: &Hub, caller: &Caller, asked: &Value) -> Result<(u16, CardView), Problem> {
    let text = asked.to_string();
    let asked: AskedDispatch = body::read(text.as_bytes())?;
    let dispatch = read(asked, Sha256::digest(text.as_bytes()).into())?;
    let Begun::Work(mut work) = hub.begin(caller.clone(), None).await? else {
        return Err(Error::KeyBusy.into());
    };
    let (status, document): (u16, Document) = match work.dispatch(dispatch).await? {
        Dispatched::Now(document) => (201, document),
        Dispatched::Before(document) => (200, document),
    };
    let shown = work.shown(document).await?;
    let view = CardView::of(&shown.value, &shown.names, hub.rules());
    // Nothing has changed where it was sent before, and there is nothing to keep.
    if status == 201 {
        work.commit().await?;
    }
    Ok((status, view))
}

fn read(asked: AskedDispatch, fingerprint: [u8; 32]) -> Result<Dispatch, Error> {
    let mut files = Vec::new();
    for (place, file) in asked.files.into_iter().enumerate() {
        let wish = match (file.file_id, file.sha256) {
            (Some(id), None) => FileWish::Id(FileId(id)),
            (None, Some(digest)) => FileWish::Content(digest),
            _ => {
                let detail = "file_id 和 sha256 须填写一项";
                return Err(Error::invalid(
                    format!("/files/{place}"),
                    "conflicting",
                    detail,
                ));
            }
        };
        files.push((wish, FileRole::from(file.role)));
    }
    Ok(Dispatch {
        reference: asked.client_reference,
        fingerprint,
        number: asked.doc_number,
        files,
        draft: Draft {
            kind: asked.kind,
            title: asked.title,
            urgency: asked.urgency.unwrap_or(Urgency::Normal),
            openness: asked.openness.unwrap_or(Openness::NotPublic),
            dated_on: Some(asked.issued_on),
            reply_due_on: asked.reply_due_on,
            fields: asked.fields,
            in_reply_to: asked.in_reply_to.map(DocumentId),
            files: Vec::new(),
            recipients: recipients(asked.recipients),
            groups: groups(asked.groups),
            joint_issuers: units(asked.joint_issuers),
        },
    })
}
