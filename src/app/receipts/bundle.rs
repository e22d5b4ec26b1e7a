//! A receipt with everything that it takes to check it without the hub.

use std::collections::HashMap;

use crate::{
    app::{Caller, Error, Hub, Result, Shown},
    domain::{Document, Evidence, EvidenceId},
};

/// The most statements about one document that are looked through.
const MOST: i64 = 10_000;

/// A statement with those before it about the same document and recipient.
#[derive(Debug, Clone)]
pub struct ReceiptBundle {
    /// The statement that was asked for.
    pub receipt: Evidence,
    /// Those before it, oldest first; each is named by the one after it.
    pub chain: Vec<Evidence>,
    /// What they are about.
    pub document: Document,
}

impl Hub {
    /// A receipt with the chain of statements that it closes, for a unit that may know of it.
    pub async fn receipt_bundle(
        &self,
        caller: &Caller,
        id: EvidenceId,
    ) -> Result<Shown<ReceiptBundle>> {
        let unit = caller.unit()?;
        let mut tx = self.store().read().await?;
        let receipt = tx.evidence().find_for(unit, id).await?;
        let receipt = receipt.ok_or(Error::NotFound)?;
        let document = tx.documents().find_for(unit, receipt.document).await?;
        let document = document.ok_or(Error::NotFound)?;
        let all = tx
            .evidence()
            .of_document_for(unit, receipt.document, MOST)
            .await?;
        let mut by_id: HashMap<_, _> = all.into_iter().map(|one| (one.id, one)).collect();
        let mut chain = Vec::new();
        let mut before = previous(&receipt)?;
        while let Some(id) = before {
            // Taken out, so that a chain that bites its tail comes to an end.
            let one = by_id.remove(&id);
            let one = one.ok_or_else(|| Error::internal(format!("no statement {id}")))?;
            before = previous(&one)?;
            chain.push(one);
        }
        chain.reverse();
        let bundle = ReceiptBundle {
            receipt,
            chain,
            document,
        };
        self.shown(&mut tx, bundle).await
    }
}

/// The statement that a statement names as the one before it.
fn previous(evidence: &Evidence) -> Result<Option<EvidenceId>> {
    #[derive(serde::Deserialize)]
    struct Link {
        prev: Option<EvidenceId>,
    }
    let link: Link = serde_json::from_str(&evidence.statement).map_err(Error::internal)?;
    Ok(link.prev)
}
