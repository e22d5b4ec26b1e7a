use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{act, own, returned};
use crate::support::{TestHub, a_document, advice, answer_to, id_of};

async fn titles(hub: &TestHub, login: &str, query: &str) -> Vec<String> {
    let found = hub
        .by(login)
        .get(format!("/api/v1/deliveries?{query}"))
        .await
        .ok();
    let items = found["items"].as_array().unwrap().iter();
    items
        .map(|one| one["document"]["title"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn every_delivery_lies_in_one_box_and_the_counts_say_so() {
    let hub = TestHub::open().await;
    let mut papers = Vec::new();
    for title in ["待签", "已签", "办理", "办结", "退回"] {
        papers.push(advice().titled(title).sent(&hub).await);
        hub.pass(SignedDuration::from_secs(1));
    }
    for paper in &papers[1..4] {
        paper.signed(&hub, "resources").await;
    }
    let id = id_of(&own(&hub, &papers[2], "resources").await);
    let clerk = hub.city.user("resources.clerk");
    let body = json!({ "handlers": [{ "user_id": clerk, "role": "lead" }] });
    act(&hub, "resources.clerk", id, "assign", body).await.ok();
    answer_to(&papers[3], "resources").sent(&hub).await;
    returned(&hub, &papers[4], "resources").await;
    for (query, expected) in [
        ("box=unsigned", &["待签"][..]),
        ("box=signed", &["已签"]),
        ("box=in_hand", &["办理"]),
        ("box=done", &["办结"]),
        ("box=closed", &["退回"]),
        ("box=in", &["退回", "办结", "办理", "已签", "待签"]),
        ("", &["退回", "办结", "办理", "已签", "待签"]),
        ("state=signed", &["办结", "办理", "已签"]),
        ("state=returned&box=closed", &["退回"]),
        ("state=returned&box=unsigned", &[]),
    ] {
        assert_eq!(
            titles(&hub, "resources.reader", query).await,
            expected,
            "{query}"
        );
    }
    let counts = hub
        .by("resources.reader")
        .get("/api/v1/deliveries/counts")
        .await
        .ok();
    for (place, folder) in ["unsigned", "signed", "in_hand", "done", "closed"]
        .iter()
        .enumerate()
    {
        let one = &counts["items"][place];
        assert_eq!(
            (&one["box"], &one["count"], &one["more"]),
            (&json!(folder), &json!(1), &json!(false))
        );
    }
}

#[tokio::test]
async fn a_box_is_filtered_by_what_the_document_is() {
    let hub = TestHub::open().await;
    let day = SignedDuration::from_hours(24);
    advice().titled("建议").sent(&hub).await;
    hub.pass(day);
    a_document()
        .titled("急函")
        .set("urgency", "extra_urgent")
        .sent(&hub)
        .await;
    hub.pass(day);
    let from = "government";
    a_document()
        .from(from)
        .titled("政府函")
        .copy("justice")
        .sent(&hub)
        .await;
    let sender = hub.unit("government");
    for (query, expected) in [
        ("kind=SJ-ZH".to_owned(), &["建议"][..]),
        ("kind=GW-HAN".to_owned(), &["政府函", "急函"]),
        (format!("sender={sender}"), &["政府函"]),
        (format!("sender={sender}&kind=SJ-ZH"), &[]),
        ("urgency=extra_urgent".to_owned(), &["急函"]),
        ("role=main".to_owned(), &["政府函", "急函", "建议"]),
        ("role=copy".to_owned(), &[]),
        ("since=2026-09-02".to_owned(), &["政府函", "急函"]),
        ("until=2026-09-02".to_owned(), &["急函", "建议"]),
        ("since=2026-09-02&until=2026-09-02".to_owned(), &["急函"]),
        ("assigned=me".to_owned(), &[]),
    ] {
        assert_eq!(
            titles(&hub, "resources.clerk", &query).await,
            expected,
            "{query}"
        );
    }
    assert_eq!(titles(&hub, "justice.clerk", "role=copy").await, ["政府函"]);
    let documents = hub
        .by("resources.clerk")
        .get("/api/v1/documents?kind=SJ-ZH")
        .await
        .ok();
    assert_eq!(documents["items"].as_array().unwrap().len(), 1);
    for (query, fault) in [
        ("box=out", "box not_a_choice"),
        ("assigned=you", "assigned not_a_choice"),
        ("since=yesterday", "since malformed"),
        ("sender=court", "sender malformed"),
        ("role=boss", "role not_a_choice"),
    ] {
        let refused = hub
            .by("court.clerk")
            .get(format!("/api/v1/deliveries?{query}"))
            .await;
        refused.problem(422, "invalid");
        assert_eq!(refused.faults(), [fault], "{query}");
    }
}

#[tokio::test]
async fn the_board_of_a_sender_counts_what_has_happened() {
    let hub = TestHub::open().await;
    a_document().drafted(&hub).await;
    let paper = advice()
        .and_to("agriculture")
        .copy("government")
        .sent(&hub)
        .await;
    hub.pass(SignedDuration::from_secs(1));
    let second = a_document().sent(&hub).await;
    hub.by("resources.clerk").get(paper.path("")).await.ok();
    paper.signed(&hub, "resources").await;
    returned(&hub, &paper, "government").await;
    let id = id_of(&own(&hub, &paper, "resources").await);
    let body = json!({ "unit_ids": [hub.unit("justice")] });
    act(&hub, "resources.clerk", id, "forward", body).await.ok();
    let board = hub
        .by("court.reader")
        .get("/api/v1/documents?box=sent")
        .await
        .ok();
    let ids: Vec<_> = board["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(id_of)
        .collect();
    assert_eq!(ids, [second.id, paper.id]);
    let tally = json!({
        "recipients": 3, "arrived": 3, "read": 1, "signed": 1, "deemed": 0, "returned": 1,
        "to_decide": 1, "forwarded": 1,
    });
    assert_eq!(board["items"][1]["deliveries"], tally);
    let first = hub
        .by("court.reader")
        .get("/api/v1/documents?box=sent&limit=1")
        .await
        .ok();
    let next = first["next_cursor"].as_str().unwrap();
    let rest = format!("/api/v1/documents?box=sent&limit=1&cursor={next}");
    let rest = hub.by("court.reader").get(rest).await.ok();
    assert_eq!(
        (&rest["items"][0], &rest["next_cursor"]),
        (&board["items"][1], &Value::Null)
    );
    let theirs = hub
        .by("resources.clerk")
        .get("/api/v1/documents?box=sent")
        .await
        .ok();
    assert_eq!(theirs["items"], json!([]));
    let all = hub.by("court.reader").get("/api/v1/documents").await.ok();
    assert!(all["items"][0].get("deliveries").is_none());
    for name in ["state=sent", "kind=SJ-ZH"] {
        let path = format!("/api/v1/documents?box=sent&{name}");
        let refused = hub.by("court.clerk").get(path).await;
        let name = name.split_once('=').unwrap().0;
        assert_eq!(refused.faults(), [format!("{name} conflicting")]);
    }
}

#[tokio::test]
async fn many_are_signed_for_at_once_each_with_its_own_answer() {
    let hub = TestHub::open().await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        let paper = advice().sent(&hub).await;
        ids.push(id_of(&own(&hub, &paper, "resources").await));
    }
    act(&hub, "resources.clerk", ids[1], "sign", json!({}))
        .await
        .ok();
    act(
        &hub,
        "resources.clerk",
        ids[2],
        "return",
        json!({ "reason": "duplicate" }),
    )
    .await
    .ok();
    let foreign = a_document().to("agriculture").sent(&hub).await;
    ids.push(id_of(&foreign.delivery(&hub, "agriculture").await));
    let mut order = ids.clone();
    order.reverse();
    let body = json!({ "delivery_ids": order, "note": "批量" });
    let ask = || {
        let path = "/api/v1/deliveries/sign";
        hub.by("resources.clerk").post(path, &body).key("bulk")
    };
    let first = ask().await.ok();
    let results: Vec<_> = first["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["result"])
        .collect();
    assert_eq!(results, ["refused", "refused", "already", "signed"]);
    let items = &first["items"];
    assert_eq!(items[0]["delivery_id"], ids[3].to_string());
    assert_eq!(items[0]["problem"]["type"], "/problems/not-found");
    assert_eq!(items[1]["problem"]["type"], "/problems/wrong-state");
    assert_eq!(items[3]["delivery"]["sign_note"], "批量");
    assert_eq!(items[3]["receipt"]["event"], "signing");
    let before = hub.rows().await;
    assert_eq!(ask().await.ok(), first);
    assert_eq!(hub.rows().await, before);
    for (body, fault) in [
        (json!({ "delivery_ids": [] }), "/delivery_ids out_of_range"),
        (
            json!({ "delivery_ids": [ids[0], ids[0]] }),
            "/delivery_ids/1 repeated",
        ),
        (
            json!({ "delivery_ids": vec![ids[0]; 101] }),
            "/delivery_ids out_of_range",
        ),
        (
            json!({ "delivery_ids": ["x"] }),
            "/delivery_ids/0 malformed",
        ),
    ] {
        let refused = hub
            .by("resources.clerk")
            .post("/api/v1/deliveries/sign", &body)
            .await;
        assert_eq!(refused.faults(), [fault]);
    }
}
