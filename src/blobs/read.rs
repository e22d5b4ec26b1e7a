//! Handing bytes out, without ever handing out damaged ones as if they were the file.

use std::{
    collections::VecDeque,
    fs::File,
    io::Seek as _,
    ops::Range,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Instant,
};

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream, stream::BoxStream};
use sha2::{Digest as _, Sha256};

use super::{
    BlobError, BlobKey, Blobs, ReadFault, WriteFault,
    place::{Opened, Seal, blocking},
    stage,
    verified::Verified,
};
use crate::domain::Digest;

/// So many bytes of a whole read are held back until the digest of all is known. A file that is
/// no longer than this is therefore checked before its first byte leaves.
const HELD_BACK: usize = 512 * 1024;
/// How often a range is tried anew when the object is replaced under the reader.
const TRIES: usize = 3;

type Result<T> = std::result::Result<T, ReadFault>;

/// What [`Blobs::verify`] finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The bytes are those that were written.
    Sound,
    /// They are not.
    Damaged,
    /// There is no such blob.
    Missing,
}

/// Bytes on their way out. It ends with a [`ReadFault`], or after exactly [`length`] bytes.
///
/// [`length`]: Reading::length
pub struct Reading {
    chunks: BoxStream<'static, Result<Bytes>>,
    length: u64,
}

impl Reading {
    /// How many bytes will come.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length
    }
}

impl Stream for Reading {
    type Item = Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.chunks.poll_next_unpin(context)
    }
}

impl Blobs {
    /// Reads a blob of `size` bytes, or a range of it; a range is cut to the size.
    ///
    /// The whole is checked against its digest on the way, and its last 512 KiB leave only when
    /// it agrees. A range leaves only from a blob that was found sound in the last half hour and
    /// has not been replaced since; otherwise the blob is read through once before.
    pub async fn read(
        &self,
        digest: Digest,
        size: u64,
        range: Option<Range<u64>>,
    ) -> Result<Reading> {
        let range = range.unwrap_or(0..size);
        let range = range.start.min(size)..range.end.min(size);
        if range == (0..size) {
            return self.read_whole(digest, size).await;
        }
        let length = range.end.saturating_sub(range.start);
        if length == 0 {
            self.ensure_sound(digest).await?;
            return Ok(Reading {
                chunks: stream::empty().boxed(),
                length,
            });
        }
        let opened = self.open_sound(digest, Some(range)).await?;
        let part = Part {
            chunks: opened.into_chunks(),
            digest,
            left: length,
        };
        let chunks = stream::try_unfold(part, async |mut part| {
            let chunk = part.next().await?;
            Ok(chunk.map(|chunk| (chunk, part)))
        });
        Ok(Reading {
            chunks: chunks.boxed(),
            length,
        })
    }

    /// Reads a blob through and compares it with its digest.
    pub async fn verify(&self, digest: Digest) -> super::Result<Verdict> {
        let Some(opened) = self
            .place
            .open_object(&BlobKey::File(digest).path(), None)
            .await?
        else {
            self.verified.forget(digest);
            return Ok(Verdict::Missing);
        };
        let seal = opened.seal();
        let mut chunks = opened.into_chunks();
        let mut hasher = Sha256::new();
        while let Some(chunk) = chunks.next().await {
            hasher.update(&chunk?);
        }
        if Digest(hasher.finalize().into()) != digest {
            damaged(digest);
            self.verified.forget(digest);
            return Ok(Verdict::Damaged);
        }
        self.verified.remember(digest, seal, Instant::now());
        Ok(Verdict::Sound)
    }

    /// A blob as a file of this machine that can be sought in; it is found sound before. In a
    /// folder it is the file itself, read-only; from a bucket it is a copy without a name.
    pub async fn open_local_file(&self, digest: Digest) -> Result<File> {
        let opened = self.open_object(digest, None).await?;
        let opened = match opened.into_file() {
            Err(remote) => return self.fetch(digest, remote).await,
            Ok(_) => self.open_sound(digest, None).await?,
        };
        opened
            .into_file()
            .map_err(|_| BlobError::new("打开文件", "不是本机文件").into())
    }

    async fn read_whole(&self, digest: Digest, size: u64) -> Result<Reading> {
        let opened = self.open_object(digest, None).await?;
        if opened.size() != size {
            damaged(digest);
            self.verified.forget(digest);
            return Err(ReadFault::Damaged);
        }
        let whole = Whole {
            digest,
            seal: opened.seal(),
            chunks: opened.into_chunks(),
            hasher: Some(Sha256::new()),
            held: VecDeque::new(),
            held_length: 0,
            verified: Arc::clone(&self.verified),
        };
        let chunks = stream::try_unfold(whole, async |mut whole| {
            let chunk = whole.next().await?;
            Ok(chunk.map(|chunk| (chunk, whole)))
        });
        Ok(Reading {
            chunks: chunks.boxed(),
            length: size,
        })
    }

