//! Search over what the visitor's unit may see.

mod spread;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Query},
};
use askama::Template;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use self::spread::{Bar, Group};
use super::{ROWS, given, query_of, read, saved_searches};
use crate::{
    app::{
        Caller, Directory, Error, Found, Hub, Place, SearchMode, SearchRequest, SearchResult,
        Snippet,
    },
    domain::{Document, DocumentId, SearchCriteria, SearchOrder, UnitId},
    web::{
        faults::{Fault, page},
        frame::{Frame, time, visitor},
    },
};

/// How many documents, and how many units, are suggested.
const SUGGESTIONS: usize = 8;

/// How many documents that are alike are shown.
const ALIKE: usize = 20;

#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage {
    frame: Frame,
    q: String,
    question: bool,
    /// What narrows the search beside the query, to be asked along with another one.
    narrowed: Vec<(&'static str, String)>,
    fault: Option<String>,
    asked: bool,
    total: usize,
    complete: bool,
    better: Option<Link>,
    orders: Vec<Link>,
    hits: Vec<Hit>,
    groups: Vec<Group>,
    bars: Vec<Bar>,
    next: Option<String>,
    kept: saved_searches::Kept,
}

#[derive(Template)]
#[template(path = "similar.html")]
struct SimilarPage {
    frame: Frame,
    document: String,
    title: String,
    hits: Vec<Hit>,
}

/// Somewhere to go from here.
struct Link {
    label: String,
    href: String,
    chosen: bool,
}

struct Hit {
    document: String,
    title: String,
    number: String,
    unit: String,
    at: String,
    snippets: Vec<Passage>,
}

struct Passage {
    place: String,
    pieces: Vec<Piece>,
}

struct Piece {
    text: String,
    hit: bool,
}

/// What a form or a link asks for; what is left empty does not matter.
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
    cursor: String,
}

impl Asked {
    /// Whether it is a question, which is not narrowed and not kept.
    pub(super) fn is_question(&self) -> bool {
        self.mode == "question"
    }

    /// What was asked for.
    pub(super) fn criteria(&self) -> Result<SearchCriteria, Error> {
        Ok(SearchCriteria {
            q: self.q.trim().to_owned(),
            order: read::<SearchOrder>("sort", &self.sort)?,
            kind: given(&self.kind).map(ToOwned::to_owned),
            issuer: read::<Uuid>("issuer", &self.issuer)?.map(UnitId),
            branch: read("branch", &self.branch)?,
            year: read("year", &self.year)?,
            state: read("state", &self.state)?,
        })
    }
}

/// Criteria as names and values, the way that the page and the interface are asked.
fn pairs(criteria: &SearchCriteria) -> Vec<(&'static str, String)> {
    let order = criteria
        .order
        .filter(|order| *order != SearchOrder::Relevance);
    let all = [
        ("q", Some(criteria.q.clone())),
        ("sort", order.map(|order| order.code().to_owned())),
        ("kind", criteria.kind.clone()),
        ("issuer", criteria.issuer.map(|unit| unit.to_string())),
        (
            "branch",
            criteria.branch.map(|branch| branch.code().to_owned()),
        ),
        ("year", criteria.year.map(|year| year.to_string())),
        ("state", criteria.state.map(|state| state.code().to_owned())),
    ];
    let given = all.into_iter();
    given
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
}

/// Criteria as a query.
pub(super) fn query(criteria: &SearchCriteria) -> String {
    query_of(&pairs(criteria))
}

/// The page of a search.
pub(super) fn href(criteria: &SearchCriteria) -> String {
    format!("/search?{}", self::query(criteria))
}

/// Shows what was found, or how to ask.
pub(in crate::web) async fn show(
    hub: Data<Hub>,
    request: HttpRequest,
    caller: Option<Caller>,
    query: Query<Asked>,
) -> Result<HttpResponse, Fault> {
    let caller = visitor(&request, caller)?;
    let asked = query.into_inner();
    let question = asked.is_question();
    let criteria = if question {
        // A question is not narrowed; what was chosen for the search before is let go.
        SearchCriteria {
            q: asked.q.clone(),
            ..SearchCriteria::default()
        }
    } else {
        asked.criteria()?
    };
    let mut shown = SearchPage {
        frame: Frame::of(&hub, &caller, "search").await?,
        q: criteria.q.clone(),
        question,
        narrowed: pairs(&criteria).into_iter().skip(1).collect(),
        asked: false,
        fault: None,
        total: 0,
        complete: true,
        better: None,
        orders: Vec::new(),
        hits: Vec::new(),
        groups: Vec::new(),
        bars: Vec::new(),
        next: None,
        kept: saved_searches::kept(&hub, &caller, &asked).await?,
    };
    if shown.q.trim().is_empty() {
        return page(&shown);
    }
    let mode = if question {
        SearchMode::Question
    } else {
        SearchMode::Exact {
            after: given(&asked.cursor).map(ToOwned::to_owned),
        }
    };
    let request = SearchRequest {
        criteria: criteria.clone(),
        limit: ROWS,
        mode,
    };
    match hub.search(&caller, request).await {
        Ok(found) => shown.fill(found.value, &found.names, &criteria),
        Err(error @ Error::UnreadableQuery(_)) => shown.fault = Some(error.to_string()),
        Err(error) => return Err(error.into()),
    }
    if shown.asked && !question {
        let spread = hub.facets(&caller, &criteria).await?;
        shown.groups = spread::groups(&spread.value, &criteria, &spread.names, hub.rules());
        shown.bars = spread::bars(&spread.value, &criteria);
        shown.orders = orders(&criteria);
    }
    page(&shown)
}

