//! The searches that the visitor keeps: a part of the page of search, and what its buttons do.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Bytes, Data, Path, Query},
};
use uuid::Uuid;

use super::search::{Asked, href, query};
use crate::{
    app::{Begun, Caller, Error, Hub, SearchWish},
    domain::{SavedSearch, SavedSearchId, SearchCriteria},
    web::{
        faults::{Fault, go},
        frame::visitor,
        posted::Posted,
    },
};

/// What `saved_searches.html` shows.
pub(super) struct Kept {
    pub(super) searches: Vec<Search>,
    /// The search at hand as a query, where there is one that can be kept.
    pub(super) at_hand: Option<String>,
}

/// A kept search, as it is shown.
pub(super) struct Search {
    pub(super) id: SavedSearchId,
    pub(super) name: String,
    pub(super) revision: i64,
    pub(super) alert: bool,
    pub(super) query: String,
    pub(super) here: bool,
}

/// What the page of search shows of the visitor's kept searches.
pub(super) async fn kept(hub: &Hub, caller: &Caller, asked: &Asked) -> Result<Kept, Error> {
    let at_hand = at_hand(asked).as_ref().map(query);
    let searches = match hub.saved_searches(caller).await {
        // An admin acts for no unit.
        Err(Error::Forbidden(_)) => Vec::new(),
        searches => searches?,
    };
    let shown = |search: SavedSearch| {
        let query = query(&search.criteria);
        Search {
            id: search.id,
            name: search.name,
            revision: search.revision,
            alert: search.watched_since.is_some(),
            here: at_hand.as_ref() == Some(&query),
            query,
        }
    };
    Ok(Kept {
        searches: searches.into_iter().map(shown).collect(),
        at_hand,
    })
}

/// The search at hand; a question is none that can be kept.
fn at_hand(asked: &Asked) -> Option<SearchCriteria> {
    let criteria = asked.criteria().ok()?;
    (!asked.is_question() && !criteria.q.is_empty()).then_some(criteria)
}

/// Keeps the search at hand under a name.
pub(in crate::web) async fn keep(
    hub: Data<Hub>,
    request: HttpRequest,
    caller: Option<Caller>,
    asked: Query<Asked>,
    body: Bytes,
) -> Result<HttpResponse, Fault> {
    let caller = visitor(&request, caller)?;
    let posted = Posted::read(&body);
    let criteria = asked.criteria()?;
    let place = href(&criteria);
    let wish = SearchWish {
        name: posted.one("name").to_owned(),
        criteria,
        alert: posted.one("alert") == "yes",
    };
    if let Begun::Work(mut work) = hub.begin(caller, None).await? {
        work.keep_search(wish).await?;
        work.commit().await?;
    }
    Ok(go(&place))
}

/// Begins or ends to tell the visitor of what is new to a search, which was as the page said.
pub(in crate::web) async fn watch(
    hub: Data<Hub>,
    request: HttpRequest,
    caller: Option<Caller>,
    id: Path<Uuid>,
    body: Bytes,
) -> Result<HttpResponse, Fault> {
    let caller = visitor(&request, caller)?;
    let posted = Posted::read(&body);
    let revision = revision(&posted)?;
    let id = SavedSearchId(*id);
    let search = hub.saved_search(&caller, id).await?;
    let place = href(&search.criteria);
    let wish = SearchWish {
        name: search.name,
        criteria: search.criteria,
        alert: posted.one("alert") == "yes",
    };
    if let Begun::Work(mut work) = hub.begin(caller, None).await? {
        work.change_search(id, revision, wish).await?;
        work.commit().await?;
    }
    Ok(go(&place))
}

/// Removes a search, as it was when the page was made.
pub(in crate::web) async fn remove(
    hub: Data<Hub>,
    request: HttpRequest,
    caller: Option<Caller>,
    id: Path<Uuid>,
    body: Bytes,
) -> Result<HttpResponse, Fault> {
    let caller = visitor(&request, caller)?;
    let revision = revision(&Posted::read(&body))?;
    if let Begun::Work(mut work) = hub.begin(caller, None).await? {
        work.remove_search(SavedSearchId(*id), revision).await?;
        work.commit().await?;
    }
    Ok(go("/search"))
}

fn revision(posted: &Posted) -> Result<i64, Error> {
    posted.one("revision").parse().map_err(|_| Error::Stale)
}
