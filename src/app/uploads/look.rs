use crate::{
    app::{Caller, Error, Hub, Result},
    domain::{StoredFile, Upload, UploadId},
};

/// How far an upload has come, and what has become of it.
#[derive(Debug, Clone)]
pub struct Progress {
    /// The upload.
    pub upload: Upload,
    /// The file, once every byte has come.
    pub file: Option<StoredFile>,
}

impl Hub {
    /// How far an upload of the caller has come. One whose bytes have all come becomes a file
    /// now, if the hub died before it could.
    pub async fn upload_progress(&self, caller: &Caller, id: UploadId) -> Result<Progress> {
        let mut upload = self.own_upload(caller, id).await?;
        if upload.is_complete() && upload.file.is_none() {
            upload = match self.0.writing.begin(id) {
                Ok(_turn) => {
                    let upload = self.own_upload(caller, id).await?;
                    self.finish_upload(caller, upload).await?
                }
                // Somebody is about it.
                Err(Error::UploadBusy) => upload,
                Err(error) => return Err(error),
            };
        }
        let file = match upload.file {
            Some(file) => {
                self.store()
                    .read()
                    .await?
                    .files()
                    .find_of(upload.unit, file)
                    .await?
            }
            None => None,
        };
        Ok(Progress { upload, file })
    }
}
