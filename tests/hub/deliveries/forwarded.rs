use serde_json::{Value, json};
use uuid::Uuid;

use super::{act, own, returned, rounds, statements};
use crate::support::{Paper, TestHub, a_document, advice, id_of};

/// Passes a signed paper on from one unit to another; the new delivery.
async fn passed_on(hub: &TestHub, paper: &Paper, from: &str, to: &str) -> Uuid {
    let id = id_of(&own(hub, paper, from).await);
    let body = json!({ "unit_ids": [hub.unit(to)], "note": "请阅" });
    let made = act(hub, &format!("{from}.clerk"), id, "forward", body)
        .await
        .ok();
    id_of(&made["items"][0])
}

fn units(found: &Value) -> Vec<&str> {
    let items = found["items"].as_array().unwrap().iter();
    items
        .map(|one| one["unit"]["name"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn the_sender_sees_the_whole_chain_and_each_unit_its_part() {
    let hub = TestHub::open().await;
    let paper = advice().copy("government").sent(&hub).await;
    paper.signed(&hub, "resources").await;
    passed_on(&hub, &paper, "resources", "agriculture").await;
    hub.by("agriculture.reader").get(paper.path("")).await.ok();
    paper.signed(&hub, "agriculture").await;
    passed_on(&hub, &paper, "agriculture", "justice").await;
    let seen = async |login: &str| hub.by(login).get(paper.path("/deliveries")).await.ok();

    let all = seen("court.reader").await;
    assert_eq!(
        units(&all),
        ["市自然资源局", "市农业农村局", "市司法局", "市政府办"]
    );
    let first = &all["items"][1];
    assert_eq!(
        (&first["role"], &first["role_label"]),
        (&json!("forward"), &json!("转发"))
    );
    assert_eq!(first["forwarded_from"]["unit"]["name"], "市自然资源局");
    assert_eq!(first["forwarded_from"]["name"], "市自然资源局收发员");
    assert_eq!(first["forwarded_from"]["note"], "请阅");
    for time in ["sent_at", "arrived_at", "first_read", "signed"] {
        assert_ne!(first[time], Value::Null, "{time}");
    }
    assert_eq!(
        all["items"][2]["forwarded_from"]["unit"]["name"],
        "市农业农村局"
    );
    assert_eq!(
        units(&seen("resources.clerk").await),
        ["市自然资源局", "市农业农村局"]
    );
    assert_eq!(
        units(&seen("agriculture.clerk").await),
        ["市农业农村局", "市司法局"]
    );
    assert_eq!(units(&seen("justice.clerk").await), ["市司法局"]);
    assert_eq!(units(&seen("government.clerk").await), ["市政府办"]);

    let told = statements(&hub, "court.clerk", &paper, "resources").await;
    assert_eq!(rounds(&told), ["arrival/1", "signing/1", "forward/1"]);
    assert_eq!(told[2]["forwarded_to"], json!([hub.unit("agriculture")]));
    let told = statements(&hub, "agriculture.clerk", &paper, "agriculture").await;
    assert_eq!(
        rounds(&told),
        ["arrival/1", "reading/1", "signing/1", "forward/1"]
    );
    assert_eq!(told[0]["giver"]["unit"], hub.unit("resources").to_string());
}

#[tokio::test]
async fn who_is_passed_it_on_owes_nothing_and_finds_it_everywhere() {
    let hub = TestHub::that_reads().await;
    let paper = advice().sent(&hub).await;
    paper.signed(&hub, "resources").await;
    passed_on(&hub, &paper, "resources", "agriculture").await;
    let duties = hub
        .by("agriculture.clerk")
        .get("/api/v1/obligations")
        .await
        .ok();
    assert_eq!(duties["items"], json!([]));
    for path in [
        "/api/v1/documents",
        "/api/v1/deliveries?role=forward&kind=SJ-ZH",
    ] {
        let found = hub.by("agriculture.reader").get(path).await.ok();
        assert_eq!(found["items"].as_array().unwrap().len(), 1, "{path}");
    }
    let query: String = url::form_urlencoded::byte_serialize("登记审查".as_bytes()).collect();
    for _ in 0..100 {
        let path = format!("/api/v1/search?q={query}");
        let found = hub.by("agriculture.reader").get(path).await.ok();
        if found["total"] == 1 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("it is not found by searching");
}

#[tokio::test]
async fn each_forwarding_has_a_statement_of_its_own() {
    let hub = TestHub::open().await;
    let paper = a_document().sent(&hub).await;
    paper.signed(&hub, "resources").await;
    passed_on(&hub, &paper, "resources", "agriculture").await;
    passed_on(&hub, &paper, "resources", "justice").await;
    let told = statements(&hub, "court.clerk", &paper, "resources").await;
    assert_eq!(
        rounds(&told),
        ["arrival/1", "signing/1", "forward/1", "forward/2"]
    );
}

#[tokio::test]
async fn what_cannot_be_passed_on_says_where_and_why() {
    let hub = TestHub::open().await;
    let paper = a_document()
        .copy("government")
        .joint("procuratorate")
        .sent(&hub)
        .await;
    let id = id_of(&own(&hub, &paper, "resources").await);
    let forward = async |units: Vec<Uuid>| {
        act(
            &hub,
            "resources.clerk",
            id,
            "forward",
            json!({ "unit_ids": units }),
        )
        .await
    };
    let unsigned = forward(vec![hub.unit("agriculture")]).await;
    unsigned.problem(409, "wrong-state");
    paper.signed(&hub, "resources").await;
    let path = format!("/api/v1/units/{}", hub.unit("justice"));
    let closed = json!({ "active": false });
    hub.by("admin.system").change(&path, &closed).await.ok();
    let refused = forward(vec![
        hub.unit("agriculture"),
        hub.unit("government"),
        hub.unit("court"),
        hub.unit("procuratorate"),
        hub.unit("resources"),
        hub.unit("justice"),
        hub.unit("agriculture"),
        hub.city.user("agriculture.clerk"),
    ])
    .await;
    refused.problem(422, "invalid");
    let expected = [
        "/unit_ids/1 already_delivered",
        "/unit_ids/2 already_delivered",
        "/unit_ids/3 already_delivered",
        "/unit_ids/4 own_unit",
        "/unit_ids/5 inactive",
        "/unit_ids/6 repeated",
        "/unit_ids/7 unknown",
    ];
    assert_eq!(refused.faults(), expected);
    let none = forward(vec![]).await;
    assert_eq!(none.faults(), ["/unit_ids out_of_range"]);
    let denied = hub.by("agriculture.clerk").get(paper.path("")).await;
    denied.problem(404, "not-found");
}

#[tokio::test]
async fn what_was_passed_on_goes_back_to_who_passed_it_on() {
    let hub = TestHub::open().await;
    let paper = advice().sent(&hub).await;
    paper.signed(&hub, "resources").await;
    passed_on(&hub, &paper, "resources", "agriculture").await;
    let id = returned(&hub, &paper, "agriculture").await;
    // The sender sees it and has not to decide.
    assert_eq!(
        paper.delivery(&hub, "agriculture").await["state"],
        "returned"
    );
    let issuer = act(&hub, "court.clerk", id, "accept-return", json!({})).await;
    issuer.problem(403, "forbidden");
    let again = act(&hub, "resources.clerk", id, "resend", json!({}))
        .await
        .ok();
    assert_eq!(
        (&again["round"], &again["inside"]),
        (&json!(2), &Value::Null)
    );
    returned(&hub, &paper, "agriculture").await;
    act(&hub, "resources.clerk", id, "accept-return", json!({}))
        .await
        .ok();
    // The duty of the main recipient has nothing to do with it.
    assert_eq!(
        paper.obligation(&hub, "resources").await["state"],
        "awaiting_registration"
    );
}

#[tokio::test]
async fn two_who_pass_it_on_to_the_same_unit_deliver_it_once() {
    let hub = TestHub::open().await;
    let paper = a_document().and_to("government").sent(&hub).await;
    let mut ids = Vec::new();
    for unit in ["resources", "government"] {
        paper.signed(&hub, unit).await;
        ids.push((unit, id_of(&own(&hub, &paper, unit).await)));
        hub.token_of(&format!("{unit}.clerk")).await;
    }
    let body = json!({ "unit_ids": [hub.unit("agriculture")] });
    let ask = |(unit, id): &(&'static str, Uuid)| {
        let (login, id, body) = (format!("{unit}.clerk"), *id, body.clone());
        let hub = &hub;
        async move { act(hub, &login, id, "forward", body).await.status }
    };
    let mut statuses = futures_util::future::join_all(ids.iter().map(ask)).await;
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 422]);
}

#[tokio::test]
async fn nobody_drafts_a_forwarding() {
    let hub = TestHub::open().await;
    let files = a_document().uploaded(&hub).await;
    let mut body = a_document().body(&hub, &files);
    body["recipients"][0]["role"] = json!("forward");
    let refused = hub.by("court.clerk").post("/api/v1/documents", &body).await;
    assert_eq!(refused.faults(), ["/recipients/0/role not_a_choice"]);
}
