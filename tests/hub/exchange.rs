//! The main job: a document is drafted, issued, sent, read and signed for; and what each of these
//! acts is not.

use serde_json::{Value, json};

use crate::support::{Paper, TestHub, a_document, advice, id_of};

#[tokio::test]
async fn a_document_goes_from_its_drafter_to_the_one_who_signs_for_it() {
    let hub = TestHub::open().await;
    let paper = a_document().copy("government").sent(&hub).await;
    assert_eq!(paper.view["state"], "sent");
    assert_eq!(paper.view["doc_number"], "青崖法建〔2026〕1号");
    assert_eq!(paper.view["dated_on"], "2026-09-01");
    assert_eq!(paper.view["sent"]["at"], "2026-09-01T02:00:00.000Z");
    assert_eq!(paper.view["sent"]["name"], "市法院收发员");
    assert_eq!(paper.view["issued"]["name"], "市法院签发人");
    let inbox = hub
        .by("resources.clerk")
        .get("/api/v1/deliveries?state=arrived")
        .await
        .ok();
    assert_eq!(
        inbox["items"][0]["document"]["title"],
        "关于协助查明土地权属的函"
    );
    let signed = paper.signed(&hub, "resources").await;
    assert_eq!(signed["delivery"]["state"], "signed");
    assert_eq!(signed["delivery"]["signed"]["name"], "市自然资源局收发员");
    assert_eq!(signed["receipt"]["event"], "signing");
}

#[tokio::test]
async fn whoever_drafts_does_not_issue() {
    let hub = TestHub::open().await;
    let path = format!("/api/v1/users/{}", hub.city.user("court.signer"));
    let place = json!([{ "unit_id": hub.unit("court"), "roles": ["clerk", "signer"] }]);
    hub.by("admin.system")
        .change(&path, &json!({ "memberships": place }))
        .await
        .ok();
    let body = a_document().body(&hub, &a_document().uploaded(&hub).await);
    let draft = hub
        .by("court.signer")
        .post("/api/v1/documents", &body)
        .await
        .with(201);
    let document = format!("/api/v1/documents/{}", id_of(&draft));
    hub.by("court.signer")
        .ask("POST", format!("{document}/submit"))
        .await
        .ok();
    let approve = json!({ "decision": "approved" });
    hub.by("court.signer")
        .ask("POST", format!("{document}/review"))
        .if_match(2)
        .json(&approve)
        .await
        .problem(403, "forbidden");
    hub.by("court.signer")
        .ask("POST", format!("{document}/issue"))
        .await
        .problem(403, "forbidden");
    let theirs = a_document().submitted(&hub).await;
    hub.by("court.signer")
        .ask("POST", theirs.path("/issue"))
        .await
        .ok();
}

#[tokio::test]
async fn a_unit_of_one_may_issue_what_it_drafts_where_the_operator_says_so() {
    let hub = TestHub::with(|setting| {
        let court = "11229901QY0002025C".parse().unwrap();
        setting.config.documents.self_issue_units = vec![court];
    })
    .await;
    let path = format!("/api/v1/users/{}", hub.city.user("court.clerk"));
    let place = json!([{ "unit_id": hub.unit("court"), "roles": ["clerk", "signer"] }]);
    hub.by("admin.system")
        .change(&path, &json!({ "memberships": place }))
        .await
        .ok();
    let paper = a_document().submitted(&hub).await;
    hub.by("court.clerk")
        .ask("POST", paper.path("/issue"))
        .await
        .ok();
}

