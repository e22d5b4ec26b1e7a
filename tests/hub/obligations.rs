//! The duty to reply, as its parties and the conference office see it.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::{TestHub, a_document, advice, answer_to, id_of};

/// Whether one duty in full shows what the list shows.
#[track_caller]
fn is_in(line: &Value, full: &Value) {
    for (name, value) in line.as_object().unwrap() {
        assert_eq!(&full[name], value, "{name}");
    }
}

const DAY: SignedDuration = SignedDuration::from_hours(24);

#[tokio::test]
async fn the_clock_starts_with_the_signature_and_the_due_date_explains_itself() {
    let hub = TestHub::open().await;
    let paper = advice().sent(&hub).await;
    let waiting = paper.obligation(&hub, "resources").await;
    assert_eq!(
        (&waiting["state"], &waiting["due"]),
        (&json!("awaiting_signature"), &Value::Null)
    );
    hub.pass(DAY * 2);
    paper.signed(&hub, "resources").await;
    let duty = paper.obligation(&hub, "resources").await;
    assert_eq!(duty["state"], "awaiting_registration");
    // Two months after 3 September; the second month ends on a Tuesday.
    assert_eq!(duty["due"]["anchor_on"], "2026-09-03");
    assert_eq!(duty["due"]["due_on"], "2026-11-03");
    assert_eq!(duty["due"]["rule"], "SJ-ZH");
    assert!(
        duty["due"]["basis"]
            .as_str()
            .unwrap()
            .contains("法释〔2023〕11号")
    );
    assert!(!duty["due"]["steps"].as_array().unwrap().is_empty());
    let preview = json!({ "rule": "SJ-ZH", "signed_on": "2026-09-03" });
    let preview = hub
        .by("court.clerk")
        .post("/api/v1/deadlines/preview", &preview)
        .await
        .ok();
    assert_eq!(preview["due"], duty["due"]);
    let theirs = hub
        .by("court.reader")
        .get(format!("/api/v1/obligations/{}", id_of(&duty)))
        .await;
    is_in(&duty, &theirs.ok());
}

#[tokio::test]
async fn a_date_in_the_document_wins() {
    let hub = TestHub::open().await;
    let paper = advice().set("reply_due_on", "2026-09-18").sent(&hub).await;
    paper.signed(&hub, "resources").await;
    let duty = paper.obligation(&hub, "resources").await;
    assert_eq!(duty["typed_due_on"], "2026-09-18");
    assert_eq!(duty["due"]["due_on"], "2026-09-18");
}

#[tokio::test]
async fn only_main_recipients_owe_and_only_where_a_reply_is_asked_for() {
    let hub = TestHub::open().await;
    advice().copy("government").sent(&hub).await;
    a_document()
        .to("agriculture")
        .unset("reply_due_on")
        .sent(&hub)
        .await;
    for login in ["government.clerk", "agriculture.clerk", "justice.clerk"] {
        let found = hub.by(login).get("/api/v1/obligations").await.ok();
        assert_eq!(found["items"], json!([]), "{login}");
    }
}

#[tokio::test]
async fn the_final_reply_fulfils_the_duty_and_an_interim_one_does_not() {
    let hub = TestHub::open().await;
    let paper = advice().sent(&hub).await;
    paper.signed(&hub, "resources").await;
    let mut fields = answer_to(&paper, "resources").body(&hub, &[])["fields"].clone();
    fields["interim"] = json!(true);
    answer_to(&paper, "resources")
        .fields(fields)
        .sent(&hub)
        .await;
    assert_eq!(
        paper.obligation(&hub, "resources").await["state"],
        "awaiting_registration"
    );
    hub.pass(DAY);
    let reply = answer_to(&paper, "resources").sent(&hub).await;
    let duty = paper.obligation(&hub, "resources").await;
    assert_eq!(
        (&duty["state"], &duty["reply_id"]),
        (&json!("replied"), &json!(reply.id))
    );
    assert_eq!(duty["replied_at"], "2026-09-02T02:00:00.000Z");
    assert_eq!(
        (&duty["overdue"], &duty["days_overdue"]),
        (&json!(false), &Value::Null)
    );
    hub.pass(DAY);
    answer_to(&paper, "resources")
        .titled("再复")
        .sent(&hub)
        .await;
    assert_eq!(
        paper.obligation(&hub, "resources").await,
        duty,
        "the first final reply stands"
    );
    let related = hub.by("court.clerk").get(paper.path("/related")).await.ok();
    assert_eq!(related["answered_by"].as_array().unwrap().len(), 3);
    let back = hub.by("court.clerk").get(reply.path("/related")).await.ok();
    assert_eq!(back["answers"]["id"], json!(paper.id));
    assert_eq!(
        reply.view["recipients"][0]["unit"]["name"], "市法院",
        "it goes back by itself"
    );
}

