//! One document: what it says, its files, who has got it and when, and what answers it.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use askama::Template;
use serde_json::Value;
use uuid::Uuid;

use super::desk::{Decision, Desk, decisions};
use crate::{
    app::{Caller, DeliveryCard, Directory, Hub, Thread},
    domain::{Attached, Document, DocumentId, Evidence, Kind, Return, UnitId},
    web::{
        faults::{Fault, page},
        frame::{Frame, act, size, time, visitor},
    },
};

#[derive(Template)]
#[template(path = "document.html")]
struct DocumentPage {
    frame: Frame,
    id: String,
    title: String,
    facts: Vec<(&'static str, String)>,
    notice: Option<String>,
    desk: Option<Desk>,
    decisions: Vec<Decision>,
    files: Vec<FileRow>,
    fields: Vec<(String, String)>,
    deliveries: Vec<DeliveryRow>,
    thread: Vec<(String, &'static str, String)>,
    events: Vec<EventRow>,
}

struct FileRow {
    id: String,
    name: String,
    role: &'static str,
    size: String,
    text: String,
}

struct DeliveryRow {
    unit: String,
    from: String,
    role: &'static str,
    round: i64,
    state: &'static str,
    state_label: &'static str,
    sent: String,
    arrived: String,
    read: String,
    signed: String,
    returns: Vec<String>,
}

struct EventRow {
    id: String,
    event: &'static str,
    unit: String,
    at: String,
}

/// Shows a document; for a recipient this is reading it.
pub(in crate::web) async fn show(
    hub: Data<Hub>,
    request: HttpRequest,
    caller: Option<Caller>,
    id: Path<Uuid>,
) -> Result<HttpResponse, Fault> {
    let caller = visitor(&request, caller)?;
    let id = DocumentId(*id);
    let shown = hub.open_document(&caller, id).await?;
    let deliveries = hub.deliveries(&caller, id).await?.value;
    let history = hub.history(&caller, id).await?.value;
    let thread = hub.thread(&caller, id).await?.value;
    let (document, names) = (shown.value, shown.names);
    let kind = hub
        .rules()
        .kind_version(&document.kind, document.kind_version);
    page(&DocumentPage {
        frame: Frame::of(&hub, &caller, "").await?,
        id: id.to_string(),
        facts: facts(&document, kind, &names),
        notice: notice(&document, &thread),
        desk: Desk::of(&hub, &caller, &deliveries, &names).await?,
        decisions: decisions(&caller, &deliveries, &names)?,
        files: document.files.iter().map(file_row).collect(),
        fields: fields(&document, kind),
        deliveries: deliveries
            .iter()
            .map(|one| delivery_row(one, &names))
            .collect(),
        thread: thread_rows(thread),
        events: history
            .statements
            .iter()
            .map(|one| event_row(one, &names))
            .collect(),
        title: document.title,
    })
}

fn name(names: &Directory, unit: UnitId) -> String {
    names
        .unit(unit)
        .map(|unit| unit.short_name.clone())
        .unwrap_or_default()
}

fn facts(
    document: &Document,
    kind: Option<&Kind>,
    names: &Directory,
) -> Vec<(&'static str, String)> {
    let joint = document
        .joint_issuers
        .iter()
        .map(|joint| name(names, joint.unit));
    let units = std::iter::once(name(names, document.unit)).chain(joint);
    let day = |date: Option<jiff::civil::Date>| date.map(|date| date.to_string());
    let facts = [
        ("发文单位", Some(units.collect::<Vec<_>>().join("、"))),
        ("文书种类", kind.map(|kind| kind.name.clone())),
        (
            "发文字号",
            document.number.as_ref().map(ToString::to_string),
        ),
        (
            "案号",
            document.case_number.as_ref().map(ToString::to_string),
        ),
        ("状态", Some(document.state.label().to_owned())),
        ("紧急程度", Some(document.urgency.label().to_owned())),
        ("成文日期", day(document.dated_on)),
        ("写明的回复期限", day(document.reply_due_on)),
        ("签发", document.issued.map(|one| act(Some(one), names))),
        ("发送", document.sent.map(|one| act(Some(one), names))),
    ];
    facts
        .into_iter()
        .filter_map(|(label, text)| Some((label, text?)))
        .collect()
}

/// What a reader must know before anything else: that it is not in force any more.
fn notice(document: &Document, thread: &Thread) -> Option<String> {
    if let Some(recalled) = &document.recalled {
        let at = time(recalled.act.1);
        return Some(format!("本文书已于 {at} 撤回，理由：{}", recalled.reason));
    }
    let at = time(document.superseded_at?);
    let newer = |one: &Document| one.version > document.version;
    let where_it_is = if thread.versions.iter().any(newer) {
        "，新版本见下方“版本”"
    } else {
        ""
    };
    Some(format!("本文书已于 {at} 被新版本取代{where_it_is}。"))
}

fn file_row(attached: &Attached) -> FileRow {
    let reason = attached.text_reason.clone().unwrap_or_default();
    FileRow {
        id: attached.file.id.to_string(),
        name: attached.file.name.clone(),
        role: attached.role.label(),
        size: size(attached.file.size),
        text: format!("{} {reason}", attached.text.label()),
    }
}

/// What was filled in, under the labels of the kind.
fn fields(document: &Document, kind: Option<&Kind>) -> Vec<(String, String)> {
    let shown = |value: &Value, name: &str| match value {
        Value::String(text) => {
            let choice = kind.and_then(|kind| kind.field(name)?.choice(text));
            choice.map_or_else(|| text.clone(), |choice| choice.label.clone())
        }
        Value::Bool(yes) => if *yes { "是" } else { "否" }.to_owned(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(place, item)| {
                let text = item
                    .as_str()
                    .or(item["detail"].as_str())
                    .unwrap_or_default();
                let adoption = item["adoption"].as_str().and_then(|code| code.parse().ok());
                let adoption = adoption.map(|one: crate::domain::Adoption| one.label());
                format!("{}. {} {text}", place + 1, adoption.unwrap_or_default())
            })
            .collect::<Vec<_>>()
            .join("\n"),
        other => other.to_string(),
    };
    document
        .fields
        .iter()
        .map(|(name, value)| {
            let label = kind
                .and_then(|kind| kind.field(name))
                .map(|field| field.label.clone());
            (label.unwrap_or_else(|| name.clone()), shown(value, name))
        })
        .collect()
}

fn delivery_row(card: &DeliveryCard, names: &Directory) -> DeliveryRow {
    let delivery = &card.delivery;
    let from = delivery.forwarded.as_ref();
    let signed = match (delivery.signed, delivery.deemed_on) {
        (signed, None) => act(signed, names),
        (None, Some(day)) => format!("{day} 视为签收"),
        (signed, Some(day)) => format!("{day} 视为签收；{} 补签", act(signed, names)),
    };
    DeliveryRow {
        unit: name(names, delivery.unit),
        from: from.map_or_else(String::new, |from| name(names, from.unit)),
        role: delivery.role.label(),
        round: delivery.round,
        state: delivery.state.code(),
        state_label: delivery.state_label(),
        sent: time(delivery.sent_at),
        arrived: delivery.arrived_at.map(time).unwrap_or_default(),
        read: act(delivery.first_read, names),
        signed,
        returns: card
            .returns
            .iter()
            .map(|one| return_line(one, names))
            .collect(),
    }
}

fn return_line(one: &Return, names: &Directory) -> String {
    let decision = one.decision.as_ref().map_or_else(
        || "待处理".to_owned(),
        |decision| {
            let note = decision.note.as_deref().unwrap_or_default();
            let who = act(Some(decision.decided), names);
            format!("{} {who} {note}", decision.outcome.label())
        },
    );
    format!(
        "第 {} 轮退回：{} {} {}——{decision}",
        one.round,
        one.reason.label(),
        one.note.as_deref().unwrap_or_default(),
        act(Some(one.returned), names),
    )
}

fn thread_rows(thread: Thread) -> Vec<(String, &'static str, String)> {
    let answers = thread.answers.into_iter().map(|one| (one, "来文"));
    let answered = thread.answered_by.into_iter().map(|one| (one, "回复"));
    let several = thread.versions.len() > 1;
    let versions = thread.versions.into_iter().filter(|_| several);
    answers
        .chain(answered)
        .chain(versions.map(|one| (one, "版本")))
        .map(|(document, label)| (document.id.to_string(), label, document.title))
        .collect()
}

fn event_row(evidence: &Evidence, names: &Directory) -> EventRow {
    EventRow {
        id: evidence.id.to_string(),
        event: evidence.event.label(),
        unit: name(names, evidence.party),
        at: time(evidence.at),
    }
}
