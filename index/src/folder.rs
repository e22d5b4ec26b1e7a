//! The folder that holds the index: whether it is ours, whether it is still there, and how to
//! begin anew.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use crate::fold;

/// Counts the changes to the schema and to what is put in it. What was written under 2 may hold
/// an entry twice (see the writer's stamps).
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

    /// Marks the folder as holding an index of this version.
    pub fn mark(path: &Path) -> io::Result<Self> {
        fs::write(path.join(MARKER), marker_text())?;
        let marker = File::open(path.join(MARKER))?;
        Ok(Self {
            path: path.to_owned(),
            marker,
        })
    }

    /// Takes away whatever an index consists of. Anything else that lies there is left alone:
    /// a wrong path in a configuration must not cost more than an index.
    pub fn clear(path: &Path) -> io::Result<()> {
        for found in fs::read_dir(path)? {
            let found = found?;
            if found.file_name().to_str().is_some_and(belongs_to_an_index) {
                fs::remove_file(found.path())?;
            }
        }
        Ok(())
    }

    pub fn path(&self) -> &Path {
        &self.path
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
