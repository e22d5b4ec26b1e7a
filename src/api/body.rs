//! Bodies of requests: JSON that says where it is wrong, and streams that must keep a pace.

use std::time::{Duration, Instant};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header, web::Data};
use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt as _, future::LocalBoxFuture};
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};

use super::{Problem, problem};
use crate::app::{Fault, Hub};

/// A JSON body, and the digest by which a repeated request is known.
pub struct Body<T> {
    /// What was asked.
    pub value: T,
    /// SHA-256 of its bytes.
    pub fingerprint: [u8; 32],
}

impl<T: DeserializeOwned> FromRequest for Body<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            let bytes = collect(&request, payload, json_limit(&request)).await?;
            if !bytes.is_empty() && !is_json(&request) {
                let detail = "请使用 Content-Type: application/json";
                return Err(Problem::of(problem::UNSUPPORTED_TYPE, detail));
            }
            // Acts that need no further words may be asked for without a body.
            let text: &[u8] = if bytes.is_empty() { b"{}" } else { &bytes };
            let value = read(text)?;
            Ok(Self {
                value,
                fingerprint: Sha256::digest(&bytes).into(),
            })
        })
    }
}

fn is_json(request: &HttpRequest) -> bool {
    let value = request.headers().get(header::CONTENT_TYPE);
    let value = value
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = value.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

/// The JSON body of a batch, which may be larger.
pub struct BatchBody<T>(pub Body<T>);

impl<T: DeserializeOwned> FromRequest for BatchBody<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            let hub = request.app_data::<Data<Hub>>();
            let limit = hub.map_or(1 << 20, |hub| hub.config().clients.batch_max_bytes);
            let bytes = collect(&request, payload, limit).await?;
            if !is_json(&request) {
                let detail = "请使用 Content-Type: application/json";
                return Err(Problem::of(problem::UNSUPPORTED_TYPE, detail));
            }
            Ok(Self(Body {
                value: read(&bytes)?,
                fingerprint: Sha256::digest(&bytes).into(),
            }))
        })
    }
}

fn json_limit(request: &HttpRequest) -> u64 {
    request
        .app_data::<Data<Hub>>()
        .map_or(1 << 20, |hub| hub.config().server.max_json_bytes)
}

/// All of a body, as long as it is not larger than `limit`.
pub(super) async fn collect(
    request: &HttpRequest,
    payload: Payload,
    limit: u64,
) -> Result<Bytes, Problem> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut stream = std::pin::pin!(paced(request, payload));
    let mut bytes = BytesMut::new();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(Problem::from)?;
        if bytes.len() + chunk.len() > limit {
            let detail = format!("请求体过大，最多 {limit} 字节");
            return Err(Problem::of(problem::TOO_LARGE, detail));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes.freeze())
}

/// Why a body did not arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyFault {
    /// It came too slowly.
    TooSlow,
    /// The connection broke off, or the body was not as announced.
    BrokenOff,
}

impl From<BodyFault> for Problem {
    fn from(fault: BodyFault) -> Self {
        match fault {
            BodyFault::TooSlow => Self::of(problem::TOO_SLOW, "上传过慢，连接已中止"),
            BodyFault::BrokenOff => Self::of(problem::MALFORMED, "请求体不完整"),
        }
    }
}

/// The bytes of a body as long as they keep the configured pace; actix itself would wait for a
/// slow body for ever.
pub fn paced(
    request: &HttpRequest,
    payload: Payload,
) -> impl Stream<Item = Result<Bytes, BodyFault>> + use<> {
    let server = request
        .app_data::<Data<Hub>>()
        .map(|hub| hub.config().server.clone());
    let (rate, grace) = server.map_or((8 << 10, Duration::from_secs(30)), |server| {
        (server.min_body_rate, server.min_body_window)
    });
    let began = Instant::now();
    futures_util::stream::unfold(
        (payload, 0_u64, false),
        move |(mut payload, got, ended)| async move {
            if ended {
                return None;
            }
            let allowed = grace + pace(got, rate);
            let left = allowed.saturating_sub(began.elapsed());
            match tokio::time::timeout(left, payload.next()).await {
                Ok(None) => None,
                Ok(Some(Ok(chunk))) => {
                    let got = got + chunk.len() as u64;
                    Some((Ok(chunk), (payload, got, false)))
                }
                Ok(Some(Err(_))) => Some((Err(BodyFault::BrokenOff), (payload, got, true))),
                Err(_) => Some((Err(BodyFault::TooSlow), (payload, got, true))),
            }
        },
    )
}

/// How long `got` bytes may take at `rate` bytes a second; any rate will do when it is 0.
fn pace(got: u64, rate: u64) -> Duration {
    got.checked_div(rate)
        .map_or(Duration::from_hours(24), Duration::from_secs)
}

