use std::pin::pin;

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use crate::{
    app::{Caller, Error, Hub, Result, exchange::left_today},
    blobs::Partial,
    domain::{Upload, UploadId},
};

/// So many bytes are acknowledged to ourselves on the way: more than these are never sent again
/// after a crash.
const CHECKPOINT: u64 = 16 << 20;

/// What is said of a piece before it comes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Piece {
    /// Where it belongs.
    pub offset: u64,
    /// How long the whole is, if that was not known before.
    pub length: Option<u64>,
    /// What its bytes must add up to.
    pub checksum: Option<Checksum>,
}

/// A checksum of one piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checksum {
    /// SHA-1, which every tus client knows; it guards against accidents alone.
    Sha1([u8; 20]),
    /// SHA-256.
    Sha256([u8; 32]),
}

/// Adds up the bytes of a piece.
enum Sum {
    Sha1(Sha1, [u8; 20]),
    Sha256(Sha256, [u8; 32]),
}

impl Sum {
    fn of(checksum: Checksum) -> Self {
        match checksum {
            Checksum::Sha1(expected) => Self::Sha1(Sha1::new(), expected),
            Checksum::Sha256(expected) => Self::Sha256(Sha256::new(), expected),
        }
    }

    fn add(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha1(sum, _) => sum.update(bytes),
            Self::Sha256(sum, _) => sum.update(bytes),
        }
    }

    fn fits(self) -> bool {
        match self {
            Self::Sha1(sum, expected) => <[u8; 20]>::from(sum.finalize()) == expected,
            Self::Sha256(sum, expected) => <[u8; 32]>::from(sum.finalize()) == expected,
        }
    }
}

impl Hub {
    /// Takes in the next bytes of an upload; when all have come it becomes a file. What has come
    /// of a piece that breaks off is kept, unless it has a checksum, which then cannot be known.
    pub async fn append_to_upload<S, E>(
        &self,
        caller: &Caller,
        id: UploadId,
        piece: Piece,
        bytes: S,
    ) -> Result<Upload>
    where
        S: Stream<Item = std::result::Result<Bytes, E>>,
    {
        self.own_upload(caller, id).await?;
        let _turn = self.0.writing.begin(id)?;
        // Whoever had the turn before may have moved it.
        let mut upload = self.own_upload(caller, id).await?;
        if piece.offset != upload.received {
            return Err(Error::WrongOffset(upload.received));
        }
        self.learn_length(&mut upload, piece.length)?;
        if upload.file.is_none() && !upload.is_complete() {
            self.must_be_here(&upload).await?;
            let limits = &self.config().uploads;
            let _place = self.0.uploads.enter(upload.user, upload.unit, limits)?;
            self.take_piece(&mut upload, piece, bytes).await?;
        }
        if upload.is_complete() {
            self.finish_upload(caller, upload).await
        } else {
            Ok(upload)
        }
    }

    fn learn_length(&self, upload: &mut Upload, length: Option<u64>) -> Result<()> {
        let Some(length) = length else { return Ok(()) };
        if upload.length.is_some_and(|known| known != length) {
            let detail = "Upload-Length 与先前给出的不同";
            return Err(Error::invalid("Upload-Length", "conflicting", detail));
        }
        let most = self.config().uploads.max_file_bytes;
        if length > most {
            return Err(Error::FileTooLarge(most));
        }
        if length == 0 || length < upload.received {
            let detail = "Upload-Length 小于已收到的字节数，或者为 0";
            return Err(Error::invalid("Upload-Length", "too_small", detail));
        }
        upload.length = Some(length);
        Ok(())
    }

    /// The offset at which an upload must end.
    async fn end_of(&self, upload: &Upload) -> Result<u64> {
        if let Some(length) = upload.length {
            return Ok(length);
        }
        let limits = &self.config().uploads;
        let mut tx = self.store().read().await?;
        let left = left_today(&mut tx, limits, upload.unit, self.now()).await?;
        Ok(limits
            .max_file_bytes
            .min(upload.received.saturating_add(left)))
    }

    async fn take_piece<S, E>(&self, upload: &mut Upload, piece: Piece, bytes: S) -> Result<()>
    where
        S: Stream<Item = std::result::Result<Bytes, E>>,
    {
        let end = self.end_of(upload).await?;
        let partial = self
            .blobs()
            .open_partial(upload.id.0, upload.received)
            .await?;
        let Some(mut partial) = partial else {
            tracing::error!(upload = %upload.id, "the bytes of an upload are gone");
            self.drop_upload(upload.id).await?;
            return Err(Error::Gone);
        };
        let mut sum = piece.checksum.map(Sum::of);
        let mut bytes = pin!(bytes);
        let mut broke_off = false;
        while let Some(chunk) = bytes.next().await {
            let Ok(chunk) = chunk else {
                broke_off = true;
                break;
            };
            if partial.length() + chunk.len() as u64 > end {
                return Err(Error::FileTooLarge(end));
            }
            partial.push(&chunk).await?;
            match &mut sum {
                Some(sum) => sum.add(&chunk),
                None if partial.length() - upload.received >= CHECKPOINT => {
                    self.acknowledge(upload, &mut partial).await?;
                }
                None => {}
            }
        }
        if let Some(sum) = sum {
            if broke_off {
                return Err(Error::UploadInterrupted);
            }
            if !sum.fits() {
                return Err(Error::ChecksumMismatch);
            }
        }
        self.acknowledge(upload, &mut partial).await?;
        if broke_off && !upload.is_complete() {
            return Err(Error::UploadInterrupted);
        }
        Ok(())
    }

    /// Syncs what has come, and only then says so.
    async fn acknowledge(&self, upload: &mut Upload, partial: &mut Partial) -> Result<()> {
        let to = partial.settle().await?;
        let expires = self.upload_expiry()?;
        let mut tx = self.store().write().await?;
        let mut table = tx.uploads();
        let (from, length) = (upload.received, upload.length);
        if !table
            .advance(upload.id, (from, to), length, expires)
            .await?
        {
            return Err(Error::Gone);
        }
        tx.commit().await?;
        upload.received = to;
        upload.expires_at = expires;
        Ok(())
    }
}
