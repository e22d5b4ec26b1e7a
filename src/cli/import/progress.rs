//! How far the import is: a bar on a terminal, plain lines elsewhere.

use std::{
    io::{IsTerminal as _, Write as _},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use indicatif::{ProgressBar, ProgressStyle};
use tokio::time::Instant;

/// How often a plain line is written.
const EVERY: Duration = Duration::from_secs(5);

/// Shows how far the import, or an export, is; copies show the same.
#[derive(Clone)]
pub(in crate::cli) struct Progress(Arc<Shown>);

enum Shown {
    Bar(ProgressBar),
    Lines(Mutex<Lines>),
}

struct Lines {
    what: &'static str,
    done: usize,
    of: usize,
    last: Instant,
}

impl Progress {
    /// Progress through `of` items.
    pub(in crate::cli) fn new(of: usize) -> Self {
        if !std::io::stderr().is_terminal() {
            let lines = Lines {
                what: "导入",
                done: 0,
                of,
                last: Instant::now(),
            };
            return Self(Arc::new(Shown::Lines(Mutex::new(lines))));
        }
        let bar = ProgressBar::new(of as u64).with_message("导入");
        if let Ok(style) =
            ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {per_sec} 余 {eta}")
        {
            bar.set_style(style);
        }
        Self(Arc::new(Shown::Bar(bar)))
    }

    /// Begins a stage of `of` items.
    pub(in crate::cli) fn begin(&self, what: &'static str, of: usize) {
        match &*self.0 {
            Shown::Bar(bar) => {
                bar.reset();
                bar.set_length(of as u64);
                bar.set_message(what);
            }
            Shown::Lines(lines) => {
                let mut lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
                *lines = Lines {
                    what,
                    done: 0,
                    of,
                    last: lines.last,
                };
            }
        }
    }

    /// One more is done.
    pub(in crate::cli) fn step(&self) {
        self.add(1);
    }

    /// So many more are done.
    pub(in crate::cli) fn add(&self, more: usize) {
        match &*self.0 {
            Shown::Bar(bar) => bar.inc(more as u64),
            Shown::Lines(lines) => {
                let mut lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
                lines.done += more;
                if lines.done == lines.of || lines.last.elapsed() >= EVERY {
                    lines.last = Instant::now();
                    write(&format!("{} {}/{}", lines.what, lines.done, lines.of));
                }
            }
        }
    }

    /// Says something without disturbing the bar.
    pub(in crate::cli) fn say(&self, sentence: &str) {
        match &*self.0 {
            Shown::Bar(bar) => bar.suspend(|| write(sentence)),
            Shown::Lines(_) => write(sentence),
        }
    }

    /// Takes the bar away.
    pub(in crate::cli) fn finish(&self) {
        if let Shown::Bar(bar) = &*self.0 {
            bar.finish_and_clear();
        }
    }
}

/// Writes to whoever watches; nobody watching is no failure.
fn write(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
