use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{act, own, returned, rounds, statements};
use crate::support::{TestHub, a_document, advice, answer_to, id_of};

const DAY: SignedDuration = SignedDuration::from_hours(24);

async fn hub_with_rule() -> TestHub {
    TestHub::with(|setting| setting.config.deliveries.deemed_signing_workdays = 3).await
}

/// Lets the rule look; for how many it has signed.
async fn look(hub: &TestHub) -> usize {
    hub.with_hub(|hub| async move { hub.deem_signings().await.unwrap() })
        .await
}

#[tokio::test]
async fn what_nobody_signs_for_is_signed_for_after_the_third_working_day() {
    let hub = hub_with_rule().await;
    let paper = advice().copy("government").sent(&hub).await;
    // Sent on Tuesday at ten; the third working day is Friday, and it ends with the day.
    hub.pass(DAY * 3 + SignedDuration::from_hours(13));
    assert_eq!(look(&hub).await, 0);
    hub.pass(SignedDuration::from_hours(1));
    assert_eq!(look(&hub).await, 2);
    assert_eq!(look(&hub).await, 0);
    for login in ["court.reader", "resources.reader"] {
        let found = hub.by(login).get(paper.path("/deliveries")).await.ok();
        let one = &found["items"][0];
        assert_eq!(
            (&one["state"], &one["state_label"]),
            (&json!("signed"), &json!("视为签收"))
        );
        assert_eq!(
            (&one["signed_kind"], &one["signed_kind_label"]),
            (&json!("deemed"), &json!("视为签收"))
        );
        assert_eq!(
            (&one["deemed_on"], &one["signed"]),
            (&json!("2026-09-04"), &Value::Null)
        );
    }
    let duty = paper.obligation(&hub, "resources").await;
    assert_eq!(
        (&duty["state"], &duty["due"]["anchor_on"]),
        (&json!("awaiting_registration"), &json!("2026-09-04"))
    );
    assert_eq!(duty["due"]["due_on"], "2026-11-04");
    let told = statements(&hub, "resources.clerk", &paper, "resources").await;
    assert_eq!(rounds(&told), ["arrival/1", "deemed_signing/1"]);
    assert_eq!(told[1]["recipient"]["user"], Value::Null);
    assert_eq!(
        (&told[1]["effective_on"], &told[1]["reply_due"]),
        (&json!("2026-09-04"), &json!("2026-11-04"))
    );
    let audit = hub.by("admin.audit").get("/api/v1/audit").await.ok();
    let line = audit["items"].as_array().unwrap().iter();
    let mut line = line.filter(|line| line["action"] == "delivery.deem_signed");
    assert_eq!(line.next().unwrap()["client"], "rule");
}

#[tokio::test]
async fn who_signs_later_is_written_down_and_moves_no_clock() {
    let hub = hub_with_rule().await;
    let paper = advice().sent(&hub).await;
    hub.pass(DAY * 7);
    assert_eq!(look(&hub).await, 1);
    let duty = paper.obligation(&hub, "resources").await;
    hub.pass(DAY);
    let signed = paper.signed(&hub, "resources").await;
    assert_eq!(signed["delivery"]["signed_kind"], "person");
    assert_eq!(signed["delivery"]["state_label"], "已签收");
    assert_eq!(signed["delivery"]["deemed_on"], "2026-09-04");
    assert_eq!(
        signed["delivery"]["signed"]["at"],
        "2026-09-09T02:00:00.000Z"
    );
    assert_eq!(signed["receipt"]["event"], "signing");
    assert_eq!(paper.obligation(&hub, "resources").await, duty);
    let told = statements(&hub, "court.clerk", &paper, "resources").await;
    assert_eq!(
        rounds(&told),
        ["arrival/1", "deemed_signing/1", "signing/1"]
    );
    assert_eq!(told[2]["reply_due"], "2026-11-04");
    assert_eq!(paper.signed(&hub, "resources").await, signed);
}

