//! Programs of units: who keeps them, how they get in, and what they may do.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::{
    policy::{Scene, operations},
    support::{TestHub, a_document, a_machine, token_request},
};

fn table() -> BTreeMap<String, Vec<u16>> {
    let rows: BTreeMap<String, String> = toml::from_str(include_str!("machines.toml")).unwrap();
    let statuses = |cells: &String| cells.split(' ').map(|cell| cell.parse().unwrap()).collect();
    rows.iter()
        .map(|(operation, cells)| (operation.clone(), statuses(cells)))
        .collect()
}

#[tokio::test]
async fn a_program_may_do_what_its_scope_says_and_nothing_else() {
    let hub = TestHub::open().await;
    let columns = [
        ("court", "send"),
        ("resources", "receive"),
        ("resources", "report"),
    ];
    for (unit, scope) in columns {
        let machine = a_machine(&hub, unit, &[scope], Value::Null).await;
        machine.enters(&hub, scope).await;
    }
    let table = table();
    let operations = operations();
    let unknown: Vec<_> = table
        .keys()
        .filter(|one| !operations.contains_key(*one))
        .collect();
    assert!(unknown.is_empty(), "rows without an operation: {unknown:?}");
    let scene = Scene::set(&hub, "sent").await;
    let mut wrong = Vec::new();
    for operation in operations.keys().filter(|one| !one.ends_with("/logout")) {
        for (place, (_, scope)) in columns.iter().enumerate() {
            let answer = scene.ask(hub.by(scope), operation).await;
            let fits = match table.get(operation) {
                Some(statuses) => answer.status == statuses[place],
                None => answer.status == 403,
            };
            if !fits {
                wrong.push(format!("{operation} {scope}: {}", answer.text()));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[tokio::test]
async fn a_program_that_is_disabled_or_has_run_out_may_do_nothing_from_the_next_request_on() {
    let hub = TestHub::open().await;
    let revoked = a_machine(&hub, "court", &["send", "receive", "report"], Value::Null).await;
    let soon = hub.now() + SignedDuration::from_secs(120);
    let expired = json!({ "expires_at": soon.to_string() });
    let expired = a_machine(&hub, "court", &["send", "receive", "report"], expired).await;
    revoked.enters(&hub, "revoked").await;
    hub.by("revoked").get("/api/v1/auth/me").await.ok();
    let off = json!({ "active": false });
    hub.by("admin.system")
        .change(&revoked.path(), &off)
        .await
        .ok();
    let scene = Scene::set(&hub, "sent").await;
    let openly = [
        "/setup",
        "/login",
        "/refresh",
        "/oauth/token",
        "/jwks.json",
        "OPTIONS /api/v1/uploads",
    ];
    let closed = operations();
    let closed = closed
        .keys()
        .filter(|one| !openly.iter().any(|open| one.ends_with(open)));
    for operation in closed.clone() {
        let answer = scene.ask(hub.by("revoked"), operation).await;
        assert_eq!(answer.status, 401, "{operation}: {}", answer.text());
    }
    let refused = revoked.asks_for_token(&hub, "").await;
    assert_eq!(refused.with(401)["error"], "invalid_client");

    let granted = expired.asks_for_token(&hub, "").await.ok();
    assert_eq!(
        granted["expires_in"], 120,
        "no longer than the client itself"
    );
    hub.pass(SignedDuration::from_secs(121));
    hub.keep_token("expired", granted["access_token"].as_str().unwrap());
    for operation in closed {
        let answer = scene.ask(hub.by("expired"), operation).await;
        assert_eq!(answer.status, 401, "{operation}: {}", answer.text());
    }
    let refused = expired.asks_for_token(&hub, "").await;
    assert_eq!(refused.with(401)["error"], "invalid_client");
}

#[tokio::test]
async fn a_token_is_had_in_both_ways_of_the_standard_and_for_less_than_all() {
    use base64::{Engine as _, prelude::BASE64_STANDARD};
    let hub = TestHub::open().await;
    let machine = a_machine(&hub, "court", &["report", "send"], Value::Null).await;
    let granted = machine.asks_for_token(&hub, "").await;
    assert_eq!(granted.header("cache-control"), Some("no-store"));
    let granted = granted.ok();
    assert_eq!(granted["token_type"], "Bearer");
    assert_eq!(granted["scope"], "send report");
    assert!(granted.get("refresh_token").is_none());
    let code = BASE64_STANDARD.encode(format!("{}:{}", machine.id, machine.secret));
    let ask = hub.nobody().ask("POST", "/oauth/token");
    let ask = ask.header("authorization", format!("Basic {code}"));
    let form = "grant_type=client_credentials&scope=report";
    let narrow = ask
        .body("application/x-www-form-urlencoded", form)
        .await
        .ok();
    assert_eq!(narrow["scope"], "report");
    hub.keep_token("narrow", narrow["access_token"].as_str().unwrap());
    hub.by("narrow").get("/api/v1/obligations").await.ok();
    hub.by("narrow")
        .upload("一.txt", "内容")
        .await
        .problem(403, "forbidden");
}

#[tokio::test]
async fn what_is_wrong_with_a_token_request_is_said_in_the_words_of_the_standard() {
    let hub = TestHub::open().await;
    let machine = a_machine(&hub, "court", &["send"], Value::Null).await;
    let (id, secret) = (machine.id, &machine.secret);
    let other = uuid::Uuid::now_v7();
    let good = format!("client_id={id}&client_secret={secret}");
    let cases = [
        (good.clone(), 400, "invalid_request"),
        (
            format!("grant_type=password&{good}"),
            400,
            "unsupported_grant_type",
        ),
        (
            format!("grant_type=client_credentials&client_id={id}"),
            401,
            "invalid_client",
        ),
        (
            format!("grant_type=client_credentials&client_id={id}&client_secret=x"),
            401,
            "invalid_client",
        ),
        (
            format!("grant_type=client_credentials&client_id={other}&client_secret={secret}"),
            401,
            "invalid_client",
        ),
        (
            format!("grant_type=client_credentials&client_id=court.clerk&client_secret={secret}"),
            401,
            "invalid_client",
        ),
        (
            format!("grant_type=client_credentials&{good}&scope=receive"),
            400,
            "invalid_scope",
        ),
        (
            format!("grant_type=client_credentials&{good}&scope=everything"),
            400,
            "invalid_scope",
        ),
        (
            format!("grant_type=client_credentials&{good}&client_id={id}"),
            400,
            "invalid_request",
        ),
    ];
    for (form, status, error) in cases {
        let answer = token_request(&hub, form.clone()).await;
        assert_eq!(answer.with(status)["error"], error, "{form}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("www-authenticate").is_some(), status == 401);
        assert!(!answer.text().contains(secret.as_str()));
    }
    let login = json!({ "login": format!("client:{id}"), "password": secret });
    let login = hub.nobody().post("/api/v1/auth/login", &login).await;
    login.problem(401, "login-failed");
}

#[tokio::test]
async fn an_address_that_asks_for_too_many_tokens_must_wait() {
    let hub = TestHub::with(|setting| {
        setting.config.limits.login_burst = std::num::NonZeroU32::new(4).unwrap();
        setting.config.limits.login_per_minute = std::num::NonZeroU32::new(1).unwrap();
    })
    .await;
    // The admin's login is one of the four.
    let machine = a_machine(&hub, "court", &["send"], Value::Null).await;
    for _ in 0..3 {
        machine.asks_for_token(&hub, "").await.ok();
    }
    let refused = machine.asks_for_token(&hub, "").await;
    assert_eq!(refused.with(429)["error"], "temporarily_unavailable");
    let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
}

#[tokio::test]
async fn two_secrets_overlap_and_a_third_ends_the_first() {
    let hub = TestHub::open().await;
    let first = a_machine(&hub, "court", &["send"], Value::Null).await;
    let rotate = |hours: Value| {
        let path = format!("{}/secret", first.path());
        let hub = &hub;
        async move {
            let body = json!({ "overlap_hours": hours });
            let made = hub.by("admin.system").post(path, &body).await.ok();
            assert!(made["client"]["secrets"].as_array().unwrap().len() <= 2);
            made["client_secret"].as_str().unwrap().to_owned()
        }
    };
    let with = |secret: &str| crate::support::Machine {
        id: first.id,
        secret: secret.to_owned(),
    };
    hub.pass(SignedDuration::from_secs(1));
    let second = rotate(json!(2)).await;
    for secret in [&first.secret, &second] {
        with(secret).asks_for_token(&hub, "").await.ok();
    }
    hub.pass(SignedDuration::from_secs(1));
    let third = rotate(Value::Null).await;
    with(&first.secret).asks_for_token(&hub, "").await.with(401);
    with(&second).asks_for_token(&hub, "").await.ok();
    hub.pass(SignedDuration::from_hours(25));
    with(&second).asks_for_token(&hub, "").await.with(401);
    with(&third).enters(&hub, "third").await;
    rotate(json!(0)).await;
    hub.by("third")
        .get("/api/v1/auth/me")
        .await
        .problem(401, "unauthenticated");
    with(&third).asks_for_token(&hub, "").await.with(401);
}

#[tokio::test]
async fn what_a_client_cannot_be_is_refused_by_its_field() {
    let hub = TestHub::open().await;
    let court = hub.unit("court");
    let late = hub.now() + SignedDuration::from_hours(24 * 91);
    let cases = [
        (json!({ "scopes": [] }), "/scopes required"),
        (json!({ "scopes": ["admin"] }), "/scopes/0 not_a_choice"),
        (json!({ "name": " " }), "/name malformed"),
        (
            json!({ "unit_id": uuid::Uuid::now_v7() }),
            "/unit_id unknown",
        ),
        (
            json!({ "expires_at": hub.now().to_string() }),
            "/expires_at in_past",
        ),
        (
            json!({ "expires_at": late.to_string() }),
            "/expires_at too_late",
        ),
        (json!({ "recipients": [court] }), "/recipients/0 unknown"),
    ];
    for (part, fault) in cases {
        let mut body = json!({ "name": "系统", "unit_id": court, "scopes": ["send"] });
        for (name, value) in part.as_object().unwrap() {
            body[name] = value.clone();
        }
        let answer = hub.by("admin.system").post("/api/v1/clients", &body).await;
        answer.problem(422, "invalid");
        assert_eq!(answer.faults(), [fault]);
    }
}

#[tokio::test]
async fn a_client_is_no_person_among_the_accounts() {
    let hub = TestHub::open().await;
    let machine = a_machine(&hub, "court", &["send"], Value::Null).await;
    let users = hub
        .by("admin.system")
        .get("/api/v1/users?limit=100")
        .await
        .ok();
    assert!(!users.to_string().contains(&machine.id.to_string()));
    let path = format!("/api/v1/users/{}", machine.id);
    hub.by("admin.system")
        .get(&path)
        .await
        .problem(404, "not-found");
    let ask = hub
        .by("admin.system")
        .ask("POST", format!("{path}/password"));
    ask.await.problem(404, "not-found");
    let shown = hub.by("admin.system").get(machine.path()).await;
    assert!(!shown.text().contains(&machine.secret));
}

#[tokio::test]
async fn a_scope_that_is_taken_away_is_gone_at_the_next_request() {
    let hub = TestHub::open().await;
    let machine = a_machine(&hub, "court", &["send", "report"], Value::Null).await;
    machine.enters(&hub, "program").await;
    hub.by("program").upload("一.txt", "内容").await.with(201);
    let less = json!({ "scopes": ["report"] });
    hub.by("admin.system")
        .change(&machine.path(), &less)
        .await
        .ok();
    hub.by("program")
        .upload("一.txt", "内容")
        .await
        .problem(403, "forbidden");
    hub.by("program").get("/api/v1/obligations").await.ok();
    // What is added is not in the token that was granted before.
    let more = json!({ "scopes": ["report", "receive"] });
    hub.by("admin.system")
        .change(&machine.path(), &more)
        .await
        .ok();
    hub.by("program")
        .get("/api/v1/deliveries")
        .await
        .problem(403, "forbidden");
}

#[tokio::test]
async fn a_list_of_recipients_bounds_what_a_program_sees_drafts_and_sends() {
    let hub = TestHub::open().await;
    let listed = json!({ "recipients": [hub.unit("resources")] });
    let machine = a_machine(&hub, "court", &["send"], listed).await;
    machine.enters(&hub, "program").await;
    let units = hub.by("program").get("/api/v1/units").await.ok();
    let names: Vec<_> = units["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["short_name"])
        .collect();
    assert_eq!(names, ["市自然资源局"]);
    let path = |key: &str| format!("/api/v1/units/{}", hub.unit(key));
    hub.by("program")
        .get(path("agriculture"))
        .await
        .problem(404, "not-found");
    let takes = format!("{}/capabilities", path("agriculture"));
    hub.by("program").get(takes).await.problem(404, "not-found");
    hub.by("program").get(path("court")).await.ok();
    let other = a_document().to("agriculture");
    let files = other.uploaded(&hub).await;
    let body = other.body(&hub, &files);
    let refused = hub.by("program").post("/api/v1/documents", &body).await;
    refused.problem(422, "invalid");
    assert_eq!(refused.faults(), ["/recipients/0/unit_id not_listed"]);
    let issued = other.issued(&hub).await;
    let refused = hub.by("program").ask("POST", issued.path("/send")).await;
    assert_eq!(refused.faults(), ["/recipients/0/unit_id not_listed"]);
    let issued = a_document().issued(&hub).await;
    let sent = hub
        .by("program")
        .ask("POST", issued.path("/send"))
        .await
        .ok();
    assert_eq!(sent["sent"]["by_machine"], true);
    assert_eq!(sent["issued"]["by_machine"], false);
}

#[tokio::test]
async fn people_list_whom_they_may_send_to_by_kind() {
    let hub = TestHub::open().await;
    let names = |answer: Value| -> Vec<String> {
        let items = answer["items"].as_array().unwrap().clone();
        items
            .iter()
            .map(|one| one["short_name"].as_str().unwrap().to_owned())
            .collect()
    };
    let all = hub
        .by("court.reader")
        .get("/api/v1/units?sendable=true")
        .await
        .ok();
    let all = names(all);
    assert_eq!(all.len(), 5, "{all:?}");
    assert!(!all.contains(&"市法院".to_owned()));
    let mut paged = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/api/v1/units?sendable=true&limit=2{cursor}");
        let page = hub.by("court.reader").get(path).await.ok();
        paged.extend(names(page.clone()));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(paged, all);
    let path = "/api/v1/units?sendable=true&kind=SJ-ZH";
    let advised = names(hub.by("court.reader").get(path).await.ok());
    assert!(advised.contains(&"市自然资源局".to_owned()), "{advised:?}");
    let wrong = hub.by("court.reader").get("/api/v1/units?kind=SJ-ZH").await;
    assert_eq!(wrong.faults(), ["kind conflicting"]);
    let wrong = hub
        .by("court.reader")
        .get("/api/v1/units?sendable=true&kind=XX")
        .await;
    assert_eq!(wrong.faults(), ["kind unknown"]);
}

#[tokio::test]
async fn what_a_recipient_takes_follows_from_the_rules_and_from_its_programs() {
    let hub = TestHub::open().await;
    let path = format!("/api/v1/units/{}/capabilities", hub.unit("resources"));
    let takes = hub.by("court.clerk").get(&path).await.ok();
    assert_eq!(takes["reads_by_machine"], false);
    let kinds = takes["kinds"].as_array().unwrap();
    let kind = |code: &str| kinds.iter().find(|one| one["code"] == code);
    let advice = kind("SJ-ZH").expect("the court advises the bureau");
    assert_eq!(advice["roles"], json!(["main", "copy"]));
    assert_eq!(advice["owes_reply"], true);
    assert!(advice["deadline_rule"].is_string() && advice["deadline_rule_version"].is_u64());
    assert_eq!(kind("GW-HAN").unwrap()["owes_reply"], Value::Null);
    assert!(kind("JC-ZH").is_none(), "the court issues no 检察建议");
    a_machine(&hub, "resources", &["receive"], Value::Null).await;
    let one = hub
        .by("court.clerk")
        .get(format!("{path}?kind=SJ-ZH"))
        .await
        .ok();
    assert_eq!(one["kinds"].as_array().unwrap().len(), 1);
    assert_eq!(one["reads_by_machine"], true);
    let own = format!("/api/v1/units/{}/capabilities", hub.unit("court"));
    let own = hub.by("court.clerk").get(own).await.ok();
    assert_eq!(own["kinds"], json!([]));
}

#[tokio::test]
async fn what_a_program_fetches_is_fetched_and_neither_read_nor_signed_for() {
    let hub = TestHub::open().await;
    let paper = a_document().sent(&hub).await;
    let machine = a_machine(&hub, "resources", &["send", "receive"], Value::Null).await;
    machine.enters(&hub, "program").await;
    hub.by("program").get(paper.path("")).await.ok();
    let bytes = hub.by("program").get(paper.file_path(0)).await;
    assert_eq!(bytes.text(), "请予协助。");
    let delivery = paper.delivery(&hub, "resources").await;
    assert_eq!(delivery["state"], "arrived");
    assert_eq!(delivery["first_read"], Value::Null);
    assert_eq!(delivery["signed"], Value::Null);
    assert_eq!(delivery["fetched"]["by_machine"], true);
    assert_eq!(delivery["fetched"]["user_id"], machine.id.to_string());
    let path = format!(
        "/api/v1/deliveries/{}/sign",
        delivery["id"].as_str().unwrap()
    );
    let refused = hub.by("program").ask("POST", path).await;
    let said = refused.problem(403, "forbidden")["detail"].to_string();
    assert!(said.contains("程序账号不能签收"), "{said}");
    let history = hub.by("court.clerk").get(paper.path("/history")).await.ok();
    let events = history["items"].as_array().unwrap().iter();
    let events: Vec<_> = events.map(|one| one["event"].as_str().unwrap()).collect();
    assert!(
        !events.contains(&"reading") && !events.contains(&"signing"),
        "{events:?}"
    );
    // A person reads it as the first.
    paper.seen_by(&hub, "resources.reader").await;
    let delivery = paper.delivery(&hub, "resources").await;
    assert_eq!(delivery["first_read"]["by_machine"], false);
}

#[tokio::test]
async fn a_program_with_one_scope_does_not_see_the_other_side() {
    let hub = TestHub::open().await;
    let sent = a_document().sent(&hub).await;
    let own = a_document()
        .from("resources")
        .to("court")
        .drafted(&hub)
        .await;
    let receiver = a_machine(&hub, "resources", &["receive"], Value::Null).await;
    receiver.enters(&hub, "receiver").await;
    let sender = a_machine(&hub, "resources", &["send"], Value::Null).await;
    sender.enters(&hub, "sender").await;
    hub.by("receiver")
        .get(own.path(""))
        .await
        .problem(404, "not-found");
    hub.by("sender")
        .get(sent.path(""))
        .await
        .problem(404, "not-found");
    hub.by("sender")
        .get(sent.file_path(0))
        .await
        .problem(404, "not-found");
    hub.by("sender")
        .get(sent.path("/deliveries"))
        .await
        .problem(404, "not-found");
    hub.by("sender")
        .get(sent.path("/history"))
        .await
        .problem(404, "not-found");
    hub.by("sender").get(own.path("")).await.ok();
    hub.by("receiver").get(sent.path("")).await.ok();
}
