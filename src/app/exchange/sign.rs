use super::OFFICE;
use crate::{
    app::{Error, Result, Work, receipts::Fact},
    domain::{Delivery, DeliveryId, DeliveryState, Event, Evidence, legal_day},
};

impl Work {
    /// Signs for a document on behalf of the caller's unit; this starts the clock of its duty to
    /// reply. Signing again changes nothing: the first time and its receipt stand.
    pub async fn sign(
        &mut self,
        id: DeliveryId,
        note: Option<String>,
    ) -> Result<(Delivery, Evidence)> {
        let unit = self.caller.unit()?;
        let delivery = self
            .tx
            .deliveries()
            .find_for(unit, id)
            .await?
            .ok_or(Error::NotFound)?;
        if delivery.unit != unit {
            return Err(Error::Forbidden("此操作须由收件单位进行"));
        }
        self.caller.unit_as(OFFICE)?;
        let note = self.tidy_note("/note", note)?;
        let by = self.caller.user();
        let now = self.now;
        if self
            .tx
            .deliveries()
            .mark_signed(id, by, note.as_deref(), now)
            .await?
        {
            let document = self
                .tx
                .documents()
                .find_for(unit, delivery.document)
                .await?;
            let document = document.ok_or(Error::NotFound)?;
            let due = self.start_clock(&delivery, legal_day(now)).await?;
            let mut signing = Fact::new(Event::Signing, &document, unit).by(by);
            signing.reply_due = due;
            self.state(signing).await?;
            self.did_between("delivery.sign", delivery.document, unit);
        } else if delivery.signed.is_none() {
            return Err(Error::WrongState(match delivery.state {
                DeliveryState::Recalled => "文书已被发文单位撤回，无须签收",
                DeliveryState::Superseded => "文书已被新版本取代，请签收新版本",
                _ => "当前状态下不能签收，请重新读取",
            }));
        }
        let receipt = self
            .tx
            .evidence()
            .of_event(delivery.document, unit, Event::Signing)
            .await?;
        let delivery = self.tx.deliveries().find_for(unit, id).await?;
        delivery.zip(receipt).ok_or(Error::NotFound)
    }

    /// Tidies what somebody notes; what is blank is nothing.
    pub(super) fn tidy_note(&self, pointer: &str, note: Option<String>) -> Result<Option<String>> {
        let max = self.hub.config().documents.note_max_chars;
        let Some(note) = note.map(|note| note.trim().to_owned()) else {
            return Ok(None);
        };
        if note.chars().count() > max || note.chars().any(|c| c.is_control() && c != '\n') {
            let detail = format!("最多 {max} 个字，不含控制字符");
            return Err(Error::invalid(pointer, "malformed", detail));
        }
        Ok(Some(note).filter(|note| !note.is_empty()))
    }
}
