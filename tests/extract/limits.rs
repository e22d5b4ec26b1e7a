//! The bounds hold even when the worker is nothing like what it should be.

use std::{
    fs,
    io::Write as _,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use wenshu::extract::{Extractor, FailureCode, Limits, Options, Outcome, sniff::types};

use crate::{
    samples::{docx, p},
    support::{code, joined, limited, program, read_file, read_with},
};

/// A worker that misbehaves in the way of its name.
fn misbehaving(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/extract/workers")
        .join(name)
}

fn hasty(program: PathBuf) -> Extractor {
    Extractor::new(
        Options {
            wall_seconds: 1,
            ..Options::default()
        },
        program,
    )
}

#[tokio::test]
async fn a_worker_that_hangs_is_ended_with_all_that_it_started() {
    let folder = tempfile::tempdir().unwrap();
    let worker = folder.path().join("worker");
    symlink(misbehaving("hangs"), &worker).unwrap();

    let before = Instant::now();
    let outcome = read_with(&hasty(worker), b"x", types::PLAIN).await;

    assert_eq!(code(&outcome), Some(FailureCode::Timeout));
    assert!(
        before.elapsed() < Duration::from_secs(5),
        "{:?}",
        before.elapsed()
    );
    let grandchild = fs::read_to_string(folder.path().join("grandchild")).unwrap();
    assert!(is_gone(grandchild.trim()).await);
}

/// Whether the process ends within two seconds; a dead one that nobody buried counts as gone.
async fn is_gone(process: &str) -> bool {
    for _ in 0..40 {
        match fs::read_to_string(format!("/proc/{process}/stat")) {
            Ok(stat) if !stat.contains(") Z ") => {}
            _ => return true,
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    false
}

#[tokio::test]
async fn a_worker_that_never_stops_talking_is_cut_short() {
    let limits = Limits {
        max_text_bytes: 1 << 20,
        ..Limits::default()
    };
    let options = Options {
        limits,
        ..Options::default()
    };
    let extractor = Extractor::new(options, misbehaving("floods"));
    let outcome = read_with(&extractor, b"x", types::PLAIN).await;
    assert_eq!(code(&outcome), Some(FailureCode::TooLarge));
}

#[tokio::test]
async fn a_worker_that_dies_or_talks_nonsense_has_crashed() {
    for name in ["dies", "babbles"] {
        let outcome = read_with(&hasty(misbehaving(name)), b"x", types::PLAIN).await;
        assert_eq!(code(&outcome), Some(FailureCode::Crashed), "{name}");
    }
}

#[tokio::test]
async fn a_worker_that_is_not_there_is_a_failure_to_try_again() {
    let outcome = read_with(&hasty("/nowhere/wenshu".into()), b"x", types::PLAIN).await;
    assert_eq!(code(&outcome), Some(FailureCode::Unavailable));
}

#[tokio::test]
async fn a_reader_that_needs_too_much_memory_is_told_so() {
    let limits = Limits {
        memory_bytes: 320 << 20,
        ..Limits::default()
    };
    for length in [120_u64 << 20, 320 << 20] {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"%PDF-1.7\n").unwrap();
        file.set_len(length).unwrap();
        let options = Options {
            limits: limits.clone(),
            max_file_bytes: u64::MAX,
            ..Options::default()
        };
        let outcome = read_file(&Extractor::new(options, program()), file, types::PDF).await;
        assert_eq!(code(&outcome), Some(FailureCode::OutOfMemory), "{length}");
    }
}

#[tokio::test]
async fn a_reader_that_computes_too_long_is_stopped() {
    let limits = Limits {
        cpu_seconds: 0,
        ..Limits::default()
    };
    let long = docx(&p("通知").repeat(400_000));
    let outcome = read_with(&limited(limits), &long, types::DOCX).await;
    assert_eq!(code(&outcome), Some(FailureCode::Timeout));
}

#[tokio::test]
async fn more_text_than_allowed_is_not_cut_but_refused() {
    let limits = Limits {
        max_text_bytes: 1000,
        ..Limits::default()
    };
    let extractor = limited(limits);
    let outcome = read_with(&extractor, "通".repeat(334).as_bytes(), types::PLAIN).await;
    assert_eq!(code(&outcome), Some(FailureCode::TooLarge));
    assert_eq!(
        joined(read_with(&extractor, "通".repeat(333).as_bytes(), types::PLAIN).await).len(),
        999
    );
}

#[tokio::test]
async fn a_file_over_the_limit_starts_no_worker() {
    let options = Options {
        max_file_bytes: 3,
        ..Options::default()
    };
    let extractor = Extractor::new(options, "/nowhere/wenshu".into());
    assert_eq!(
        code(&read_with(&extractor, b"1234", types::PLAIN).await),
        Some(FailureCode::TooLarge)
    );
}

#[tokio::test]
async fn readings_wait_for_their_turn() {
    let options = Options {
        concurrency: 1,
        wall_seconds: 1,
        ..Options::default()
    };
    let extractor = Extractor::new(options, misbehaving("hangs-quietly"));
    let before = Instant::now();
    let both = tokio::join!(
        read_with(&extractor, b"x", types::PLAIN),
        read_with(&extractor, b"x", types::PLAIN),
    );
    let timeout = |outcome: &Outcome| code(outcome) == Some(FailureCode::Timeout);
    assert!(timeout(&both.0) && timeout(&both.1), "{both:?}");
    assert!(
        before.elapsed() >= Duration::from_secs(2),
        "{:?}",
        before.elapsed()
    );
}
