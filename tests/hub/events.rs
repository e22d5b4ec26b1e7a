//! The change feed in pages: who is told what, in which order, and what a position gives away.

use serde_json::{Value, json};

use crate::support::{TestHub, a_document, advice, answer_to};

/// Every event that somebody can read behind a position, and the last position.
async fn all(
    hub: &TestHub,
    login: &str,
    after: Option<&str>,
    limit: usize,
) -> (Vec<Value>, String) {
    let mut events = Vec::new();
    let mut after = after.map(str::to_owned);
    loop {
        let from = after
            .map(|after| format!("&after={after}"))
            .unwrap_or_default();
        let path = format!("/api/v1/events?limit={limit}{from}");
        let page = hub.by(login).get(path).await.ok();
        events.extend(page["items"].as_array().unwrap().iter().cloned());
        let next = page["next_cursor"].as_str().unwrap().to_owned();
        if page["has_more"] == false {
            return (events, next);
        }
        after = Some(next);
    }
}

/// What somebody is told of documents: `document.send`, or `delivery.sign 市自然资源局`.
async fn told(hub: &TestHub, login: &str) -> Vec<String> {
    let (events, _) = all(hub, login, None, 100).await;
    let documents = events
        .iter()
        .filter(|event| event["subject"]["kind"] == "document");
    let line = |event: &Value| {
        let name = event["unit"]["name"].as_str();
        let name = name.map(|name| format!(" {name}")).unwrap_or_default();
        format!("{}{name}", event["type"].as_str().unwrap())
    };
    documents.map(line).collect()
}

#[tokio::test]
async fn each_unit_is_told_its_own_affairs_and_nobody_elses() {
    let hub = TestHub::open().await;
    let paper = advice()
        .and_to("agriculture")
        .copy("government")
        .joint("procuratorate");
    let paper = paper.sent(&hub).await;
    for login in ["resources.clerk", "resources.reader", "agriculture.clerk"] {
        paper.seen_by(&hub, login).await;
    }
    paper.signed(&hub, "resources").await;
    answer_to(&paper, "resources").sent(&hub).await;
    let issuers = [
        "document.draft",
        "document.submit",
        "document.consent",
        "document.issue",
        "document.send",
        "document.read 市自然资源局",
        "document.read 市农业农村局",
        "delivery.sign 市自然资源局",
    ];
    let reply = ["obligation.reply 市自然资源局", "document.send"];
    assert_eq!(
        told(&hub, "court.clerk").await,
        [&issuers[..], &reply].concat()
    );
    assert_eq!(
        told(&hub, "procuratorate.reader").await,
        [&issuers[..], &reply[..1]].concat(),
        "the reply itself went to the court alone"
    );
    assert_eq!(
        told(&hub, "agriculture.clerk").await,
        ["document.send", "document.read 市农业农村局"]
    );
    assert_eq!(told(&hub, "government.clerk").await, ["document.send"]);
    assert_eq!(
        told(&hub, "resources.reader").await,
        [
            "document.send",
            "document.read 市自然资源局",
            "delivery.sign 市自然资源局",
            "document.draft",
            "document.submit",
            "document.issue",
            "obligation.reply 市自然资源局",
            "document.send",
        ]
    );
    assert!(told(&hub, "justice.office").await.is_empty());
}

#[tokio::test]
async fn an_event_leads_to_what_it_is_about_and_says_nothing_of_its_content() {
    let hub = TestHub::open().await;
    let paper = advice().titled("不得外传的标题").sent(&hub).await;
    let signed = paper.signed(&hub, "resources").await;
    let duty = paper.obligation(&hub, "resources").await;
    for login in ["court.clerk", "resources.clerk"] {
        let (events, _) = all(&hub, login, None, 100).await;
        let event = events.last().unwrap();
        assert_eq!(event["type"], "delivery.sign");
        assert_eq!(event["type_label"], "签收");
        assert_eq!(event["subject"]["id"], json!(paper.id));
        assert_eq!(event["delivery_id"], signed["delivery"]["id"]);
        assert_eq!(event["obligation_id"], duty["id"]);
        assert_eq!(event["at"], signed["receipt"]["at"]);
        for link in event["links"].as_object().unwrap().values() {
            hub.by(login).get(link.as_str().unwrap()).await.ok();
        }
        let text = serde_json::to_string(&events).unwrap();
        assert!(!text.contains("不得外传"), "{text}");
    }
}

