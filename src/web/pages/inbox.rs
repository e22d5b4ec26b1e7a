//! What has come in.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Query},
};
use askama::Template;
use serde::Deserialize;

use super::ROWS;
use crate::{
    app::{Caller, DeliveryCard, Directory, Hub, cursor},
    domain::{BoxCount, DeliveryBox, DeliveryFilter, DeliveryId, DocNumber, Role},
    web::{
        faults::{Fault, go, page},
        frame::{Frame, time, visitor},
    },
};

#[derive(Template)]
#[template(path = "inbox.html")]
struct InboxPage {
    frame: Frame,
    tabs: Vec<Tab>,
    /// The filter as it stands in the address.
    filter: String,
    may_sign: bool,
    any_unsigned: bool,
    rows: Vec<Row>,
    next: Option<String>,
}

struct Tab {
    query: String,
    label: &'static str,
    count: String,
    here: bool,
}

struct Row {
    delivery: String,
    unsigned: bool,
    state: &'static str,
    state_label: &'static str,
    /// None where only a trace is left.
    document: Option<String>,
    title: String,
    number: String,
    sender: String,
    from: String,
    role: &'static str,
    at: String,
    handlers: String,
}

#[derive(Deserialize)]
pub(in crate::web) struct Filter {
    #[serde(default, rename = "box")]
    folder: String,
    #[serde(default)]
    assigned: String,
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
    let folder = query.folder.parse::<DeliveryBox>().ok();
    let mine = query.assigned == "me";
    let filter = DeliveryFilter {
        folder,
        assigned_to: mine.then(|| caller.user()),
        after: cursor::place(query.cursor.as_deref())?.map(|(at, id)| (at, DeliveryId(id))),
        ..DeliveryFilter::default()
    };
    let shown = hub.inbox(&caller, &filter, ROWS).await?;
    let rows: Vec<_> = shown
        .value
        .cards
        .iter()
        .map(|card| row(card, &shown.names))
        .collect();
    page(&InboxPage {
        frame: Frame::of(&hub, &caller, "inbox").await?,
        tabs: tabs(hub.box_counts(&caller).await?, folder, mine),
        filter: match (folder, mine) {
            (_, true) => "assigned=me".to_owned(),
            (Some(folder), false) => format!("box={}", folder.code()),
            (None, false) => "box=".to_owned(),
        },
        may_sign: caller.unit_as(&[Role::Clerk, Role::Handler]).is_ok(),
        any_unsigned: rows.iter().any(|row| row.unsigned),
        rows,
        next: shown.value.next.map(|(at, id)| cursor::cursor(at, id.0)),
    })
}

fn tabs(counts: Vec<BoxCount>, folder: Option<DeliveryBox>, mine: bool) -> Vec<Tab> {
    let tab = |query: String, label, count, here| Tab {
        query,
        label,
        count,
        here,
    };
    let all = tab(
        String::new(),
        "全部",
        String::new(),
        folder.is_none() && !mine,
    );
    let own = tab("?assigned=me".to_owned(), "我承办的", String::new(), mine);
    let boxes = counts.into_iter().map(|one| {
        let more = if one.more { "+" } else { "" };
        let query = format!("?box={}", one.folder.code());
        let here = folder == Some(one.folder) && !mine;
        tab(
            query,
            one.folder.label(),
            format!("{}{more}", one.count),
            here,
        )
    });
    std::iter::once(all).chain(boxes).chain([own]).collect()
}

fn row(card: &DeliveryCard, names: &Directory) -> Row {
    let delivery = &card.delivery;
    let unit = |id| names.unit(id).map(|unit| unit.short_name.clone());
    let handlers = card.handlers.iter().filter_map(|one| names.user(one.user));
    Row {
        delivery: delivery.id.to_string(),
        unsigned: delivery.folder() == DeliveryBox::Unsigned,
        state: delivery.state.code(),
        state_label: delivery.state_label(),
        document: card.document.as_ref().map(|one| one.id.to_string()),
        title: title(card),
        number: number(card).map(ToString::to_string).unwrap_or_default(),
        sender: unit(delivery.sender).unwrap_or_default(),
        from: delivery
            .forwarded
            .as_ref()
            .and_then(|from| unit(from.unit))
            .unwrap_or_default(),
        role: delivery.role.label(),
        at: delivery.arrived_at.map(time).unwrap_or_default(),
        handlers: handlers.collect::<Vec<_>>().join("、"),
    }
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
