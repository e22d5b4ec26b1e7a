//! Keeps the duties to reply up to date: due dates follow the notices of holidays, and people are
//! reminded when the hour has come.

use tokio::sync::watch;

use super::{REST, failed, rest};
use crate::app::{Hub, Result};

/// Watches until told to stop.
pub(super) async fn run(hub: Hub, mut stop: watch::Receiver<bool>) {
    // Nothing is known at the start: a notice may have been entered just before.
    let mut done = None;
    loop {
        if let Err(error) = follow_calendar(&hub, &mut done).await {
            failed("duties", &error);
            tokio::time::sleep(REST).await;
        }
        if hub.config().reminders.enabled
            && let Err(error) = hub.remind().await
        {
            failed("reminders", &error);
            tokio::time::sleep(REST).await;
        }
        if !rest(&hub, &mut stop, REST).await {
            return;
        }
    }
}

/// Computes provisional due dates anew once for every set of notices.
async fn follow_calendar(hub: &Hub, done: &mut Option<String>) -> Result<()> {
    let revision = hub.calendar_revision().await?.unwrap_or_default();
    if done.as_ref() == Some(&revision) {
        return Ok(());
    }
    let moved = hub.recompute_due_dates().await?;
    if moved > 0 {
        tracing::info!(moved, "due dates followed a notice of holidays");
    }
    *done = Some(revision);
    Ok(())
}
