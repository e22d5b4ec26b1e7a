//! Tells people what their kept searches have found, as soon as the index has taken it in.

use std::time::Duration;

use tokio::sync::watch;

use super::{REST, failed, rest};
use crate::app::Hub;

/// Watches until told to stop.
pub(super) async fn run(hub: Hub, mut stop: watch::Receiver<bool>) {
    let pause = hub.config().search.commit_interval;
    let mut seen = 0;
    loop {
        match hub.tell_matches(seen).await {
            Ok(matched) => {
                seen = matched.seen;
                metrics::counter!("wenshu_search_alerts_total").increment(matched.told);
                if matched.more && !*stop.borrow() {
                    continue;
                }
            }
            Err(error) => {
                failed("alerts", &error);
                tokio::time::sleep(REST).await;
            }
        }
        if !rest(&hub, &mut stop, REST).await {
            return;
        }
        // What was just written is first for the index.
        tokio::time::sleep(pause.min(Duration::from_secs(1))).await;
    }
}