#[tokio::test]
async fn after_an_outage_the_day_is_the_one_on_which_it_was_due() {
    let hub = hub_with_rule().await;
    let paper = advice().sent(&hub).await;
    // Four weeks later, with 国庆 in between for the second.
    hub.pass(DAY * 28);
    let later = a_document()
        .unset("reply_due_on")
        .titled("另一件")
        .sent(&hub)
        .await;
    hub.pass(DAY * 30);
    assert_eq!(look(&hub).await, 2);
    assert_eq!(
        paper.delivery(&hub, "resources").await["deemed_on"],
        "2026-09-04"
    );
    // Sent on 29 September: the 30th, then 8 and 9 October.
    assert_eq!(
        later.delivery(&hub, "resources").await["deemed_on"],
        "2026-10-09"
    );
}

#[tokio::test]
async fn the_rule_leaves_alone_what_was_returned_and_waits_anew_when_it_comes_back() {
    let hub = hub_with_rule().await;
    let paper = advice().copy("government").sent(&hub).await;
    let accepted = returned(&hub, &paper, "government").await;
    act(&hub, "court.clerk", accepted, "accept-return", json!({}))
        .await
        .ok();
    let id = returned(&hub, &paper, "resources").await;
    hub.pass(DAY * 9);
    assert_eq!(look(&hub).await, 0);
    // Thursday the 10th: it is in the box again and has three working days from then.
    let body = json!({ "note": "属于贵单位职责" });
    act(&hub, "court.clerk", id, "refuse-return", body)
        .await
        .ok();
    assert_eq!(look(&hub).await, 0);
    hub.pass(DAY * 5);
    assert_eq!(look(&hub).await, 0);
    hub.pass(DAY);
    assert_eq!(look(&hub).await, 1);
    assert_eq!(
        own(&hub, &paper, "resources").await["deemed_on"],
        "2026-09-15"
    );
    let late = act(
        &hub,
        "resources.clerk",
        id,
        "return",
        json!({ "reason": "duplicate" }),
    )
    .await;
    late.problem(409, "wrong-state");
}

#[tokio::test]
async fn several_nodes_that_look_at_once_sign_once() {
    let hub = hub_with_rule().await;
    let paper = advice()
        .and_to("agriculture")
        .copy("government")
        .sent(&hub)
        .await;
    hub.pass(DAY * 9);
    let signed = hub
        .with_hub(|hub| async move {
            let nodes: [_; 4] = std::array::from_fn(|_| hub.deem_signings());
            let looked = futures_util::future::join_all(nodes).await;
            looked.into_iter().map(Result::unwrap).sum::<usize>()
        })
        .await;
    assert_eq!(signed, 3);
    for unit in ["resources", "agriculture", "government"] {
        let told = statements(&hub, "court.clerk", &paper, unit).await;
        assert_eq!(rounds(&told), ["arrival/1", "deemed_signing/1"]);
    }
}

#[tokio::test]
async fn what_counts_as_signed_for_can_be_answered_and_given_to_people() {
    let hub = hub_with_rule().await;
    let paper = advice().sent(&hub).await;
    hub.pass(DAY * 7);
    assert_eq!(look(&hub).await, 1);
    let id = id_of(&own(&hub, &paper, "resources").await);
    let clerk = hub.city.user("resources.clerk");
    let body = json!({ "handlers": [{ "user_id": clerk, "role": "lead" }] });
    act(&hub, "resources.clerk", id, "assign", body).await.ok();
    answer_to(&paper, "resources").sent(&hub).await;
    assert_eq!(
        paper.obligation(&hub, "resources").await["state"],
        "replied"
    );
}

#[tokio::test]
async fn nothing_is_signed_by_rule_unless_it_is_switched_on() {
    let hub = TestHub::open().await;
    advice().sent(&hub).await;
    hub.pass(DAY * 90);
    let before = hub.rows().await;
    assert_eq!(look(&hub).await, 0);
    assert_eq!(hub.rows().await, before);
}

#[tokio::test]
async fn the_hub_looks_by_itself() {
    let hub = TestHub::with(|setting| {
        setting.config.deliveries.deemed_signing_workdays = 1;
        setting.jobs = true;
    })
    .await;
    let paper = advice().sent(&hub).await;
    hub.pass(DAY * 3);
    for _ in 0..200 {
        if paper.delivery(&hub, "resources").await["signed_kind"] == "deemed" {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("nobody has looked");
}