#[tokio::test]
async fn what_is_issued_together_waits_for_everyone_and_loses_their_consent_when_edited() {
    let hub = TestHub::open().await;
    let mut paper = a_document()
        .joint("procuratorate")
        .joint("government")
        .submitted(&hub)
        .await;
    let path = paper.path("");
    let issue = || hub.by("court.signer").ask("POST", format!("{path}/issue"));
    let consent = |unit: &'static str, revision| {
        let login = if unit == "government" {
            "government.signer"
        } else {
            "procuratorate.signer"
        };
        hub.by(login)
            .ask("POST", format!("{path}/consent"))
            .if_match(revision)
    };
    consent("procuratorate", 2).await.ok();
    issue().await.problem(409, "wrong-state");
    consent("government", 2).await.ok();
    let edit = json!({ "title": "换了说法的函" });
    let rewrite = |revision| hub.by("court.clerk").patch(&path, revision, &edit);
    rewrite(2).await.problem(409, "wrong-state");
    hub.by("court.clerk")
        .ask("POST", format!("{path}/withdraw"))
        .await
        .ok();
    let edited = rewrite(3).await.ok();
    assert_eq!(edited["joint_issuers"][0]["consent"], Value::Null);
    consent("procuratorate", 4)
        .await
        .problem(409, "wrong-state");
    paper.submit(&hub).await;
    issue().await.problem(409, "wrong-state");
    consent("procuratorate", 2).await.problem(412, "stale");
    consent("procuratorate", 5).await.ok();
    let agreed = consent("government", 5).await.ok();
    assert_eq!(
        agreed["joint_issuers"][1]["consent"]["act"]["name"],
        "市政府办签发人"
    );
    issue().await.ok();
    hub.by("court.clerk")
        .ask("POST", paper.path("/send"))
        .await
        .ok();
}

#[tokio::test]
async fn a_unit_that_is_no_longer_asked_to_issue_no_longer_sees_the_draft() {
    let hub = TestHub::open().await;
    let paper = a_document().joint("procuratorate").drafted(&hub).await;
    hub.by("procuratorate.reader")
        .get(paper.path(""))
        .await
        .ok();
    let alone = json!({ "joint_issuers": [] });
    hub.by("court.clerk")
        .patch(paper.path(""), 1, &alone)
        .await
        .ok();
    hub.by("procuratorate.reader")
        .get(paper.path(""))
        .await
        .problem(404, "not-found");
    let list = hub
        .by("procuratorate.reader")
        .get("/api/v1/documents")
        .await
        .ok();
    assert_eq!(list["items"], json!([]));
}

fn sequence(view: &Value) -> u32 {
    let number = view["doc_number"].as_str().unwrap();
    number
        .split_once('〕')
        .unwrap()
        .1
        .trim_end_matches('号')
        .parse()
        .unwrap()
}

#[tokio::test]
async fn numbers_are_gap_free_also_when_many_issue_at_once_and_some_fail() {
    let hub = TestHub::open().await;
    let mut papers = Vec::new();
    for place in 0..12 {
        // Every third waits for somebody's consent, and takes no number.
        let plan = a_document();
        let plan = if place % 3 == 2 {
            plan.joint("procuratorate")
        } else {
            plan
        };
        papers.push(plan.submitted(&hub).await);
    }
    let issue = async |paper: &Paper| {
        hub.by("court.signer")
            .ask("POST", paper.path("/issue"))
            .await
    };
    let answers = futures_util::future::join_all(papers.iter().map(issue)).await;
    let mut numbers: Vec<u32> = answers
        .iter()
        .filter(|answer| answer.status == 200)
        .map(|answer| sequence(&answer.json()))
        .collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=8).collect::<Vec<_>>());
    let refused: Vec<u16> = answers
        .iter()
        .map(|answer| answer.status)
        .filter(|status| *status != 200)
        .collect();
    assert_eq!(refused, [409; 4]);
}

#[tokio::test]
async fn a_number_that_was_typed_is_stepped_over_and_each_year_counts_anew() {
    let hub = TestHub::open().await;
    let issue = async |body: Value| {
        let paper = a_document().submitted(&hub).await;
        let answer = hub
            .by("court.signer")
            .post(paper.path("/issue"), &body)
            .await
            .ok();
        answer["doc_number"].as_str().unwrap().to_owned()
    };
    assert_eq!(
        issue(json!({ "doc_number": "青崖法建（2026）第2号" })).await,
        "青崖法建〔2026〕2号"
    );
    assert_eq!(issue(json!({})).await, "青崖法建〔2026〕1号");
    assert_eq!(issue(json!({})).await, "青崖法建〔2026〕3号");
    hub.pass(jiff::SignedDuration::from_hours(24 * 122));
    let paper = a_document().unset("reply_due_on").submitted(&hub).await;
    let next = hub
        .by("court.signer")
        .ask("POST", paper.path("/issue"))
        .await
        .ok();
    assert_eq!(next["doc_number"], "青崖法建〔2027〕1号");
}

