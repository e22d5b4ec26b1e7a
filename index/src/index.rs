//! The index as its owner sees it: opened, fed, asked for its position.

use std::{
    fs,
    panic::{self, AssertUnwindSafe},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use tantivy::{
    Directory, Index, IndexReader, ReloadPolicy, TantivyError,
    directory::{INDEX_WRITER_LOCK, MmapDirectory, error::LockError},
    tokenizer::TextAnalyzer,
};
use tracing::warn;

use crate::{
    entry::Change,
    error::{Error, Result},
    folder::Folder,
    schema::{self, Fields},
    tokenizer::{self, Pairs},
    writer::{Writer, committed_position},
};

/// How long a folder that is open elsewhere is asked for again: a program that is just being
/// started still holds, until it begins, what this one has let go of.
const PATIENCE: Duration = Duration::from_millis(500);
const PAUSE: Duration = Duration::from_millis(10);

/// The search engine. It may be shared between threads: reads wait for nothing, writes wait
/// for each other. Every call blocks.
pub struct SearchIndex {
    index: Index,
    pub(crate) reader: IndexReader,
    pub(crate) fields: Fields,
    writer: Mutex<Writer>,
    /// Absent only where the index lives in no folder.
    folder: Option<Folder>,
}

impl SearchIndex {
    /// Opens the index in `dir`, making folder and index if there are none.
    ///
    /// What cannot be used (damaged, of another schema or folding, not an index) is cleared
    /// away and begun anew: then [`position`](Self::position) is `None`. All files are read
    /// once to see whether they are whole.
    ///
    /// Fails with [`Error::InUse`] when the folder stays open elsewhere for half a second; then
    /// nothing is touched.
    pub fn open(dir: &Path) -> Result<Self> {
        fs::create_dir_all(dir)?;
        let began = Instant::now();
        loop {
            match Self::try_open(dir) {
                Err(Error::InUse(_)) if began.elapsed() < PATIENCE => thread::sleep(PAUSE),
                tried => return tried,
            }
        }
    }

    fn try_open(dir: &Path) -> Result<Self> {
        match Self::open_existing(dir) {
            Ok(Some(index)) => Ok(index),
            Ok(None) => Self::begin_anew(dir),
            Err(Error::InUse(path)) => Err(Error::InUse(path)),
            Err(error) => {
                let source = std::error::Error::source(&error).map(ToString::to_string);
                warn!(%error, source, "the index is damaged and will be begun anew");
                Self::begin_anew(dir)
            }
        }
    }

    /// The position that was last applied; `None` while nothing has been.
    pub fn position(&self) -> Result<Option<u64>> {
        Ok(committed_position(&self.index)?)
    }

    /// Whether the folder is still there. If not, open the index anew.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        self.folder.as_ref().is_none_or(Folder::is_there)
    }

    /// Applies all the changes, in order, and remembers `position` with them; searches that
    /// begin after this returns see them. On failure none of them counts, and the position is
    /// as it was: apply them again.
    ///
    /// A commit that was acknowledged can be lost with the power; the position is then lost
    /// with it, so that feeding on from [`position`](Self::position) makes it good.
    pub fn apply(&self, changes: &[Change], position: u64) -> Result<()> {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(folder) = self.folder.as_ref().filter(|folder| !folder.is_there()) {
            return Err(Error::Gone(folder.path().to_owned()));
        }
        writer.commit(changes, position)?;
        self.reader.reload()?;
        Ok(())
    }

    /// Reads every file and names those whose content is not what was written. Fails when a
    /// file is missing or damaged beyond reading.
    pub fn verify(&self) -> Result<Vec<PathBuf>> {
        let mut damaged: Vec<_> = self.index.validate_checksum()?.into_iter().collect();
        damaged.sort();
        Ok(damaged)
    }

    fn open_existing(dir: &Path) -> Result<Option<Self>> {
        let Some(folder) = Folder::find(dir) else {
            return Ok(None);
        };
        // The engine reads lengths and offsets from the files it is given, and believes them.
        panic::catch_unwind(AssertUnwindSafe(|| {
            let directory = MmapDirectory::open(dir).map_err(TantivyError::from)?;
            let index = Self::over(Index::open(directory)?, Some(folder))?;
            Ok(index.verify()?.is_empty().then_some(index))
        }))
        .unwrap_or(Err(Error::Unreadable))
    }

    fn begin_anew(dir: &Path) -> Result<Self> {
        let directory = MmapDirectory::open(dir).map_err(TantivyError::from)?;
        // Held while clearing, so as not to pull the files from under another process.
        let lock = directory
            .acquire_lock(&INDEX_WRITER_LOCK)
            .map_err(|error| match error {
                LockError::LockBusy => Error::InUse(dir.to_owned()),
                LockError::IoError(error) => Error::Engine(TantivyError::IoError(error)),
            })?;
        Folder::clear(dir)?;
        let (schema, _) = Fields::schema();
        let index = Index::create(
            MmapDirectory::open(dir).map_err(TantivyError::from)?,
            schema,
            schema::settings(),
        )?;
        let folder = Folder::mark(dir)?;
        drop(lock);
        Self::over(index, Some(folder))
    }

    /// The index over whatever keeps its files.
    pub(crate) fn over(index: Index, folder: Option<Folder>) -> Result<Self> {
        let (schema, fields) = Fields::schema();
        if index.schema() != schema {
            return Err(Error::Engine(TantivyError::SchemaError(
                "of another version".into(),
            )));
        }
        index
            .tokenizers()
            .register(tokenizer::NAME, TextAnalyzer::from(Pairs::new()));
        let writer =
            Writer::open(&index, fields).map_err(|error| in_use(error, folder.as_ref()))?;
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()?;
        Ok(Self {
            index,
            reader,
            fields,
            writer: Mutex::new(writer),
            folder,
        })
    }
}

fn in_use(error: TantivyError, folder: Option<&Folder>) -> Error {
    match (error, folder) {
        (TantivyError::LockFailure(LockError::LockBusy, _), Some(folder)) => {
            Error::InUse(folder.path().to_owned())
        }
        (other, _) => Error::Engine(other),
    }
}
