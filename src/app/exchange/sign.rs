use super::OFFICE;
use crate::{
    app::{Error, Fault, Result, Work, receipts::Fact},
    domain::{Delivery, DeliveryId, DeliveryState, Event, Evidence, legal_day},
};

/// The most deliveries that are signed for in one request.
const AT_ONCE: usize = 100;

/// What became of one delivery of many that were to be signed for.
#[derive(Debug)]
pub enum SignOutcome {
    /// It is signed for now.
    Signed(Delivery, Evidence),
    /// It was signed for before; the first time stands.
    Already(Delivery, Evidence),
    /// It cannot be signed for.
    Refused(Error),
}

/// The outcome for each delivery, in the order in which they were given.
pub type BulkSigned = Vec<(DeliveryId, SignOutcome)>;

impl Work {
    /// Signs for a document on behalf of the caller's unit; this starts the clock of its duty to
    /// reply. Signing again changes nothing: the first time and its receipt stand. Where the rule
    /// has signed before, the person's act is written down beside it and the clock goes on.
    pub async fn sign(
        &mut self,
        id: DeliveryId,
        note: Option<String>,
    ) -> Result<(Delivery, Evidence)> {
        match self.signing(id, note).await? {
            SignOutcome::Signed(delivery, receipt) | SignOutcome::Already(delivery, receipt) => {
                Ok((delivery, receipt))
            }
            SignOutcome::Refused(error) => Err(error),
        }
    }

    /// Signs for many at once. What is refused says why and keeps nothing else from being signed.
    pub async fn sign_many(
        &mut self,
        ids: &[DeliveryId],
        note: Option<String>,
    ) -> Result<BulkSigned> {
        self.caller.unit_as(OFFICE)?;
        check_ids(ids)?;
        self.tidy_note(note.clone())?;
        // Always in the same order, so that two of these never wait for each other.
        let mut order: Vec<usize> = (0..ids.len()).collect();
        order.sort_by_key(|place| ids[*place]);
        let mut outcomes: Vec<Option<SignOutcome>> = ids.iter().map(|_| None).collect();
        for place in order {
            let outcome = match self.signing(ids[place], note.clone()).await {
                Ok(outcome) => outcome,
                // These are said before anything is written.
                Err(error @ (Error::NotFound | Error::Forbidden(_) | Error::WrongState(_))) => {
                    SignOutcome::Refused(error)
                }
                Err(error) => return Err(error),
            };
            outcomes[place] = Some(outcome);
        }
        let outcomes = outcomes.into_iter().flatten();
        Ok(ids.iter().copied().zip(outcomes).collect())
    }

    async fn signing(&mut self, id: DeliveryId, note: Option<String>) -> Result<SignOutcome> {
        let delivery = self.own_delivery(id).await?;
        self.caller.unit_as(OFFICE)?;
        let note = self.tidy_note(note)?;
        if delivery.signed.is_none() {
            check_signable(&delivery)?;
        }
        let unit = delivery.unit;
        let document = self.delivered(delivery.document).await?;
        let (by, now) = (self.caller.user(), self.now);
        let first = self
            .tx
            .deliveries()
            .mark_signed(id, by, note.as_deref(), now)
            .await?;
        if first {
            let due = self.start_clock(&delivery, legal_day(now)).await?;
            let mut signing = Fact::new(Event::Signing, &document, unit).by(by);
            signing.reply_due = due;
            self.state(signing.in_round(delivery.round)).await?;
            self.did_on_delivery("delivery.sign", &delivery);
        }
        let receipt = self
            .tx
            .evidence()
            .of_event(delivery.document, unit, Event::Signing)
            .await?;
        let delivery = self.delivery_now(id).await?;
        match receipt {
            Some(receipt) if first => Ok(SignOutcome::Signed(delivery, receipt)),
            Some(receipt) => Ok(SignOutcome::Already(delivery, receipt)),
            // It went out of the box at this very moment.
            None => Err(Error::Stale),
        }
    }
}

fn check_signable(delivery: &Delivery) -> Result<()> {
    match delivery.state {
        DeliveryState::Arrived | DeliveryState::Read | DeliveryState::Signed => Ok(()),
        DeliveryState::Returned => Err(Error::WrongState("此件已退回，不能签收")),
        DeliveryState::Recalled => Err(Error::WrongState("来文单位已撤回此件，不能签收")),
        DeliveryState::Superseded => Err(Error::WrongState("此件已被新版本取代，请签收新版本")),
    }
}

fn check_ids(ids: &[DeliveryId]) -> Result<()> {
    if ids.is_empty() || ids.len() > AT_ONCE {
        let detail = format!("一次签收 1 至 {AT_ONCE} 件");
        return Err(Error::invalid("/delivery_ids", "out_of_range", detail));
    }
    let faults: Vec<_> = (0..ids.len())
        .filter(|place| ids[..*place].contains(&ids[*place]))
        .map(|place| {
            let pointer = format!("/delivery_ids/{place}");
            Fault::at(pointer, "repeated", "同一件只能列一次")
        })
        .collect();
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Error::Invalid(faults))
    }
}
