use super::SENDERS;
use crate::{
    app::{Error, Result, Work, receipts::Fact},
    domain::{DeliveryState, Document, DocumentAct, DocumentId, Event, Noted},
    store::Basis,
};

impl Work {
    /// Takes a sent document back, with a reason that every recipient is told. Nobody has signed
    /// yet: it is gone from the boxes and only a trace of the delivery stays. Somebody has: it
    /// stays readable as recalled, and nothing is owed for it any more.
    pub async fn recall(&mut self, id: DocumentId, reason: &str) -> Result<Document> {
        let mut document = self.own_document(id).await?;
        self.caller.unit_as(SENDERS)?;
        let next = document.state.after(DocumentAct::Recall);
        document.state = next.map_err(Error::WrongState)?;
        let reason = self.reason("/reason", reason)?;
        let ended = DeliveryState::Recalled;
        if !self.tx.deliveries().end_all(id, ended).await? {
            for basis in [Basis::Main, Basis::Copy] {
                self.tx.access().revoke(id, basis).await?;
            }
        }
        self.tx.obligations().withdraw_all(id).await?;
        document.recalled = Some(Noted {
            act: (self.caller.user(), self.now),
            reason: reason.clone(),
        });
        let document = self.keep(document, "document.recall").await?;
        for delivery in self.tx.deliveries().of_document(id).await? {
            let mut fact = Fact::new(Event::Recall, &document, delivery.unit)
                .by(self.caller.user())
                .in_round(delivery.round);
            fact.note = Some(&reason);
            self.state(fact).await?;
        }
        Ok(document)
    }

    /// A reason that must be given.
    pub(super) fn reason(&self, pointer: &str, reason: &str) -> Result<String> {
        let reason = self.tidy_note_at(pointer, Some(reason.to_owned()))?;
        reason.ok_or_else(|| Error::invalid(pointer, "required", "请说明理由"))
    }
}
