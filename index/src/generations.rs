//! Where an index lives: a folder of generations, one of which is in charge.
//!
//! ```text
//! index/
//!   current   the number of the generation in charge
//!   3/        that generation
//!   4/        another, which is being filled to take its place
//! ```
//!
//! `current` is replaced as a whole, so that after a crash at any moment either the one or the
//! other is in charge.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use tantivy::{
    Directory as _, TantivyError,
    directory::{INDEX_WRITER_LOCK, MmapDirectory},
};
use tracing::warn;

use crate::{
    SearchIndex,
    error::{Error, Result},
    folder::Folder,
};

const POINTER: &str = "current";
const NEXT_POINTER: &str = "current.new";

/// The folder of an index, in which one generation follows the other.
#[derive(Clone, Debug)]
pub struct Generations {
    dir: PathBuf,
}

impl Generations {
    /// Those in `dir`, which need not be there yet.
    #[must_use]
    pub fn new(dir: PathBuf) -> Self {
        Self { dir }
    }

    /// The folder.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Opens the generation in charge, or begins the first one, as [`SearchIndex::open`] does.
    /// What else there is of an index is cleared away: a generation that was not filled to its
    /// end or has had its time, and what was kept here before there were generations.
    pub fn open(&self) -> Result<SearchIndex> {
        fs::create_dir_all(&self.dir)?;
        let in_charge = self.in_charge()?;
        let number = match in_charge {
            Some(number) => number,
            None => self.next_number()?,
        };
        let index = SearchIndex::open(&self.folder(number))?;
        if in_charge.is_none() {
            self.point_at(number)?;
        }
        self.clear();
        Ok(index)
    }

    /// Begins another generation, which is not in charge yet.
    pub fn begin(&self) -> Result<SearchIndex> {
        fs::create_dir_all(&self.dir)?;
        SearchIndex::open(&self.folder(self.next_number()?))
    }

    /// Puts a generation in charge in place of `old`, which takes no more changes, and clears the
    /// old one away. On failure the old one stays.
    pub fn switch(&self, old: &SearchIndex, new: &SearchIndex) -> Result<()> {
        new.settle()?;
        let number = number_of(new.path()).ok_or_else(|| Error::Gone(new.path().to_owned()))?;
        self.point_at(number)?;
        old.retire();
        self.clear();
        Ok(())
    }

    /// Gives up a generation that is not in charge, and clears it away.
    pub fn abandon(&self, index: &SearchIndex) {
        index.retire();
        self.clear();
    }

    /// The folder of the generation in charge, if there is one.
    pub(crate) fn folder_in_charge(&self) -> Result<Option<PathBuf>> {
        Ok(self.in_charge()?.map(|number| self.folder(number)))
    }

    fn folder(&self, number: u64) -> PathBuf {
        self.dir.join(number.to_string())
    }

    fn in_charge(&self) -> io::Result<Option<u64>> {
        match fs::read_to_string(self.dir.join(POINTER)) {
            // What is no number was written by nobody here: begin anew.
            Ok(text) => Ok(text.trim_end().parse().ok()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn next_number(&self) -> io::Result<u64> {
        let numbers = self.folders()?.into_iter().filter_map(|it| number_of(&it));
        let highest = numbers.chain(self.in_charge()?).max();
        Ok(highest.map_or(1, |highest| highest.saturating_add(1)))
    }

    fn folders(&self) -> io::Result<Vec<PathBuf>> {
        let mut folders = Vec::new();
        for found in fs::read_dir(&self.dir)? {
            let found = found?;
            if found.file_type()?.is_dir() && number_of(&found.path()).is_some() {
                folders.push(found.path());
            }
        }
        Ok(folders)
    }

    fn point_at(&self, number: u64) -> io::Result<()> {
        let next = self.dir.join(NEXT_POINTER);
        let written = File::create(&next).and_then(|mut file| {
            file.write_all(format!("{number}\n").as_bytes())?;
            file.sync_all()
        });
        written
            .and_then(|()| fs::rename(&next, self.dir.join(POINTER)))
            .inspect_err(|_| {
                let _ = fs::remove_file(&next);
            })?;
        // From here on it is in charge. Should the power take that back, what is then in charge
        // is gone or old, and is fed.
        let synced = File::open(&self.dir).and_then(|dir| dir.sync_all());
        if let Err(error) = synced {
            warn!(%error, "the folder of the index cannot be synced");
        }
        Ok(())
    }

    /// Clears away whatever of an index is not in charge, unless somebody writes to it. What
    /// cannot be cleared away now is at the next start.
    fn clear(&self) {
        let cleared = self.superseded().and_then(|superseded| {
            superseded.iter().try_for_each(|it| take_away(it))?;
            Ok(Folder::clear_with_locks(&self.dir)?)
        });
        if let Err(error) = cleared {
            warn!(%error, "what is left of an earlier index cannot be cleared away");
        }
    }

    fn superseded(&self) -> Result<Vec<PathBuf>> {
        let in_charge = self.folder_in_charge()?;
        let mut folders = self.folders()?;
        folders.retain(|folder| Some(folder) != in_charge.as_ref());
        Ok(folders)
    }
}

fn take_away(folder: &Path) -> Result<()> {
    let directory = MmapDirectory::open(folder).map_err(TantivyError::from)?;
    match directory.acquire_lock(&INDEX_WRITER_LOCK) {
        Ok(_held) => Ok(Folder::remove(folder)?),
        Err(_) => Ok(()),
    }
}

/// The number of a generation, by the name of its folder.
fn number_of(folder: &Path) -> Option<u64> {
    let name = folder.file_name()?.to_str()?;
    let number: u64 = name.parse().ok()?;
    (number.to_string() == name).then_some(number)
}
