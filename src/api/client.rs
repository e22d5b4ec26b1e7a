//! Where a request comes from.

use std::net::IpAddr;

use actix_web::{HttpRequest, web::Data};

use crate::app::Hub;

/// The client's address. A forwarded one is believed only from a configured proxy.
#[must_use]
pub fn address(request: &HttpRequest) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip();
    let hub = request.app_data::<Data<Hub>>()?;
    let proxies = &hub.config().server.trusted_proxies;
    if !proxies.iter().any(|network| network.contains(&peer)) {
        return Some(peer);
    }
    let forwarded = request.headers().get("x-forwarded-for")?.to_str().ok()?;
    // The last entry is the one that our proxy wrote.
    forwarded
        .rsplit(',')
        .next()?
        .trim()
        .parse()
        .ok()
        .or(Some(peer))
}

/// The host that the request is for, as the client itself says; forwarding headers are not asked.
#[must_use]
pub fn host(request: &HttpRequest) -> Option<&str> {
    let header = request.headers().get(actix_web::http::header::HOST);
    let header = header.and_then(|host| host.to_str().ok());
    header.or_else(|| {
        request
            .uri()
            .authority()
            .map(actix_web::http::uri::Authority::as_str)
    })
}
