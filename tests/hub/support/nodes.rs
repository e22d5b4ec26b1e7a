//! A second node on the same database, where the engine lets there be one.

use std::time::Duration;

use wenshu::app::Hub;

use super::{TestHub, engine::Engine, hub::node};

/// How long the second node works before it falls over.
const A_MOMENT: Duration = Duration::from_millis(3);

impl TestHub {
    /// Lets two nodes look after the reminders at once; on SQLite they are one and the same.
    /// When the second falls over it is broken off wherever it is, and another is started the next
    /// time.
    pub async fn remind_on_two_nodes(&self, falls_over: bool) {
        let mut second = self.second.lock().await;
        let other = match second.take() {
            Some(other) => other,
            None => self.another_node().await,
        };
        let (one, two) = (self.hub.clone(), other.clone());
        self.inside(async move {
            let broken_off = tokio::spawn(until_done(two));
            if falls_over {
                tokio::time::sleep(A_MOMENT).await;
                broken_off.abort();
                let _ = broken_off.await;
                until_done(one).await;
            } else {
                until_done(one).await;
                broken_off.await.unwrap();
            }
        })
        .await;
        *second = Some(other).filter(|_| !falls_over);
    }

    /// A node that is started anew on the same database and files, as after a stop.
    pub async fn fresh_node(&self) -> Hub {
        let mut config = self.hub.config().clone();
        config.search.dir = self.folder().join(uuid::Uuid::now_v7().to_string());
        let (database, clock) = (self.engine.database(), self.clock.clone());
        self.inside(async move { node(config, database, clock).await.0 })
            .await
    }

    async fn another_node(&self) -> Hub {
        if matches!(self.engine, Engine::Sqlite(_)) {
            return self.hub.clone();
        }
        let mut config = self.hub.config().clone();
        config.hub.data_dir = self.folder().join(uuid::Uuid::now_v7().to_string());
        config.database.max_connections = 2;
        let (database, clock) = (self.engine.database(), self.clock.clone());
        self.inside(async move { node(config, database, clock).await.0 })
            .await
    }
}

/// As the job does: who meets somebody else at the same duty tries again.
async fn until_done(hub: Hub) {
    for _ in 0..50 {
        if hub.remind().await.is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    panic!("the reminders are never done");
}
