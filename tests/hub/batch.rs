//! Many documents in one request, each on its own.

use serde_json::{Value, json};

use crate::support::{TestHub, a_machine};

const BATCH: &str = "/api/v1/documents/batch";

async fn sender(hub: &TestHub) {
    let machine = a_machine(hub, "court", &["send"], Value::Null).await;
    machine.enters(hub, "program").await;
}

async fn uploaded(hub: &TestHub, text: &str) -> Value {
    hub.by("program").upload("正文.txt", text).await.with(201)
}

fn letter(hub: &TestHub, file: &Value, number: u32) -> Value {
    json!({
        "client_reference": format!("OA-{number}"),
        "kind": "GW-HAN",
        "title": format!("第{number}件函"),
        "doc_number": format!("青崖法建〔2026〕{number}号"),
        "issued_on": "2026-08-31",
        "files": [{ "sha256": file["sha256"], "role": "main" }],
        "recipients": [{ "unit_id": hub.unit("resources"), "role": "main" }],
    })
}

#[tokio::test]
async fn each_document_is_sent_on_its_own_and_a_failure_leaves_nothing() {
    let hub = TestHub::open().await;
    sender(&hub).await;
    let file = uploaded(&hub, "请予协助。").await;
    let good = |number| letter(&hub, &file, number);
    let mut no_number = good(11);
    no_number["doc_number"] = Value::Null;
    let mut unknown = good(12);
    unknown["colour"] = json!("red");
    let mut no_file = good(13);
    no_file["files"][0] = json!({ "sha256": "0".repeat(64), "role": "main" });
    let mut joint = good(14);
    joint["joint_issuers"] = json!([hub.unit("procuratorate")]);
    let mut same_number = good(15);
    same_number["doc_number"] = json!("青崖法建〔2026〕1号");
    let mut secret = good(16);
    secret["title"] = json!("机密★1年");
    let mut by_id = good(2);
    by_id["files"][0] = json!({ "file_id": file["id"], "role": "main" });
    let one_at_a_time = hub
        .by("program")
        .post(BATCH, &json!({ "documents": [good(1)] }))
        .await;
    assert_eq!(one_at_a_time.ok()["succeeded"], 1);
    let body = json!({ "documents": [
        by_id, no_number, unknown, no_file, joint, same_number, secret, good(3)
    ]});
    let before = hub
        .by("program")
        .get("/api/v1/documents?box=own")
        .await
        .ok();
    let answer = hub.by("program").post(BATCH, &body).await.ok();
    assert_eq!(answer["succeeded"], 2);
    assert_eq!(answer["failed"], 6);
    let items = answer["items"].as_array().unwrap();
    let statuses: Vec<_> = items
        .iter()
        .map(|one| one["status"].as_u64().unwrap())
        .collect();
    assert_eq!(
        statuses,
        [201, 422, 422, 422, 422, 409, 422, 201],
        "{answer:#}"
    );
    for (place, item) in items.iter().enumerate() {
        assert_eq!(item["index"], place);
        assert_ne!(
            item.get("document").is_some(),
            item.get("problem").is_some()
        );
    }
    let pointer = |place: usize| items[place]["problem"]["errors"][0]["pointer"].clone();
    assert_eq!(pointer(1), "/doc_number");
    assert_eq!(pointer(2), "/colour");
    assert_eq!(pointer(3), "/files/0/sha256");
    assert_eq!(pointer(4), "/joint_issuers");
    assert_eq!(items[6]["problem"]["type"], "/problems/secrecy-refused");
    let after = hub
        .by("program")
        .get("/api/v1/documents?box=own")
        .await
        .ok();
    let count = |page: &Value| page["items"].as_array().unwrap().len();
    assert_eq!(count(&after), count(&before) + 2);
    // The reference of what failed is still free.
    let mut corrected = good(11);
    corrected["title"] = json!("更正后的函");
    let again = hub
        .by("program")
        .post(BATCH, &json!({ "documents": [corrected] }))
        .await
        .ok();
    assert_eq!(again["items"][0]["status"], 201);
}

