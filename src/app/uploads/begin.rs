use super::OFFICE;
use crate::{
    app::{Error, Result, Work, exchange::left_today},
    domain::{Upload, UploadId, file_name},
};

/// What is said of an upload before it comes.
#[derive(Debug, Clone)]
pub struct Announced {
    /// The name of the file.
    pub name: String,
    /// Everything the client says about it, word for word.
    pub metadata: String,
    /// How long it is, if that is known.
    pub length: Option<u64>,
}

impl Work {
    /// Begins an upload that comes piece by piece. Its bytes are set aside from what the unit
    /// may upload today.
    pub async fn begin_upload(&mut self, announced: Announced) -> Result<Upload> {
        let (unit, user) = (self.caller.unit_as(OFFICE)?, self.caller.user());
        let name = file_name(&announced.name)
            .map_err(|error| Error::invalid("Upload-Metadata", "malformed", error))?;
        let hub = self.hub.clone();
        let limits = &hub.config().uploads;
        match announced.length {
            Some(0) => return Err(Error::FileEmpty),
            Some(length) if length > limits.max_file_bytes => {
                return Err(Error::FileTooLarge(limits.max_file_bytes));
            }
            _ => {}
        }
        let taken = self.tx.uploads().taken(unit, user).await?;
        if taken.of_user >= limits.open_per_user.into() {
            return Err(Error::TooManyUploads(limits.open_per_user));
        }
        if taken.of_unit >= limits.open_per_unit.into() {
            return Err(Error::TooManyUploads(limits.open_per_unit));
        }
        let left = left_today(&mut self.tx, limits, unit, self.now).await?;
        if left < announced.length.unwrap_or(1) {
            return Err(Error::QuotaReached(limits.unit_quota_bytes_per_day));
        }
        let upload = Upload {
            id: UploadId::fresh(),
            unit,
            user,
            place: hub.waiting_place().await?,
            name,
            metadata: announced.metadata,
            length: announced.length,
            received: 0,
            digest: None,
            file: None,
            created_at: self.now,
            expires_at: hub.upload_expiry()?,
        };
        self.tx.uploads().insert(&upload).await?;
        Ok(upload)
    }
}
