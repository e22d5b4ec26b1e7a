//! The index, filled anew beside the one that answers, and put in its place when it is whole.

use std::sync::Arc;

use wenshu_index::SearchIndex;

use super::Feed;
use crate::app::{Error, Hub, Result};

/// How many lines of the change log the new index may be behind when it is about to be put in
/// charge.
const NEAR: u64 = 500;

/// How far a rebuild is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RebuildProgress {
    /// How many documents are in the new index.
    pub done: u64,
    /// How many there were when it was begun.
    pub of: u64,
}

impl Hub {
    /// Fills another index from the beginning while the one at hand answers and is fed, then puts
    /// it in charge. What is found before is found throughout.
    ///
    /// `goes_on` is told how far it is after each batch, and may break it off: then `None` comes
    /// back. When it is broken off or fails, the index at hand stays and the other is cleared away.
    pub async fn rebuild_index(
        &self,
        mut goes_on: impl FnMut(RebuildProgress) -> bool + Send,
    ) -> Result<Option<RebuildProgress>> {
        let slot = self.index_slot();
        let _alone = slot.rebuilding().await;
        let mut progress = RebuildProgress {
            done: 0,
            of: self.store().read().await?.documents().count_sent().await?,
        };
        if !goes_on(progress) {
            return Ok(None);
        }
        let beginning = slot.clone();
        let fresh = blocking(move || beginning.begin()).await?;
        let outcome = self.fill(&fresh, &mut progress, &mut goes_on).await;
        if !matches!(outcome, Ok(true)) {
            let giving_up = slot.clone();
            blocking(move || {
                giving_up.abandon(&fresh);
                Ok(())
            })
            .await?;
        }
        outcome.map(|is_done| is_done.then_some(progress))
    }

    /// Tells whether it has come to its end.
    async fn fill(
        &self,
        fresh: &Arc<SearchIndex>,
        progress: &mut RebuildProgress,
        goes_on: &mut (impl FnMut(RebuildProgress) -> bool + Send),
    ) -> Result<bool> {
        while let Some(count) = self.feed_once(fresh).await? {
            progress.done += count;
            if !goes_on(*progress) {
                return Ok(false);
            }
            // Whoever waits for a moment in which nothing is sent may wait for ever.
            let reached = fresh.reached().map_err(Error::internal)?;
            let is_walked = reached.is_some_and(|reached| reached.walk.is_none());
            if is_walked && position(fresh) + NEAR >= position(&self.index()) {
                break;
            }
        }
        // From here on the index at hand stands still, and the other is no less than it in a moment.
        let slot = self.index_slot();
        let _turn = slot.feeding().await;
        while position(fresh) < position(&slot.current()) {
            if self.feed_once(fresh).await?.is_none() {
                break;
            }
        }
        let (switching, fresh) = (slot.clone(), fresh.clone());
        blocking(move || switching.switch_to(&fresh)).await?;
        slot.caught_up();
        Ok(true)
    }

    /// Feeds one batch; answers how many documents it had, or nothing when there is no more.
    async fn feed_once(&self, index: &Arc<SearchIndex>) -> Result<Option<u64>> {
        let reached = index.reached().map_err(Error::internal)?;
        match self.feed(reached).await? {
            Feed::Changes { changes, reached } => {
                let (index, count) = (index.clone(), changes.len() as u64);
                blocking(move || index.apply(&changes, reached)).await?;
                metrics::counter!("wenshu_index_entries_total").increment(count);
                Ok(Some(count))
            }
            Feed::Nothing => Ok(None),
            Feed::Ahead => Err(Error::internal("the database went back during the rebuild")),
        }
    }
}

/// How far in the change log an index has come; one that cannot tell holds nobody up.
fn position(index: &SearchIndex) -> u64 {
    let reached = index.reached().ok().flatten();
    reached.map_or(0, |reached| reached.position)
}

async fn blocking<T: Send + 'static>(
    act: impl FnOnce() -> wenshu_index::Result<T> + Send + 'static,
) -> Result<T> {
    let done = tokio::task::spawn_blocking(act).await;
    done.map_err(Error::internal)?.map_err(Error::internal)
}
