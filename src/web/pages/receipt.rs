//! A receipt to be printed: one sheet that stands for itself, without a script and without
//! anything from elsewhere.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use askama::Template;
use jiff::{Timestamp, tz::Offset};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::{
    app::{Caller, Directory, Hub, Keys, ReceiptBundle},
    domain::{DOES_NOT_PROVE, Evidence, EvidenceId, UnitId, UserId},
    web::{
        faults::{Fault, page},
        frame::visitor,
    },
};

#[derive(Template)]
#[template(path = "receipt.html")]
struct ReceiptPage {
    event: &'static str,
    number: String,
    title: String,
    sender: String,
    recipient: String,
    at: String,
    person: String,
    due: Option<String>,
    id: String,
    digest: String,
    manifest: String,
    signature: String,
    key: String,
    fingerprint: String,
    origin: String,
    chain: Vec<(String, &'static str, String)>,
    proves: &'static str,
    does_not_prove: &'static [&'static str],
    printed: String,
}

/// Shows a receipt as it is printed.
pub(in crate::web) async fn print(
    hub: Data<Hub>,
    request: HttpRequest,
    caller: Option<Caller>,
    id: Path<Uuid>,
) -> Result<HttpResponse, Fault> {
    let caller = visitor(&request, caller)?;
    let shown = hub.receipt_bundle(&caller, EvidenceId(*id)).await?;
    let sheet = sheet(&shown.value, &shown.names, hub.keys(), hub.now());
    page(&sheet.map_err(crate::app::Error::internal)?)
}

fn sheet(
    bundle: &ReceiptBundle,
    names: &Directory,
    keys: &Keys,
    now: Timestamp,
) -> serde_json::Result<ReceiptPage> {
    let receipt = &bundle.receipt;
    let stated: Value = serde_json::from_str(&receipt.statement)?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let user = stated["recipient"]["user"].as_str().or(
        // Who sent it is the sender's person; nobody of the recipient acted.
        stated["sender"]["user"]
            .as_str()
            .filter(|_| receipt.party == bundle.document.unit),
    );
    let user = user.and_then(|id| id.parse().ok()).map(UserId);
    Ok(ReceiptPage {
        event: receipt.event.label(),
        number: stated["doc"]["doc_number"]
            .as_str()
            .unwrap_or("（无文号）")
            .to_owned(),
        title: bundle.document.title.clone(),
        sender: party(bundle.document.unit, names),
        recipient: party(receipt.party, names),
        at: beijing(receipt.at),
        person: user
            .and_then(|user| names.user(user))
            .unwrap_or("（系统）")
            .to_owned(),
        due: stated["reply_due"].as_str().map(str::to_owned),
        id: receipt.id.to_string(),
        digest: hex::encode(Sha256::digest(receipt.statement.as_bytes())),
        manifest: text(&stated["doc"]["manifest"]),
        signature: receipt.signature.clone(),
        key: receipt.key_id.clone(),
        fingerprint: keys.evidence_fingerprint(),
        origin: text(&stated["origin"]),
        chain: bundle.chain.iter().map(row).collect(),
        proves: receipt.event.proves(),
        does_not_prove: DOES_NOT_PROVE,
        printed: beijing(now),
    })
}

fn row(evidence: &Evidence) -> (String, &'static str, String) {
    let at = beijing(evidence.at);
    (at, evidence.event.label(), evidence.id.to_string())
}

fn party(unit: UnitId, names: &Directory) -> String {
    let Some(unit) = names.unit(unit) else {
        return String::new();
    };
    match &unit.credit_code {
        Some(code) => format!("{}（{code}）", unit.full_name),
        None => unit.full_name.clone(),
    }
}

/// Beijing time to the second: what is printed must be exact.
fn beijing(at: Timestamp) -> String {
    let at = Offset::constant(8).to_datetime(at);
    at.strftime("%Y年%m月%d日 %H:%M:%S").to_string()
}
