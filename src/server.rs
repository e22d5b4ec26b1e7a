//! The listeners, what every request passes through on its way in and out, and the graceful stop.

use std::{
    io,
    net::{SocketAddr, TcpListener},
    panic::AssertUnwindSafe,
    time::{Duration, Instant},
};

use actix_web::{
    App, Error, HttpMessage as _, HttpResponse, HttpServer, ResponseError as _,
    body::{BoxBody, MessageBody},
    dev::{ServerHandle, ServiceRequest, ServiceResponse},
    error::InternalError,
    http::header::{self, HeaderMap, HeaderName, HeaderValue},
    middleware::{Next, from_fn},
    web::{self, Data},
};
use futures_util::FutureExt as _;

use crate::{
    api::{self, Problem, Rates, Streams, problem, request_id},
    app::{ClientAddress, Hub},
    telemetry::{self, Telemetry},
    web as pages,
};

/// What every answer carries (docs/security: headers).
const HEADERS: &[(&str, &str)] = &[
    (
        "strict-transport-security",
        "max-age=63072000; includeSubDomains",
    ),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
    ("x-frame-options", "DENY"),
    ("cache-control", "no-store"),
];

/// What a browser may load for an answer of the API: nothing.
const API_POLICY: &str =
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// What it may load for a page: only what the hub itself serves.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; \
     frame-ancestors 'none'; base-uri 'none'";

/// How often the rates of those who have gone are forgotten.
const TIDY_EVERY: Duration = Duration::from_mins(10);

/// The listeners of a node, bound and not yet answering.
pub struct Listeners {
    public: TcpListener,
    operations: TcpListener,
}

impl Listeners {
    /// Binds both addresses.
    pub fn bind(hub: &Hub) -> io::Result<Self> {
        let server = &hub.config().server;
        Ok(Self {
            public: TcpListener::bind(server.listen)?,
            operations: TcpListener::bind(server.operations_listen)?,
        })
    }

    /// Where the API answers.
    pub fn public_address(&self) -> io::Result<SocketAddr> {
        self.public.local_addr()
    }

    /// Where health, readiness and metrics answer.
    pub fn operations_address(&self) -> io::Result<SocketAddr> {
        self.operations.local_addr()
    }
}

/// A node that answers.
pub struct Running {
    public: ServerHandle,
    operations: ServerHandle,
    done: tokio::task::JoinHandle<io::Result<()>>,
    streams: Data<Streams>,
    /// What is done beside answering.
    beside: [tokio::task::JoinHandle<()>; 2],
}

impl Running {
    /// Stops taking requests, ends the streams, finishes the requests at hand, and waits.
    pub async fn stop(self) -> io::Result<()> {
        self.streams.close();
        self.beside.iter().for_each(tokio::task::JoinHandle::abort);
        self.public.stop(true).await;
        self.operations.stop(true).await;
        self.done.await.map_err(io::Error::other)?
    }
}

/// Begins to answer.
pub fn start(hub: &Hub, telemetry: Telemetry, listeners: Listeners) -> io::Result<Running> {
    let rates = Rates::new(hub);
    let streams = Streams::new();
    let public = public(hub, (rates.clone(), streams.clone()), listeners.public)?;
    let operations = operations(hub, telemetry, listeners.operations)?;
    let handles = (public.handle(), operations.handle());
    let done = tokio::spawn(async move { tokio::try_join!(public, operations).map(|_| ()) });
    Ok(Running {
        public: handles.0,
        operations: handles.1,
        done,
        streams,
        beside: [
            tokio::spawn(tidy(rates)),
            tokio::spawn(api::ring(hub.clone())),
        ],
    })
}

/// Forgets now and then who has not asked for a while.
async fn tidy(rates: Data<Rates>) {
    loop {
        tokio::time::sleep(TIDY_EVERY).await;
        rates.tidy();
    }
}

fn public(
    hub: &Hub,
    (rates, streams): (Data<Rates>, Data<Streams>),
    listener: TcpListener,
) -> io::Result<actix_web::dev::Server> {
    let options = hub.config().server.clone();
    let hub = Data::new(hub.clone());
    let app = move || {
        App::new()
            .app_data(hub.clone())
            .app_data(rates.clone())
            .app_data(streams.clone())
            .configure(api::mount_all)
            .configure(pages::mount)
            .default_service(web::to(api::nowhere))
            .wrap(from_fn(through_the_door))
    };
    let mut server = HttpServer::new(app)
        .listen(listener)?
        .max_connections(options.max_connections)
        .client_request_timeout(options.client_request_timeout)
        .keep_alive(options.keep_alive)
        .shutdown_timeout(options.shutdown_timeout.as_secs())
        .disable_signals();
    if options.workers > 0 {
        server = server.workers(options.workers);
    }
    Ok(server.run())
}

