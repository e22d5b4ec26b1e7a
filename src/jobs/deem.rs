//! Signs by rule (视为签收) for what nobody has signed for in the agreed term. The term ends with a
//! day, so looking now and then is often enough; what was missed is caught up with, each with its
//! own legal day.

use std::time::Duration;

use tokio::sync::watch;

use super::failed;
use crate::app::Hub;

/// How often it looks; an index tells it at once that there is nothing.
const EVERY: Duration = Duration::from_secs(5);

/// Looks until told to stop; at once, and not at all where the rule is off.
pub(super) async fn run(hub: Hub, mut stop: watch::Receiver<bool>) {
    if hub.config().deliveries.deemed_signing_workdays == 0 {
        return;
    }
    while !*stop.borrow() {
        match hub.deem_signings().await {
            Ok(0) => {}
            Ok(signed) => tracing::info!(signed, "deliveries signed for by rule"),
            Err(error) => failed("deem", &error),
        }
        tokio::select! {
            _ = stop.changed() => {}
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}
