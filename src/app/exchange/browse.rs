use crate::{
    app::{Caller, Error, Hub, Result, Shown},
    domain::{
        Card, Delivery, DeliveryFilter, DeliveryId, Document, DocumentFilter, DocumentId, Evidence,
        Scope,
    },
};

/// The most statements, replies or deliveries that are shown of one document.
const SHOWN_AT_ONCE: i64 = 1000;

/// A delivery in a list, with what is delivered.
#[derive(Debug, Clone)]
pub struct DeliveryCard {
    /// The delivery.
    pub delivery: Delivery,
    /// What is delivered; its parts are not read.
    pub document: Document,
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

    /// A page of the box of the caller's unit, newest first.
    pub async fn inbox(
        &self,
        caller: &Caller,
        filter: &DeliveryFilter,
        limit: i64,
    ) -> Result<Shown<Vec<DeliveryCard>>> {
        let unit = caller.unit_for(&[Scope::Receive])?;
        let mut tx = self.store().read().await?;
        let deliveries = tx.deliveries().inbox(unit, filter, limit).await?;
        let ids: Vec<_> = deliveries
            .iter()
            .map(|delivery| delivery.document)
            .collect();
        let documents = tx.documents().among_for(unit, &ids).await?;
        let cards = deliveries
            .into_iter()
            .filter_map(|delivery| {
                let document = documents
                    .iter()
                    .find(|one| one.id == delivery.document)?
                    .clone();
                Some(DeliveryCard { delivery, document })
            })
            .collect();
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
        let documents = tx.documents().among_for(unit, &[delivery.document]).await?;
        let document = documents.into_iter().next().ok_or(Error::NotFound)?;
        caller.reaches(&document)?;
        self.shown(&mut tx, DeliveryCard { delivery, document })
            .await
    }

    /// The deliveries of a document with their four times: all of them for its issuers, its own
    /// for a recipient.
    pub async fn deliveries(
        &self,
        caller: &Caller,
        id: DocumentId,
    ) -> Result<Shown<Vec<Delivery>>> {
        let unit = caller.unit_for(&[Scope::Send, Scope::Receive])?;
        if caller.is_machine() {
            self.find_document(caller, id).await?;
        }
        let mut tx = self.store().read().await?;
        if !tx.access().allows(unit, id).await? {
            return Err(Error::NotFound);
        }
        let deliveries = tx.deliveries().of_document_for(unit, id).await?;
        self.shown(&mut tx, deliveries).await
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
        let answered_by = tx.documents().replies_for(unit, id, SHOWN_AT_ONCE).await?;
        self.shown(
            &mut tx,
            Thread {
                answers,
                answered_by,
            },
        )
        .await
    }
}
