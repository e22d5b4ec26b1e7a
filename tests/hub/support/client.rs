//! Somebody with a browser: asks, and keeps what was answered.

use std::{future::IntoFuture, pin::Pin};

use reqwest::{Method, header::HeaderMap};
use serde_json::Value;

use super::TestHub;

/// What every answer carries, whatever it says (docs/security: headers).
const DRESS: [&str; 10] = [
    "strict-transport-security",
    "x-content-type-options",
    "referrer-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "permissions-policy",
    "x-frame-options",
    "cache-control",
    "content-security-policy",
    "x-request-id",
];

/// Somebody who asks: a person by login, or nobody.
#[derive(Clone, Copy)]
pub struct Asking<'a> {
    pub hub: &'a TestHub,
    pub login: Option<&'a str>,
}

/// A question that is being put together. Awaiting it asks.
pub struct Ask<'a> {
    who: Asking<'a>,
    method: Method,
    path: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Option<reqwest::Body>,
}

/// What was answered.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
    asked: String,
}

impl<'a> Asking<'a> {
    pub fn ask(self, method: &str, path: impl Into<String>) -> Ask<'a> {
        Ask {
            who: self,
            method: method.parse().unwrap(),
            path: path.into(),
            headers: Vec::new(),
            body: None,
        }
    }

    pub fn get(self, path: impl Into<String>) -> Ask<'a> {
        self.ask("GET", path)
    }

    pub fn delete(self, path: impl Into<String>) -> Ask<'a> {
        self.ask("DELETE", path)
    }

    pub fn post(self, path: impl Into<String>, body: &Value) -> Ask<'a> {
        self.ask("POST", path).json(body)
    }

    pub fn patch(self, path: impl Into<String>, revision: i64, body: &Value) -> Ask<'a> {
        self.ask("PATCH", path).json(body).if_match(revision)
    }

    /// Changes what is at a path, as it is now.
    pub async fn change(self, path: &str, body: &Value) -> Answer {
        let now = self.get(path).await;
        let tag = now
            .header("etag")
            .unwrap_or_else(|| panic!("{path} has no ETag"));
        self.ask("PATCH", path)
            .json(body)
            .header("if-match", tag)
            .await
    }

    /// Uploads a file under a name.
    pub fn upload(self, name: &str, bytes: impl Into<Vec<u8>>) -> Ask<'a> {
        let name: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
        self.ask("POST", format!("/api/v1/uploads?name={name}"))
            .body("application/octet-stream", bytes)
    }
}

impl Ask<'_> {
    #[must_use]
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers
            .push((name.to_owned(), value.as_ref().to_vec()));
        self
    }

    #[must_use]
    pub fn if_match(self, revision: i64) -> Self {
        self.header("if-match", format!("\"{revision}\""))
    }

    #[must_use]
    pub fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string())
    }

    #[must_use]
    pub fn body(self, kind: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.stream(kind, reqwest::Body::from(bytes.into()))
    }

    #[must_use]
    pub fn stream(mut self, kind: &str, body: reqwest::Body) -> Self {
        self.body = Some(body);
        self.header("content-type", kind)
    }

    async fn send(self) -> Answer {
        let asked = format!("{} {}", self.method, self.path);
        let url = format!("{}{}", self.who.hub.public, self.path);
        let mut request = self.who.hub.http.request(self.method, url);
        if let Some(login) = self.who.login {
            request = request.bearer_auth(self.who.hub.token_of(login).await);
        }
        for (name, value) in self.headers {
            request = request.header(name, value);
        }
        if let Some(body) = self.body {
            request = request.body(body);
        }
        let response = request
            .send()
            .await
            .unwrap_or_else(|error| panic!("{asked}: {error:?}"));
        let answer = Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            bytes: response
                .bytes()
                .await
                .map(|bytes| bytes.to_vec())
                .unwrap_or_default(),
            asked,
        };
        answer.is_dressed();
        answer
    }
}

impl<'a> IntoFuture for Ask<'a> {
    type Output = Answer;
    type IntoFuture = Pin<Box<dyn Future<Output = Answer> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|error| panic!("{}: {error}: {}", self.asked, self.text()))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The JSON of an answer that must have this status.
    #[track_caller]
    pub fn with(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}: {}", self.asked, self.text());
        if self.bytes.is_empty() {
            Value::Null
        } else {
            self.json()
        }
    }

    #[track_caller]
    pub fn ok(&self) -> Value {
        self.with(200)
    }

    /// The problem that must have been answered: its status and the end of its type.
    #[track_caller]
    pub fn problem(&self, status: u16, slug: &str) -> Value {
        let problem = self.with(status);
        assert_eq!(
            problem["type"],
            format!("/problems/{slug}"),
            "{}: {problem}",
            self.asked
        );
        problem
    }

    /// Where the fields are wrong, and how: `/title malformed`.
    pub fn faults(&self) -> Vec<String> {
        let problem = self.json();
        let faults = problem["errors"].as_array().cloned().unwrap_or_default();
        let one = |fault: &Value| {
            let part = |name: &str| fault[name].as_str().unwrap_or_default().to_owned();
            format!("{} {}", part("pointer"), part("code"))
        };
        faults.iter().map(one).collect()
    }

    /// Everything that a caller could tell two answers apart by, save the number of the request,
    /// the time, and whether the connection is kept, which depends on how much of a body was sent.
    pub fn face(&self) -> String {
        let mut headers: Vec<String> = self
            .headers
            .iter()
            .filter(|(name, _)| !["date", "x-request-id", "connection"].contains(&name.as_str()))
            .map(|(name, value)| format!("{name}: {value:?}"))
            .collect();
        headers.sort();
        let request = self.header("x-request-id").unwrap_or("none").to_owned();
        let body = self.text().replace(&request, "[request]");
        format!("{}\n{}\n{body}", self.status, headers.join("\n"))
    }

    fn is_dressed(&self) {
        for name in DRESS {
            assert!(
                self.headers.contains_key(name),
                "{} lacks {name}",
                self.asked
            );
        }
        assert!(
            !self.headers.contains_key("server"),
            "{} names the server",
            self.asked
        );
        assert_ne!(self.status, 500, "{}: {}", self.asked, self.text());
        // That address speaks the errors of RFC 6749.
        let foreign = self.asked.ends_with(" /oauth/token") && self.status != 405;
        if self.status >= 400 && self.status != 416 && !self.bytes.is_empty() && !foreign {
            let kind = self.header("content-type").unwrap_or_default();
            assert_eq!(
                kind,
                "application/problem+json",
                "{}: {}",
                self.asked,
                self.text()
            );
            let problem = self.json();
            assert_eq!(problem["status"], self.status, "{}", self.asked);
            assert_eq!(
                problem["instance"],
                self.header("x-request-id").unwrap(),
                "{}",
                self.asked
            );
        }
    }
}
