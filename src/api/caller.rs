//! From a bearer token to who is asking.

use actix_web::{
    FromRequest, HttpMessage as _, HttpRequest,
    body::MessageBody,
    dev::{Payload, ServiceRequest, ServiceResponse},
    http::header,
    middleware::Next,
    web::Data,
};
use futures_util::future::LocalBoxFuture;

use super::{Problem, client, rates::Rates};
use crate::app::{Caller, Error, Hub};

/// Who asks, as far as it is known before a handler is called.
struct Known(Result<Caller, Error>);

/// Finds out who asks before anything else of a request is looked at: who has no good token is
/// told so, and nothing about what they asked.
pub(super) async fn recognised(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let known = Known(recognise(request.request()).await);
    request.extensions_mut().insert(known);
    next.call(request).await
}

impl FromRequest for Caller {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let known = request.extensions_mut().remove::<Known>();
        let request = request.clone();
        Box::pin(async move {
            let caller = match known {
                Some(Known(caller)) => caller?,
                None => recognise(&request).await?,
            };
            tracing::Span::current().record("user", tracing::field::display(caller.user()));
            Ok(caller)
        })
    }
}

async fn recognise(request: &HttpRequest) -> Result<Caller, Error> {
    let hub = request
        .app_data::<Data<Hub>>()
        .ok_or(Error::Unavailable(None))?;
    let token = token(request).ok_or(Error::Unauthenticated)?;
    let address = client::address(request).map(|address| address.to_string());
    let caller = hub.authenticate(&token, address).await?;
    if let Some(rates) = request.app_data::<Data<Rates>>() {
        rates.admit(&caller)?;
    }
    Ok(caller)
}

/// The cookie that the hub's own pages keep a token in.
const COOKIE: &str = "wenshu_access";

/// The caller's token: from the header, or from the cookie of the hub's own pages, in a request
/// that only reads or that comes from such a page.
pub(super) fn token(request: &HttpRequest) -> Option<String> {
    if request.headers().contains_key(header::AUTHORIZATION) {
        return bearer(request).map(str::to_owned);
    }
    let vouched = request.method().is_safe() || comes_from_here(request);
    let cookie = request.cookie(COOKIE).filter(|_| vouched)?;
    Some(cookie.value().to_owned()).filter(|token| !token.is_empty())
}

/// Whether a browser says that one of our own pages sent the request. On plain HTTP it says no
/// more than where the page stood.
fn comes_from_here(request: &HttpRequest) -> bool {
    if let Some(site) = request.headers().get("sec-fetch-site") {
        return site == "same-origin";
    }
    let origin = request
        .headers()
        .get(header::ORIGIN)
        .and_then(|origin| origin.to_str().ok());
    let stood = origin.and_then(|origin| origin.split_once("://"));
    stood.is_some_and(|(_, host)| Some(host) == client::host(request))
}

/// The token of an `Authorization: Bearer` header. Two such headers are none.
fn bearer(request: &HttpRequest) -> Option<&str> {
    let mut headers = request.headers().get_all(header::AUTHORIZATION);
    let value = headers.next()?.to_str().ok()?;
    if headers.next().is_some() {
        return None;
    }
    let (scheme, token) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then_some(token.trim())
}
