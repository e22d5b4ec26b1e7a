use super::Hub;

/// Whether a node can do its work.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Readiness {
    /// The database answers and keeps what is written.
    pub database: bool,
    /// Files can be written.
    pub blobs: bool,
    /// The index is whole; a node answers without it, and says so in its results.
    pub index: bool,
    /// Files whose text is still to be read.
    pub texts_pending: u64,
}

impl Readiness {
    /// Whether requests should be sent to this node.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.database && self.blobs
    }
}

impl Hub {
    /// Looks at what this node needs for its work.
    pub async fn readiness(&self) -> Readiness {
        let pending = async { self.store().read().await?.texts().pending().await };
        let pending = pending.await;
        Readiness {
            database: pending.is_ok() && self.store().is_writable(),
            blobs: !self.blobs().is_halted(),
            index: self.index_slot().is_complete(),
            texts_pending: pending.unwrap_or(0),
        }
    }
}
