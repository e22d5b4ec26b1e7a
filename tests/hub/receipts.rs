//! Receipts: what they say can be checked without the hub.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use ed25519_dalek::{Signature, VerifyingKey};
use serde_json::{Value, json};

use crate::support::{Paper, TestHub, advice, answer_to};

/// The public key of this id, from where everybody can get it.
async fn public_key(hub: &TestHub, id: &str) -> VerifyingKey {
    let set = hub.nobody().get("/.well-known/jwks.json").await.ok();
    let keys = set["keys"].as_array().unwrap();
    let key = keys
        .iter()
        .find(|key| key["kid"] == id)
        .expect("the key is published");
    assert_eq!(
        (&key["kty"], &key["crv"]),
        (&json!("OKP"), &json!("Ed25519"))
    );
    assert!(key.get("d").is_none(), "the private half is published");
    let x = BASE64_URL_SAFE_NO_PAD
        .decode(key["x"].as_str().unwrap())
        .unwrap();
    VerifyingKey::from_bytes(&x.try_into().unwrap()).unwrap()
}

/// The statements about a document and a unit, oldest first, as somebody sees them; each with a
/// good signature over canonical JSON.
async fn statements(hub: &TestHub, paper: &Paper, login: &str, unit: &str) -> Vec<Value> {
    let history = hub.by(login).get(paper.path("/history")).await.ok();
    let unit = hub.unit(unit).to_string();
    let mut found = Vec::new();
    for line in history["items"].as_array().unwrap() {
        if line["unit"]["id"] != unit.as_str() {
            continue;
        }
        let path = format!("/api/v1/receipts/{}", line["receipt_id"].as_str().unwrap());
        let receipt = hub.by(login).get(path).await.ok();
        let text = receipt["statement"].as_str().unwrap();
        let statement: Value = serde_json::from_str(text).unwrap();
        assert_eq!(
            serde_json_canonicalizer::to_string(&statement).unwrap(),
            text
        );
        let signature = receipt["signature"].as_str().unwrap();
        let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap();
        let signature = Signature::from_slice(&signature).unwrap();
        let key = public_key(hub, receipt["key_id"].as_str().unwrap()).await;
        key.verify_strict(text.as_bytes(), &signature).unwrap();
        let altered = text.replacen("2026", "2025", 1);
        assert!(key.verify_strict(altered.as_bytes(), &signature).is_err());
        assert_eq!(statement["evidence_id"], receipt["id"]);
        assert_eq!(statement["event"], line["event"]);
        assert_eq!(statement["event_time"], line["at"]);
        found.push(statement);
    }
    found
}

#[tokio::test]
async fn each_step_is_stated_signed_and_chained_to_the_one_before() {
    let hub = TestHub::open().await;
    let paper = advice().sent(&hub).await;
    hub.pass(jiff::SignedDuration::from_mins(1));
    paper.seen_by(&hub, "resources.reader").await;
    hub.pass(jiff::SignedDuration::from_mins(1));
    paper.signed(&hub, "resources").await;
    hub.pass(jiff::SignedDuration::from_mins(1));
    let reply = answer_to(&paper, "resources").sent(&hub).await;
    let chain = statements(&hub, &paper, "resources.clerk", "resources").await;
    let events: Vec<&str> = chain
        .iter()
        .map(|one| one["event"].as_str().unwrap())
        .collect();
    assert_eq!(events, ["arrival", "reading", "signing", "reply"]);
    let submission = statements(&hub, &paper, "resources.clerk", "court").await;
    assert_eq!(submission[0]["event"], "submission");
    assert_eq!(submission[0]["prev"], Value::Null);
    assert_eq!(chain[0]["prev"], submission[0]["evidence_id"]);
    for two in chain.windows(2) {
        assert_eq!(two[1]["prev"], two[0]["evidence_id"]);
        assert!(two[0]["event_time"].as_str() < two[1]["event_time"].as_str());
    }
    for statement in &chain {
        assert_eq!(statement["doc"]["manifest"], paper.view["manifest_sha256"]);
        assert_eq!(statement["doc"]["doc_number"], paper.view["doc_number"]);
        assert_eq!(statement["sender"]["credit_code"], "11229901QY0002025C");
        assert_eq!(statement["origin"], chain[0]["origin"]);
    }
    assert_eq!(
        chain[1]["recipient"]["user"],
        json!(hub.city.user("resources.reader"))
    );
    assert_eq!(
        chain[2]["recipient"]["user"],
        json!(hub.city.user("resources.clerk"))
    );
    assert_eq!(chain[2]["reply_due"], "2026-11-02");
    assert_eq!(chain[3]["replied_with"], json!(reply.id));
    let sender = statements(&hub, &paper, "court.reader", "resources").await;
    assert_eq!(sender, chain, "the sender holds the same evidence");
}

#[tokio::test]
async fn statements_hold_no_title_and_no_names() {
    let hub = TestHub::open().await;
    let paper = advice().titled("不得外传的标题").sent(&hub).await;
    paper.signed(&hub, "resources").await;
    let all = statements(&hub, &paper, "court.clerk", "resources").await;
    assert_eq!(all.len(), 2);
    for statement in all {
        let text = statement.to_string();
        assert!(
            !text.contains("不得外传") && !text.contains("收发员"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn the_audit_is_a_chain_without_gaps_and_without_content() {
    let hub = TestHub::open().await;
    let paper = advice().titled("不得外传的标题").sent(&hub).await;
    paper.signed(&hub, "resources").await;
    let lines = hub
        .by("admin.audit")
        .get("/api/v1/audit?limit=100")
        .await
        .ok();
    let lines = lines["items"].as_array().unwrap();
    for two in lines.windows(2) {
        assert_eq!(
            two[0]["number"].as_u64().unwrap(),
            two[1]["number"].as_u64().unwrap() + 1
        );
        assert_eq!(two[0]["previous"], two[1]["hash"]);
    }
    let text = serde_json::to_string(lines).unwrap();
    assert!(!text.contains("不得外传"), "{text}");
    let actions: Vec<_> = lines
        .iter()
        .map(|line| line["action"].as_str().unwrap())
        .collect();
    for action in [
        "file.upload",
        "document.draft",
        "document.issue",
        "document.send",
        "delivery.sign",
    ] {
        assert!(
            actions.contains(&action),
            "{action} is missing in {actions:?}"
        );
    }
}
