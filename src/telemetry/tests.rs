use std::{
    borrow::Cow,
    sync::{Arc, Mutex},
};

use proptest::prelude::*;
use tracing::subscriber::with_default;

use super::{
    one_line::{escaped, is_treacherous},
    *,
};

#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl io::Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What is logged while `act` runs.
fn logged(log: &Log, rust_log: Option<&str>, act: impl FnOnce()) -> String {
    let paper = Paper::default();
    let pen = paper.clone();
    with_default(subscriber(log, rust_log, move || pen.clone()).unwrap(), act);
    let bytes = paper.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}

fn log(level: Level, format: Format, filter: &str) -> Log {
    Log {
        level,
        format,
        filter: filter.to_owned(),
    }
}

const HOSTILE: [&str; 7] = [
    "one\ntwo",
    "one\r\n2026-11-23T00:00:00Z  INFO forged",
    "\x1b]0;title\x07",
    "\u{9b}2J",
    "a\u{2028}b\u{2029}c\u{85}d",
    "\u{202e}fdp.exe",
    "\0\x08\x7f",
];

#[test]
fn one_event_is_one_line_whatever_it_carries() {
    for format in [Format::Text, Format::Json] {
        for text in HOSTILE {
            let log = log(Level::Info, format, "");
            let lines = logged(&log, None, || {
                let _span = tracing::info_span!("act", reason = text).entered();
                tracing::info!(reason = %text, outcome = ?text, "{text}");
            });
            let body = lines.strip_suffix('\n').unwrap();
            assert!(!body.contains(is_treacherous), "{body:?}");
            if format == Format::Json {
                let event: serde_json::Value = serde_json::from_str(body).unwrap();
                assert_eq!(event["reason"], text);
            }
        }
    }
}

proptest! {
    #[test]
    fn ordinary_text_is_left_alone(text in "[\u{4e00}-\u{9fff}A-Za-z0-9〔〕“”、。 ]{0,40}") {
        prop_assert!(matches!(escaped(&text), Cow::Borrowed(same) if same == text));
    }
}

#[test]
fn a_panic_is_logged_by_its_place_and_not_by_what_it_quotes() {
    let recorder = recorder().unwrap();
    let figures = recorder.handle();
    let lines = logged(&Log::default(), None, || {
        metrics::with_local_recorder(&recorder, || {
            log_panics();
            let secret = "起诉意见书";
            let _ = panic::catch_unwind(|| secret[..std::hint::black_box(1)].len());
            drop(panic::take_hook());
        });
    });
    assert!(lines.contains("src/telemetry/tests.rs:"), "{lines}");
    assert!(!lines.contains("起诉"), "{lines}");
    assert!(figures.render().contains("wenshu_panics_total 1"));
}

#[test]
fn loud_libraries_are_cut_off_unless_they_are_named() {
    let said = |filter: &str, rust_log: Option<&str>| {
        logged(&log(Level::Trace, Format::Text, filter), rust_log, || {
            tracing::trace!(target: "hyper", "bytes of a body");
            tracing::trace!(target: "wenshu", "own");
        })
    };
    assert!(!said("", None).contains("body"));
    assert!(said("", None).contains("own"));
    assert!(said("hyper=trace", None).contains("body"));
    assert!(!said("hyper=trace", Some("warn")).contains("body"));
}

#[test]
fn a_low_level_is_not_raised_by_the_cut_off_of_a_library() {
    let lines = logged(&log(Level::Error, Format::Text, ""), None, || {
        tracing::warn!(target: "tantivy", "merging");
    });
    assert_eq!(lines, "");
}

#[test]
fn an_unreadable_filter_names_the_place_it_stands_in() {
    for (filter_option, rust_log, name) in [
        ("wenshu=loud", None, "log.filter"),
        ("", Some("wenshu=loud"), "RUST_LOG"),
    ] {
        let log = log(Level::Info, Format::Text, filter_option);
        let fault = filter(&log, rust_log).unwrap_err().to_string();
        assert!(fault.starts_with(name), "{fault}");
    }
}

#[test]
fn requests_are_counted_in_buckets_and_unknown_methods_together() {
    let recorder = recorder().unwrap();
    let figures = recorder.handle();
    metrics::with_local_recorder(&recorder, || {
        introduce();
        for method in ["GET", "BREW", "FORGED"] {
            count_request(
                method,
                "/api/v1/documents/{id}",
                200,
                Duration::from_millis(30),
            );
        }
    });
    let text = figures.render();
    let bucket = "wenshu_http_request_seconds_bucket{method=\"other\",\
                  route=\"/api/v1/documents/{id}\",status=\"200\",le=\"0.05\"} 2";
    assert!(text.contains(bucket), "{text}");
    assert!(
        text.contains(&format!("version=\"{}\"", env!("CARGO_PKG_VERSION"))),
        "{text}"
    );
    assert!(text.contains("wenshu_panics_total 0"), "{text}");
}
