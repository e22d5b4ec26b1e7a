//! Drafts that are refused.

use serde_json::{Value, json};
use uuid::Uuid;

use super::Clerk;
use crate::support::{TestHub, a_document, advice, id_of};

#[tokio::test]
async fn bodies_that_are_no_drafts() {
    let hub = TestHub::open().await;
    let mut clerk = Clerk::of(&hub).await;
    let post = |kind: &str, text: &str| {
        hub.by("court.clerk")
            .ask("POST", "/api/v1/documents")
            .body(kind, text)
    };
    let json = "application/json";
    clerk
        .note(
            "no body",
            hub.by("court.clerk").ask("POST", "/api/v1/documents"),
        )
        .await;
    clerk
        .note("half an object", post(json, "{\"title\": "))
        .await;
    clerk
        .note(
            "two objects",
            post(json, "{\"kind\":\"GW-HAN\",\"title\":\"函\"} {}"),
        )
        .await;
    clerk.note("an array", post(json, "[]")).await;
    clerk.note("a word", post(json, "\"函\"")).await;
    clerk
        .note(
            "not UTF-8",
            hub.by("court.clerk")
                .ask("POST", "/api/v1/documents")
                .body(json, [b'{', 0xff]),
        )
        .await;
    clerk
        .note(
            "a text",
            post("text/plain", "{\"kind\":\"GW-HAN\",\"title\":\"函\"}"),
        )
        .await;
    clerk
        .note(
            "a form",
            post("application/x-www-form-urlencoded", "kind=GW-HAN"),
        )
        .await;
    let deep = format!(
        "{{\"fields\":{{\"a\":{}1{}}}}}",
        "[".repeat(500),
        "]".repeat(500)
    );
    clerk.note("500 levels deep", post(json, &deep)).await;
    let deep = format!("{}{}", "{\"fields\":".repeat(20_000), "1");
    clerk.note("20000 levels deep", post(json, &deep)).await;
    let large = format!("{{\"title\":\"{}\"}}", "长".repeat(400_000));
    clerk.note("more than a megabyte", post(json, &large)).await;
    insta::assert_snapshot!(clerk.notes().await);
}

/// A case: what it is, the field that is wrong, and what stands in it.
type Case = (&'static str, &'static str, Value);

/// Asks for a draft that is good but for one field, once for each case.
async fn note_all(clerk: &mut Clerk<'_>, hub: &TestHub, file: Uuid, cases: Vec<Case>) {
    for (what, field, value) in cases {
        let mut body = a_document().body(hub, &[file]);
        body[field] = value;
        let ask = hub.by("court.clerk").post("/api/v1/documents", &body);
        clerk.note(what, ask).await;
    }
}

async fn a_file(hub: &TestHub, login: &str) -> Uuid {
    id_of(&hub.by(login).upload("文.txt", login).await.with(201))
}

#[tokio::test]
async fn drafts_whose_words_are_wrong() {
    let hub = TestHub::open().await;
    let file = a_file(&hub, "court.clerk").await;
    let mut clerk = Clerk::of(&hub).await;
    let cases = vec![
        ("an unknown field", "colour", json!("red")),
        ("a field of the hub's own", "state", json!("sent")),
        (
            "a number to be given later",
            "doc_number",
            json!("青崖法建〔2026〕1号"),
        ),
        ("no title", "title", json!("  ")),
        ("a title too long", "title", json!("长".repeat(201))),
        (
            "a title with a control character",
            "title",
            json!("函\u{7}"),
        ),
        ("a title as number", "title", json!(7)),
        ("a mark in the title", "title", json!("机密★1年")),
        (
            "a mark in a field",
            "fields",
            json!({ "contact_name": "秘密★3年" }),
        ),
        (
            "a mark in a list",
            "fields",
            json!({ "problems": ["绝密★长期"] }),
        ),
        ("an unknown kind", "kind", json!("XX")),
        ("a kind of others", "kind", json!("JC-SH")),
        ("a kind that is switched off", "kind", json!("JJ")),
        ("an unknown urgency", "urgency", json!("very")),
        ("no date", "dated_on", json!("2026-13-01")),
        ("a day to come", "dated_on", json!("2026-09-02")),
        (
            "a deadline that has passed",
            "reply_due_on",
            json!("2026-08-31"),
        ),
        (
            "an unknown field of the kind",
            "fields",
            json!({ "colour": "red" }),
        ),
        (
            "a field of another type",
            "fields",
            json!({ "contact_name": ["甲"] }),
        ),
        (
            "a bad phone number",
            "fields",
            json!({ "contact_phone": "明天" }),
        ),
        (
            "a field too long",
            "fields",
            json!({ "contact_name": "长".repeat(31) }),
        ),
        ("fields as list", "fields", json!(["contact_name"])),
    ];
    note_all(&mut clerk, &hub, file, cases).await;
    insta::assert_snapshot!(clerk.notes().await);
}

