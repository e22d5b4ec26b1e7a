use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use wenshu_index::SearchIndex;

/// The index at hand. It can be lost and begun anew while the hub runs.
#[derive(Clone)]
pub struct IndexSlot(Arc<Slot>);

struct Slot {
    dir: PathBuf,
    current: Mutex<Arc<SearchIndex>>,
    complete: AtomicBool,
}

impl IndexSlot {
    /// Opens the index kept in `dir`, or begins one there.
    pub fn open(dir: PathBuf) -> wenshu_index::Result<Self> {
        let current = SearchIndex::open(&dir)?;
        let complete = current.position()?.is_some();
        Ok(Self(Arc::new(Slot {
            dir,
            current: Mutex::new(Arc::new(current)),
            complete: AtomicBool::new(complete),
        })))
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

    /// Begins anew when the folder was deleted beneath the index. Tells whether it did.
    pub fn revive(&self) -> wenshu_index::Result<bool> {
        if self.current().is_alive() {
            return Ok(false);
        }
        self.begin_anew().map(|()| true)
    }

    /// Throws the index away and begins another; for one that has read what the database no
    /// longer holds, as after a restored backup.
    pub fn discard(&self) -> wenshu_index::Result<()> {
        // Gone already is as good.
        let _ = std::fs::remove_dir_all(&self.0.dir);
        self.begin_anew()
    }

    fn begin_anew(&self) -> wenshu_index::Result<()> {
        self.0.complete.store(false, Ordering::Release);
        let fresh = SearchIndex::open(&self.0.dir)?;
        *self
            .0
            .current
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Arc::new(fresh);
        Ok(())
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
}
