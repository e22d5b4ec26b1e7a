//! How the index fails. The messages are for the log; what a person typed wrongly is a
//! [`QueryError`](crate::QueryError), which speaks to them.

use std::{io, path::PathBuf};

use tantivy::TantivyError;

/// A result that the index can fail with.
pub type Result<T> = std::result::Result<T, Error>;

/// The index failed. It holds nothing that cannot be fed to it again.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The engine failed; a change that was being applied does not count.
    #[error("the index failed")]
    Engine(#[from] TantivyError),
    /// The folder cannot be used.
    #[error("the folder of the index cannot be used")]
    Folder(#[from] io::Error),
    /// Another process, or another [`SearchIndex`](crate::SearchIndex), has the folder open.
    #[error("the index at {} is in use elsewhere", .0.display())]
    InUse(PathBuf),
    /// The folder was deleted or replaced: open the index anew and feed it from the start.
    #[error("the index at {} is gone", .0.display())]
    Gone(PathBuf),
    /// The engine said that it had committed, and the commit is not there.
    #[error("the index did not keep what it committed")]
    Uncommitted,
    /// The engine panicked over the files that it found.
    #[error("the index cannot be read")]
    Unreadable,
    /// A cursor was given with another order than the one it came from.
    #[error("the cursor belongs to another order")]
    WrongCursor,
}
