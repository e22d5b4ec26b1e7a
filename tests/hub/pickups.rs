//! The queue that a unit's own system fetches from.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::{TestHub, a_document, a_machine};

const LEASE: &str = "/api/v1/deliveries/lease";

async fn receiver(hub: &TestHub) {
    let machine = a_machine(hub, "resources", &["receive"], Value::Null).await;
    machine.enters(hub, "program").await;
}

async fn leased(hub: &TestHub, max: u32) -> (String, Vec<String>) {
    let body = json!({ "max": max, "seconds": 60 });
    let lease = hub.by("program").post(LEASE, &body).await.ok();
    let items = lease["items"].as_array().unwrap().iter();
    let ids = items.map(|one| one["id"].as_str().unwrap().to_owned());
    (
        lease["lease_id"].as_str().unwrap().to_owned(),
        ids.collect(),
    )
}

async fn acted(hub: &TestHub, act: &str, id: &str, lease: &str) -> crate::support::Answer {
    let path = format!("/api/v1/deliveries/{id}/{act}");
    hub.by("program")
        .post(path, &json!({ "lease_id": lease }))
        .await
}

#[tokio::test]
async fn the_oldest_come_first_and_each_leaves_the_queue_when_it_is_acknowledged() {
    let hub = TestHub::open().await;
    receiver(&hub).await;
    let mut sent = Vec::new();
    for _ in 0..3 {
        let paper = a_document().sent(&hub).await;
        let delivery = paper.delivery(&hub, "resources").await;
        sent.push(delivery["id"].as_str().unwrap().to_owned());
        hub.pass(SignedDuration::from_secs(1));
        hub.forget("program");
        receiver(&hub).await;
    }
    let queue = hub.by("program").get("/api/v1/deliveries/queue").await.ok();
    assert_eq!(queue["items"].as_array().unwrap().len(), 3);
    let (lease, first) = leased(&hub, 2).await;
    assert_eq!(first, sent[..2]);
    let done = acted(&hub, "ack", &first[0], &lease).await.ok();
    assert_eq!(done["fetched"]["by_machine"], true);
    assert_eq!(done["state"], "arrived");
    // Once more, because the answer may have got lost.
    acted(&hub, "ack", &first[0], &lease).await.ok();
    let given = acted(&hub, "release", &first[1], &lease).await;
    given.ok();
    let (_, rest) = leased(&hub, 100).await;
    assert_eq!(rest, sent[1..]);
    let (_, none) = leased(&hub, 100).await;
    assert!(none.is_empty());
}

#[tokio::test]
async fn a_lease_that_runs_out_gives_back_what_it_held() {
    let hub = TestHub::open().await;
    a_document().sent(&hub).await;
    receiver(&hub).await;
    let (old, ids) = leased(&hub, 10).await;
    assert_eq!(ids.len(), 1);
    assert!(leased(&hub, 10).await.1.is_empty());
    let wrong = uuid::Uuid::now_v7().to_string();
    acted(&hub, "ack", &ids[0], &wrong)
        .await
        .problem(409, "wrong-state");
    hub.pass(SignedDuration::from_secs(61));
    receiver(&hub).await;
    acted(&hub, "ack", &ids[0], &old)
        .await
        .problem(409, "wrong-state");
    let (new, again) = leased(&hub, 10).await;
    assert_eq!(again, ids);
    acted(&hub, "ack", &ids[0], &old)
        .await
        .problem(409, "wrong-state");
    acted(&hub, "release", &ids[0], &old)
        .await
        .problem(409, "wrong-state");
    acted(&hub, "ack", &ids[0], &new).await.ok();
    acted(&hub, "release", &ids[0], &new)
        .await
        .problem(409, "wrong-state");
}

#[tokio::test]
async fn many_who_lease_at_once_never_get_the_same_one() {
    let hub = TestHub::open().await;
    for _ in 0..24 {
        a_document().sent(&hub).await;
    }
    receiver(&hub).await;
    let asks = (0..16).map(|_| leased(&hub, 2));
    let got: Vec<String> = futures_util::future::join_all(asks)
        .await
        .into_iter()
        .flat_map(|(_, ids)| ids)
        .collect();
    let different: BTreeSet<_> = got.iter().collect();
    assert_eq!(different.len(), got.len(), "one was handed out twice");
    let mut all = got.len();
    loop {
        let (_, more) = leased(&hub, 100).await;
        if more.is_empty() {
            break;
        }
        assert!(more.iter().all(|id| !different.contains(id)));
        all += more.len();
    }
    assert_eq!(all, 24);
}

#[tokio::test]
async fn a_lease_is_asked_for_within_its_bounds_and_answered_again_by_its_key() {
    let hub = TestHub::open().await;
    a_document().sent(&hub).await;
    receiver(&hub).await;
    for (body, fault) in [
        (json!({ "max": 0 }), "/max out_of_range"),
        (json!({ "max": 101 }), "/max out_of_range"),
        (json!({ "seconds": 29 }), "/seconds out_of_range"),
        (json!({ "seconds": 3601 }), "/seconds out_of_range"),
    ] {
        let answer = hub.by("program").post(LEASE, &body).await;
        answer.problem(422, "invalid");
        assert_eq!(answer.faults(), [fault]);
    }
    let ask = || hub.by("program").post(LEASE, &json!({})).key("k");
    let first = ask().await.ok();
    assert_eq!(first["items"].as_array().unwrap().len(), 1);
    assert_eq!(ask().await.ok(), first);
}

#[tokio::test]
async fn another_units_delivery_is_nothing_that_a_program_knows_of() {
    let hub = TestHub::open().await;
    let paper = a_document().to("agriculture").sent(&hub).await;
    let delivery = paper.delivery(&hub, "agriculture").await;
    receiver(&hub).await;
    assert!(leased(&hub, 10).await.1.is_empty());
    let lease = uuid::Uuid::now_v7().to_string();
    let id = delivery["id"].as_str().unwrap();
    acted(&hub, "ack", id, &lease)
        .await
        .problem(404, "not-found");
}
