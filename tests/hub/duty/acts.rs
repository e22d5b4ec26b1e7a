//! Each act with what it changes, and the statement that is made of it.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{Duty, adopted, moment};
use crate::support::{TestHub, a_document, answer_to, id_of};

const DAY: SignedDuration = SignedDuration::from_hours(24);

#[tokio::test]
async fn a_matter_goes_from_hand_to_hand_until_it_is_struck_off() {
    let hub = TestHub::open().await;
    let duty = Duty::signed(&hub).await;
    assert_eq!(duty.state().await, "awaiting_registration");
    assert_eq!(
        duty.may("resources.clerk").await,
        ["register", "ask_extension", "object"]
    );
    let handler = hub.city.user("resources.clerk");
    let body = json!({
        "number": "收2026-118", "lead": "登记科", "handler_id": handler,
        "supporting_unit_ids": [hub.unit("agriculture")],
    });
    let seen = duty.act("resources.clerk", "/register", body).await.ok();
    assert_eq!(
        (&seen["state"], &seen["state_label"]),
        (&json!("in_progress"), &json!("办理中"))
    );
    assert_eq!(seen["handler"]["name"], "市自然资源局收发员");
    let registration = moment(&seen, "registration");
    assert_eq!(registration["details"]["lead"], "登记科");
    assert_eq!(registration["by"]["name"], "市自然资源局收发员");
    let reply = duty.answered().await;
    assert_eq!(duty.state().await, "replied");
    assert_eq!(
        duty.may("court.clerk").await,
        ["ask_supplement", "evaluate"]
    );
    let seen = duty.act("court.clerk", "/evaluation", adopted()).await.ok();
    assert_eq!(
        (&seen["state"], &seen["adoption"]),
        (&json!("evaluated"), &json!("adopted"))
    );
    let note = json!({ "note": "整改到位" });
    let seen = duty.act("court.signer", "/close", note).await.ok();
    assert_eq!(
        (&seen["state"], &seen["closed_at"]),
        (&json!("closed"), &json!("2026-09-01T02:00:00.000Z"))
    );
    let events: Vec<_> = seen["timeline"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["event"].clone())
        .collect();
    assert_eq!(
        events,
        [
            "submission",
            "arrival",
            "signing",
            "registration",
            "reply",
            "evaluation",
            "closure"
        ]
    );
    assert_eq!(moment(&seen, "reply")["details"]["reply"], json!(reply.id));
    assert_eq!(duty.may("court.signer").await, ["reopen"]);
}

#[tokio::test]
async fn every_act_is_stated_with_who_acted_and_what_was_said() {
    let hub = TestHub::open().await;
    let duty = Duty::signed(&hub).await;
    let seen = duty
        .act("justice.office", "/reminders", json!({ "text": "请抓紧" }))
        .await
        .ok();
    let receipt = moment(&seen, "reminder")["receipt_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/api/v1/receipts/{receipt}");
    let receipt = hub.by("resources.clerk").get(&path).await.ok();
    let statement: Value = serde_json::from_str(receipt["statement"].as_str().unwrap()).unwrap();
    assert_eq!(statement["event"], "reminder");
    assert_eq!(statement["actor"]["unit"], json!(hub.unit("justice")));
    assert_eq!(statement["recipient"]["unit"], json!(hub.unit("resources")));
    assert_eq!(statement["recipient"]["user"], Value::Null);
    let said = json!({ "act": "reminder", "text": "请抓紧" });
    let canonical = serde_json_canonicalizer::to_string(&said).unwrap();
    let digest = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(canonical));
    assert_eq!(statement["act"], digest.as_str());
    // Twice the same is twice stated, each in its own round.
    let again = duty.act("court.clerk", "/reminders", json!({})).await.ok();
    assert_eq!(moment(&again, "reminder")["round"], 2);
    assert_eq!(again["level"], "urge");
}

#[tokio::test]
async fn more_time_is_asked_for_while_the_clock_runs_and_the_first_day_is_kept() {
    let hub = TestHub::open().await;
    let duty = Duty::signed(&hub).await;
    let ask = json!({ "due_on": "2026-12-01", "reason": "需要专家论证" });
    let seen = duty
        .act("resources.clerk", "/extensions", ask.clone())
        .await
        .ok();
    assert_eq!(seen["state"], "extending");
    assert_eq!(seen["due"]["due_on"], "2026-11-02", "nothing stops");
    let twice = duty
        .act("resources.clerk", "/extensions", ask.clone())
        .await;
    twice.problem(409, "wrong-state");
    let request = seen["pending_extension_id"].as_str().unwrap().to_owned();
    let path = format!("/extensions/{request}/decision");
    let no = json!({ "granted": false });
    let unreasoned = duty.act("court.signer", &path, no).await;
    assert_eq!(unreasoned.faults(), ["/reason required"]);
    let no = json!({ "granted": false, "reason": "时间足够" });
    let seen = duty.act("court.signer", &path, no.clone()).await.ok();
    assert_eq!(seen["state"], "awaiting_registration");
    assert_eq!(
        moment(&seen, "extension_decision")["answers"],
        request.as_str()
    );
    duty.act("court.signer", &path, no)
        .await
        .problem(409, "wrong-state");
    let seen = duty.act("resources.clerk", "/extensions", ask).await.ok();
    let old = duty
        .act("court.signer", &path, json!({ "granted": true }))
        .await;
    old.problem(409, "wrong-state");
    let request = seen["pending_extension_id"].as_str().unwrap();
    let path = format!("/extensions/{request}/decision");
    let yes = json!({ "granted": true, "due_on": "2026-11-16" });
    let seen = duty.act("court.signer", &path, yes).await.ok();
    assert_eq!(
        (&seen["due"]["due_on"], &seen["original_due_on"]),
        (&json!("2026-11-16"), &json!("2026-11-02"))
    );
    let steps = seen["due"]["steps"].as_array().unwrap();
    assert_eq!(
        steps.last().unwrap()["text"],
        "经发文单位同意，由 2026-11-02 延期至 2026-11-16"
    );
    hub.pass(DAY * 80);
    assert_eq!(duty.seen_by("court.clerk").await["days_overdue"], 4);
}

