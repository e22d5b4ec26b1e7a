//! What the hub says about itself: log lines and figures.
//!
//! **No content and no personal data is ever logged or counted**: no title, body, file name,
//! query, name of a person, password, token or address of the network. What an event may carry
//! besides its message is listed in [`FIELDS`]; people and documents appear by their identifiers
//! alone. A panic is logged by its place in the code and never by its message, because slicing a
//! text in the middle of a character quotes that text. Labels of figures are taken from fixed
//! sets for the same reason: a route is a pattern, never a path.

mod one_line;

use std::{
    backtrace::{Backtrace, BacktraceStatus},
    fmt::Write as _,
    io, panic, thread,
    time::Duration,
};

use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{
    BuildError, Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder,
};
use tracing::Subscriber;
use tracing_subscriber::{
    EnvFilter, Layer, Registry, fmt, fmt::MakeWriter, layer::SubscriberExt, util::SubscriberInitExt,
};

use self::one_line::OneLine;
use crate::config::{Format, Level, Log, Metrics};

/// The fields that an event or a span may have; the same name always means the same thing.
///
/// `…_ms` are milliseconds, `bytes` are bytes, `error` is the source of an error that carries no
/// text of a user, `position` is a place in the change log.
pub const FIELDS: [&str; 31] = [
    "request_id",
    "unit",
    "user",
    "session",
    "client",
    "document",
    "delivery",
    "obligation",
    "notification",
    "file",
    "evidence",
    "job",
    "kind",
    "action",
    "outcome",
    "reason",
    "status",
    "method",
    "route",
    "took_ms",
    "waited_ms",
    "attempt",
    "count",
    "bytes",
    "position",
    "version",
    "listen",
    "signal",
    "error",
    "location",
    "backtrace",
];

/// Seconds that requests took, by method, route and status.
pub const HTTP_REQUEST_SECONDS: &str = "wenshu_http_request_seconds";
/// Panics since the start; anything but zero is a fault to report.
pub const PANICS: &str = "wenshu_panics_total";
/// Always 1; its label tells the version.
pub const BUILD_INFO: &str = "wenshu_build_info";

/// Upper bounds in seconds: a page should be there within a tenth, a large upload may take a
/// minute.
const SECONDS: [f64; 14] = [
    0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0,
];

/// Libraries that say too much, or repeat what passes through them, and where they are cut off
/// unless `log.filter` names them.
const LOUD: [(&str, Level); 11] = [
    ("actix_http", Level::Info),
    ("actix_server", Level::Info),
    ("h2", Level::Info),
    ("hyper", Level::Info),
    ("hyper_util", Level::Info),
    ("object_store", Level::Info),
    ("reqwest", Level::Info),
    ("rustls", Level::Info),
    ("sqlx", Level::Info),
    ("tantivy", Level::Warn),
    // A merge that a commit has overtaken is given up, and begun again with the next commit.
    ("tantivy::indexer::segment_manager", Level::Error),
];

