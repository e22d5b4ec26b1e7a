//! Bytes that come piece by piece, over hours and restarts. They wait in a file of this machine
//! under the name of their upload, in the folder in which all bytes wait.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{FileExt as _, OpenOptionsExt as _},
    path::PathBuf,
    sync::Arc,
};

use bytes::BytesMut;
use object_store::path::Path;
use tempfile::TempPath;
use uuid::Uuid;

use super::{
    Arriving, Blobs, Result,
    place::blocking,
    stage::{Staged, StagedName},
};

/// What the names of such files begin with.
const PREFIX: &str = "part-";
/// The file in which a place keeps its own name.
const NAME_OF_PLACE: &str = "part-of";
/// Bytes are written in batches of this size.
const BATCH: usize = 256 * 1024;

/// A file that grows.
pub struct Partial {
    file: Arc<File>,
    /// How many bytes are in the file.
    written: u64,
    batch: BytesMut,
    blobs: Blobs,
}

impl Blobs {
    /// The name of the place in which this node keeps unfinished uploads. Another node has
    /// another.
    pub async fn waiting_place(&self) -> Result<Uuid> {
        let folder = self.place.waiting_room().folder;
        blocking("查看暂存目录", move || {
            let path = folder.join(NAME_OF_PLACE);
            if let Some(known) = read_name(&path)? {
                return Ok(known);
            }
            // Whoever comes first names the place; the name appears whole or not at all.
            let mut file = tempfile::Builder::new()
                .prefix("up-")
                .tempfile_in(&folder)?;
            file.write_all(Uuid::now_v7().to_string().as_bytes())?;
            file.as_file().sync_all()?;
            match file.persist_noclobber(&path) {
                Err(error) if error.error.kind() != io::ErrorKind::AlreadyExists => {
                    return Err(error.error);
                }
                _ => {}
            }
            File::open(&folder)?.sync_all()?;
            read_name(&path)?.ok_or_else(|| io::Error::other("the name of the place is gone"))
        })
        .await
    }

    /// Opens the file of an upload of which `from` bytes are known to be on the disk; what lies
    /// behind them was never acknowledged and is cut off. None when the file is not there, or
    /// shorter than it must be.
    pub async fn open_partial(&self, id: Uuid, from: u64) -> Result<Option<Partial>> {
        self.refuse_when_halted()?;
        let (folder, path) = (self.place.waiting_room().folder, self.partial_path(id));
        let opened = blocking("打开暂存内容", move || {
            let mut options = OpenOptions::new();
            options.read(true).write(true).create(from == 0).mode(0o600);
            let file = match options.open(path) {
                Ok(file) => file,
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(error),
            };
            if file.metadata()?.len() < from {
                return Ok(None);
            }
            file.set_len(from)?;
            if from == 0 {
                File::open(folder)?.sync_all()?;
            }
            Ok(Some(file))
        })
        .await
        .map_err(|error| self.note(error))?;
        Ok(opened.map(|file| Partial {
            file: Arc::new(file),
            written: from,
            batch: BytesMut::new(),
            blobs: self.clone(),
        }))
    }

    /// The whole of an upload, read through; none when it is not there or not of this length.
    pub async fn whole_of_partial(&self, id: Uuid, length: u64) -> Result<Option<Arriving>> {
        let path = self.partial_path(id);
        let named = self.place.waiting_room().is_published_by_rename;
        let staged = blocking("读取暂存内容", move || {
            let file = match File::open(&path) {
                Ok(file) => file,
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(error),
            };
            let name = if named {
                StagedName::lasting(TempPath::try_from_path(path)?)
            } else {
                StagedName::none()
            };
            Staged::read_through(file, name).map(Some)
        })
        .await
        .map_err(|error| self.note(error))?;
        Ok(staged
            .filter(|staged| staged.size() == length)
            .map(|staged| Arriving {
                staged,
                blobs: self.clone(),
            }))
    }

    /// Throws away what has come of an upload; nothing being there is as good.
    pub async fn discard_partial(&self, id: Uuid) -> Result<()> {
        let path = self.partial_path(id);
        blocking("清理暂存内容", move || match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        })
        .await
    }

    /// The uploads of which something lies in this place.
    pub async fn partials(&self) -> Result<Vec<Uuid>> {
        let folder = self.place.waiting_room().folder;
        blocking("列出暂存内容", move || {
            let names = fs::read_dir(folder)?;
            let ids = names.filter_map(|entry| id_of(entry.ok()?.file_name().to_str()?));
            Ok(ids.collect())
        })
        .await
    }

    fn partial_path(&self, id: Uuid) -> PathBuf {
        let folder = self.place.waiting_room().folder;
        folder.join(format!("{PREFIX}{}", id.simple()))
    }
}

impl Partial {
    /// How many bytes there are, on the disk or on their way to it.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.written + self.batch.len() as u64
    }

    /// Adds bytes.
    pub async fn push(&mut self, mut bytes: &[u8]) -> Result<()> {
        while !bytes.is_empty() {
            let fitting = bytes.len().min(BATCH - self.batch.len());
            self.batch.extend_from_slice(&bytes[..fitting]);
            bytes = &bytes[fitting..];
            if self.batch.len() == BATCH {
                self.flush().await?;
            }
        }
        Ok(())
    }

    /// Makes what has come durable, and says how much that is.
    pub async fn settle(&mut self) -> Result<u64> {
        self.flush().await?;
        let file = Arc::clone(&self.file);
        let synced = blocking("落盘", move || file.sync_all()).await;
        synced.map_err(|error| self.blobs.note(error))?;
        Ok(self.written)
    }

    async fn flush(&mut self) -> Result<()> {
        let (file, at) = (Arc::clone(&self.file), self.written);
        let batch = self.batch.split().freeze();
        let length = batch.len() as u64;
        let written = blocking("暂存上传内容", move || file.write_all_at(&batch, at)).await;
        written.map_err(|error| self.blobs.note(error))?;
        self.written += length;
        Ok(())
    }
}

/// Whether an object that waits belongs to an upload that comes piece by piece.
pub(super) fn is_one(path: &Path) -> bool {
    path.filename().is_some_and(|name| name.starts_with(PREFIX))
}

fn id_of(name: &str) -> Option<Uuid> {
    name.strip_prefix(PREFIX)?.parse().ok()
}

fn read_name(path: &std::path::Path) -> io::Result<Option<Uuid>> {
    match fs::read_to_string(path) {
        Ok(text) => text.parse().map(Some).map_err(io::Error::other),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
