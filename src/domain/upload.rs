use jiff::Timestamp;
use uuid::Uuid;

use super::{Digest, FileId, UnitId, UploadId, UserId};

/// A file on its way in, piece by piece.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Identifies the upload.
    pub id: UploadId,
    /// The unit it is for.
    pub unit: UnitId,
    /// Who uploads; nobody else learns of it.
    pub user: UserId,
    /// The staging place in which its bytes lie.
    pub place: Uuid,
    /// The name, made harmless.
    pub name: String,
    /// What the client said about it, word for word.
    pub metadata: String,
    /// How long it will be, once that is known.
    pub length: Option<u64>,
    /// How many bytes are on the disk.
    pub received: u64,
    /// The digest, once all bytes are there and have been read through.
    pub digest: Option<Digest>,
    /// The file that it has become.
    pub file: Option<FileId>,
    /// When it began.
    pub created_at: Timestamp,
    /// When what is not complete is thrown away.
    pub expires_at: Timestamp,
}

impl Upload {
    /// Whether every byte has come.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.length == Some(self.received)
    }
}
