//! Issuing, sending, answering and signing that are refused, and headers that are wrong.

use serde_json::{Value, json};
use uuid::Uuid;

use super::Clerk;
use crate::support::{TestHub, a_document, advice, answer_to, id_of};

#[tokio::test]
async fn documents_that_are_not_ready_to_be_issued() {
    let hub = TestHub::open().await;
    let empty = advice().fields(json!({})).nobody().drafted(&hub).await;
    hub.by("court.clerk")
        .patch(empty.path(""), 1, &json!({ "files": [] }))
        .await
        .ok();
    let first = a_document().issued(&hub).await;
    let number = first.view["doc_number"].as_str().unwrap();
    let second = a_document().submitted(&hub).await;
    let joint = a_document().joint("procuratorate").submitted(&hub).await;
    let mut clerk = Clerk::of(&hub).await;
    let issue = |id: Uuid, body: Value| {
        hub.by("court.signer")
            .post(format!("/api/v1/documents/{id}/issue"), &body)
    };
    clerk
        .note(
            "nothing filled in",
            hub.by("court.clerk").ask("POST", empty.path("/submit")),
        )
        .await;
    clerk
        .note("not submitted", issue(empty.id, json!({})))
        .await;
    clerk
        .note(
            "a number used already",
            issue(second.id, json!({ "doc_number": number })),
        )
        .await;
    let foreign = json!({ "doc_number": "青崖检建〔2026〕1号" });
    clerk
        .note("a number of others", issue(second.id, foreign))
        .await;
    clerk
        .note(
            "letters of others",
            issue(second.id, json!({ "prefix": "青崖检建" })),
        )
        .await;
    clerk
        .note(
            "no number",
            issue(second.id, json!({ "doc_number": "第一号" })),
        )
        .await;
    let both = json!({ "doc_number": "青崖法建〔2026〕9号", "prefix": "青崖法建" });
    clerk
        .note("number and letters", issue(second.id, both))
        .await;
    clerk
        .note(
            "an unknown field",
            issue(second.id, json!({ "force": true })),
        )
        .await;
    clerk
        .note("no consent yet", issue(joint.id, json!({})))
        .await;
    clerk
        .note("issued already", issue(first.id, json!({})))
        .await;
    let send = hub.by("court.clerk").ask("POST", second.path("/send"));
    clerk.note("sent before it is issued", send).await;
    insta::assert_snapshot!(clerk.notes().await);
}

#[tokio::test]
async fn a_deadline_that_passes_before_sending_is_not_sent() {
    let hub = TestHub::open().await;
    let paper = a_document()
        .set("reply_due_on", "2026-09-01")
        .issued(&hub)
        .await;
    hub.pass(jiff::SignedDuration::from_hours(24));
    let mut clerk = Clerk::of(&hub).await;
    let send = hub.by("court.clerk").ask("POST", paper.path("/send"));
    clerk.note("the next day", send).await;
    insta::assert_snapshot!(clerk.notes().await, @r"
    the next day
        422 invalid: 填写的内容有 1 处需要更正
        /reply_due_on [in_past] 回复期限已过，不能发送
    ");
}

#[tokio::test]
async fn replies_and_signatures_that_are_wrong() {
    let hub = TestHub::open().await;
    let advice = advice().sent(&hub).await;
    let delivery = id_of(&advice.delivery(&hub, "resources").await);
    let early = answer_to(&advice, "resources").issued(&hub).await;
    let file = answer_to(&advice, "resources").uploaded(&hub).await;
    let mut clerk = Clerk::of(&hub).await;
    let send = hub.by("resources.clerk").ask("POST", early.path("/send"));
    clerk.note("a reply before signing", send).await;
    let elsewhere = answer_to(&advice, "resources")
        .to("government")
        .body(&hub, &file);
    let post = |body: &Value| hub.by("resources.clerk").post("/api/v1/documents", body);
    clerk
        .note("a reply to somebody else", post(&elsewhere))
        .await;
    let mut short = answer_to(&advice, "resources").body(&hub, &file);
    short["fields"]["adoptions"] = json!([{ "adoption": "adopted", "detail": "一" }]);
    clerk.note("two suggestions left out", post(&short)).await;
    short["fields"]["adoptions"][0]["adoption"] = json!("perhaps");
    clerk.note("an answer that is none", post(&short)).await;
    let sign = |body: &Value| {
        hub.by("resources.clerk")
            .post(format!("/api/v1/deliveries/{delivery}/sign"), body)
    };
    clerk
        .note(
            "a note too long",
            sign(&json!({ "note": "长".repeat(2001) })),
        )
        .await;
    clerk
        .note("a note with a bell", sign(&json!({ "note": "收\u{7}" })))
        .await;
    clerk
        .note(
            "a time of one's own",
            sign(&json!({ "signed_at": "2026-01-01" })),
        )
        .await;
    insta::assert_snapshot!(clerk.notes().await);
}

#[tokio::test]
async fn headers_that_are_wrong() {
    let hub = TestHub::open().await;
    let paper = a_document().drafted(&hub).await;
    let mut clerk = Clerk::of(&hub).await;
    let change = || {
        hub.by("court.clerk")
            .ask("PATCH", paper.path(""))
            .json(&json!({ "title": "改" }))
    };
    clerk.note("no revision", change()).await;
    clerk
        .note("a revision that has passed", change().if_match(0))
        .await;
    clerk
        .note(
            "a revision that is none",
            change().header("if-match", "now"),
        )
        .await;
    clerk
        .note("any revision", change().header("if-match", "*"))
        .await;
    clerk
        .note("a key that is empty", change().if_match(1).key(""))
        .await;
    clerk
        .note("a key with a space", change().if_match(1).key("a b"))
        .await;
    clerk
        .note("a key too long", change().if_match(1).key(&"k".repeat(256)))
        .await;
    let long = format!("/api/v1/documents?cursor={}", "x".repeat(5000));
    clerk
        .note("an address too long", hub.by("court.clerk").get(long))
        .await;
    insta::assert_snapshot!(clerk.notes().await);
}
