//! The life of a delivery: sent back, sent again, passed on, given to people, closed, signed for by
//! rule; and who learns of it.

mod assigned;
mod boxes;
mod deemed;
mod forwarded;
mod model;
mod pages;
mod returned;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Answer, Paper, TestHub, id_of};

/// The delivery of a paper to a unit, as that unit's clerk sees it.
async fn own(hub: &TestHub, paper: &Paper, unit: &str) -> Value {
    let clerk = format!("{unit}.clerk");
    let found = hub.by(&clerk).get(paper.path("/deliveries")).await.ok();
    let to = hub.unit(unit).to_string();
    let items = found["items"].as_array().unwrap().iter();
    let mut own = items.filter(|one| one["unit"]["id"] == to.as_str());
    own.next().unwrap().clone()
}

/// Asks for an act on a delivery.
async fn act(hub: &TestHub, login: &str, delivery: Uuid, act: &str, body: Value) -> Answer {
    let path = format!("/api/v1/deliveries/{delivery}/{act}");
    hub.by(login).post(path, &body).await
}

/// A unit's delivery of a paper, returned for a reason.
async fn returned(hub: &TestHub, paper: &Paper, unit: &str) -> Uuid {
    let id = id_of(&own(hub, paper, unit).await);
    let body = json!({ "reason": "attachment_missing", "note": "缺附件二" });
    act(hub, &format!("{unit}.clerk"), id, "return", body)
        .await
        .ok();
    id
}

/// The events in the history of a paper that concern a unit, with their receipts' statements.
async fn statements(hub: &TestHub, login: &str, paper: &Paper, unit: &str) -> Vec<Value> {
    let history = hub.by(login).get(paper.path("/history")).await.ok();
    let unit = hub.unit(unit).to_string();
    let mut found = Vec::new();
    for line in history["items"].as_array().unwrap() {
        if line["unit"]["id"] == unit.as_str() {
            let path = format!("/api/v1/receipts/{}", line["receipt_id"].as_str().unwrap());
            let receipt = hub.by(login).get(path).await.ok();
            let statement = receipt["statement"].as_str().unwrap();
            found.push(serde_json::from_str(statement).unwrap());
        }
    }
    found
}

/// `event/round` of each statement.
fn rounds(statements: &[Value]) -> Vec<String> {
    let one = |statement: &Value| {
        format!(
            "{}/{}",
            statement["event"].as_str().unwrap(),
            statement["round"]
        )
    };
    statements.iter().map(one).collect()
}
