//! The index as its owner sees it: opened, fed, asked for its position.

use std::{
    fs,
    panic::{self, AssertUnwindSafe},
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use tantivy::{
    Directory, Index, IndexReader, ReloadPolicy, TantivyError,
    directory::{INDEX_WRITER_LOCK, MmapDirectory, error::LockError},
};
use tracing::warn;

use crate::{
    entry::Change,
    error::{Error, Result},
    folder::Folder,
    reached::Reached,
    schema::{self, Fields},
    tokenizer,
    writer::{Writer, committed},
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
    /// Absent once another index has taken the place of this one.
    writer: Mutex<Option<Writer>>,
    seen_position: AtomicU64,
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

    /// The position that was last applied; `None` while nothing has been, and while the index is
    /// being filled.
    pub fn position(&self) -> Result<Option<u64>> {
        let reached = self.reached()?.filter(|reached| !reached.is_filling());
        Ok(reached.map(|reached| reached.position))
    }

    /// How far the index has been fed; `None` while it has not.
    pub fn reached(&self) -> Result<Option<Reached>> {
        Ok(committed(&self.index)?)
    }

    /// The position up to which searches see what was fed, as far as this program has fed it;
    /// costs nothing to ask.
    #[must_use]
    pub fn seen_position(&self) -> u64 {
        self.seen_position.load(Ordering::Acquire)
    }

    /// Whether the folder is still there. If not, open the index anew.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        self.folder.as_ref().is_none_or(Folder::is_there)
    }

    /// Applies all the changes, in order, and remembers with them how far they go, which may be
    /// a mere position; searches that begin after this returns see them. On failure none of them
    /// counts, and the position is as it was: apply them again.
    ///
    /// A commit that was acknowledged can be lost with the power; the position is then lost
    /// with it, so that feeding on from [`position`](Self::position) makes it good.
    pub fn apply(&self, changes: &[Change], reached: impl Into<Reached>) -> Result<()> {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let writer = match writer.as_mut() {
            Some(writer) if self.is_alive() => writer,
            _ => return Err(Error::Gone(self.path().to_owned())),
        };
        let reached = reached.into();
        writer.commit(changes, reached)?;
        self.reader.reload()?;
        self.seen_position
            .store(reached.position, Ordering::Release);
        Ok(())
    }

    /// Lets go of the folder. What is being searched is searched to its end; changes are refused.
    pub(crate) fn retire(&self) {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        drop(writer.take());
    }

    /// The folder; empty where the index lives in none.
    pub(crate) fn path(&self) -> &Path {
        self.folder.as_ref().map_or(Path::new(""), Folder::path)
    }

    /// Sees to it that a loss of power does not take back what was applied. Fails when the
    /// folder is gone.
    pub(crate) fn settle(&self) -> Result<()> {
        match &self.folder {
            Some(folder) if folder.is_there() => Ok(folder.sync()?),
            _ => Err(Error::Gone(self.path().to_owned())),
        }
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
        tokenizer::register(&index);
        let writer =
            Writer::open(&index, fields).map_err(|error| in_use(error, folder.as_ref()))?;
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()?;
        let position = committed(&index)?.map_or(0, |reached| reached.position);
        Ok(Self {
            index,
            reader,
            fields,
            writer: Mutex::new(Some(writer)),
            seen_position: AtomicU64::new(position),
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
