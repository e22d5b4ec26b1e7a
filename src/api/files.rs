//! Handing files out: their bytes, or a part of them, under a name that no browser misreads.

use actix_web::{
    HttpRequest, HttpResponse,
    body::SizedStream,
    http::{
        Method, StatusCode,
        header::{self, ETag, EntityTag, Header as _, IfNoneMatch, Range as RangeHeader},
    },
    web::{Data, Json, Path},
};
use futures_util::TryStreamExt as _;
use uuid::Uuid;

use super::{Problem, openapi::Refusals};
use crate::{
    app::{Caller, Hub, Opening},
    domain::{DocumentId, FileId},
};

/// 下载文件；支持 Range 断点续传，ETag 为内容的 SHA-256。收件单位人员下载即记录阅读。
#[utoipa::path(get, path = "/api/v1/documents/{id}/files/{file_id}", tag = "文书",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "文书编号"),
           ("file_id" = Uuid, Path, description = "文件编号")),
    responses((status = 200, body = Vec<u8>, content_type = "*/*"),
              (status = 206, body = Vec<u8>, content_type = "*/*"),
              (status = 304), (status = 416), Refusals))]
pub(super) async fn download(
    request: HttpRequest,
    hub: Data<Hub>,
    caller: Caller,
    path: Path<(Uuid, Uuid)>,
) -> Result<HttpResponse, Problem> {
    let (document, file) = path.into_inner();
    let opening = hub
        .open_file(&caller, DocumentId(document), FileId(file))
        .await?;
    let size = opening.file.size;
    let tag = EntityTag::new_strong(opening.file.digest.to_string());
    if is_known(&request, &tag) {
        return Ok(HttpResponse::NotModified()
            .insert_header(ETag(tag))
            .finish());
    }
    let mut response = HttpResponse::Ok();
    response
        .insert_header(ETag(tag.clone()))
        .insert_header((header::ACCEPT_RANGES, "bytes"))
        .insert_header((header::CONTENT_TYPE, opening.file.media_type.clone()))
        .insert_header((
            header::CONTENT_SECURITY_POLICY,
            "sandbox; default-src 'none'",
        ))
        .insert_header(disposition(&opening.file.name));
    let range = match wanted(&request, size, &tag) {
        Wanted::Whole => None,
        Wanted::Part(start, end) => {
            response.status(StatusCode::PARTIAL_CONTENT);
            let shown = format!("bytes {start}-{}/{size}", end - 1);
            response.insert_header((header::CONTENT_RANGE, shown));
            Some(start..end)
        }
        Wanted::Nothing => {
            return Ok(HttpResponse::RangeNotSatisfiable()
                .insert_header((header::CONTENT_RANGE, format!("bytes */{size}")))
                .finish());
        }
    };
    if request.method() == Method::HEAD {
        let length = range.map_or(size, |range| range.end - range.start);
        // The length of the body is told by a body of that length, which is never sent.
        let unsent = futures_util::stream::empty::<Result<bytes::Bytes, actix_web::Error>>();
        return Ok(response.body(SizedStream::new(length, unsent)));
    }
    stream(&opening, range, response).await
}

/// 文件的文本，按页；尚未提取或没有文本时为 404。
#[utoipa::path(get, path = "/api/v1/documents/{id}/files/{file_id}/text", tag = "文书",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "文书编号"),
           ("file_id" = Uuid, Path, description = "文件编号")),
    responses((status = 200, body = Object), Refusals))]
pub(super) async fn text(
    hub: Data<Hub>,
    caller: Caller,
    path: Path<(Uuid, Uuid)>,
) -> Result<Json<serde_json::Value>, Problem> {
    let (document, file) = path.into_inner();
    let text = hub
        .file_text(&caller, DocumentId(document), FileId(file))
        .await?;
    let text = text.ok_or_else(super::not_found)?;
    let text = serde_json::from_slice(&text).map_err(crate::app::Error::internal)?;
    Ok(Json(text))
}

async fn stream(
    opening: &Opening,
    range: Option<std::ops::Range<u64>>,
    mut response: actix_web::HttpResponseBuilder,
) -> Result<HttpResponse, Problem> {
    let reading = opening.read(range).await?;
    let length = reading.length();
    let digest = opening.file.digest;
    let bytes = reading.inspect_err(move |fault| {
        tracing::error!(%digest, %fault, "a download was broken off");
    });
    let bytes = bytes.map_err(actix_web::error::ErrorInternalServerError);
    Ok(response.body(SizedStream::new(length, bytes)))
}

fn is_known(request: &HttpRequest, tag: &EntityTag) -> bool {
    match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => request.headers().contains_key(header::IF_NONE_MATCH),
        Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|known| known.weak_eq(tag)),
        Err(_) => false,
    }
}

enum Wanted {
    Whole,
    Part(u64, u64),
    Nothing,
}

/// The one range that is asked for. Several ranges at once are answered with the whole, and so is
/// a range of another version (`If-Range`).
fn wanted(request: &HttpRequest, size: u64, tag: &EntityTag) -> Wanted {
    let other_version = request
        .headers()
        .get(header::IF_RANGE)
        .is_some_and(|known| {
            known
                .to_str()
                .ok()
                .and_then(|known| known.parse::<EntityTag>().ok())
                .as_ref()
                != Some(tag)
        });
    if other_version || !request.headers().contains_key(header::RANGE) {
        return Wanted::Whole;
    }
    match RangeHeader::parse(request) {
        Ok(RangeHeader::Bytes(ranges)) if ranges.len() == 1 => ranges
            .first()
            .and_then(|range| range.to_satisfiable_range(size))
            .map_or(Wanted::Nothing, |(start, last)| {
                Wanted::Part(start, last + 1)
            }),
        _ => Wanted::Whole,
    }
}

/// Always a download, never a page; the name in ASCII for old clients and in full for others
/// (RFC 6266, RFC 8187).
fn disposition(name: &str) -> (header::HeaderName, String) {
    let plain = |c: char| c == ' ' || c.is_ascii_graphic() && !"\"\\%;".contains(c);
    let ascii: String = name
        .chars()
        .map(|c| if plain(c) { c } else { '_' })
        .collect();
    let full: String = name.bytes().map(encoded).collect();
    let value = format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{full}");
    (header::CONTENT_DISPOSITION, value)
}

/// A byte as an extended value of RFC 8187 has it; actix leaves more of them bare.
fn encoded(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
        char::from(byte).to_string()
    } else {
        format!("%{byte:02X}")
    }
}
