use std::ops::Range;

use crate::{
    app::{Caller, Error, Hub, Result},
    blobs::{ReadFault, Reading},
    domain::{DocumentId, FileId, StoredFile},
};

/// A file that is about to be sent to somebody.
pub struct Opening {
    /// The file.
    pub file: StoredFile,
    hub: Hub,
}

impl Hub {
    /// Opens a file of a document for somebody of a unit that may see it; for a recipient this
    /// records the reading.
    pub async fn open_file(
        &self,
        caller: &Caller,
        document: DocumentId,
        file: FileId,
    ) -> Result<Opening> {
        let unit = caller.unit()?;
        let mut tx = self.store().read().await?;
        let found = tx
            .files()
            .find_in(unit, document, file)
            .await?
            .ok_or(Error::NotFound)?;
        drop(tx);
        self.open_document(caller, document).await?;
        Ok(Opening {
            file: found,
            hub: self.clone(),
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
        Ok(self.blobs().get_text(opening.file.digest).await?)
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
        reading.map_err(|fault| match fault {
            ReadFault::Damaged | ReadFault::Missing => {
                tracing::error!(digest = %self.file.digest, fault = %fault, "content damaged");
                Error::ContentDamaged
            }
            ReadFault::Failed(error) => error.into(),
        })
    }
}
