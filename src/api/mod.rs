//! The REST interface: what was asked, by whom, and how the answer looks.
//!
//! A handler is a doorway: in, one call, out. The route table below is the only place that mounts
//! one, and the OpenAPI document is made of the same table.

mod acts;
mod answers;
mod archive;
mod audit;
mod auth;
mod batch;
mod body;
mod caller;
mod case_reports;
pub mod client;
mod clients;
mod deliveries;
mod delivery_acts;
mod documents;
mod duty_acts;
mod events;
mod files;
mod groups;
mod ledger_views;
mod lifecycle;
mod notifications;
mod oauth;
mod obligations;
pub mod openapi;
mod page;
mod pickups;
pub mod problem;
mod query;
mod rates;
mod receipts;
pub mod request_id;
mod rules;
mod saved_searches;
mod search;
mod statistics;
mod streams;
mod tus;
mod units;
mod uploads;
mod users;
mod views;
mod work;

pub use problem::Problem;
pub use rates::Rates;
pub use streams::{Streams, ring};

use actix_web::{
    HttpResponse, ResponseError as _, guard,
    http::{Method, header},
    middleware::from_fn,
    web::{self, ServiceConfig},
};

/// Mounts each handler under its path and lists it for the OpenAPI document.
macro_rules! routes {
    ($( $path:literal { $( $method:ident $room:ident :: $handler:ident ),+ $(,)? } )+) => {
        /// Every route: its method and path.
        pub const ROUTES: &[(&str, &str)] = &[$($((stringify!($method), $path)),+),+];

        fn mount(config: &mut ServiceConfig) {
            $(
                config.service(
                    web::resource($path)
                        $(.route(route(stringify!($method)).to($room::$handler)))+
                        .default_service(web::to(async || method_not_allowed(&[$(stringify!($method)),+])))
                        .wrap(from_fn(caller::recognised)),
                );
            )+
        }

        #[derive(utoipa::OpenApi)]
        #[openapi(paths($($($room::$handler),+),+))]
        pub(super) struct Paths;
    };
}