#[tokio::test]
async fn a_rule_without_extension_knows_none() {
    let hub = TestHub::open().await;
    let paper = a_document()
        .kind("SJ-GF")
        .titled("关于规范性文件的司法建议书")
        .unset("reply_due_on")
        .fields(json!({
            "normative_document": "青崖市不动产登记办法", "illegal_clauses": "第三条没有上位法依据",
            "suggestions": ["修改第三条"], "contact_name": "韩立新",
            "contact_phone": "0499-6221206", "signer": "院长",
        }))
        .sent(&hub)
        .await;
    let duty = Duty::of(&hub, paper, true).await;
    assert!(
        !duty
            .may("resources.clerk")
            .await
            .contains(&"ask_extension".to_owned())
    );
    let ask = json!({ "due_on": "2026-12-01", "reason": "不够" });
    let refused = duty.act("resources.clerk", "/extensions", ask).await;
    let problem = refused.problem(409, "wrong-state");
    assert_eq!(problem["detail"], "按照规定，这一期限不能延长");
}

#[tokio::test]
async fn an_objection_is_kept_changed_or_upheld_and_stops_nothing() {
    let hub = TestHub::open().await;
    let duty = Duty::signed(&hub).await;
    let object = json!({ "grounds": "不属本单位职责" });
    let seen = duty
        .act("resources.clerk", "/objections", object.clone())
        .await
        .ok();
    assert_eq!(seen["state"], "objecting");
    let path = |seen: &Value| {
        format!(
            "/objections/{}/decision",
            seen["pending_objection_id"].as_str().unwrap()
        )
    };
    let odd = json!({ "verdict": "rejected", "remedy": "withdraw", "reasons": "不成立" });
    let odd = duty.act("court.signer", &path(&seen), odd).await;
    assert_eq!(odd.faults(), ["/remedy conflict"]);
    let no = json!({ "verdict": "rejected", "reasons": "职责明确" });
    let seen = duty.act("court.signer", &path(&seen), no).await.ok();
    assert_eq!(seen["state"], "awaiting_registration");
    // An answer does not take the objection away.
    let seen = duty
        .act("resources.clerk", "/objections", object)
        .await
        .ok();
    duty.answered().await;
    assert_eq!(duty.state().await, "replied");
    let yes = json!({ "verdict": "upheld", "remedy": "withdraw", "reasons": "确不属其职责", "decided_by": "院长" });
    let seen = duty.act("court.signer", &path(&seen), yes).await.ok();
    assert_eq!(seen["state"], "withdrawn");
    assert!(seen["may"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn an_answer_is_completed_by_a_day_of_its_own_and_the_first_time_stands() {
    let hub = TestHub::open().await;
    let duty = Duty::signed(&hub).await;
    hub.pass(DAY * 65);
    let reply = duty.answered().await;
    let seen = duty.seen_by("court.clerk").await;
    assert_eq!(moment(&seen, "reply")["details"]["days_late"], 3);
    let past = json!({ "what": "缺少整改清单", "due_on": "2026-11-04" });
    let past = duty.act("court.clerk", "/supplements", past).await;
    assert_eq!(past.faults(), ["/due_on in_past"]);
    let ask = json!({ "what": "缺少整改清单", "due_on": "2026-11-20" });
    let seen = duty.act("court.clerk", "/supplements", ask).await.ok();
    assert_eq!(
        (&seen["state"], &seen["overdue"]),
        (&json!("supplementing"), &json!(false))
    );
    hub.pass(DAY * 20);
    assert_eq!(duty.seen_by("court.clerk").await["days_overdue"], 5);
    answer_to(&duty.paper, "resources")
        .titled("补充答复")
        .sent(&hub)
        .await;
    let seen = duty.seen_by("court.clerk").await;
    assert_eq!(seen["state"], "replied");
    assert_eq!(seen["reply_id"], json!(reply.id), "the first one counts");
    assert_eq!(seen["days_overdue"], 3);
    let last = moment(&seen, "reply");
    assert_eq!(
        (&last["round"], &last["details"]["supplement"]),
        (&json!(2), &json!(true))
    );
    assert_eq!(last["details"]["days_late"], 5);
}

#[tokio::test]
async fn what_is_closed_is_opened_again_with_a_reason_and_a_day() {
    let hub = TestHub::open().await;
    let duty = Duty::signed(&hub).await;
    duty.answered().await;
    let partly = json!({ "adoption": "partly", "items": [
        { "adoption": "adopted" }, { "adoption": "partly" }, { "adoption": "adopted" },
    ] });
    let unreasoned = duty.act("court.clerk", "/evaluation", partly).await;
    assert_eq!(unreasoned.faults(), ["/reason required"]);
    let short = json!({ "adoption": "adopted", "items": [{ "adoption": "adopted" }] });
    let short = duty.act("court.clerk", "/evaluation", short).await;
    assert_eq!(short.faults(), ["/items count"]);
    let partly = json!({ "adoption": "partly", "reason": "经费未落实", "items": [
        { "adoption": "adopted" }, { "adoption": "partly" }, { "adoption": "adopted" },
    ] });
    let unreasoned = duty.act("court.clerk", "/evaluation", partly).await;
    assert_eq!(unreasoned.faults(), ["/items/1/reason required"]);
    duty.act("court.clerk", "/evaluation", adopted()).await.ok();
    let suggestion = json!({ "reason": "已整改" });
    duty.act("justice.office", "/close-suggestion", suggestion)
        .await
        .ok();
    assert_eq!(
        duty.state().await,
        "evaluated",
        "a suggestion closes nothing"
    );
    duty.act("court.signer", "/close", json!({})).await.ok();
    let again = json!({ "reason": "问题重现", "due_on": "2026-10-15" });
    let seen = duty.act("court.signer", "/reopen", again).await.ok();
    assert_eq!(
        (
            &seen["state"],
            &seen["adoption"],
            &seen["closed_at"],
            &seen["supplement_due_on"]
        ),
        (
            &json!("supplementing"),
            &Value::Null,
            &Value::Null,
            &json!("2026-10-15")
        )
    );
    answer_to(&duty.paper, "resources")
        .titled("再次答复")
        .sent(&hub)
        .await;
    let seen = duty.act("court.clerk", "/evaluation", adopted()).await.ok();
    assert_eq!(moment(&seen, "evaluation")["round"], 2);
}

#[tokio::test]
async fn levels_only_rise_and_each_has_its_actor() {
    let hub = TestHub::open().await;
    let duty = Duty::signed(&hub).await;
    let at = |level: &str| json!({ "level": level, "text": "逾期未复", "addressee": "市政府办公室", "decided_by": "院长" });
    let seen = duty
        .act("justice.office", "/escalations", at("supervision"))
        .await
        .ok();
    assert_eq!(
        (&seen["level"], &seen["level_label"]),
        (&json!("supervision"), &json!("督办通知"))
    );
    let seen = duty.act("court.clerk", "/reminders", json!({})).await.ok();
    assert_eq!(seen["level"], "supervision", "a word does not lower it");
    let nobody = json!({ "level": "superior", "text": "逾期未复" });
    let nobody = duty.act("court.signer", "/escalations", nobody).await;
    assert_eq!(nobody.faults(), ["/addressee required"]);
    duty.act("court.signer", "/escalations", at("report"))
        .await
        .ok();
    let lower = duty
        .act("court.signer", "/escalations", at("superior"))
        .await;
    lower.problem(409, "wrong-state");
    let odd = duty.act("court.signer", "/escalations", at("urge")).await;
    assert_eq!(odd.faults(), ["/level not_a_choice"]);
}

#[tokio::test]
async fn the_same_request_with_the_same_key_is_done_once() {
    let hub = TestHub::open().await;
    let duty = Duty::signed(&hub).await;
    let body = json!({ "text": "请尽快回复" });
    let ask = || {
        hub.by("court.clerk")
            .post(duty.path("/reminders"), &body)
            .key("urge-1")
    };
    let first = ask().await;
    let second = ask().await;
    assert_eq!(first.ok(), second.ok());
    let seen = duty.seen_by("court.clerk").await;
    assert_eq!(moment(&seen, "reminder")["round"], 1);
}

#[tokio::test]
async fn the_list_knows_the_states_as_they_are_shown() {
    let hub = TestHub::open().await;
    let first = Duty::signed(&hub).await;
    let second = Duty::signed(&hub).await;
    let ask = json!({ "due_on": "2026-12-01", "reason": "需要论证" });
    first.act("resources.clerk", "/extensions", ask).await.ok();
    for (state, expected) in [
        ("extending", first.id),
        ("awaiting_registration", second.id),
    ] {
        let path = format!("/api/v1/obligations?state={state}");
        let found = hub.by("resources.clerk").get(path).await.ok();
        let found: Vec<_> = found["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(id_of)
            .collect();
        assert_eq!(found, [expected], "{state}");
    }
}
