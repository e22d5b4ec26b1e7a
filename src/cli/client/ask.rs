//! One request of a client, and where its bytes are.

use std::path::PathBuf;

use bytes::Bytes;
use reqwest::Method;
use secrecy::SecretString;
use serde_json::Value;

use super::trouble::Result;
use crate::cli::told;

/// One request, as often as it must be sent.
#[derive(Debug)]
pub(in crate::cli) struct Ask {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) query: Vec<(&'static str, String)>,
    pub(super) key: Option<String>,
    pub(super) body: Body,
}

/// Where the bytes of an upload are.
#[derive(Debug, Clone)]
pub(in crate::cli) enum Content {
    File(PathBuf),
    Text(Bytes),
}

#[derive(Debug)]
pub(super) enum Body {
    None,
    Json(Bytes),
    Form(Vec<(&'static str, SecretString)>),
    Content(Content, u64),
}

impl Ask {
    pub(in crate::cli) fn get(path: impl Into<String>) -> Self {
        Self {
            method: Method::GET,
            path: path.into(),
            query: Vec::new(),
            key: None,
            body: Body::None,
        }
    }

    pub(in crate::cli) fn post(path: impl Into<String>, body: &Value) -> Self {
        let body = Body::Json(body.to_string().into());
        Self {
            method: Method::POST,
            body,
            ..Self::get(path)
        }
    }

    /// A form, whose values are not shown.
    pub(in crate::cli) fn form(
        path: impl Into<String>,
        form: Vec<(&'static str, SecretString)>,
    ) -> Self {
        Self {
            method: Method::POST,
            body: Body::Form(form),
            ..Self::get(path)
        }
    }

    pub(in crate::cli) fn upload(name: &str, content: &Content, size: u64) -> Self {
        let ask = Self {
            method: Method::POST,
            body: Body::Content(content.clone(), size),
            ..Self::get("uploads")
        };
        ask.with("name", name)
    }

    pub(in crate::cli) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    pub(in crate::cli) fn once(mut self, key: String) -> Self {
        self.key = Some(key);
        self
    }
}

/// The bytes of an upload, as they are read.
pub(super) async fn stream(content: &Content) -> Result<reqwest::Body> {
    match content {
        Content::Text(bytes) => Ok(bytes.clone().into()),
        Content::File(path) => {
            let file = tokio::fs::File::open(path).await;
            let file = file.map_err(|error| format!("{}：{}", path.display(), told(&error)))?;
            Ok(file.into())
        }
    }
}
