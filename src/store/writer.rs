//! The one writer of the embedded database, and its group commit.
//!
//! The first unit of work is a transaction, each further one a savepoint in it. When a unit ends
//! while others wait for their turn, the transaction stays open; the flush that was queued behind
//! them commits for all, and each is answered only then. So many units share one `fsync`, and none is
//! acknowledged before it.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use sqlx::{Connection, SqliteConnection};
use tokio::{
    runtime::Handle,
    sync::{Mutex, OwnedMutexGuard, oneshot},
};

use super::{Result, StoreError};

/// The queue in front of the writing connection.
#[derive(Clone)]
pub(super) struct Writer {
    desk: Arc<Mutex<Desk>>,
    waiting: Arc<AtomicUsize>,
    /// The first failed `fsync` may have lost pages that a second would report as safe: nothing
    /// more is written until a restart.
    broken: Arc<AtomicBool>,
    /// The most units that share one commit.
    group_limit: usize,
    /// Where the desk is tidied up after those who have left.
    runtime: Handle,
}

/// The connection and the units that wait for the commit of its open transaction.
struct Desk {
    connection: SqliteConnection,
    open: bool,
    /// Whether the unit at hand has others before it in the open transaction. The first needs no
    /// savepoint, for which the engine would copy every page that it changes.
    joined: bool,
    unanswered: Vec<oneshot::Sender<bool>>,
    broken: Arc<AtomicBool>,
}

/// One unit of work on the writing connection.
pub(super) struct Unit {
    desk: Option<OwnedMutexGuard<Desk>>,
    writer: Writer,
}

impl Writer {
    pub(super) fn new(connection: SqliteConnection, group_limit: usize) -> Self {
        let broken = Arc::new(AtomicBool::new(false));
        Self {
            desk: Arc::new(Mutex::new(Desk {
                connection,
                open: false,
                joined: false,
                unanswered: Vec::new(),
                broken: broken.clone(),
            })),
            broken,
            waiting: Arc::new(AtomicUsize::new(0)),
            group_limit: group_limit.max(1),
            runtime: Handle::current(),
        }
    }

    /// Waits for its turn and begins a unit of work.
    pub(super) async fn begin(&self) -> Result<Unit> {
        let mut desk = {
            let _waiting = Waiting::one_more(&self.waiting);
            self.desk.clone().lock_owned().await
        };
        let writer = self.clone();
        let begin = async move {
            desk.begin_unit().await?;
            Ok(Unit {
                desk: Some(desk),
                writer,
            })
        };
        self.to_the_end(begin).await
    }

    /// Does this also when whoever waits for it gives up, as a request does whose client has
    /// gone: a `BEGIN` or `COMMIT` of which nobody has heard the end would be taken for one that
    /// never was.
    async fn to_the_end<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<T> {
        // It is not joined only when the process ends under it.
        self.runtime
            .spawn(work)
            .await
            .unwrap_or(Err(StoreError::NotKept))
    }

    /// Whether units of work can still be kept.
    pub(super) fn is_sound(&self) -> bool {
        !self.broken.load(Ordering::SeqCst)
    }

    /// Commits what is open once everyone now in the queue has had their turn.
    fn flush_later(&self) {
        let writer = self.clone();
        self.runtime
            .spawn(async move { writer.desk.lock().await.flush().await });
    }

    /// Writes everything down and closes the file.
    pub(super) async fn close(&self) {
        let mut desk = self.desk.lock().await;
        desk.flush().await;
        desk.broken.store(true, Ordering::SeqCst);
        // Folds the write-ahead log back, so that a stopped hub is one file.
        let _ = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
            .execute(&mut desk.connection)
            .await;
    }
}

impl Desk {
    async fn begin_unit(&mut self) -> Result<()> {
        if self.broken.load(Ordering::SeqCst) {
            return Err(StoreError::ReadOnly);
        }
        self.joined = self.open;
        if self.joined {
            return self.run("SAVEPOINT unit").await;
        }
        self.run("BEGIN IMMEDIATE").await?;
        self.open = true;
        Ok(())
    }

    /// Ends the unit at hand; what it did belongs to the open transaction.
    async fn end_unit(&mut self) -> Result<()> {
        if self.joined {
            self.run("RELEASE unit").await?;
        }
        Ok(())
    }

    async fn run(&mut self, sql: &'static str) -> Result<()> {
        sqlx::query(sql).execute(&mut self.connection).await?;
        Ok(())
    }

    /// Commits the open transaction and answers everyone who waited for it.
    async fn flush(&mut self) -> bool {
        if !self.open {
            return true;
        }
        let kept = self.run("COMMIT").await;
        if let Err(error) = &kept {
            tracing::error!(error = error as &dyn std::error::Error, "commit failed");
            self.broken
                .fetch_or(error.is_lost_write(), Ordering::SeqCst);
            let _ = self.run("ROLLBACK").await;
        }
        self.open = false;
        for unit in self.unanswered.drain(..) {
            let _ = unit.send(kept.is_ok());
        }
        kept.is_ok()
    }

    /// Undoes the unit at hand; the units before it in the same transaction stay.
    async fn undo_unit(&mut self) {
        let undone = self.joined
            && self.run("ROLLBACK TO unit").await.is_ok()
            && self.run("RELEASE unit").await.is_ok();
        if !undone {
            // It was the first, or the engine has undone the whole transaction by itself, as it
            // does on a full disk.
            let _ = self.run("ROLLBACK").await;
            self.open = false;
            for unit in self.unanswered.drain(..) {
                let _ = unit.send(false);
            }
        }
    }
}

impl Unit {
    /// The connection, for statements.
    pub(super) fn connection(&mut self) -> &mut SqliteConnection {
        match &mut self.desk {
            Some(desk) => &mut desk.connection,
            None => unreachable!("a unit loses its desk only when it ends"),
        }
    }

    /// Ends the unit and waits until it is on the disk.
    pub(super) async fn commit(self) -> Result<()> {
        let writer = self.writer.clone();
        writer.to_the_end(self.end()).await
    }

    async fn end(mut self) -> Result<()> {
        let Some(mut desk) = self.desk.take() else {
            return Err(StoreError::NotKept);
        };
        if let Err(error) = desk.end_unit().await {
            self.desk = Some(desk);
            return Err(error);
        }
        let alone = self.writer.waiting.load(Ordering::SeqCst) == 0;
        if alone || desk.unanswered.len() + 1 >= self.writer.group_limit {
            return if desk.flush().await {
                Ok(())
            } else {
                Err(StoreError::NotKept)
            };
        }
        let (answer, kept) = oneshot::channel();
        if desk.unanswered.is_empty() {
            self.writer.flush_later();
        }
        desk.unanswered.push(answer);
        drop(desk);
        match kept.await {
            Ok(true) => Ok(()),
            _ => Err(StoreError::NotKept),
        }
    }
}

impl Drop for Unit {
    fn drop(&mut self) {
        let Some(mut desk) = self.desk.take() else {
            return;
        };
        let writer = self.writer.clone();
        self.writer.runtime.spawn(async move {
            desk.undo_unit().await;
            if writer.waiting.load(Ordering::SeqCst) == 0 {
                desk.flush().await;
            } else {
                writer.flush_later();
            }
        });
    }
}

/// Counts a caller in the queue, also when the caller gives up.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn one_more(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Opens the writing connection with what durability asks for.
pub(super) async fn open(
    options: &sqlx::sqlite::SqliteConnectOptions,
    group_limit: usize,
) -> Result<Writer> {
    let connection = SqliteConnection::connect_with(options).await?;
    Ok(Writer::new(connection, group_limit))
}
