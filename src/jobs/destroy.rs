//! Destroys content that bears a mark of classification, until it is gone.

use tokio::sync::watch;

use super::{REST, failed, rest};
use crate::app::Hub;

/// Destroys until told to stop.
pub(super) async fn run(hub: Hub, mut stop: watch::Receiver<bool>) {
    loop {
        match hub.destroy_refused().await {
            Ok(0) => {}
            Ok(count) => {
                metrics::counter!("wenshu_contents_destroyed_total").increment(count as u64);
                continue;
            }
            Err(error) => {
                failed("destroy", &error);
                tokio::time::sleep(REST).await;
            }
        }
        if !rest(&hub, &mut stop, REST).await {
            return;
        }
    }
}
