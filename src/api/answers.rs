//! How a change is answered: once, also when it is asked for twice.

use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload, http::header};
use futures_util::future::{Ready, ready};
use serde::Serialize;

use super::{Problem, problem};
use crate::app::{Answer, Begun, Caller, Error, Fault, Hub, Once, Work};

/// The longest idempotency key.
const KEY_MAX: usize = 255;

/// The caller's `Idempotency-Key`, if they sent one, and the route it is for.
pub struct RepeatKey {
    key: Option<String>,
    route: String,
}

impl FromRequest for RepeatKey {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let route = format!("{} {}", request.method(), request.path());
        let Some(value) = request.headers().get("idempotency-key") else {
            return ready(Ok(Self { key: None, route }));
        };
        let key = value
            .to_str()
            .ok()
            .map(|key| key.trim().trim_matches('"').to_owned());
        let fits = key.as_ref().is_some_and(|key| {
            (1..=KEY_MAX).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic())
        });
        ready(if fits {
            Ok(Self { key, route })
        } else {
            let detail = format!("Idempotency-Key 须为 1 至 {KEY_MAX} 个可见的 ASCII 字符");
            let fault = Fault::at("Idempotency-Key", "malformed", &detail);
            Err(Problem::of(problem::MALFORMED, detail).with(vec![fault]))
        })
    }
}

impl RepeatKey {
    /// For what is never answered twice.
    #[must_use]
    pub fn none() -> Self {
        Self {
            key: None,
            route: String::new(),
        }
    }

    /// Does something once and answers it; asked again, answers the same.
    pub async fn once(
        self,
        hub: &Hub,
        caller: Caller,
        fingerprint: [u8; 32],
        act: impl AsyncFnOnce(&mut Work) -> Result<Answer, Error>,
    ) -> Result<HttpResponse, Problem> {
        let once = self.key.map(|key| Once {
            key,
            route: self.route,
            fingerprint,
        });
        let answer = match hub.begin(caller, once).await? {
            Begun::Repeated(answer) => answer,
            Begun::Work(mut work) => {
                let answer = act(&mut work).await?;
                work.finish(answer).await?
            }
        };
        Ok(respond(answer))
    }
}

impl RepeatKey {
    /// Does what keeps its own units of work, and keeps the answer afterwards where `act` says
    /// that it is final. What is done must be harmless to do again, since two may begin at once.
    pub async fn afterwards(
        self,
        hub: &Hub,
        caller: Caller,
        fingerprint: [u8; 32],
        act: impl AsyncFnOnce() -> Result<(Answer, bool), Error>,
    ) -> Result<HttpResponse, Problem> {
        let Some(key) = self.key else {
            return Ok(respond(act().await?.0));
        };
        let once = Once {
            key,
            route: self.route,
            fingerprint,
        };
        if let Some(answer) = hub.answered_before(&caller, &once).await? {
            return Ok(respond(answer));
        }
        let (answer, is_final) = act().await?;
        if !is_final {
            return Ok(respond(answer));
        }
        let answer = match hub.begin(caller, Some(once)).await? {
            Begun::Repeated(answer) => answer,
            Begun::Work(work) => work.finish(answer).await?,
        };
        Ok(respond(answer))
    }
}

fn respond(answer: Answer) -> HttpResponse {
    let status = actix_web::http::StatusCode::from_u16(answer.status);
    let mut response = HttpResponse::build(status.unwrap_or_default());
    if let Some(etag) = answer.etag {
        response.insert_header((header::ETAG, etag));
    }
    if let Some(location) = answer.location {
        response.insert_header((header::LOCATION, location));
    }
    if answer.body.is_empty() {
        return response.finish();
    }
    response.content_type("application/json").body(answer.body)
}

/// A 200 that shows something.
pub fn shows(view: &impl Serialize) -> Result<Answer, Error> {
    Ok(Answer {
        status: 200,
        etag: None,
        location: None,
        body: serde_json::to_string(view).map_err(Error::internal)?,
    })
}

/// A 201 that shows what was made, and where it is.
pub fn created(location: String, view: &impl Serialize) -> Result<Answer, Error> {
    Ok(Answer {
        status: 201,
        location: Some(location),
        ..shows(view)?
    })
}

/// A 204.
#[must_use]
pub fn nothing() -> Answer {
    Answer {
        status: 204,
        etag: None,
        location: None,
        body: String::new(),
    }
}

/// The revision of what is shown.
pub trait Revised {
    /// Adds the revision as `ETag`.
    #[must_use]
    fn revised(self, revision: i64) -> Self;
}

impl Revised for Answer {
    fn revised(mut self, revision: i64) -> Self {
        self.etag = Some(etag(revision));
        self
    }
}

/// Shows something as it is at this revision.
#[must_use]
pub fn at_revision(revision: i64, view: &impl Serialize) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::ETAG, etag(revision)))
        .json(view)
}

/// The `ETag` of a revision.
fn etag(revision: i64) -> String {
    format!("\"{revision}\"")
}

/// The revision that an `If-Match` header names.
pub struct IfMatch(pub i64);

impl FromRequest for IfMatch {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let Some(value) = request.headers().get(header::IF_MATCH) else {
            return ready(Err(Error::RevisionNeeded.into()));
        };
        let text = value.to_str().unwrap_or_default().trim();
        let revision = text
            .strip_prefix('"')
            .and_then(|text| text.strip_suffix('"'));
        // What is no revision of ours fits none.
        let revision = revision.and_then(|text| text.parse().ok());
        ready(revision.map(Self).ok_or_else(|| Error::Stale.into()))
    }
}
