//! The life of a document: review, correction, recall, archive, groups.

use serde_json::{Value, json};

use crate::support::{Asking, Paper, TestHub, a_document, advice, answer_to, id_of};

fn clerk(hub: &TestHub) -> Asking<'_> {
    hub.by("court.clerk")
}

async fn act(hub: &TestHub, login: &str, paper: &Paper, act: &str, body: Value) -> Value {
    hub.by(login).post(paper.path(act), &body).await.ok()
}

async fn recalled(hub: &TestHub, paper: &Paper) -> Value {
    let why = json!({ "reason": "附件有误，另行发送" });
    act(hub, "court.clerk", paper, "/recall", why).await
}

/// Drafts the correction of a document; the paper that is given back is the draft.
async fn amended(hub: &TestHub, paper: &Paper) -> Paper {
    let why = json!({ "reason": "更正第二项" });
    let view = clerk(hub).post(paper.path("/amend"), &why).await.with(201);
    Paper {
        id: id_of(&view),
        view,
        ..paper.clone()
    }
}

async fn corrected(hub: &TestHub, paper: &Paper) -> Paper {
    let mut correction = amended(hub, paper).await;
    correction.issue(hub).await;
    correction.send(hub).await;
    correction
}

async fn inbox(hub: &TestHub, login: &str) -> Vec<Value> {
    let list = hub.by(login).get("/api/v1/deliveries").await.ok();
    list["items"].as_array().unwrap().clone()
}

async fn found(hub: &TestHub, login: &str, words: &str) -> usize {
    let q: String = url::form_urlencoded::byte_serialize(words.as_bytes()).collect();
    let found = hub
        .by(login)
        .get(format!("/api/v1/search?q={q}"))
        .await
        .ok();
    found["items"].as_array().unwrap().len()
}

