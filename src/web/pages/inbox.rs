//! What has come in.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Query},
};
use askama::Template;
use serde::Deserialize;

use super::{cut, rows_to_read};
use crate::{
    app::{Caller, Hub, cursor},
    domain::{DeliveryFilter, DeliveryId, DeliveryState},
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
    document: String,
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
    let row = |card: &crate::app::DeliveryCard| Row {
        state: card.delivery.state.code(),
        state_label: card.delivery.state.label(),
        document: card.document.id.to_string(),
        title: card.document.title.clone(),
        number: card
            .document
            .number
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        sender: shown
            .names
            .unit(card.document.unit)
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
