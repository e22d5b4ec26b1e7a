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
    domain::{Document, DocumentFilter, DocumentId, Tally},
    web::{
        faults::{Fault, page},
        frame::{Frame, time, visitor},
    },
};

#[derive(Template)]
#[template(path = "sent.html")]
struct SentPage {
    frame: Frame,
    all: bool,
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
    tally: Option<Tally>,
}

#[derive(Deserialize)]
pub(in crate::web) struct Filter {
    cursor: Option<String>,
    /// Also what is not sent yet.
    #[serde(default)]
    all: String,
}

/// Shows what the visitor's unit has sent and how far it has come; or all that it has drafted.
pub(in crate::web) async fn show(
    hub: Data<Hub>,
    request: HttpRequest,
    caller: Option<Caller>,
    query: Query<Filter>,
) -> Result<HttpResponse, Fault> {
    let caller = visitor(&request, caller)?;
    let after = cursor::place(query.cursor.as_deref())?.map(|(at, id)| (at, DocumentId(id)));
    let all = query.all == "yes";
    let (rows, next) = if all {
        drafted(&hub, &caller, after).await?
    } else {
        sent(&hub, &caller, after).await?
    };
    page(&SentPage {
        frame: Frame::of(&hub, &caller, "sent").await?,
        all,
        rows,
        next,
    })
}

type Place = Option<(jiff::Timestamp, DocumentId)>;

async fn drafted(
    hub: &Hub,
    caller: &Caller,
    after: Place,
) -> Result<(Vec<Row>, Option<String>), Fault> {
    let filter = DocumentFilter {
        own: true,
        after,
        ..DocumentFilter::default()
    };
    let mut cards = hub.documents(caller, &filter, rows_to_read()).await?.value;
    let next = cut(&mut cards, |card| {
        cursor::cursor(card.since, card.document.id.0)
    });
    let rows = cards.iter().map(|card| row(hub, &card.document, None));
    Ok((rows.collect(), next))
}

async fn sent(
    hub: &Hub,
    caller: &Caller,
    after: Place,
) -> Result<(Vec<Row>, Option<String>), Fault> {
    let mut cards = hub.sent_board(caller, after, rows_to_read()).await?.value;
    let next = cut(&mut cards, |card| {
        let sent = card.document.sent.map(|(_, at)| at).unwrap_or_default();
        cursor::cursor(sent, card.document.id.0)
    });
    let rows = cards
        .iter()
        .map(|card| row(hub, &card.document, Some(card.tally)));
    Ok((rows.collect(), next))
}

fn row(hub: &Hub, document: &Document, tally: Option<Tally>) -> Row {
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
        tally,
    }
}