/// Numbers a request, bounds it, catches its panics, and dresses its answer.
async fn through_the_door(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let began = Instant::now();
    if let Some(address) = api::client::address(request.request()) {
        request.extensions_mut().insert(ClientAddress(address));
    }
    let method = request.method().to_string();
    request_id::numbered(|id| {
        let span = tracing::info_span!("request", request_id = id, user = tracing::field::Empty);
        tracing::Instrument::instrument(answer(request, next, began, method), span)
    })
    .await
}

async fn answer(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
    began: Instant,
    method: String,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let answered = match refusal(&request) {
        Some(problem) => Ok(request.into_response(problem.error_response())),
        None => called(request, next).await,
    };
    let route = answered
        .as_ref()
        .ok()
        .and_then(|response| response.request().match_pattern());
    let route = route.unwrap_or_else(|| "unmatched".to_owned());
    let status = match &answered {
        Ok(response) => response.status(),
        Err(error) => error.as_response_error().status_code(),
    };
    telemetry::count_request(&method, &route, status.as_u16(), began.elapsed());
    tracing::info!(
        method,
        route,
        status = status.as_u16(),
        took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
        "answered"
    );
    let mut response = answered?;
    dress(response.headers_mut());
    Ok(response)
}

/// Calls what is behind the door. A panic there is answered like any failure; the request cannot
/// be kept for it, since its router needs it alone.
async fn called(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    // The router does its work in the call itself, so the call is made where panics are caught.
    let called = AssertUnwindSafe(async { next.call(request).await });
    let failure = match called.catch_unwind().await {
        Ok(Ok(response)) => return Ok(response.map_into_boxed_body()),
        Ok(Err(error)) => error.error_response(),
        Err(_) => Problem::of(problem::INTERNAL, "服务器内部错误，请稍后重试").error_response(),
    };
    let mut failure = failure;
    dress(failure.headers_mut());
    Err(InternalError::from_response("failed", failure).into())
}

/// What is turned away before anybody looks at it.
fn refusal(request: &ServiceRequest) -> Option<Problem> {
    let hub = request.app_data::<Data<Hub>>()?;
    let server = &hub.config().server;
    let length = request
        .uri()
        .path_and_query()
        .map_or(0, |path| path.as_str().len());
    if length as u64 > server.max_url_bytes {
        let detail = format!("地址过长，最多 {} 字节", server.max_url_bytes);
        return Some(Problem::of(problem::MALFORMED, detail));
    }
    let host = api::client::host(request.request()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let known = server.allowed_hosts.is_empty()
        || server
            .allowed_hosts
            .iter()
            .any(|one| one == name || one == host);
    (!known).then(|| Problem::of(problem::MALFORMED, "请求的主机名不在允许之列"))
}

fn dress(headers: &mut HeaderMap) {
    let id = HeaderValue::from_str(&request_id::current()).ok();
    for (name, value) in HEADERS {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        let is_page = headers
            .get(header::CONTENT_TYPE)
            .is_some_and(|value| value.as_bytes().starts_with(b"text/html"));
        let policy = if is_page { PAGE_POLICY } else { API_POLICY };
        headers.insert(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(policy),
        );
    }
    if let Some(id) = id {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
}

fn operations(
    hub: &Hub,
    telemetry: Telemetry,
    listener: TcpListener,
) -> io::Result<actix_web::dev::Server> {
    let hub = Data::new(hub.clone());
    let telemetry = Data::new(telemetry);
    let app = move || {
        App::new()
            .app_data(hub.clone())
            .app_data(telemetry.clone())
            .route("/healthz", web::get().to(healthy))
            .route("/readyz", web::get().to(ready))
            .route("/metrics", web::get().to(figures))
    };
    Ok(HttpServer::new(app)
        .listen(listener)?
        .workers(1)
        .disable_signals()
        .run())
}

/// The process answers.
async fn healthy() -> HttpResponse {
    HttpResponse::Ok().json(serde_json::json!({ "status": "ok" }))
}

/// The node can do its work; if not, says what is missing.
async fn ready(hub: Data<Hub>) -> HttpResponse {
    let readiness = hub.readiness().await;
    let mut response = if readiness.is_ready() {
        HttpResponse::Ok()
    } else {
        HttpResponse::ServiceUnavailable()
    };
    response.json(serde_json::json!({
        "ready": readiness.is_ready(),
        "database": readiness.database,
        "blobs": readiness.blobs,
        "index": readiness.index,
        "texts_pending": readiness.texts_pending,
    }))
}

async fn figures(telemetry: Data<Telemetry>) -> HttpResponse {
    match telemetry.render() {
        Some(figures) => HttpResponse::Ok()
            .content_type("text/plain; version=0.0.4; charset=utf-8")
            .body(figures),
        None => HttpResponse::NotFound().finish(),
    }
}
