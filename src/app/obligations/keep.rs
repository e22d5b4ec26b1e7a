//! How people look at the ledger, kept under names of their own.

use super::browse::side_for;
use crate::{
    app::{
        Caller, Error, Hub, Result, Work,
        kept::{keeper, kept_name, name_taken, room_for_one},
    },
    domain::{LedgerCriteria, LedgerView, LedgerViewId},
};

/// What they are called.
const WHAT: &str = "视图";
/// The longest code of a kind, in characters; what no kind is called finds nothing.
const KIND_MAX: usize = 60;

/// A view that somebody wants to keep, or what is to stand in its place.
#[derive(Debug, Clone)]
pub struct ViewWish {
    /// What they call it.
    pub name: String,
    /// What it shows.
    pub criteria: LedgerCriteria,
}

impl Hub {
    /// The caller's views of the ledger of the unit that they act for, by their names.
    pub async fn ledger_views(&self, caller: &Caller) -> Result<Vec<LedgerView>> {
        let whose = keeper(caller)?;
        let mut tx = self.store().read().await?;
        Ok(tx.ledger_views().list_for(whose).await?)
    }

    /// One of the caller's views.
    pub async fn ledger_view(&self, caller: &Caller, id: LedgerViewId) -> Result<LedgerView> {
        let whose = keeper(caller)?;
        let mut tx = self.store().read().await?;
        let view = tx.ledger_views().find_for(whose, id).await?;
        view.ok_or(Error::NotFound)
    }
}

impl Work {
    /// Keeps a view for the caller.
    pub async fn keep_ledger_view(&mut self, wish: ViewWish) -> Result<LedgerView> {
        let (user, unit) = keeper(&self.caller)?;
        let (name, criteria) = self.checked(wish)?;
        let kept = self.tx.ledger_views().count((user, unit)).await?;
        room_for_one(kept, self.hub.config().limits.ledger_views_max, WHAT)?;
        let view = LedgerView {
            id: LedgerViewId::fresh(),
            user,
            unit,
            name,
            criteria,
            created_at: self.now,
            revision: 1,
        };
        if !self.tx.ledger_views().insert(&view).await? {
            return Err(name_taken(WHAT));
        }
        Ok(view)
    }

    /// Puts another name and other criteria into a view that still has this revision.
    pub async fn change_ledger_view(
        &mut self,
        id: LedgerViewId,
        revision: i64,
        wish: ViewWish,
    ) -> Result<LedgerView> {
        let mut view = self.own_ledger_view(id, revision).await?;
        (view.name, view.criteria) = self.checked(wish)?;
        view.revision += 1;
        if self.tx.ledger_views().is_taken(&view).await? {
            return Err(name_taken(WHAT));
        }
        if !self.tx.ledger_views().update(&view).await? {
            return Err(Error::Stale);
        }
        Ok(view)
    }

    /// Removes a view that still has this revision.
    pub async fn remove_ledger_view(&mut self, id: LedgerViewId, revision: i64) -> Result<()> {
        self.own_ledger_view(id, revision).await?;
        if !self.tx.ledger_views().delete(id, revision).await? {
            return Err(Error::Stale);
        }
        Ok(())
    }

    async fn own_ledger_view(&mut self, id: LedgerViewId, revision: i64) -> Result<LedgerView> {
        let whose = keeper(&self.caller)?;
        let view = self.tx.ledger_views().find_for(whose, id).await?;
        let view = view.ok_or(Error::NotFound)?;
        if view.revision != revision {
            return Err(Error::Stale);
        }
        Ok(view)
    }

    /// What is kept is what the caller may ask for.
    fn checked(&self, wish: ViewWish) -> Result<(String, LedgerCriteria)> {
        let name = kept_name(&wish.name)?;
        let kind = wish.criteria.kind.as_deref().unwrap_or_default();
        if kind.chars().count() > KIND_MAX {
            let detail = format!("文书种类的代码最多 {KIND_MAX} 个字");
            return Err(Error::invalid("/criteria/kind", "too_long", detail));
        }
        side_for(&self.caller, wish.criteria.side())?;
        Ok((name, wish.criteria))
    }
}
