//! Search over what the visitor's unit may see.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Query},
};
use askama::Template;
use serde::Deserialize;

use super::{ROWS, saved_searches};
use crate::{
    app::{Caller, Directory, Error, Found, Hub, Place, SearchMode, SearchRequest, Snippet},
    web::{
        faults::{Fault, page},
        frame::{Frame, time, visitor},
    },
};

#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage {
    frame: Frame,
    q: String,
    question: bool,
    fault: Option<String>,
    asked: bool,
    total: usize,
    complete: bool,
    hits: Vec<Hit>,
    next: Option<String>,
    kept: saved_searches::Kept,
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

#[derive(Deserialize)]
pub(in crate::web) struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    mode: String,
    cursor: Option<String>,
}

/// Shows what was found, or how to ask.
pub(in crate::web) async fn show(
    hub: Data<Hub>,
    request: HttpRequest,
    caller: Option<Caller>,
    query: Query<Asked>,
) -> Result<HttpResponse, Fault> {
    let caller = visitor(&request, caller)?;
    let Asked { q, mode, cursor } = query.into_inner();
    let question = mode == "question";
    let mut shown = SearchPage {
        frame: Frame::of(&hub, &caller, "search").await?,
        asked: false,
        fault: None,
        total: 0,
        complete: true,
        hits: Vec::new(),
        next: None,
        kept: saved_searches::kept(&hub, &caller, &request).await?,
        question,
        q,
    };
    if shown.q.trim().is_empty() {
        return page(&shown);
    }
    let request = SearchRequest {
        text: shown.q.clone(),
        limit: ROWS,
        mode: if question {
            SearchMode::Question
        } else {
            SearchMode::Exact {
                after: cursor,
                newest_first: false,
            }
        },
    };
    match hub.search(&caller, request).await {
        Ok(found) => {
            shown.asked = true;
            shown.total = found.value.total;
            shown.complete = found.value.complete;
            shown.next = found.value.next;
            shown.hits = found
                .value
                .hits
                .into_iter()
                .map(|one| hit(one, &found.names))
                .collect();
        }
        Err(error @ Error::UnreadableQuery(_)) => shown.fault = Some(error.to_string()),
        Err(error) => return Err(error.into()),
    }
    page(&shown)
}

fn hit(found: Found, names: &Directory) -> Hit {
    let document = found.document;
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
        snippets: found.snippets.into_iter().map(passage).collect(),
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
            page: Some(page),
        } => format!("{name} 第 {page} 页"),
        Place::Part { name, page: None } => name,
        _ => String::new(),
    };
    Passage { place, pieces }
}
