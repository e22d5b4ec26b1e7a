//! What the visitor's unit has drafted and sent.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Query},
};
use askama::Template;
use serde::Deserialize;

use super::{cut, rows_to_read};
use crate::{
    app::{Caller, Hub, cursor},
    domain::{Card, DocumentFilter, DocumentId},
    web::{
        faults::{Fault, page},
        frame::{Frame, time, visitor},
    },
};

#[derive(Template)]
#[template(path = "sent.html")]
struct SentPage {
    frame: Frame,
    rows: Vec<Row>,
    next: Option<String>,
}

struct Row {
    state: &'static str,
    state_label: &'static str,
    document: String,
    title: String,
    number: String,
    kind: String,
    at: String,
}

#[derive(Deserialize)]
pub(in crate::web) struct Filter {
    cursor: Option<String>,
}

/// Shows the documents of the visitor's unit.
pub(in crate::web) async fn show(
    hub: Data<Hub>,
    request: HttpRequest,
    caller: Option<Caller>,
    query: Query<Filter>,
) -> Result<HttpResponse, Fault> {
    let caller = visitor(&request, caller)?;
    let after = cursor::place(query.cursor.as_deref())?.map(|(at, id)| (at, DocumentId(id)));
    let filter = DocumentFilter {
        own: true,
        after,
        ..DocumentFilter::default()
    };
    let mut shown = hub.documents(&caller, &filter, rows_to_read()).await?;
    let next = cut(&mut shown.value, |card| {
        cursor::cursor(card.since, card.document.id.0)
    });
    let row = |card: &Card| {
        let document = &card.document;
        let kind = hub
            .rules()
            .kind_version(&document.kind, document.kind_version);
        Row {
            state: document.state.code(),
            state_label: document.state.label(),
            document: document.id.to_string(),
            title: document.title.clone(),
            number: document
                .number
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
            kind: kind.map(|kind| kind.name.clone()).unwrap_or_default(),
            at: time(document.sent.map_or(document.updated_at, |(_, at)| at)),
        }
    };
    page(&SentPage {
        frame: Frame::of(&hub, &caller, "sent").await?,
        rows: shown.value.iter().map(row).collect(),
        next,
    })
}
