use serde_json::{Value, json};
use uuid::Uuid;

use super::{act, own};
use crate::support::{Paper, TestHub, a_document, advice, answer_to, id_of};

/// Makes somebody of a unit a handler there.
async fn is_handler(hub: &TestHub, login: &str, unit: &str) -> Uuid {
    let user = hub.city.user(login);
    let place = json!([{ "unit_id": hub.unit(unit), "roles": ["handler"] }]);
    let path = format!("/api/v1/users/{user}");
    hub.by("admin.system")
        .change(&path, &json!({ "memberships": place }))
        .await
        .ok();
    user
}

async fn signed(hub: &TestHub) -> (Paper, Uuid) {
    let paper = advice().copy("government").sent(hub).await;
    paper.signed(hub, "resources").await;
    let id = id_of(&own(hub, &paper, "resources").await);
    (paper, id)
}

#[tokio::test]
async fn a_unit_gives_it_to_its_people_and_tells_nobody() {
    let hub = TestHub::open().await;
    let (paper, id) = signed(&hub).await;
    let handler = is_handler(&hub, "resources.signer", "resources").await;
    let clerk = hub.city.user("resources.clerk");
    let (position, seen) = (
        hub.position().await,
        paper.delivery(&hub, "resources").await,
    );
    let body = json!({ "note": "请于周五前办结", "handlers": [
        { "user_id": clerk, "role": "support" }, { "user_id": handler, "role": "lead" },
    ]});
    let given = act(&hub, "resources.clerk", id, "assign", body).await.ok();
    assert_eq!(given["inside"]["box"], "in_hand");
    let handlers = &given["inside"]["assignments"];
    assert_eq!(
        (&handlers[0]["role"], &handlers[0]["name"]),
        (&json!("lead"), &json!("市自然资源局签发人"))
    );
    assert_eq!(handlers[1]["role_label"], "协办");
    assert_eq!(handlers[0]["note"], "请于周五前办结");
    // Nothing of it goes into the change log, and the sender is shown what it was shown before.
    assert_eq!(hub.position().await, position);
    assert_eq!(paper.delivery(&hub, "resources").await, seen);
    assert_eq!(seen["inside"], Value::Null);
    let audit = hub.by("admin.audit").get("/api/v1/audit").await.ok();
    let mut lines = audit["items"].as_array().unwrap().iter();
    assert!(lines.any(|line| line["action"] == "delivery.assign"));

    let mine = hub
        .by("resources.signer")
        .get("/api/v1/deliveries?assigned=me")
        .await
        .ok();
    assert_eq!(id_of(&mine["items"][0]), id);
    let alone = json!({ "handlers": [{ "user_id": clerk, "role": "lead" }] });
    let given = act(&hub, "resources.clerk", id, "assign", alone).await.ok();
    assert_eq!(given["inside"]["assignments"].as_array().unwrap().len(), 1);
    let mine = hub
        .by("resources.signer")
        .get("/api/v1/deliveries?assigned=me")
        .await
        .ok();
    assert_eq!(mine["items"], json!([]));
}

