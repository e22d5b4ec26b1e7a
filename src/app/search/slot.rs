use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use wenshu_index::{Generations, SearchIndex};

/// The index at hand. It can be lost and begun anew, or be replaced by another, while the hub
/// runs.
#[derive(Clone)]
pub struct IndexSlot(Arc<Slot>);

struct Slot {
    generations: Generations,
    current: Mutex<Arc<SearchIndex>>,
    complete: AtomicBool,
    suspect: AtomicBool,
    feeding: tokio::sync::Mutex<()>,
    rebuilding: tokio::sync::Mutex<()>,
}

impl IndexSlot {
    /// Opens the index kept in `dir`, or begins one there.
    pub fn open(dir: PathBuf) -> wenshu_index::Result<Self> {
        let generations = Generations::new(dir);
        let current = generations.open()?;
        let complete = current.position()?.is_some();
        Ok(Self(Arc::new(Slot {
            generations,
            current: Mutex::new(Arc::new(current)),
            complete: AtomicBool::new(complete),
            suspect: AtomicBool::new(false),
            feeding: tokio::sync::Mutex::default(),
            rebuilding: tokio::sync::Mutex::default(),
        })))
    }

    /// The folder.
    #[must_use]
    pub fn dir(&self) -> &Path {
        self.0.generations.dir()
    }

    /// The index at hand.
    #[must_use]
    pub fn current(&self) -> Arc<SearchIndex> {
        self.0
            .current
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn replace(&self, by: Arc<SearchIndex>) {
        let mut current = self
            .0
            .current
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *current = by;
    }

    /// Begins anew when the folder was deleted beneath the index. Tells whether it did.
    pub fn revive(&self) -> wenshu_index::Result<bool> {
        if self.current().is_alive() {
            return Ok(false);
        }
        self.0.complete.store(false, Ordering::Release);
        self.replace(Arc::new(self.0.generations.open()?));
        Ok(true)
    }

    /// Throws the index away and begins another; for one that has read what the database no
    /// longer holds, as after a restored backup.
    pub fn discard(&self) -> wenshu_index::Result<()> {
        self.0.complete.store(false, Ordering::Release);
        let empty = self.begin()?;
        self.switch_to(&empty)
    }

    /// Begins another index beside the one at hand, to be filled and switched to.
    pub(super) fn begin(&self) -> wenshu_index::Result<Arc<SearchIndex>> {
        self.0.generations.begin().map(Arc::new)
    }

    /// Puts another index in charge: searches that begin after this see it. On failure the one at
    /// hand stays. Nobody may be feeding meanwhile.
    pub(super) fn switch_to(&self, other: &Arc<SearchIndex>) -> wenshu_index::Result<()> {
        self.0.generations.switch(&self.current(), other)?;
        self.replace(other.clone());
        Ok(())
    }

    /// Gives another index up again.
    pub(super) fn abandon(&self, other: &SearchIndex) {
        self.0.generations.abandon(other);
    }

    /// Held by whoever feeds the index at hand, or puts another in its place.
    pub async fn feeding(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.0.feeding.lock().await
    }

    /// Held by whoever fills another index.
    pub(super) async fn rebuilding(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.0.rebuilding.lock().await
    }

    /// Notes that the index has once read the change log to its end.
    pub fn caught_up(&self) {
        self.0.complete.store(true, Ordering::Release);
    }

    /// Whether nothing that was sent long ago is missing: false while an index begun anew is
    /// being filled.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.0.complete.load(Ordering::Acquire)
    }

    /// Notes that the index has failed in a way that damaged files would explain.
    pub fn suspect(&self) {
        self.0.suspect.store(true, Ordering::Release);
    }

    /// Whether somebody has suspected the index since this was last asked.
    #[must_use]
    pub fn is_suspected(&self) -> bool {
        self.0.suspect.swap(false, Ordering::AcqRel)
    }
}
