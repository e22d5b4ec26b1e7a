//! What a unit has to do today.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::{TestHub, advice, answer_to};

const DAY: SignedDuration = SignedDuration::from_hours(24);

async fn work(hub: &TestHub, login: &str) -> Value {
    hub.by(login).get("/api/v1/work").await.ok()
}

#[tokio::test]
async fn a_unit_sees_what_waits_for_it_and_nobody_elses() {
    let hub = TestHub::open().await;
    let unsigned = advice().sent(&hub).await;
    let open = advice().set("reply_due_on", "2026-09-04").sent(&hub).await;
    let answered = advice().sent(&hub).await;
    for paper in [&open, &answered] {
        paper.signed(&hub, "resources").await;
    }
    answer_to(&answered, "resources").sent(&hub).await;
    let seen = work(&hub, "resources.reader").await;
    assert_eq!(
        seen,
        json!({
            "on": "2026-09-01", "week_ends_on": "2026-09-06", "unsigned": 1, "to_register": 1,
            "due_this_week": 1, "overdue": 0, "to_evaluate": 0, "extensions_to_decide": 0,
            "objections_to_decide": 0, "overdue_to_us": 0,
        })
    );
    let court = work(&hub, "court.clerk").await;
    // The answer waits to be signed for as well as to be judged.
    assert_eq!(
        (&court["unsigned"], &court["to_evaluate"]),
        (&json!(1), &json!(1))
    );
    hub.pass(DAY * 4);
    let late = work(&hub, "resources.clerk").await;
    assert_eq!(
        (&late["overdue"], &late["due_this_week"]),
        (&json!(1), &json!(0))
    );
    assert_eq!(work(&hub, "court.clerk").await["overdue_to_us"], 1);
    for login in ["agriculture.clerk", "procuratorate.clerk"] {
        let none = work(&hub, login).await;
        assert_eq!(
            (&none["unsigned"], &none["overdue"]),
            (&json!(0), &json!(0)),
            "{login}"
        );
    }
    drop(unsigned);
}