    async fn open_object(&self, digest: Digest, range: Option<Range<u64>>) -> Result<Opened> {
        let opened = self
            .place
            .open_object(&BlobKey::File(digest).path(), range)
            .await?;
        opened.ok_or(ReadFault::Missing)
    }

    /// Opens the very object that has been found sound.
    async fn open_sound(&self, digest: Digest, range: Option<Range<u64>>) -> Result<Opened> {
        for _ in 0..TRIES {
            self.ensure_sound(digest).await?;
            match self.open_object(digest, range.clone()).await {
                Ok(opened) if self.verified.knows(digest, &opened.seal(), Instant::now()) => {
                    return Ok(opened);
                }
                Err(ReadFault::Missing) => return Err(ReadFault::Missing),
                // Replaced since, or so short that the range lies outside: look again.
                Ok(_) | Err(_) => self.verified.forget(digest),
            }
        }
        Err(BlobError::new("读取文件", "文件在读取时一再改变").into())
    }

    async fn ensure_sound(&self, digest: Digest) -> Result<()> {
        let _lane = self.verified.lane(digest).await;
        if self.verified.has(digest, Instant::now()) {
            return Ok(());
        }
        match self.verify(digest).await? {
            Verdict::Sound => Ok(()),
            Verdict::Damaged => Err(ReadFault::Damaged),
            Verdict::Missing => Err(ReadFault::Missing),
        }
    }

    /// Copies an object of the bucket into a file without a name, and checks it on the way.
    async fn fetch(&self, digest: Digest, opened: Opened) -> Result<File> {
        let staging = self.place.stage().await?;
        let received = stage::receive(staging, opened.into_chunks(), u64::MAX).await;
        let copy = received.map_err(|fault: WriteFault<BlobError>| BlobError::from(fault))?;
        if copy.digest() != digest {
            damaged(digest);
            return Err(ReadFault::Damaged);
        }
        let mut file = copy.file;
        let rewound = blocking("读取文件", move || file.rewind().map(|()| file)).await?;
        Ok(rewound)
    }
}

/// A whole read: hashes what passes and holds the end back.
struct Whole {
    digest: Digest,
    seal: Seal,
    chunks: BoxStream<'static, super::Result<Bytes>>,
    /// Gone once the digest has been compared.
    hasher: Option<Sha256>,
    held: VecDeque<Bytes>,
    held_length: usize,
    verified: Arc<Verified>,
}

impl Whole {
    async fn next(&mut self) -> Result<Option<Bytes>> {
        while self.hasher.is_some() && !self.holds_enough() {
            self.take_in().await?;
        }
        let chunk = self.held.pop_front();
        self.held_length -= chunk.as_ref().map_or(0, Bytes::len);
        Ok(chunk)
    }

    /// Whether the first chunk can leave and enough stays behind.
    fn holds_enough(&self) -> bool {
        let first = self.held.front().map_or(0, Bytes::len);
        self.held_length - first >= HELD_BACK
    }

    async fn take_in(&mut self) -> Result<()> {
        match self.chunks.next().await.transpose()? {
            Some(chunk) => {
                if let Some(hasher) = &mut self.hasher {
                    hasher.update(&chunk);
                }
                self.held_length += chunk.len();
                self.held.push_back(chunk);
                Ok(())
            }
            None => self.judge(),
        }
    }

    fn judge(&mut self) -> Result<()> {
        let found = self
            .hasher
            .take()
            .map(|hasher| Digest(hasher.finalize().into()));
        if found != Some(self.digest) {
            damaged(self.digest);
            self.verified.forget(self.digest);
            return Err(ReadFault::Damaged);
        }
        self.verified
            .remember(self.digest, self.seal.clone(), Instant::now());
        Ok(())
    }
}

/// A range of a blob that is known to be sound; only its length remains to be watched.
struct Part {
    chunks: BoxStream<'static, super::Result<Bytes>>,
    digest: Digest,
    left: u64,
}

impl Part {
    async fn next(&mut self) -> Result<Option<Bytes>> {
        let chunk = self.chunks.next().await.transpose()?;
        let length = chunk.as_ref().map_or(0, Bytes::len) as u64;
        if length > self.left || (chunk.is_none() && self.left > 0) {
            damaged(self.digest);
            return Err(ReadFault::Damaged);
        }
        self.left -= length;
        Ok(chunk)
    }
}

fn damaged(digest: Digest) {
    tracing::error!(%digest, "blob is damaged");
}
