use sqlx::{Postgres, Sqlite, SqliteConnection, Transaction};

use super::{Result, audits::Audits, changes::Changes, log, writer::Unit};
use crate::domain::{Audit, Change};

/// A unit of work: all of it is kept, or none.
///
/// What happened ([`Tx::happened`]) and who did it ([`Tx::audited`]) are numbered and written at
/// the very end, so that numbers follow the order of commits without a gap and the one row that
/// hands them out is held as shortly as can be.
pub struct Tx {
    pub(super) engine: Engine,
    pub(super) changes: Vec<Change>,
    pub(super) audits: Vec<Audit>,
}

/// Where the unit of work is open.
pub(super) enum Engine {
    /// The embedded file.
    Sqlite(Embedded),
    /// The shared server.
    Postgres(Transaction<'static, Postgres>),
}

/// Reading and writing go through different connections of the embedded file.
pub(super) enum Embedded {
    Read(Transaction<'static, Sqlite>),
    Write(Unit),
}

impl Embedded {
    pub(super) fn connection(&mut self) -> &mut SqliteConnection {
        match self {
            Self::Read(tx) => tx,
            Self::Write(unit) => unit.connection(),
        }
    }
}

impl Tx {
    pub(super) fn on(engine: Engine) -> Self {
        Self {
            engine,
            changes: Vec::new(),
            audits: Vec::new(),
        }
    }

    /// Notes for the change log that something has happened.
    pub fn happened(&mut self, change: Change) {
        self.changes.push(change);
    }

    /// Notes for the audit who did what.
    pub fn audited(&mut self, audit: Audit) {
        self.audits.push(audit);
    }

    /// The change log, for reading.
    pub fn changes(&mut self) -> Changes<'_> {
        Changes(self)
    }

    /// The audit, for reading.
    pub fn audits(&mut self) -> Audits<'_> {
        Audits(self)
    }

    /// Keeps the work: when this returns it is on the disk.
    ///
    /// # Errors
    ///
    /// When the database refuses it; then nothing was kept.
    pub async fn commit(mut self) -> Result<()> {
        log::append(&mut self).await?;
        match self.engine {
            Engine::Sqlite(Embedded::Read(tx)) => tx.commit().await?,
            Engine::Sqlite(Embedded::Write(unit)) => unit.commit().await?,
            Engine::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}

/// Runs one body on whichever engine the unit of work is open on.
///
/// The body is compiled once for each engine, so every value keeps that engine's own column
/// type. SQL inside it stays in the subset that both speak: `$1` parameters, `ON CONFLICT`,
/// `RETURNING`.
macro_rules! on_either {
    ($tx:expr, |$conn:ident| $body:expr) => {
        match &mut $tx.engine {
            $crate::store::tx::Engine::Sqlite(embedded) => {
                let $conn = embedded.connection();
                $body
            }
            $crate::store::tx::Engine::Postgres(tx) => {
                let $conn = &mut **tx;
                $body
            }
        }
    };
}

/// Runs a statement that changes rows, with its parameters in order, and tells whether it has
/// changed any.
macro_rules! changes {
    ($tx:expr, $sql:expr, $($bound:expr),+ $(,)?) => {{
        let changed = $crate::store::tx::on_either!($tx, |conn| {
            sqlx::query($sql)
                $(.bind($bound))+
                .execute(conn)
                .await?
                .rows_affected()
        });
        changed > 0
    }};
}

pub(super) use {changes, on_either};
