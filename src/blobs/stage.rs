//! Bytes on their way in. They are written to a local file while their digest is computed, both
//! away from the async workers; only then is it known what they are called.

use std::{
    fs::File,
    io::{self, Read as _, Seek as _, Write as _},
    mem,
    pin::pin,
};

use bytes::{Bytes, BytesMut};
use futures_util::{FutureExt as _, Stream, StreamExt as _, future, future::BoxFuture};
use sha2::{Digest as _, Sha256};
use tempfile::TempPath;
use tokio::{runtime::Handle, task::spawn_blocking};

use super::{BlobError, Stored, WriteFault};
use crate::domain::Digest;

/// Bytes are written and hashed in batches of this size. One is being filled while another is
/// being written: an upload holds twice this much memory.
const BATCH: usize = 256 * 1024;
/// How much of the beginning is kept for telling the media type.
const HEAD: usize = 64 * 1024;

/// An empty file for bytes to come.
pub(super) struct Staging {
    pub file: File,
    pub name: StagedName,
}

/// All bytes of an upload, written but not yet synced, and not yet published.
pub(super) struct Staged {
    pub file: File,
    pub name: StagedName,
    digest: Digest,
    size: u64,
    head: Bytes,
}

/// The name that a staged file has until it is published, if it has one. Dropping it removes
/// the file, away from the async workers: unlinking a large file takes its time.
pub(super) struct StagedName(Option<TempPath>);

impl StagedName {
    pub(super) fn none() -> Self {
        Self(None)
    }

    pub(super) fn of(path: TempPath) -> Self {
        Self(Some(path))
    }

    /// The file lies under a name that others know, and stays there until it is published.
    pub(super) fn lasting(path: TempPath) -> Self {
        let mut path = path;
        path.disable_cleanup(true);
        Self(Some(path))
    }

    pub(super) fn as_str(&self) -> Option<&str> {
        self.0.as_ref()?.file_name()?.to_str()
    }

    /// The file has another name now; there is nothing left to remove.
    pub(super) fn has_moved(mut self) {
        if let Some(mut path) = self.0.take() {
            path.disable_cleanup(true);
        }
    }
}

impl Drop for StagedName {
    fn drop(&mut self) {
        let Some(path) = self.0.take() else { return };
        match Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn_blocking(move || drop(path))),
            Err(_) => drop(path),
        }
    }
}

impl Staged {
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    pub(super) fn digest(&self) -> Digest {
        self.digest
    }

    /// The same file, at its beginning.
    pub(super) fn open(&self) -> io::Result<File> {
        let mut file = self.file.try_clone()?;
        file.rewind()?;
        Ok(file)
    }

    /// What lies in a file already is read through.
    pub(super) fn read_through(mut file: File, name: StagedName) -> io::Result<Self> {
        let mut hasher = Sha256::new();
        let (mut head, mut size) = (BytesMut::new(), 0_u64);
        let mut batch = vec![0; BATCH];
        file.rewind()?;
        loop {
            let read = file.read(&mut batch)?;
            if read == 0 {
                break;
            }
            hasher.update(&batch[..read]);
            size += read as u64;
            let wanted = read.min(HEAD - head.len());
            head.extend_from_slice(&batch[..wanted]);
        }
        Ok(Self {
            file,
            name,
            digest: Digest(hasher.finalize().into()),
            size,
            head: head.freeze(),
        })
    }

    pub(super) fn stored(&self) -> Stored {
        Stored {
            digest: self.digest,
            size: self.size,
            head: self.head.clone(),
        }
    }
}

/// Takes in a whole stream.
pub(super) async fn receive<S, E>(
    staging: Staging,
    bytes: S,
    limit: u64,
) -> Result<Staged, WriteFault<E>>
where
    S: Stream<Item = Result<Bytes, E>>,
{
    let mut bytes = pin!(bytes);
    let mut lane = Lane::new(staging.file);
    let mut head = BytesMut::new();
    let mut size = 0_u64;
    while let Some(chunk) = bytes.next().await {
        let chunk = chunk.map_err(WriteFault::Interrupted)?;
        size += chunk.len() as u64;
        if size > limit {
            return Err(WriteFault::TooLarge { limit });
        }
        let wanted = chunk.len().min(HEAD - head.len());
        head.extend_from_slice(&chunk[..wanted]);
        lane.push(&chunk).await.map_err(failed)?;
    }
    let Sink { file, hasher } = lane.finish().await.map_err(failed)?;
    let digest = Digest(hasher.finalize().into());
    Ok(Staged {
        file,
        name: staging.name,
        digest,
        size,
        head: head.freeze(),
    })
}

fn failed(error: io::Error) -> BlobError {
    BlobError::new("暂存上传内容", error)
}

/// Where bytes go; it travels into a blocking job and back.
struct Sink {
    file: File,
    hasher: Sha256,
}

impl Sink {
    fn take_in(mut self, batch: &[u8]) -> io::Result<Self> {
        self.hasher.update(batch);
        self.file.write_all(batch)?;
        Ok(self)
    }
}

/// Fills one batch while the one before it is being written.
struct Lane {
    batch: BytesMut,
    /// The sink, once the batch before has been written.
    sink: BoxFuture<'static, io::Result<Sink>>,
}

impl Lane {
    fn new(file: File) -> Self {
        let sink = Sink {
            file,
            hasher: Sha256::new(),
        };
        Self {
            batch: BytesMut::new(),
            sink: future::ready(Ok(sink)).boxed(),
        }
    }

    async fn push(&mut self, mut bytes: &[u8]) -> io::Result<()> {
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

    async fn flush(&mut self) -> io::Result<()> {
        let sink = (&mut self.sink).await?;
        let batch = mem::take(&mut self.batch);
        let written = spawn_blocking(move || sink.take_in(&batch));
        self.sink = async { written.await.map_err(io::Error::other)? }.boxed();
        Ok(())
    }

    async fn finish(mut self) -> io::Result<Sink> {
        self.flush().await?;
        self.sink.await
    }
}
