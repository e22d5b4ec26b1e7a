//! Uploads that come piece by piece, over hours and restarts: begun, continued, looked at, ended.
//!
//! How far an upload has come is what the database says, and the database says so only after the
//! bytes have been synced. What lies in the file beyond that was never acknowledged and is cut off.

mod append;
mod begin;
mod finish;
mod look;

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

pub use append::{Checksum, Piece};
pub use begin::Announced;
pub use look::Progress;

use super::{Error, Hub, Result, exchange::OFFICE};
use crate::{
    app::Caller,
    domain::{Upload, UploadId},
};

/// The uploads that some request of this node is writing to. Their bytes lie on this node, so no
/// other writes to them.
#[derive(Clone, Default)]
pub(super) struct Writing(Arc<Mutex<HashSet<UploadId>>>);

/// The right to write to an upload; dropping it lets the next one write.
struct Turn {
    writing: Writing,
    id: UploadId,
}

impl Writing {
    fn begin(&self, id: UploadId) -> Result<Turn> {
        let mut writing = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !writing.insert(id) {
            return Err(Error::UploadBusy);
        }
        drop(writing);
        Ok(Turn {
            writing: self.clone(),
            id,
        })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut writing = self
            .writing
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        writing.remove(&self.id);
    }
}

impl Hub {
    /// An upload of the caller, as far as it can still be continued.
    async fn own_upload(&self, caller: &Caller, id: UploadId) -> Result<Upload> {
        let unit = caller.unit_as(OFFICE)?;
        let mut tx = self.store().read().await?;
        let upload = tx.uploads().find_of(unit, caller.user(), id).await?;
        let upload = upload.ok_or(Error::NotFound)?;
        if upload.expires_at <= self.now() {
            return Err(Error::Gone);
        }
        Ok(upload)
    }

    /// The staging place of this node.
    async fn waiting_place(&self) -> Result<uuid::Uuid> {
        let place = self
            .0
            .waiting_place
            .get_or_try_init(|| self.blobs().waiting_place());
        Ok(*place.await?)
    }

    /// Goes on only for what lies on this node.
    async fn must_be_here(&self, upload: &Upload) -> Result<()> {
        if upload.place == self.waiting_place().await? {
            return Ok(());
        }
        let reason = format!("upload {} lies on another node", upload.id);
        Err(Error::Unavailable(Some(reason.into())))
    }

    /// When an upload that moves now will be thrown away.
    fn upload_expiry(&self) -> Result<jiff::Timestamp> {
        let hours = self.config().uploads.resumable_keep_hours;
        let keep = jiff::SignedDuration::from_hours(hours.into());
        self.now().saturating_add(keep).map_err(Error::internal)
    }

    /// Ends an upload that cannot be continued, with its bytes.
    async fn drop_upload(&self, id: UploadId) -> Result<()> {
        let mut tx = self.store().write().await?;
        tx.uploads().remove(id).await?;
        tx.commit().await?;
        Ok(self.blobs().discard_partial(id.0).await?)
    }

    /// Ends an upload that the caller began. A file that it has become stays.
    pub async fn end_upload(&self, caller: &Caller, id: UploadId) -> Result<()> {
        self.own_upload(caller, id).await?;
        let _turn = self.0.writing.begin(id)?;
        self.drop_upload(id).await
    }

    /// Throws away what has expired, and what lies here and belongs to no upload.
    pub(super) async fn tidy_uploads(&self) -> Result<u64> {
        let mut tx = self.store().write().await?;
        let expired = tx.uploads().expire(self.now()).await?;
        tx.commit().await?;
        for id in self.blobs().partials().await? {
            let Ok(_turn) = self.0.writing.begin(UploadId(id)) else {
                continue;
            };
            let mut tx = self.store().read().await?;
            if !tx.uploads().is_open(UploadId(id)).await? {
                self.blobs().discard_partial(id).await?;
            }
        }
        Ok(expired)
    }
}
