//! The room that keeps the bytes of files: in a folder of this machine or in a bucket of an
//! S3-compatible store, always under the SHA-256 of the bytes.
//!
//! What is promised, on both:
//!
//! - **Acknowledged is durable.** [`Blobs::write`] returns after the bytes and the folder entries
//!   that lead to them have been synced, or after the bucket has accepted them.
//! - **The content is the name.** The same bytes are kept once; writing them again replaces the
//!   copy in one step, which also mends a damaged one.
//! - **Nothing half-written is ever visible**, and what a broken upload leaves behind is removed
//!   at once, or by [`Blobs::sweep_staging`] when the process died.
//! - **Damage is not handed out as if it were the file**: see [`Blobs::read`].
//!
//! Bytes on their way in wait in a local file, since their name is not known before the last of
//! them has come: beside the blobs, from where a rename publishes them, or in the scratch folder
//! of this node, from where they are sent to the bucket. A slow sender therefore costs half a
//! megabyte of memory and no connection to the bucket, and the bucket never holds a staged
//! object that would need a server-side copy (which S3 limits to 5 GB).

mod bucket;
mod fault;
mod folder;
mod key;
mod options;
mod partial;
mod place;
mod read;
mod stage;
mod verified;

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use bytes::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt, stream, stream::BoxStream};
use jiff::Timestamp;
use object_store::{ObjectStoreExt, path::Path};
use uuid::Uuid;

pub use self::{
    fault::{BlobError, ReadFault, WriteFault},
    key::BlobKey,
    options::{Options, S3Options},
    partial::Partial,
    read::{Reading, Verdict},
};
use self::{key::INCOMING, place::Place, stage::Staged, verified::Verified};
use crate::domain::Digest;

/// A result whose failure only the log can make something of.
pub type Result<T> = std::result::Result<T, BlobError>;

/// Where the bytes of files are kept. Clones are handles on the same place.
#[derive(Clone)]
pub struct Blobs {
    place: Arc<Place>,
    verified: Arc<Verified>,
    halted: Arc<AtomicBool>,
}

/// What has been written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The SHA-256 of the bytes, which is their name from now on.
    pub digest: Digest,
    /// How many bytes there are.
    pub size: u64,
    /// The first of them, at most 64 KiB, from which the media type can be told.
    pub head: Bytes,
}

/// Bytes that have all come and are not kept yet: they can be looked at before they are. Dropped,
/// nothing of them remains, unless they came piece by piece.
pub struct Arriving {
    staged: Staged,
    blobs: Blobs,
}

impl Arriving {
    /// What would be kept.
    #[must_use]
    pub fn stored(&self) -> Stored {
        self.staged.stored()
    }

    /// The bytes, from the beginning.
    pub fn file(&self) -> Result<std::fs::File> {
        self.staged
            .open()
            .map_err(|error| BlobError::new("查看暂存内容", error))
    }

    /// Keeps the bytes: when this returns they are durable under their name.
    pub async fn keep(self) -> Result<Stored> {
        let Self { staged, blobs } = self;
        let stored = staged.stored();
        let path = BlobKey::File(stored.digest).path();
        let published = blobs.place.publish(staged, &path).await;
        published.map_err(|error| blobs.note(error))?;
        Ok(stored)
    }
}

/// One blob as [`Blobs::list`] finds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// Its name; whether its bytes still agree with it is for [`Blobs::verify`] to say.
    pub digest: Digest,
    /// Its size in bytes.
    pub size: u64,
    /// When it was last written, by the clock of the place.
    pub written: Timestamp,
}

impl Blobs {
    /// Opens the place and proves that it works, by writing, reading back and deleting a probe.
    ///
    /// A folder is created where it is missing, for its owner only (0700), and every write to it
    /// is synced: there is no option to turn that off. A bucket must exist.
    pub async fn open(options: &Options) -> Result<Self> {
        let blobs = Self {
            place: Arc::new(Place::open(options).await?),
            verified: Arc::default(),
            halted: Arc::default(),
        };
        blobs.prove().await?;
        Ok(blobs)
    }

    /// Keeps the bytes of a stream, at most `limit` of them, and says what they are called.
    ///
    /// Memory stays constant whatever the size. On any fault, and when the future is dropped,
    /// nothing of the upload remains.
    pub async fn write<S, E>(
        &self,
        bytes: S,
        limit: u64,
    ) -> std::result::Result<Stored, WriteFault<E>>
    where
        S: Stream<Item = std::result::Result<Bytes, E>>,
    {
        Ok(self.take_in(bytes, limit).await?.keep().await?)
    }

    /// Takes in the bytes of a stream like [`Blobs::write`], without keeping them yet.
    pub async fn take_in<S, E>(
        &self,
        bytes: S,
        limit: u64,
    ) -> std::result::Result<Arriving, WriteFault<E>>
    where
        S: Stream<Item = std::result::Result<Bytes, E>>,
    {
        self.refuse_when_halted()?;
        let staging = self.place.stage().await.map_err(|error| self.note(error))?;
        let received = stage::receive(staging, bytes, limit).await;
        let staged = received.map_err(|fault| self.note_fault(fault))?;
        Ok(Arriving {
            staged,
            blobs: self.clone(),
        })
    }

    /// Keeps the text derived from a file, in place of an earlier one.
    pub async fn put_text(&self, digest: Digest, bytes: Bytes) -> Result<()> {
        self.put(&BlobKey::Text(digest).path(), bytes).await
    }

