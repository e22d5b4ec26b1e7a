//! What the sender does about a document that was sent back to it. Changing what it says is
//! another thing: that makes a new version.

use crate::{
    app::{Error, Result, Work, receipts::Fact},
    domain::{
        Delivery, DeliveryId, DeliveryState, Document, DocumentState, Event, ObligationState,
        RecipientRole, ReturnDecision, ReturnOutcome, legal_day,
    },
};

const NOT_RETURNED: Error = Error::WrongState("此件没有待处理的退回");

impl Work {
    /// Does not agree to a return: the document is in the box again as it was, and the unit
    /// cannot return it a second time in this round.
    pub async fn refuse_return(
        &mut self,
        id: DeliveryId,
        note: Option<String>,
    ) -> Result<Delivery> {
        let delivery = self.given_delivery(id).await?;
        let note = self.needed_note(note, "请说明不同意退回的理由")?;
        let document = self.still_sent(&delivery).await?;
        self.decide(&delivery, ReturnOutcome::Refused, note).await?;
        if !self.tx.deliveries().put_back(id, delivery.round).await? {
            return Err(NOT_RETURNED);
        }
        self.take_up_again(id).await?;
        let mut fact = Fact::new(Event::ReturnRefusal, &document, delivery.unit);
        fact.giver = Some((delivery.giver(), self.caller.user()));
        self.state(fact.in_round(delivery.round)).await?;
        self.did_on_delivery("delivery.refuse_return", &delivery);
        self.delivery_now(id).await
    }

    /// Sends what was returned once more, as it is: a new round begins, with times of its own.
    pub async fn resend(&mut self, id: DeliveryId, note: Option<String>) -> Result<Delivery> {
        let delivery = self.given_delivery(id).await?;
        let note = self.tidy_note(note)?;
        let document = self.still_sent(&delivery).await?;
        self.check_box(&delivery, &document).await?;
        self.decide(&delivery, ReturnOutcome::Resent, note).await?;
        let now = self.now;
        if !self
            .tx
            .deliveries()
            .send_again(id, delivery.round, now)
            .await?
        {
            return Err(NOT_RETURNED);
        }
        self.take_up_again(id).await?;
        let mut arrival = Fact::new(Event::Arrival, &document, delivery.unit);
        arrival.reply_due = document.reply_due_on;
        arrival.giver = Some((delivery.giver(), self.caller.user()));
        self.state(arrival.in_round(delivery.round + 1)).await?;
        self.did_on_delivery("delivery.resend", &delivery);
        self.delivery_now(id).await
    }

    /// Agrees to a return: that is the end of it, and nothing is owed any more.
    pub async fn accept_return(
        &mut self,
        id: DeliveryId,
        note: Option<String>,
    ) -> Result<Delivery> {
        let delivery = self.given_delivery(id).await?;
        let note = self.tidy_note(note)?;
        if delivery.state != DeliveryState::Returned {
            return Err(NOT_RETURNED);
        }
        let document = self.delivered(delivery.document).await?;
        self.decide(&delivery, ReturnOutcome::Accepted, note)
            .await?;
        self.turn_obligation(id, ObligationState::Suspended, ObligationState::Withdrawn)
            .await?;
        let mut fact = Fact::new(Event::ReturnAcceptance, &document, delivery.unit);
        fact.giver = Some((delivery.giver(), self.caller.user()));
        self.state(fact.in_round(delivery.round)).await?;
        self.did_on_delivery("delivery.accept_return", &delivery);
        self.delivery_now(id).await
    }

    async fn decide(
        &mut self,
        delivery: &Delivery,
        outcome: ReturnOutcome,
        note: Option<String>,
    ) -> Result<()> {
        let decision = ReturnDecision {
            outcome,
            note,
            decided: (self.caller.user(), self.now),
        };
        let mut returns = self.tx.returns();
        if returns
            .decide(delivery.id, delivery.round, &decision)
            .await?
        {
            Ok(())
        } else {
            Err(Error::WrongState("此件的退回已有处理结果"))
        }
    }

    /// What is put into the box again must still be what its issuer says.
    async fn still_sent(&mut self, delivery: &Delivery) -> Result<Document> {
        if delivery.state != DeliveryState::Returned {
            return Err(NOT_RETURNED);
        }
        let document = self.delivered(delivery.document).await?;
        match document.state {
            DocumentState::Sent | DocumentState::Archived => Ok(document),
            _ => Err(Error::WrongState("文书已撤回或已被修改，只能同意退回")),
        }
    }

    async fn check_box(&mut self, delivery: &Delivery, document: &Document) -> Result<()> {
        let names = self.hub.clone().directory(&mut self.tx).await?;
        if !names.unit(delivery.unit).is_some_and(|unit| unit.active) {
            return Err(Error::WrongState("收件单位已停用，不能重新发送"));
        }
        let today = legal_day(self.now);
        let too_late = document.reply_due_on.is_some_and(|date| date < today);
        if too_late && delivery.role == RecipientRole::Main {
            return Err(Error::WrongState(
                "文书写明的回复期限已过，请修改文书后再发送",
            ));
        }
        Ok(())
    }

    async fn take_up_again(&mut self, id: DeliveryId) -> Result<()> {
        self.turn_obligation(
            id,
            ObligationState::Suspended,
            ObligationState::AwaitingSignature,
        )
        .await
    }
}
