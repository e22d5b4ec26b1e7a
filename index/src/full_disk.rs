//! A disk that is full for a while, or a commit that is broken off: after a failed write the next
//! one must be honest.

use std::{
    io::{self, BufWriter, Write},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use tantivy::{
    Directory, Index, IndexWriter, Term,
    directory::{
        AntiCallToken, FileHandle, RamDirectory, TerminatingWrite, WatchCallback, WatchHandle,
        WritePtr,
        error::{DeleteError, OpenReadError, OpenWriteError},
    },
};

use crate::{Change, Entry, Order, PageRequest, Query, SearchIndex, entry::number, schema::Fields};

#[derive(Clone, Debug, Default)]
struct Disk {
    inner: RamDirectory,
    full: Arc<AtomicBool>,
    /// Whether there is no room for what makes a commit count, and for nothing else.
    keeps_no_commit: Arc<AtomicBool>,
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
        if path == Path::new("meta.json") {
            unless(&self.keeps_no_commit)?;
        }
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

/// An index with an entry to delete, on a disk that keeps no further commit.
fn before_a_broken_commit() -> Disk {
    let disk = Disk::default();
    let index = Index::create(disk.clone(), Fields::schema().0, <_>::default()).unwrap();
    let index = SearchIndex::over(index, None).unwrap();
    index.apply(&[saying(1, "甲"), saying(2, "甲")], 1).unwrap();
    disk.keeps_no_commit.store(true, Ordering::SeqCst);
    disk
}

#[test]
fn a_commit_that_failed_at_its_last_step_can_be_made_again() {
    let disk = before_a_broken_commit();
    let index = SearchIndex::over(Index::open(disk.clone()).unwrap(), None).unwrap();
    for _ in 0..2 {
        index.apply(&[Change::Remove(1)], 2).unwrap_err();
    }
    disk.keeps_no_commit.store(false, Ordering::SeqCst);
    index.apply(&[Change::Remove(1)], 2).unwrap();
    assert_eq!(count(&index, "甲"), 1);
}

#[test]
fn a_commit_that_was_killed_at_its_last_step_can_be_made_after_the_next_start() {
    let disk = before_a_broken_commit();
    let engine = Index::open(disk.clone()).unwrap();
    let mut writer: IndexWriter = engine.writer_with_num_threads(1, 64_000_000).unwrap();
    writer.run([]).unwrap();
    let id = Fields::schema().1.id;
    writer.delete_term(Term::from_field_ip_addr(id, number(1)));
    writer.commit().unwrap_err();
    drop(writer);
    disk.keeps_no_commit.store(false, Ordering::SeqCst);

    let index = SearchIndex::over(Index::open(disk).unwrap(), None).unwrap();
    assert_eq!(
        (index.position().unwrap(), count(&index, "甲")),
        (Some(1), 2)
    );
    index.apply(&[Change::Remove(1)], 2).unwrap();
    assert_eq!(count(&index, "甲"), 1);
}
