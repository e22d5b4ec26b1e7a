use jiff::{SignedDuration, Timestamp};

use super::{Letter, MailTrouble};
use crate::{
    app::{Error, Hub, Result},
    domain::{MailFault, MailState, QueuedMail},
};

/// Beyond the time of sending, before another node may take a mail as not sent: for writing down
/// what became of it, and for clocks that differ.
const MARGIN: SignedDuration = SignedDuration::from_mins(1);

/// What became of one mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailOutcome {
    /// The mail server has taken it.
    Sent,
    /// It will be tried again.
    Deferred(MailFault),
    /// It will not.
    Failed(MailFault),
}

/// What came of one look at the outbox.
#[derive(Debug, Default)]
pub struct Posted {
    /// What became of the mails that were taken up.
    pub outcomes: Vec<MailOutcome>,
    /// Why the others were left for later.
    pub trouble: Option<MailTrouble>,
    /// Since when the oldest waits, as it was before.
    pub waiting_since: Option<Timestamp>,
    /// Whether there may be more to send at once.
    pub more: bool,
}

impl Hub {
    /// Sends what is due, as long as `go_on` says so. It may run on several nodes at once and be
    /// broken off anywhere: what was taken up and not settled is due again after a while.
    pub async fn send_mails(&self, go_on: impl Fn() -> bool) -> Result<Posted> {
        let batch = self.config().mail.batch;
        let mut tx = self.store().read().await?;
        let due = tx.mails().due(self.now(), batch.into()).await?;
        let mut posted = Posted {
            waiting_since: tx.mails().oldest().await?,
            more: due.len() == batch as usize,
            ..Posted::default()
        };
        drop(tx);
        if !due.is_empty() {
            let done = self.post_all(&due, go_on, &mut posted.outcomes).await?;
            posted.trouble = done.err();
        }
        Ok(posted)
    }

    /// Sends these over one connection. A server that cannot be used costs no mail an attempt.
    async fn post_all(
        &self,
        due: &[QueuedMail],
        go_on: impl Fn() -> bool,
        outcomes: &mut Vec<MailOutcome>,
    ) -> Result<Result<(), MailTrouble>> {
        let post = match self.post().await {
            Ok(post) => post,
            Err(trouble) => return Ok(Err(trouble)),
        };
        let mut line = match post.open().await {
            Ok(line) => line,
            Err(trouble) => return Ok(Err(trouble)),
        };
        for mail in due {
            if !go_on() {
                break;
            }
            let letter = match self.take_up(mail).await? {
                Taken::Letter(letter) => letter,
                Taken::Settled(fault) => {
                    outcomes.push(MailOutcome::Failed(fault));
                    continue;
                }
                Taken::Gone => continue,
            };
            let sent = line.send(&letter).await;
            let fault = sent.as_ref().err().map(|trouble| trouble.fault);
            outcomes.push(self.settle(mail, fault).await?);
            match sent {
                Err(trouble) if trouble.fault.is_of_server() => return Ok(Err(trouble)),
                Err(trouble) => tracing::warn!(
                    notification = %mail.notification,
                    reason = trouble.fault.code(),
                    status = trouble.reply,
                    "a mail was not taken"
                ),
                Ok(()) => {}
            }
        }
        line.close().await;
        Ok(Ok(()))
    }

