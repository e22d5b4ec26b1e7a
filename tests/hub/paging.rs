//! Lists, page by page, while others write.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::{TestHub, a_document, advice};

fn ids(items: &Value) -> Vec<String> {
    let id = |item: &Value| match &item["id"] {
        Value::Null => item["number"].to_string(),
        id => id.to_string(),
    };
    items.as_array().unwrap().iter().map(id).collect()
}

/// Walks through a list with pages of two; `write` writes after each of the first two.
async fn walk(hub: &TestHub, login: &str, path: &str, write: impl AsyncFn()) -> Vec<String> {
    let mut found = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = hub
            .by(login)
            .get(format!("{path}limit=2{cursor}"))
            .await
            .ok();
        found.extend(ids(&page["items"]));
        if found.len() <= 4 {
            write().await;
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return found,
        }
    }
}

async fn whole(hub: &TestHub, login: &str, path: &str) -> Vec<String> {
    let page = hub.by(login).get(format!("{path}limit=100")).await.ok();
    assert_eq!(
        page["next_cursor"],
        Value::Null,
        "{path} is longer than a page"
    );
    ids(&page["items"])
}

#[tokio::test]
async fn pages_hold_what_was_there_at_first_each_once_and_in_order() {
    let hub = TestHub::open().await;
    for number in 0..4 {
        // Some in the same instant, some later.
        advice()
            .titled(&format!("第{number}份建议"))
            .sent(&hub)
            .await;
        if number % 2 == 0 {
            hub.pass(jiff::SignedDuration::from_secs(1));
        }
    }
    for (login, path) in [
        ("admin.audit", "/api/v1/audit?"),
        ("court.clerk", "/api/v1/documents?"),
        ("court.clerk", "/api/v1/documents?box=own&state=sent&"),
        ("resources.clerk", "/api/v1/documents?"),
        ("resources.clerk", "/api/v1/deliveries?"),
        ("resources.clerk", "/api/v1/deliveries?state=arrived&"),
        ("resources.clerk", "/api/v1/obligations?"),
        ("court.clerk", "/api/v1/obligations?side=due&"),
        ("justice.office", "/api/v1/obligations?side=all&"),
    ] {
        let before = whole(&hub, login, path).await;
        let write = async || {
            advice().titled("后来的一份").sent(&hub).await;
        };
        let walked = walk(&hub, login, path, write).await;
        let distinct: BTreeSet<_> = walked.iter().collect();
        assert_eq!(distinct.len(), walked.len(), "{path} repeats itself");
        assert_eq!(walked, before, "{path}");
    }
}

#[tokio::test]
async fn pages_by_name_hold_everything_once() {
    let hub = TestHub::open().await;
    for (login, path) in [
        ("court.clerk", "/api/v1/units?"),
        ("admin.system", "/api/v1/users?"),
        ("court.clerk", "/api/v1/deadline-rules?"),
        ("court.clerk", "/api/v1/kinds?"),
    ] {
        let walked = {
            let mut found = Vec::new();
            let mut cursor = String::new();
            loop {
                let page = hub
                    .by(login)
                    .get(format!("{path}limit=3{cursor}"))
                    .await
                    .ok();
                let items = page["items"].as_array().unwrap().clone();
                assert!(items.len() <= 3);
                found.extend(items);
                match page["next_cursor"].as_str() {
                    Some(next) => cursor = format!("&cursor={next}"),
                    None => break found,
                }
            }
        };
        let all = hub.by(login).get(format!("{path}limit=100")).await.ok();
        assert_eq!(Value::Array(walked), all["items"], "{path}");
    }
}

#[tokio::test]
async fn filters_leave_out_what_they_should() {
    let hub = TestHub::open().await;
    a_document().drafted(&hub).await;
    a_document().issued(&hub).await;
    a_document().sent(&hub).await;
    let signed = advice().sent(&hub).await;
    signed.signed(&hub, "resources").await;
    let count = async |login: &str, path: &str| {
        hub.by(login).get(format!("/api/v1/{path}")).await.ok()["items"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(count("court.clerk", "documents").await, 4);
    assert_eq!(count("court.clerk", "documents?state=draft").await, 1);
    assert_eq!(count("court.clerk", "documents?state=sent").await, 2);
    assert_eq!(count("court.clerk", "documents?kind=SJ-ZH").await, 1);
    assert_eq!(count("resources.clerk", "documents").await, 2);
    assert_eq!(count("resources.clerk", "documents?box=own").await, 0);
    assert_eq!(count("resources.clerk", "deliveries?state=signed").await, 1);
    assert_eq!(
        count("resources.clerk", "obligations?state=awaiting_registration").await,
        1
    );
    assert_eq!(
        count("resources.clerk", "obligations?state=replied").await,
        0
    );
    assert_eq!(count("court.clerk", "obligations?side=due").await, 2);
    assert_eq!(count("court.clerk", "obligations").await, 0);
}
