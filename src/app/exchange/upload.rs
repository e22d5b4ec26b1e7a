use bytes::Bytes;
use futures_util::Stream;

use super::OFFICE;
use crate::{
    app::{Caller, Error, Hub, Result, Work},
    blobs::{Stored, WriteFault},
    domain::{Digest, FileId, Scope, StoredFile, Subject, file_name},
};

/// One day, in seconds: the window of a unit's quota.
const DAY: i64 = 24 * 60 * 60;

/// The largest file, in bytes, that is looked into to tell what it is; larger ones are told by
/// their beginning.
const LOOKED_INTO: u64 = 64 << 20;

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
        let since = self
            .now()
            .saturating_sub(jiff::SignedDuration::from_secs(DAY));
        let since = since.map_err(Error::internal)?;
        let used = self
            .store()
            .read()
            .await?
            .files()
            .uploaded_since(unit, since)
            .await?;
        let left = uploads.unit_quota_bytes_per_day.saturating_sub(used);
        if left == 0 {
            return Err(Error::QuotaReached(uploads.unit_quota_bytes_per_day));
        }
        let limit = uploads.max_file_bytes;
        let stored =
            self.blobs()
                .write(bytes, limit.min(left))
                .await
                .map_err(|fault| match fault {
                    WriteFault::TooLarge { .. } if left < limit => {
                        Error::QuotaReached(uploads.unit_quota_bytes_per_day)
                    }
                    WriteFault::TooLarge { .. } => Error::FileTooLarge(limit),
                    WriteFault::Interrupted(_) => Error::UploadInterrupted,
                    WriteFault::Full(_) => Error::Full,
                    WriteFault::Failed(error) => error.into(),
                })?;
        if stored.size == 0 {
            return Err(Error::FileEmpty);
        }
        let media_type = self.media_type(&name, &stored).await?;
        if !uploads.allows(&media_type) {
            return Err(Error::FileTypeRefused(media_type));
        }
        Ok(ReceivedFile {
            digest: stored.digest,
            size: stored.size,
            name,
            media_type,
        })
    }

    /// What the file is by its content.
    async fn media_type(&self, name: &str, stored: &Stored) -> Result<String> {
        let whole = if stored.size <= LOOKED_INTO {
            Some(self.open_for_reading(stored.digest).await?)
        } else {
            None
        };
        let (name, head, sniff) = (name.to_owned(), stored.head.clone(), self.0.parts.sniff);
        let sniffed = tokio::task::spawn_blocking(move || sniff(&name, &head, whole));
        sniffed.await.map_err(Error::internal)
    }
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
