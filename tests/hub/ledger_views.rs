//! Views of the ledger: kept by a person for themselves, and looked through by their number.

use serde_json::{Value, json};

use crate::{
    ledger::{listed, rows},
    support::{TestHub, a_machine, advice, id_of},
};

const PATH: &str = "/api/v1/ledger-views";

async fn kept(hub: &TestHub, login: &str, name: &str, criteria: Value) -> Value {
    let body = json!({ "name": name, "criteria": criteria });
    hub.by(login).post(PATH, &body).await.with(201)
}

async fn names(hub: &TestHub, login: &str) -> Vec<String> {
    let views = hub.by(login).get(PATH).await.ok();
    assert_eq!(views["next_cursor"], Value::Null);
    let views = views["items"].as_array().unwrap().iter();
    let name = |view: &Value| view["name"].as_str().unwrap().to_owned();
    views.map(name).collect()
}

#[tokio::test]
async fn a_view_is_kept_changed_and_removed() {
    let hub = TestHub::open().await;
    let login = "resources.clerk";
    let debtor = hub.unit("resources");
    let criteria = json!({
        "side": "due", "sort": "-due", "state": "in_progress", "kind": "SJ-ZH", "debtor": debtor,
        "creditor": null, "overdue": false, "due_from": "2026-10-01", "due_until": null,
        "since": "2026-09-01", "until": "2026-09-30",
    });
    let body = json!({ "name": " 本月到期 ", "criteria": criteria });
    let answer = hub.by(login).post(PATH, &body).await;
    let view = answer.with(201);
    assert_eq!(view["name"], "本月到期");
    assert_eq!(view["criteria"], criteria);
    let path = format!("{PATH}/{}", id_of(&view));
    assert_eq!(answer.header("location"), Some(path.as_str()));
    let shown = hub.by(login).get(&path).await;
    assert_eq!(shown.ok(), view);
    assert_eq!(shown.header("etag"), answer.header("etag"));
    kept(&hub, login, "全部", json!({})).await;
    assert_eq!(names(&hub, login).await, ["全部", "本月到期"]);

    // What was read can be written as it is, and what is left out is no criterion any more.
    let put = |revision: i64, body: &Value| {
        let ask = hub.by(login).ask("PUT", &path);
        ask.json(body).if_match(revision)
    };
    let same = json!({ "name": view["name"], "criteria": view["criteria"] });
    let changed = put(1, &same).await;
    assert_eq!(changed.ok(), view);
    assert_eq!(changed.header("etag"), Some("\"2\""));
    put(1, &same).await.problem(412, "stale");
    let other = json!({ "name": "逾期的", "criteria": { "overdue": true } });
    let changed = put(2, &other).await.ok();
    assert_eq!(changed["criteria"]["overdue"], true);
    assert_eq!(changed["criteria"]["side"], Value::Null);
    let taken = json!({ "name": "全部", "criteria": {} });
    let answer = put(3, &taken).await;
    answer.problem(409, "already-exists");
    assert_eq!(answer.faults(), ["/name taken"]);
    let unmarked = hub.by(login).ask("PUT", &path).json(&other).await;
    unmarked.problem(428, "revision-needed");

    let stale = hub.by(login).delete(&path).if_match(2).await;
    stale.problem(412, "stale");
    let gone = hub.by(login).delete(&path).if_match(3).await;
    gone.with(204);
    hub.by(login).get(&path).await.problem(404, "not-found");
    assert_eq!(names(&hub, login).await, ["全部"]);
}

#[tokio::test]
async fn a_view_is_nobody_elses() {
    let hub = TestHub::open().await;
    let view = kept(&hub, "resources.clerk", "逾期的", json!({})).await;
    let path = format!("{PATH}/{}", id_of(&view));
    let through = format!("/api/v1/obligations?view={}", id_of(&view));
    // Neither a colleague's nor another unit's, and the same name is free to them.
    for login in ["resources.reader", "court.clerk"] {
        hub.by(login).get(&path).await.problem(404, "not-found");
        let body = json!({ "name": "我的", "criteria": {} });
        let put = hub.by(login).ask("PUT", &path).json(&body).if_match(1);
        put.await.problem(404, "not-found");
        let delete = hub.by(login).delete(&path).if_match(1).await;
        delete.problem(404, "not-found");
        let asked = hub.by(login).get(&through).await;
        asked.problem(422, "invalid");
        assert_eq!(asked.faults(), ["view unknown"]);
        assert!(names(&hub, login).await.is_empty());
        kept(&hub, login, "逾期的", json!({})).await;
    }
    assert_eq!(names(&hub, "resources.clerk").await, ["逾期的"]);
    let machine = a_machine(&hub, "resources", &["report"], Value::Null).await;
    machine.enters(&hub, "machine").await;
    hub.by("machine")
        .get(&through)
        .await
        .problem(403, "forbidden");
}