/// Why logging could not begin.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryFault {
    /// The filter cannot be read; the name of the option or variable it stands in.
    #[error(
        "{0} 不是合法的日志过滤规则，应写成 sqlx=warn,wenshu::jobs=debug 这样，级别为 error、warn、info、debug、trace 或 off"
    )]
    Filter(&'static str),
    /// Something in this process already receives the events.
    #[error("日志已经启动过一次")]
    LogTaken,
    /// Something in this process already receives the figures.
    #[error("指标已经启动过一次")]
    MetricsTaken,
    /// The recorder of figures refused its own settings.
    #[error("指标无法启动")]
    Metrics(#[from] BuildError),
    /// The system gave no thread.
    #[error("无法启动整理指标的线程")]
    Thread(#[source] io::Error),
}

/// The figures of this process, for whoever serves `/metrics`.
#[derive(Debug, Clone)]
pub struct Telemetry {
    figures: Option<PrometheusHandle>,
}

impl Telemetry {
    /// Begins to log to standard error and to count, for the whole process and once.
    ///
    /// `rust_log` is the variable `RUST_LOG`; if it says anything, it takes the place of
    /// `log.level` and `log.filter`.
    pub fn start(
        log: &Log,
        metrics: &Metrics,
        rust_log: Option<&str>,
    ) -> Result<Self, TelemetryFault> {
        subscriber(log, rust_log, io::stderr)?
            .try_init()
            .map_err(|_| TelemetryFault::LogTaken)?;
        log_panics();
        if !metrics.enabled {
            return Ok(Self { figures: None });
        }
        let recorder = recorder()?;
        let handle = recorder.handle();
        metrics::set_global_recorder(recorder).map_err(|_| TelemetryFault::MetricsTaken)?;
        introduce();
        keep_small(handle.clone())?;
        Ok(Self {
            figures: Some(handle),
        })
    }

    /// The figures in the text format of Prometheus; `None` where they are switched off.
    #[must_use]
    pub fn render(&self) -> Option<String> {
        self.figures.as_ref().map(PrometheusHandle::render)
    }
}

/// Counts one answered request.
///
/// `route` is the pattern of the route table (`/api/v1/documents/{id}`) or one fixed word where
/// none matched: paths would be without number, and each would name a document.
pub fn count_request(method: &str, route: &str, status: u16, took: Duration) {
    let method = match method {
        known @ ("GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS") => known,
        _ => "other",
    };
    histogram!(
        HTTP_REQUEST_SECONDS,
        "method" => method.to_owned(),
        "route" => route.to_owned(),
        "status" => status.to_string(),
    )
    .record(took);
}

/// Logs and counts every panic from now on, by place and not by message.
pub fn log_panics() {
    panic::set_hook(Box::new(|panic| {
        counter!(PANICS).increment(1);
        let location = panic
            .location()
            .map(ToString::to_string)
            .unwrap_or_default();
        let backtrace = Backtrace::capture();
        if backtrace.status() == BacktraceStatus::Captured {
            tracing::error!(location, %backtrace, "程序内部出错");
        } else {
            tracing::error!(location, "程序内部出错");
        }
    }));
}

/// What turns events into lines and hands each line to `writer` in one piece.
pub fn subscriber<W>(
    log: &Log,
    rust_log: Option<&str>,
    writer: W,
) -> Result<impl Subscriber + Send + Sync + 'static, TelemetryFault>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let lines = fmt::layer().with_ansi(false).with_writer(OneLine(writer));
    let lines = match log.format {
        Format::Text => lines.boxed(),
        Format::Json => lines
            .json()
            .flatten_event(true)
            .with_span_list(false)
            .boxed(),
    };
    Ok(Registry::default().with(filter(log, rust_log)?).with(lines))
}

fn filter(log: &Log, rust_log: Option<&str>) -> Result<EnvFilter, TelemetryFault> {
    let read =
        |text: &str, name| EnvFilter::try_new(text).map_err(|_| TelemetryFault::Filter(name));
    if let Some(text) = rust_log.filter(|text| !text.trim().is_empty()) {
        return read(text, "RUST_LOG");
    }
    let mut directives = log.level.as_str().to_owned();
    for (library, cut_off) in LOUD {
        if log.level > cut_off {
            let _ = write!(directives, ",{library}={}", cut_off.as_str());
        }
    }
    // Of two directives for one module the last counts.
    directives.push(',');
    directives.push_str(&log.filter);
    read(&directives, "log.filter")
}

fn recorder() -> Result<PrometheusRecorder, BuildError> {
    let seconds = Matcher::Suffix("_seconds".to_owned());
    Ok(PrometheusBuilder::new()
        .set_buckets_for_metric(seconds, &SECONDS)?
        .build_recorder())
}

fn introduce() {
    describe_histogram!(
        HTTP_REQUEST_SECONDS,
        metrics::Unit::Seconds,
        "Time to answer a request"
    );
    describe_counter!(PANICS, "Panics since the start");
    describe_gauge!(BUILD_INFO, "The running version");
    gauge!(BUILD_INFO, "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    counter!(PANICS).absolute(0);
}

/// Folds the samples into their buckets now and then; where nobody ever asks for the figures,
/// they would pile up otherwise.
fn keep_small(handle: PrometheusHandle) -> Result<(), TelemetryFault> {
    let fold = move || {
        loop {
            thread::sleep(Duration::from_secs(5));
            handle.run_upkeep();
        }
    };
    let thread = thread::Builder::new()
        .name("metrics-upkeep".to_owned())
        .spawn(fold);
    thread.map(drop).map_err(TelemetryFault::Thread)
}

#[cfg(test)]
mod tests;
