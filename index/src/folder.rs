//! The folder that holds the index: whether it is ours, whether it is still there, and how to
//! begin anew.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use crate::fold;

/// Counts the changes to the schema and to what is put in it. What was written under 2 may hold
/// an entry twice (see the writer's stamps); under 3 there was no fingerprint, and nothing to count
/// by.
const SCHEMA_VERSION: u32 = 4;

/// The file that says which schema and which folding the index was made with.
const MARKER: &str = "wenshu-index";

/// What every segment's file is named after: a UUID without hyphens.
const SEGMENT_ID_CHARS: usize = 32;

/// A folder with a marker that is held open, so that its replacement can be told from it.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    marker: File,
}

impl Folder {
    /// The folder, if what lies there was made by this version.
    pub fn find(path: &Path) -> Option<Self> {
        let written = fs::read_to_string(path.join(MARKER)).ok()?;
        if written != marker_text() {
            return None;
        }
        let marker = File::open(path.join(MARKER)).ok()?;
        Some(Self {
            path: path.to_owned(),
            marker,
        })
    }

    /// Marks the folder as holding an index of this version. The mark outlives a loss of power:
    /// without it, all that is fed later would count for nothing.
    pub fn mark(path: &Path) -> io::Result<Self> {
        let mut file = File::create(path.join(MARKER))?;
        file.write_all(marker_text().as_bytes())?;
        file.sync_all()?;
        let marker = File::open(path.join(MARKER))?;
        Ok(Self {
            path: path.to_owned(),
            marker,
        })
    }

    /// Takes away whatever an index consists of. Anything else that lies there is left alone:
    /// a wrong path in a configuration must not cost more than an index.
    pub fn clear(path: &Path) -> io::Result<()> {
        take_away(path, belongs_to_an_index)
    }

    /// As [`clear`](Self::clear), with the engine's locks.
    pub fn clear_with_locks(path: &Path) -> io::Result<()> {
        take_away(path, |name| belongs_to_an_index(name) || is_lock(name))
    }

    /// Takes the whole folder away, as far as an index made it. Whoever calls this has seen that
    /// nobody writes to it.
    pub fn remove(path: &Path) -> io::Result<()> {
        // What the engine was writing when it was killed has a name of no meaning.
        take_away(path, |name| {
            belongs_to_an_index(name) || is_lock(name) || name.starts_with(".tmp")
        })?;
        match fs::remove_dir(path) {
            Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => Ok(()),
            done => done,
        }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes to the disk which files the folder holds.
    pub fn sync(&self) -> io::Result<()> {
        File::open(&self.path)?.sync_all()
    }

    /// Whether the folder is still the one that was opened.
    pub fn is_there(&self) -> bool {
        let Ok(now) = fs::metadata(self.path.join(MARKER)) else {
            return false;
        };
        let meta = self.path.join("meta.json");
        meta.is_file()
            && self
                .marker
                .metadata()
                .is_ok_and(|then| is_same(&then, &now))
    }
}

fn take_away(path: &Path, belongs: impl Fn(&str) -> bool) -> io::Result<()> {
    for found in fs::read_dir(path)? {
        let found = found?;
        if found.file_name().to_str().is_some_and(&belongs) {
            fs::remove_file(found.path())?;
        }
    }
    Ok(())
}

#[cfg(unix)]
fn is_same(then: &fs::Metadata, now: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (then.dev(), then.ino()) == (now.dev(), now.ino())
}

#[cfg(not(unix))]
fn is_same(_then: &fs::Metadata, now: &fs::Metadata) -> bool {
    now.is_file()
}

fn marker_text() -> String {
    format!("{SCHEMA_VERSION} {:016x}\n", fold::fingerprint())
}

fn belongs_to_an_index(name: &str) -> bool {
    let segment = name.split('.').next().unwrap_or_default();
    let is_segment = segment.len() == SEGMENT_ID_CHARS
        && segment.bytes().all(|byte| byte.is_ascii_hexdigit())
        && name.len() > segment.len();
    is_segment || matches!(name, MARKER | "meta.json" | ".managed.json")
}

fn is_lock(name: &str) -> bool {
    matches!(name, ".tantivy-writer.lock" | ".tantivy-meta.lock")
}
