//! Uploads that can be broken off and continued, as tus 1.0.0 has them (<https://tus.io>): core,
//! creation, creation-with-upload, creation-defer-length, checksum, expiration, termination.

mod headers;

use std::cell::Cell;

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder, ResponseError as _,
    http::{
        Method, StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
    web::{Data, Path, Payload},
};
use futures_util::TryStreamExt as _;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Problem,
    answers::{RepeatKey, created},
    body::paced,
    openapi::Refusals,
    views::{FileView, instant},
};
use crate::{
    app::{Caller, Error, Hub, Piece, Progress, Result as AppResult},
    domain::{Upload, UploadId},
};

/// Says that the request is one of tus.
pub(super) const RESUMABLE: &str = "tus-resumable";

const VERSION: &str = "1.0.0";
const EXTENSIONS: &str =
    "creation,creation-with-upload,creation-defer-length,checksum,expiration,termination";
const ALGORITHMS: &str = "sha256,sha1";

/// 一个断点续传上传。
#[derive(Debug, Serialize, ToSchema)]
pub struct UploadView {
    /// 上传编号
    id: Uuid,
    /// 文件名
    name: String,
    /// 全长，字节；尚未说明时为空
    length: Option<u64>,
    /// 已收到并落盘的字节数
    offset: u64,
    /// 何时作废
    expires_at: String,
    /// 收齐后成为的文件
    file: Option<FileView>,
}

impl UploadView {
    fn of(upload: &Upload, file: Option<FileView>) -> Self {
        Self {
            id: upload.id.0,
            name: upload.name.clone(),
            length: upload.length,
            offset: upload.received,
            expires_at: instant(upload.expires_at),
            file,
        }
    }
}

/// 断点续传支持什么（tus 1.0）。
#[utoipa::path(options, path = "/api/v1/uploads", tag = "文书",
    responses((status = 204, headers(
        ("Tus-Version" = String, description = "支持的版本"),
        ("Tus-Extension" = String, description = "支持的扩展"),
        ("Tus-Max-Size" = u64, description = "单个文件的上限，字节"),
        ("Tus-Checksum-Algorithm" = String, description = "支持的校验算法"))), Refusals))]
pub(super) async fn options(hub: Data<Hub>) -> HttpResponse {
    let mut response = HttpResponse::NoContent();
    response
        .insert_header((RESUMABLE, VERSION))
        .insert_header(("tus-version", VERSION))
        .insert_header(("tus-extension", EXTENSIONS))
        .insert_header(("tus-checksum-algorithm", ALGORITHMS))
        .insert_header(("tus-max-size", hub.config().uploads.max_file_bytes));
    response.finish()
}

/// Begins an upload, with its first bytes if there are any.
pub(super) async fn create(
    request: &HttpRequest,
    hub: &Hub,
    caller: Caller,
    key: RepeatKey,
    payload: Payload,
) -> HttpResponse {
    spoken(begin(request, hub, caller, key, payload).await)
}

async fn begin(
    request: &HttpRequest,
    hub: &Hub,
    caller: Caller,
    key: RepeatKey,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    headers::must_be_known(request, VERSION)?;
    let announced = headers::announced(request)?;
    let checksum = headers::checksum(request)?;
    let brings_bytes = headers::brings_bytes(request)?;
    let mut fingerprint = Sha256::new();
    fingerprint.update(announced.metadata.as_bytes());
    fingerprint.update(announced.length.unwrap_or_default().to_be_bytes());
    let answer = key
        .once(
            hub,
            caller.clone(),
            fingerprint.finalize().into(),
            async |work| {
                let upload = work.begin_upload(announced).await?;
                let location = format!("/api/v1/uploads/{}", upload.id);
                created(location, &UploadView::of(&upload, None))
            },
        )
        .await?;
    let id = headers::upload_in(&answer).ok_or_else(super::not_found)?;
    let mut progress = hub.upload_progress(&caller, id).await?;
    // Asked again, the bytes have come already, or will be asked for.
    if brings_bytes && progress.upload.received == 0 {
        let piece = Piece {
            checksum,
            ..Piece::default()
        };
        progress.upload = take_in(request, hub, &caller, id, piece, payload).await?;
    }
    let mut response = HttpResponse::Created();
    response.insert_header((header::LOCATION, format!("/api/v1/uploads/{id}")));
    tell(&mut response, &progress.upload);
    Ok(response.finish())
}

/// 断点续传的进度：HEAD 给出 Upload-Offset，GET 另有正文；收齐后给出文件编号。
#[utoipa::path(get, path = "/api/v1/uploads/{id}", tag = "文书", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "上传编号")),
    responses((status = 200, body = UploadView, headers(
        ("Upload-Offset" = u64, description = "已收到的字节数"),
        ("Upload-Length" = u64, description = "全长，字节"),
        ("Upload-Expires" = String, description = "何时作废"),
        ("Wenshu-File-Id" = String, description = "收齐后成为的文件"))), Refusals))]
