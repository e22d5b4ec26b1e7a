//! Receipts: the evidence statements of the hub, written in the unit of work that they are about
//! and signed with the hub's key (docs/security: what a receipt proves, and what not).

mod bundle;

use std::collections::HashMap;

use jiff::Timestamp;

pub use self::bundle::ReceiptBundle;
use super::{Caller, Directory, Error, Hub, Keys, Result, Shown, Work};
use crate::{
    domain::{
        Document, DocumentId, Event, Evidence, EvidenceId, Party, ReturnReason, Scope,
        StatedDocument, Statement, UnitId, UserId,
    },
    store::Store,
};

/// Names the hub in its statements; drawn once.
const ORIGIN: &str = "evidence-origin";

/// The life of the evidence log. A restored backup will begin another.
const EPOCH: u32 = 1;

/// So many statements are signed in less time than another thread takes to begin.
const SIGNED_IN_PASSING: usize = 4;

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
    /// The unit that acted and the person who did, where it was not the party.
    pub(super) actor: Option<(UnitId, UserId)>,
    /// The digest of what was done about the duty to reply.
    pub(super) act: Option<String>,
    /// The round of the delivery, or of the act.
    pub(super) round: i64,
    /// Whether it records an exchange of long ago.
    pub(super) historic: bool,
    /// The statement before it about the same document and party. Where it is not known here it
    /// is looked up.
    pub(super) after: Option<EvidenceId>,
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
            after: None,
            actor: None,
            act: None,
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

/// Draws the hub's name for evidence at its first start; it stays.
pub(super) async fn settle_origin(store: &Store) -> Result<String> {
    let mut tx = store.write().await?;
    let name = format!("wenshu-{}", uuid::Uuid::now_v7().simple());
    let origin = tx.facts().keep_first(ORIGIN, &name).await?;
    tx.commit().await?;
    Ok(origin)
}

impl Hub {
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
        let stated = self.state_all(vec![fact]).await?;
        stated.first().copied().ok_or(Error::NotFound)
    }

    /// States facts, as [`Work::state`] does each; they are signed and kept all at once. Of two
    /// about one document and party the second does not follow the first: name it in `after`.
    pub(super) async fn state_all(&mut self, facts: Vec<Fact<'_>>) -> Result<Vec<EvidenceId>> {
        let drawn = self.draw_up(&facts).await?;
        let signed = sign_all(&self.hub, drawn, self.now).await?;
        let kept = self.tx.evidence().insert_all(&signed).await?;
        if kept < signed.len() {
            let events: Vec<_> = facts.iter().map(|fact| fact.event.code()).collect();
            return Err(Error::internal(format!(
                "evidence of {events:?} is there already"
            )));
        }
        Ok(signed.into_iter().map(|evidence| evidence.id).collect())
    }

    /// Puts facts into the words of statements.
    async fn draw_up(&mut self, facts: &[Fact<'_>]) -> Result<Vec<Drawn>> {
        let hub = self.hub.clone();
        let names = hub.directory(&mut self.tx).await?;
        let mut documents = HashMap::new();
        let mut drawn = Vec::with_capacity(facts.len());
        for fact in facts {
            let document = fact.document;
            let prev = if fact.after.is_some() {
                fact.after
            } else {
                let mut evidence = self.tx.evidence();
                evidence.newest(document.id, fact.party).await?
            };
            let doc = documents
                .entry(document.id)
                .or_insert_with(|| StatedDocument::of(document));
            drawn.push(Drawn {
                document: document.id,
                party: fact.party,
                statement: Statement {
                    v: 1,
                    origin: hub.origin().to_owned(),
                    epoch: EPOCH,
                    evidence_id: EvidenceId::fresh(),
                    event: fact.event,
                    event_zh: fact.event.label(),
                    round: fact.round,
                    historic: fact.historic,
                    event_time: shown(self.now),
                    doc: doc.clone(),
                    sender: party(&names, document.unit, document.sent.map(|(by, _)| by)),
                    recipient: party(&names, fact.party, fact.by),
                    reply_due: fact.reply_due.map(|date| date.to_string()),
                    replied_with: fact.replied_with,
                    superseded_by: fact.superseded_by,
                    note: fact.note.map(str::to_owned),
                    reason: fact.reason,
                    forwarded_to: fact.forwarded_to.clone(),
                    giver: fact
                        .giver
                        .map(|(unit, user)| party(&names, unit, Some(user))),
                    effective_on: fact.effective_on.map(|date| date.to_string()),
                    actor: fact
                        .actor
                        .map(|(unit, user)| party(&names, unit, Some(user))),
                    act: fact.act.clone(),
                    prev,
                    software: concat!("wenshu/", env!("CARGO_PKG_VERSION")),
                    nonce: nonce()?,
                },
            });
        }
        Ok(drawn)
    }
}

/// A statement that is not signed yet.
struct Drawn {
    document: DocumentId,
    party: UnitId,
    statement: Statement,
}

impl Drawn {
    fn sign(self, keys: &Keys, key_id: String, at: Timestamp) -> Result<Evidence> {
        let Statement {
            evidence_id,
            event,
            round,
            ..
        } = self.statement;
        let statement =
            serde_json_canonicalizer::to_string(&self.statement).map_err(Error::internal)?;
        Ok(Evidence {
            id: evidence_id,
            document: self.document,
            party: self.party,
            event,
            round,
            at,
            signature: keys.sign_evidence(statement.as_bytes()),
            key_id,
            statement,
        })
    }
}

/// Signs statements; many of them where they keep nobody waiting.
async fn sign_all(hub: &Hub, drawn: Vec<Drawn>, at: Timestamp) -> Result<Vec<Evidence>> {
    let many = drawn.len() > SIGNED_IN_PASSING;
    let hub = hub.clone();
    let sign = move || {
        let key_id = hub.keys().evidence_id();
        let sign = |drawn: Drawn| drawn.sign(hub.keys(), key_id.clone(), at);
        drawn.into_iter().map(sign).collect()
    };
    if many {
        let signed = tokio::task::spawn_blocking(sign).await;
        signed.map_err(Error::internal)?
    } else {
        sign()
    }
}

fn party(names: &Directory, unit: UnitId, user: Option<UserId>) -> Party {
    Party {
        unit,
        credit_code: names.unit(unit).and_then(|unit| unit.credit_code.clone()),
        user,
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