#[tokio::test]
async fn a_view_is_checked_as_the_list_is() {
    let hub = TestHub::with(|setting| setting.config.limits.ledger_views_max = 2).await;
    let login = "resources.clerk";
    for (body, fault) in [
        (json!({ "criteria": {} }), "/name required"),
        (json!({ "name": "甲" }), "/criteria required"),
        (json!({ "name": " ", "criteria": {} }), "/name malformed"),
        (
            json!({ "name": "a\u{7}b", "criteria": {} }),
            "/name malformed",
        ),
        (
            json!({ "name": "长".repeat(41), "criteria": {} }),
            "/name malformed",
        ),
        (
            json!({ "name": "甲", "criteria": { "sort": "title" } }),
            "/criteria/sort not_a_choice",
        ),
        (
            json!({ "name": "甲", "criteria": { "limit": 3 } }),
            "/criteria/limit unknown",
        ),
        (
            json!({ "name": "甲", "criteria": { "kind": "x".repeat(61) } }),
            "/criteria/kind too_long",
        ),
    ] {
        let answer = hub.by(login).post(PATH, &body).await;
        answer.problem(422, "invalid");
        assert_eq!(answer.faults(), [fault], "{body}");
    }
    let all = json!({ "name": "全部", "criteria": { "side": "all" } });
    let answer = hub.by(login).post(PATH, &all).await;
    answer.problem(403, "forbidden");
    kept(&hub, "justice.office", "全部", json!({ "side": "all" })).await;

    kept(&hub, login, "甲", json!({})).await;
    let again = json!({ "name": "甲", "criteria": {} });
    let answer = hub.by(login).post(PATH, &again).await;
    answer.problem(409, "already-exists");
    let second = kept(&hub, login, "乙", json!({})).await;
    let third = json!({ "name": "丙", "criteria": {} });
    let answer = hub.by(login).post(PATH, &third).await;
    answer.problem(422, "invalid");
    assert_eq!(answer.faults(), [" too_many"]);
    let path = format!("{PATH}/{}", id_of(&second));
    hub.by(login).delete(&path).if_match(1).await.with(204);
    kept(&hub, login, "丙", json!({})).await;
}

#[tokio::test]
async fn the_ledger_is_looked_at_through_a_view() {
    let hub = TestHub::open().await;
    let early = advice().set("reply_due_on", "2026-10-10").sent(&hub).await;
    let late = advice().set("reply_due_on", "2026-10-20").sent(&hub).await;
    let unsigned = advice().sent(&hub).await;
    for paper in [&late, &early] {
        paper.signed(&hub, "resources").await;
    }
    let login = "resources.clerk";
    let criteria = json!({ "state": "awaiting_registration", "sort": "due" });
    let view = id_of(&kept(&hub, login, "将到期", criteria).await);
    for (query, papers) in [
        (String::new(), vec![&early, &late]),
        ("&sort=-due".to_owned(), vec![&late, &early]),
        ("&due_until=2026-10-15".to_owned(), vec![&early]),
        ("&state=awaiting_signature".to_owned(), vec![&unsigned]),
        ("&side=due".to_owned(), vec![]),
    ] {
        let query = format!("view={view}{query}");
        let found = listed(&hub, login, &query).await;
        let found: Vec<_> = found.iter().map(|one| one["document_id"].clone()).collect();
        let expected: Vec<_> = papers.iter().map(|paper| paper.id.to_string()).collect();
        assert_eq!(found, expected, "{query}");
        let sheet = hub
            .by(login)
            .get(format!("/api/v1/obligations/export?{query}"));
        assert_eq!(rows(&sheet.await).len(), expected.len() + 1, "{query}");
    }
}
