use std::ops::Range;

use crate::{
    app::{Caller, Error, Hub, Result},
    blobs::{ReadFault, Reading},
    domain::{DocumentId, FileId, Scope, StoredFile},
};

/// A file that is about to be sent to somebody.
pub struct Opening {
    /// The file.
    pub file: StoredFile,
    hub: Hub,
    caller: Caller,
    document: DocumentId,
}

impl Hub {
    /// Opens a file of a document for somebody of a unit that may see it. Only when its bytes or
    /// its text are handed out has a recipient read it.
    pub async fn open_file(
        &self,
        caller: &Caller,
        document: DocumentId,
        file: FileId,
    ) -> Result<Opening> {
        let unit = caller.unit_for(&[Scope::Send, Scope::Receive])?;
        if caller.is_machine() {
            self.find_document(caller, document).await?;
        }
        let mut tx = self.store().read().await?;
        let found = tx
            .files()
            .find_in(unit, document, file)
            .await?
            .ok_or(Error::NotFound)?;
        Ok(Opening {
            file: found,
            hub: self.clone(),
            caller: caller.clone(),
            document,
        })
    }

    /// The text that was extracted from a file, as JSON of its pages; none as long as it is not
    /// known.
    pub async fn file_text(
        &self,
        caller: &Caller,
        document: DocumentId,
        file: FileId,
    ) -> Result<Option<bytes::Bytes>> {
        let opening = self.open_file(caller, document, file).await?;
        let text = self.blobs().get_text(opening.file.digest).await?;
        if text.is_some() {
            opening.was_read().await?;
        }
        Ok(text)
    }
}

impl Opening {
    /// Its bytes, or a part of them. What no longer fits the digest is never sent.
    pub async fn read(&self, range: Option<Range<u64>>) -> Result<Reading> {
        let reading = self
            .hub
            .blobs()
            .read(self.file.digest, self.file.size, range)
            .await;
        let reading = reading.map_err(|fault| match fault {
            ReadFault::Damaged | ReadFault::Missing => {
                tracing::error!(digest = %self.file.digest, fault = %fault, "content damaged");
                Error::ContentDamaged
            }
            ReadFault::Failed(error) => error.into(),
        })?;
        self.was_read().await?;
        Ok(reading)
    }

    async fn was_read(&self) -> Result<()> {
        self.hub.open_document(&self.caller, self.document).await?;
        Ok(())
    }
}
