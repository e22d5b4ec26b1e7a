//! The one writer. Its rule: after any failure nothing half-done may remain, because the
//! engine's next commit would say Ok and lose it (seen after a full disk).

use tantivy::{Index, IndexWriter, Term};
use tracing::warn;

use crate::{
    entry::{Change, Entry, number},
    error::{Error, Result},
    reached::Reached,
    schema::Fields,
};

/// Memory for entries not yet written out, in bytes.
const MEMORY: usize = 64_000_000;

/// Holds the writer of the engine, and opens a new one when the last was lost.
pub(crate) struct Writer {
    index: Index,
    fields: Fields,
    inner: Option<IndexWriter>,
}

impl Writer {
    pub fn open(index: &Index, fields: Fields) -> tantivy::Result<Self> {
        let inner = Some(start(index)?);
        Ok(Self {
            index: index.clone(),
            fields,
            inner,
        })
    }

    /// Commits all changes and how far they go, or none of them.
    pub fn commit(&mut self, changes: &[Change], reached: Reached) -> Result<()> {
        // Taken out, so that a panic on the way loses the writer rather than keeps a broken one.
        let mut writer = match self.inner.take() {
            Some(writer) => writer,
            None => start(&self.index)?,
        };
        let outcome = self.write(&mut writer, changes, reached);
        if outcome.is_ok() || roll_back(&mut writer) {
            self.inner = Some(writer);
        }
        outcome
    }

    fn write(&self, writer: &mut IndexWriter, changes: &[Change], reached: Reached) -> Result<()> {
        pass_the_last_commit(writer)?;
        for change in changes {
            let (Change::Put(Entry { id, .. }) | Change::Remove(id)) = change;
            writer.delete_term(Term::from_field_ip_addr(self.fields.id, number(*id)));
            if let Change::Put(entry) = change {
                writer.add_document(entry.to_document(&self.fields))?;
            }
        }
        let mut commit = writer.prepare_commit()?;
        commit.set_payload(&reached.to_string());
        commit.commit()?;
        // The engine's word is not enough: read back what lies on disk.
        match committed(&self.index)? {
            Some(kept) if kept == reached => Ok(()),
            _ => Err(Error::Uncommitted),
        }
    }
}

fn start(index: &Index) -> tantivy::Result<IndexWriter> {
    // One thread: a commit then makes one segment, however small the change.
    let writer = index.writer_with_num_threads(1, MEMORY)?;
    clear_broken_off(&writer);
    Ok(writer)
}

/// Clears away the files of a commit that was broken off, by a kill or a full disk.
///
/// The engine (tantivy 0.27) names what it writes of deletions after the stamp of the commit, and
/// gives the same stamp out again when that commit never came about: it then finds the file there
/// and fails, every time.
fn clear_broken_off(writer: &IndexWriter) {
    if let Err(error) = writer.garbage_collect_files().wait() {
        warn!(%error, "what a broken-off commit has left cannot be cleared away");
    }
}

/// Takes a stamp of the engine and does nothing with it.
///
/// A writer that was just opened (tantivy 0.27) gives its first operation the stamp of the last
/// commit. A merge of committed segments takes a deletion with that stamp for one of that commit:
/// it passes it over in the segments that the commit has touched, and what was deleted is back.
fn pass_the_last_commit(writer: &IndexWriter) -> tantivy::Result<()> {
    writer.run([]).map(drop)
}

fn roll_back(writer: &mut IndexWriter) -> bool {
    let rolled_back = writer
        .rollback()
        .inspect_err(|error| warn!(%error, "the index writer could not roll back and is dropped"))
        .is_ok();
    if rolled_back {
        clear_broken_off(writer);
    }
    rolled_back
}

/// How far the last commit goes.
pub(crate) fn committed(index: &Index) -> tantivy::Result<Option<Reached>> {
    let payload = index.load_metas()?.payload;
    Ok(payload.and_then(|text| Reached::parse(&text)))
}