/// Something that was perhaps meant, for the script.
#[derive(Serialize)]
struct Suggestion {
    text: String,
    note: String,
}

/// Answers the script with what the visitor may mean by what they have typed so far.
pub(in crate::web) async fn suggest(
    hub: Data<Hub>,
    request: HttpRequest,
    caller: Option<Caller>,
    asked: Query<Asked>,
) -> Result<HttpResponse, Fault> {
    let caller = visitor(&request, caller)?;
    let suggested = hub.suggest(&caller, &asked.q, SUGGESTIONS).await?;
    let documents = suggested.documents.into_iter().map(|document| Suggestion {
        text: document.title,
        note: document
            .number
            .map(|number| number.to_string())
            .unwrap_or_default(),
    });
    let units = suggested.units.into_iter().map(|(_, name)| Suggestion {
        text: name,
        note: "单位".to_owned(),
    });
    let all: Vec<_> = documents.chain(units).collect();
    Ok(HttpResponse::Ok().json(all))
}

/// Shows the documents that are like one.
pub(in crate::web) async fn similar(
    hub: Data<Hub>,
    request: HttpRequest,
    caller: Option<Caller>,
    id: Path<Uuid>,
) -> Result<HttpResponse, Fault> {
    let caller = visitor(&request, caller)?;
    let id = DocumentId(id.into_inner());
    let document = hub.find_document(&caller, id).await?.value;
    let alike = hub.similar(&caller, id, ALIKE).await?;
    let hits = alike.value.into_iter();
    page(&SimilarPage {
        frame: Frame::of(&hub, &caller, "search").await?,
        document: document.id.to_string(),
        title: document.title,
        hits: hits.map(|document| hit(document, &alike.names)).collect(),
    })
}

impl SearchPage {
    fn fill(&mut self, found: SearchResult, names: &Directory, criteria: &SearchCriteria) {
        self.asked = true;
        self.total = found.total;
        self.complete = found.complete;
        self.next = found.next.map(|cursor| {
            let mut pairs = pairs(criteria);
            pairs.push(("cursor", cursor));
            query_of(&pairs)
        });
        self.better = found.did_you_mean.map(|q| Link {
            href: href(&SearchCriteria {
                q: q.clone(),
                ..criteria.clone()
            }),
            label: q,
            chosen: false,
        });
        let hits = found.hits.into_iter();
        self.hits = hits
            .map(|Found { document, snippets }| Hit {
                snippets: snippets.into_iter().map(passage).collect(),
                ..hit(document, names)
            })
            .collect();
    }
}

fn orders(criteria: &SearchCriteria) -> Vec<Link> {
    let now = criteria.order.unwrap_or(SearchOrder::Relevance);
    let link = |&order: &SearchOrder| Link {
        label: order.label().to_owned(),
        href: href(&SearchCriteria {
            order: Some(order),
            ..criteria.clone()
        }),
        chosen: order == now,
    };
    SearchOrder::ALL.iter().map(link).collect()
}

fn hit(document: Document, names: &Directory) -> Hit {
    Hit {
        document: document.id.to_string(),
        title: document.title,
        number: document
            .number
            .map(|number| number.to_string())
            .unwrap_or_default(),
        unit: names
            .unit(document.unit)
            .map(|unit| unit.short_name.clone())
            .unwrap_or_default(),
        at: document.sent.map(|(_, at)| time(at)).unwrap_or_default(),
        snippets: Vec::new(),
    }
}

/// Cuts a snippet into what was searched and what stands between.
fn passage(snippet: Snippet) -> Passage {
    let chars: Vec<char> = snippet.text.chars().collect();
    let mut pieces = Vec::new();
    let mut at = 0;
    let mut cut = |from: usize, to: usize, hit: bool| {
        let text: String = chars.get(from..to).unwrap_or_default().iter().collect();
        if !text.is_empty() {
            pieces.push(Piece { text, hit });
        }
    };
    for range in snippet.highlights {
        cut(at, range.start, false);
        cut(range.start, range.end, true);
        at = range.end;
    }
    cut(at, chars.len(), false);
    let place = match snippet.place {
        Place::Part {
            name,
            page,
            article,
        } => {
            let page = page.map(|page| format!("第 {page} 页"));
            let pieces = [Some(name), page, article];
            pieces.into_iter().flatten().collect::<Vec<_>>().join(" ")
        }
        _ => String::new(),
    };
    Passage { place, pieces }
}
