//! What is written down: one SQL text per statement, run on SQLite or PostgreSQL alike.
//!
//! All work happens inside a [`Tx`]. Dropping it undoes everything. Instants are kept as
//! milliseconds since 1970 UTC and legal dates as `YYYY-MM-DD`, on both engines.

mod access;
mod assignments;
mod audits;
mod calendars;
mod case_reports;
mod changes;
mod clients;
mod deliveries;
mod documents;
mod duty_entries;
mod error;
mod evidence;
mod facts;
mod feed;
mod files;
mod groups;
mod idempotency;
mod ledger_views;
mod log;
mod mails;
mod notifications;
mod obligations;
mod pickups;
mod refused;
mod reminders;
mod returns;
mod rows;
mod safety;
mod saved_searches;
mod search_watch;
mod sessions;
mod statistics;
mod takeback;
mod tallies;
mod texts;
mod tx;
mod units;
mod uploads;
mod users;
mod values;
mod writer;

pub use access::{Access, Basis};
pub use assignments::Assignments;
pub use audits::Audits;
pub use calendars::Calendars;
pub use case_reports::CaseReports;
pub use changes::Changes;
pub use clients::Clients;
pub use deliveries::Deliveries;
pub use documents::Documents;
pub use duty_entries::DutyEntries;
pub use error::{Result, StoreError};
pub use evidence::EvidenceTable;
pub use facts::Facts;
pub use feed::Feed;
pub use files::Files;
pub use groups::Groups;
pub use idempotency::{Idempotency, KeptAnswer};
pub use ledger_views::LedgerViews;
pub use mails::Mails;
pub use notifications::Notifications;
pub use obligations::Obligations;
pub use pickups::Pickups;
pub use refused::Refused;
pub use reminders::Reminders;
pub use returns::Returns;
pub use saved_searches::SavedSearches;
pub use search_watch::SearchWatch;
pub use sessions::{RefreshToken, Session, Sessions};
pub use statistics::Statistics;
pub use tallies::Tallies;
pub use texts::Texts;
pub use tx::Tx;
pub use units::Units;
pub use uploads::{Taken, Uploads};
pub use users::Users;

use std::{path::PathBuf, time::Duration};

