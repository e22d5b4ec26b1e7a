//! Logging in and out: what a stolen token is worth, and what a guesser learns.

use std::num::NonZeroU32;

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::{Answer, PASSWORD, TestHub};

async fn log_in(hub: &TestHub, login: &str, password: &str) -> Answer {
    let body = json!({ "login": login, "password": password });
    hub.nobody().post("/api/v1/auth/login", &body).await
}

async fn refresh(hub: &TestHub, token: &Value) -> Answer {
    hub.nobody()
        .post("/api/v1/auth/refresh", &json!({ "refresh_token": token }))
        .await
}

async fn me(hub: &TestHub, tokens: &Value) -> Answer {
    let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
    hub.nobody()
        .get("/api/v1/auth/me")
        .header("authorization", bearer)
        .await
}

#[tokio::test]
async fn a_refresh_token_is_good_once_and_gives_the_next_pair() {
    let hub = TestHub::open().await;
    let first = hub.log_in("court.clerk").await;
    hub.pass(SignedDuration::from_mins(11));
    me(&hub, &first).await.problem(401, "unauthenticated");
    let second = refresh(&hub, &first["refresh_token"]).await.ok();
    assert_ne!(second["refresh_token"], first["refresh_token"]);
    assert_eq!(second["me"], first["me"]);
    me(&hub, &second).await.ok();
    let third = refresh(&hub, &second["refresh_token"]).await.ok();
    me(&hub, &third).await.ok();
}

#[tokio::test]
async fn a_refresh_token_used_twice_ends_the_session_of_the_thief_and_the_owner() {
    let hub = TestHub::open().await;
    let other = hub.log_in("court.clerk").await;
    let first = hub.log_in("court.clerk").await;
    let second = refresh(&hub, &first["refresh_token"]).await.ok();
    refresh(&hub, &first["refresh_token"])
        .await
        .problem(401, "unauthenticated");
    me(&hub, &second).await.problem(401, "unauthenticated");
    refresh(&hub, &second["refresh_token"])
        .await
        .problem(401, "unauthenticated");
    me(&hub, &other).await.ok();
    let audit = hub.by("admin.audit").get("/api/v1/audit").await.ok();
    assert!(audit.to_string().contains("\"reused\""), "{audit}");
}

#[tokio::test]
async fn of_many_who_refresh_at_once_no_more_than_one_gets_a_pair() {
    let hub = TestHub::open().await;
    let tokens = hub.log_in("court.clerk").await;
    let ask = |_| refresh(&hub, &tokens["refresh_token"]);
    let answers = futures_util::future::join_all((0..20).map(ask)).await;
    let pairs: Vec<_> = answers
        .iter()
        .filter(|answer| answer.status == 200)
        .collect();
    assert_eq!(pairs.len(), 1);
    me(&hub, &pairs[0].json())
        .await
        .problem(401, "unauthenticated");
}

#[tokio::test]
async fn a_session_that_is_idle_or_old_ends() {
    let hub = TestHub::open().await;
    let mut tokens = hub.log_in("court.clerk").await;
    hub.pass(SignedDuration::from_mins(31));
    refresh(&hub, &tokens["refresh_token"])
        .await
        .problem(401, "unauthenticated");
    tokens = hub.log_in("court.clerk").await;
    let mut hours = SignedDuration::ZERO;
    while hours < SignedDuration::from_hours(12) {
        let answer = refresh(&hub, &tokens["refresh_token"]).await;
        tokens = answer.ok();
        hub.pass(SignedDuration::from_mins(20));
        hours += SignedDuration::from_mins(20);
    }
    refresh(&hub, &tokens["refresh_token"])
        .await
        .problem(401, "unauthenticated");
}

