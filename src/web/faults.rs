//! What a page says when something cannot be done.

use std::fmt;

use actix_web::{
    HttpResponse, ResponseError,
    http::{StatusCode, header},
};
use askama::Template;

use crate::app::{self, Error};

/// A page instead of the one that was asked for.
#[derive(Debug)]
pub(super) enum Fault {
    /// Somebody must log in first, and then comes back here.
    LogIn(String),
    /// The one-time password must be changed first.
    ChangePassword,
    /// It cannot be done, and why.
    Told(Error),
}

#[derive(Template)]
#[template(path = "fault.html")]
struct FaultPage {
    title: &'static str,
    detail: String,
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        match error {
            Error::Unauthenticated => Self::LogIn("/inbox".to_owned()),
            Error::PasswordChangeNeeded => Self::ChangePassword,
            other => Self::Told(other),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LogIn(_) => f.write_str("log in first"),
            Self::ChangePassword => f.write_str("change the password first"),
            Self::Told(error) => error.fmt(f),
        }
    }
}

impl ResponseError for Fault {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::LogIn(_) | Self::ChangePassword => StatusCode::SEE_OTHER,
            Self::Told(Error::NotFound) => StatusCode::NOT_FOUND,
            Self::Told(Error::Forbidden(_)) => StatusCode::FORBIDDEN,
            Self::Told(Error::TooMany(_)) => StatusCode::TOO_MANY_REQUESTS,
            Self::Told(Error::WrongState(_) | Error::Stale | Error::Taken(_)) => {
                StatusCode::CONFLICT
            }
            Self::Told(Error::Invalid(_) | Error::UnreadableQuery(_)) => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            Self::Told(Error::Unavailable(_) | Error::Full) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Told(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let error = match self {
            Self::LogIn(next) => return go(&format!("/renew?next={}", encoded(next))),
            Self::ChangePassword => return go("/password"),
            Self::Told(error) => error,
        };
        if let Error::Internal(source) = error {
            tracing::error!(error = &**source as &dyn std::error::Error, "page failed");
        }
        let page = FaultPage {
            title: "无法完成",
            detail: sentence(error),
        };
        let html = page.render().unwrap_or_default();
        HttpResponse::build(self.status_code())
            .content_type("text/html; charset=utf-8")
            .body(html)
    }
}

/// What went wrong, with each field's own sentence.
pub(super) fn sentence(error: &Error) -> String {
    match error {
        Error::Invalid(faults) => faults
            .iter()
            .map(|fault| fault.detail.as_str())
            .collect::<Vec<_>>()
            .join("；"),
        Error::Taken(fault) => fault.detail.clone(),
        other => other.to_string(),
    }
}

/// Sends the browser elsewhere.
pub(super) fn go(place: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, place))
        .finish()
}

/// A path as part of a query.
pub(super) fn encoded(path: &str) -> String {
    url::form_urlencoded::byte_serialize(path.as_bytes()).collect()
}

/// Renders a page.
pub(super) fn page(template: &impl Template) -> Result<HttpResponse, Fault> {
    let html = template.render().map_err(app::Error::internal)?;
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .body(html))
}
