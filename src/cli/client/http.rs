//! Asks the hub, and asks again where that helps.

use std::{fs, path::Path, time::Duration};

use bytes::Bytes;
use reqwest::{
    Certificate, StatusCode,
    header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER},
    redirect::Policy,
};
use secrecy::ExposeSecret as _;
use serde::de::DeserializeOwned;
use tokio::time::{Instant, sleep};
use url::{Host, Url};

pub(in crate::cli) use super::ask::{Ask, Content};
use super::{
    ask::{Body, stream},
    trouble::{Refusal, Result, Trouble},
};
use crate::cli::told;

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(10);
/// How long an answer may take, beyond the time for the bytes of an upload.
const ANSWER: Duration = Duration::from_mins(2);
/// The slowest upload that a hub accepts by default, in bytes a second.
const SLOWEST: u64 = 8 << 10;
/// The first and the longest rest before a request is repeated.
pub(super) const RESTS: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(5));
/// A wait that is worth a word.
const LONG_WAIT: Duration = Duration::from_secs(5);

/// Whoever asks: has a token, and lets go of one that is no longer good.
pub(in crate::cli) trait Tokens {
    /// An access token that is still good for a while.
    async fn token(&self, client: &Client) -> Result<String>;
    /// Lets go of a token that the hub no longer accepts.
    async fn forget(&self, token: &str);
}

/// Somebody without a token.
struct Nobody;

impl Tokens for Nobody {
    async fn token(&self, _: &Client) -> Result<String> {
        Err(Trouble::LoggedOut("尚未登录".to_owned()))
    }

    async fn forget(&self, _: &str) {}
}

/// Where the hub is, and how it is reached.
pub(in crate::cli) struct Reach<'a> {
    pub(in crate::cli) hub: &'a Url,
    /// Certificates that are trusted as well.
    pub(in crate::cli) ca: Option<&'a Path>,
    pub(in crate::cli) allow_http: bool,
    /// For how long it is tried when there is no good answer.
    pub(in crate::cli) patience: Duration,
}

/// What one try came to.
pub(super) enum Tried {
    Answered(Bytes),
    /// The hub asks to come back later.
    Later(Duration, String),
    /// The token is no longer good.
    LoggedOut(String),
    /// Repeating may help for a while.
    Unwell(String),
    Failed(Trouble),
}

/// A client of one hub.
pub(in crate::cli) struct Client {
    http: reqwest::Client,
    base: Url,
    pub(super) patience: Duration,
    say: Box<dyn Fn(&str) + Send + Sync>,
}

impl Client {
    pub(in crate::cli) fn new(
        reach: &Reach<'_>,
        say: impl Fn(&str) + Send + Sync + 'static,
    ) -> std::result::Result<Self, String> {
        let hub = reach.hub;
        let near = is_loopback(hub);
        if hub.scheme() != "https" && !near && !reach.allow_http {
            return Err(format!(
                "{hub} 不加密，口令和文书会以明文传输；请用 https，或在可信网络中加 --allow-http"
            ));
        }
        let base = hub
            .join("/api/v1/")
            .map_err(|error| format!("文枢的地址有误：{error}"))?;
        // Whoever installed another provider before has chosen it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut http = reqwest::Client::builder()
            .connect_timeout(CONNECT)
            .tcp_nodelay(true)
            // A redirect would carry passwords somewhere else.
            .redirect(Policy::none());
        if near {
            http = http.no_proxy();
        }
        if let Some(path) = reach.ca {
            let pem = fs::read(path).map_err(|e| format!("{}：{}", path.display(), told(&e)))?;
            let certificates = Certificate::from_pem_bundle(&pem)
                .map_err(|error| format!("{}：{}", path.display(), told(&error)))?;
            http = http.tls_certs_merge(certificates);
        }
        let http = http.build().map_err(|error| told(&error))?;
        Ok(Self {
            http,
            base,
            patience: reach.patience,
            say: Box::new(say),
        })
    }

    /// Asks on somebody's behalf, and reads the answer.
    pub(in crate::cli) async fn ask<T: DeserializeOwned>(
        &self,
        who: &impl Tokens,
        ask: Ask,
    ) -> Result<T> {
        let bytes = self.insist(Some(who), &ask).await?;
        let bytes: &[u8] = if bytes.is_empty() { b"null" } else { &bytes };
        serde_json::from_slice(bytes)
            .map_err(|error| Trouble::Stop(format!("文枢的回答无法读取（{}）：{error}", ask.path)))
    }

    /// Asks on nobody's behalf.
    pub(in crate::cli) async fn ask_openly<T: DeserializeOwned>(&self, ask: Ask) -> Result<T> {
        let bytes = self.insist(None::<&Nobody>, &ask).await?;
        serde_json::from_slice(&bytes)
            .map_err(|error| Trouble::Stop(format!("文枢的回答无法读取（{}）：{error}", ask.path)))
    }

