//! What the headers of a tus request say, or what is wrong with them.

#![expect(
    clippy::result_large_err,
    reason = "a problem is made once and answered at once"
)]

use actix_web::{HttpRequest, HttpResponse, http::header};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use jiff::{Timestamp, fmt::rfc2822::DateTimePrinter};

use crate::{
    api::{Problem, problem},
    app::{Announced, Checksum, Fault, Piece},
    domain::UploadId,
};

/// The most bytes that a client may say about an upload.
const METADATA_MAX: usize = 4096;
const BYTES: &str = "application/offset+octet-stream";

type Read<T> = Result<T, Problem>;

/// The request speaks a version that we do.
pub(super) fn must_be_known(request: &HttpRequest, version: &str) -> Read<()> {
    if text(request, super::RESUMABLE)? == Some(version) {
        return Ok(());
    }
    let detail = format!("请使用 Tus-Resumable: {version}");
    Err(Problem::of(problem::TUS_VERSION, detail))
}

/// What is said of an upload that is to begin.
pub(super) fn announced(request: &HttpRequest) -> Read<Announced> {
    let length = number(request, "upload-length")?;
    match (length, text(request, "upload-defer-length")?) {
        (Some(_), None) | (None, Some("1")) => {}
        (Some(_), Some(_)) => {
            let detail = "Upload-Length 和 Upload-Defer-Length 只能给出一个";
            return Err(malformed("Upload-Defer-Length", detail));
        }
        (None, Some(_)) => {
            return Err(malformed(
                "Upload-Defer-Length",
                "Upload-Defer-Length 只能是 1",
            ));
        }
        (None, None) => {
            return Err(malformed(
                "Upload-Length",
                "请用 Upload-Length 给出文件的字节数",
            ));
        }
    }
    let metadata = text(request, "upload-metadata")?.unwrap_or_default();
    if metadata.len() > METADATA_MAX {
        let detail = format!("Upload-Metadata 过长，最多 {METADATA_MAX} 字节");
        return Err(malformed("Upload-Metadata", detail));
    }
    Ok(Announced {
        name: name_in(metadata)?,
        metadata: metadata.to_owned(),
        length,
    })
}

/// The name of the file among `key base64` pairs.
fn name_in(metadata: &str) -> Read<String> {
    let wrong = |detail: &str| malformed("Upload-Metadata", detail);
    let mut names = [None, None];
    for pair in metadata.split(',').filter(|pair| !pair.trim().is_empty()) {
        let (key, value) = pair.trim().split_once(' ').unwrap_or((pair.trim(), ""));
        let value = BASE64_STANDARD.decode(value.trim());
        let value = value.map_err(|_| wrong("Upload-Metadata 的值须为 Base64"))?;
        let place = match key {
            "filename" => &mut names[0],
            "name" => &mut names[1],
            _ => continue,
        };
        if place.is_some() {
            return Err(wrong("Upload-Metadata 中的键不能重复"));
        }
        *place = Some(String::from_utf8(value).map_err(|_| wrong("文件名须为 UTF-8"))?);
    }
    let [filename, name] = names;
    filename
        .or(name)
        .ok_or_else(|| wrong("请在 Upload-Metadata 中给出 filename"))
}

/// Where the bytes of a request belong, and what they must add up to.
pub(super) fn piece(request: &HttpRequest) -> Read<Piece> {
    let offset = number(request, "upload-offset")?;
    Ok(Piece {
        offset: offset.ok_or_else(|| malformed("Upload-Offset", "请给出 Upload-Offset"))?,
        length: number(request, "upload-length")?,
        checksum: checksum(request)?,
    })
}

/// What the bytes of a request must add up to.
pub(super) fn checksum(request: &HttpRequest) -> Read<Option<Checksum>> {
    let Some(said) = text(request, "upload-checksum")? else {
        return Ok(None);
    };
    let wrong = || {
        let detail = "Upload-Checksum 须为 sha256 或 sha1、一个空格和 Base64 的校验和";
        malformed("Upload-Checksum", detail)
    };
    let (algorithm, sum) = said.trim().split_once(' ').ok_or_else(wrong)?;
    let sum = BASE64_STANDARD.decode(sum.trim()).map_err(|_| wrong())?;
    let checksum = match algorithm {
        "sha1" => sum.try_into().map(Checksum::Sha1),
        "sha256" => sum.try_into().map(Checksum::Sha256),
        _ => return Err(wrong()),
    };
    checksum.map(Some).map_err(|_| wrong())
}

/// Whether a request that begins an upload brings its first bytes.
pub(super) fn brings_bytes(request: &HttpRequest) -> Read<bool> {
    let has_body = request.headers().contains_key(header::TRANSFER_ENCODING)
        || number(request, "content-length")?.is_some_and(|length| length > 0);
    if has_body {
        must_bring_bytes(request)?;
    }
    Ok(has_body)
}

/// The body is declared to be a piece of a file.
pub(super) fn must_bring_bytes(request: &HttpRequest) -> Read<()> {
    if text(request, "content-type")?.is_some_and(|kind| kind.eq_ignore_ascii_case(BYTES)) {
        return Ok(());
    }
    let detail = format!("请使用 Content-Type: {BYTES}");
    Err(Problem::of(problem::UNSUPPORTED_TYPE, detail))
}

/// The upload that an answer names.
pub(super) fn upload_in(answer: &HttpResponse) -> Option<UploadId> {
    let location = answer.headers().get(header::LOCATION)?.to_str().ok()?;
    Some(UploadId(location.rsplit_once('/')?.1.parse().ok()?))
}

/// A moment as HTTP writes it.
pub(super) fn date(at: Timestamp) -> String {
    let printed = DateTimePrinter::new().timestamp_to_rfc9110_string(&at);
    printed.unwrap_or_default()
}

fn text<'r>(request: &'r HttpRequest, name: &'static str) -> Read<Option<&'r str>> {
    let mut values = request.headers().get_all(name);
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let value = value.to_str().ok().filter(|_| values.next().is_none());
    let value = value.ok_or_else(|| malformed(name, "请求头重复，或含有非 ASCII 字符"))?;
    Ok(Some(value.trim()))
}

fn number(request: &HttpRequest, name: &'static str) -> Read<Option<u64>> {
    let Some(text) = text(request, name)? else {
        return Ok(None);
    };
    let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    // What the database counts is what can be counted here.
    let number = text
        .parse()
        .ok()
        .filter(|number| is_plain && *number <= i64::MAX.cast_unsigned());
    number
        .map(Some)
        .ok_or_else(|| malformed(name, "须为非负整数"))
}

fn malformed(name: &str, detail: impl Into<String>) -> Problem {
    let detail = detail.into();
    let fault = Fault::at(name, "malformed", &detail);
    Problem::of(problem::MALFORMED, detail).with(vec![fault])
}