pub(super) async fn look(
    request: HttpRequest,
    hub: Data<Hub>,
    caller: Caller,
    id: Path<Uuid>,
) -> HttpResponse {
    let looked = async {
        if request.headers().contains_key(RESUMABLE) {
            headers::must_be_known(&request, VERSION)?;
        }
        let progress = hub.upload_progress(&caller, UploadId(*id)).await?;
        Ok(shown(&progress, request.method()))
    };
    spoken(looked.await)
}

fn shown(Progress { upload, file }: &Progress, method: &Method) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    tell(&mut response, upload);
    match upload.length {
        Some(length) => response.insert_header(("upload-length", length)),
        None => response.insert_header(("upload-defer-length", "1")),
    };
    if !upload.metadata.is_empty() {
        response.insert_header(("upload-metadata", upload.metadata.clone()));
    }
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    if method == Method::HEAD {
        return response.finish();
    }
    response.json(UploadView::of(upload, file.as_ref().map(FileView::from)))
}

/// 续传：从 Upload-Offset 起的内容；收齐时成为文件。
#[utoipa::path(patch, path = "/api/v1/uploads/{id}", tag = "文书", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "上传编号"),
           ("Tus-Resumable" = String, Header, description = "协议版本，1.0.0"),
           ("Upload-Offset" = u64, Header, description = "内容从哪里开始"),
           ("Upload-Length" = Option<u64>, Header, description = "全长；开始时没有说明的在此说明"),
           ("Upload-Checksum" = Option<String>, Header, description = "校验和：sha256 或 sha1，空格，Base64")),
    request_body(content = Vec<u8>, content_type = "application/offset+octet-stream"),
    responses((status = 204, headers(
        ("Upload-Offset" = u64, description = "已收到的字节数"),
        ("Upload-Expires" = String, description = "何时作废"),
        ("Wenshu-File-Id" = String, description = "收齐后成为的文件"))), Refusals))]
pub(super) async fn append(
    request: HttpRequest,
    hub: Data<Hub>,
    caller: Caller,
    id: Path<Uuid>,
    payload: Payload,
) -> HttpResponse {
    let appended = async {
        headers::must_be_known(&request, VERSION)?;
        headers::must_bring_bytes(&request)?;
        let piece = headers::piece(&request)?;
        let id = UploadId(*id);
        let upload = take_in(&request, &hub, &caller, id, piece, payload).await?;
        let mut response = HttpResponse::NoContent();
        tell(&mut response, &upload);
        Ok(response.finish())
    };
    spoken(appended.await)
}

/// 中止上传，丢弃已收到的内容；已成为文件的不受影响。
#[utoipa::path(delete, path = "/api/v1/uploads/{id}", tag = "文书", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "上传编号"),
           ("Tus-Resumable" = String, Header, description = "协议版本，1.0.0")),
    responses((status = 204), Refusals))]
pub(super) async fn end(
    request: HttpRequest,
    hub: Data<Hub>,
    caller: Caller,
    id: Path<Uuid>,
) -> HttpResponse {
    let ended = async {
        headers::must_be_known(&request, VERSION)?;
        hub.end_upload(&caller, UploadId(*id)).await?;
        Ok(HttpResponse::NoContent().finish())
    };
    spoken(ended.await)
}

/// Takes bytes in, at a pace. When they break off, what the pace says of it is the answer.
async fn take_in(
    request: &HttpRequest,
    hub: &Hub,
    caller: &Caller,
    id: UploadId,
    piece: Piece,
    payload: Payload,
) -> Result<Upload, Problem> {
    let fault = Cell::new(None);
    let bytes = paced(request, payload.into_inner()).inspect_err(|error| fault.set(Some(*error)));
    let taken: AppResult<Upload> = hub.append_to_upload(caller, id, piece, bytes).await;
    match (taken, fault.get()) {
        (Err(Error::UploadInterrupted), Some(fault)) => Err(fault.into()),
        (taken, _) => Ok(taken?),
    }
}

/// How far the upload is, and what it has become.
fn tell(response: &mut HttpResponseBuilder, upload: &Upload) {
    response.insert_header(("upload-offset", upload.received));
    response.insert_header(("upload-expires", headers::date(upload.expires_at)));
    if let Some(file) = upload.file {
        response.insert_header(("wenshu-file-id", file.to_string()));
    }
}

/// Every answer says which version it speaks, and one about versions, which there are.
fn spoken(answer: Result<HttpResponse, Problem>) -> HttpResponse {
    let mut response = answer.unwrap_or_else(|problem| problem.error_response());
    let version = HeaderValue::from_static(VERSION);
    if response.status() == StatusCode::PRECONDITION_FAILED {
        let name = HeaderName::from_static("tus-version");
        response.headers_mut().insert(name, version.clone());
    }
    let name = HeaderName::from_static(RESUMABLE);
    response.headers_mut().insert(name, version);
    response
}
