//! What a document is and what has happened to it, in JSON: every code with its label.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Matter;
use crate::{
    app::Directory,
    domain::{Attached, Delivery, Evidence, Rules, UnitId, UserId},
};

/// What the document is.
pub(super) fn metadata(matter: &Matter, names: &Directory, rules: &Rules) -> Value {
    let document = &matter.document;
    let kind = rules.kind_version(&document.kind, document.kind_version);
    let recipients = document.recipients.iter().map(|one| {
        json!({
            "unit": unit(one.unit, names),
            "role": one.role.code(), "role_label": one.role.label(),
        })
    });
    let joint = document.joint_issuers.iter().map(|one| {
        json!({
            "unit": unit(one.unit, names),
            "consent": one.consent.as_ref().map(|said| person(said.act, names)),
            "granted": one.consent.as_ref().map(|said| said.granted),
        })
    });
    // Who drafted it is the issuers' own affair.
    let drafted = is_issuer(matter).then(|| person(document.drafted, names));
    json!({
        "format": "wenshu-archive-1",
        "viewer": unit(matter.viewer, names),
        "id": document.id,
        "unit": unit(document.unit, names),
        "kind": document.kind,
        "kind_label": kind.map(|kind| kind.name.clone()),
        "title": document.title,
        "doc_number": document.number.as_ref().map(ToString::to_string),
        "case_number": document.case_number.as_ref().map(ToString::to_string),
        "version": document.version,
        "replaces": document.replaces,
        "state": document.state.code(),
        "state_label": document.state.label(),
        "urgency": document.urgency.code(),
        "urgency_label": document.urgency.label(),
        "openness": document.openness.code(),
        "openness_label": document.openness.label(),
        "dated_on": document.dated_on.map(|date| date.to_string()),
        "reply_due_on": document.reply_due_on.map(|date| date.to_string()),
        "fields": document.fields,
        "in_reply_to": document.in_reply_to,
        "recipients": recipients.collect::<Vec<_>>(),
        "joint_issuers": joint.collect::<Vec<_>>(),
        "drafted": drafted,
        "issued": document.issued.map(|act| person(act, names)),
        "sent": document.sent.map(|act| person(act, names)),
        "amendment": document.amendment,
        "recalled": document.recalled.as_ref().map(|one| {
            json!({ "by": person(one.act, names), "reason": one.reason })
        }),
        "archived": document.archived.map(|act| person(act, names)),
        "manifest_sha256": document.manifest,
        "files": document.files.iter().enumerate().map(file).collect::<Vec<_>>(),
    })
}

/// What has happened to it.
pub(super) fn process(matter: &Matter, names: &Directory) -> Value {
    let events = matter.statements.iter().enumerate();
    let events = events.map(|(place, one)| event(place, one, names));
    let deliveries = matter.deliveries.iter().map(|one| delivery(one, names));
    json!({
        "format": "wenshu-archive-1",
        "events": events.collect::<Vec<_>>(),
        "deliveries": deliveries.collect::<Vec<_>>(),
    })
}

fn is_issuer(matter: &Matter) -> bool {
    let document = &matter.document;
    let mut joint = document.joint_issuers.iter();
    document.unit == matter.viewer || joint.any(|one| one.unit == matter.viewer)
}

fn file((place, attached): (usize, &Attached)) -> Value {
    json!({
        "id": attached.file.id,
        "path": super::names::file(place + 1, attached),
        "name": attached.file.name,
        "role": attached.role.code(),
        "role_label": attached.role.label(),
        "media_type": attached.file.media_type,
        "size": attached.file.size,
        "sha256": attached.file.digest,
    })
}

fn event(place: usize, evidence: &Evidence, names: &Directory) -> Value {
    json!({
        "event": evidence.event.code(),
        "event_label": evidence.event.label(),
        "unit": unit(evidence.party, names),
        "round": evidence.round,
        "at": instant(evidence.at),
        "receipt": super::proofs::path(place, "json"),
    })
}

fn delivery(delivery: &Delivery, names: &Directory) -> Value {
    json!({
        "id": delivery.id,
        "unit": unit(delivery.unit, names),
        "role": delivery.role.code(),
        "role_label": delivery.role.label(),
        "state": delivery.state.code(),
        "state_label": delivery.state.label(),
        "round": delivery.round,
        "sent_at": instant(delivery.sent_at),
        "arrived_at": delivery.arrived_at.map(instant),
        "first_read": delivery.first_read.map(|act| person(act, names)),
        "signed": delivery.signed.map(|act| person(act, names)),
        "sign_note": delivery.sign_note,
    })
}

pub(super) fn unit(id: UnitId, names: &Directory) -> Value {
    let unit = names.unit(id);
    json!({
        "id": id,
        "name": unit.map(|unit| unit.full_name.clone()),
        "credit_code": unit.and_then(|unit| unit.credit_code.clone()),
    })
}

fn person((by, at): (UserId, Timestamp), names: &Directory) -> Value {
    json!({ "user_id": by, "name": names.user(by), "at": instant(at) })
}

/// RFC 3339 in UTC with milliseconds.
pub(super) fn instant(at: Timestamp) -> String {
    format!("{at:.3}")
}