#[tokio::test]
async fn looking_at_lists_is_not_reading_and_reading_is_not_signing() {
    let hub = TestHub::open().await;
    let paper = a_document().sent(&hub).await;
    let delivery = paper.delivery(&hub, "resources").await;
    assert_eq!(delivery["arrived_at"], delivery["sent_at"]);
    let id = id_of(&delivery);
    for path in [
        "/api/v1/documents".to_owned(),
        "/api/v1/deliveries".to_owned(),
        "/api/v1/obligations".to_owned(),
        "/api/v1/search?q=%E5%87%BD".to_owned(),
        format!("/api/v1/deliveries/{id}"),
        paper.path("/deliveries"),
        paper.path("/history"),
        paper.path("/related"),
    ] {
        hub.by("resources.reader").get(path).await.ok();
    }
    hub.by("court.reader").get(paper.path("")).await.ok();
    let unread = paper.delivery(&hub, "resources").await;
    assert_eq!(
        (&unread["state"], &unread["first_read"]),
        (&json!("arrived"), &Value::Null)
    );

    hub.pass(jiff::SignedDuration::from_mins(5));
    hub.by("resources.reader").get(paper.path("")).await.ok();
    let read = paper.delivery(&hub, "resources").await;
    assert_eq!(read["state"], "read");
    assert_eq!(read["first_read"]["name"], "市自然资源局查阅");
    assert_eq!(read["first_read"]["at"], "2026-09-01T02:05:00.000Z");
    assert_eq!(read["signed"], Value::Null);
}

#[tokio::test]
async fn asking_without_getting_anything_is_not_reading() {
    let hub = TestHub::open().await;
    let paper = a_document().file("文.txt", "请予协助。").sent(&hub).await;
    let reader = hub.by("resources.reader");
    let digest = paper.view["files"][0]["sha256"].as_str().unwrap();
    assert_eq!(reader.ask("HEAD", paper.path("")).await.status, 200);
    assert_eq!(reader.ask("HEAD", paper.file_path(0)).await.status, 200);
    let known = reader
        .get(paper.file_path(0))
        .header("if-none-match", format!("\"{digest}\""));
    assert_eq!(known.await.status, 304);
    let beyond = reader
        .get(paper.file_path(0))
        .header("range", "bytes=9999-");
    assert_eq!(beyond.await.status, 416);
    // Nobody has extracted the text yet.
    assert_eq!(
        reader
            .get(format!("{}/text", paper.file_path(0)))
            .await
            .status,
        404
    );
    assert_eq!(paper.delivery(&hub, "resources").await["state"], "arrived");
    assert_eq!(reader.get(paper.file_path(0)).await.text(), "请予协助。");
    assert_eq!(paper.delivery(&hub, "resources").await["state"], "read");
}

#[tokio::test]
async fn the_second_signature_changes_nothing() {
    let hub = TestHub::open().await;
    let path = format!("/api/v1/users/{}", hub.city.user("resources.reader"));
    let place = json!([{ "unit_id": hub.unit("resources"), "roles": ["clerk"] }]);
    hub.by("admin.system")
        .change(&path, &json!({ "memberships": place }))
        .await
        .ok();
    let paper = advice().sent(&hub).await;
    let delivery = id_of(&paper.delivery(&hub, "resources").await);
    let sign = format!("/api/v1/deliveries/{delivery}/sign");
    let first = hub
        .by("resources.clerk")
        .post(&sign, &json!({ "note": "收到" }))
        .await
        .ok();
    let (before, duty) = (hub.rows().await, paper.obligation(&hub, "resources").await);
    hub.pass(jiff::SignedDuration::from_hours(48));
    let second = hub
        .by("resources.reader")
        .post(&sign, &json!({ "note": "又收到" }))
        .await
        .ok();
    assert_eq!(second, first);
    assert_eq!(hub.rows().await, before);
    assert_eq!(paper.obligation(&hub, "resources").await, duty);
    assert_eq!(first["delivery"]["sign_note"], "收到");
}

#[tokio::test]
async fn many_who_sign_at_once_leave_one_signature() {
    let hub = TestHub::open().await;
    let paper = advice().sent(&hub).await;
    let delivery = id_of(&paper.delivery(&hub, "resources").await);
    let sign = format!("/api/v1/deliveries/{delivery}/sign");
    hub.token_of("resources.clerk").await;
    let ask = |_| async { hub.by("resources.clerk").ask("POST", &sign).await.ok() };
    let answers = futures_util::future::join_all((0..12).map(ask)).await;
    assert!(answers.windows(2).all(|two| two[0] == two[1]));
    let history = hub.by("court.clerk").get(paper.path("/history")).await.ok();
    let events = history["items"].as_array().unwrap().iter();
    assert_eq!(events.filter(|line| line["event"] == "signing").count(), 1);
}