#[tokio::test]
async fn the_feed_goes_on_from_any_position_and_never_changes_its_order() {
    let hub = TestHub::open().await;
    for _ in 0..3 {
        let paper = a_document().sent(&hub).await;
        paper.signed(&hub, "resources").await;
    }
    let unit =
        json!({ "full_name": "青崖市统计局", "short_name": "市统计局", "branch": "government" });
    hub.by("admin.system")
        .post("/api/v1/units", &unit)
        .await
        .with(201);
    a_document().sent(&hub).await;
    let (events, last) = all(&hub, "resources.clerk", None, 100).await;
    assert!(events.iter().any(|event| event["type"] == "unit.enter"));
    assert_eq!(
        all(&hub, "resources.reader", None, 1).await,
        (events.clone(), last.clone())
    );
    for (at, event) in events.iter().enumerate() {
        let cursor = event["cursor"].as_str().unwrap();
        let rest = all(&hub, "resources.clerk", Some(cursor), 3).await;
        assert_eq!(rest, (events[at + 1..].to_vec(), last.clone()));
    }
    let latest = hub
        .by("resources.clerk")
        .get("/api/v1/events?after=latest")
        .await
        .ok();
    let nothing = json!({ "items": [], "next_cursor": last, "has_more": false });
    assert_eq!(latest, nothing);
    let again = hub
        .by("resources.clerk")
        .get(format!("/api/v1/events?after={last}"))
        .await
        .ok();
    assert_eq!(again, nothing);
}

#[tokio::test]
async fn a_unit_cannot_tell_whether_others_have_a_thousand_documents() {
    let hub = TestHub::open().await;
    let paper = a_document().copy("government").sent(&hub).await;
    paper.signed(&hub, "resources").await;
    let path = "/api/v1/events?limit=100";
    let before = hub.by("resources.clerk").get(path).await;
    let next = before.json()["next_cursor"].as_str().unwrap().to_owned();
    let nothing = format!("/api/v1/events?limit=100&after={next}");
    let quiet = hub.by("resources.clerk").get(&nothing).await;

    for _ in 0..20 {
        let other = a_document()
            .from("justice")
            .to("agriculture")
            .sent(&hub)
            .await;
        other.signed(&hub, "agriculture").await;
    }
    let draft = a_document()
        .from("justice")
        .to("agriculture")
        .body(&hub, &[]);
    for _ in 0..1000 {
        hub.by("justice.clerk")
            .post("/api/v1/documents", &draft)
            .await
            .with(201);
    }
    let other = hub
        .by("justice.clerk")
        .get("/api/v1/events?limit=100")
        .await
        .ok();
    assert_eq!(other["has_more"], true, "the others have much to read");

    let after = hub.by("resources.clerk").get(path).await;
    assert_eq!(after.face(), before.face());
    assert_eq!(
        hub.by("resources.clerk").get(&nothing).await.face(),
        quiet.face()
    );
    let paper = a_document().sent(&hub).await;
    let more = hub.by("resources.clerk").get(&nothing).await.ok();
    let more = more["items"].as_array().unwrap();
    assert_eq!(more.len(), 1);
    assert_eq!(more[0]["subject"]["id"], json!(paper.id));
}

#[tokio::test]
async fn positions_are_the_same_in_two_worlds_that_differ_elsewhere() {
    let mut worlds = Vec::new();
    for others in [0, 7] {
        let hub = TestHub::open().await;
        for _ in 0..others {
            a_document()
                .from("justice")
                .to("agriculture")
                .sent(&hub)
                .await;
        }
        let paper = a_document().sent(&hub).await;
        for _ in 0..others {
            a_document()
                .from("justice")
                .to("agriculture")
                .sent(&hub)
                .await;
        }
        paper.signed(&hub, "resources").await;
        let (events, last) = all(&hub, "resources.clerk", None, 100).await;
        // The marks of two units of the same name differ by their ids alone.
        let place = |cursor: &Value| {
            use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
            BASE64_URL_SAFE_NO_PAD
                .decode(cursor.as_str().unwrap())
                .unwrap()[4..]
                .to_vec()
        };
        let seen: Vec<_> = events
            .iter()
            .map(|event| {
                (
                    place(&event["cursor"]),
                    event["type"].clone(),
                    event["at"].clone(),
                )
            })
            .collect();
        worlds.push((seen, place(&json!(last))));
    }
    assert_eq!(worlds[0], worlds[1]);
}

