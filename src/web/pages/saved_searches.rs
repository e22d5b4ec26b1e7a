//! The searches that the visitor keeps: a part of the page of search, and what its buttons do.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Bytes, Data, Path, Query},
};
use serde::Deserialize;
use uuid::Uuid;

use super::{given, read};
use crate::{
    app::{Begun, Caller, Error, Hub, SearchWish},
    domain::{
        Branch, DocumentState, SavedSearch, SavedSearchId, SearchCriteria, SearchOrder, UnitId,
    },
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

/// What the page of search was asked for; what is left empty does not matter.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Asked {
    q: String,
    mode: String,
    sort: String,
    kind: String,
    issuer: String,
    branch: String,
    year: String,
    state: String,
}

impl Asked {
    fn criteria(&self) -> Result<SearchCriteria, Error> {
        Ok(SearchCriteria {
            q: self.q.trim().to_owned(),
            order: read::<SearchOrder>("sort", &self.sort)?,
            kind: given(&self.kind).map(ToOwned::to_owned),
            issuer: read::<Uuid>("issuer", &self.issuer)?.map(UnitId),
            branch: read::<Branch>("branch", &self.branch)?,
            year: read("year", &self.year)?,
            state: read::<DocumentState>("state", &self.state)?,
        })
    }

    /// The search at hand; a question is none that can be kept.
    fn at_hand(&self) -> Option<SearchCriteria> {
        let criteria = self.criteria().ok()?;
        (self.mode != "question" && !criteria.q.is_empty()).then_some(criteria)
    }
}

/// Criteria as names and values, the way that the page and the interface are asked.
fn query_of(criteria: &SearchCriteria) -> String {
    let order = criteria.order;
    let order = order.filter(|order| *order != SearchOrder::Relevance);
    let all = [
        ("q", Some(criteria.q.clone())),
        ("sort", order.map(|order| order.code().to_owned())),
        ("kind", criteria.kind.clone()),
        ("issuer", criteria.issuer.map(|unit| unit.to_string())),
        ("branch", criteria.branch.map(|one| one.code().to_owned())),
        ("year", criteria.year.map(|year| year.to_string())),
        ("state", criteria.state.map(|one| one.code().to_owned())),
    ];
    let given = all.into_iter();
    let given = given.filter_map(|(name, value)| Some((name, value?)));
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(given);
    query.finish()
}

/// What the page of search shows of the visitor's kept searches.
pub(super) async fn kept(hub: &Hub, caller: &Caller, request: &HttpRequest) -> Result<Kept, Error> {
    let asked = Query::<Asked>::from_query(request.query_string());
    let at_hand = asked.ok().and_then(|asked| asked.at_hand());
    let at_hand = at_hand.as_ref().map(query_of);
    let searches = match hub.saved_searches(caller).await {
        // An admin acts for no unit.
        Err(Error::Forbidden(_)) => Vec::new(),
        searches => searches?,
    };
    let shown = |search: SavedSearch| {
        let query = query_of(&search.criteria);
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
    let place = search_page(&criteria);
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
    let place = search_page(&search.criteria);
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

fn search_page(criteria: &SearchCriteria) -> String {
    format!("/search?{}", query_of(criteria))
}
