//! What happens when a mark of classification is found in a file: its bytes and its text are
//! destroyed wherever they are, every sent document that holds it goes into quarantine, and the
//! same bytes are not taken in again. What is proved about the documents stays; the audit tells
//! what was done without any content.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{Error, Hub, Result};
use crate::{
    blobs::BlobKey,
    domain::{Audit, Change, Digest, Subject, TextState},
    store::Tx,
};

/// What a document in quarantine is called.
const TITLE: &str = "因含密级标志已隔离，请通过机要渠道办理";
/// What a destroyed file is called.
const NAME: &str = "已销毁";
/// How many contents are destroyed at once.
const AT_ONCE: i64 = 20;
/// How long an upload of refused bytes may have been on its way when they were refused.
const ON_THE_WAY: SignedDuration = SignedDuration::from_hours(1);

impl Hub {
    /// Refuses content in which a mark was found. In one unit of work: the file is marked as
    /// destroyed with the reason, and what was sent with it goes into quarantine.
    pub(super) async fn quarantine(&self, digest: Digest, mark: &str) -> Result<()> {
        let now = self.now();
        let mut tx = self.store().write().await?;
        tx.refused().add(digest, now).await?;
        let state = TextState::Destroyed;
        tx.texts()
            .settle(digest, state, Some(mark), None, 0, now)
            .await?;
        for file in tx.refused().take_files(digest, NAME).await? {
            tx.refused().forget_answers(file.0).await?;
            tx.audited(done("file.destroy", Subject::File, file.0, now));
        }
        // Whoever was sending one of these files has sent it by now, or will be refused.
        let sent = tx.refused().holders(digest).await?;
        for document in tx.texts().documents_with(digest).await? {
            if !sent.contains(&document) {
                tx.happened(Change::of_document(document, "document.text", now));
            }
        }
        for document in sent {
            if tx.refused().quarantine(document, TITLE, now).await? {
                tx.refused().forget_answers(document.0).await?;
                let action = "document.quarantine";
                tx.audited(done(action, Subject::Document, document.0, now));
                tx.happened(Change::of_document(document, action, now));
            }
        }
        tx.commit().await?;
        tracing::warn!("a file with a mark of classification was refused; see the audit");
        self.wake();
        Ok(())
    }

    /// Destroys the bytes and the texts of refused content that are still there, and says how
    /// many contents there were. What fails is tried again.
    pub async fn destroy_refused(&self) -> Result<usize> {
        let waiting = self
            .store()
            .read()
            .await?
            .refused()
            .waiting(AT_ONCE)
            .await?;
        for digest in &waiting {
            self.destroy(*digest).await?;
            let mut tx = self.store().write().await?;
            tx.refused().destroyed(*digest, self.now()).await?;
            tx.commit().await?;
        }
        Ok(waiting.len())
    }

    /// Destroys once more what was destroyed of late.
    pub(super) async fn destroy_again(&self) -> Result<()> {
        let since = self
            .now()
            .saturating_sub(ON_THE_WAY)
            .map_err(Error::internal)?;
        let mut tx: Tx = self.store().read().await?;
        let digests = tx.refused().destroyed_since(since).await?;
        drop(tx);
        for digest in digests {
            self.destroy(digest).await?;
        }
        Ok(())
    }

    /// Destroys the bytes and the text of a content, however new they are.
    pub(super) async fn destroy(&self, digest: Digest) -> Result<()> {
        for key in [BlobKey::File(digest), BlobKey::Text(digest)] {
            self.blobs().remove(key, Timestamp::MAX).await?;
        }
        Ok(())
    }
}

/// The hub did it, on nobody's behalf.
fn done(action: &'static str, subject: Subject, id: Uuid, at: Timestamp) -> Audit {
    Audit {
        at,
        user: None,
        unit: None,
        action,
        subject,
        id: Some(id),
        outcome: "ok",
        client: None,
    }
}
