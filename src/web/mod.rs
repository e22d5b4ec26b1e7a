//! Pages for people: what has come in, what was sent, what must be answered, and search. They
//! are useful without the script, a little better with it, and another thin face of the same acts as the API.

mod cookies;
mod faults;
mod frame;
mod pages;
mod posted;

use actix_web::{
    HttpResponse,
    web::{self, QueryConfig, ServiceConfig},
};

use self::faults::Fault;
use crate::app::Error;

const STYLE: &str = include_str!("assets/wenshu.css");
const SCRIPT: &str = include_str!("assets/wenshu.js");

/// Mounts the pages.
pub fn mount(config: &mut ServiceConfig) {
    config
        .app_data(QueryConfig::default().error_handler(|_, _| unreadable().into()))
        .route("/assets/wenshu.css", web::get().to(style))
        .route("/assets/wenshu.js", web::get().to(script))
        .route("/", web::get().to(pages::inbox::home))
        .route("/login", web::get().to(pages::session::ask))
        .route("/login", web::post().to(pages::session::log_in))
        .route("/logout", web::post().to(pages::session::log_out))
        .route("/renew", web::get().to(pages::session::renew))
        .route("/password", web::get().to(pages::session::ask_password))
        .route("/password", web::post().to(pages::session::change_password))
        .route("/inbox", web::get().to(pages::inbox::show))
        .route("/sent", web::get().to(pages::sent::show))
        .route("/documents/{id}", web::get().to(pages::document::show))
        .route("/inbox/sign", web::post().to(pages::acts::sign_many))
        .route("/deliveries/{id}/{act}", web::post().to(pages::acts::act))
        .route("/receipts/{id}/print", web::get().to(pages::receipt::print))
        .route("/obligations", web::get().to(pages::obligations::show))
        .route(
            "/obligations/views",
            web::post().to(pages::obligations::keep_view),
        )
        .route(
            "/obligations/views/{id}/remove",
            web::post().to(pages::obligations::remove_view),
        )
        .route("/statistics", web::get().to(pages::statistics::show))
        .route("/statistics/rows", web::get().to(pages::statistics::rows))
        .route("/search", web::get().to(pages::search::show))
        .route("/search/suggest", web::get().to(pages::search::suggest))
        .route(
            "/search/similar/{id}",
            web::get().to(pages::search::similar),
        )
        .route("/search/saved", web::post().to(pages::saved_searches::keep))
        .route(
            "/search/saved/{id}/alert",
            web::post().to(pages::saved_searches::watch),
        )
        .route(
            "/search/saved/{id}/remove",
            web::post().to(pages::saved_searches::remove),
        );
}

/// What is said to an address whose query names a thing twice, or cannot be read.
fn unreadable() -> Fault {
    let detail = "网址不完整或有重复的部分，请从菜单重新进入";
    Fault::Told(Error::invalid("", "malformed", detail))
}

async fn style() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/css; charset=utf-8")
        .body(STYLE)
}

async fn script() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/javascript; charset=utf-8")
        .body(SCRIPT)
}
