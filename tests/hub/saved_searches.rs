//! Searches that people keep for themselves.

use serde_json::{Value, json};

use crate::support::{TestHub, id_of};

const PATH: &str = "/api/v1/saved-searches";

async fn kept(hub: &TestHub, login: &str, name: &str, criteria: Value) -> Value {
    let body = json!({ "name": name, "criteria": criteria });
    hub.by(login).post(PATH, &body).await.with(201)
}

async fn names(hub: &TestHub, login: &str) -> Vec<String> {
    let searches = hub.by(login).get(PATH).await.ok();
    assert_eq!(searches["next_cursor"], Value::Null);
    let searches = searches["items"].as_array().unwrap().iter();
    let name = |search: &Value| search["name"].as_str().unwrap().to_owned();
    searches.map(name).collect()
}

#[tokio::test]
async fn a_search_is_kept_changed_and_removed() {
    let hub = TestHub::open().await;
    let login = "resources.clerk";
    let criteria = json!({
        "q": "不动产登记 -诉讼", "sort": "newest", "kind": "SJ-ZH", "issuer": hub.unit("court"),
        "branch": "court", "year": 2026, "state": "sent",
    });
    let body = json!({ "name": " 登记 ", "criteria": criteria, "alert": true });
    let answer = hub.by(login).post(PATH, &body).await;
    let search = answer.with(201);
    assert_eq!(search["name"], "登记");
    assert_eq!(search["criteria"], criteria);
    assert_eq!(search["alert"], true);
    assert_eq!(search["alert_since"], search["created_at"]);
    let path = format!("{PATH}/{}", id_of(&search));
    assert_eq!(answer.header("location"), Some(path.as_str()));
    let shown = hub.by(login).get(&path).await;
    assert_eq!(shown.ok(), search);
    assert_eq!(shown.header("etag"), answer.header("etag"));
    let quiet = kept(&hub, login, "全部", json!({ "q": "登记" })).await;
    assert_eq!(
        (&quiet["alert"], &quiet["alert_since"]),
        (&json!(false), &Value::Null)
    );
    assert_eq!(quiet["criteria"]["year"], Value::Null);
    assert_eq!(names(&hub, login).await, ["全部", "登记"]);

    // What was read can be written as it is, and what is left out is no criterion any more.
    let put = |revision: i64, body: &Value| {
        let ask = hub.by(login).ask("PUT", &path);
        ask.json(body).if_match(revision)
    };
    hub.advance(jiff::SignedDuration::from_secs(60));
    let same = json!({ "name": "登记", "criteria": search["criteria"], "alert": true });
    let changed = put(1, &same).await;
    assert_eq!(changed.ok(), search, "it goes on watching");
    assert_eq!(changed.header("etag"), Some("\"2\""));
    put(1, &same).await.problem(412, "stale");
    let other = json!({ "name": "土地", "criteria": { "q": "土地" }, "alert": true });
    let changed = put(2, &other).await.ok();
    assert_eq!(changed["criteria"]["kind"], Value::Null);
    assert_eq!(changed["alert_since"], "2026-09-01T02:01:00.000Z");
    let off = json!({ "name": "土地", "criteria": { "q": "土地" } });
    assert_eq!(put(3, &off).await.ok()["alert_since"], Value::Null);
    let taken = json!({ "name": "全部", "criteria": { "q": "土地" } });
    let answer = put(4, &taken).await;
    answer.problem(409, "already-exists");
    assert_eq!(answer.faults(), ["/name taken"]);
    let unmarked = hub.by(login).ask("PUT", &path).json(&other).await;
    unmarked.problem(428, "revision-needed");

    let stale = hub.by(login).delete(&path).if_match(3).await;
    stale.problem(412, "stale");
    hub.by(login).delete(&path).if_match(4).await.with(204);
    hub.by(login).get(&path).await.problem(404, "not-found");
    assert_eq!(names(&hub, login).await, ["全部"]);
}

#[tokio::test]
async fn what_is_asked_for_twice_under_one_key_is_kept_once() {
    let hub = TestHub::open().await;
    let body = json!({ "name": "登记", "criteria": { "q": "登记" }, "alert": true });
    let ask = || {
        let ask = hub.by("resources.clerk").post(PATH, &body);
        ask.key("a-key-of-mine")
    };
    let first = ask().await.with(201);
    assert_eq!(ask().await.with(201), first);
    assert_eq!(names(&hub, "resources.clerk").await, ["登记"]);
}

