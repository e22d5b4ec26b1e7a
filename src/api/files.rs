//! Handing files out: their bytes, or a part of them, under a name that no browser misreads.

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
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
    let mut response = HttpResponse::Ok();
    inert(&mut response, &opening.file.name, &opening.file.media_type);
    response.insert_header(ETag(tag.clone()));
    if is_known(&request, &tag) {
        return Ok(response.status(StatusCode::NOT_MODIFIED).finish());
    }
    response.insert_header((header::ACCEPT_RANGES, "bytes"));
    let range = match wanted(&request, size, &tag) {
        Wanted::Whole => None,
        Wanted::Part(start, end) => {
            response.status(StatusCode::PARTIAL_CONTENT);
            let shown = format!("bytes {start}-{}/{size}", end - 1);
            response.insert_header((header::CONTENT_RANGE, shown));
            Some(start..end)
        }
        Wanted::Nothing => {
            return Ok(response
                .status(StatusCode::RANGE_NOT_SATISFIABLE)
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
    mut response: HttpResponseBuilder,
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

/// Bytes that people gave are never active: they are a download of a passive type, and a browser
/// that shows them all the same runs nothing of them and knows nothing of this site.
pub(super) fn inert(response: &mut HttpResponseBuilder, name: &str, media_type: &str) {
    response
        .insert_header((header::CONTENT_TYPE, passive(media_type)))
        .insert_header((
            header::CONTENT_SECURITY_POLICY,
            "sandbox; default-src 'none'",
        ))
        .insert_header(disposition(name));
}

/// The type under which a file is handed out: its own where that is the type of a document or a
/// picture that runs nothing, whatever the operator lets in.
fn passive(media_type: &str) -> &str {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    let documents = ["application/vnd.", "application/x-wps", "application/wps"];
    let others = [
        "application/pdf",
        "application/ofd",
        "application/msword",
        "application/rtf",
        "application/zip",
        "text/plain",
        "text/csv",
        "text/rtf",
        "image/jpeg",
        "image/png",
        "image/tiff",
        "message/rfc822",
    ];
    let is_document = documents.iter().any(|family| essence.starts_with(family));
    if is_document && !essence.ends_with("+xml") || others.contains(&essence) {
        media_type
    } else {
        "application/octet-stream"
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The name that a client reads: RFC 6266 prefers `filename*`.
    fn read_back(value: &str) -> String {
        assert!(
            value.bytes().all(|byte| (b' '..=b'~').contains(&byte)),
            "{value:?}"
        );
        let rest = value.strip_prefix("attachment; filename=\"").unwrap();
        let (ascii, full) = rest.split_once("\"; filename*=UTF-8''").unwrap();
        assert!(!ascii.contains(['"', '\\', '%', ';']), "{value:?}");
        let bytes = percent(full);
        String::from_utf8(bytes).unwrap()
    }

    fn percent(text: &str) -> Vec<u8> {
        let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
        while let [first, tail @ ..] = rest {
            let taken = if *first == b'%' {
                let hex = std::str::from_utf8(&tail[..2]).unwrap();
                bytes.push(u8::from_str_radix(hex, 16).unwrap());
                2
            } else {
                let is_attr_char = first.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(first);
                assert!(is_attr_char, "{text}");
                bytes.push(*first);
                0
            };
            rest = &tail[taken..];
        }
        bytes
    }

    #[test]
    fn every_name_that_is_taken_comes_back_as_it_was_taken() {
        let pieces = [
            "关于……的函",
            "〔2026〕3号",
            "（试行）",
            "𠮷野家",
            "é",
            "e\u{301}",
            "ﬁ",
            "🌾",
            "%2e%2e%2f",
            "..",
            "CON",
            "nul.",
            "a b",
            "  ",
            "\"",
            "\\\"",
            "'",
            "*",
            ";",
            ",",
            "=",
            "filename*=UTF-8''x",
            "\r\n",
            "\0",
            "\u{202e}fdp",
            "\u{200b}",
            "\u{feff}",
            "../",
            "..\\",
            "/",
            "C:",
            "\t",
            "\u{7f}",
            "\u{85}",
            "Ünïcödé",
            "מסמך",
            "ไทย",
            "ཡིག",
            "ئۇيغۇر",
            "?",
            "<script>",
            "&amp;",
            "`id`",
            "$(id)",
            "|",
            "#",
            "长",
        ];
        let (mut taken, mut refused) = (0, 0);
        for one in pieces {
            for other in pieces {
                let given = format!("{one}{other}.pdf");
                match crate::domain::file_name(&given) {
                    Ok(name) => {
                        taken += 1;
                        assert_eq!(read_back(&disposition(&name).1), name);
                        assert!(!name.contains(['/', '\\', '\r', '\n', '\0']), "{name:?}");
                    }
                    Err(_) => refused += 1,
                }
            }
        }
        assert!(taken > 900 && refused > 500, "{taken} {refused}");
    }

    #[test]
    fn what_a_browser_could_run_is_handed_out_as_mere_bytes() {
        for active in [
            "text/html",
            "text/html; charset=utf-8",
            "image/svg+xml",
            "application/xhtml+xml",
            "text/xml",
            "application/xml",
            "text/javascript",
            "application/javascript",
            "application/wasm",
            "text/css",
            "multipart/related",
            "application/x-shockwave-flash",
            "application/vnd.mozilla.xul+xml",
            "",
        ] {
            assert_eq!(passive(active), "application/octet-stream", "{active}");
        }
        for kept in [
            "application/pdf",
            "text/plain",
            "text/plain; charset=gb18030",
            "image/png",
            "application/ofd",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ] {
            assert_eq!(passive(kept), kept);
        }
    }
}