#[tokio::test]
async fn what_may_not_be_seen_any_more_is_not_told_and_does_not_hold_up_the_rest() {
    let hub = TestHub::open().await;
    let gone = a_document().joint("procuratorate").drafted(&hub).await;
    let clerk = hub.by("court.clerk");
    for round in 0..30 {
        clerk
            .change(&gone.path(""), &json!({ "title": format!("第{round}稿") }))
            .await
            .ok();
    }
    let kept = a_document().joint("procuratorate").drafted(&hub).await;
    let of = async |login: &str, paper: &crate::support::Paper| {
        let (events, _) = all(&hub, login, None, 2).await;
        let about = events
            .iter()
            .filter(|event| event["subject"]["id"] == json!(paper.id));
        about.count()
    };
    assert_eq!(of("procuratorate.clerk", &gone).await, 31);
    // It is no joint issuer any more: what it was told as one is not told again.
    clerk
        .change(&gone.path(""), &json!({ "joint_issuers": [] }))
        .await
        .ok();
    assert_eq!(of("procuratorate.clerk", &gone).await, 0);
    assert_eq!(of("procuratorate.clerk", &kept).await, 1);
    assert_eq!(of("court.clerk", &gone).await, 32);
    let now = clerk.get(gone.path("")).await;
    let tag = now.header("etag").unwrap().to_owned();
    clerk
        .delete(gone.path(""))
        .header("if-match", tag)
        .await
        .with(204);
    assert_eq!(of("court.clerk", &gone).await, 0);
    assert_eq!(of("court.clerk", &kept).await, 1);
}

#[tokio::test]
async fn a_wrong_position_is_named() {
    let hub = TestHub::open().await;
    a_document().sent(&hub).await;
    let (_, last) = all(&hub, "resources.clerk", None, 100).await;
    let ahead = {
        use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
        let mut bytes = BASE64_URL_SAFE_NO_PAD.decode(&last).unwrap();
        bytes[11] += 1;
        BASE64_URL_SAFE_NO_PAD.encode(bytes)
    };
    let cases = [
        ("resources.clerk", "after=nonsense", "after malformed"),
        ("resources.clerk", "after=", "after malformed"),
        (
            "agriculture.clerk",
            &format!("after={last}"),
            "after malformed",
        ),
        ("resources.clerk", &format!("after={ahead}"), "after ahead"),
        ("resources.clerk", "limit=0", "limit out_of_range"),
        ("resources.clerk", "cursor=x", "cursor unknown"),
    ];
    for (login, query, fault) in cases {
        let answer = hub.by(login).get(format!("/api/v1/events?{query}")).await;
        answer.problem(422, "invalid");
        assert_eq!(answer.faults(), [fault], "{query}");
    }
    let stream = hub.by("resources.clerk").get("/api/v1/events");
    let stream = stream
        .header("accept", "text/event-stream")
        .header("last-event-id", "nonsense")
        .await;
    assert_eq!(stream.faults(), ["last-event-id malformed"]);
}

/// Whatever the hub notes of what somebody did is either told to the units, under a name in
/// Chinese, or known to be the hub's own.
#[test]
fn every_change_has_a_label_or_is_kept_to_the_hub() {
    const INTERNAL: &[&str] = &[
        "auth.login",
        "auth.logout",
        "auth.password",
        "auth.refresh",
        "auth.token",
        "calendar.publish",
        "case_reports.report",
        "client.change",
        "client.enter",
        "client.rotate",
        "document.discard",
        "delivery.assign",
        "delivery.done",
        "delivery.reopen",
        "document.read_again",
        "group.change",
        "group.enter",
        "group.remove",
        "document.text",
        "file.destroy",
        "file.upload",
        "hub.setup",
        "unit.export",
        "user.change",
        "user.enter",
        "user.reset_password",
    ];
    let mut found = std::collections::BTreeSet::new();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/app");
    for file in walkdir::WalkDir::new(root).into_iter().map(Result::unwrap) {
        if file.path().extension().is_none_or(|end| end != "rs") {
            continue;
        }
        let text = std::fs::read_to_string(file.path()).unwrap();
        let words = text.split('"').skip(1).step_by(2).filter(|word| {
            word.split_once('.').is_some_and(|(subject, act)| {
                let subjects = [
                    "document",
                    "delivery",
                    "obligation",
                    "unit",
                    "user",
                    "auth",
                    "calendar",
                    "client",
                    "file",
                    "hub",
                ];
                let plain = |c: char| c.is_ascii_lowercase() || c == '_';
                subjects.contains(&subject) && !act.is_empty() && act.chars().all(plain)
            })
        });
        found.extend(words.map(str::to_owned));
    }
    assert!(
        found.contains("document.send"),
        "the sources are not read as they were"
    );
    let told = |what: &String| {
        let kind = what.parse::<wenshu::domain::EventType>();
        kind.is_ok() || INTERNAL.contains(&what.as_str())
    };
    let unknown: Vec<_> = found.iter().filter(|what| !told(what)).collect();
    assert!(
        unknown.is_empty(),
        "give these a name in domain/event_type.rs (and docs/api.md), or list them here: {unknown:?}"
    );
}

#[test]
fn the_table_of_events_in_the_documentation_is_complete() {
    let table = include_str!("../../docs/api.md");
    for kind in wenshu::domain::EventType::ALL {
        let line = format!("| `{}` | {}", kind.code(), kind.label());
        assert!(table.contains(&line), "docs/api.md lacks {line}");
    }
}