#[tokio::test]
async fn a_late_reply_counts_and_stays_late() {
    let hub = TestHub::open().await;
    let paper = advice().set("reply_due_on", "2026-09-10").sent(&hub).await;
    paper.signed(&hub, "resources").await;
    hub.pass(DAY * 9);
    assert_eq!(
        paper.obligation(&hub, "resources").await["overdue"],
        false,
        "the day itself"
    );
    hub.pass(DAY * 3);
    let late = paper.obligation(&hub, "resources").await;
    assert_eq!(
        (&late["overdue"], &late["days_overdue"]),
        (&json!(true), &json!(3))
    );
    assert_eq!(late["state"], "awaiting_registration");
    answer_to(&paper, "resources").sent(&hub).await;
    hub.pass(DAY * 30);
    let duty = paper.obligation(&hub, "resources").await;
    assert_eq!(
        (&duty["state"], &duty["days_overdue"]),
        (&json!("replied"), &json!(3))
    );
}

#[tokio::test]
async fn the_conference_office_sees_facts_and_no_titles() {
    let hub = TestHub::open().await;
    let paper = advice().titled("不得外传的标题").sent(&hub).await;
    paper.signed(&hub, "resources").await;
    let all = hub
        .by("justice.office")
        .get("/api/v1/obligations?side=all")
        .await;
    assert!(!all.text().contains("不得外传"));
    let fact = &all.ok()["items"][0];
    assert_eq!(fact["title"], Value::Null);
    assert_eq!(fact["doc_number"], "青崖法建〔2026〕1号");
    assert_eq!(fact["debtor"]["name"], "市自然资源局");
    assert_eq!(fact["creditor"]["name"], "市法院");
    assert_eq!(fact["due"]["due_on"], "2026-11-02");
    let one = hub
        .by("justice.office")
        .get(format!("/api/v1/obligations/{}", id_of(fact)))
        .await;
    is_in(fact, &one.ok());
    for login in [
        "court.clerk",
        "justice.clerk",
        "admin.system",
        "admin.audit",
    ] {
        let all = hub.by(login).get("/api/v1/obligations?side=all").await;
        all.problem(403, "forbidden");
    }
    let own = advice()
        .to("justice")
        .titled("给司法局的标题")
        .sent(&hub)
        .await;
    let all = hub
        .by("justice.office")
        .get("/api/v1/obligations?side=all")
        .await
        .ok();
    let titles: Vec<_> = all["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["title"])
        .collect();
    assert_eq!(titles, [&json!("给司法局的标题"), &Value::Null]);
    drop(own);
}

#[tokio::test]
async fn a_reply_cannot_answer_what_was_sent_to_others() {
    let hub = TestHub::open().await;
    let paper = advice().sent(&hub).await;
    paper.signed(&hub, "resources").await;
    let files = a_document().from("agriculture").uploaded(&hub).await;
    let body = answer_to(&paper, "agriculture").body(&hub, &files);
    let refused = hub
        .by("agriculture.clerk")
        .post("/api/v1/documents", &body)
        .await;
    assert_eq!(refused.faults(), ["/in_reply_to unknown"]);
    let mut absent = body.clone();
    absent["in_reply_to"] = json!(uuid::Uuid::now_v7());
    let absent = hub
        .by("agriculture.clerk")
        .post("/api/v1/documents", &absent)
        .await;
    assert_eq!(
        absent.face(),
        refused.face(),
        "what exists elsewhere looks like what does not"
    );
}
