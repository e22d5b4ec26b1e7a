//! Asks the hub over HTTP like everybody else, with a watch in hand.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::figures::Figure;
use crate::cli::told;

/// A person who is logged in.
pub(super) struct Client {
    http: reqwest::Client,
    base: String,
    token: String,
}

impl Client {
    /// Logs somebody in.
    pub(super) async fn log_in(public: &str, login: &str, password: &str) -> Result<Self, String> {
        // A plain connection needs no provider, but the client asks for one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .no_proxy()
            .tcp_nodelay(true)
            .build()
            .map_err(|error| told(&error))?;
        let mut client = Self {
            http,
            base: format!("{public}/api/v1"),
            token: String::new(),
        };
        let asked = json!({ "login": login, "password": password });
        let (answer, _) = client.post("auth/login", &asked).await?;
        answer["access_token"]
            .as_str()
            .ok_or("登录没有得到令牌")?
            .clone_into(&mut client.token);
        Ok(client)
    }

    /// Reads something. Gives how long it took until the last byte was here.
    pub(super) async fn get(&self, path: &str) -> Result<(Value, Duration), String> {
        let request = self.http.get(format!("{}/{path}", self.base));
        self.ask(path, request).await
    }

    /// Reads a page again and again.
    pub(super) async fn page(&self, path: &str, repeat: usize) -> Result<Figure, String> {
        // What is cold is not what is compared.
        for _ in 0..5.min(repeat) {
            self.get(path).await?;
        }
        let (mut took, mut rows) = (Vec::with_capacity(repeat), None);
        for _ in 0..repeat {
            let (page, time) = self.get(path).await?;
            rows = page["items"].as_array().map(Vec::len);
            took.push(time);
        }
        Ok(Figure::of(took).with_rows(rows))
    }

    /// Reads something that is not JSON; gives its length too.
    pub(super) async fn download(&self, path: &str) -> Result<(usize, Duration), String> {
        let request = self.http.get(format!("{}/{path}", self.base));
        let (bytes, took) = self.bytes(path, request).await?;
        Ok((bytes.len(), took))
    }

    /// Reads something if the hub has the time; nothing where it asks to come again later.
    pub(super) async fn if_free(&self, path: &str) -> Result<Option<Duration>, String> {
        let request = self.http.get(format!("{}/{path}", self.base));
        let (status, bytes, took) = self.answer(request).await?;
        match status {
            StatusCode::SERVICE_UNAVAILABLE => Ok(None),
            _ => Self::good(path, status, bytes).map(|_| Some(took)),
        }
    }

    /// Does something.
    pub(super) async fn post(&self, path: &str, body: &Value) -> Result<(Value, Duration), String> {
        let request = self.http.post(format!("{}/{path}", self.base)).json(body);
        self.ask(path, request).await
    }

    /// Uploads a text; gives its number.
    pub(super) async fn upload(&self, text: &'static str) -> Result<Value, String> {
        let path = "uploads?name=%E6%AD%A3%E6%96%87.txt";
        let request = self.http.post(format!("{}/{path}", self.base)).body(text);
        Ok(self.ask(path, request).await?.0["id"].clone())
    }

    async fn ask(
        &self,
        path: &str,
        request: reqwest::RequestBuilder,
    ) -> Result<(Value, Duration), String> {
        let (bytes, took) = self.bytes(path, request).await?;
        let answer = serde_json::from_slice(&bytes).map_err(|error| told(&error))?;
        Ok((answer, took))
    }

    async fn bytes(
        &self,
        path: &str,
        request: reqwest::RequestBuilder,
    ) -> Result<(bytes::Bytes, Duration), String> {
        let (status, bytes, took) = self.answer(request).await?;
        Ok((Self::good(path, status, bytes)?, took))
    }

    /// What is answered, and how long it took until the last byte was here.
    async fn answer(
        &self,
        request: reqwest::RequestBuilder,
    ) -> Result<(StatusCode, bytes::Bytes, Duration), String> {
        let request = request.bearer_auth(&self.token);
        let began = Instant::now();
        let response = request.send().await.map_err(|error| told(&error))?;
        let status = response.status();
        let bytes = response.bytes().await.map_err(|error| told(&error))?;
        Ok((status, bytes, began.elapsed()))
    }

    fn good(path: &str, status: StatusCode, bytes: bytes::Bytes) -> Result<bytes::Bytes, String> {
        if status.is_success() {
            return Ok(bytes);
        }
        let said = String::from_utf8_lossy(&bytes);
        Err(format!("{path}：{status} {said}"))
    }
}

/// The text that a value must be.
pub(super) fn text_of(value: &Value) -> Result<&str, String> {
    value.as_str().ok_or_else(|| format!("不是文字：{value}"))
}