#[tokio::test]
async fn logging_out_works_at_once_and_for_this_session_alone() {
    let hub = TestHub::open().await;
    let (gone, other) = (
        hub.log_in("court.clerk").await,
        hub.log_in("court.clerk").await,
    );
    let bearer = format!("Bearer {}", gone["access_token"].as_str().unwrap());
    let out = hub
        .nobody()
        .ask("POST", "/api/v1/auth/logout")
        .header("authorization", bearer);
    out.await.with(204);
    me(&hub, &gone).await.problem(401, "unauthenticated");
    refresh(&hub, &gone["refresh_token"])
        .await
        .problem(401, "unauthenticated");
    me(&hub, &other).await.ok();
}

#[tokio::test]
async fn a_changed_password_ends_every_session() {
    let hub = TestHub::open().await;
    let other = hub.log_in("court.clerk").await;
    let change = json!({ "current_password": PASSWORD, "new_password": "一个足够长的新密码语句" });
    hub.by("court.clerk")
        .post("/api/v1/auth/password", &change)
        .await
        .problem(422, "invalid");
    let long = "一个足够长的新密码语句，不会被猜到";
    let change = json!({ "current_password": PASSWORD, "new_password": long });
    hub.by("court.clerk")
        .post("/api/v1/auth/password", &change)
        .await
        .with(204);
    me(&hub, &other).await.problem(401, "unauthenticated");
    refresh(&hub, &other["refresh_token"])
        .await
        .problem(401, "unauthenticated");
    log_in(&hub, "court.clerk", PASSWORD)
        .await
        .problem(401, "login-failed");
    log_in(&hub, "court.clerk", long).await.ok();
}

#[tokio::test]
async fn a_password_that_was_reset_ends_every_session() {
    let hub = TestHub::open().await;
    let tokens = hub.log_in("court.clerk").await;
    let path = format!("/api/v1/users/{}/password", hub.city.user("court.clerk"));
    let reset = hub.by("admin.system").ask("POST", path).await.ok();
    me(&hub, &tokens).await.problem(401, "unauthenticated");
    log_in(&hub, "court.clerk", PASSWORD)
        .await
        .problem(401, "login-failed");
    let again = log_in(
        &hub,
        "court.clerk",
        reset["one_time_password"].as_str().unwrap(),
    )
    .await;
    assert_eq!(again.ok()["me"]["must_change_password"], true);
}

#[tokio::test]
async fn a_guesser_cannot_tell_an_unknown_login_from_a_wrong_password_or_a_disabled_account() {
    let hub = TestHub::open().await;
    let path = format!("/api/v1/users/{}", hub.city.user("court.reader"));
    hub.by("admin.system")
        .change(&path, &json!({ "active": false }))
        .await
        .ok();
    let wrong = log_in(&hub, "court.clerk", "not the password").await;
    wrong.problem(401, "login-failed");
    let unknown = log_in(&hub, "no.such.login", "not the password").await;
    let disabled = log_in(&hub, "court.reader", PASSWORD).await;
    assert_eq!(unknown.face(), wrong.face());
    assert_eq!(disabled.face(), wrong.face());
}

#[tokio::test]
async fn an_account_that_failed_often_waits_and_nobody_is_told_so() {
    let hub = TestHub::open().await;
    let wrong = log_in(&hub, "court.clerk", "not the password").await;
    for _ in 0..4 {
        log_in(&hub, "court.clerk", "not the password")
            .await
            .problem(401, "login-failed");
    }
    let early = log_in(&hub, "court.clerk", PASSWORD).await;
    assert_eq!(early.face(), wrong.face());
    log_in(&hub, "court.reader", PASSWORD).await.ok();
    hub.pass(SignedDuration::from_mins(2));
    log_in(&hub, "court.clerk", PASSWORD).await.ok();
    // Success forgets the failures.
    log_in(&hub, "court.clerk", "not the password")
        .await
        .problem(401, "login-failed");
    log_in(&hub, "court.clerk", PASSWORD).await.ok();
}

