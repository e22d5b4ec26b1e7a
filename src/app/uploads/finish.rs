use crate::{
    app::{Caller, Error, Hub, ReceivedFile, Result},
    blobs::Arriving,
    domain::{Digest, StoredFile, Upload},
};

impl Hub {
    /// Makes a complete upload a file, exactly as one that came in one request. It can be asked
    /// for again after a crash at any point: nothing of the upload is thrown away before the file
    /// is entered.
    pub(super) async fn finish_upload(
        &self,
        caller: &Caller,
        mut upload: Upload,
    ) -> Result<Upload> {
        if upload.file.is_some() {
            return Ok(upload);
        }
        self.must_be_here(&upload).await?;
        let length = upload.received;
        let received = match self.blobs().whole_of_partial(upload.id.0, length).await? {
            Some(arriving) => self.keep_upload(&upload, arriving).await,
            None => self.kept_before(&upload).await,
        };
        let received = match received {
            Ok(received) => received,
            Err(error) => {
                if is_final(&error) {
                    self.drop_upload(upload.id).await?;
                }
                return Err(error);
            }
        };
        let file = self.enter_upload(caller, &upload, &received).await?;
        upload.digest = Some(received.digest);
        upload.file = Some(file.id);
        self.blobs().discard_partial(upload.id.0).await?;
        Ok(upload)
    }

    async fn keep_upload(&self, upload: &Upload, arriving: Arriving) -> Result<ReceivedFile> {
        let received = self.examine(&upload.name, &arriving).await?;
        // From here on the bytes may lie under their own name, so it is written down first.
        self.name_content(upload, received.digest).await?;
        self.keep_examined(arriving, received).await
    }

    async fn name_content(&self, upload: &Upload, digest: Digest) -> Result<()> {
        let mut tx = self.store().write().await?;
        tx.uploads().name_content(upload.id, digest).await?;
        Ok(tx.commit().await?)
    }

    /// The bytes were kept, and then the hub died.
    async fn kept_before(&self, upload: &Upload) -> Result<ReceivedFile> {
        let Some(digest) = upload.digest else {
            tracing::error!(upload = %upload.id, "the bytes of an upload are gone");
            return Err(Error::Gone);
        };
        if !self.blobs().exists(digest).await? {
            return Err(Error::Gone);
        }
        self.examine_kept(&upload.name, digest, upload.received)
            .await
    }

    async fn enter_upload(
        &self,
        caller: &Caller,
        upload: &Upload,
        received: &ReceivedFile,
    ) -> Result<StoredFile> {
        let mut work = self.work(caller.clone()).await?;
        let file = work.enter_file(received).await?;
        if !work.tx.uploads().became(upload.id, file.id).await? {
            return Err(Error::Gone);
        }
        work.commit().await?;
        Ok(file)
    }
}

/// Whether trying again would end the same way.
fn is_final(error: &Error) -> bool {
    matches!(
        error,
        Error::FileTypeRefused(_) | Error::Secrecy(_) | Error::FileEmpty | Error::Gone
    )
}