/// Waits until the index has caught up with what was sent.
async fn comes_to_be_found(hub: &TestHub, login: &str, words: &str) {
    let began = std::time::Instant::now();
    while found(hub, login, words).await == 0 {
        assert!(began.elapsed().as_secs() < 20, "{words} is not found");
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
}

/// The address of the statement about an event that somebody's unit was party to.
async fn receipt(hub: &TestHub, login: &str, paper: &Paper, event: &str) -> String {
    let history = hub.by(login).get(paper.path("/history")).await.ok();
    let mut lines = history["items"].as_array().unwrap().iter();
    let line = lines.find(|line| line["event"] == event).unwrap();
    format!("/api/v1/receipts/{}", line["receipt_id"].as_str().unwrap())
}

async fn events(hub: &TestHub, login: &str, paper: &Paper) -> Vec<String> {
    let history = hub.by(login).get(paper.path("/history")).await.ok();
    let lines = history["items"].as_array().unwrap().iter();
    lines
        .map(|line| line["event"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn what_is_sent_back_says_why_and_may_be_submitted_again() {
    let hub = TestHub::open().await;
    let mut paper = a_document().submitted(&hub).await;
    let silent = json!({ "decision": "returned" });
    let reviewed = |body: Value| {
        let ask = hub.by("court.signer").ask("POST", paper.path("/review"));
        ask.if_match(2).json(&body)
    };
    let refused = reviewed(silent).await.problem(422, "invalid");
    assert_eq!(refused["errors"][0]["pointer"], "/note");
    let back = json!({ "decision": "returned", "note": "主送单位有误" });
    let sent_back = reviewed(back).await.ok();
    assert_eq!(sent_back["state"], "draft");
    assert_eq!(sent_back["review"]["note"], "主送单位有误");
    clerk(&hub)
        .patch(paper.path(""), 3, &json!({ "title": "改过的函" }))
        .await
        .ok();
    paper.submit(&hub).await;
    assert_eq!(paper.view["review"], Value::Null);
    let approve = json!({ "decision": "approved" });
    let ask = hub.by("court.signer").ask("POST", paper.path("/review"));
    let approved = ask.if_match(5).json(&approve).await.ok();
    assert_eq!(
        (&approved["state"], &approved["review"]["approved"]),
        (&json!("in_review"), &json!(true))
    );
    hub.by("court.signer")
        .ask("POST", paper.path("/issue"))
        .await
        .ok();
}

#[tokio::test]
async fn recipients_learn_nothing_of_the_review() {
    let hub = TestHub::open().await;
    let paper = a_document().sent(&hub).await;
    let seen = paper.seen_by(&hub, "resources.clerk").await;
    for own in ["drafted", "submitted", "review", "archived"] {
        assert_eq!(seen[own], Value::Null, "{own}");
    }
    let own = paper.seen_by(&hub, "court.clerk").await;
    assert!(own["submitted"].is_object());
}

#[tokio::test]
async fn a_joint_issuer_may_refuse_and_says_why() {
    let hub = TestHub::open().await;
    let paper = a_document().joint("procuratorate").submitted(&hub).await;
    let say = |body: Value| {
        let signer = hub.by("procuratorate.signer");
        let ask = signer.ask("POST", paper.path("/consent"));
        ask.if_match(2).json(&body)
    };
    say(json!({ "granted": false }))
        .await
        .problem(422, "invalid");
    let no = json!({ "granted": false, "note": "第三条与职责不符" });
    let refused = say(no).await.ok();
    let said = &refused["joint_issuers"][0]["consent"];
    assert_eq!(
        (&said["granted"], &said["note"]),
        (&json!(false), &json!("第三条与职责不符"))
    );
    let issue = || hub.by("court.signer").ask("POST", paper.path("/issue"));
    issue().await.problem(409, "wrong-state");
    say(json!({})).await.ok();
    issue().await.ok();
}

#[tokio::test]
async fn what_is_recalled_before_anybody_signs_is_gone_but_for_a_trace() {
    let hub = TestHub::that_reads().await;
    let paper = a_document()
        .titled("关于协助冻结账户的函")
        .copy("government")
        .sent(&hub)
        .await;
    paper.seen_by(&hub, "resources.clerk").await;
    comes_to_be_found(&hub, "resources.clerk", "冻结账户").await;
    let receipt = receipt(&hub, "resources.clerk", &paper, "arrival").await;

    let view = recalled(&hub, &paper).await;
    assert_eq!(view["state"], "recalled");
    assert_eq!(view["recalled"]["reason"], "附件有误，另行发送");
    for path in ["", "/deliveries", "/history", "/related"] {
        let ask = hub.by("resources.clerk").get(paper.path(path));
        ask.await.problem(404, "not-found");
    }
    assert_eq!(found(&hub, "resources.clerk", "冻结账户").await, 0);
    comes_to_be_found(&hub, "court.clerk", "冻结账户").await;

    let trace = &inbox(&hub, "resources.clerk").await[0];
    assert_eq!(
        (&trace["state"], &trace["document"]),
        (&json!("recalled"), &Value::Null)
    );
    assert_eq!(trace["recalled"]["doc_number"], view["doc_number"]);
    assert_eq!(trace["recalled"]["reason"], "附件有误，另行发送");
    assert!(!trace.to_string().contains("冻结"), "{trace}");
    let path = format!("/api/v1/deliveries/{}", id_of(trace));
    hub.by("resources.clerk").get(&path).await.ok();
    hub.by("resources.clerk")
        .ask("POST", format!("{path}/sign"))
        .await
        .problem(409, "wrong-state");
    hub.by("agriculture.clerk")
        .get(&path)
        .await
        .problem(404, "not-found");
    // What was proved stays proved, for the party itself.
    hub.by("resources.clerk").get(&receipt).await.ok();
    hub.by("government.clerk")
        .get(&receipt)
        .await
        .problem(404, "not-found");
    let told = events(&hub, "court.clerk", &paper).await;
    assert_eq!(told.iter().filter(|one| *one == "recall").count(), 2);
    let duty = paper.obligation(&hub, "resources").await;
    assert_eq!(duty["state"], "withdrawn");
    assert_eq!(
        duty["title"],
        Value::Null,
        "the ledger tells no title either"
    );
}

#[tokio::test]
async fn what_is_recalled_after_somebody_signed_stays_readable_and_nothing_is_owed() {
    let hub = TestHub::open().await;
    let paper = advice().copy("government").sent(&hub).await;
    paper.signed(&hub, "resources").await;
    recalled(&hub, &paper).await;
    let seen = paper.seen_by(&hub, "resources.clerk").await;
    assert_eq!(seen["state"], "recalled");
    assert_eq!(seen["recalled"]["reason"], "附件有误，另行发送");
    let own = events(&hub, "resources.clerk", &paper).await;
    assert_eq!(
        own,
        ["submission", "arrival", "signing", "recall", "reading"]
    );
    let duty = paper.obligation(&hub, "resources").await;
    assert_eq!(duty["state"], "withdrawn");
    recall_again(&hub, &paper).await;
}

async fn recall_again(hub: &TestHub, paper: &Paper) {
    let why = json!({ "reason": "再次" });
    let again = clerk(hub).post(paper.path("/recall"), &why).await;
    again.problem(409, "wrong-state");
    let amend = clerk(hub).post(paper.path("/amend"), &why).await;
    amend.problem(409, "wrong-state");
}

#[tokio::test]
async fn a_reply_that_comes_after_the_recall_answers_nothing() {
    let hub = TestHub::open().await;
    let paper = advice().sent(&hub).await;
    paper.signed(&hub, "resources").await;
    let mut reply = answer_to(&paper, "resources").issued(&hub).await;
    recalled(&hub, &paper).await;
    reply.send(&hub).await;
    let duty = paper.obligation(&hub, "resources").await;
    assert_eq!(
        (&duty["state"], &duty["reply_id"]),
        (&json!("withdrawn"), &Value::Null)
    );
}

#[tokio::test]
async fn what_was_answered_stays_answered() {
    let hub = TestHub::open().await;
    let paper = advice().sent(&hub).await;
    paper.signed(&hub, "resources").await;
    answer_to(&paper, "resources").sent(&hub).await;
    recalled(&hub, &paper).await;
    let duty = paper.obligation(&hub, "resources").await;
    assert_eq!(duty["state"], "replied");
}

#[tokio::test]
async fn a_correction_keeps_the_number_and_takes_the_place_of_what_it_corrects() {
    let hub = TestHub::open().await;
    let first = advice().copy("government").sent(&hub).await;
    first.signed(&hub, "resources").await;
    let correction = amended(&hub, &first).await;
    assert_eq!(correction.view["version"], 2);
    assert_eq!(correction.view["replaces"], json!(first.id));
    assert_eq!(correction.view["doc_number"], first.view["doc_number"]);
    let why = json!({ "reason": "又一次" });
    let twice = clerk(&hub).post(first.path("/amend"), &why).await;
    twice.problem(409, "wrong-state");
    let hidden = hub.by("resources.clerk").get(correction.path("")).await;
    hidden.problem(404, "not-found");

    let mut correction = correction;
    correction.submit(&hub).await;
    let number = json!({ "prefix": "青崖法建" });
    let renumbered = hub
        .by("court.signer")
        .post(correction.path("/issue"), &number);
    renumbered.await.problem(422, "invalid");
    let issued = act(&hub, "court.signer", &correction, "/issue", json!({})).await;
    assert_eq!(issued["doc_number"], first.view["doc_number"]);
    correction.send(&hub).await;

    let old = first.seen_by(&hub, "resources.clerk").await;
    assert_eq!(old["state"], "superseded");
    assert!(old["superseded_at"].is_string());
    let related = hub
        .by("resources.clerk")
        .get(first.path("/related"))
        .await
        .ok();
    let versions = related["versions"].as_array().unwrap();
    assert_eq!(versions.len(), 2);
    assert_eq!(versions[1]["document"]["id"], json!(correction.id));
    let told = events(&hub, "resources.clerk", &first).await;
    assert!(told.contains(&"amendment".to_owned()), "{told:?}");
    assert_eq!(
        first.obligation(&hub, "resources").await["state"],
        "withdrawn"
    );
    let duty = correction.obligation(&hub, "resources").await;
    assert_eq!(duty["state"], "awaiting_signature");
    let why = json!({ "reason": "旧版" });
    let stale = clerk(&hub).post(first.path("/amend"), &why).await;
    stale.problem(409, "wrong-state");
    let third = corrected(&hub, &correction).await;
    assert_eq!(third.view["version"], 3);
}

#[tokio::test]
async fn who_is_left_out_of_a_correction_knows_that_there_is_one_and_no_more() {
    let hub = TestHub::open().await;
    let first = a_document().copy("government").sent(&hub).await;
    let correction = amended(&hub, &first).await;
    let only = json!({ "recipients": [{ "unit_id": hub.unit("resources"), "role": "main" }],
                       "title": "换了说法的函" });
    clerk(&hub).patch(correction.path(""), 1, &only).await.ok();
    let mut correction = correction;
    correction.issue(&hub).await;
    correction.send(&hub).await;
    let old = first.seen_by(&hub, "government.clerk").await;
    assert_eq!(old["state"], "superseded");
    let related = hub
        .by("government.clerk")
        .get(first.path("/related"))
        .await
        .ok();
    assert_eq!(related["versions"].as_array().unwrap().len(), 1);
    assert!(!related.to_string().contains("换了说法"));
    hub.by("government.clerk")
        .get(correction.path(""))
        .await
        .problem(404, "not-found");
}

#[tokio::test]
async fn a_correction_that_is_thrown_away_frees_the_document() {
    let hub = TestHub::open().await;
    let paper = a_document().sent(&hub).await;
    let correction = amended(&hub, &paper).await;
    let other = json!({ "kind": "GW-TONGZHI" });
    let changed = clerk(&hub).patch(correction.path(""), 1, &other).await;
    changed.problem(422, "invalid");
    clerk(&hub).delete(correction.path("")).if_match(1).await;
    let again = corrected(&hub, &paper).await;
    assert_eq!(again.view["version"], 2);
}

#[tokio::test]
async fn a_document_that_was_recalled_meanwhile_is_not_corrected() {
    let hub = TestHub::open().await;
    let paper = a_document().sent(&hub).await;
    let mut correction = amended(&hub, &paper).await;
    correction.issue(&hub).await;
    recalled(&hub, &paper).await;
    let send = clerk(&hub).ask("POST", correction.path("/send")).await;
    send.problem(409, "wrong-state");
    assert_eq!(inbox(&hub, "resources.clerk").await.len(), 1);
}

#[tokio::test]
async fn what_is_archived_is_over_for_its_issuer_and_still_read_by_others() {
    let hub = TestHub::open().await;
    let owing = a_document().sent(&hub).await;
    let early = clerk(&hub).ask("POST", owing.path("/archive")).await;
    early.problem(409, "wrong-state");
    let paper = a_document().unset("reply_due_on").sent(&hub).await;
    let archived = act(&hub, "court.clerk", &paper, "/archive", json!({})).await;
    assert_eq!(archived["state"], "archived");
    recall_again(&hub, &paper).await;
    paper.seen_by(&hub, "resources.clerk").await;
    paper.signed(&hub, "resources").await;
}

#[tokio::test]
async fn a_group_becomes_the_units_that_belong_to_it_at_sending() {
    let hub = TestHub::open().await;
    let members: Vec<_> = ["resources", "court", "government"]
        .iter()
        .map(|unit| hub.unit(unit))
        .collect();
    let office = hub.by("justice.office");
    let group = office
        .post(
            "/api/v1/groups",
            &json!({ "name": "市政府各部门", "members": members }),
        )
        .await
        .with(201);
    let to = json!({ "group_id": id_of(&group), "role": "main" });
    let plan = a_document()
        .kind("GW-TONGZHI")
        .unset("reply_due_on")
        .nobody();
    let plan = plan.set("groups", json!([to])).copy("government");
    let mut paper = plan.submitted(&hub).await;
    assert_eq!(paper.view["groups"][0]["name"], "市政府各部门");
    assert_eq!(paper.view["recipients"].as_array().unwrap().len(), 1);
    let grown: Vec<_> = [&members[..], &[hub.unit("agriculture")]].concat();
    let path = format!("/api/v1/groups/{}", id_of(&group));
    office
        .patch(&path, 1, &json!({ "members": grown }))
        .await
        .ok();
    let signer = hub.by("court.signer").ask("POST", paper.path("/issue"));
    signer.await.ok();
    paper.send(&hub).await;
    let names: Vec<_> = paper.view["recipients"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["unit"]["id"].clone(), one["role"].clone()))
        .collect();
    let expected = [
        (json!(hub.unit("government")), json!("copy")),
        (json!(hub.unit("resources")), json!("main")),
        (json!(hub.unit("agriculture")), json!("main")),
    ];
    assert_eq!(names, expected);
    assert_eq!(inbox(&hub, "agriculture.clerk").await.len(), 1);

    office.delete(&path).if_match(2).await;
    let kept = paper.seen_by(&hub, "resources.clerk").await;
    assert_eq!(kept["groups"][0]["name"], "市政府各部门");
}

#[tokio::test]
async fn a_group_that_cannot_be_kept_or_sent_to_is_refused_with_the_place() {
    let hub = TestHub::open().await;
    let admin = hub.by("admin.system");
    let (court, nobody) = (hub.unit("court"), uuid::Uuid::now_v7());
    let body = json!({ "name": "两院", "members": [court, nobody, court] });
    let refused = admin.post("/api/v1/groups", &body).await;
    let refused = refused.problem(422, "invalid");
    let faults = refused["errors"].as_array().unwrap().iter();
    let places: Vec<_> = faults.map(|one| one["pointer"].clone()).collect();
    assert_eq!(places, [json!("/members/1"), json!("/members/2")]);
    let courts = json!({ "name": "两院", "members": [court] });
    let group = admin.post("/api/v1/groups", &courts).await.with(201);
    let again = admin.post("/api/v1/groups", &courts).await;
    again.problem(409, "already-exists");
    let to = json!([{ "group_id": nobody, "role": "main" }]);
    let unknown = a_document().set("groups", to);
    let body = unknown.body(&hub, &[]);
    let drafted = clerk(&hub).post("/api/v1/documents", &body).await;
    let refused = drafted.problem(422, "invalid");
    assert_eq!(refused["errors"][0]["pointer"], "/groups/0/group_id");
    // The court alone is left, and nothing is sent to oneself.
    let to = json!([{ "group_id": id_of(&group), "role": "main" }]);
    let mut alone = a_document()
        .nobody()
        .set("groups", to)
        .submitted(&hub)
        .await;
    let signer = hub.by("court.signer").ask("POST", alone.path("/issue"));
    alone.view = signer.await.ok();
    let sent = clerk(&hub).ask("POST", alone.path("/send")).await;
    let refused = sent.problem(422, "invalid");
    assert_eq!(refused["errors"][0]["pointer"], "/groups");
}