#[tokio::test]
async fn a_document_is_sent_once_however_many_send_it() {
    let hub = TestHub::open().await;
    let paper = a_document().copy("government").issued(&hub).await;
    let send = |_| async {
        hub.by("court.clerk")
            .ask("POST", paper.path("/send"))
            .await
            .status
    };
    let mut statuses = futures_util::future::join_all((0..8).map(send)).await;
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409, 409, 409, 409, 409, 409, 409]);
    let deliveries = hub
        .by("court.clerk")
        .get(paper.path("/deliveries"))
        .await
        .ok();
    assert_eq!(deliveries["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn recipients_see_their_own_delivery_and_not_who_drafted() {
    let hub = TestHub::open().await;
    let paper = a_document()
        .and_to("agriculture")
        .copy("government")
        .sent(&hub)
        .await;
    let units = async |login: &str| {
        let found = hub.by(login).get(paper.path("/deliveries")).await.ok();
        let items = found["items"].as_array().unwrap().clone();
        items
            .iter()
            .map(|one| one["unit"]["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        units("court.reader").await,
        ["市自然资源局", "市农业农村局", "市政府办"]
    );
    assert_eq!(units("agriculture.clerk").await, ["市农业农村局"]);
    assert_eq!(units("government.clerk").await, ["市政府办"]);
    assert_eq!(
        paper.seen_by(&hub, "agriculture.clerk").await["drafted"],
        Value::Null
    );
    assert_ne!(
        paper.seen_by(&hub, "court.reader").await["drafted"],
        Value::Null
    );
}

#[tokio::test]
async fn a_closed_unit_is_sent_nothing() {
    let hub = TestHub::open().await;
    let paper = a_document().issued(&hub).await;
    let path = format!("/api/v1/units/{}", hub.unit("resources"));
    hub.by("admin.system")
        .change(&path, &json!({ "active": false }))
        .await
        .ok();
    let refused = hub.by("court.clerk").ask("POST", paper.path("/send")).await;
    refused.problem(422, "invalid");
    assert_eq!(refused.faults(), ["/recipients/0/unit_id inactive"]);
    assert_eq!(paper.seen_by(&hub, "court.clerk").await["state"], "issued");
}

#[tokio::test]
async fn an_edit_needs_the_revision_it_is_made_upon() {
    let hub = TestHub::open().await;
    let paper = a_document().drafted(&hub).await;
    let path = paper.path("");
    let edit = |revision, title: &str| {
        hub.by("court.clerk")
            .patch(&path, revision, &json!({ "title": title }))
    };
    let first = edit(1, "第一次修改").await;
    assert_eq!((first.status, first.header("etag")), (200, Some("\"2\"")));
    edit(1, "同时的另一次修改").await.problem(412, "stale");
    let blind = hub
        .by("court.clerk")
        .ask("PATCH", &path)
        .json(&json!({ "title": "盲改" }));
    blind.await.problem(428, "revision-needed");
    assert_eq!(
        paper.seen_by(&hub, "court.clerk").await["title"],
        "第一次修改"
    );
    hub.by("court.clerk")
        .delete(&path)
        .if_match(1)
        .await
        .problem(412, "stale");
    hub.by("court.clerk")
        .delete(&path)
        .if_match(2)
        .await
        .with(204);
    hub.by("court.clerk")
        .get(&path)
        .await
        .problem(404, "not-found");
}

#[tokio::test]
async fn of_many_edits_of_one_revision_one_is_kept() {
    let hub = TestHub::open().await;
    let paper = a_document().drafted(&hub).await;
    let path = paper.path("");
    let edit = async |number: usize| {
        let title = json!({ "title": format!("第{number}种说法") });
        hub.by("court.clerk").patch(&path, 1, &title).await.status
    };
    let statuses = futures_util::future::join_all((0..10).map(edit)).await;
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1);
    assert_eq!(statuses.iter().filter(|status| **status == 412).count(), 9);
}
