//! The ladder of reminders, played with the clock: what is said when, to whom, and only once.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp, tz};
use serde_json::{Value, json};

use crate::support::{Paper, TestHub, advice, answer_to, id_of};

const HOUR: SignedDuration = SignedDuration::from_hours(1);

async fn reminded(hub: &TestHub) -> u64 {
    hub.with_hub(|hub| async move { hub.remind().await.unwrap() })
        .await
}

/// What somebody was told, oldest first: `MM-DD HH text`, in Beijing.
async fn told(hub: &TestHub, login: &str) -> Vec<String> {
    let found = hub
        .by(login)
        .get("/api/v1/notifications?limit=100")
        .await
        .ok();
    let line = |one: &Value| {
        let at: Timestamp = one["created_at"].as_str().unwrap().parse().unwrap();
        let at = tz::Offset::constant(8)
            .to_datetime(at)
            .strftime("%m-%d %H")
            .to_string();
        format!("{at} {}", one["text"].as_str().unwrap())
    };
    let mut lines: Vec<_> = found["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(line)
        .collect();
    lines.reverse();
    lines
}

/// Lets the hours go by until a moment, and the job with them.
async fn until(hub: &TestHub, moment: &str) {
    let moment: Timestamp = moment.parse().unwrap();
    while hub.now() < moment {
        hub.pass(HOUR);
        reminded(hub).await;
    }
}

async fn duty(hub: &TestHub, paper: &Paper) -> Value {
    let id = id_of(&paper.obligation(hub, "resources").await);
    hub.by("court.clerk")
        .get(format!("/api/v1/obligations/{id}"))
        .await
        .ok()
}

#[tokio::test]
async fn a_recommendation_that_nobody_answers_is_pushed_up_the_ladder() {
    let hub = TestHub::open().await;
    let paper = advice().sent(&hub).await;
    assert_eq!(reminded(&hub).await, 1);
    assert_eq!(reminded(&hub).await, 0);
    until(&hub, "2026-09-02T03:00:00Z").await;
    paper.signed(&hub, "resources").await;
    until(&hub, "2026-11-25T00:00:00Z").await;
    // Due on 2 November. 18 and 31 October and 22 November are Sundays or Saturdays.
    assert_eq!(
        told(&hub, "resources.clerk").await,
        [
            "09-01 10 收到需要回复的文书，请及时签收",
            "09-02 09 文书到达后第 1 个工作日仍未签收",
            "10-16 09 距回复期限届满还有 15 日",
            "10-26 09 距回复期限届满还有 7 日",
            "10-30 09 距回复期限届满还有 3 日",
            "10-30 09 距回复期限届满还有 1 日",
            "11-02 09 回复期限今日届满",
            "11-03 09 回复已逾期 1 日",
            "11-09 09 回复已逾期 7 日",
            "11-17 09 回复已逾期 15 日",
        ]
        .into_iter()
        // Both fall on the last working day before a weekend: the nearer one is said.
        .filter(|line| *line != "10-30 09 距回复期限届满还有 3 日")
        .collect::<Vec<_>>()
    );
    let leader = told(&hub, "resources.signer").await;
    assert_eq!(
        leader,
        ["11-17 09 回复已逾期 15 日"],
        "the head of the unit"
    );
    for login in ["resources.reader", "court.clerk", "agriculture.clerk"] {
        assert!(told(&hub, login).await.is_empty(), "{login}");
    }
    let duty = duty(&hub, &paper).await;
    assert_eq!(duty["level"], "supervision");
    let mut steps = BTreeMap::new();
    for one in duty["timeline"].as_array().unwrap() {
        if one["event"] == "reminder" {
            let step = one["details"]["step"].as_str().unwrap().to_owned();
            assert!(steps.insert(step, one["round"].as_i64().unwrap()).is_none());
            assert!(one["receipt_id"].is_string() && one["unit"].is_null());
        }
    }
    assert_eq!(steps.len(), 8, "{steps:?}");
}

#[tokio::test]
async fn who_has_answered_is_left_alone_and_nothing_is_said_at_night() {
    let hub = TestHub::open().await;
    // A quarter to eleven at night.
    hub.pass(HOUR * 13 - SignedDuration::from_mins(15));
    let paper = advice().sent(&hub).await;
    assert_eq!(reminded(&hub).await, 0, "it is night");
    until(&hub, "2026-09-02T04:00:00Z").await;
    let first = told(&hub, "resources.clerk").await;
    // That it has arrived and that it is unsigned fall on the same opening.
    assert_eq!(first, ["09-02 09 文书到达后第 1 个工作日仍未签收"]);
    paper.signed(&hub, "resources").await;
    answer_to(&paper, "resources").sent(&hub).await;
    hub.pass(HOUR * 24 * 90);
    assert_eq!(reminded(&hub).await, 0);
    assert_eq!(told(&hub, "resources.clerk").await, first);
}

#[tokio::test]
async fn after_a_long_pause_only_the_last_word_is_said() {
    let hub = TestHub::open().await;
    let paper = advice().sent(&hub).await;
    reminded(&hub).await;
    paper.signed(&hub, "resources").await;
    // Tuesday, 10 November, eleven in the morning: eight days past the due date.
    hub.pass(HOUR * 24 * 70 + HOUR);
    assert_eq!(reminded(&hub).await, 1);
    assert_eq!(reminded(&hub).await, 0);
    let said = told(&hub, "resources.clerk").await;
    assert_eq!(said.last().unwrap(), "11-10 11 回复已逾期 7 日");
    assert_eq!(said.len(), 2);
    assert_eq!(duty(&hub, &paper).await["level"], "urge");
}

#[tokio::test]
async fn two_nodes_at_once_say_everything_once() {
    let hub = TestHub::open().await;
    let mut papers = Vec::new();
    for _ in 0..6 {
        papers.push(advice().sent(&hub).await);
    }
    let both = hub.with_hub(|hub| async move {
        let again = |hub: wenshu::app::Hub| async move {
            // Whoever comes second may find that the duty has changed, and looks again.
            let mut told = 0;
            for _ in 0..20 {
                told += hub.remind().await.unwrap_or(0);
            }
            told
        };
        tokio::join!(
            tokio::spawn(again(hub.clone())),
            tokio::spawn(again(hub.clone()))
        )
    });
    let (one, other) = both.await;
    let _ = (one.unwrap(), other.unwrap());
    assert_eq!(told(&hub, "resources.clerk").await.len(), papers.len());
}

#[tokio::test]
async fn a_word_of_the_issuer_reaches_the_handler_who_was_named() {
    let hub = TestHub::open().await;
    let paper = advice().sent(&hub).await;
    paper.signed(&hub, "resources").await;
    let id = id_of(&paper.obligation(&hub, "resources").await);
    let path = |rest: &str| format!("/api/v1/obligations/{id}/{rest}");
    let handler = json!({ "handler_id": hub.city.user("resources.reader") });
    hub.by("resources.clerk")
        .post(path("register"), &handler)
        .await
        .ok();
    hub.by("court.clerk")
        .post(path("reminders"), &json!({ "text": "内容不在通知里" }))
        .await
        .ok();
    let supervise = json!({ "level": "supervision", "text": "内容不在通知里" });
    hub.by("justice.office")
        .post(path("escalations"), &supervise)
        .await
        .ok();
    for (login, count) in [
        ("resources.clerk", 2),
        ("resources.reader", 2),
        ("resources.signer", 1),
        ("court.clerk", 0),
    ] {
        let found = hub.by(login).get("/api/v1/notifications?unread=true").await;
        assert!(!found.text().contains("内容不在通知里"));
        assert_eq!(
            found.ok()["items"].as_array().unwrap().len(),
            count,
            "{login}"
        );
    }
    let unread = hub
        .by("resources.reader")
        .get("/api/v1/notifications")
        .await
        .ok();
    let word = &unread["items"][0];
    assert_eq!(
        (&word["event"], &word["level"]),
        (&json!("escalation"), &json!("supervision"))
    );
    let read = format!("/api/v1/notifications/{}/read", id_of(word));
    hub.by("resources.clerk")
        .ask("POST", &read)
        .await
        .problem(404, "not-found");
    hub.by("resources.reader")
        .ask("POST", &read)
        .await
        .with(204);
    let left = hub
        .by("resources.reader")
        .get("/api/v1/notifications?unread=true")
        .await
        .ok();
    assert_eq!(left["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_job_reminds_by_itself() {
    let hub = TestHub::that_reads().await;
    advice().sent(&hub).await;
    for _ in 0..100 {
        if !told(&hub, "resources.clerk").await.is_empty() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("nobody was told");
}
