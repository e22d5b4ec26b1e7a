//! The hub's side of reading a file: starts the worker, waits for it, ends it.

use std::{
    fs::File,
    io,
    os::unix::process::ExitStatusExt as _,
    path::PathBuf,
    process::{ExitStatus, Stdio},
    sync::Arc,
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _},
    process::{Child, Command},
    sync::Semaphore,
    time::timeout,
};

use super::{
    FailureCode, NoTextReason, Options, Outcome, readers::Reader, worker::LIMITS_VARIABLE,
};

/// JSON writes a quotation mark, a backslash or a line's end as two bytes; the rest is framing.
const JSON_OVERHEAD: u64 = 2;
const JSON_FRAMING: u64 = 4 * 1024 * 1024;
/// The first complaint is the one that matters.
const LOGGED_BYTES: u64 = 4 * 1024;

/// Reads files, each in a process of its own.
#[derive(Debug, Clone)]
pub struct Extractor {
    options: Options,
    program: PathBuf,
    turns: Arc<Semaphore>,
}

/// How a worker ended, and what it said.
struct Ending {
    status: ExitStatus,
    answer: Vec<u8>,
    complaint: String,
}

impl Extractor {
    /// `program` is the hub's own executable, which knows the subcommand `extract-worker`.
    #[must_use]
    pub fn new(options: Options, program: PathBuf) -> Self {
        let turns = Arc::new(Semaphore::new(options.concurrency.max(1)));
        Self {
            options,
            program,
            turns,
        }
    }

    /// Reads the text of `input`, which has `size` bytes and was found to be of `media_type`.
    ///
    /// Always answers: in the time of [`Options::wall_seconds`] once its turn has come. Dropping
    /// the future ends the worker.
    pub async fn extract(&self, input: File, size: u64, media_type: &str) -> Outcome {
        if Reader::of(media_type).is_none() {
            return Outcome::NoText {
                reason: NoTextReason::NoReader,
            };
        }
        if size > self.options.max_file_bytes {
            return Outcome::failed(FailureCode::TooLarge);
        }
        let Ok(_turn) = self.turns.acquire().await else {
            return Outcome::failed(FailureCode::Unavailable);
        };
        let outcome = match self.start(input, media_type) {
            Ok(worker) => self.attend(worker).await,
            Err(error) => {
                tracing::error!(%error, "the reading process could not be started");
                Outcome::failed(FailureCode::Unavailable)
            }
        };
        if let Outcome::Failed { code, .. } = &outcome {
            tracing::info!(%code, media_type, size, "no text was read");
        }
        outcome
    }

    fn start(&self, input: File, media_type: &str) -> io::Result<Worker> {
        let limits = serde_json::to_string(&self.options.limits)?;
        Command::new(&self.program)
            .args(["extract-worker", "--media-type", media_type])
            .env_clear()
            .env(LIMITS_VARIABLE, limits)
            .current_dir("/")
            .stdin(Stdio::from(input))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()
            .map(Worker)
    }

    async fn attend(&self, mut worker: Worker) -> Outcome {
        let most = self.options.limits.max_text_bytes * JSON_OVERHEAD + JSON_FRAMING;
        let wall = Duration::from_secs(self.options.wall_seconds);
        match timeout(wall, worker.finish(most)).await {
            Ok(Ok(ending)) => ending.outcome(),
            Err(_elapsed) => Outcome::failed(FailureCode::Timeout),
            Ok(Err(error)) if error.kind() == io::ErrorKind::FileTooLarge => {
                Outcome::failed(FailureCode::TooLarge)
            }
            Ok(Err(error)) => {
                tracing::error!(%error, "the reading process could not be attended");
                Outcome::failed(FailureCode::Unavailable)
            }
        }
    }
}

/// A running worker with everything that it may have started; dropping it ends them all.
struct Worker(Child);

impl Worker {
    /// Waits for the worker's end, unless it says more than `most` bytes before.
    async fn finish(&mut self, most: u64) -> io::Result<Ending> {
        let (out, err) = (self.0.stdout.take(), self.0.stderr.take());
        let (answer, complaint) = tokio::try_join!(at_most(out, most), beginning(err))?;
        let status = self.0.wait().await?;
        Ok(Ending {
            status,
            answer,
            complaint,
        })
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // The id is gone once the worker was waited for, and then so is the danger of hitting
        // a stranger who was given the same number.
        let leader = self
            .0
            .id()
            .and_then(|id| i32::try_from(id).ok())
            .and_then(Pid::from_raw);
        if let Some(group) = leader {
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

/// Everything that `from` has to say; more than `most` bytes are an error.
async fn at_most(from: Option<impl AsyncRead + Unpin>, most: u64) -> io::Result<Vec<u8>> {
    let Some(from) = from else {
        return Ok(Vec::new());
    };
    let mut said = Vec::new();
    from.take(most + 1).read_to_end(&mut said).await?;
    if said.len() as u64 > most {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(said)
}

/// The first words of `from`; the rest is heard and forgotten, so that the speaker can go on.
async fn beginning(from: Option<impl AsyncRead + Unpin>) -> io::Result<String> {
    let Some(mut from) = from else {
        return Ok(String::new());
    };
    let mut first = Vec::new();
    (&mut from)
        .take(LOGGED_BYTES)
        .read_to_end(&mut first)
        .await?;
    tokio::io::copy(&mut from, &mut tokio::io::sink()).await?;
    Ok(String::from_utf8_lossy(&first).escape_debug().to_string())
}

impl Ending {
    fn outcome(&self) -> Outcome {
        if !self.complaint.is_empty() {
            tracing::warn!(complaint = self.complaint, status = %self.status, "the reader complained");
        }
        if self.status.success() {
            let report = serde_json::from_slice(&self.answer);
            return report.unwrap_or_else(|_| Outcome::failed(FailureCode::Crashed));
        }
        Outcome::failed(self.cause())
    }

    /// What a violent end means: an allocation refused aborts with a message, the processor
    /// limit has a signal of its own, and only the kernel's memory keeper kills unasked.
    fn cause(&self) -> FailureCode {
        let signal = self.status.signal();
        if signal == Some(Signal::XCPU.as_raw()) {
            FailureCode::Timeout
        } else if self.complaint.contains("memory allocation of")
            || signal == Some(Signal::KILL.as_raw())
        {
            FailureCode::OutOfMemory
        } else {
            FailureCode::Crashed
        }
    }
}
