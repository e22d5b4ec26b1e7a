use std::collections::HashMap;

use jiff::Timestamp;

use crate::{
    app::{Caller, Error, Hub, Result, Shown, Work},
    domain::{
        Assignment, Card, Delivery, DeliveryId, DocNumber, Document, DocumentFilter, DocumentId,
        Evidence, Return, Scope, UnitId,
    },
    store::Tx,
};

/// The most statements, replies or deliveries that are shown of one document.
const SHOWN_AT_ONCE: i64 = 1000;

/// A delivery in a list, with what is delivered.
#[derive(Debug, Clone)]
pub struct DeliveryCard {
    /// The delivery.
    pub delivery: Delivery,
    /// What is delivered; its parts are not read. None where it was taken back.
    pub document: Option<Document>,
    /// What stays of it where it was taken back.
    pub trace: Option<Trace>,
    /// How often it was sent back, and what was decided; oldest first.
    pub returns: Vec<Return>,
    /// Who handles it, for its own unit alone.
    pub handlers: Vec<Assignment>,
}

/// What a recipient still sees of a document that was recalled before anybody signed for it:
/// that it was there, and why it is gone; nothing of what it said.
#[derive(Debug, Clone)]
pub struct Trace {
    /// 发文单位.
    pub unit: UnitId,
    /// 发文字号.
    pub number: Option<DocNumber>,
    /// When it was taken back.
    pub recalled_at: Timestamp,
    /// Why.
    pub reason: String,
}

/// What has happened to a document, as far as the caller may know, oldest first.
#[derive(Debug, Clone)]
pub struct History {
    /// The document.
    pub document: Document,
    /// The statements about it.
    pub statements: Vec<Evidence>,
}

/// What a document belongs to, as far as the caller may see.
#[derive(Debug, Clone)]
pub struct Thread {
    /// The document that it answers.
    pub answers: Option<Document>,
    /// Those that answer it.
    pub answered_by: Vec<Document>,
    /// Its versions, oldest first, itself among them.
    pub versions: Vec<Document>,
}

impl Hub {
    /// A page of the documents that the caller's unit may see, newest first.
    pub async fn documents(
        &self,
        caller: &Caller,
        filter: &DocumentFilter,
        limit: i64,
    ) -> Result<Shown<Vec<Card>>> {
        let unit = if filter.own {
            caller.unit_for(&[Scope::Send])?
        } else {
            caller.unit_for_all(&[Scope::Send, Scope::Receive])?
        };
        let mut tx = self.store().read().await?;
        let cards = tx.documents().list_for(unit, filter, limit).await?;
        self.shown(&mut tx, cards).await
    }

    /// One delivery, for the unit it went to or one that issued what is delivered.
    pub async fn delivery(&self, caller: &Caller, id: DeliveryId) -> Result<Shown<DeliveryCard>> {
        let unit = caller.unit_for(&[Scope::Send, Scope::Receive])?;
        let mut tx = self.store().read().await?;
        let delivery = tx
            .deliveries()
            .find_for(unit, id)
            .await?
            .ok_or(Error::NotFound)?;
        let cards = self.cards(&mut tx, unit, vec![delivery]).await?;
        let card = cards.into_iter().next().ok_or(Error::NotFound)?;
        if caller.is_machine() {
            let document = card.document.as_ref().ok_or(Error::NotFound)?;
            caller.reaches(document)?;
        }
        self.shown(&mut tx, card).await
    }

    /// Deliveries that a unit may know of, with all that it may know of them.
    pub(super) async fn cards(
        &self,
        tx: &mut Tx,
        unit: UnitId,
        deliveries: Vec<Delivery>,
    ) -> Result<Vec<DeliveryCard>> {
        let ids: Vec<_> = deliveries.iter().map(|one| one.id).collect();
        let mut documents: Vec<_> = deliveries.iter().map(|one| one.document).collect();
        documents.sort_unstable();
        documents.dedup();
        let documents = tx.documents().among_for(unit, &documents).await?;
        let documents: HashMap<_, _> = documents.into_iter().map(|one| (one.id, one)).collect();
        let traces = traces(tx, unit, &deliveries, &documents).await?;
        let (mut returns, mut handlers) = (HashMap::new(), HashMap::new());
        for one in tx.returns().of_deliveries_for(unit, &ids).await? {
            let of_delivery: &mut Vec<_> = returns.entry(one.delivery).or_default();
            of_delivery.push(one);
        }
        for one in tx.assignments().of_deliveries_in(unit, &ids).await? {
            let of_delivery: &mut Vec<_> = handlers.entry(one.delivery).or_default();
            of_delivery.push(one);
        }
        let card = |delivery: Delivery| {
            let document = documents.get(&delivery.document).cloned();
            let trace = traces.get(&delivery.document).cloned();
            (document.is_some() || trace.is_some()).then(|| DeliveryCard {
                document,
                trace,
                returns: returns.remove(&delivery.id).unwrap_or_default(),
                handlers: handlers.remove(&delivery.id).unwrap_or_default(),
                delivery,
            })
        };
        Ok(deliveries.into_iter().filter_map(card).collect())
    }