    /// Takes a mail for one attempt, and writes what is to be sent as things stand now.
    async fn take_up(&self, mail: &QueuedMail) -> Result<Taken> {
        let now = self.now();
        // Opening the connection anew may come before the sending.
        let patience = self.config().mail.timeout * 2;
        let patience = SignedDuration::try_from(patience).map_err(Error::internal)?;
        let until = now
            .saturating_add(patience + MARGIN)
            .map_err(Error::internal)?;
        let mut tx = self.store().write().await?;
        if !tx.mails().claim(mail, now, until).await? {
            return Ok(Taken::Gone);
        }
        let id = mail.notification;
        let address = tx.mails().address(id).await?;
        let fault = match &address {
            _ if mail.created_at < self.given_up(now)? => Some(MailFault::Expired),
            None => Some(MailFault::NoRecipient),
            Some(_) => None,
        };
        if let Some(fault) = fault {
            let state = MailState::Failed;
            tx.mails().settle(id, state, Some(fault), now).await?;
            tx.commit().await?;
            return Ok(Taken::Settled(fault));
        }
        let word = tx.notifications().find(id).await?;
        let (Some(word), Some(address)) = (word, address) else {
            return Err(Error::internal(format!("no notification {id}")));
        };
        let unit = tx.units().find(word.unit).await?;
        let unit = unit.map(|unit| unit.short_name).unwrap_or_default();
        let mut documents = tx.documents();
        let document = documents.find_for(word.unit, word.document).await?;
        let number = document.and_then(|document| document.number);
        tx.commit().await?;
        let config = self.config();
        let letter = Letter::about(&word, address, &unit, number.as_ref(), config);
        Ok(Taken::Letter(letter))
    }

    /// Notes how an attempt ended.
    async fn settle(&self, mail: &QueuedMail, fault: Option<MailFault>) -> Result<MailOutcome> {
        let (id, now) = (mail.notification, self.now());
        let last = mail.attempts.saturating_add(1) >= self.config().mail.attempts_max;
        let mut tx = self.store().write().await?;
        let outcome = match fault {
            None => {
                tx.mails().settle(id, MailState::Sent, None, now).await?;
                MailOutcome::Sent
            }
            Some(fault) if fault.is_final() || last => {
                let state = MailState::Failed;
                tx.mails().settle(id, state, Some(fault), now).await?;
                MailOutcome::Failed(fault)
            }
            Some(fault) => {
                let until = self.next_attempt(mail, now)?;
                tx.mails().put_off(mail, fault, until).await?;
                MailOutcome::Deferred(fault)
            }
        };
        tx.commit().await?;
        Ok(outcome)
    }

    /// When a mail is tried again that has just failed: after twice the wait of the last time.
    fn next_attempt(&self, mail: &QueuedMail, now: Timestamp) -> Result<Timestamp> {
        let options = &self.config().mail;
        let doubled = 1_u32.checked_shl(mail.attempts).unwrap_or(u32::MAX);
        let wait = options.retry_first.saturating_mul(doubled);
        let wait = SignedDuration::try_from(wait.min(options.retry_max));
        let wait = wait.map_err(Error::internal)?;
        now.saturating_add(wait).map_err(Error::internal)
    }

    /// What has waited since before then is not sent any more.
    fn given_up(&self, now: Timestamp) -> Result<Timestamp> {
        let patience = self.config().mail.give_up_after;
        let patience = SignedDuration::try_from(patience).map_err(Error::internal)?;
        now.saturating_sub(patience).map_err(Error::internal)
    }

    /// Gives up what has waited too long, also where sending is off, and forgets what was settled
    /// long ago. Returns how many rows it has changed.
    pub(in crate::app) async fn tidy_mails(&self) -> Result<u64> {
        let now = self.now();
        let kept = SignedDuration::from_hours(24 * i64::from(self.config().mail.keep_days));
        let settled = now.saturating_sub(kept).map_err(Error::internal)?;
        let mut tx = self.store().write().await?;
        let expired = tx.mails().expire(self.given_up(now)?, now).await?;
        let forgotten = tx.mails().forget(settled).await?;
        tx.commit().await?;
        if expired > 0 {
            tracing::warn!(count = expired, "mails were given up");
        }
        Ok(expired + forgotten)
    }
}

/// What came of taking a mail up.
enum Taken {
    /// It is to be sent.
    Letter(Letter),
    /// It is not to be sent any more.
    Settled(MailFault),
    /// Somebody else was quicker.
    Gone,
}
