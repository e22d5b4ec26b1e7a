//! The operator's request for a rebuild and the hub's answer, as two small files in the folder of
//! the index: the command and the hub are different processes.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::RebuildProgress;

const REQUEST: &str = "rebuild.request";
const STATUS: &str = "rebuild.status";

/// Where a rebuild is asked for and told of.
#[derive(Debug, Clone)]
pub struct RebuildErrands {
    dir: PathBuf,
}

/// How a rebuild stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RebuildState {
    /// The new index is being filled.
    Running,
    /// The new index is in charge.
    Done,
    /// It was given up; the index before is in charge.
    Failed,
    /// The hub was stopped meanwhile; the index before is in charge.
    BrokenOff,
}

/// What the hub tells of its last rebuild.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RebuildStatus {
    /// The request that it answers; nil when nobody asked.
    pub request: Uuid,
    /// How it stands.
    pub state: RebuildState,
    /// How many documents are in the new index.
    pub done: u64,
    /// How many there were when it was begun.
    pub of: u64,
    /// When this was told, in milliseconds since 1970.
    pub at: i64,
    /// Why it was given up.
    pub reason: Option<String>,
}

impl RebuildStatus {
    /// A rebuild that has just begun.
    #[must_use]
    pub fn begun(request: Uuid, at: jiff::Timestamp) -> Self {
        Self {
            request,
            state: RebuildState::Running,
            done: 0,
            of: 0,
            at: at.as_millisecond(),
            reason: None,
        }
    }

    /// The same rebuild, further on.
    pub fn comes_to(&mut self, progress: RebuildProgress, at: jiff::Timestamp) {
        (self.done, self.of) = (progress.done, progress.of);
        self.at = at.as_millisecond();
    }
}

impl RebuildErrands {
    /// Those in the folder of the index.
    #[must_use]
    pub fn new(dir: &Path) -> Self {
        Self {
            dir: dir.to_owned(),
        }
    }

    /// Asks for a rebuild, or joins whoever has asked and is not yet heard.
    pub fn ask(&self) -> io::Result<Uuid> {
        if let Some(waiting) = self.request()? {
            return Ok(waiting);
        }
        fs::create_dir_all(&self.dir)?;
        let request = Uuid::now_v7();
        self.write(REQUEST, &request.to_string())?;
        Ok(request)
    }

    /// What is asked for and not yet heard. What cannot be read is a request as well.
    pub fn request(&self) -> io::Result<Option<Uuid>> {
        match fs::read_to_string(self.dir.join(REQUEST)) {
            Ok(text) => Ok(Some(text.trim().parse().unwrap_or_default())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => Ok(Some(Uuid::nil())),
            Err(error) => Err(error),
        }
    }

    /// Takes the request away: it is heard, or nobody waits for it.
    pub fn forget(&self) -> io::Result<()> {
        match fs::remove_file(self.dir.join(REQUEST)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Tells how a rebuild stands.
    pub fn tell(&self, status: &RebuildStatus) -> io::Result<()> {
        self.write(STATUS, &serde_json::to_string(status)?)
    }

    /// What was told last.
    pub fn status(&self) -> io::Result<Option<RebuildStatus>> {
        match fs::read_to_string(self.dir.join(STATUS)) {
            Ok(text) => Ok(serde_json::from_str(&text).ok()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whoever reads the file sees it as it was before or as it is after.
    fn write(&self, name: &str, text: &str) -> io::Result<()> {
        let next = self.dir.join(format!("{name}.new"));
        File::create(&next)?.write_all(text.as_bytes())?;
        fs::rename(&next, self.dir.join(name))
    }
}
