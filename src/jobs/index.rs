//! Feeds the index, from where the index itself remembers to have come.

use std::time::Duration;

use tokio::sync::watch;

use super::{REST, failed, rest};
use crate::app::{Error, Feed, Hub, Result};

/// Feeds the index until told to stop.
pub(super) async fn run(hub: Hub, mut stop: watch::Receiver<bool>) {
    let pause = hub.config().search.commit_interval;
    loop {
        match catch_up(&hub, &stop).await {
            Ok(()) => {}
            Err(error) => {
                failed("index", &error);
                hub.index_slot().suspect();
                tokio::time::sleep(REST).await;
            }
        }
        if !rest(&hub, &mut stop, REST).await {
            return;
        }
        // A commit of the index costs several syncs: what is written meanwhile shares it.
        tokio::time::sleep(pause.min(Duration::from_secs(1))).await;
    }
}

async fn catch_up(hub: &Hub, stop: &watch::Receiver<bool>) -> Result<()> {
    let slot = hub.index_slot();
    loop {
        // Between two batches another index may be put in charge.
        let _turn = slot.feeding().await;
        if *stop.borrow() {
            return Ok(());
        }
        if slot.revive().map_err(Error::internal)? {
            tracing::warn!("the index folder was gone; it is being filled anew");
        }
        let index = slot.current();
        let reached = index.reached().map_err(Error::internal)?;
        let (changes, reached) = match hub.feed(reached).await? {
            Feed::Changes { changes, reached } => (changes, reached),
            Feed::Nothing => {
                slot.caught_up();
                return Ok(());
            }
            Feed::Ahead => {
                tracing::warn!("the index is ahead of the database; it is being filled anew");
                slot.discard().map_err(Error::internal)?;
                continue;
            }
        };
        let count = changes.len();
        let applied = tokio::task::spawn_blocking(move || index.apply(&changes, reached));
        applied
            .await
            .map_err(Error::internal)?
            .map_err(Error::internal)?;
        metrics::counter!("wenshu_index_entries_total").increment(count as u64);
    }
}
