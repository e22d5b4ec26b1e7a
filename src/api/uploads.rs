//! Uploading files: as one part of a form, as browsers and `curl -F` send it, or as the body of
//! the request with its name beside it. Either way the bytes stream to the disk.

use std::{cell::Cell, rc::Rc};

use actix_multipart::{Field, Multipart};
use actix_web::{
    HttpRequest, HttpResponse,
    error::PayloadError,
    http::header,
    web::{Data, Payload},
};
use futures_util::{Stream, StreamExt as _, TryStreamExt as _};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use utoipa::{IntoParams, ToSchema};

use super::{
    Problem,
    answers::{RepeatKey, created},
    body::{BodyFault, paced},
    openapi::Refusals,
    problem,
    query::Query,
    tus,
    views::FileView,
};
use crate::app::{Caller, Error, Hub, ReceivedFile};

/// 文件名。
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UploadQuery {
    /// 文件名（百分号编码）；请求体即文件内容时必填，表单上传时取表单中的文件名
    name: Option<String>,
}

/// 表单上传。
#[derive(ToSchema)]
#[expect(dead_code, reason = "only describes the form")]
pub struct UploadForm {
    /// 文件
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// 上传一个文件，得到文件编号；随后在文书中引用。带 Tus-Resumable: 1.0.0 时开始一个断点续传（tus 1.0）。
#[utoipa::path(post, path = "/api/v1/uploads", tag = "文书", security(("bearer" = [])),
    params(UploadQuery),
    request_body(content(
        (UploadForm = "multipart/form-data"),
        (Vec<u8> = "application/octet-stream"))),
    responses((status = 201, body = FileView, headers(
        ("Location" = String, description = "上传的地址"),
        ("Upload-Offset" = u64, description = "断点续传：已收到的字节数"))), Refusals))]
pub(super) async fn upload(
    request: HttpRequest,
    hub: Data<Hub>,
    caller: Caller,
    key: RepeatKey,
    query: Query<UploadQuery>,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    if request.headers().contains_key(tus::RESUMABLE) {
        return Ok(tus::create(&request, &hub, caller, key, payload).await);
    }
    let received = if is_form(&request) {
        from_form(&request, &hub, &caller, payload).await?
    } else {
        let name = query.into_inner().name.ok_or_else(|| {
            Problem::from(Error::invalid(
                "name",
                "required",
                "请用 name 参数给出文件名",
            ))
        })?;
        let bytes = paced(&request, payload.into_inner());
        receive(&hub, &caller, &name, bytes).await?
    };
    let mut fingerprint = Sha256::new();
    fingerprint.update(received.digest.0);
    fingerprint.update(received.name.as_bytes());
    key.once(&hub, caller, fingerprint.finalize().into(), async |work| {
        let file = work.enter_file(&received).await?;
        created(
            format!("/api/v1/uploads/{}", file.id),
            &FileView::from(&file),
        )
    })
    .await
}

fn is_form(request: &HttpRequest) -> bool {
    let value = request.headers().get(header::CONTENT_TYPE);
    let value = value
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    value
        .to_ascii_lowercase()
        .starts_with("multipart/form-data")
}

/// Takes the first file of a form; a form of more is refused, since each file has its own answer.
async fn from_form(
    request: &HttpRequest,
    hub: &Hub,
    caller: &Caller,
    payload: Payload,
) -> Result<ReceivedFile, Problem> {
    // The form hides why its bytes end; what the pace says is noted beside it. It also asks for
    // more when all has come.
    let ended = Rc::new(Cell::new(None));
    let noted = ended.clone();
    let bytes = paced(request, payload.into_inner())
        .fuse()
        .map_err(move |fault| {
            noted.set(Some(fault));
            PayloadError::Incomplete(None)
        });
    let broken = || ended.get().map_or_else(broken, Problem::from);
    let mut form = Multipart::new(request.headers(), bytes);
    let mut received = None;
    while let Some(field) = form.try_next().await.map_err(|_| broken())? {
        if received.is_some() || field.name() != Some("file") {
            let detail = "表单中只能有一个名为 file 的文件";
            return Err(Error::invalid("/file", "unexpected", detail).into());
        }
        let name = file_name(&field).ok_or_else(|| {
            Problem::from(Error::invalid(
                "/file",
                "required",
                "表单中的文件没有文件名",
            ))
        })?;
        let bytes = field.map_err(|_| ended.get().unwrap_or(BodyFault::BrokenOff));
        received = Some(receive(hub, caller, &name, bytes).await?);
    }
    received
        .ok_or_else(|| Error::invalid("/file", "required", "请在表单中添加名为 file 的文件").into())
}

fn file_name(field: &Field) -> Option<String> {
    Some(field.content_disposition()?.get_filename()?.to_owned())
}

fn broken() -> Problem {
    Problem::of(problem::MALFORMED, "表单无法读取或不完整")
}

async fn receive(
    hub: &Hub,
    caller: &Caller,
    name: &str,
    bytes: impl Stream<Item = Result<bytes::Bytes, BodyFault>>,
) -> Result<ReceivedFile, Problem> {
    let fault = Cell::new(None);
    let bytes = bytes.inspect_err(|error| fault.set(Some(*error)));
    let received = hub.receive_file(caller, name, bytes).await;
    match (received, fault.get()) {
        (Err(Error::UploadInterrupted), Some(fault)) => Err(fault.into()),
        (received, _) => Ok(received?),
    }
}
