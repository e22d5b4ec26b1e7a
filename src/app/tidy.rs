use jiff::{SignedDuration, Timestamp};

use super::{Error, Hub, Result};

/// An upload that has not moved for so long has broken off.
const BROKEN_OFF: SignedDuration = SignedDuration::from_hours(24);

impl Hub {
    /// Clears away what nobody will ask for again.
    pub async fn tidy(&self) -> Result<()> {
        let config = self.config();
        let now = self.now();
        self.0.guests.tidy(now);
        let before = |by: SignedDuration| now.saturating_sub(by).map_err(Error::internal);
        let unattached: Timestamp = before(SignedDuration::from_hours(
            config.uploads.keep_unattached_hours.into(),
        ))?;
        let days = i64::from(config.limits.idempotency_keep_days);
        let answered = before(SignedDuration::from_hours(24 * days))?;
        let mut tx = self.store().write().await?;
        let files = tx.files().forget_unattached(unattached).await?;
        let answers = tx.idempotency().forget(answered).await?;
        tx.commit().await?;
        let uploads = self.tidy_uploads().await?;
        let mails = self.tidy_mails().await?;
        self.destroy_again().await?;
        let staged = self.blobs().sweep_staging(before(BROKEN_OFF)?).await?;
        if files > 0 || answers > 0 || staged > 0 || uploads > 0 || mails > 0 {
            tracing::info!(files, answers, staged, uploads, mails, "tidied");
        }
        Ok(())
    }
}