#[tokio::test]
async fn an_address_that_tries_too_often_waits() {
    let hub = TestHub::with(|setting| {
        setting.config.limits.login_burst = NonZeroU32::new(3).unwrap();
        setting.config.limits.login_per_minute = NonZeroU32::MIN;
    })
    .await;
    for _ in 0..3 {
        log_in(&hub, "court.clerk", PASSWORD).await.ok();
    }
    let refused = log_in(&hub, "court.clerk", PASSWORD).await;
    refused.problem(429, "too-many-requests");
    let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
}

#[tokio::test]
async fn forwarded_addresses_are_believed_from_a_configured_proxy_alone() {
    for trusted in [false, true] {
        let hub = TestHub::with(|setting| {
            setting.config.limits.login_burst = NonZeroU32::MIN;
            setting.config.limits.login_per_minute = NonZeroU32::MIN;
            if trusted {
                setting.config.server.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
            }
        })
        .await;
        let body = json!({ "login": "court.clerk", "password": PASSWORD });
        let from = |address: &str| {
            let ask = hub.nobody().post("/api/v1/auth/login", &body);
            ask.header("x-forwarded-for", address)
        };
        from("192.0.2.1").await.ok();
        assert_eq!(
            from("192.0.2.2").await.status,
            if trusted { 200 } else { 429 }
        );
        assert_eq!(
            from("192.0.2.99, 192.0.2.1").await.status,
            429,
            "the last one counts"
        );
    }
}

#[tokio::test]
async fn a_person_of_two_units_acts_for_the_one_they_choose() {
    let hub = TestHub::open().await;
    let path = format!("/api/v1/users/{}", hub.city.user("court.reader"));
    let places = json!([
        { "unit_id": hub.unit("court"), "roles": ["reader"] },
        { "unit_id": hub.unit("agriculture"), "roles": ["clerk"] },
    ]);
    hub.by("admin.system")
        .change(&path, &json!({ "memberships": places }))
        .await
        .ok();
    let body = |unit: &str| json!({ "login": "court.reader", "password": PASSWORD, "unit_id": hub.unit(unit) });
    let login = |unit: &str| hub.nobody().post("/api/v1/auth/login", &body(unit));
    let there = login("agriculture").await.ok();
    assert_eq!(there["me"]["unit"]["name"], "市农业农村局");
    assert_eq!(
        hub.log_in("court.reader").await["me"]["unit"]["name"],
        "市法院"
    );
    let refused = login("government").await;
    assert_eq!(refused.faults(), ["/unit_id not_a_member"]);
    let bearer = format!("Bearer {}", there["access_token"].as_str().unwrap());
    let draft = json!({ "kind": "GW-HAN", "title": "农业农村局的函" });
    let made = hub
        .nobody()
        .post("/api/v1/documents", &draft)
        .header("authorization", &bearer);
    assert_eq!(made.await.with(201)["unit"]["name"], "市农业农村局");
}

#[tokio::test]
async fn one_person_and_one_unit_ask_no_more_often_than_they_may() {
    let hub = TestHub::with(|setting| {
        setting.config.limits.user_per_second = NonZeroU32::new(5).unwrap();
        setting.config.limits.unit_per_second = NonZeroU32::new(8).unwrap();
    })
    .await;
    for login in ["court.clerk", "court.signer", "agriculture.clerk"] {
        hub.token_of(login).await;
    }
    let burst = async |login: &str| {
        let ask = |_| async { hub.by(login).get("/api/v1/auth/me").await };
        let answers = futures_util::future::join_all((0..12).map(ask)).await;
        for refused in answers.iter().filter(|answer| answer.status != 200) {
            refused.problem(429, "too-many-requests");
            assert!(refused.header("retry-after").is_some());
        }
        answers.iter().filter(|answer| answer.status == 200).count()
    };
    let first = burst("court.clerk").await;
    assert!((5..12).contains(&first), "{first}");
    let colleague = burst("court.signer").await;
    assert!(colleague < first, "{colleague}: the unit has its own bound");
    assert!(
        burst("agriculture.clerk").await >= 5,
        "others are not kept waiting"
    );
}