fn file_as_main(id: Uuid) -> Value {
    json!([{ "file_id": id, "role": "main" }])
}

fn to(unit: Uuid) -> Value {
    json!([{ "unit_id": unit, "role": "main" }])
}

#[tokio::test]
async fn drafts_whose_files_are_wrong() {
    let hub = TestHub::open().await;
    let own = a_file(&hub, "court.clerk").await;
    let foreign = a_file(&hub, "agriculture.clerk").await;
    let mut clerk = Clerk::of(&hub).await;
    let one = file_as_main(own)[0].clone();
    let cases = vec![
        ("a file of others", "files", file_as_main(foreign)),
        ("a file that is none", "files", file_as_main(Uuid::now_v7())),
        ("a file twice", "files", json!([one, one])),
        (
            "a file without a part to play",
            "files",
            json!([{ "file_id": own }]),
        ),
        (
            "a file with another part",
            "files",
            json!([{ "file_id": own, "role": "seal" }]),
        ),
        (
            "an id that is none",
            "files",
            json!([{ "file_id": "../x", "role": "main" }]),
        ),
        ("51 files", "files", Value::Array(vec![one.clone(); 51])),
    ];
    note_all(&mut clerk, &hub, own, cases).await;
    insta::assert_snapshot!(clerk.notes().await);
}

#[tokio::test]
async fn drafts_whose_parties_are_wrong() {
    let hub = TestHub::open().await;
    let file = a_file(&hub, "court.clerk").await;
    let closed = hub.unit("agriculture");
    let path = format!("/api/v1/units/{closed}");
    let close = hub
        .by("admin.system")
        .patch(path, 1, &json!({ "active": false }));
    close.await.ok();
    let sent = a_document().from("procuratorate").sent(&hub).await;
    let mut clerk = Clerk::of(&hub).await;
    let twice = json!([
        { "unit_id": hub.unit("resources"), "role": "main" },
        { "unit_id": hub.unit("resources"), "role": "copy" },
    ]);
    let cases = vec![
        ("an unknown recipient", "recipients", to(Uuid::now_v7())),
        ("its own unit", "recipients", to(hub.unit("court"))),
        ("a unit that is closed", "recipients", to(closed)),
        ("a recipient twice", "recipients", twice),
        (
            "501 recipients",
            "recipients",
            Value::Array(vec![to(Uuid::now_v7())[0].clone(); 501]),
        ),
        (
            "its own unit as joint issuer",
            "joint_issuers",
            json!([hub.unit("court")]),
        ),
        (
            "an unknown joint issuer",
            "joint_issuers",
            json!([Uuid::now_v7()]),
        ),
        (
            "a recipient as joint issuer",
            "joint_issuers",
            json!([hub.unit("resources")]),
        ),
        ("an answer to nothing", "in_reply_to", json!(Uuid::now_v7())),
        (
            "an answer to a document of others",
            "in_reply_to",
            json!(sent.id),
        ),
        ("a reply that answers nothing", "kind", json!("HF-GW")),
    ];
    note_all(&mut clerk, &hub, file, cases).await;
    let advice = advice().to("procuratorate").body(&hub, &[file]);
    let ask = hub.by("court.clerk").post("/api/v1/documents", &advice);
    clerk.note("advice to who takes none", ask).await;
    insta::assert_snapshot!(clerk.notes().await);
}
