//! Rebuilds the index beside the one that answers: when the operator asks for it, and when a file
//! of the one at hand is found to be damaged.

use std::time::Duration;

use tokio::{
    sync::watch,
    time::{Instant, timeout},
};
use uuid::Uuid;

use super::failed;
use crate::app::{
    Error, Hub, RebuildErrands, RebuildProgress, RebuildState, RebuildStatus, Result,
};

/// How often a request is looked for.
const LOOK: Duration = Duration::from_secs(1);

/// How often the files of the index are read, to see whether they are whole.
const CHECK: Duration = Duration::from_hours(24);

/// How long a suspicion waits after the one before: what fails each second, as on a full disk, must
/// not have the files read each second.
const PATIENCE: Duration = Duration::from_mins(1);

/// Rebuilds until told to stop.
pub(super) async fn run(hub: Hub, mut stop: watch::Receiver<bool>) {
    let errands = RebuildErrands::new(hub.index_slot().dir());
    if let Err(error) = close_the_last(&errands) {
        failed("rebuild", &error);
    }
    let mut watch = Watch {
        // The files were read when the index was opened.
        checked: Instant::now(),
        suspected: None,
    };
    loop {
        match wanted(&hub, &errands, &mut watch).await {
            Ok(Some(request)) => rebuild(&hub, &errands, request, &stop).await,
            Ok(None) => {}
            Err(error) => failed("rebuild", &error),
        }
        if *stop.borrow() || timeout(LOOK, stop.changed()).await.is_ok() {
            return;
        }
    }
}

/// When the files of the index were read.
struct Watch {
    checked: Instant,
    /// When they were last read because of a suspicion.
    suspected: Option<Instant>,
}

impl Watch {
    fn is_time_to_check(&mut self, hub: &Hub) -> bool {
        let now = Instant::now();
        let is_heard = self.suspected.is_none_or(|last| now - last > PATIENCE);
        let is_suspected = is_heard && hub.index_slot().is_suspected();
        if is_suspected {
            self.suspected = Some(now);
        }
        let is_due = is_suspected || now - self.checked > CHECK;
        if is_due {
            self.checked = now;
        }
        is_due
    }
}

/// A rebuild that was at hand when the hub was killed is over.
fn close_the_last(errands: &RebuildErrands) -> Result<()> {
    let status = errands.status().map_err(Error::internal)?;
    if let Some(mut status) = status.filter(|last| last.state == RebuildState::Running) {
        status.state = RebuildState::BrokenOff;
        errands.tell(&status).map_err(Error::internal)?;
    }
    Ok(())
}

/// Whether to rebuild, and at whose request; nil for nobody's.
async fn wanted(hub: &Hub, errands: &RebuildErrands, watch: &mut Watch) -> Result<Option<Uuid>> {
    if let Some(request) = errands.request().map_err(Error::internal)? {
        // What cannot be taken away would be done for ever.
        errands.forget().map_err(Error::internal)?;
        return Ok(Some(request));
    }
    if !watch.is_time_to_check(hub) {
        return Ok(None);
    }
    let damaged = is_damaged(hub).await?;
    Ok(damaged.then_some(Uuid::nil()))
}

/// Reads every file of the index.
async fn is_damaged(hub: &Hub) -> Result<bool> {
    let index = hub.index_slot().current();
    // What was deleted is begun anew by whoever feeds it.
    if !index.is_alive() {
        return Ok(false);
    }
    let read = tokio::task::spawn_blocking(move || index.verify()).await;
    match read {
        Ok(Ok(damaged)) if damaged.is_empty() => return Ok(false),
        Ok(Ok(damaged)) => tracing::error!(?damaged, "the index is damaged; it is rebuilt"),
        Ok(Err(error)) => {
            let error: &dyn std::error::Error = &error;
            tracing::error!(error, "the index cannot be read; it is rebuilt");
        }
        // The engine believes the lengths that it reads in a file.
        Err(error) if error.is_panic() => {
            tracing::error!("the index cannot be read; it is rebuilt");
        }
        Err(error) => return Err(Error::internal(error)),
    }
    Ok(true)
}

/// Rebuilds once, telling how far it is. What fails is not tried again before somebody asks.
async fn rebuild(hub: &Hub, errands: &RebuildErrands, request: Uuid, stop: &watch::Receiver<bool>) {
    tracing::info!("the index is being rebuilt");
    metrics::gauge!("wenshu_index_rebuild_running").set(1.0);
    let began = Instant::now();
    let mut status = RebuildStatus::begun(request, hub.now());
    tell(errands, &status);
    let outcome = hub.rebuild_index(|progress| {
        show(progress);
        status.comes_to(progress, hub.now());
        tell(errands, &status);
        !*stop.borrow()
    });
    let outcome = outcome.await;
    status.state = match &outcome {
        Ok(Some(_)) => RebuildState::Done,
        Ok(None) => RebuildState::BrokenOff,
        Err(_) => RebuildState::Failed,
    };
    match outcome {
        Ok(Some(RebuildProgress { done, .. })) => {
            let seconds = began.elapsed().as_secs();
            tracing::info!(documents = done, seconds, "the index was rebuilt");
        }
        Ok(None) => tracing::warn!("the rebuild of the index was broken off by the stop"),
        Err(error) => {
            status.reason = reasons(&error);
            let error: &dyn std::error::Error = &error;
            tracing::error!(
                error,
                "the rebuild of the index was given up; the one before stays"
            );
        }
    }
    let outcome = match status.state {
        RebuildState::Done => "done",
        RebuildState::BrokenOff | RebuildState::Running => "broken_off",
        RebuildState::Failed => "failed",
    };
    metrics::counter!("wenshu_index_rebuilds_total", "outcome" => outcome).increment(1);
    metrics::gauge!("wenshu_index_rebuild_running").set(0.0);
    tell(errands, &status);
}

fn tell(errands: &RebuildErrands, status: &RebuildStatus) {
    // Nobody is told, and nothing is lost; the disk may be full.
    if let Err(error) = errands.tell(status) {
        tracing::warn!(%error, "how far the rebuild is cannot be told");
    }
}

#[expect(clippy::cast_precision_loss, reason = "a gauge is approximate")]
fn show(progress: RebuildProgress) {
    metrics::gauge!("wenshu_index_rebuild_documents_done").set(progress.done as f64);
    metrics::gauge!("wenshu_index_rebuild_documents_expected").set(progress.of as f64);
}

/// The reasons of an error on one line; itself it says no more than that there is one.
fn reasons(error: &dyn std::error::Error) -> Option<String> {
    let reasons = std::iter::successors(error.source(), |reason| reason.source());
    let reasons: Vec<_> = reasons.map(ToString::to_string).collect();
    (!reasons.is_empty()).then(|| reasons.join("："))
}
