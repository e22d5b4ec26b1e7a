use jiff::Timestamp;

use crate::{
    app::{Caller, Error, Hub, Result, Shown},
    domain::{
        Card, Delivery, DeliveryFilter, DeliveryId, DocNumber, Document, DocumentFilter,
        DocumentId, Evidence, UnitId,
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
        let unit = caller.unit()?;
        let mut tx = self.store().read().await?;
        let cards = tx.documents().list_for(unit, filter, limit).await?;
        self.shown(&mut tx, cards).await
    }

    /// A page of the box of the caller's unit, newest first.
    pub async fn inbox(
        &self,
        caller: &Caller,
        filter: &DeliveryFilter,
        limit: i64,
    ) -> Result<Shown<Vec<DeliveryCard>>> {
        let unit = caller.unit()?;
        let mut tx = self.store().read().await?;
        let deliveries = tx.deliveries().inbox(unit, filter, limit).await?;
        let cards = cards(&mut tx, unit, deliveries).await?;
        self.shown(&mut tx, cards).await
    }

    /// One delivery, for the unit it went to or one that issued what is delivered.
    pub async fn delivery(&self, caller: &Caller, id: DeliveryId) -> Result<Shown<DeliveryCard>> {
        let unit = caller.unit()?;
        let mut tx = self.store().read().await?;
        let delivery = tx
            .deliveries()
            .find_for(unit, id)
            .await?
            .ok_or(Error::NotFound)?;
        let card = cards(&mut tx, unit, vec![delivery]).await?.pop();
        self.shown(&mut tx, card.ok_or(Error::NotFound)?).await
    }

    /// The deliveries of a document with their four times: all of them for its issuers, its own
    /// for a recipient.
    pub async fn deliveries(
        &self,
        caller: &Caller,
        id: DocumentId,
    ) -> Result<Shown<Vec<Delivery>>> {
        let unit = caller.unit()?;
        let mut tx = self.store().read().await?;
        if !tx.access().allows(unit, id).await? {
            return Err(Error::NotFound);
        }
        let deliveries = tx.deliveries().of_document_for(unit, id).await?;
        self.shown(&mut tx, deliveries).await
    }

    /// What has happened to a document.
    pub async fn history(&self, caller: &Caller, id: DocumentId) -> Result<Shown<History>> {
        let unit = caller.unit()?;
        let mut tx = self.store().read().await?;
        let document = tx
            .documents()
            .find_for(unit, id)
            .await?
            .ok_or(Error::NotFound)?;
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
        let unit = caller.unit()?;
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

/// Puts what is delivered beside deliveries of which the unit may know; those of which it sees
/// neither the document nor a trace are left out.
async fn cards(tx: &mut Tx, unit: UnitId, deliveries: Vec<Delivery>) -> Result<Vec<DeliveryCard>> {
    let ids: Vec<_> = deliveries.iter().map(|one| one.document).collect();
    let documents = tx.documents().among_for(unit, &ids).await?;
    let gone = |id: &DocumentId| !documents.iter().any(|one| one.id == *id);
    let hidden: Vec<_> = ids.into_iter().filter(gone).collect();
    let traces = if hidden.is_empty() {
        Vec::new()
    } else {
        tx.documents().recalled_from(unit, &hidden).await?
    };
    let card = |delivery: Delivery| {
        let document = documents.iter().find(|one| one.id == delivery.document);
        let trace = traces.iter().find(|one| one.id == delivery.document);
        let trace = trace.and_then(|recalled| {
            let why = recalled.recalled.as_ref()?;
            Some(Trace {
                unit: recalled.unit,
                number: recalled.number.clone(),
                recalled_at: why.act.1,
                reason: why.reason.clone(),
            })
        });
        (document.is_some() || trace.is_some()).then(|| DeliveryCard {
            delivery,
            document: document.cloned(),
            trace,
        })
    };
    Ok(deliveries.into_iter().filter_map(card).collect())
}
