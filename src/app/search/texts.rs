//! The texts of files: what waits to be read, and what came of it.

use jiff::{SignedDuration, Timestamp};

use crate::{
    app::{Error, Hub, Result},
    domain::{Change, Digest, FileText, QueuedText, TextState, refuse_marks_in},
};

impl Hub {
    /// The next files to read, the longest waiting first.
    pub async fn texts_due(&self, limit: i64) -> Result<Vec<QueuedText>> {
        let now = self.now();
        Ok(self.store().read().await?.texts().due(now, limit).await?)
    }

    /// Takes a file for one attempt that ends within `patience`. Tells whether it was still
    /// there.
    pub async fn claim_text(&self, text: &QueuedText, patience: SignedDuration) -> Result<bool> {
        let until = self
            .now()
            .saturating_add(patience)
            .map_err(Error::internal)?;
        let mut tx = self.store().write().await?;
        let claimed = tx.texts().claim(text, until).await?;
        tx.commit().await?;
        Ok(claimed)
    }

    /// The file to read.
    pub async fn open_for_reading(&self, digest: Digest) -> Result<std::fs::File> {
        self.blobs()
            .open_local_file(digest)
            .await
            .map_err(Error::internal)
    }

    /// Keeps the text of a file; the documents that hold it are indexed anew. A text with a mark
    /// of classification is not kept, and neither is the file.
    pub async fn keep_text(&self, digest: Digest, text: &FileText) -> Result<()> {
        if let Some(mark) = refuse_marks_in(text) {
            return self.quarantine(digest, &mark.to_string()).await;
        }
        let bytes = serde_json::to_vec(text).map_err(Error::internal)?;
        self.blobs().put_text(digest, bytes.into()).await?;
        let engine = Some(text.engine.as_str());
        self.settle_text(digest, TextState::Ready, None, engine, text.chars())
            .await
    }

    /// Notes that a file has no text, or none that could be read, and why.
    pub async fn give_text_up(&self, digest: Digest, state: TextState, reason: &str) -> Result<()> {
        self.settle_text(digest, state, Some(reason), None, 0).await
    }

    async fn settle_text(
        &self,
        digest: Digest,
        state: TextState,
        reason: Option<&str>,
        engine: Option<&str>,
        chars: u64,
    ) -> Result<()> {
        let now: Timestamp = self.now();
        let mut tx = self.store().write().await?;
        tx.texts()
            .settle(digest, state, reason, engine, chars, now)
            .await?;
        for document in tx.texts().documents_with(digest).await? {
            tx.happened(Change::of_document(document, "document.text", now));
        }
        tx.commit().await?;
        self.wake();
        Ok(())
    }
}
