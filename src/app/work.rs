use jiff::Timestamp;
use uuid::Uuid;

use super::{Answer, Caller, Hub, Result, once::TakenKey};
use crate::{
    domain::{Audit, Change, DocumentId, Rules, Subject, UnitId},
    store::Tx,
};

/// A unit of work on behalf of somebody: what they do in it is kept together with its evidence,
/// its audit lines and the answer they are given, or not at all.
pub struct Work {
    pub(super) hub: Hub,
    pub(super) tx: Tx,
    pub(super) caller: Caller,
    pub(super) now: Timestamp,
    pub(super) key: Option<TakenKey>,
}

impl Work {
    /// Who is at work.
    #[must_use]
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// Kinds, deadline rules and calendars.
    #[must_use]
    pub fn rules(&self) -> &Rules {
        self.hub.rules()
    }

    /// Keeps the work and the answer: when this returns both are on the disk.
    pub async fn finish(mut self, answer: Answer) -> Result<Answer> {
        let key = self.key.take();
        if let Some(key) = &key {
            key.keep(&mut self.tx, &answer).await?;
        }
        self.tx.commit().await?;
        // Only now may the same request be answered from what was kept.
        drop(key);
        self.hub.wake();
        Ok(answer)
    }

    /// Keeps the work when there is nobody to answer.
    pub async fn commit(self) -> Result<()> {
        self.tx.commit().await?;
        self.hub.wake();
        Ok(())
    }

    /// Notes what the caller did, for the auditor and for those who do things later.
    pub(super) fn did(&mut self, action: &'static str, subject: Subject, id: Uuid) {
        self.note(action, subject, id, None);
    }

    fn note(&mut self, action: &'static str, subject: Subject, id: Uuid, party: Option<UnitId>) {
        let caller = self.caller.clone();
        self.tx.audited(Audit {
            at: self.now,
            user: Some(caller.actor.user),
            unit: caller.actor.unit,
            action,
            subject,
            id: Some(id),
            outcome: "ok",
            client: caller.client,
        });
        self.tx.happened(Change {
            at: self.now,
            subject,
            id,
            what: action,
            party,
        });
    }

    /// Notes what the caller did to a document.
    pub(super) fn did_to_document(&mut self, action: &'static str, id: DocumentId) {
        self.did(action, Subject::Document, id.0);
    }

    /// Notes what a unit did inside itself: the auditor knows, other units are told nothing.
    pub(super) fn did_inside(&mut self, action: &'static str, id: DocumentId) {
        let actor = &self.caller.actor;
        self.tx.audited(Audit {
            at: self.now,
            user: Some(actor.user),
            unit: actor.unit,
            action,
            subject: Subject::Document,
            id: Some(id.0),
            outcome: "ok",
            client: self.caller.client.clone(),
        });
    }

    /// Tells one more unit of what happened to a document, beside its issuers.
    pub(super) fn told(&mut self, what: &'static str, id: DocumentId, party: UnitId) {
        self.tx.happened(Change {
            party: Some(party),
            ..Change::of_document(id, what, self.now)
        });
    }

    /// Notes what happened between a document's issuers and one unit; other recipients are not
    /// told of it.
    pub(super) fn did_between(&mut self, action: &'static str, id: DocumentId, party: UnitId) {
        self.note(action, Subject::Document, id.0, Some(party));
    }
}
