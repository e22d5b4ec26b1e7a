use super::{OFFICE, check::check_texts};
use crate::{
    app::{Error, Result, Work, receipts::Fact},
    domain::{
        Delivery, Document, DocumentAct, DocumentId, Event, Recipient, RecipientRole, Scope,
        legal_day,
    },
    store::Basis,
};

const SENT_ALREADY: Error = Error::WrongState("文书已发送，不能重复发送");

impl Work {
    /// Sends an issued document to its recipients: from now on nothing of it changes. The time
    /// of this act is the legal sent time; the same moment it has arrived in every box
    /// (电子签名法 §11).
    pub async fn send(&mut self, id: DocumentId) -> Result<Document> {
        let mut document = self.own_document(id).await?;
        self.caller.unit_as_or(OFFICE, Scope::Send)?;
        let next = document.state.after(DocumentAct::Send);
        let next = next.map_err(Error::WrongState)?;
        let today = legal_day(self.now);
        if document.reply_due_on.is_some_and(|date| date < today) {
            return Err(Error::invalid(
                "/reply_due_on",
                "in_past",
                "回复期限已过，不能发送",
            ));
        }
        check_texts(&document)?;
        self.freeze_groups(&mut document).await?;
        self.check_boxes(&document).await?;
        self.check_reach_to_send(&document).await?;
        document.state = next;
        document.sent = Some((self.caller.user(), self.now));
        document.manifest = Some(document.digest_of_content());
        document.updated_at = self.now;
        document.revision += 1;
        if !self.tx.documents().update(&document).await? {
            // Of an issued document nothing changes but that it is sent, so somebody was quicker.
            return Err(SENT_ALREADY);
        }
        for attached in &document.files {
            self.tx.files().attach(attached.file.id).await?;
        }
        let by = self.caller.user();
        self.state(Fact::new(Event::Submission, &document, document.unit).by(by))
            .await?;
        for recipient in document.recipients.clone() {
            self.deliver(&document, recipient).await?;
        }
        self.supersede(&document).await?;
        self.answer_obligation(&document).await?;
        self.did_to_document("document.send", id);
        Ok(document)
    }

    /// A unit that was closed after drafting cannot be sent anything.
    async fn check_boxes(&mut self, document: &Document) -> Result<()> {
        let names = self.hub.clone().directory(&mut self.tx).await?;
        let closed = document
            .recipients
            .iter()
            .position(|recipient| !names.unit(recipient.unit).is_some_and(|unit| unit.active));
        match closed {
            None => Ok(()),
            Some(place) => {
                let pointer = format!("/recipients/{place}/unit_id");
                Err(Error::invalid(
                    pointer,
                    "inactive",
                    "该单位已停用，不能发送",
                ))
            }
        }
    }

    async fn deliver(&mut self, document: &Document, recipient: Recipient) -> Result<()> {
        let delivery = Delivery::arriving(document, recipient.unit, recipient.role, self.now);
        if !self.tx.deliveries().insert(&delivery).await? {
            return Err(SENT_ALREADY);
        }
        let basis = match recipient.role {
            RecipientRole::Main => Basis::Main,
            RecipientRole::Copy => Basis::Copy,
            RecipientRole::Forward => Basis::Forward,
        };
        self.tx
            .access()
            .grant(recipient.unit, document.id, basis, self.now)
            .await?;
        self.oblige(document, &delivery).await?;
        let mut arrival = Fact::new(Event::Arrival, document, recipient.unit);
        arrival.reply_due = document.reply_due_on;
        self.state(arrival).await?;
        Ok(())
    }
}