use sqlx::{
    PgPool, SqlitePool,
    postgres::PgPoolOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tx::{Embedded, Engine};
use writer::Writer;

/// Where the database is and how it is used.
#[derive(Debug, Clone)]
pub struct Options {
    /// The database.
    pub database: Database,
    /// The most connections that read at once.
    pub readers: u32,
    /// How long a request waits for a connection.
    pub acquire_timeout: Duration,
    /// How long SQLite waits for another process that writes.
    pub busy_timeout: Duration,
    /// What each connection of the embedded database may keep of the file in memory, in bytes.
    pub cache_bytes: u64,
    /// The most units of work that share one commit of the embedded database.
    pub group_limit: usize,
}

/// One of the two engines.
#[derive(Debug, Clone)]
pub enum Database {
    /// A file beside the hub.
    Sqlite(PathBuf),
    /// A server, by its `postgres://` address.
    Postgres(secrecy::SecretString),
}

/// The hub's memory: an embedded file, or a shared server.
#[derive(Clone)]
pub struct Store {
    pool: Pool,
}

#[derive(Clone)]
enum Pool {
    Sqlite { readers: SqlitePool, writer: Writer },
    Postgres(PgPool),
}

impl Store {
    /// Opens the database, refuses it when its settings could lose what was acknowledged, and
    /// brings its tables up to date.
    pub async fn open(options: &Options) -> Result<Self> {
        let pool = match &options.database {
            Database::Sqlite(path) => open_embedded(path, options).await?,
            Database::Postgres(url) => open_server(url, options).await?,
        };
        Ok(Self { pool })
    }

    /// Begins a look around: what it sees does not change while it lasts, and nothing is kept of
    /// it.
    pub async fn read(&self) -> Result<Tx> {
        Ok(Tx::on(match &self.pool {
            Pool::Sqlite { readers, .. } => Engine::Sqlite(Embedded::Read(readers.begin().await?)),
            Pool::Postgres(pool) => {
                let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY DEFERRABLE";
                Engine::Postgres(pool.begin_with(begin).await?)
            }
        }))
    }

    /// Begins a look around as [`Store::read`] does, where a connection to the embedded file is
    /// free at this moment: whoever holds one already must not wait for another. A server shares
    /// its work out by itself.
    pub async fn read_if_free(&self) -> Result<Option<Tx>> {
        let Pool::Sqlite { readers, .. } = &self.pool else {
            return Ok(None);
        };
        let read = readers.try_begin().await?;
        Ok(read.map(|read| Tx::on(Engine::Sqlite(Embedded::Read(read)))))
    }

    /// Begins a unit of work.
    ///
    /// On SQLite writers take turns here, and not halfway through.
    pub async fn write(&self) -> Result<Tx> {
        Ok(Tx::on(match &self.pool {
            Pool::Sqlite { writer, .. } => Engine::Sqlite(Embedded::Write(writer.begin().await?)),
            Pool::Postgres(pool) => Engine::Postgres(pool.begin_with("BEGIN DEFERRABLE").await?),
        }))
    }

    /// Whether work can still be kept; on a shared server that is for the server to say.
    #[must_use]
    pub fn is_writable(&self) -> bool {
        match &self.pool {
            Pool::Sqlite { writer, .. } => writer.is_sound(),
            Pool::Postgres(_) => true,
        }
    }

    /// Closes every connection; what was acknowledged is already kept.
    pub async fn close(&self) {
        match &self.pool {
            Pool::Sqlite { readers, writer } => {
                readers.close().await;
                writer.close().await;
            }
            Pool::Postgres(pool) => pool.close().await,
        }
    }
}

async fn open_embedded(path: &std::path::Path, options: &Options) -> Result<Pool> {
    let connect = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(options.busy_timeout)
        // A page of a list goes from thread to thread without either waiting for the other.
        .row_buffer_size(256)
        // Negative: KiB, not pages.
        .pragma("cache_size", format!("-{}", options.cache_bytes / 1024))
        .pragma("trusted_schema", "OFF")
        .pragma("cell_size_check", "ON");
    let writer_pool = SqlitePoolOptions::new()
        .max_connections(1)
        .connect_with(connect.clone())
        .await?;
    safety::check_sqlite(&writer_pool).await?;
    sqlx::migrate!("src/store/migrations/sqlite")
        .run(&writer_pool)
        .await
        .map_err(StoreError::Migration)?;
    writer_pool.close().await;
    let readers = SqlitePoolOptions::new()
        .max_connections(options.readers)
        .acquire_timeout(options.acquire_timeout)
        .connect_with(connect.clone().read_only(true))
        .await?;
    let writer = writer::open(&connect, options.group_limit).await?;
    Ok(Pool::Sqlite { readers, writer })
}

/// Whether nobody's work is open on a connection. Where somebody was broken off while a unit of
/// work began, as when a client hangs up, the server has begun it and the client does not know;
/// the connection is then given up.
async fn is_outside_work(
    connection: &mut sqlx::PgConnection,
) -> std::result::Result<bool, sqlx::Error> {
    // Each unit of work begins as deferrable, which means nothing for it and is said of nothing else.
    sqlx::query_scalar("SELECT current_setting('transaction_deferrable') = 'off'")
        .fetch_one(connection)
        .await
}

async fn open_server(url: &secrecy::SecretString, options: &Options) -> Result<Pool> {
    use secrecy::ExposeSecret as _;
    let pool = PgPoolOptions::new()
        .max_connections(options.readers)
        .acquire_timeout(options.acquire_timeout)
        // Asks whether the connection lives, and for no more round trips whether it is clean.
        .test_before_acquire(false)
        .before_acquire(|connection, _| Box::pin(is_outside_work(connection)))
        .connect(url.expose_secret())
        .await?;
    safety::check_postgres(&pool).await?;
    sqlx::migrate!("src/store/migrations/postgres")
        .run(&pool)
        .await
        .map_err(StoreError::Migration)?;
    Ok(Pool::Postgres(pool))
}
