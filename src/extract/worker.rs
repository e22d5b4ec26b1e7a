//! The reading process: the hidden subcommand `extract-worker`.
//!
//! It gets one open file as standard input, never a path, and writes one line of JSON, an
//! [`Outcome`], to standard output. It trusts nobody about the file, not even the hub.

use std::{
    any::Any,
    env,
    fs::File,
    io::{self, Seek as _, Write as _},
    os::fd::AsFd as _,
    panic,
    process::ExitCode,
    thread,
};

use super::{
    Extracted, FailureCode, Limits, NoTextReason, Outcome, Part, clean, confine, outcome::Failure,
    quality, readers::Reader,
};

/// Carries the [`Limits`] to the worker, as JSON; without it the defaults hold.
pub(super) const LIMITS_VARIABLE: &str = "WENSHU_EXTRACT_LIMITS";

/// Readers of nested structures recurse; the usual 8 MiB end sooner than honest files do.
const STACK_BYTES: usize = 64 * 1024 * 1024;

/// Reads the file on standard input as `media_type` and reports on standard output.
///
/// Ends with success whenever a report was written, also when the file could not be read.
#[must_use]
pub fn main(media_type: &str) -> ExitCode {
    keep_content_out_of_panics();
    let outcome = read_standard_input(media_type, &limits());
    match report(&outcome) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn limits() -> Limits {
    env::var(LIMITS_VARIABLE)
        .ok()
        .and_then(|json| serde_json::from_str(&json).ok())
        .unwrap_or_default()
}

/// A panic message may quote the document, and standard error ends up in a log.
fn keep_content_out_of_panics() {
    panic::set_hook(Box::new(|info| match info.location() {
        Some(at) => eprintln!("panic at {}:{}", at.file(), at.line()),
        None => eprintln!("panic"),
    }));
}

fn read_standard_input(media_type: &str, limits: &Limits) -> Outcome {
    let Some(reader) = Reader::of(media_type) else {
        return Outcome::NoText {
            reason: NoTextReason::NoReader,
        };
    };
    if confine::confine(limits).is_err() {
        return Outcome::failed(FailureCode::Unavailable);
    }
    let limits = limits.clone();
    thread::Builder::new()
        .stack_size(STACK_BYTES)
        .spawn(move || read(reader, &limits))
        .map_or_else(|_| Outcome::failed(FailureCode::OutOfMemory), finished)
}

fn finished(reading: thread::JoinHandle<Outcome>) -> Outcome {
    let panicked = |_: Box<dyn Any + Send>| Outcome::failed(FailureCode::Crashed);
    reading.join().unwrap_or_else(panicked)
}

fn read(reader: Reader, limits: &Limits) -> Outcome {
    let parts = open_standard_input()
        .map_err(|_| FailureCode::Unavailable.into())
        .and_then(|mut file| reader.read(&mut file, limits))
        .and_then(|parts| accept(reader, parts, limits));
    match parts {
        Ok(parts) if parts.is_empty() => Outcome::NoText {
            reason: NoTextReason::NothingWritten,
        },
        Ok(parts) => Outcome::Text(Extracted {
            parts,
            engine: reader.engine().to_owned(),
        }),
        Err(failure) => failure.into(),
    }
}

/// The hub may have read from the file before, and a position is shared with it.
fn open_standard_input() -> io::Result<File> {
    let mut file = File::from(io::stdin().as_fd().try_clone_to_owned()?);
    file.rewind()?;
    Ok(file)
}

/// Judges the raw text, then tidies it. In this order: tidying hides what gives garbage away.
fn accept(reader: Reader, parts: Vec<Part>, limits: &Limits) -> Result<Vec<Part>, Failure> {
    quality::check(&parts, reader.finds_characters_by_font())?;
    let parts: Vec<_> = parts
        .into_iter()
        .map(|part| Part {
            text: clean::tidy(&part.text),
            ..part
        })
        .filter(|part| !part.text.is_empty())
        .collect();
    let length: usize = parts.iter().map(|part| part.text.len()).sum();
    if length > limits.max_text() {
        return Err(FailureCode::TooLarge.into());
    }
    Ok(parts)
}

fn report(outcome: &Outcome) -> io::Result<()> {
    let mut line = serde_json::to_vec(outcome)?;
    line.push(b'\n');
    let mut out = io::stdout().lock();
    out.write_all(&line)?;
    out.flush()
}
