//! The queue that a unit's own system fetches from: lease, fetch, acknowledge. A lease that runs
//! out gives back what it held. None of this is a reading, and none of it signs.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::DeliveryCard;
use crate::{
    app::{Caller, Error, Hub, Result, Shown, Work},
    domain::{Delivery, DeliveryId, DocumentId, Lease, Scope, UnitId},
    store::Tx,
};

/// How often a lease is tried again that came out empty although something waits: on a shared
/// server somebody else may have taken the same rows at the same moment.
const TRIES: usize = 8;

const NO_LEASE: Error = Error::WrongState("租约编号不符或租约已到期，请重新租取");

impl Hub {
    /// What waits for the caller's program, oldest first; nothing is leased by looking.
    pub async fn queue(&self, caller: &Caller, limit: i64) -> Result<Shown<Vec<DeliveryCard>>> {
        let unit = caller.machine(Scope::Receive)?;
        let mut tx = self.store().read().await?;
        let ids = tx.pickups().waiting(unit, self.now(), limit).await?;
        let found = deliveries(&mut tx, unit, &ids).await?;
        let cards = self.cards(&mut tx, unit, found).await?;
        self.shown(&mut tx, cards).await
    }

    /// Notes that a program of a recipient has been handed the content. It is no reading.
    pub(super) async fn note_fetch(
        &self,
        caller: &Caller,
        unit: UnitId,
        id: DocumentId,
    ) -> Result<()> {
        let delivery = {
            let mut tx = self.store().read().await?;
            tx.deliveries().find_of(id, unit).await?
        };
        let Some(delivery) = delivery.filter(|delivery| delivery.fetched.is_none()) else {
            return Ok(());
        };
        let mut work = self.work(caller.clone()).await?;
        let (by, now) = (caller.user(), work.now);
        if work.tx.pickups().mark_fetched(delivery.id, by, now).await? {
            work.did_between("delivery.fetch", id, unit);
            work.commit().await?;
        }
        Ok(())
    }
}

impl Work {
    /// Leases up to `max` waiting deliveries for some seconds, oldest first. Two who lease at
    /// once never get the same one.
    pub async fn lease(&mut self, max: i64, seconds: i64) -> Result<(Lease, Vec<DeliveryCard>)> {
        let unit = self.caller.machine(Scope::Receive)?;
        let until = self.now.saturating_add(SignedDuration::from_secs(seconds));
        let lease = Lease {
            id: Uuid::now_v7(),
            by: self.caller.user(),
            until: whole(until.map_err(Error::internal)?),
        };
        let now = self.now;
        let mut ids = Vec::new();
        for _ in 0..TRIES {
            ids = self.tx.pickups().lease(unit, &lease, now, max).await?;
            let missed =
                ids.is_empty() && !self.tx.pickups().waiting(unit, now, 1).await?.is_empty();
            if !missed {
                break;
            }
        }
        let found = deliveries(&mut self.tx, unit, &ids).await?;
        let hub = self.hub.clone();
        let mut cards = hub.cards(&mut self.tx, unit, found).await?;
        cards.sort_by_key(|card| (card.delivery.sent_at, card.delivery.id));
        Ok((lease, cards))
    }

    /// Acknowledges a delivery that was leased and fetched: it leaves the queue, and its sender
    /// sees that a machine has fetched it. Acknowledging again changes nothing.
    pub async fn acknowledge(&mut self, id: DeliveryId, lease: Uuid) -> Result<DeliveryCard> {
        let (unit, delivery) = self.queued_delivery(id).await?;
        let (by, now) = (self.caller.user(), self.now);
        if self.tx.pickups().acknowledge(id, lease, by, now).await? {
            self.did_between("delivery.acknowledge", delivery.document, unit);
        } else if !self.tx.pickups().was_acknowledged(id, lease).await? {
            return Err(NO_LEASE);
        }
        let delivery = self.tx.deliveries().find_for(unit, id).await?;
        self.card(delivery.ok_or(Error::NotFound)?).await
    }

    /// Gives a leased delivery back, for whoever leases next.
    pub async fn release(&mut self, id: DeliveryId, lease: Uuid) -> Result<DeliveryCard> {
        let (_, delivery) = self.queued_delivery(id).await?;
        let (by, now) = (self.caller.user(), self.now);
        if !self.tx.pickups().release(id, lease, by, now).await? {
            return Err(NO_LEASE);
        }
        self.card(delivery).await
    }

    async fn queued_delivery(&mut self, id: DeliveryId) -> Result<(UnitId, Delivery)> {
        let unit = self.caller.machine(Scope::Receive)?;
        let delivery = self.tx.deliveries().find_for(unit, id).await?;
        // To a program that only receives, what its unit has sent is nothing it knows of.
        let delivery = delivery.filter(|delivery| delivery.unit == unit);
        Ok((unit, delivery.ok_or(Error::NotFound)?))
    }
}

/// The deliveries of these ids, in their order.
async fn deliveries(tx: &mut Tx, unit: UnitId, ids: &[DeliveryId]) -> Result<Vec<Delivery>> {
    let mut deliveries = Vec::with_capacity(ids.len());
    for id in ids {
        deliveries.extend(tx.deliveries().find_for(unit, *id).await?);
    }
    Ok(deliveries)
}

/// Instants are kept in milliseconds.
fn whole(at: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at)
}