/// Reads JSON, and names the field where it does not fit.
#[expect(
    clippy::result_large_err,
    reason = "a problem is made once and answered at once"
)]
pub(super) fn read<T: DeserializeOwned>(text: &[u8]) -> Result<T, Problem> {
    let mut json = serde_json::Deserializer::from_slice(text);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let pointer = pointer(error.path());
        explain(&pointer, error.inner())
    })?;
    json.end().map_err(|error| explain("", &error))?;
    Ok(value)
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
            Segment::Enum { variant } => format!("/{variant}"),
            Segment::Unknown => String::new(),
        })
        .collect()
}

fn explain(pointer: &str, error: &serde_json::Error) -> Problem {
    if !error.is_data() {
        let (line, column) = (error.line(), error.column());
        let detail = format!("请求体不是正确的 JSON（第 {line} 行第 {column} 列附近）");
        return Problem::of(problem::MALFORMED, detail);
    }
    let fault = fault_of(pointer, &error.to_string());
    Problem::of(problem::INVALID, "填写的内容有 1 处需要更正").with(vec![fault])
}

/// What a value could have been, of the choices that serde lists in backticks.
pub(super) fn choices(sentence: &str) -> String {
    let listed = sentence.split_once("expected ").unwrap_or_default().1;
    let named = listed.split('`').skip(1).step_by(2);
    named.collect::<Vec<_>>().join("、")
}

/// What should have stood there; the names of our own types are nobody's business.
fn wanted(sentence: &str) -> &'static str {
    let expected = sentence.split_once("expected ").unwrap_or_default().1;
    let is = |beginnings: &[&str]| beginnings.iter().any(|one| expected.starts_with(one));
    if is(&[
        "a string",
        "a borrowed string",
        "a UUID",
        "a formatted UUID",
        "a civil date",
    ]) {
        "文字"
    } else if is(&["a sequence", "a tuple"]) {
        "数组"
    } else if is(&["a boolean"]) {
        "true 或 false"
    } else if is(&["struct", "a map", "internally tagged"]) {
        "对象"
    } else if is(&["u", "i", "f", "a number", "an integer"]) {
        "数"
    } else {
        "其他类型"
    }
}

/// Puts serde's sentence into Chinese, with a stable code.
fn fault_of(pointer: &str, sentence: &str) -> Fault {
    let named = || sentence.split('`').nth(1).unwrap_or_default();
    if sentence.starts_with("missing field") {
        return Fault::at(format!("{pointer}/{}", named()), "required", "缺少此字段");
    }
    if sentence.starts_with("unknown field") {
        let place = if pointer.ends_with(&format!("/{}", named())) {
            pointer.to_owned()
        } else {
            format!("{pointer}/{}", named())
        };
        return Fault::at(place, "unknown", "没有此字段，请检查拼写");
    }
    if sentence.starts_with("unknown variant") {
        return Fault::at(
            pointer,
            "not_a_choice",
            format!("只能是：{}", choices(sentence)),
        );
    }
    if sentence.starts_with("invalid type") || sentence.starts_with("invalid length") {
        return Fault::at(
            pointer,
            "wrong_type",
            format!("类型不对，应为{}", wanted(sentence)),
        );
    }
    if sentence.starts_with("duplicate field") {
        return Fault::at(pointer, "repeated", "字段重复");
    }
    let own = sentence.split(" at line").next().unwrap_or_default();
    let detail = if own.is_ascii() {
        "格式不正确"
    } else {
        own
    };
    Fault::at(pointer, "malformed", detail)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only the reading of it is looked at")]
    struct Asked {
        title: String,
        count: Option<u8>,
        inner: Option<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only the reading of it is looked at")]
    struct Inner {
        id: uuid::Uuid,
    }

    #[test]
    fn each_fault_names_its_field_and_speaks_chinese() {
        let cases = [
            (r"{", "MALFORMED"),
            (r#"{"title":"a"} x"#, "MALFORMED"),
            (r"{}", "/title required"),
            (r#"{"title":"a","colour":1}"#, "/colour unknown"),
            (r#"{"title":1}"#, "/title wrong_type"),
            (r#"{"title":"a","count":-1}"#, "/count malformed"),
            (r#"{"title":"a","inner":{"id":"x"}}"#, "/inner/id malformed"),
            (r#"{"title":"a","inner":{"id2":"x"}}"#, "/inner/id2 unknown"),
        ];
        for (text, expected) in cases {
            let problem = read::<Asked>(text.as_bytes()).unwrap_err();
            let shown = serde_json::to_value(&problem).unwrap();
            let fault = &shown["errors"][0];
            let found = match fault["pointer"].as_str() {
                None => "MALFORMED".to_owned(),
                Some(pointer) => format!("{pointer} {}", fault["code"].as_str().unwrap()),
            };
            assert_eq!(found, expected, "{text}");
            let detail = fault["detail"]
                .as_str()
                .or(shown["detail"].as_str())
                .unwrap();
            assert!(!detail.is_ascii(), "{text}: {detail}");
        }
    }
}
