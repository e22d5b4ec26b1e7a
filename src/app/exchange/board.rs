use jiff::Timestamp;

use crate::{
    app::{Caller, Hub, Result, Shown},
    domain::{BoxCount, BoxPlace, DeliveryFilter, Document, DocumentId, Scope, Tally},
};

use super::DeliveryCard;

/// A page of a unit's box.
#[derive(Debug, Clone)]
pub struct Board {
    /// What lies in it.
    pub cards: Vec<DeliveryCard>,
    /// Where to go on, if there is more.
    pub next: Option<BoxPlace>,
}

/// A sent document on its sender's board.
#[derive(Debug, Clone)]
pub struct SentCard {
    /// The document; its parts are not read.
    pub document: Document,
    /// How far it has come with its recipients.
    pub tally: Tally,
}

impl Hub {
    /// A page of the box of the caller's unit, newest first. For several criteria at once it may
    /// be shorter than asked for, with more to come.
    pub async fn inbox(
        &self,
        caller: &Caller,
        filter: &DeliveryFilter,
        limit: usize,
    ) -> Result<Shown<Board>> {
        let unit = caller.unit_for(&[Scope::Receive])?;
        let mut tx = self.store().read().await?;
        let (deliveries, next) = tx.deliveries().inbox(unit, filter, limit).await?;
        let cards = self.cards(&mut tx, unit, deliveries).await?;
        self.shown(&mut tx, Board { cards, next }).await
    }

    /// How much lies in each box of the caller's unit, counted up to a bound.
    pub async fn box_counts(&self, caller: &Caller) -> Result<Vec<BoxCount>> {
        let unit = caller.unit()?;
        let mut tx = self.store().read().await?;
        Ok(tx.deliveries().counts(unit).await?)
    }

    /// A page of what the caller's unit has sent, newest first, with how far each has come.
    pub async fn sent_board(
        &self,
        caller: &Caller,
        after: Option<(Timestamp, DocumentId)>,
        limit: i64,
    ) -> Result<Shown<Vec<SentCard>>> {
        let unit = caller.unit()?;
        let mut tx = self.store().read().await?;
        let documents = tx.documents().sent_by(unit, after, limit).await?;
        let ids: Vec<_> = documents.iter().map(|document| document.id).collect();
        let tallies = tx.documents().tallies_for(unit, &ids).await?;
        let tallies: std::collections::HashMap<_, _> = tallies.into_iter().collect();
        let cards = documents
            .into_iter()
            .map(|document| SentCard {
                tally: tallies.get(&document.id).copied().unwrap_or_default(),
                document,
            })
            .collect();
        self.shown(&mut tx, cards).await
    }
}
