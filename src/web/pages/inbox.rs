//! What has come in.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Query},
};
use askama::Template;
use serde::Deserialize;

use super::{cut, rows_to_read};
use crate::{
    app::{Caller, DeliveryCard, Hub, cursor},
    domain::{DeliveryFilter, DeliveryId, DeliveryState, DocNumber, UnitId},
    web::{
        faults::{Fault, go, page},
        frame::{Frame, time, visitor},
    },
};

const TABS: [(&str, &str); 4] = [
    ("", "全部"),
    ("arrived", "未阅"),
    ("read", "已阅未签收"),
    ("signed", "已签收"),
];

#[derive(Template)]
#[template(path = "inbox.html")]
struct InboxPage<'a> {
    frame: Frame,
    tabs: &'a [(&'a str, &'a str)],
    state: &'a str,
    rows: Vec<Row>,
    next: Option<String>,
}

struct Row {
    state: &'static str,
    state_label: &'static str,
    /// None where only a trace is left.
    document: Option<String>,
    title: String,
    number: String,
    sender: String,
    role: &'static str,
    at: String,
}

#[derive(Deserialize)]
pub(in crate::web) struct Filter {
    #[serde(default)]
    state: String,
    cursor: Option<String>,
}

/// The front door.
pub(in crate::web) async fn home() -> HttpResponse {
    go("/inbox")
}

/// Shows the box of the visitor's unit.
pub(in crate::web) async fn show(
    hub: Data<Hub>,
    request: HttpRequest,
    caller: Option<Caller>,
    query: Query<Filter>,
) -> Result<HttpResponse, Fault> {
    let caller = visitor(&request, caller)?;
    let filter = DeliveryFilter {
        state: query.state.parse::<DeliveryState>().ok(),
        after: cursor::place(query.cursor.as_deref())?.map(|(at, id)| (at, DeliveryId(id))),
    };
    let mut shown = hub.inbox(&caller, &filter, rows_to_read()).await?;
    let next = cut(&mut shown.value, |card| {
        cursor::cursor(card.delivery.sent_at, card.delivery.id.0)
    });
    let row = |card: &DeliveryCard| Row {
        state: card.delivery.state.code(),
        state_label: card.delivery.state.label(),
        document: card.document.as_ref().map(|one| one.id.to_string()),
        title: title(card),
        number: number(card).map(ToString::to_string).unwrap_or_default(),
        sender: sender(card)
            .and_then(|unit| shown.names.unit(unit))
            .map(|unit| unit.short_name.clone())
            .unwrap_or_default(),
        role: card.delivery.role.label(),
        at: card.delivery.arrived_at.map(time).unwrap_or_default(),
    };
    page(&InboxPage {
        frame: Frame::of(&hub, &caller, "inbox").await?,
        tabs: &TABS,
        state: &query.state,
        rows: shown.value.iter().map(row).collect(),
        next,
    })
}

/// The title, or what is said instead where the document was taken back.
fn title(card: &DeliveryCard) -> String {
    match (&card.document, &card.trace) {
        (Some(document), _) => document.title.clone(),
        (None, Some(trace)) => format!("（已撤回：{}）", trace.reason),
        (None, None) => String::new(),
    }
}

fn number(card: &DeliveryCard) -> Option<&DocNumber> {
    let document = card.document.as_ref().and_then(|one| one.number.as_ref());
    document.or_else(|| card.trace.as_ref()?.number.as_ref())
}

fn sender(card: &DeliveryCard) -> Option<UnitId> {
    let document = card.document.as_ref().map(|one| one.unit);
    document.or_else(|| card.trace.as_ref().map(|one| one.unit))
}
