//! Documents of the past: sent so that they can be found, and nobody owes a reply for them.

use serde_json::json;

use crate::support::{PaperPlan, TestHub, a_document, answer_to};

fn of_the_past() -> PaperPlan {
    a_document()
        .unset("reply_due_on")
        .set("dated_on", "2019-05-06")
}

#[tokio::test]
async fn a_document_of_the_past_brings_no_duty_and_says_so_in_its_evidence() {
    let hub = TestHub::open().await;
    let mut paper = crate::support::advice()
        .set("dated_on", "2019-05-06")
        .issued(&hub)
        .await;
    let send = json!({ "historic": true });
    paper.view = hub
        .by("court.clerk")
        .post(paper.path("/send"), &send)
        .await
        .ok();
    assert_eq!(paper.view["state"], "sent");
    let sent = paper.view["sent"]["at"].as_str().unwrap();
    assert!(
        sent.starts_with("2026-09-01"),
        "it is sent today, whenever it was written: {sent}"
    );
    let signed = paper.signed(&hub, "resources").await;
    assert_eq!(signed["delivery"]["state"], "signed");
    let duties = hub
        .by("resources.clerk")
        .get("/api/v1/obligations")
        .await
        .ok();
    assert_eq!(duties["items"], json!([]));
    let history = hub
        .by("resources.clerk")
        .get(paper.path("/history"))
        .await
        .ok();
    for line in history["items"].as_array().unwrap() {
        let path = format!("/api/v1/receipts/{}", line["receipt_id"].as_str().unwrap());
        let receipt = hub.by("resources.clerk").get(path).await.ok();
        let stated = receipt["statement"].as_str().unwrap();
        let is_sending = ["submission", "arrival"].contains(&line["event"].as_str().unwrap());
        assert_eq!(stated.contains("\"historic\":true"), is_sending, "{stated}");
    }
    let events = hub
        .by("resources.clerk")
        .get("/api/v1/events?limit=100")
        .await
        .ok();
    let kinds: Vec<_> = events["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["type"])
        .collect();
    assert!(
        kinds.contains(&&json!("document.send_historic")),
        "{kinds:?}"
    );
    assert!(!kinds.contains(&&json!("document.send")), "{kinds:?}");
}

#[tokio::test]
async fn what_is_not_of_the_past_is_not_sent_as_if_it_were() {
    let hub = TestHub::open().await;
    let original = a_document().sent(&hub).await;
    original.signed(&hub, "resources").await;
    let cases = [
        (a_document().unset("reply_due_on"), "/dated_on not_past"),
        (
            of_the_past().set("dated_on", "2026-09-01"),
            "/dated_on not_past",
        ),
        (
            of_the_past().set("reply_due_on", "2026-09-30"),
            "/reply_due_on historic",
        ),
        (
            answer_to(&original, "resources").set("dated_on", "2019-05-06"),
            "/in_reply_to historic",
        ),
    ];
    for (plan, fault) in cases {
        let paper = plan.issued(&hub).await;
        let clerk = format!("{}.clerk", paper.from);
        let answer = hub
            .by(&clerk)
            .post(paper.path("/send"), &json!({ "historic": true }))
            .await;
        answer.problem(422, "invalid");
        assert_eq!(answer.faults(), [fault]);
        let now = hub.by(&clerk).get(paper.path("")).await.ok();
        assert_eq!(now["state"], "issued", "nothing was sent");
    }
}
