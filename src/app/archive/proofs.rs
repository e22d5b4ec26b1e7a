//! The statements with their signatures and keys: whole for programs, and as the very bytes that
//! `openssl` wants.

use std::collections::BTreeSet;

use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use serde_json::{Value, json};

use super::{Entry, Matter, facts};
use crate::{
    app::{Directory, Error, Hub, Result},
    domain::Evidence,
};

/// What stands before the bytes of an Ed25519 key in its DER form (RFC 8410).
const ED25519: [u8; 12] = [48, 42, 48, 5, 6, 3, 43, 101, 112, 3, 33, 0];

/// Where the statement in this place, counted from 0, lies in the package.
pub(super) fn path(place: usize, ending: &str) -> String {
    format!("凭证/{:03}.{ending}", place + 1)
}

/// Every statement of a matter.
pub(super) fn entries(matter: &Matter, names: &Directory, hub: &Hub) -> Result<Vec<Entry>> {
    let set = hub.key_set();
    let keys = set["keys"].as_array().cloned().unwrap_or_default();
    let mut entries = Vec::new();
    let mut used = BTreeSet::new();
    for (place, evidence) in matter.statements.iter().enumerate() {
        let key = keys
            .iter()
            .find(|key| key["kid"] == evidence.key_id.as_str());
        used.extend(key.is_some().then_some(&evidence.key_id));
        entries.push(Entry::json(
            &path(place, "json"),
            &whole(evidence, key, names),
        )?);
        let statement = evidence.statement.clone().into_bytes();
        entries.push(Entry::text(path(place, "statement"), statement));
        let signature = BASE64_URL_SAFE_NO_PAD.decode(&evidence.signature);
        let signature = signature.map_err(Error::internal)?;
        entries.push(Entry::text(path(place, "signature"), signature));
    }
    for id in used {
        let key = keys.iter().find(|key| key["kid"] == id.as_str());
        let bytes = key.and_then(|key| BASE64_URL_SAFE_NO_PAD.decode(key["x"].as_str()?).ok());
        if let Some(bytes) = bytes {
            entries.push(Entry::text(format!("凭证/key-{id}.pem"), pem(&bytes)));
        }
    }
    Ok(entries)
}

fn whole(evidence: &Evidence, key: Option<&Value>, names: &Directory) -> Value {
    json!({
        "id": evidence.id,
        "event": evidence.event.code(),
        "event_label": evidence.event.label(),
        "unit": facts::unit(evidence.party, names),
        "at": facts::instant(evidence.at),
        "statement": evidence.statement,
        "signature": evidence.signature,
        "key_id": evidence.key_id,
        "key": key,
    })
}

fn pem(key: &[u8]) -> Vec<u8> {
    let der = BASE64_STANDARD.encode([&ED25519, key].concat());
    format!("-----BEGIN PUBLIC KEY-----\n{der}\n-----END PUBLIC KEY-----\n").into_bytes()
}
