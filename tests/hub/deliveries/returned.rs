use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{act, own, returned, rounds, statements};
use crate::support::{TestHub, a_document, advice, id_of};

const HOUR: SignedDuration = SignedDuration::from_hours(1);

#[tokio::test]
async fn what_is_returned_rests_until_the_sender_decides() {
    let hub = TestHub::open().await;
    let paper = advice().sent(&hub).await;
    returned(&hub, &paper, "resources").await;
    for login in ["court.reader", "resources.reader"] {
        let found = hub.by(login).get(paper.path("/deliveries")).await.ok();
        let one = &found["items"][0];
        assert_eq!(
            (&one["state"], &one["state_label"]),
            (&json!("returned"), &json!("已退回"))
        );
        let back = &one["returns"][0];
        assert_eq!(back["reason_label"], "附件缺失");
        assert_eq!(back["note"], "缺附件二");
        assert_eq!(back["returned"]["name"], "市自然资源局收发员");
        assert_eq!(back["returned"]["at"], "2026-09-01T02:00:00.000Z");
        assert_eq!(back["outcome"], Value::Null);
    }
    let duty = paper.obligation(&hub, "resources").await;
    assert_eq!(
        (&duty["state"], &duty["due"]),
        (&json!("suspended"), &Value::Null)
    );
    // Its act does not hide the document from it, and reading it changes nothing.
    hub.by("resources.reader").get(paper.path("")).await.ok();
    assert_eq!(paper.delivery(&hub, "resources").await["state"], "returned");
    let told = statements(&hub, "court.reader", &paper, "resources").await;
    assert_eq!(rounds(&told), ["arrival/1", "return/1", "reading/1"]);
    assert_eq!(told[1]["reason"], "attachment_missing");
    assert_eq!(
        told[1]["recipient"]["user"],
        hub.city.user("resources.clerk").to_string()
    );
}

#[tokio::test]
async fn a_refused_return_lies_in_the_box_as_before_and_cannot_come_a_second_time() {
    let hub = TestHub::open().await;
    let paper = advice().copy("government").sent(&hub).await;
    hub.by("government.reader").get(paper.path("")).await.ok();
    let unread = returned(&hub, &paper, "resources").await;
    let read = returned(&hub, &paper, "government").await;
    for (id, was) in [(unread, "arrived"), (read, "read")] {
        let silent = act(&hub, "court.clerk", id, "refuse-return", json!({})).await;
        assert_eq!(silent.faults(), ["/note required"]);
        let body = json!({ "note": "属于贵单位职责" });
        let back = act(&hub, "court.clerk", id, "refuse-return", body)
            .await
            .ok();
        assert_eq!((&back["state"], &back["round"]), (&json!(was), &json!(1)));
        assert_eq!(back["returns"][0]["outcome"], "refused");
        assert_eq!(back["returns"][0]["decision_note"], "属于贵单位职责");
    }
    assert_eq!(
        paper.obligation(&hub, "resources").await["state"],
        "awaiting_signature"
    );
    let again = json!({ "reason": "duplicate" });
    let refused = act(&hub, "resources.clerk", unread, "return", again).await;
    let problem = refused.problem(409, "wrong-state");
    assert!(problem["detail"].as_str().unwrap().contains("不能再次退回"));
    let told = statements(&hub, "resources.clerk", &paper, "resources").await;
    assert_eq!(rounds(&told), ["arrival/1", "return/1", "return_refusal/1"]);
    assert_eq!(
        told[2]["giver"]["user"],
        hub.city.user("court.clerk").to_string()
    );
    paper.signed(&hub, "resources").await;
    assert_eq!(
        paper.obligation(&hub, "resources").await["state"],
        "awaiting_registration"
    );
}