    /// The deliveries of a document with their four times: all of them for its issuers, its own
    /// and those it has made by passing it on for a recipient.
    pub async fn deliveries(
        &self,
        caller: &Caller,
        id: DocumentId,
    ) -> Result<Shown<Vec<DeliveryCard>>> {
        let unit = caller.unit_for(&[Scope::Send, Scope::Receive])?;
        if caller.is_machine() {
            self.find_document(caller, id).await?;
        }
        let mut tx = self.store().read().await?;
        if !tx.access().allows(unit, id).await? {
            return Err(Error::NotFound);
        }
        let deliveries = tx.deliveries().of_document_for(unit, id).await?;
        let cards = self.cards(&mut tx, unit, deliveries).await?;
        self.shown(&mut tx, cards).await
    }

    /// What has happened to a document.
    pub async fn history(&self, caller: &Caller, id: DocumentId) -> Result<Shown<History>> {
        let unit = caller.unit_for(&[Scope::Send, Scope::Receive])?;
        let mut tx = self.store().read().await?;
        let document = tx
            .documents()
            .find_for(unit, id)
            .await?
            .ok_or(Error::NotFound)?;
        caller.reaches(&document)?;
        let statements = tx
            .evidence()
            .of_document_for(unit, id, SHOWN_AT_ONCE)
            .await?;
        self.shown(
            &mut tx,
            History {
                document,
                statements,
            },
        )
        .await
    }

    /// What a document answers, and what answers it.
    pub async fn thread(&self, caller: &Caller, id: DocumentId) -> Result<Shown<Thread>> {
        let unit = caller.unit_for_all(&[Scope::Send, Scope::Receive])?;
        let mut tx = self.store().read().await?;
        let document = tx
            .documents()
            .find_for(unit, id)
            .await?
            .ok_or(Error::NotFound)?;
        let answers = match document.in_reply_to {
            Some(answered) => tx.documents().among_for(unit, &[answered]).await?.pop(),
            None => None,
        };
        let versions = tx.documents().versions_for(unit, id).await?;
        let answered_by = tx.documents().replies_for(unit, id, SHOWN_AT_ONCE).await?;
        self.shown(
            &mut tx,
            Thread {
                answers,
                answered_by,
                versions,
            },
        )
        .await
    }
}

impl Work {
    /// What the caller's unit may know of a delivery, at the end of an act on it.
    pub async fn card(&mut self, delivery: Delivery) -> Result<DeliveryCard> {
        let unit = self.caller.acting_unit()?;
        let hub = self.hub.clone();
        let cards = hub.cards(&mut self.tx, unit, vec![delivery]).await?;
        cards.into_iter().next().ok_or(Error::NotFound)
    }
}

/// What stays of those of the deliveries whose document the unit does not see any more.
async fn traces(
    tx: &mut Tx,
    unit: UnitId,
    deliveries: &[Delivery],
    seen: &HashMap<DocumentId, Document>,
) -> Result<HashMap<DocumentId, Trace>> {
    let hidden: Vec<_> = deliveries
        .iter()
        .map(|one| one.document)
        .filter(|id| !seen.contains_key(id))
        .collect();
    if hidden.is_empty() {
        return Ok(HashMap::new());
    }
    let recalled = tx.documents().recalled_from(unit, &hidden).await?;
    let trace = |document: Document| {
        let recalled = document.recalled?;
        let trace = Trace {
            unit: document.unit,
            number: document.number,
            recalled_at: recalled.act.1,
            reason: recalled.reason,
        };
        Some((document.id, trace))
    };
    Ok(recalled.into_iter().filter_map(trace).collect())
}
