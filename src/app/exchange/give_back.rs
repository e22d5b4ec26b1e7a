use super::OFFICE;
use crate::{
    app::{Error, Result, Work, receipts::Fact},
    domain::{Delivery, DeliveryId, DeliveryState, Event, ObligationState, Return, ReturnReason},
};

const REFUSED: Error = Error::WrongState("来文单位不同意退回，请签收；此件不能再次退回");

impl Work {
    /// Sends a document back before signing for it, with a coded reason. The unit goes on seeing
    /// it; its duty to reply rests until the sender has decided.
    pub async fn give_back(
        &mut self,
        id: DeliveryId,
        reason: ReturnReason,
        note: Option<String>,
    ) -> Result<Delivery> {
        let delivery = self.own_delivery(id).await?;
        self.caller.unit_as(OFFICE)?;
        let note = if reason == ReturnReason::Other {
            self.needed_note(note, "退回原因为“其他”时，请说明理由")?
        } else {
            self.tidy_note(note)?
        };
        let round = delivery.round;
        let earlier = self.tx.returns().of_round(id, round).await?;
        still_returnable(&delivery, earlier.is_some())?;
        if !self.tx.deliveries().mark_returned(id, round).await? {
            return Err(Error::WrongState("此件的状态刚刚改变，请重新读取"));
        }
        let one = Return {
            delivery: id,
            round,
            reason,
            note,
            returned: (self.caller.user(), self.now),
            decision: None,
        };
        if !self.tx.returns().insert(&one).await? {
            return Err(REFUSED);
        }
        self.turn_obligation(
            id,
            ObligationState::AwaitingSignature,
            ObligationState::Suspended,
        )
        .await?;
        let document = self.delivered(delivery.document).await?;
        let by = self.caller.user();
        let mut fact = Fact::new(Event::Return, &document, delivery.unit).by(by);
        fact.reason = Some(reason);
        self.state(fact.in_round(round)).await?;
        self.did_on_delivery("delivery.return", &delivery);
        self.delivery_now(id).await
    }
}

fn still_returnable(delivery: &Delivery, returned_before: bool) -> Result<()> {
    match delivery.state {
        DeliveryState::Arrived | DeliveryState::Read if returned_before => Err(REFUSED),
        DeliveryState::Arrived | DeliveryState::Read => Ok(()),
        DeliveryState::Signed => Err(Error::WrongState("已签收的文书不能退回")),
        DeliveryState::Returned => Err(Error::WrongState("此件已退回，不能重复退回")),
        DeliveryState::Recalled | DeliveryState::Superseded => {
            Err(Error::WrongState("来文单位已撤回或修改此件，无须退回"))
        }
    }
}