#[tokio::test]
async fn what_is_sent_again_begins_a_round_with_times_of_its_own() {
    let hub = TestHub::open().await;
    let paper = advice().sent(&hub).await;
    hub.by("resources.clerk").get(paper.path("")).await.ok();
    hub.pass(HOUR);
    let id = returned(&hub, &paper, "resources").await;
    hub.pass(HOUR);
    let body = json!({ "note": "附件二已在正文之后" });
    let again = act(&hub, "court.clerk", id, "resend", body).await.ok();
    assert_eq!(
        (&again["state"], &again["round"]),
        (&json!("arrived"), &json!(2))
    );
    assert_eq!(again["sent_at"], "2026-09-01T04:00:00.000Z");
    assert_eq!(again["arrived_at"], "2026-09-01T04:00:00.000Z");
    assert_eq!(again["first_read"], Value::Null);
    assert_eq!(again["returns"][0]["outcome"], "resent");
    hub.pass(HOUR);
    // The same person reads it again, and that is the first reading of this round.
    hub.by("resources.clerk").get(paper.path("")).await.ok();
    hub.by("resources.clerk").get(paper.path("")).await.ok();
    let read = own(&hub, &paper, "resources").await;
    assert_eq!(read["first_read"]["at"], "2026-09-01T05:00:00.000Z");
    returned(&hub, &paper, "resources").await;
    act(&hub, "court.clerk", id, "resend", json!({})).await.ok();
    paper.signed(&hub, "resources").await;
    let told = statements(&hub, "court.clerk", &paper, "resources").await;
    let expected = [
        "arrival/1",
        "reading/1",
        "return/1",
        "arrival/2",
        "reading/2",
        "return/2",
        "arrival/3",
        "signing/3",
    ];
    assert_eq!(rounds(&told), expected);
    assert_eq!(told[0]["event_time"], "2026-09-01T02:00:00.000Z");
    assert_eq!(told[3]["event_time"], "2026-09-01T04:00:00.000Z");
    // Each names the one before.
    for two in told.windows(2) {
        assert_eq!(two[1]["prev"], two[0]["evidence_id"]);
    }
}

#[tokio::test]
async fn an_accepted_return_is_the_end_of_it() {
    let hub = TestHub::open().await;
    let paper = advice().sent(&hub).await;
    let id = returned(&hub, &paper, "resources").await;
    let ended = act(&hub, "court.clerk", id, "accept-return", json!({}))
        .await
        .ok();
    assert_eq!(
        (&ended["state"], &ended["returns"][0]["outcome"]),
        (&json!("returned"), &json!("accepted"))
    );
    assert_eq!(
        paper.obligation(&hub, "resources").await["state"],
        "withdrawn"
    );
    for (login, what, body) in [
        ("court.clerk", "accept-return", json!({})),
        ("court.clerk", "resend", json!({})),
        ("court.clerk", "refuse-return", json!({ "note": "不同意" })),
        (
            "resources.clerk",
            "return",
            json!({ "reason": "duplicate" }),
        ),
        ("resources.clerk", "sign", json!({})),
    ] {
        let refused = act(&hub, login, id, what, body).await;
        refused.problem(409, "wrong-state");
    }
}

#[tokio::test]
async fn a_return_needs_a_coded_reason_and_other_a_word_more() {
    let hub = TestHub::open().await;
    let paper = a_document().sent(&hub).await;
    let id = id_of(&own(&hub, &paper, "resources").await);
    for (body, faults) in [
        (json!({}), "/reason required"),
        (json!({ "reason": "not mine" }), "/reason not_a_choice"),
        (json!({ "reason": "other" }), "/note required"),
        (json!({ "reason": "other", "note": "  " }), "/note required"),
        (
            json!({ "reason": "duplicate", "note": "字".repeat(2001) }),
            "/note malformed",
        ),
        (json!({ "reason": "duplicate", "why": "" }), "/why unknown"),
    ] {
        let refused = act(&hub, "resources.clerk", id, "return", body).await;
        refused.problem(422, "invalid");
        assert_eq!(refused.faults(), [faults]);
    }
    let marked = json!({ "reason": "duplicate", "note": "机密★1年" });
    let refused = act(&hub, "resources.clerk", id, "return", marked).await;
    refused.problem(422, "secrecy-refused");
    assert_eq!(own(&hub, &paper, "resources").await["state"], "arrived");
}

