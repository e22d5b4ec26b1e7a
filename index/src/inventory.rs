//! What an index holds, entry by entry, for comparing it with what it was fed from. Looking does
//! not keep anybody from writing.

use std::{
    collections::BTreeMap,
    panic::{self, AssertUnwindSafe},
    path::{Path, PathBuf},
};

use tantivy::{
    DocSet as _, Index, ReloadPolicy, Searcher, SegmentReader, TERMINATED, TantivyError,
    directory::MmapDirectory, schema::IndexRecordOption,
};

use crate::{
    Generations,
    error::{Error, Result},
    folder::Folder,
    reached::Reached,
    schema::{self, Fields},
    writer::committed,
};

/// How often what was replaced while it was being looked at is looked for again.
const TRIES: usize = 5;

/// The index of a folder at one moment.
pub struct Inventory {
    folder: PathBuf,
    fields: Fields,
    searcher: Searcher,
    reached: Option<Reached>,
}

/// What is held under one id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The id.
    pub id: u128,
    /// The [`fingerprint`](crate::Entry::fingerprint) of each entry; there should be one.
    pub fingerprints: Vec<u64>,
}

impl Inventory {
    /// Looks at the generation in charge, which may be open elsewhere. `None` where there is no
    /// index of this version.
    pub fn open(generations: &Generations) -> Result<Option<Self>> {
        again(|| {
            let Some(folder) = generations.folder_in_charge()? else {
                return Ok(None);
            };
            match Folder::find(&folder) {
                Some(_) => Self::look_at(folder).map(Some),
                None => Ok(None),
            }
        })
    }

    fn look_at(folder: PathBuf) -> Result<Self> {
        let index = opened(&folder)?;
        let (_, fields) = Fields::schema();
        // Before the entries: they may then be further than this says, and are not behind it.
        let reached = committed(&index)?;
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()?;
        Ok(Self {
            folder,
            fields,
            searcher: reader.searcher(),
            reached,
        })
    }

    /// How far the index has been fed; `None` while it has not.
    #[must_use]
    pub fn reached(&self) -> Option<Reached> {
        self.reached
    }

    /// How many entries it holds.
    #[must_use]
    pub fn entries(&self) -> u64 {
        self.searcher.num_docs()
    }

    /// The next ids after `after`, in order, at most `limit` of them.
    pub fn page(&self, after: Option<u128>, limit: usize) -> Result<Vec<Held>> {
        readable(|| {
            let mut page = BTreeMap::new();
            for segment in self.searcher.segment_readers() {
                self.gather(segment, after, limit, &mut page)?;
            }
            let page = page.into_iter().take(limit);
            Ok(page
                .map(|(id, fingerprints)| Held { id, fingerprints })
                .collect())
        })
    }

    /// The next `limit` ids of one segment: whatever is among the first of all is among these.
    fn gather(
        &self,
        segment: &SegmentReader,
        after: Option<u128>,
        limit: usize,
        page: &mut BTreeMap<u128, Vec<u64>>,
    ) -> Result<()> {
        let fingerprints = segment.fast_fields().u64(schema::FINGERPRINT)?;
        let ids = segment.inverted_index(self.fields.id)?;
        let mut terms = ids.terms().range();
        if let Some(after) = after {
            terms = terms.gt(after.to_be_bytes());
        }
        let mut terms = terms.into_stream()?;
        let mut left = limit;
        while left > 0 && terms.advance() {
            let id = u128::from_be_bytes(terms.key().try_into().map_err(|_| Error::Unreadable)?);
            let option = IndexRecordOption::Basic;
            let mut entries = ids.read_postings_from_terminfo(terms.value(), option)?;
            let mut is_there = false;
            while entries.doc() != TERMINATED {
                let entry = entries.doc();
                if !segment.is_deleted(entry) {
                    is_there = true;
                    let held = page.entry(id).or_default();
                    held.push(fingerprints.first(entry).unwrap_or_default());
                }
                entries.advance();
            }
            left -= usize::from(is_there);
        }
        Ok(())
    }

    /// Reads every file as it is now, and names those whose content is not what was written.
    pub fn damaged(&self) -> Result<Vec<PathBuf>> {
        // A writer may clear away a file before it is read.
        again(|| {
            let mut damaged: Vec<_> = opened(&self.folder)?
                .validate_checksum()?
                .into_iter()
                .collect();
            damaged.sort();
            Ok(damaged)
        })
    }
}

fn opened(folder: &Path) -> Result<Index> {
    let directory = MmapDirectory::open(folder).map_err(TantivyError::from)?;
    Ok(Index::open(directory)?)
}

/// Reads, and once more when what is read was replaced meanwhile.
fn again<T>(mut read: impl FnMut() -> Result<T>) -> Result<T> {
    let mut outcome = readable(&mut read);
    for _ in 1..TRIES {
        if outcome.is_ok() {
            break;
        }
        outcome = readable(&mut read);
    }
    outcome
}

/// The engine believes the lengths and offsets that it reads, and panics over wrong ones.
fn readable<T>(read: impl FnOnce() -> Result<T>) -> Result<T> {
    panic::catch_unwind(AssertUnwindSafe(read)).unwrap_or(Err(Error::Unreadable))
}
