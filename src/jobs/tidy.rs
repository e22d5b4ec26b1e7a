//! Clears away what is left over: uploads that never became part of a document, answers that
//! nobody will ask for again, the halves of uploads that a crash broke off.

use std::time::Duration;

use tokio::sync::watch;

use super::{failed, rest};
use crate::app::Hub;

/// How often it is done.
const EVERY: Duration = Duration::from_mins(10);

/// Tidies until told to stop.
pub(super) async fn run(hub: Hub, mut stop: watch::Receiver<bool>) {
    loop {
        if let Err(error) = hub.tidy().await {
            failed("tidy", &error);
        }
        let began = tokio::time::Instant::now();
        while began.elapsed() < EVERY {
            if !rest(&hub, &mut stop, EVERY.saturating_sub(began.elapsed())).await {
                return;
            }
        }
    }
}