#[tokio::test]
async fn a_search_is_nobody_elses() {
    let hub = TestHub::open().await;
    let search = kept(&hub, "resources.clerk", "登记", json!({ "q": "登记" })).await;
    let path = format!("{PATH}/{}", id_of(&search));
    // Neither a colleague's nor another unit's, and the same name is free to them.
    for login in ["resources.reader", "court.clerk"] {
        hub.by(login).get(&path).await.problem(404, "not-found");
        let body = json!({ "name": "我的", "criteria": { "q": "登记" } });
        let put = hub.by(login).ask("PUT", &path).json(&body).if_match(1);
        put.await.problem(404, "not-found");
        let delete = hub.by(login).delete(&path).if_match(1).await;
        delete.problem(404, "not-found");
        assert!(names(&hub, login).await.is_empty());
        kept(&hub, login, "登记", json!({ "q": "登记" })).await;
    }
    assert_eq!(names(&hub, "resources.clerk").await, ["登记"]);
}

#[tokio::test]
async fn what_cannot_be_searched_is_not_kept() {
    let hub = TestHub::with(|setting| setting.config.limits.saved_searches_max = 2).await;
    let login = "resources.clerk";
    let named = |criteria: Value| json!({ "name": "甲", "criteria": criteria });
    let stranger = uuid::Uuid::now_v7();
    for (body, faults) in [
        (
            json!({ "criteria": { "q": "登记" } }),
            vec!["/name required"],
        ),
        (json!({ "name": "甲" }), vec!["/criteria required"]),
        (named(json!({})), vec!["/criteria/q required"]),
        (
            json!({ "name": " ", "criteria": { "q": "登记" } }),
            vec!["/name malformed"],
        ),
        (
            json!({ "name": "长".repeat(41), "criteria": { "q": "登记" } }),
            vec!["/name malformed"],
        ),
        (
            named(json!({ "q": "登记", "sort": "title" })),
            vec!["/criteria/sort not_a_choice"],
        ),
        (
            named(json!({ "q": "登记", "limit": 3 })),
            vec!["/criteria/limit unknown"],
        ),
        (
            named(json!({
                "q": "登记", "kind": "没有", "issuer": stranger, "year": 26, "state": "draft",
            })),
            vec![
                "/criteria/kind unknown",
                "/criteria/issuer unknown",
                "/criteria/year out_of_range",
                "/criteria/state not_a_choice",
            ],
        ),
    ] {
        let answer = hub.by(login).post(PATH, &body).await;
        answer.problem(422, "invalid");
        assert_eq!(answer.faults(), faults, "{body}");
    }
    for (q, place) in [("", 0), ("登记 (诉讼", 3), ("登记 -", 3)] {
        let answer = hub.by(login).post(PATH, &named(json!({ "q": q }))).await;
        answer.problem(400, "unreadable-query");
        assert_eq!(answer.faults(), [format!("/criteria/q:{place} unreadable")]);
    }

    let first = kept(&hub, login, "甲", json!({ "q": "登记" })).await;
    let again = named(json!({ "q": "土地" }));
    let answer = hub.by(login).post(PATH, &again).await;
    answer.problem(409, "already-exists");
    kept(&hub, login, "乙", json!({ "q": "登记" })).await;
    let third = json!({ "name": "丙", "criteria": { "q": "登记" } });
    let answer = hub.by(login).post(PATH, &third).await;
    answer.problem(422, "invalid");
    assert_eq!(answer.faults(), [" too_many"]);
    let path = format!("{PATH}/{}", id_of(&first));
    hub.by(login).delete(&path).if_match(1).await.with(204);
    kept(&hub, login, "丙", json!({ "q": "登记" })).await;
}

#[tokio::test]
async fn what_is_kept_already_may_stay_when_a_kind_is_no_more() {
    let hub = TestHub::open().await;
    let login = "resources.clerk";
    let search = kept(&hub, login, "登记", json!({ "q": "登记" })).await;
    let criteria = "UPDATE saved_searches SET criteria = '{\"q\":\"登记\",\"kind\":\"JIU\"}'";
    hub.write_behind(&[criteria.to_owned()]).await;
    let path = format!("{PATH}/{}", id_of(&search));
    let shown = hub.by(login).get(&path).await.ok();
    assert_eq!(shown["criteria"]["kind"], "JIU");
    let put = |revision: i64, criteria: &Value| {
        let body = json!({ "name": "旧的", "criteria": criteria, "alert": true });
        let ask = hub.by(login).ask("PUT", &path);
        ask.json(&body).if_match(revision)
    };
    let renamed = put(1, &shown["criteria"]).await.ok();
    assert_eq!(
        (&renamed["name"], &renamed["alert"]),
        (&json!("旧的"), &json!(true))
    );
    let other = put(2, &json!({ "q": "土地", "kind": "JIU" })).await;
    other.problem(422, "invalid");
    assert_eq!(other.faults(), ["/criteria/kind unknown"]);
}
