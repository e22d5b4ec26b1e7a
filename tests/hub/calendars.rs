//! Notices of holidays that come while the hub runs, and the due dates that follow them.

use jiff::SignedDuration;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{TestHub, advice, id_of};

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// A notice that nobody has decreed: the first two days of February 2027 are off.
fn notice() -> Value {
    json!({
        "source": "虚构的通知",
        "rest": ["2026-12-31", "2027-01-01", "2027-02-01", "2027-02-02"],
        "make_up_work": ["2027-02-06"],
    })
}

async fn recomputed(hub: &TestHub) -> u64 {
    hub.with_hub(|hub| async move { hub.recompute_due_dates().await.unwrap() })
        .await
}

async fn seen(hub: &TestHub, id: Uuid) -> Value {
    let path = format!("/api/v1/obligations/{id}");
    hub.by("resources.clerk").get(path).await.ok()
}

/// A duty that was signed for on 1 December 2026, due on 1 February 2027 for now.
async fn a_provisional_duty(hub: &TestHub) -> Uuid {
    let paper = advice().sent(hub).await;
    paper.signed(hub, "resources").await;
    id_of(&paper.obligation(hub, "resources").await)
}

#[tokio::test]
async fn a_provisional_date_moves_when_the_year_is_decreed_and_both_are_told_once() {
    let hub = TestHub::open().await;
    hub.pass(DAY * 91);
    let id = a_provisional_duty(&hub).await;
    let before = seen(&hub, id).await;
    assert_eq!(
        (&before["due"]["due_on"], &before["due"]["provisional"]),
        (&json!("2027-02-01"), &json!(true))
    );
    assert_eq!(recomputed(&hub).await, 0, "nothing is decreed yet");
    let put = hub
        .by("admin.security")
        .ask("PUT", "/api/v1/calendars/2027");
    let put = put.json(&notice()).await.ok();
    assert_eq!(put["rest"], notice()["rest"]);
    let shown = hub
        .by("court.clerk")
        .get("/api/v1/calendars/2027")
        .await
        .ok();
    assert_eq!(shown, put);
    let asked = json!({ "rule": "SJ-ZH", "signed_on": "2026-12-01" });
    let preview = hub
        .by("court.clerk")
        .post("/api/v1/deadlines/preview", &asked)
        .await
        .ok();
    assert_eq!(preview["due"]["due_on"], "2027-02-03");
    assert_eq!(recomputed(&hub).await, 1);
    let position = hub.position().await;
    assert_eq!(recomputed(&hub).await, 0);
    assert_eq!(hub.position().await, position, "nothing is told twice");
    let after = seen(&hub, id).await;
    assert_eq!(after["due"], preview["due"]);
    assert_eq!(after["original_due_on"], "2027-02-03");
    let moved: Vec<_> = after["timeline"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["event"] == "due_moved")
        .collect();
    assert_eq!(moved.len(), 1);
    assert_eq!(
        moved[0]["details"],
        json!({ "act": "due_moved", "from": "2027-02-01", "due_on": "2027-02-03" })
    );
    assert_eq!(
        (&moved[0]["receipt_id"], &moved[0]["unit"]),
        (&Value::Null, &Value::Null)
    );
}

#[tokio::test]
async fn what_was_decided_or_written_does_not_move() {
    let hub = TestHub::open().await;
    hub.pass(DAY * 91);
    let extended = a_provisional_duty(&hub).await;
    let path = format!("/api/v1/obligations/{extended}/extensions");
    let ask = json!({ "due_on": "2027-02-02", "reason": "需要论证" });
    let request = hub.by("resources.clerk").post(&path, &ask).await.ok();
    let request = request["pending_extension_id"].as_str().unwrap().to_owned();
    let path = format!("{path}/{request}/decision");
    hub.by("court.signer")
        .post(&path, &json!({ "granted": true }))
        .await
        .ok();
    let paper = advice().set("reply_due_on", "2027-02-01").sent(&hub).await;
    paper.signed(&hub, "resources").await;
    let written = id_of(&paper.obligation(&hub, "resources").await);
    let put = hub
        .by("justice.office")
        .ask("PUT", "/api/v1/calendars/2027");
    put.json(&notice()).await.ok();
    assert_eq!(recomputed(&hub).await, 0);
    assert_eq!(seen(&hub, extended).await["due"]["due_on"], "2027-02-02");
    assert_eq!(seen(&hub, written).await["due"]["due_on"], "2027-02-01");
}

#[tokio::test]
async fn the_job_follows_a_notice_and_its_correction_by_itself() {
    let hub = TestHub::that_reads().await;
    hub.pass(DAY * 91);
    let id = a_provisional_duty(&hub).await;
    let correction = json!({ "source": "更正", "rest": ["2027-02-01"], "make_up_work": [] });
    for (notice, due_on) in [(notice(), "2027-02-03"), (correction, "2027-02-02")] {
        let put = hub
            .by("admin.security")
            .ask("PUT", "/api/v1/calendars/2027");
        put.json(&notice).await.ok();
        let preview = json!({ "rule": "SJ-ZH", "signed_on": "2026-12-01" });
        let preview = hub
            .by("court.clerk")
            .post("/api/v1/deadlines/preview", &preview)
            .await
            .ok();
        assert_eq!(
            preview["due"]["due_on"], due_on,
            "a correction counts at once"
        );
        for _ in 0..100 {
            if seen(&hub, id).await["due"]["provisional"] == json!(false) {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    }
    // What a notice has settled is not moved by a correction; the issuer writes or extends.
    assert_eq!(seen(&hub, id).await["due"]["due_on"], "2027-02-03");
}

#[tokio::test]
async fn a_notice_that_cannot_be_is_refused_with_its_place() {
    let hub = TestHub::open().await;
    let cases = [
        (
            2027,
            json!({ "source": " ", "rest": [], "make_up_work": [] }),
            "/source malformed",
        ),
        (
            2027,
            json!({ "source": "x", "rest": ["2028-01-01"], "make_up_work": [] }),
            "/rest malformed",
        ),
        (
            2027,
            json!({ "source": "x", "rest": ["2027-01-01", "2027-01-01"], "make_up_work": [] }),
            "/rest malformed",
        ),
        (
            2027,
            json!({ "source": "x", "rest": [], "make_up_work": ["2027-01-04"] }),
            "/make_up_work malformed",
        ),
        (
            2027,
            json!({ "source": "x", "rest": ["soon"], "make_up_work": [] }),
            "/rest/0 malformed",
        ),
        (
            2027,
            json!({ "rest": [], "make_up_work": [] }),
            "/source required",
        ),
        (
            1999,
            json!({ "source": "x", "rest": [], "make_up_work": [] }),
            "year out_of_range",
        ),
    ];
    for (year, body, fault) in cases {
        let path = format!("/api/v1/calendars/{year}");
        let refused = hub.by("admin.security").ask("PUT", path).json(&body).await;
        assert_eq!(
            (refused.status, refused.faults()),
            (422, vec![fault.to_owned()]),
            "{body}"
        );
    }
    let none = hub.by("court.clerk").get("/api/v1/calendars/2027").await;
    none.problem(404, "not-found");
}
