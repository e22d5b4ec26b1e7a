//! A disk that is full for a while: after a failed write the next one must be honest.

use std::{
    io::{self, BufWriter, Write},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use tantivy::{
    Directory, Index,
    directory::{
        AntiCallToken, FileHandle, RamDirectory, TerminatingWrite, WatchCallback, WatchHandle,
        WritePtr,
        error::{DeleteError, OpenReadError, OpenWriteError},
    },
};

use crate::{Change, Entry, Order, PageRequest, Query, SearchIndex, schema::Fields};

#[derive(Clone, Debug, Default)]
struct Disk {
    inner: RamDirectory,
    full: Arc<AtomicBool>,
}

struct Limited {
    inner: WritePtr,
    full: Arc<AtomicBool>,
}

fn unless(full: &AtomicBool) -> io::Result<()> {
    if full.load(Ordering::SeqCst) {
        Err(io::ErrorKind::StorageFull.into())
    } else {
        Ok(())
    }
}

impl Write for Limited {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        unless(&self.full)?;
        self.inner.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        unless(&self.full)?;
        self.inner.flush()
    }
}

impl TerminatingWrite for Limited {
    fn terminate_ref(&mut self, token: AntiCallToken) -> io::Result<()> {
        unless(&self.full)?;
        self.inner.terminate_ref(token)
    }
}

impl Directory for Disk {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        self.inner.get_file_handle(path)
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        self.inner.delete(path)
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.inner.exists(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        let inner = self.inner.open_write(path)?;
        Ok(BufWriter::new(Box::new(Limited {
            inner,
            full: Arc::clone(&self.full),
        })))
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        self.inner.atomic_read(path)
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        unless(&self.full)?;
        self.inner.atomic_write(path, data)
    }

    fn sync_directory(&self) -> io::Result<()> {
        self.inner.sync_directory()
    }

    fn watch(&self, callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        self.inner.watch(callback)
    }
}

fn saying(id: u128, title: &str) -> Change {
    Change::Put(Entry {
        id,
        visible_to: vec![1],
        title: title.into(),
        ..Entry::default()
    })
}

fn count(index: &SearchIndex, typed: &str) -> usize {
    let page = PageRequest {
        limit: 9,
        after: None,
        order: Order::Relevance,
    };
    index
        .search(&Query::parse(typed).unwrap(), 1, &page)
        .unwrap()
        .total
}

#[test]
fn after_a_full_disk_nothing_is_half_done_and_the_next_commit_keeps_its_word() {
    let disk = Disk::default();
    let index = Index::create(disk.clone(), Fields::schema().0, <_>::default()).unwrap();
    let index = SearchIndex::over(index, None).unwrap();
    index.apply(&[saying(1, "甲")], 1).unwrap();

    disk.full.store(true, Ordering::SeqCst);
    for _ in 0..3 {
        index
            .apply(&[saying(2, "乙"), Change::Remove(1)], 2)
            .unwrap_err();
    }
    assert_eq!(index.position().unwrap(), Some(1));
    assert_eq!(["甲", "乙"].map(|typed| count(&index, typed)), [1, 0]);

    disk.full.store(false, Ordering::SeqCst);
    index.apply(&[saying(3, "丙")], 3).unwrap();
    assert_eq!(index.position().unwrap(), Some(3));
    assert_eq!(
        ["甲", "乙", "丙"].map(|typed| count(&index, typed)),
        [1, 0, 1]
    );

    index
        .apply(&[saying(2, "乙"), Change::Remove(1)], 4)
        .unwrap();
    assert_eq!(
        ["甲", "乙", "丙"].map(|typed| count(&index, typed)),
        [0, 1, 1]
    );
}
