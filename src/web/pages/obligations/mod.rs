//! Who must answer what, and by when.

mod filter;
mod views;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Query},
};
use askama::Template;

use self::filter::{Asked, Field, fields, pairs};
pub(in crate::web) use self::views::{keep_view, remove_view};
use super::{ROWS, query_of};
use crate::{
    app::{Caller, Directory, Error, Hub, LedgerRequest},
    domain::{HubRole, LedgerCriteria, LedgerLine, LedgerView, LedgerViewId, Side, legal_day},
    web::{
        faults::{Fault, page},
        frame::{Frame, time, visitor},
    },
};

#[derive(Template)]
#[template(path = "obligations.html")]
struct ObligationsPage<'a> {
    frame: Frame,
    tabs: &'a [Side],
    side: Side,
    views: Vec<ViewLink>,
    fields: Vec<Field>,
    narrowed: bool,
    query: String,
    rows: Vec<Row>,
    next: Option<String>,
}

struct ViewLink {
    id: LedgerViewId,
    name: String,
    revision: i64,
    here: bool,
}

/// A row of the ledger, as it is shown.
pub(super) struct Row {
    pub(super) state: &'static str,
    pub(super) state_label: &'static str,
    pub(super) document: String,
    pub(super) visible: bool,
    pub(super) title: String,
    pub(super) kind: String,
    pub(super) number: String,
    pub(super) debtor: String,
    pub(super) creditor: String,
    pub(super) due: String,
    pub(super) late: String,
    pub(super) steps: Vec<String>,
    pub(super) replied: String,
}

/// Shows the ledger.
pub(in crate::web) async fn show(
    hub: Data<Hub>,
    request: HttpRequest,
    caller: Option<Caller>,
    query: Query<Asked>,
) -> Result<HttpResponse, Fault> {
    let caller = visitor(&request, caller)?;
    let views = hub.ledger_views(&caller).await?;
    let chosen = chosen(&views, &query)?;
    let criteria = criteria(&query, chosen)?;
    let asked = LedgerRequest {
        view: None,
        criteria: criteria.clone(),
    };
    let cursor = query.cursor();
    let shown = hub.obligations(&caller, &asked, cursor, ROWS).await?;
    let page_of = shown.value;
    let given = pairs(&criteria);
    page(&ObligationsPage {
        frame: Frame::of(&hub, &caller, "obligations").await?,
        tabs: tabs(&caller),
        side: criteria.side(),
        views: views.iter().map(|view| link(view, chosen)).collect(),
        fields: fields(&criteria, &shown.names, hub.rules(), legal_day(hub.now())),
        narrowed: given.len() > 1,
        query: query_of(&given),
        rows: page_of
            .lines
            .iter()
            .map(|line| row(&hub, line, &shown.names))
            .collect(),
        next: page_of.next,
    })
}

/// The view that was asked for, one of the caller's own.
fn chosen<'v>(views: &'v [LedgerView], asked: &Asked) -> Result<Option<&'v LedgerView>, Error> {
    let Some(text) = asked.view() else {
        return Ok(None);
    };
    let view = views.iter().find(|view| view.id.to_string() == text);
    view.map(Some).ok_or(Error::NotFound)
}

/// What is asked for, over what the chosen view has.
fn criteria(asked: &Asked, view: Option<&LedgerView>) -> Result<LedgerCriteria, Error> {
    let criteria = asked.criteria()?;
    let kept = view.map(|view| view.criteria.clone());
    let criteria = criteria.over(kept.unwrap_or_default());
    Ok(LedgerCriteria {
        side: Some(criteria.side()),
        ..criteria
    })
}

fn link(view: &LedgerView, chosen: Option<&LedgerView>) -> ViewLink {
    ViewLink {
        id: view.id,
        name: view.name.clone(),
        revision: view.revision,
        here: chosen.is_some_and(|chosen| chosen.id == view.id),
    }
}

/// The sides that the caller may look from.
pub(super) fn tabs(caller: &Caller) -> &'static [Side] {
    let office = caller.hub_role(HubRole::ConferenceOffice).is_ok();
    if office {
        Side::ALL
    } else {
        &[Side::Owed, Side::Due]
    }
}

/// Shows a row.
pub(super) fn row(hub: &Hub, line: &LedgerLine, names: &Directory) -> Row {
    let duty = &line.obligation;
    let name = |unit| {
        names
            .unit(unit)
            .map(|unit| unit.short_name.clone())
            .unwrap_or_default()
    };
    let kind = hub.rules().kind(&line.kind, legal_day(duty.created_at));
    let replied_on = duty.reply.map(|(_, at)| legal_day(at));
    let late = duty.days_overdue(legal_day(hub.now()), replied_on);
    let due = duty.due.as_ref();
    let provisional = due.is_some_and(|due| due.provisional);
    Row {
        state: duty.standing().code(),
        state_label: duty.standing().label(),
        document: duty.document.to_string(),
        visible: !line.title.is_empty(),
        title: line.title.clone(),
        kind: kind.map(|kind| kind.name.clone()).unwrap_or_default(),
        number: line
            .number
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        debtor: name(duty.debtor),
        creditor: name(duty.creditor),
        due: due.map_or_else(
            || "签收后起算".to_owned(),
            |due| {
                format!(
                    "{}{}",
                    due.due_on,
                    if provisional { "（暂定）" } else { "" }
                )
            },
        ),
        late: late
            .map(|days| format!("逾期 {days} 天"))
            .unwrap_or_default(),
        steps: due
            .map(|due| {
                due.steps
                    .iter()
                    .map(|step| format!("{}：{}", step.date, step.text))
                    .collect()
            })
            .unwrap_or_default(),
        replied: duty.reply.map(|(_, at)| time(at)).unwrap_or_default(),
    }
}
