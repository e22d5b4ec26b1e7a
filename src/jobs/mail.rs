//! Sends the notifications that go out by e-mail. While the mail server cannot be used they wait,
//! and the server is tried less and less often.

use std::time::Duration;

use tokio::sync::watch;

use super::{REST, failed, rest};
use crate::app::{Hub, MailOutcome, Posted};

/// How long it rests after the server could not be used; twice as long each further time, up to
/// `mail.retry_first`.
const PAUSE: Duration = Duration::from_secs(1);

/// Sends until told to stop; not at all where mail is off.
pub(super) async fn run(hub: Hub, mut stop: watch::Receiver<bool>) {
    if !hub.config().mail.enabled {
        return;
    }
    let mut pause = PAUSE;
    loop {
        let posted = hub.send_mails(|| !*stop.borrow()).await;
        match posted {
            Ok(posted) => {
                tell(&hub, &posted);
                if posted.trouble.is_some() {
                    tokio::select! {
                        _ = stop.changed() => return,
                        () = tokio::time::sleep(pause) => {}
                    }
                    pause = (pause * 2).min(hub.config().mail.retry_first);
                    continue;
                }
                pause = PAUSE;
                if posted.more && !*stop.borrow() {
                    continue;
                }
            }
            Err(error) => {
                failed("mail", &error);
                tokio::time::sleep(REST).await;
            }
        }
        if !rest(&hub, &mut stop, REST).await {
            return;
        }
    }
}

/// Counts what became of the mails, and says how long the oldest has waited.
fn tell(hub: &Hub, posted: &Posted) {
    for outcome in &posted.outcomes {
        let (outcome, reason) = match outcome {
            MailOutcome::Sent => ("sent", ""),
            MailOutcome::Deferred(fault) => ("deferred", fault.code()),
            MailOutcome::Failed(fault) => ("failed", fault.code()),
        };
        metrics::counter!("wenshu_mails_total", "outcome" => outcome, "reason" => reason)
            .increment(1);
    }
    let waited = posted
        .waiting_since
        .map(|since| hub.now().duration_since(since));
    let waited = waited.map_or(0.0, |waited| waited.as_secs_f64());
    metrics::gauge!("wenshu_mail_oldest_seconds").set(waited);
    if let Some(trouble) = &posted.trouble {
        let reason = trouble.fault.code();
        metrics::counter!("wenshu_mail_server_failures_total", "reason" => reason).increment(1);
        tracing::warn!(
            reason,
            status = trouble.reply,
            "the mail server cannot be used; mails wait"
        );
    }
}
