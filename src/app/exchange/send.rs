use jiff::Timestamp;

use super::{OFFICE, check::check_texts};
use crate::{
    app::{Error, Result, Work, receipts::Fact},
    domain::{
        Delivery, DeliveryId, DeliveryState, Document, DocumentId, DocumentState, Event, Recipient,
        RecipientRole, UnitId, legal_day,
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
        self.caller.unit_as(OFFICE)?;
        match document.state {
            DocumentState::Issued => {}
            DocumentState::Draft | DocumentState::InReview => {
                return Err(Error::WrongState("文书尚未签发，不能发送"));
            }
            _ => return Err(SENT_ALREADY),
        }
        let today = legal_day(self.now);
        if document.reply_due_on.is_some_and(|date| date < today) {
            return Err(Error::invalid(
                "/reply_due_on",
                "in_past",
                "回复期限已过，不能发送",
            ));
        }
        check_texts(&document)?;
        self.check_boxes(&document).await?;
        document.state = DocumentState::Sent;
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
        self.deliver(&document).await?;
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

    /// States the sending and puts the document into every recipient's box, each step with one
    /// statement of SQL however many they are.
    async fn deliver(&mut self, document: &Document) -> Result<()> {
        let submission = Fact::new(Event::Submission, document, document.unit);
        let submission = self.state(submission.by(self.caller.user())).await?;
        let recipients = &document.recipients;
        let deliveries: Vec<_> = recipients
            .iter()
            .map(|recipient| arrived(document.id, *recipient, self.now))
            .collect();
        self.tx.deliveries().insert_all(&deliveries).await?;
        let viewers: Vec<_> = recipients.iter().map(may_see).collect();
        let now = self.now;
        self.tx
            .access()
            .grant_all(document.id, &viewers, now)
            .await?;
        self.oblige(document, &deliveries).await?;
        let arrival = |delivery: &Delivery| Fact {
            reply_due: document.reply_due_on,
            after: Some(submission),
            ..Fact::new(Event::Arrival, document, delivery.unit).in_round(delivery.round)
        };
        let arrivals = deliveries.iter().map(arrival).collect();
        self.state_all(arrivals).await?;
        Ok(())
    }
}

/// A delivery that has just entered its box.
fn arrived(document: DocumentId, recipient: Recipient, at: Timestamp) -> Delivery {
    Delivery {
        id: DeliveryId::fresh(),
        document,
        unit: recipient.unit,
        role: recipient.role,
        state: DeliveryState::Arrived,
        sent_at: at,
        arrived_at: Some(at),
        first_read: None,
        signed: None,
        sign_note: None,
        round: 1,
        revision: 1,
    }
}

fn may_see(recipient: &Recipient) -> (UnitId, Basis) {
    let basis = match recipient.role {
        RecipientRole::Main => Basis::Main,
        RecipientRole::Copy => Basis::Copy,
    };
    (recipient.unit, basis)
}
