//! What happens later: files are read, the index is fed, people are told what their searches have
//! found, deliveries are signed for by rule, mails are sent, what is left over is cleared away. Each
//! job keeps its own position and can be stopped and started at any moment.

mod alerts;
mod deem;
mod destroy;
mod duties;
mod extract;
mod index;
mod mail;
mod rebuild;
mod tidy;

use std::{sync::Arc, time::Duration};

use tokio::{sync::watch, task::JoinSet};

use crate::{app::Hub, extract::Extractor};

/// How long a job rests when nothing has happened on this node; another node may have written.
const REST: Duration = Duration::from_millis(500);

/// The jobs of a node.
pub struct Jobs {
    stop: watch::Sender<bool>,
    running: JoinSet<()>,
}

impl Jobs {
    /// Starts them.
    #[must_use]
    pub fn start(hub: &Hub, extractor: Extractor) -> Self {
        let (stop, stopped) = watch::channel(false);
        let mut running = JoinSet::new();
        let extractor = Arc::new(extractor);
        for _ in 0..hub.config().extract.concurrency.max(1) {
            running.spawn(extract::run(
                hub.clone(),
                extractor.clone(),
                stopped.clone(),
            ));
        }
        running.spawn(destroy::run(hub.clone(), stopped.clone()));
        running.spawn(duties::run(hub.clone(), stopped.clone()));
        running.spawn(index::run(hub.clone(), stopped.clone()));
        running.spawn(alerts::run(hub.clone(), stopped.clone()));
        running.spawn(mail::run(hub.clone(), stopped.clone()));
        running.spawn(rebuild::run(hub.clone(), stopped.clone()));
        running.spawn(deem::run(hub.clone(), stopped.clone()));
        running.spawn(tidy::run(hub.clone(), stopped));
        Self { stop, running }
    }

    /// Lets each finish what it is at, and waits so long. What is still being read then is broken
    /// off with its process, and is read again after the next start.
    pub async fn stop(mut self, patience: Duration) {
        let _ = self.stop.send(true);
        let finished = async { while self.running.join_next().await.is_some() {} };
        if tokio::time::timeout(patience, finished).await.is_err() {
            tracing::warn!("a job did not finish in time and is broken off");
            self.running.shutdown().await;
        }
    }
}

/// Rests until something has been written here, or a while has passed. Tells whether to go on.
async fn rest(hub: &Hub, stop: &mut watch::Receiver<bool>, at_most: Duration) -> bool {
    if *stop.borrow() {
        return false;
    }
    tokio::select! {
        _ = stop.changed() => false,
        () = hub.changed() => true,
        () = tokio::time::sleep(at_most) => true,
    }
}

/// Notes that a job failed; it will try again.
fn failed(job: &'static str, error: &(dyn std::error::Error + 'static)) {
    metrics::counter!("wenshu_job_failures_total", "job" => job).increment(1);
    tracing::error!(job, error, "job failed; it will be tried again");
}