routes! {
    "/api/v1/setup" { POST auth::set_up }
    "/api/v1/auth/login" { POST auth::log_in }
    "/api/v1/auth/refresh" { POST auth::refresh }
    "/api/v1/auth/logout" { POST auth::log_out }
    "/api/v1/auth/password" { POST auth::change_password }
    "/api/v1/auth/me" { GET auth::me }
    "/oauth/token" { POST oauth::token }
    "/.well-known/jwks.json" { GET auth::key_set }
    "/api/v1/units" { GET units::list, POST units::enter }
    "/api/v1/units/{id}" { GET units::show, PATCH units::change }
    "/api/v1/units/{id}/capabilities" { GET units::capabilities }
    "/api/v1/clients" { GET clients::list, POST clients::enter }
    "/api/v1/clients/{id}" { GET clients::show, PATCH clients::change }
    "/api/v1/clients/{id}/secret" { POST clients::rotate }
    "/api/v1/groups" { GET groups::list, POST groups::enter }
    "/api/v1/groups/{id}" { GET groups::show, PATCH groups::change, DELETE groups::remove }
    "/api/v1/users" { GET users::list, POST users::enter }
    "/api/v1/users/{id}" { GET users::show, PATCH users::change }
    "/api/v1/users/{id}/password" { POST users::reset_password }
    "/api/v1/kinds" { GET rules::kinds }
    "/api/v1/kinds/{code}" { GET rules::kind }
    "/api/v1/deadline-rules" { GET rules::deadline_rules }
    "/api/v1/calendars/{year}" { GET rules::calendar, PUT rules::publish_calendar }
    "/api/v1/deadlines/preview" { POST rules::preview }
    "/api/v1/uploads" { OPTIONS tus::options, POST uploads::upload }
    "/api/v1/uploads/{id}" {
        GET tus::look, PATCH tus::append, DELETE tus::end
    }
    "/api/v1/documents" { GET documents::list, POST documents::draft }
    "/api/v1/documents/batch" { POST batch::dispatch }
    "/api/v1/documents/{id}" {
        GET documents::show, PATCH documents::redraft, DELETE documents::discard
    }
    "/api/v1/documents/{id}/submit" { POST lifecycle::submit }
    "/api/v1/documents/{id}/withdraw" { POST lifecycle::withdraw }
    "/api/v1/documents/{id}/review" { POST lifecycle::review }
    "/api/v1/documents/{id}/consent" { POST lifecycle::consent }
    "/api/v1/documents/{id}/issue" { POST documents::issue }
    "/api/v1/documents/{id}/send" { POST documents::send }
    "/api/v1/documents/{id}/amend" { POST lifecycle::amend }
    "/api/v1/documents/{id}/recall" { POST lifecycle::recall }
    "/api/v1/documents/{id}/archive" { GET archive::download, POST lifecycle::archive }
    "/api/v1/documents/{id}/deliveries" { GET documents::deliveries }
    "/api/v1/documents/{id}/history" { GET documents::history }
    "/api/v1/documents/{id}/related" { GET documents::related }
    "/api/v1/documents/{id}/files/{file_id}" { GET files::download }
    "/api/v1/documents/{id}/files/{file_id}/text" { GET files::text }
    "/api/v1/deliveries" { GET deliveries::inbox }
    "/api/v1/deliveries/counts" { GET deliveries::counts }
    "/api/v1/deliveries/handlers" { GET deliveries::handlers }
    "/api/v1/deliveries/sign" { POST deliveries::sign_many }
    "/api/v1/deliveries/queue" { GET pickups::queue }
    "/api/v1/deliveries/lease" { POST pickups::lease }
    "/api/v1/deliveries/{id}/ack" { POST pickups::acknowledge }
    "/api/v1/deliveries/{id}/release" { POST pickups::release }
    "/api/v1/deliveries/{id}" { GET deliveries::show }
    "/api/v1/deliveries/{id}/sign" { POST deliveries::sign }
    "/api/v1/deliveries/{id}/return" { POST delivery_acts::give_back }
    "/api/v1/deliveries/{id}/refuse-return" { POST delivery_acts::refuse_return }
    "/api/v1/deliveries/{id}/resend" { POST delivery_acts::resend }
    "/api/v1/deliveries/{id}/accept-return" { POST delivery_acts::accept_return }
    "/api/v1/deliveries/{id}/forward" { POST delivery_acts::forward }
    "/api/v1/deliveries/{id}/assign" { POST delivery_acts::assign }
    "/api/v1/deliveries/{id}/done" { POST delivery_acts::done }
    "/api/v1/deliveries/{id}/reopen" { POST delivery_acts::reopen }
    "/api/v1/obligations" { GET obligations::list }
    "/api/v1/obligations/export" { GET obligations::export }
    "/api/v1/obligations/{id}" { GET obligations::show }
    "/api/v1/ledger-views" { GET ledger_views::list, POST ledger_views::keep }
    "/api/v1/ledger-views/{id}" {
        GET ledger_views::show, PUT ledger_views::change, DELETE ledger_views::remove
    }
    "/api/v1/events" { GET events::list }
    "/api/v1/obligations/{id}/register" { POST duty_acts::register }
    "/api/v1/obligations/{id}/extensions" { POST duty_acts::ask_extension }
    "/api/v1/obligations/{id}/extensions/{request_id}/decision" {
        POST duty_acts::decide_extension
    }
    "/api/v1/obligations/{id}/objections" { POST duty_acts::object }
    "/api/v1/obligations/{id}/objections/{request_id}/decision" {
        POST duty_acts::decide_objection
    }
    "/api/v1/obligations/{id}/supplements" { POST duty_acts::ask_supplement }
    "/api/v1/obligations/{id}/evaluation" { POST duty_acts::evaluate }
    "/api/v1/obligations/{id}/close" { POST duty_acts::close }
    "/api/v1/obligations/{id}/close-suggestion" { POST duty_acts::suggest_close }
    "/api/v1/obligations/{id}/reopen" { POST duty_acts::reopen }
    "/api/v1/obligations/{id}/reminders" { POST duty_acts::remind }
    "/api/v1/obligations/{id}/escalations" { POST duty_acts::escalate }
    "/api/v1/statistics" { GET statistics::show }
    "/api/v1/statistics/figures" { GET statistics::figures }
    "/api/v1/statistics/rows" { GET statistics::rows }
    "/api/v1/statistics/report" { GET statistics::report }
    "/api/v1/case-reports" { GET case_reports::list }
    "/api/v1/case-reports/{quarter}/{unit_id}" { PUT case_reports::report }
    "/api/v1/work" { GET work::show }
    "/api/v1/notifications" { GET notifications::list }
    "/api/v1/notifications/{id}/read" { POST notifications::mark_read }
    "/api/v1/receipts/{id}" { GET receipts::show }
    "/api/v1/receipts/{id}/bundle" { GET receipts::bundle }
    "/api/v1/search" { GET search::search }
    "/api/v1/search/facets" { GET search::facets }
    "/api/v1/search/suggest" { GET search::suggest }
    "/api/v1/search/similar/{id}" { GET search::similar }
    "/api/v1/saved-searches" { GET saved_searches::list, POST saved_searches::keep }
    "/api/v1/saved-searches/{id}" {
        GET saved_searches::show, PUT saved_searches::change, DELETE saved_searches::remove
    }
    "/api/v1/audit" { GET audit::list }
}

/// Mounts the interface, its description and the pages that explain its problems.
pub fn mount_all(config: &mut ServiceConfig) {
    config.app_data(web::PathConfig::default().error_handler(|_, _| not_found().into()));
    mount(config);
    openapi::mount(config);
}

/// What a method is answered by; `HEAD` goes wherever `GET` goes.
fn route(method: &str) -> actix_web::Route {
    let name: Method = method.parse().unwrap_or_default();
    if name == Method::GET {
        web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
    } else {
        web::method(name)
    }
}

/// The answer to a path that leads nowhere, the same as to what the caller may not see.
#[must_use]
pub fn not_found() -> Problem {
    crate::app::Error::NotFound.into()
}

/// Answers a path that leads nowhere.
pub async fn nowhere() -> Result<HttpResponse, Problem> {
    Err(not_found())
}

/// Names the methods that the path does have (RFC 9110, 15.5.6).
fn method_not_allowed(methods: &[&str]) -> HttpResponse {
    let mut allowed = methods.join(", ");
    if methods.contains(&"GET") {
        allowed.push_str(", HEAD");
    }
    let problem = Problem::of(problem::METHOD_NOT_ALLOWED, "该地址不支持此方法");
    let mut response = problem.error_response();
    if let Ok(allowed) = allowed.parse() {
        response.headers_mut().insert(header::ALLOW, allowed);
    }
    response
}