    /// The text derived from a file, if it has been derived. It is not verified: what is in
    /// doubt can be derived again.
    pub async fn get_text(&self, digest: Digest) -> Result<Option<Bytes>> {
        self.get(&BlobKey::Text(digest).path()).await
    }

    /// Whether there is such a blob, sound or not.
    pub async fn exists(&self, digest: Digest) -> Result<bool> {
        match self.place.store().head(&BlobKey::File(digest).path()).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(BlobError::new("查找文件", error)),
        }
    }

    /// Everything that is kept, in no particular order. Objects that are not named like a blob
    /// are passed over with a warning: they are not ours to judge.
    #[must_use]
    pub fn list(&self) -> BoxStream<'static, Result<Kept>> {
        let listed = self.place.store().list(Some(&Path::from(key::BLOBS)));
        listed
            .map_err(|error| BlobError::new("列出文件", error))
            .try_filter_map(async |object| Ok(kept(&object)))
            .boxed()
    }

    /// Removes a blob or a text, unless it was written again at or after `written_before`.
    /// Answers whether something was removed.
    ///
    /// Collecting garbage hands in the moment before which a blob must have been abandoned, so
    /// that bytes which have just been uploaded again survive the collection of their older
    /// copy. On a bucket the check and the removal are two requests: leave hours between them.
    pub async fn remove(&self, key: BlobKey, written_before: Timestamp) -> Result<bool> {
        let removed = self.place.remove(&key.path(), written_before).await?;
        if let BlobKey::File(digest) = key {
            self.verified.forget(digest);
        }
        Ok(removed)
    }

    /// Removes what uploads have left behind that were last touched before `untouched_since`,
    /// and says how many. Choose the moment so that no living upload can be that old.
    ///
    /// A bucket can also hold parts of unfinished multipart uploads, when the process died while
    /// it was sending: no listing shows these, so give the bucket a lifecycle rule that aborts
    /// incomplete multipart uploads after a day.
    pub async fn sweep_staging(&self, untouched_since: Timestamp) -> Result<usize> {
        let store = self.place.store();
        let mut left = store.list(Some(&Path::from(INCOMING)));
        let mut swept = 0;
        while let Some(object) = left.next().await {
            let object = object.map_err(|error| BlobError::new("列出上传残留", error))?;
            if partial::is_one(&object.location) || !place::is_older(&object, untouched_since) {
                continue;
            }
            match store.delete(&object.location).await {
                Ok(()) => swept += 1,
                Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(BlobError::new("清理上传残留", error)),
            }
        }
        Ok(swept)
    }

    /// Whether a disk error has ended writing. After a failed sync the system may have dropped
    /// bytes that it reports as written, so that nothing can be acknowledged any more: the
    /// process should stop, and the disk be looked at.
    #[must_use]
    pub fn is_halted(&self) -> bool {
        self.halted.load(Ordering::Acquire)
    }

    async fn put(&self, path: &Path, bytes: Bytes) -> Result<()> {
        self.refuse_when_halted()?;
        let once = stream::iter([Ok::<_, BlobError>(bytes)]);
        let staging = self.place.stage().await.map_err(|error| self.note(error))?;
        let received = stage::receive(staging, once, u64::MAX).await;
        let staged = received.map_err(|fault| self.note(BlobError::from(fault)))?;
        self.place
            .publish(staged, path)
            .await
            .map_err(|error| self.note(error))
    }

    async fn get(&self, path: &Path) -> Result<Option<Bytes>> {
        let Some(opened) = self.place.open_object(path, None).await? else {
            return Ok(None);
        };
        let chunks: Vec<Bytes> = opened.into_chunks().try_collect().await?;
        Ok(Some(chunks.concat().into()))
    }

    async fn prove(&self) -> Result<()> {
        let token = Uuid::new_v4();
        let path = key::probe(token);
        let expected = Bytes::copy_from_slice(token.as_bytes());
        self.put(&path, expected.clone()).await?;
        let found = self.get(&path).await?;
        let deleted = self.place.store().delete(&path).await;
        deleted.map_err(|error| BlobError::new("自检：删除", error))?;
        if found.as_ref() != Some(&expected) {
            return Err(BlobError::new("自检", "读回的内容与写入的不同"));
        }
        Ok(())
    }

    fn refuse_when_halted(&self) -> Result<()> {
        if self.is_halted() {
            return Err(BlobError::new("写入", "此前发生磁盘错误，已停止写入"));
        }
        Ok(())
    }

    /// Remembers an error of the disk before handing the error on.
    fn note(&self, error: BlobError) -> BlobError {
        if error.is_disk_error() && !self.halted.swap(true, Ordering::AcqRel) {
            tracing::error!(error = %error.chain(), "blob writes halted by a disk error");
        }
        error
    }

    fn note_fault<E>(&self, fault: WriteFault<E>) -> WriteFault<E> {
        match fault {
            WriteFault::Failed(error) => WriteFault::Failed(self.note(error)),
            other => other,
        }
    }
}

fn kept(object: &object_store::ObjectMeta) -> Option<Kept> {
    let Some(BlobKey::File(digest)) = BlobKey::of(&object.location) else {
        tracing::warn!(path = %object.location, "not a blob, left alone");
        return None;
    };
    Some(Kept {
        digest,
        size: object.size,
        written: place::written(object),
    })
}