#[tokio::test]
async fn one_leads_and_all_are_people_of_the_unit_who_handle() {
    let hub = TestHub::open().await;
    let (_, id) = signed(&hub).await;
    let clerk = hub.city.user("resources.clerk");
    let one = |user: Uuid, role: &str| json!({ "user_id": user, "role": role });
    let reader = hub.city.user("resources.reader");
    let foreign = hub.city.user("agriculture.clerk");
    for (handlers, fault) in [
        (json!([]), "/handlers out_of_range"),
        (json!([one(clerk, "support")]), "/handlers one_lead"),
        (
            json!([one(clerk, "lead"), one(clerk, "lead")]),
            "/handlers one_lead",
        ),
        (
            json!([one(clerk, "lead"), one(clerk, "support")]),
            "/handlers/1/user_id repeated",
        ),
        (
            json!([one(reader, "lead")]),
            "/handlers/0/user_id not_a_handler",
        ),
        (
            json!([one(foreign, "lead")]),
            "/handlers/0/user_id not_a_handler",
        ),
        (
            json!([one(Uuid::now_v7(), "lead")]),
            "/handlers/0/user_id not_a_handler",
        ),
        (json!([one(clerk, "boss")]), "/handlers/0/role not_a_choice"),
    ] {
        let body = json!({ "handlers": handlers });
        let refused = act(&hub, "resources.clerk", id, "assign", body).await;
        refused.problem(422, "invalid");
        assert_eq!(refused.faults(), [fault]);
    }
    let path = format!("/api/v1/users/{clerk}");
    hub.by("resources.clerk")
        .get("/api/v1/deliveries/handlers")
        .await
        .ok();
    let handler = is_handler(&hub, "resources.signer", "resources").await;
    hub.by("admin.system")
        .change(&path, &json!({ "active": false }))
        .await
        .ok();
    let left = hub
        .by("resources.signer")
        .get("/api/v1/deliveries/handlers")
        .await
        .ok();
    assert_eq!(left["items"].as_array().unwrap().len(), 1);
    assert_eq!(left["items"][0]["user_id"], handler.to_string());
}

#[tokio::test]
async fn the_clerk_or_who_leads_closes_and_opens_it() {
    let hub = TestHub::open().await;
    let (paper, id) = signed(&hub).await;
    let lead = is_handler(&hub, "resources.signer", "resources").await;
    is_handler(&hub, "resources.reader", "resources").await;
    let body = json!({ "handlers": [{ "user_id": lead, "role": "lead" }] });
    let by_handler = act(&hub, "resources.signer", id, "assign", body.clone()).await;
    by_handler.problem(403, "forbidden");
    act(&hub, "resources.clerk", id, "assign", body.clone())
        .await
        .ok();
    let not_mine = act(&hub, "resources.reader", id, "done", json!({})).await;
    not_mine.problem(403, "forbidden");
    let done = json!({ "note": "已办" });
    let closed = act(&hub, "resources.signer", id, "done", done.clone())
        .await
        .ok();
    assert_eq!(
        (&closed["inside"]["box"], &closed["inside"]["done_note"]),
        (&json!("done"), &json!("已办"))
    );
    assert_eq!(paper.delivery(&hub, "resources").await["state"], "signed");
    for (what, body) in [("done", done), ("assign", body)] {
        let refused = act(&hub, "resources.clerk", id, what, body).await;
        refused.problem(409, "wrong-state");
    }
    let open = act(&hub, "resources.signer", id, "reopen", json!({}))
        .await
        .ok();
    assert_eq!(open["inside"]["box"], "in_hand");
    let refused = act(&hub, "resources.clerk", id, "reopen", json!({})).await;
    refused.problem(409, "wrong-state");
}

#[tokio::test]
async fn the_final_reply_closes_it_by_itself() {
    let hub = TestHub::open().await;
    let (paper, id) = signed(&hub).await;
    answer_to(&paper, "resources").sent(&hub).await;
    let closed = own(&hub, &paper, "resources").await;
    assert_eq!(
        (id_of(&closed), &closed["inside"]["box"]),
        (id, &json!("done"))
    );
    assert_eq!(closed["inside"]["done"]["name"], "市自然资源局收发员");
    act(&hub, "resources.clerk", id, "reopen", json!({}))
        .await
        .ok();
    assert_eq!(
        paper.obligation(&hub, "resources").await["state"],
        "replied"
    );
}

#[tokio::test]
async fn what_is_not_signed_for_is_given_to_nobody() {
    let hub = TestHub::open().await;
    let paper = a_document().sent(&hub).await;
    let id = id_of(&own(&hub, &paper, "resources").await);
    let clerk = hub.city.user("resources.clerk");
    let body = json!({ "handlers": [{ "user_id": clerk, "role": "lead" }] });
    for (what, body) in [("assign", body), ("done", json!({})), ("reopen", json!({}))] {
        let refused = act(&hub, "resources.clerk", id, what, body).await;
        refused.problem(409, "wrong-state");
    }
}