#[tokio::test]
async fn a_document_shows_that_it_was_issued_elsewhere_and_has_arrived() {
    let hub = TestHub::open().await;
    sender(&hub).await;
    let file = uploaded(&hub, "请予协助。").await;
    let body = json!({ "documents": [letter(&hub, &file, 7)] });
    let answer = hub.by("program").post(BATCH, &body).await.ok();
    let id = answer["items"][0]["document"]["id"].as_str().unwrap();
    let seen = hub
        .by("resources.clerk")
        .get(format!("/api/v1/documents/{id}"))
        .await
        .ok();
    assert_eq!(seen["state"], "sent");
    assert_eq!(seen["doc_number"], "青崖法建〔2026〕7号");
    assert_eq!(seen["dated_on"], "2026-08-31");
    assert_eq!(seen["issued"]["by_machine"], true);
    assert_eq!(seen["issued"]["name"], "公文系统");
    let history = hub
        .by("court.clerk")
        .get(format!("/api/v1/documents/{id}/history"))
        .await
        .ok();
    assert_eq!(history["items"][0]["event"], "submission");
}

#[tokio::test]
async fn the_same_reference_is_the_same_document() {
    let hub = TestHub::open().await;
    sender(&hub).await;
    let file = uploaded(&hub, "请予协助。").await;
    let body = json!({ "documents": [letter(&hub, &file, 1), letter(&hub, &file, 2)] });
    let ask = || hub.by("program").post(BATCH, &body);
    let first = ask().key("k").await.ok();
    assert_eq!(ask().key("k").await.ok(), first, "by its key");
    let again = ask().await.ok();
    for place in 0..2 {
        assert_eq!(again["items"][place]["status"], 200);
        assert_eq!(
            again["items"][place]["document"],
            first["items"][place]["document"]
        );
    }
    let mut other = letter(&hub, &file, 1);
    other["title"] = json!("另一件");
    let other = json!({ "documents": [other] });
    let refused = hub.by("program").post(BATCH, &other).await.ok();
    assert_eq!(refused["items"][0]["status"], 409);
    assert_eq!(
        refused["items"][0]["problem"]["errors"][0]["pointer"],
        "/client_reference"
    );
    hub.by("program")
        .post(BATCH, &other)
        .key("k")
        .await
        .problem(422, "idempotency-key-reused");
    // Many at once under one reference: one document.
    let third = json!({ "documents": [letter(&hub, &file, 3)] });
    let asks = (0..8).map(|_| async { hub.by("program").post(BATCH, &third).await.ok() });
    let answers = futures_util::future::join_all(asks).await;
    let ids: std::collections::BTreeSet<_> = answers
        .iter()
        .filter_map(|answer| answer["items"][0]["document"]["id"].as_str())
        .collect();
    assert_eq!(ids.len(), 1, "{answers:#?}");
}

#[tokio::test]
async fn five_hundred_are_one_request_and_more_are_none() {
    let hub = TestHub::open().await;
    sender(&hub).await;
    let file = uploaded(&hub, "请予协助。").await;
    let all: Vec<_> = (1..=501)
        .map(|number| letter(&hub, &file, number))
        .collect();
    let refused = hub
        .by("program")
        .post(BATCH, &json!({ "documents": all }))
        .await;
    refused.problem(422, "invalid");
    let began = std::time::Instant::now();
    let answer = hub
        .by("program")
        .post(BATCH, &json!({ "documents": all[..500] }))
        .await
        .ok();
    eprintln!("500 documents in {:?}", began.elapsed());
    assert_eq!(answer["succeeded"], 500, "{}", answer["items"][0]);
    let unsent = json!({ "documents": [] });
    hub.by("program")
        .post(BATCH, &unsent)
        .await
        .problem(422, "invalid");
}
