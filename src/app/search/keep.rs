//! Searches that people keep under names of their own, and whether they want to be told of what is
//! new.

use wenshu_index::Query;

use super::filter;
use crate::{
    app::{
        Caller, Error, Fault, Hub, Result, Work,
        kept::{keeper, kept_name, name_taken, room_for_one},
    },
    domain::{SavedSearch, SavedSearchId, SearchCriteria},
};

/// What they are called.
const WHAT: &str = "检索";

/// A search that somebody wants to keep, or what is to stand in its place.
#[derive(Debug, Clone)]
pub struct SearchWish {
    /// What they call it.
    pub name: String,
    /// What is searched.
    pub criteria: SearchCriteria,
    /// Whether they want to be told of documents that are new to the unit.
    pub alert: bool,
}

impl Hub {
    /// The searches that the caller keeps in the unit that they act for, by their names.
    pub async fn saved_searches(&self, caller: &Caller) -> Result<Vec<SavedSearch>> {
        let whose = keeper(caller)?;
        let mut tx = self.store().read().await?;
        Ok(tx.saved_searches().list_for(whose).await?)
    }

    /// One of the searches that the caller keeps.
    pub async fn saved_search(&self, caller: &Caller, id: SavedSearchId) -> Result<SavedSearch> {
        let whose = keeper(caller)?;
        let mut tx = self.store().read().await?;
        let search = tx.saved_searches().find_for(whose, id).await?;
        search.ok_or(Error::NotFound)
    }
}

impl Work {
    /// Keeps a search for the caller.
    pub async fn keep_search(&mut self, wish: SearchWish) -> Result<SavedSearch> {
        let (user, unit) = keeper(&self.caller)?;
        let name = kept_name(&wish.name)?;
        self.check_criteria(&wish.criteria).await?;
        let kept = self.tx.saved_searches().count((user, unit)).await?;
        room_for_one(kept, self.hub.config().limits.saved_searches_max, WHAT)?;
        let search = SavedSearch {
            id: SavedSearchId::fresh(),
            user,
            unit,
            name,
            criteria: wish.criteria,
            watched_since: wish.alert.then_some(self.now),
            created_at: self.now,
            revision: 1,
        };
        if !self.tx.saved_searches().insert(&search).await? {
            return Err(name_taken(WHAT));
        }
        Ok(search)
    }

    /// Puts another name and other criteria into a search that still has this revision.
    pub async fn change_search(
        &mut self,
        id: SavedSearchId,
        revision: i64,
        wish: SearchWish,
    ) -> Result<SavedSearch> {
        let mut search = self.own_search(id, revision).await?;
        search.name = kept_name(&wish.name)?;
        // What is kept already may stay, whatever has become of the kinds since.
        if wish.criteria != search.criteria {
            self.check_criteria(&wish.criteria).await?;
        }
        search.search_for(wish.criteria, wish.alert, self.now);
        search.revision += 1;
        if self.tx.saved_searches().is_taken(&search).await? {
            return Err(name_taken(WHAT));
        }
        if !self.tx.saved_searches().update(&search).await? {
            return Err(Error::Stale);
        }
        Ok(search)
    }

    /// Removes a search that still has this revision. What it has told stays.
    pub async fn remove_search(&mut self, id: SavedSearchId, revision: i64) -> Result<()> {
        self.own_search(id, revision).await?;
        if !self.tx.saved_searches().delete(id, revision).await? {
            return Err(Error::Stale);
        }
        Ok(())
    }

    async fn own_search(&mut self, id: SavedSearchId, revision: i64) -> Result<SavedSearch> {
        let whose = keeper(&self.caller)?;
        let search = self.tx.saved_searches().find_for(whose, id).await?;
        let search = search.ok_or(Error::NotFound)?;
        if search.revision != revision {
            return Err(Error::Stale);
        }
        Ok(search)
    }

    /// What is kept can be searched: the query is read, and what is named is there.
    async fn check_criteria(&mut self, criteria: &SearchCriteria) -> Result<()> {
        Query::parse(&criteria.q).map_err(|error| filter::unreadable("/criteria/q", error))?;
        let names = self.hub.clone().directory(&mut self.tx).await?;
        let kinds = &self.rules().kinds;
        let no_kind = |code: &&String| !kinds.iter().any(|kind| kind.code == **code);
        let mut faults = Vec::new();
        let mut fault = |field: &str, code, detail: String| {
            faults.push(Fault::at(format!("/criteria/{field}"), code, detail));
        };
        if let Some(code) = criteria.kind.as_ref().filter(no_kind) {
            // What no kind is called may be long.
            let code: String = code.chars().take(40).collect();
            fault("kind", "unknown", format!("没有编码为“{code}”的文书种类"));
        }
        if let Some(unit) = criteria.issuer.filter(|unit| names.unit(*unit).is_none()) {
            fault("issuer", "unknown", format!("没有编号为 {unit} 的单位"));
        }
        if criteria
            .year
            .is_some_and(|year| !(1000..=9999).contains(&year))
        {
            fault("year", "out_of_range", "年份须为四位".to_owned());
        }
        if criteria.state.is_some_and(|state| !state.was_sent()) {
            let detail = "只检索已发送的文书，不能限定为发送以前的状态".to_owned();
            fault("state", "not_a_choice", detail);
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(Error::Invalid(faults))
        }
    }
}
