use super::{
    OFFICE,
    check::{DESTROYED, check_texts},
};
use crate::{
    app::{Error, Result, Work, receipts::Fact},
    domain::{
        Delivery, Document, DocumentAct, DocumentId, Event, Recipient, RecipientRole, Scope,
        UnitId, legal_day,
    },
    store::Basis,
};

const SENT_ALREADY: Error = Error::WrongState("文书已发送，不能重复发送");

/// What a sending is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// The exchange itself.
    New,
    /// The record of an exchange long ago.
    Historic,
}

/// A document of the past asks for nothing today.
fn check_historic(document: &Document, today: jiff::civil::Date) -> Result<()> {
    if document.dated_on.is_none_or(|date| date >= today) {
        let detail = "补录的历史文书须写明成文日期，且早于今天";
        return Err(Error::invalid("/dated_on", "not_past", detail));
    }
    if document.reply_due_on.is_some() {
        let detail = "补录的历史文书不产生回复义务，不能写回复期限";
        return Err(Error::invalid("/reply_due_on", "historic", detail));
    }
    if document.in_reply_to.is_some() {
        let detail = "补录的历史文书不能作为对现有文书的回复";
        return Err(Error::invalid("/in_reply_to", "historic", detail));
    }
    Ok(())
}

impl Work {
    /// Sends an issued document to its recipients: from now on nothing of it changes. The time
    /// of this act is the legal sent time; the same moment it has arrived in every box
    /// (电子签名法 §11).
    pub async fn send(&mut self, id: DocumentId) -> Result<Document> {
        self.send_out(id, Manner::New).await
    }

    /// Sends a document that was exchanged long ago, outside the hub, so that it can be found
    /// here: it arrives today, which is what its evidence states, and brings no duty to reply.
    pub async fn send_historic(&mut self, id: DocumentId) -> Result<Document> {
        self.send_out(id, Manner::Historic).await
    }

    async fn send_out(&mut self, id: DocumentId, manner: Manner) -> Result<Document> {
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
        if manner == Manner::Historic {
            check_historic(&document, today)?;
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
        self.attach_files(&document).await?;
        self.deliver(&document, manner).await?;
        self.supersede(&document).await?;
        self.answer_obligation(&document).await?;
        let action = match manner {
            Manner::New => "document.send",
            Manner::Historic => "document.send_historic",
        };
        self.did_to_document(action, id);
        Ok(document)
    }

    /// Keeps the files for good, always in the same order, so that two that send the same ones do
    /// not wait for each other.
    async fn attach_files(&mut self, document: &Document) -> Result<()> {
        let mut files: Vec<_> = document.files.iter().map(|one| &one.file).collect();
        files.sort_by_key(|file| file.id);
        for file in files {
            if !self.tx.files().attach(file.id).await? {
                return Err(Error::Secrecy(DESTROYED.to_owned()));
            }
        }
        Ok(())
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
    async fn deliver(&mut self, document: &Document, manner: Manner) -> Result<()> {
        let historic = manner == Manner::Historic;
        let submission = Fact::new(Event::Submission, document, document.unit);
        let submission = submission.by(self.caller.user()).historic(historic);
        let submission = self.state(submission).await?;
        let now = self.now;
        let recipients = &document.recipients;
        let deliveries: Vec<_> = recipients
            .iter()
            .map(|one| Delivery::arriving(document, one.unit, one.role, now))
            .collect();
        let delivered = self.tx.deliveries().insert_all(&deliveries).await?;
        if delivered < deliveries.len() {
            return Err(SENT_ALREADY);
        }
        let viewers: Vec<_> = recipients.iter().map(may_see).collect();
        self.tx
            .access()
            .grant_all(document.id, &viewers, now)
            .await?;
        if manner == Manner::New {
            self.oblige(document, &deliveries).await?;
        }
        let arrival = |delivery: &Delivery| Fact {
            reply_due: document.reply_due_on,
            after: Some(submission),
            ..Fact::new(Event::Arrival, document, delivery.unit).historic(historic)
        };
        let arrivals = deliveries.iter().map(arrival).collect();
        self.state_all(arrivals).await?;
        Ok(())
    }
}

fn may_see(recipient: &Recipient) -> (UnitId, Basis) {
    let basis = match recipient.role {
        RecipientRole::Main => Basis::Main,
        RecipientRole::Copy => Basis::Copy,
        RecipientRole::Forward => Basis::Forward,
    };
    (recipient.unit, basis)
}
