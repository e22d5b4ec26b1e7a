use super::{OFFICE, draft::as_draft};
use crate::{
    app::{Error, Result, Work, receipts::Fact},
    domain::{DeliveryState, Document, DocumentAct, DocumentId, DocumentState, Event, legal_day},
    store::Basis,
};

impl Work {
    /// Begins a correction of a sent document: a draft with the same content and number, a
    /// version further, that takes its place when it is sent. The sent one stays as it is.
    pub async fn amend(&mut self, id: DocumentId, reason: &str) -> Result<Document> {
        let unit = self.caller.unit()?;
        let original = self.own_document(id).await?;
        self.caller.unit_as(OFFICE)?;
        let act = DocumentAct::Amend;
        original.state.after(act).map_err(Error::WrongState)?;
        let reason = self.reason("/reason", reason)?;
        if self.tx.documents().correction_of(id).await?.is_some() {
            return Err(Error::WrongState("该文书已有一份修改稿，请先发送或删除它"));
        }
        let mut draft = as_draft(&original);
        draft.dated_on = None;
        let today = legal_day(self.now);
        draft.reply_due_on = draft.reply_due_on.filter(|due| *due >= today);
        let kind = self.kind(&draft.kind)?;
        let correction = Document {
            version: original.version + 1,
            replaces: Some(id),
            number: original.number.clone(),
            amendment: Some(reason),
            ..self.new_document(unit, &draft, &kind)
        };
        self.tx.documents().insert(&correction).await?;
        let (id, now) = (correction.id, self.now);
        self.tx.access().grant(unit, id, Basis::Issuer, now).await?;
        self.keep_parts(id, &draft).await?;
        self.did_to_document("document.amend", id);
        self.own_document(id).await
    }

    /// A correction that is sent takes the place of the version before it: those who had that
    /// one are told, and what they owed for it they owe for this one instead, with a term of its
    /// own.
    pub(super) async fn supersede(&mut self, correction: &Document) -> Result<()> {
        let Some(id) = correction.replaces else {
            return Ok(());
        };
        let mut original = self.own_document(id).await?;
        let next = original.state.after(DocumentAct::Supersede);
        original.state = next.map_err(|_| {
            Error::WrongState(match original.state {
                DocumentState::Recalled => "所修改的文书已撤回，修改稿不能发送",
                _ => "所修改的文书已归档，修改稿不能发送",
            })
        })?;
        original.superseded_at = Some(self.now);
        let ended = DeliveryState::Superseded;
        self.tx.deliveries().end_all(id, ended).await?;
        self.tx.obligations().withdraw_all(id).await?;
        let original = self.keep(original, "document.supersede").await?;
        for delivery in self.tx.deliveries().of_document(id).await? {
            let mut fact = Fact::new(Event::Amendment, &original, delivery.unit)
                .by(self.caller.user())
                .in_round(delivery.round);
            fact.note = correction.amendment.as_deref();
            fact.superseded_by = Some(correction.id);
            self.state(fact).await?;
        }
        Ok(())
    }
}
