//! What a browser keeps of a session: the two tokens, out of reach of scripts and of other sites.
//!
//! A form on another site cannot act for a visitor: the cookies are `SameSite=Strict`, and a caller
//! is recognised by one only in a request that comes from the hub's own pages.

use actix_web::{
    HttpRequest, HttpResponse,
    cookie::{Cookie, SameSite},
};

use crate::app::{Hub, IssuedTokens};

/// Opens the hub for a short time; the API accepts it too, for what the pages link to.
pub(super) const ACCESS: &str = "wenshu_access";

/// Gets the next pair.
const REFRESH: &str = "wenshu_refresh";

/// Gives the browser its tokens.
pub(super) fn keep(hub: &Hub, response: &mut HttpResponse, tokens: &IssuedTokens) {
    for (name, value) in [
        (ACCESS, &tokens.access_token),
        (REFRESH, &tokens.refresh_token),
    ] {
        set(hub, response, name, value.clone());
    }
}

/// Takes them back.
pub(super) fn forget(hub: &Hub, response: &mut HttpResponse) {
    for name in [ACCESS, REFRESH] {
        set(hub, response, name, String::new());
    }
}

/// The refresh token that the browser keeps.
pub(super) fn refresh_token(request: &HttpRequest) -> Option<String> {
    request
        .cookie(REFRESH)
        .map(|cookie| cookie.value().to_owned())
        .filter(|one| !one.is_empty())
}

fn set(hub: &Hub, response: &mut HttpResponse, name: &'static str, value: String) {
    let gone = value.is_empty();
    let mut cookie = Cookie::build(name, value)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(hub.config().hub.public_url.starts_with("https://"))
        .finish();
    if gone {
        cookie.make_removal();
    }
    // A cookie of our own making always fits a header.
    let _ = response.add_cookie(&cookie);
}
