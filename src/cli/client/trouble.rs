//! What the hub does not accept, and what ends a command.

use reqwest::StatusCode;
use serde::Deserialize;

/// Why a request has no good answer.
#[derive(Debug)]
pub(in crate::cli) enum Trouble {
    /// The hub does not accept this one thing; the next may go well.
    Refused(Refusal),
    /// It is not for this caller to do.
    Forbidden(String),
    /// Nobody is logged in any more.
    LoggedOut(String),
    /// The hub has given no good answer for as long as there was patience.
    Unreachable(String),
    /// Nothing can go on.
    Stop(String),
}

/// What the hub says to something that it does not accept.
#[derive(Debug, Default)]
pub(in crate::cli) struct Refusal {
    /// The end of the problem's `type`.
    pub(in crate::cli) slug: String,
    /// The whole reason, in Chinese.
    pub(in crate::cli) reason: String,
    /// The fields with their codes.
    pub(in crate::cli) faults: Vec<(String, String)>,
}

pub(in crate::cli) type Result<T> = std::result::Result<T, Trouble>;

impl Trouble {
    pub(in crate::cli) fn told(self) -> String {
        match self {
            Self::Refused(refusal) => refusal.reason,
            Self::Forbidden(sentence)
            | Self::LoggedOut(sentence)
            | Self::Unreachable(sentence)
            | Self::Stop(sentence) => sentence,
        }
    }
}

impl From<String> for Trouble {
    fn from(sentence: String) -> Self {
        Self::Stop(sentence)
    }
}

/// The body of a problem (RFC 9457).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Problem {
    #[serde(rename = "type")]
    kind: String,
    title: String,
    detail: String,
    errors: Vec<Fault>,
    /// RFC 6749 has its own word for it.
    error_description: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Fault {
    pointer: String,
    code: String,
    detail: String,
}

impl Refusal {
    /// Reads the body of a problem; of what is none, the status must do.
    pub(in crate::cli) fn read(status: StatusCode, body: &[u8]) -> Self {
        let problem: Problem = serde_json::from_slice(body).unwrap_or_default();
        let mut reason = if problem.detail.is_empty() {
            problem.title
        } else {
            problem.detail
        };
        if reason.is_empty() {
            reason = problem.error_description;
        }
        if reason.is_empty() {
            reason = format!("HTTP {status}");
        }
        let named: Vec<String> = problem
            .errors
            .iter()
            .filter(|fault| fault.detail != reason)
            .map(|fault| format!("{} {}", fault.pointer, fault.detail))
            .collect();
        if !named.is_empty() {
            reason = format!("{reason}：{}", named.join("；"));
        }
        let slug = problem
            .kind
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .to_owned();
        let faults = problem
            .errors
            .into_iter()
            .map(|fault| (fault.pointer, fault.code));
        Self {
            slug,
            reason,
            faults: faults.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_its_fields_once() {
        let body = r#"{"detail":"有 1 处需要更正","errors":[
            {"pointer":"/fields/maker","code":"required","detail":"请填写“制定机关”"}]}"#;
        let refusal = Refusal::read(StatusCode::UNPROCESSABLE_ENTITY, body.as_bytes());
        assert_eq!(
            refusal.reason,
            "有 1 处需要更正：/fields/maker 请填写“制定机关”"
        );
        let body = r#"{"detail":"文件是空的","errors":[
            {"pointer":"/file","code":"empty","detail":"文件是空的"}]}"#;
        let refusal = Refusal::read(StatusCode::UNPROCESSABLE_ENTITY, body.as_bytes());
        assert_eq!(refusal.reason, "文件是空的");
    }
}
