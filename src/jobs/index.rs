//! Feeds the index from the change log, from the position that the index itself remembers.

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
    if slot.revive().map_err(Error::internal)? {
        tracing::warn!("the index folder was gone; it is being filled anew");
    }
    loop {
        if *stop.borrow() {
            return Ok(());
        }
        let index = slot.current();
        let position = index.position().map_err(Error::internal)?;
        let (changes, position) = match hub.feed(position.unwrap_or(0)).await? {
            Feed::Changes { changes, position } => (changes, position),
            Feed::Nothing => {
                slot.caught_up();
                return Ok(());
            }
            Feed::Ahead => {
                tracing::warn!("the index is ahead of the database; it is being filled anew");
                drop(index);
                slot.discard().map_err(Error::internal)?;
                continue;
            }
        };
        let count = changes.len();
        let applied = tokio::task::spawn_blocking(move || index.apply(&changes, position));
        applied
            .await
            .map_err(Error::internal)?
            .map_err(Error::internal)?;
        metrics::counter!("wenshu_index_entries_total").increment(count as u64);
    }
}
