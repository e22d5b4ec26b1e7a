//! Who may not do what, and what the office does not read.

use serde_json::{Value, json};

use super::{Duty, adopted, moment};
use crate::support::{TestHub, a_document, advice};

#[tokio::test]
async fn the_office_cannot_judge_and_the_recipient_cannot_close() {
    let hub = TestHub::open().await;
    let duty = Duty::signed(&hub).await;
    duty.answered().await;
    for login in [
        "justice.office",
        "resources.clerk",
        "resources.signer",
        "court.reader",
    ] {
        duty.act(login, "/evaluation", adopted())
            .await
            .problem(403, "forbidden");
    }
    duty.act("court.clerk", "/evaluation", adopted()).await.ok();
    for login in [
        "justice.office",
        "resources.clerk",
        "resources.signer",
        "court.clerk",
    ] {
        duty.act(login, "/close", json!({}))
            .await
            .problem(403, "forbidden");
    }
    let reason = json!({ "reason": "已整改" });
    for login in ["court.signer", "resources.clerk"] {
        duty.act(login, "/close-suggestion", reason.clone())
            .await
            .problem(403, "forbidden");
    }
    for login in ["agriculture.clerk", "justice.clerk", "procuratorate.signer"] {
        duty.act(login, "/close", json!({}))
            .await
            .problem(404, "not-found");
    }
    duty.act("admin.security", "/close", json!({}))
        .await
        .problem(403, "forbidden");
    assert_eq!(duty.state().await, "evaluated");
}

#[tokio::test]
async fn a_government_issuer_cannot_report_to_the_party_committee() {
    let hub = TestHub::open().await;
    let paper = a_document().from("government").sent(&hub).await;
    let duty = Duty::of(&hub, paper, true).await;
    let body =
        json!({ "level": "report", "text": "逾期", "addressee": "市委", "decided_by": "主任" });
    duty.act("government.signer", "/escalations", body)
        .await
        .problem(403, "forbidden");
    let court = Duty::signed(&hub).await;
    let body =
        json!({ "level": "superior", "text": "逾期", "addressee": "省厅", "decided_by": "办公室" });
    court
        .act("justice.office", "/escalations", body)
        .await
        .problem(403, "forbidden");
    let body = json!({ "level": "supervision", "text": "逾期" });
    court
        .act("court.signer", "/escalations", body)
        .await
        .problem(403, "forbidden");
}

#[tokio::test]
async fn a_copy_recipient_owes_nothing_and_may_do_nothing() {
    let hub = TestHub::open().await;
    let paper = advice().copy("government").sent(&hub).await;
    let duty = Duty::of(&hub, paper, true).await;
    let owed = hub
        .by("government.clerk")
        .get("/api/v1/obligations")
        .await
        .ok();
    assert_eq!(owed["items"], json!([]));
    duty.act("government.clerk", "/register", json!({}))
        .await
        .problem(404, "not-found");
}

#[tokio::test]
async fn the_office_reads_facts_and_the_parties_read_words() {
    let hub = TestHub::open().await;
    let duty = Duty::signed(&hub).await;
    let secret = "不得外传的理由";
    let ask = json!({ "due_on": "2026-12-01", "reason": secret });
    duty.act("resources.clerk", "/extensions", ask).await.ok();
    let object = json!({ "grounds": secret });
    duty.act("resources.clerk", "/objections", object)
        .await
        .ok();
    duty.act("court.clerk", "/reminders", json!({ "text": secret }))
        .await
        .ok();
    let seen = hub.by("justice.office").get(duty.path("")).await;
    assert!(!seen.text().contains("不得外传"));
    let seen = seen.ok();
    let request = moment(&seen, "extension_request");
    assert_eq!(
        request["details"],
        json!({ "act": "extension_request", "due_on": "2026-12-01" })
    );
    assert_eq!(
        (&request["by"], &seen["title"]),
        (&Value::Null, &Value::Null)
    );
    let events = seen["timeline"].to_string();
    assert!(!events.contains("\"reading\""));
    for login in ["court.reader", "resources.reader"] {
        let seen = hub.by(login).get(duty.path("")).await;
        assert_eq!(seen.text().matches("不得外传").count(), 3, "{login}");
    }
}

#[tokio::test]
async fn what_is_filled_in_wrongly_is_named() {
    let hub = TestHub::open().await;
    let duty = Duty::signed(&hub).await;
    let stranger = hub.city.user("court.clerk");
    let own = hub.unit("resources");
    let long = "长".repeat(2_001);
    let cases = [
        (
            "/register",
            json!({ "handler_id": stranger }),
            "/handler_id unknown",
        ),
        (
            "/register",
            json!({ "handler_id": uuid::Uuid::now_v7() }),
            "/handler_id unknown",
        ),
        (
            "/register",
            json!({ "supporting_unit_ids": [own] }),
            "/supporting_unit_ids/0 repeated",
        ),
        (
            "/register",
            json!({ "supporting_unit_ids": [uuid::Uuid::now_v7()] }),
            "/supporting_unit_ids/0 unknown",
        ),
        ("/register", json!({ "lead": long }), "/lead malformed"),
        ("/register", json!({ "leader": "x" }), "/leader unknown"),
        ("/extensions", json!({ "reason": "x" }), "/due_on required"),
        (
            "/extensions",
            json!({ "due_on": "2026-10-01", "reason": "x" }),
            "/due_on out_of_range",
        ),
        (
            "/extensions",
            json!({ "due_on": "2026-12-01", "reason": " " }),
            "/reason required",
        ),
        ("/objections", json!({}), "/grounds required"),
    ];
    for (path, body, fault) in cases {
        let refused = duty.act("resources.clerk", path, body.clone()).await;
        assert_eq!(refused.faults(), [fault], "{path} {body}");
        assert_eq!(refused.status, 422);
    }
    let marked = json!({ "grounds": "机密★10年" });
    let marked = duty.act("resources.clerk", "/objections", marked).await;
    marked.problem(422, "secrecy-refused");
    let seen = duty.seen_by("court.clerk").await;
    assert_eq!(seen["state"], "awaiting_registration");
}
