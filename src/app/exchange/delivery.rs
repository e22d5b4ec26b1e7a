//! What the acts on a delivery have in common: whose it is, and what is noted with it.

use super::OFFICE;
use crate::{
    app::{Error, Result, Work},
    domain::{Delivery, DeliveryId, Document, DocumentId, refuse_marks},
};

impl Work {
    /// A delivery to the caller's own unit, for what a recipient does.
    pub(super) async fn own_delivery(&mut self, id: DeliveryId) -> Result<Delivery> {
        let unit = self.caller.unit()?;
        let delivery = self.known_delivery(id).await?;
        if delivery.unit == unit {
            Ok(delivery)
        } else {
            Err(Error::Forbidden("此操作须由收件单位进行"))
        }
    }

    /// A delivery that the caller's unit has put into another's box, for what a sender decides.
    /// What was passed on goes back to the unit that passed it on.
    pub(super) async fn given_delivery(&mut self, id: DeliveryId) -> Result<Delivery> {
        let unit = self.caller.unit()?;
        let delivery = self.known_delivery(id).await?;
        if delivery.giver() != unit {
            return Err(Error::Forbidden("此操作须由发出此件的单位进行"));
        }
        self.caller.unit_as(OFFICE)?;
        Ok(delivery)
    }

    async fn known_delivery(&mut self, id: DeliveryId) -> Result<Delivery> {
        let unit = self.caller.unit()?;
        let found = self.tx.deliveries().find_for(unit, id).await?;
        found.ok_or(Error::NotFound)
    }

    /// The delivery as it is now, at the end of an act.
    pub(super) async fn delivery_now(&mut self, id: DeliveryId) -> Result<Delivery> {
        self.known_delivery(id).await
    }

    /// What is delivered, for a unit that has to do with it.
    pub(super) async fn delivered(&mut self, id: DocumentId) -> Result<Document> {
        let unit = self.caller.unit()?;
        let found = self.tx.documents().find_for(unit, id).await?;
        found.ok_or(Error::NotFound)
    }

    /// Tells those of an act on a delivery whom it concerns: the issuers, the unit it went to,
    /// and the one that passed it on.
    pub(super) fn did_on_delivery(&mut self, action: &'static str, delivery: &Delivery) {
        self.did_between(action, delivery.document, delivery.unit);
        if let Some(forwarding) = &delivery.forwarded {
            self.told(action, delivery.document, forwarding.unit);
        }
    }

    /// A note without blanks around it; none if nothing is left of it.
    pub(super) fn tidy_note(&self, note: Option<String>) -> Result<Option<String>> {
        self.tidy_note_at("/note", note)
    }

    /// A text that somebody gives with an act, without blanks around it.
    pub(super) fn tidy_note_at(
        &self,
        pointer: &str,
        note: Option<String>,
    ) -> Result<Option<String>> {
        let max = self.hub.config().documents.note_max_chars;
        let Some(note) = note.map(|note| note.trim().to_owned()) else {
            return Ok(None);
        };
        if note.chars().count() > max || note.chars().any(|c| c.is_control() && c != '\n') {
            let detail = format!("最多 {max} 个字，不含控制字符");
            return Err(Error::invalid(pointer, "malformed", detail));
        }
        if let Some(mark) = refuse_marks(&note) {
            return Err(Error::Secrecy(mark.to_string()));
        }
        Ok(Some(note).filter(|note| !note.is_empty()))
    }

    /// A note that must say something.
    pub(super) fn needed_note(&self, note: Option<String>, detail: &str) -> Result<Option<String>> {
        let note = self.tidy_note(note)?;
        if note.is_none() {
            return Err(Error::invalid("/note", "required", detail));
        }
        Ok(note)
    }
}
