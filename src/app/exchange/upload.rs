use std::io::{Read as _, Seek as _};

use bytes::Bytes;
use futures_util::Stream;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::OFFICE;
use crate::{
    app::{Caller, Error, Hub, Result, Work},
    blobs::{Arriving, WriteFault},
    config::Uploads,
    domain::{Digest, FileId, Scope, StoredFile, Subject, UnitId, UserId, file_name},
    store::Tx,
};

/// One day, in seconds: the window of a unit's quota.
const DAY: i64 = 24 * 60 * 60;

/// The largest file, in bytes, that is looked into to tell what it is; larger ones are told by
/// their beginning.
const LOOKED_INTO: u64 = 64 << 20;

/// As much of the beginning as what a file is can be told by.
const HEAD: u64 = 64 << 10;

/// A file whose bytes are safe on the disk and which nothing refers to yet.
#[derive(Debug, Clone)]
pub struct ReceivedFile {
    /// Names the bytes.
    pub digest: Digest,
    /// Bytes.
    pub size: u64,
    /// The name, made harmless.
    pub name: String,
    /// Decided from the content.
    pub media_type: String,
}

impl Hub {
    /// Takes in the bytes of a file, after checking who uploads it and before anything refers to
    /// it.
    pub async fn receive_file<S, E>(
        &self,
        caller: &Caller,
        name: &str,
        bytes: S,
    ) -> Result<ReceivedFile>
    where
        S: Stream<Item = std::result::Result<Bytes, E>>,
    {
        let unit = caller.unit_as_or(OFFICE, Scope::Send)?;
        let name = file_name(name).map_err(|error| Error::invalid("/name", "malformed", error))?;
        let uploads = &self.config().uploads;
        let _place = self.0.uploads.enter(caller.user(), unit, uploads)?;
        let mut tx = self.store().read().await?;
        let left = left_today(&mut tx, uploads, unit, self.now()).await?;
        drop(tx);
        if left == 0 {
            return Err(Error::QuotaReached(uploads.unit_quota_bytes_per_day));
        }
        let limit = uploads.max_file_bytes;
        let arriving = self.blobs().take_in(bytes, limit.min(left)).await;
        let arriving = arriving.map_err(|fault| match fault {
            WriteFault::TooLarge { .. } if left < limit => {
                Error::QuotaReached(uploads.unit_quota_bytes_per_day)
            }
            WriteFault::TooLarge { .. } => Error::FileTooLarge(limit),
            WriteFault::Interrupted(_) => Error::UploadInterrupted,
            WriteFault::Full(_) => Error::Full,
            WriteFault::Failed(error) => error.into(),
        })?;
        let received = self.examine(&name, &arriving).await?;
        self.keep_examined(arriving, received).await
    }

    /// Looks at bytes before they are kept: whether there are any, whether they were refused
    /// before, and what they are.
    pub(in crate::app) async fn examine(
        &self,
        name: &str,
        arriving: &Arriving,
    ) -> Result<ReceivedFile> {
        let stored = arriving.stored();
        if stored.size == 0 {
            return Err(Error::FileEmpty);
        }
        self.must_not_be_refused(stored.digest).await?;
        let whole = match stored.size {
            ..=LOOKED_INTO => Some(arriving.file()?),
            _ => None,
        };
        let media_type = self.media_type(name, stored.head, whole).await?;
        self.allowed(name, stored.digest, stored.size, media_type)
    }

    /// Looks at bytes that are kept already.
    pub(in crate::app) async fn examine_kept(
        &self,
        name: &str,
        digest: Digest,
        size: u64,
    ) -> Result<ReceivedFile> {
        self.must_not_be_refused(digest).await?;
        let mut file = self.open_for_reading(digest).await?;
        let read = tokio::task::spawn_blocking(move || {
            let mut head = Vec::new();
            file.by_ref().take(HEAD).read_to_end(&mut head)?;
            file.rewind()?;
            Ok::<_, std::io::Error>((head, file))
        });
        let read = read.await.map_err(Error::internal)?;
        let (head, file) = read.map_err(Error::internal)?;
        let whole = Some(file).filter(|_| size <= LOOKED_INTO);
        let media_type = self.media_type(name, head.into(), whole).await?;
        self.allowed(name, digest, size, media_type)
    }

    /// Keeps bytes that were looked at.
    pub(in crate::app) async fn keep_examined(
        &self,
        arriving: Arriving,
        received: ReceivedFile,
    ) -> Result<ReceivedFile> {
        arriving.keep().await?;
        // They may have been refused while they were being kept.
        if let Err(refused) = self.must_not_be_refused(received.digest).await {
            self.destroy(received.digest).await?;
            return Err(refused);
        }
        Ok(received)
    }

    fn allowed(
        &self,
        name: &str,
        digest: Digest,
        size: u64,
        media_type: String,
    ) -> Result<ReceivedFile> {
        if !self.config().uploads.allows(&media_type) {
            return Err(Error::FileTypeRefused(media_type));
        }
        Ok(ReceivedFile {
            digest,
            size,
            name: name.to_owned(),
            media_type,
        })
    }

    async fn must_not_be_refused(&self, digest: Digest) -> Result<()> {
        refuse(&mut self.store().read().await?, digest).await
    }

    /// What the file is by its content.
    async fn media_type(
        &self,
        name: &str,
        head: Bytes,
        whole: Option<std::fs::File>,
    ) -> Result<String> {
        let (name, sniff) = (name.to_owned(), self.0.parts.sniff);
        let sniffed = tokio::task::spawn_blocking(move || sniff(&name, &head, whole));
        sniffed.await.map_err(Error::internal)
    }
}

/// Content that bore a mark of classification is not taken in again, under any name.
async fn refuse(tx: &mut Tx, digest: Digest) -> Result<()> {
    if tx.refused().has(digest).await? {
        let said = "此文件的内容曾被发现有密级标志，不予接收，请通过机要渠道办理";
        return Err(Error::Secrecy(said.to_owned()));
    }
    Ok(())
}

/// The bytes that a unit may still upload within a day of now; what it has begun is set aside.
pub(in crate::app) async fn left_today(
    tx: &mut Tx,
    limits: &Uploads,
    unit: UnitId,
    now: Timestamp,
) -> Result<u64> {
    let since = now.saturating_sub(SignedDuration::from_secs(DAY));
    let since = since.map_err(Error::internal)?;
    let used = tx.files().uploaded_since(unit, since).await?;
    let begun = tx.uploads().taken(unit, UserId(Uuid::nil())).await?.bytes;
    Ok(limits
        .unit_quota_bytes_per_day
        .saturating_sub(used.saturating_add(begun)))
}

impl Work {
    /// Enters a received file for the caller's unit and asks for its text.
    pub async fn enter_file(&mut self, received: &ReceivedFile) -> Result<StoredFile> {
        let unit = self.caller.unit_as_or(OFFICE, Scope::Send)?;
        let file = StoredFile {
            id: FileId::fresh(),
            digest: received.digest,
            size: received.size,
            name: received.name.clone(),
            media_type: received.media_type.clone(),
            unit,
            uploaded_by: self.caller.user(),
            uploaded_at: self.now,
        };
        refuse(&mut self.tx, file.digest).await?;
        self.tx.files().insert(&file).await?;
        let now = self.now;
        self.tx
            .texts()
            .enqueue(file.digest, &file.media_type, file.size, now)
            .await?;
        self.did("file.upload", Subject::File, file.id.0);
        Ok(file)
    }
}
