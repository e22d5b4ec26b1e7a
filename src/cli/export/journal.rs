//! What has been written before, one line a package; the last line of a document counts.

use std::{
    collections::HashMap,
    fs::{self, File},
    io::{self, Read as _, Write as _},
    path::Path,
};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::domain::{Digest, DocumentId};

const NAME: &str = "清单.jsonl";

/// One package that was written.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Line {
    pub(super) document: DocumentId,
    /// Its name in the folder.
    pub(super) file: String,
    /// Stands for what is in it.
    pub(super) fingerprint: Digest,
    /// Of the ZIP itself.
    pub(super) sha256: Digest,
    pub(super) size: u64,
}

pub(super) struct Journal {
    file: File,
    lines: HashMap<DocumentId, Line>,
}

impl Journal {
    /// Opens the journal of a folder. A line that a crash has cut off is as if it were not there.
    pub(super) fn open(folder: &Path) -> io::Result<Self> {
        let path = folder.join(NAME);
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            text => text?,
        };
        let lines = text
            .lines()
            .filter_map(|line| serde_json::from_str::<Line>(line).ok());
        let lines = lines.map(|line| (line.document, line)).collect();
        let mut file = File::options().create(true).append(true).open(path)?;
        if !text.is_empty() && !text.ends_with('\n') {
            file.write_all(b"\n")?;
        }
        Ok(Self { file, lines })
    }

    /// Whether the package of a document is there, holds the same and is undamaged.
    pub(super) fn has(&self, document: DocumentId, fingerprint: Digest, folder: &Path) -> bool {
        self.lines.get(&document).is_some_and(|line| {
            line.fingerprint == fingerprint
                && digest_of(&folder.join(&line.file)).is_ok_and(|digest| digest == line.sha256)
        })
    }

    /// Notes a package that is on the disk.
    pub(super) fn note(&mut self, line: Line) -> io::Result<()> {
        let text = serde_json::to_string(&line).map_err(io::Error::other)?;
        writeln!(self.file, "{text}")?;
        self.file.sync_data()?;
        self.lines.insert(line.document, line);
        Ok(())
    }
}

fn digest_of(path: &Path) -> io::Result<Digest> {
    let mut file = File::open(path)?;
    let (mut hash, mut batch) = (Sha256::new(), vec![0; 256 * 1024]);
    loop {
        let read = file.read(&mut batch)?;
        if read == 0 {
            return Ok(Digest(hash.finalize().into()));
        }
        hash.update(&batch[..read]);
    }
}
