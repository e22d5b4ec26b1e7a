//! Receipts: the evidence statements of the hub, written in the unit of work that they are about
//! and signed with the hub's key (docs/security: what a receipt proves, and what not).

mod bundle;

pub use bundle::ReceiptBundle;
use jiff::Timestamp;

use super::{Caller, Error, Hub, Result, Shown, Work};
use crate::domain::{
    Document, DocumentId, Event, Evidence, EvidenceId, Party, ReturnReason, Scope, StatedDocument,
    Statement, UnitId, UserId,
};

/// Names the hub in its statements; drawn once.
const ORIGIN: &str = "evidence-origin";

/// The life of the evidence log. A restored backup will begin another.
const EPOCH: u32 = 1;

/// What is to be stated.
pub(super) struct Fact<'a> {
    pub(super) event: Event,
    pub(super) document: &'a Document,
    /// The unit that the event concerns.
    pub(super) party: UnitId,
    /// The person who acted for it.
    pub(super) by: Option<UserId>,
    pub(super) reply_due: Option<jiff::civil::Date>,
    pub(super) replied_with: Option<DocumentId>,
    /// The correction that takes its place.
    pub(super) superseded_by: Option<DocumentId>,
    /// What whoever acted wrote as the reason.
    pub(super) note: Option<&'a str>,
    /// Why it was returned.
    pub(super) reason: Option<ReturnReason>,
    /// To whom it was passed on.
    pub(super) forwarded_to: Vec<UnitId>,
    /// The unit that put it into the box or refused its return, and who acted for it.
    pub(super) giver: Option<(UnitId, UserId)>,
    /// The legal day from which it counts.
    pub(super) effective_on: Option<jiff::civil::Date>,
    /// The round of the delivery.
    pub(super) round: i64,
    /// Whether it records an exchange of long ago.
    pub(super) historic: bool,
}

impl<'a> Fact<'a> {
    pub(super) fn new(event: Event, document: &'a Document, party: UnitId) -> Self {
        Self {
            event,
            document,
            party,
            by: None,
            reply_due: None,
            replied_with: None,
            superseded_by: None,
            note: None,
            reason: None,
            forwarded_to: Vec::new(),
            giver: None,
            effective_on: None,
            round: 1,
            historic: false,
        }
    }

    pub(super) fn by(mut self, user: UserId) -> Self {
        self.by = Some(user);
        self
    }

    pub(super) fn historic(mut self, historic: bool) -> Self {
        self.historic = historic;
        self
    }

    pub(super) fn in_round(mut self, round: i64) -> Self {
        self.round = round;
        self
    }
}

impl Hub {
    /// Draws the hub's name for evidence at its first start.
    pub(super) async fn settle_origin(&self) -> Result<()> {
        let mut tx = self.store().write().await?;
        let name = format!("wenshu-{}", uuid::Uuid::now_v7().simple());
        tx.facts().keep_first(ORIGIN, &name).await?;
        tx.commit().await?;
        Ok(())
    }

    /// One statement, for a unit that may know of it.
    pub async fn receipt(&self, caller: &Caller, id: EvidenceId) -> Result<Shown<Evidence>> {
        let unit = caller.unit_for(&[Scope::Send, Scope::Receive])?;
        let mut tx = self.store().read().await?;
        let evidence = tx
            .evidence()
            .find_for(unit, id)
            .await?
            .ok_or(Error::NotFound)?;
        if caller.is_machine() {
            self.find_document(caller, evidence.document).await?;
        }
        self.shown(&mut tx, evidence).await
    }
}

impl Work {
    /// States a fact. Each document, party, event and round has one statement; a second one is an
    /// error, since the state it follows from changes only once.
    pub(super) async fn state(&mut self, fact: Fact<'_>) -> Result<EvidenceId> {
        let prev = self
            .tx
            .evidence()
            .newest(fact.document.id, fact.party)
            .await?;
        let id = EvidenceId::fresh();
        let statement = self.statement(&fact, id, prev).await?;
        let statement = serde_json_canonicalizer::to_string(&statement).map_err(Error::internal)?;
        let keys = self.hub.keys();
        let evidence = Evidence {
            id,
            document: fact.document.id,
            party: fact.party,
            event: fact.event,
            round: fact.round,
            at: self.now,
            signature: keys.sign_evidence(statement.as_bytes()),
            key_id: keys.evidence_id(),
            statement,
        };
        if !self.tx.evidence().insert(&evidence).await? {
            return Err(Error::internal(format!(
                "evidence of {} for {} is there already",
                fact.event.code(),
                fact.document.id
            )));
        }
        Ok(id)
    }

    async fn statement(
        &mut self,
        fact: &Fact<'_>,
        id: EvidenceId,
        prev: Option<EvidenceId>,
    ) -> Result<Statement> {
        let origin = self.tx.facts().find(ORIGIN).await?.unwrap_or_default();
        let hub = self.hub.clone();
        let names = hub.directory(&mut self.tx).await?;
        let code = |unit: UnitId| names.unit(unit).and_then(|unit| unit.credit_code.clone());
        let document = fact.document;
        Ok(Statement {
            v: 1,
            origin,
            epoch: EPOCH,
            evidence_id: id,
            event: fact.event,
            event_zh: fact.event.label(),
            round: fact.round,
            historic: fact.historic,
            event_time: shown(self.now),
            doc: StatedDocument {
                id: document.id,
                doc_number: document.number.as_ref().map(ToString::to_string),
                version: document.version,
                // Of what is in quarantine only the manifest is left.
                manifest: document
                    .manifest
                    .unwrap_or_else(|| document.digest_of_content())
                    .to_string(),
            },
            sender: Party {
                unit: document.unit,
                credit_code: code(document.unit),
                user: document.sent.map(|(by, _)| by),
            },
            recipient: Party {
                unit: fact.party,
                credit_code: code(fact.party),
                user: fact.by,
            },
            reply_due: fact.reply_due.map(|date| date.to_string()),
            replied_with: fact.replied_with,
            superseded_by: fact.superseded_by,
            note: fact.note.map(str::to_owned),
            reason: fact.reason,
            forwarded_to: fact.forwarded_to.clone(),
            giver: fact.giver.map(|(unit, user)| Party {
                unit,
                credit_code: code(unit),
                user: Some(user),
            }),
            effective_on: fact.effective_on.map(|date| date.to_string()),
            prev,
            software: concat!("wenshu/", env!("CARGO_PKG_VERSION")),
            nonce: nonce()?,
        })
    }
}

/// RFC 3339 in UTC with milliseconds.
fn shown(at: Timestamp) -> String {
    format!("{at:.3}")
}

fn nonce() -> Result<String> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|error| Error::internal(error.to_string()))?;
    Ok(hex::encode(bytes))
}
