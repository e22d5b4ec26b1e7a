//! The two kinds of place, behind one door. What object stores have in common is asked of the
//! library; how bytes become durable is what the two differ in.

use std::{
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom},
    ops::Range,
    path::PathBuf,
};

use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _, stream, stream::BoxStream};
use jiff::Timestamp;
use object_store::{
    GetOptions, GetRange, GetResult, GetResultPayload, ObjectMeta, ObjectStore, path::Path,
};
use tokio::task::{JoinError, spawn_blocking};

use super::{
    BlobError, Options, Result,
    bucket::Bucket,
    folder::Folder,
    stage::{Staged, Staging},
};

/// A local file is read in pieces of this size; the library's own 8 KiB cost one trip to the
/// blocking threads each.
const PIECE: u64 = 256 * 1024;

pub(super) enum Place {
    Folder(Folder),
    Bucket(Bucket),
}

impl Place {
    pub(super) async fn open(options: &Options) -> Result<Self> {
        match options {
            Options::Local { folder } => Ok(Self::Folder(Folder::open(folder).await?)),
            Options::S3(options) => Ok(Self::Bucket(Bucket::open(options).await?)),
        }
    }

    pub(super) fn store(&self) -> &dyn ObjectStore {
        match self {
            Self::Folder(folder) => folder.store(),
            Self::Bucket(bucket) => bucket.store(),
        }
    }

    /// A new file of this machine for bytes to come.
    pub(super) async fn stage(&self) -> Result<Staging> {
        match self {
            Self::Folder(folder) => folder.stage().await,
            Self::Bucket(bucket) => bucket.stage().await,
        }
    }

    /// The folder of this machine in which bytes wait, and the name that stands for it.
    pub(super) fn waiting_room(&self) -> WaitingRoom {
        match self {
            Self::Folder(folder) => WaitingRoom {
                folder: folder.waiting_room(),
                is_published_by_rename: true,
            },
            Self::Bucket(bucket) => WaitingRoom {
                folder: bucket.scratch().to_owned(),
                is_published_by_rename: false,
            },
        }
    }

    /// Makes staged bytes durable under their name, in place of what has that name.
    pub(super) async fn publish(&self, staged: Staged, path: &Path) -> Result<()> {
        match self {
            Self::Folder(folder) => folder.publish(staged, path).await,
            Self::Bucket(bucket) => bucket.publish(staged, path).await,
        }
    }

    /// Removes an object that was written before that moment; answers whether there was one.
    pub(super) async fn remove(&self, path: &Path, written_before: Timestamp) -> Result<bool> {
        match self {
            Self::Folder(folder) => folder.remove(path, written_before).await,
            Self::Bucket(bucket) => remove(bucket.store(), path, written_before).await,
        }
    }

    /// Opens an object for reading, the whole of it or a range that is not empty.
    pub(super) async fn open_object(
        &self,
        path: &Path,
        range: Option<Range<u64>>,
    ) -> Result<Option<Opened>> {
        let options = GetOptions {
            range: range.map(GetRange::Bounded),
            ..GetOptions::default()
        };
        match self.store().get_opts(path, options).await {
            Ok(found) => Ok(Some(Opened(Box::new(found)))),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(BlobError::new("打开文件", error)),
        }
    }
}

/// Where bytes wait on this machine.
pub(super) struct WaitingRoom {
    pub folder: PathBuf,
    pub is_published_by_rename: bool,
}

/// An object that has been opened.
pub(super) struct Opened(Box<GetResult>);

/// What tells one writing of an object from another. It cannot show that the bytes have not
/// changed underneath, but it shows that they have been replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seal {
    pub e_tag: Option<String>,
    pub written: Timestamp,
    pub size: u64,
}

impl Opened {
    pub(super) fn size(&self) -> u64 {
        self.0.meta.size
    }

    pub(super) fn seal(&self) -> Seal {
        let meta = &self.0.meta;
        Seal {
            e_tag: meta.e_tag.clone(),
            written: written(meta),
            size: meta.size,
        }
    }

    pub(super) fn into_chunks(self) -> BoxStream<'static, Result<Bytes>> {
        match self.0.payload {
            GetResultPayload::File(file, _) => pieces(file, self.0.range),
            GetResultPayload::Stream(chunks) => chunks
                .map_err(|error| BlobError::new("读取文件", error))
                .boxed(),
        }
    }

    /// The file itself, read-only and at its beginning, where it lies on this machine.
    pub(super) fn into_file(self) -> std::result::Result<File, Self> {
        match self.0.payload {
            GetResultPayload::File(file, _) => Ok(file),
            GetResultPayload::Stream(_) => Err(self),
        }
    }
}

/// When an object was written, by the clock of its place.
pub(super) fn written(object: &ObjectMeta) -> Timestamp {
    let micros = object.last_modified.timestamp_micros();
    Timestamp::from_microsecond(micros).unwrap_or(Timestamp::MAX)
}

pub(super) fn is_older(object: &ObjectMeta, moment: Timestamp) -> bool {
    written(object) < moment
}

/// Removes an object in two steps: look at its age, then delete.
pub(super) async fn remove(
    store: &dyn ObjectStore,
    path: &Path,
    written_before: Timestamp,
) -> Result<bool> {
    use object_store::{Error::NotFound, ObjectStoreExt as _};

    let found = match store.head(path).await {
        Ok(object) => is_older(&object, written_before),
        Err(NotFound { .. }) => false,
        Err(error) => return Err(BlobError::new("查找文件", error)),
    };
    if !found {
        return Ok(false);
    }
    match store.delete(path).await {
        Ok(()) => Ok(true),
        Err(NotFound { .. }) => Ok(false),
        Err(error) => Err(BlobError::new("删除文件", error)),
    }
}

/// Runs file work away from the async workers.
pub(super) async fn blocking<T: Send + 'static>(
    doing: &'static str,
    job: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T> {
    let done = spawn_blocking(job).await;
    let done = done.map_err(|error: JoinError| BlobError::new(doing, error))?;
    done.map_err(|error| BlobError::new(doing, error))
}

/// The bytes of a part of a file; fewer, if it ends before.
fn pieces(file: File, range: Range<u64>) -> BoxStream<'static, Result<Bytes>> {
    stream::try_unfold((file, range), async |(file, range)| {
        let read = blocking("读取文件", move || piece(file, range)).await?;
        Ok(Some(read).filter(|(bytes, _)| !bytes.is_empty()))
    })
    .boxed()
}

fn piece(mut file: File, range: Range<u64>) -> io::Result<(Bytes, (File, Range<u64>))> {
    let length = PIECE.min(range.end - range.start);
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
    file.seek(SeekFrom::Start(range.start))?;
    (&mut file).take(length).read_to_end(&mut bytes)?;
    let next = range.start + bytes.len() as u64;
    Ok((bytes.into(), (file, next..range.end)))
}