#[tokio::test]
async fn what_is_signed_for_does_not_come_back() {
    let hub = TestHub::open().await;
    let paper = advice().sent(&hub).await;
    paper.signed(&hub, "resources").await;
    let before = hub.rows().await;
    let id = id_of(&own(&hub, &paper, "resources").await);
    let body = json!({ "reason": "duplicate" });
    let refused = act(&hub, "resources.clerk", id, "return", body).await;
    refused.problem(409, "wrong-state");
    assert_eq!(hub.rows().await, before);
}

#[tokio::test]
async fn the_same_key_returns_once() {
    let hub = TestHub::open().await;
    let paper = advice().sent(&hub).await;
    let id = id_of(&own(&hub, &paper, "resources").await);
    let path = format!("/api/v1/deliveries/{id}/return");
    let body = json!({ "reason": "not_our_duty" });
    let ask = || hub.by("resources.clerk").post(&path, &body).key("one");
    let (first, second) = (ask().await.ok(), ask().await.ok());
    assert_eq!(first, second);
    let other = hub
        .by("resources.clerk")
        .post(&path, &body)
        .key("two")
        .await;
    other.problem(409, "wrong-state");
}

#[tokio::test]
async fn of_many_who_return_and_sign_at_once_one_wins() {
    let hub = TestHub::open().await;
    for _ in 0..4 {
        let paper = advice().sent(&hub).await;
        let id = id_of(&own(&hub, &paper, "resources").await);
        hub.token_of("resources.clerk").await;
        let ask = |place: usize| {
            let (name, body) = if place.is_multiple_of(2) {
                ("sign", json!({}))
            } else {
                ("return", json!({ "reason": "duplicate" }))
            };
            act(&hub, "resources.clerk", id, name, body)
        };
        let answers = futures_util::future::join_all((0..8).map(ask)).await;
        let told = statements(&hub, "court.clerk", &paper, "resources").await;
        let acts: Vec<_> = rounds(&told).into_iter().skip(1).collect();
        let state = own(&hub, &paper, "resources").await["state"].clone();
        let ok = answers.iter().filter(|answer| answer.status == 200).count();
        match acts.as_slice() {
            [one] if one == "signing/1" => assert_eq!((state, ok), (json!("signed"), 4)),
            [one] if one == "return/1" => assert_eq!((state, ok), (json!("returned"), 1)),
            other => panic!("{other:?}"),
        }
        assert!(
            answers
                .iter()
                .all(|answer| [200, 409, 412].contains(&answer.status))
        );
    }
}

#[tokio::test]
async fn another_recipient_learns_nothing_of_a_return() {
    let hub = TestHub::open().await;
    let paper = advice().copy("government").sent(&hub).await;
    let looks = async || {
        let mut faces = Vec::new();
        for path in [
            paper.path(""),
            paper.path("/deliveries"),
            paper.path("/history"),
            paper.path("/related"),
            "/api/v1/deliveries".to_owned(),
            "/api/v1/deliveries/counts".to_owned(),
            "/api/v1/documents".to_owned(),
            "/api/v1/obligations".to_owned(),
        ] {
            faces.push(hub.by("government.clerk").get(path).await.face());
        }
        faces
    };
    hub.by("government.clerk").get(paper.path("")).await.ok();
    let before = looks().await;
    let id = returned(&hub, &paper, "resources").await;
    assert_eq!(looks().await, before);
    for name in ["return", "refuse-return", "resend", "accept-return"] {
        let body = json!({ "note": "试试" });
        let body = if name == "return" {
            json!({ "reason": "duplicate" })
        } else {
            body
        };
        let refused = act(&hub, "government.clerk", id, name, body).await;
        refused.problem(404, "not-found");
    }
    act(&hub, "court.clerk", id, "resend", json!({})).await.ok();
    assert_eq!(looks().await, before);
}
