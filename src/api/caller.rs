//! From a bearer token to who is asking.

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header, web::Data};
use futures_util::future::LocalBoxFuture;

use super::{Problem, client, rates::Rates};
use crate::app::{Caller, Error, Hub};

impl FromRequest for Caller {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let hub = request
                .app_data::<Data<Hub>>()
                .ok_or(Error::Unavailable(None))?;
            let token = bearer(&request).ok_or(Error::Unauthenticated)?;
            let address = client::address(&request).map(|address| address.to_string());
            let caller = hub.authenticate(token, address).await?;
            if let Some(rates) = request.app_data::<Data<Rates>>() {
                rates.admit(&caller)?;
            }
            tracing::Span::current().record("user", tracing::field::display(caller.user()));
            Ok(caller)
        })
    }
}

/// The token of an `Authorization: Bearer` header. Two such headers are none.
fn bearer(request: &HttpRequest) -> Option<&str> {
    let mut headers = request.headers().get_all(header::AUTHORIZATION);
    let value = headers.next()?.to_str().ok()?;
    if headers.next().is_some() {
        return None;
    }
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}