    async fn insist<W: Tokens>(&self, who: Option<&W>, ask: &Ask) -> Result<Bytes> {
        let mut unwell_since = None;
        let mut rest = RESTS.0;
        let mut logged_out = false;
        loop {
            let token = match who {
                Some(session) => Some(Box::pin(session.token(self)).await?),
                None => None,
            };
            match self.try_once(token.as_deref(), ask).await {
                Tried::Answered(bytes) => return Ok(bytes),
                Tried::Failed(trouble) => return Err(trouble),
                Tried::Later(wait, reason) => {
                    unwell_since = None;
                    if wait >= LONG_WAIT {
                        (self.say)(&format!("{reason}；{} 秒后再试", wait.as_secs()));
                    }
                    sleep(wait).await;
                }
                Tried::LoggedOut(reason) if logged_out || who.is_none() => {
                    return Err(Trouble::LoggedOut(reason));
                }
                Tried::LoggedOut(_) => {
                    logged_out = true;
                    if let (Some(session), Some(token)) = (who, &token) {
                        session.forget(token).await;
                    }
                }
                Tried::Unwell(reason) => {
                    let since = *unwell_since.get_or_insert_with(Instant::now);
                    if since.elapsed() + rest > self.patience {
                        return Err(Trouble::Unreachable(self.gave_up(&reason)));
                    }
                    sleep(rest).await;
                    rest = (rest * 2).min(RESTS.1);
                }
            }
        }
    }

    pub(super) fn gave_up(&self, reason: &str) -> String {
        format!(
            "{} 秒内一直无法得到 {} 的正常回答（{reason}）；\
             已完成的都已记下，排除故障后用同样的命令继续即可",
            self.patience.as_secs(),
            self.base.origin().ascii_serialization(),
        )
    }

    async fn try_once(&self, token: Option<&str>, ask: &Ask) -> Tried {
        let request = match self.request(token, ask).await {
            Ok(request) => request,
            Err(trouble) => return Tried::Failed(trouble),
        };
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) => return Tried::Unwell(told(&error.without_url())),
        };
        let status = response.status();
        let wait = response
            .headers()
            .get(RETRY_AFTER)
            .and_then(|value| value.to_str().ok());
        let wait = wait
            .and_then(|text| text.trim().parse().ok())
            .map(Duration::from_secs);
        match response.bytes().await {
            Ok(bytes) if status.is_success() => Tried::Answered(bytes),
            Ok(bytes) => judge(status, wait, &bytes),
            Err(error) => Tried::Unwell(told(&error.without_url())),
        }
    }

    pub(super) async fn request(
        &self,
        token: Option<&str>,
        ask: &Ask,
    ) -> Result<reqwest::RequestBuilder> {
        let url = self
            .base
            .join(&ask.path)
            .map_err(|error| error.to_string())?;
        let mut request = self.http.request(ask.method.clone(), url).query(&ask.query);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(key) = &ask.key {
            request = request.header("idempotency-key", key);
        }
        let (size, request) = match &ask.body {
            Body::None => (0, request),
            Body::Json(text) => (
                0,
                request
                    .header(CONTENT_TYPE, "application/json")
                    .body(text.clone()),
            ),
            Body::Form(fields) => {
                let fields: Vec<_> = fields
                    .iter()
                    .map(|(name, value)| (*name, value.expose_secret()))
                    .collect();
                (0, request.form(&fields))
            }
            Body::Content(content, size) => {
                let request = request
                    .header(CONTENT_TYPE, "application/octet-stream")
                    .header(CONTENT_LENGTH, *size);
                (*size, request.body(stream(content).await?))
            }
        };
        Ok(request.timeout(ANSWER + Duration::from_secs(size / SLOWEST)))
    }
}

fn is_loopback(hub: &Url) -> bool {
    match hub.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// What an answer that is not a good one means.
pub(super) fn judge(status: StatusCode, wait: Option<Duration>, body: &[u8]) -> Tried {
    let refusal = Refusal::read(status, body);
    match (status.as_u16(), wait) {
        (429 | 503 | 507, Some(wait)) => Tried::Later(wait, refusal.reason),
        (409, wait) if refusal.slug == "request-in-progress" => {
            Tried::Later(wait.unwrap_or(Duration::from_secs(1)), refusal.reason)
        }
        (408 | 429 | 500.., _) => Tried::Unwell(refusal.reason),
        (401, _) => Tried::LoggedOut(refusal.reason),
        (403, _) => Tried::Failed(Trouble::Forbidden(refusal.reason)),
        _ => Tried::Failed(Trouble::Refused(refusal)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(status: u16, wait: Option<u64>, slug: &str) -> &'static str {
        let body = format!(r#"{{"type":"/problems/{slug}","detail":"原因"}}"#);
        let status = StatusCode::from_u16(status).unwrap();
        match judge(status, wait.map(Duration::from_secs), body.as_bytes()) {
            Tried::Answered(_) => "answered",
            Tried::Later(..) => "later",
            Tried::LoggedOut(_) => "logged out",
            Tried::Unwell(_) => "unwell",
            Tried::Failed(Trouble::Refused(_)) => "refused",
            Tried::Failed(_) => "stop",
        }
    }

    #[test]
    fn each_answer_has_its_consequence() {
        let table = [
            (400, None, "malformed-request", "refused"),
            (401, None, "unauthenticated", "logged out"),
            (403, None, "forbidden", "stop"),
            (408, None, "too-slow", "unwell"),
            (409, Some(1), "request-in-progress", "later"),
            (409, None, "wrong-state", "refused"),
            (413, None, "too-large", "refused"),
            (415, None, "unsupported-type", "refused"),
            (422, None, "secrecy-refused", "refused"),
            (429, Some(3600), "quota-reached", "later"),
            (429, None, "too-many-requests", "unwell"),
            (500, None, "internal", "unwell"),
            (502, None, "", "unwell"),
            (503, Some(2), "unavailable", "later"),
            (507, Some(60), "insufficient-storage", "later"),
        ];
        for (status, wait, slug, expected) in table {
            assert_eq!(judged(status, wait, slug), expected, "{status} {slug}");
        }
    }
}
