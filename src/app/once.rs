//! Requests that may be repeated: the answer is kept in the unit of work it answers for, so that
//! it is there after a crash if and only if the work is.

use std::{collections::HashSet, sync::Mutex};

use jiff::Timestamp;

use super::{Caller, Error, Hub, Result, Work};
use crate::{
    domain::{UnitId, UserId},
    store::{KeptAnswer, Tx},
};

/// What a request is answered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The revision of what is shown.
    pub etag: Option<String>,
    /// Where the new thing is.
    pub location: Option<String>,
    /// The JSON body.
    pub body: String,
}

/// The caller's key for one request.
#[derive(Debug, Clone)]
pub struct Once {
    /// The `Idempotency-Key`.
    pub key: String,
    /// Method and path.
    pub route: String,
    /// SHA-256 of what is asked.
    pub fingerprint: [u8; 32],
}

impl Once {
    /// The same request for another unit is another request: whoever has left a unit is not
    /// shown what they were once answered there.
    fn within(mut self, unit: Option<UnitId>) -> Self {
        if let Some(unit) = unit {
            self.route = format!("{} {unit}", self.route);
        }
        self
    }
}

/// How a unit of work begins.
pub enum Begun {
    /// It is to be done.
    Work(Box<Work>),
    /// It was done before; this is what was answered then.
    Repeated(Answer),
}

/// The keys of the requests that are running on this node.
#[derive(Default)]
pub(super) struct RunningKeys(Mutex<HashSet<(UserId, String, String)>>);

/// A key that this unit of work has taken; dropping it lets it go.
pub(super) struct TakenKey {
    hub: Hub,
    user: UserId,
    key: String,
    route: String,
}

impl Hub {
    /// Begins a unit of work, unless the same request was done before.
    pub async fn begin(&self, caller: Caller, once: Option<Once>) -> Result<Begun> {
        let Some(once) = once else {
            return Ok(Begun::Work(Box::new(self.work(caller).await?)));
        };
        let once = once.within(caller.actor.unit);
        let taken = TakenKey::take(self, caller.user(), &once)?;
        let mut work = self.work(caller).await?;
        if taken
            .is_free(&mut work.tx, &once.fingerprint, work.now)
            .await?
        {
            work.key = Some(taken);
            return Ok(Begun::Work(Box::new(work)));
        }
        drop(work);
        self.repeated(&taken, &once).await.map(Begun::Repeated)
    }

    /// What was answered to the same request before, if anything.
    pub async fn answered_before(&self, caller: &Caller, once: &Once) -> Result<Option<Answer>> {
        let once = once.clone().within(caller.actor.unit);
        let mut tx = self.store().read().await?;
        let kept = tx
            .idempotency()
            .find(caller.user(), &once.key, &once.route)
            .await?;
        drop(tx);
        match kept {
            None => Ok(None),
            Some(kept) => answer_of(kept, &once).map(Some),
        }
    }

    async fn repeated(&self, taken: &TakenKey, once: &Once) -> Result<Answer> {
        let mut tx = self.store().read().await?;
        let kept = tx
            .idempotency()
            .find(taken.user, &taken.key, &taken.route)
            .await?
            .ok_or(Error::KeyBusy)?;
        answer_of(kept, once)
    }
}

fn answer_of(kept: KeptAnswer, once: &Once) -> Result<Answer> {
    if kept.fingerprint != once.fingerprint {
        return Err(Error::KeyReused);
    }
    let status = kept.status.and_then(|status| u16::try_from(status).ok());
    Ok(Answer {
        status: status.ok_or(Error::KeyBusy)?,
        etag: kept.etag,
        location: kept.location,
        body: kept.body.unwrap_or_default(),
    })
}

impl TakenKey {
    fn take(hub: &Hub, user: UserId, once: &Once) -> Result<Self> {
        let name = (user, once.key.clone(), once.route.clone());
        let mut running = hub
            .running()
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if !running.insert(name) {
            return Err(Error::KeyBusy);
        }
        drop(running);
        Ok(Self {
            hub: hub.clone(),
            user,
            key: once.key.clone(),
            route: once.route.clone(),
        })
    }

    async fn is_free(&self, tx: &mut Tx, fingerprint: &[u8], now: Timestamp) -> Result<bool> {
        let mut table = tx.idempotency();
        Ok(table
            .take(self.user, &self.key, &self.route, fingerprint, now)
            .await?)
    }

    pub(super) async fn keep(&self, tx: &mut Tx, answer: &Answer) -> Result<()> {
        let kept = KeptAnswer {
            fingerprint: Vec::new(),
            status: Some(answer.status.into()),
            etag: answer.etag.clone(),
            location: answer.location.clone(),
            body: Some(answer.body.clone()),
        };
        tx.idempotency()
            .keep(self.user, &self.key, &self.route, &kept)
            .await?;
        Ok(())
    }
}

impl Drop for TakenKey {
    fn drop(&mut self) {
        let name = (
            self.user,
            std::mem::take(&mut self.key),
            std::mem::take(&mut self.route),
        );
        let mut running = self
            .hub
            .running()
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        running.remove(&name);
    }
}
