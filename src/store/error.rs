use std::error::Error as _;

/// The store failed; a caller can only report it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused a statement or could not be reached.
    #[error("the database failed")]
    Database(#[source] sqlx::Error),
    /// The tables could not be brought up to date.
    #[error("the tables could not be brought up to date")]
    Migration(#[source] sqlx::migrate::MigrateError),
    /// The commit that this unit of work was part of did not succeed; nothing of it was kept.
    #[error("the unit of work was not kept")]
    NotKept,
    /// An earlier write was lost by the disk; nothing more is acknowledged until a restart.
    #[error("the store is read-only since a write was lost")]
    ReadOnly,
    /// A setting of the database would lose what was acknowledged.
    #[error("unsafe database: {0}")]
    Unsafe(String),
    /// A row holds what no version of the hub writes.
    #[error("unreadable row: {0}")]
    Unreadable(String),
}

/// A result that the store can fail with.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

impl StoreError {
    /// Whether the disk has no room left.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.code()
            .is_some_and(|code| code == "13" || code == "53100")
    }

    /// Whether something that must be unique is there already, written by a unit of work that
    /// this one could not see.
    #[must_use]
    pub fn is_duplicate(&self) -> bool {
        matches!(self, Self::Database(sqlx::Error::Database(error)) if error.is_unique_violation())
    }

    /// Whether the same request may succeed in a moment: the database is away or busy.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Database(
                sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed,
            )
            | Self::ReadOnly
            | Self::NotKept => true,
            // Busy (SQLite); serialization, deadlock, shutdown, starting up (PostgreSQL).
            _ => self.code().is_some_and(|code| {
                matches!(
                    code.as_str(),
                    "5" | "261" | "40001" | "40P01" | "57P01" | "57P03"
                )
            }),
        }
    }

    /// Whether the engine reported that written bytes did not reach the disk (SQLite's I/O
    /// errors of writing, syncing and truncating).
    pub(super) fn is_lost_write(&self) -> bool {
        self.code()
            .is_some_and(|code| matches!(code.as_str(), "10" | "778" | "1034" | "1290" | "1546"))
    }

    fn code(&self) -> Option<String> {
        match self {
            Self::Database(sqlx::Error::Database(error)) => error.code().map(Into::into),
            Self::Database(error) => error
                .source()
                .and_then(|source| source.downcast_ref::<sqlx::sqlite::SqliteError>())
                .and_then(|error| sqlx::error::DatabaseError::code(error).map(Into::into)),
            _ => None,
        }
    }
}
