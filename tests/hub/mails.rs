//! Reminders by e-mail, sent to a real mail server.

use std::{collections::BTreeSet, process::Output, time::Duration};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use wenshu::{
    app::{Hub, MailOutcome, Posted},
    config::MailTls,
    domain::MailFault,
};

use crate::support::{LOGIN, MailServer, Mailed, TestHub, advice};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);
const CLERK: &str = "clerk@resources.example.gov.cn";

/// A hub that sends to this server, in which the clerk of the bureau has an address.
async fn hub_with(server: &MailServer) -> TestHub {
    let hub = TestHub::with(|setting| server.serves(&mut setting.config.mail)).await;
    address(&hub, "resources.clerk", json!(CLERK)).await;
    hub
}

async fn address(hub: &TestHub, login: &str, email: Value) -> Value {
    let path = format!("/api/v1/users/{}", hub.city.user(login));
    let change = json!({ "email": email });
    hub.by("admin.system").change(&path, &change).await.ok()
}

/// Sends documents that are reminded of at once: one mail each to the clerk.
async fn reminded(hub: &TestHub, count: u64) {
    for _ in 0..count {
        advice().sent(hub).await;
    }
    let told = hub.with_hub(|hub| async move { hub.remind().await.unwrap() });
    assert_eq!(told.await, count);
}

async fn posted(hub: &TestHub) -> Posted {
    hub.with_hub(|hub| async move { hub.send_mails(|| true).await.unwrap() })
        .await
}

fn ids(letters: &[Mailed]) -> BTreeSet<String> {
    letters.iter().map(|one| one.header("Message-ID")).collect()
}

/// The rows of the outbox.
async fn waiting(hub: &TestHub) -> Vec<String> {
    let rows = hub.rows().await.into_iter();
    rows.filter(|row| row.starts_with("mails: ")).collect()
}

fn fault(posted: &Posted) -> Option<MailFault> {
    posted.trouble.as_ref().map(|trouble| trouble.fault)
}

#[tokio::test]
async fn a_reminder_reaches_the_mailbox_and_says_nothing_of_the_document() {
    let server = MailServer::open();
    let hub = TestHub::with(|setting| {
        server.serves(&mut setting.config.mail);
        "https://wenshu.example.gov.cn".clone_into(&mut setting.config.hub.public_url);
    })
    .await;
    address(&hub, "resources.clerk", json!(CLERK)).await;
    let paper = advice().sent(&hub).await;
    hub.with_hub(|hub| async move { hub.remind().await.unwrap() })
        .await;
    let sent = posted(&hub).await;
    assert_eq!(sent.outcomes, [MailOutcome::Sent]);
    let letters = server.letters();
    let [letter] = letters.as_slice() else {
        panic!("{letters:?}")
    };
    assert_eq!(letter.from, "wenshu@hub.example.gov.cn");
    assert_eq!(letter.to, [CLERK]);
    let said = hub.by("resources.clerk").get("/api/v1/notifications").await;
    let said = &said.ok()["items"][0];
    for (name, text) in [
        ("Subject", "【文枢】收到需要回复的文书，请及时签收"),
        ("From", "文枢 <wenshu@hub.example.gov.cn>"),
        ("To", CLERK),
        ("Auto-Submitted", "auto-generated"),
        (
            "Message-ID",
            &format!("{}@wenshu.example.gov.cn", said["id"].as_str().unwrap()),
        ),
    ] {
        assert_eq!(letter.header(name), text, "{name}");
    }
    let date: Timestamp = letter.header("Date").parse().unwrap();
    assert_eq!(date, hub.now());
    let number = paper.seen_by(&hub, "court.clerk").await["doc_number"].clone();
    let link = format!("https://wenshu.example.gov.cn/documents/{}", paper.id);
    let body = letter.body();
    for part in [
        number.as_str().unwrap(),
        &link,
        "收到需要回复的文书，请及时签收。",
    ] {
        assert!(body.contains(part), "{body}");
    }
    for hidden in ["司法建议书", "不动产登记", "韩立新", "市资源局收发员"] {
        assert!(!body.contains(hidden), "{body}");
        assert!(!letter.header("Subject").contains(hidden));
    }
    assert!(posted(&hub).await.outcomes.is_empty(), "once is enough");
}

#[tokio::test]
async fn while_the_server_is_down_mails_wait_and_then_each_is_sent_once() {
    let server = MailServer::closed(MailTls::None);
    let hub = hub_with(&server).await;
    reminded(&hub, 2).await;
    for _ in 0..3 {
        let posted = posted(&hub).await;
        assert_eq!(fault(&posted), Some(MailFault::Unreachable));
        assert!(posted.outcomes.is_empty(), "it costs no attempt");
        assert!(posted.waiting_since.is_some());
    }
    server.listen();
    assert_eq!(posted(&hub).await.outcomes, [MailOutcome::Sent; 2]);
    assert!(posted(&hub).await.waiting_since.is_none());
    assert_eq!(ids(&server.letters()).len(), 2);
    assert_eq!(server.letters().len(), 2);
}

#[tokio::test]
async fn what_the_server_does_not_take_for_now_is_tried_again_and_again_later() {
    let server = MailServer::open();
    let hub = hub_with(&server).await;
    reminded(&hub, 1).await;
    server.answers(&[451, 421]);
    // A minute, then two.
    for (wait, fault) in [
        (MINUTE, MailFault::Deferred),
        (MINUTE * 2, MailFault::Refused),
    ] {
        let outcomes = posted(&hub).await.outcomes;
        assert_eq!(outcomes, [MailOutcome::Deferred(fault)]);
        hub.pass(wait - SignedDuration::from_secs(1));
        assert!(posted(&hub).await.outcomes.is_empty(), "too early");
        hub.pass(SignedDuration::from_secs(1));
    }
    assert_eq!(posted(&hub).await.outcomes, [MailOutcome::Sent]);
    hub.pass(MINUTE * 600);
    assert!(posted(&hub).await.outcomes.is_empty());
    assert_eq!(server.letters().len(), 1);
}

#[tokio::test]
async fn what_the_server_refuses_is_not_tried_again_and_keeps_nothing_else_back() {
    let server = MailServer::open();
    let hub = hub_with(&server).await;
    reminded(&hub, 3).await;
    server.answers(&[250, 550]);
    let refused = MailOutcome::Failed(MailFault::Rejected);
    let outcomes = posted(&hub).await.outcomes;
    assert_eq!(outcomes, [MailOutcome::Sent, refused, MailOutcome::Sent]);
    hub.pass(MINUTE * 60);
    assert!(posted(&hub).await.outcomes.is_empty());
    assert_eq!(server.letters().len(), 2);
}

#[tokio::test]
async fn a_mail_is_tried_so_often_and_waits_so_long() {
    let server = MailServer::open();
    let hub = TestHub::with(|setting| {
        server.serves(&mut setting.config.mail);
        setting.config.mail.attempts_max = 2;
    })
    .await;
    address(&hub, "resources.clerk", json!(CLERK)).await;
    reminded(&hub, 1).await;
    server.answers(&[451, 451]);
    posted(&hub).await;
    hub.pass(MINUTE);
    let last = posted(&hub).await.outcomes;
    assert_eq!(last, [MailOutcome::Failed(MailFault::Deferred)]);
    reminded(&hub, 1).await;
    hub.pass(MINUTE * 60 * 72 + MINUTE);
    let late = posted(&hub).await.outcomes;
    assert_eq!(late, [MailOutcome::Failed(MailFault::Expired)]);
    assert!(server.letters().is_empty());
}

#[tokio::test]
async fn what_a_node_has_not_sent_before_it_stopped_is_sent_by_the_next() {
    let server = MailServer::open();
    let hub = hub_with(&server).await;
    reminded(&hub, 1).await;
    let next = hub.fresh_node().await;
    let sent = hub.with_hub(|_| async move { next.send_mails(|| true).await.unwrap() });
    assert_eq!(sent.await.outcomes, [MailOutcome::Sent]);
    assert!(posted(&hub).await.outcomes.is_empty());
}

#[tokio::test]
async fn what_a_node_was_sending_when_it_died_is_sent_again_and_is_known_for_the_same() {
    let server = MailServer::open();
    let hub = hub_with(&server).await;
    reminded(&hub, 1).await;
    server.holds(true);
    let sending = hub.with_hub(|hub| async move {
        tokio::spawn(async move { hub.send_mails(|| true).await.map(|_| ()) }).abort_handle()
    });
    let sending = sending.await;
    server.has_hold().await;
    sending.abort();
    server.holds(false);
    server.has_letters(1).await;
    assert!(posted(&hub).await.outcomes.is_empty(), "it may be at it");
    hub.pass(MINUTE * 2);
    assert_eq!(posted(&hub).await.outcomes, [MailOutcome::Sent]);
    let letters = server.letters();
    assert_eq!((letters.len(), ids(&letters).len()), (2, 1));
    assert_eq!(letters[0].raw, letters[1].raw);
}

#[tokio::test]
async fn two_nodes_at_once_send_each_mail_once() {
    let server = MailServer::open();
    let hub = hub_with(&server).await;
    reminded(&hub, 8).await;
    server.thinks(Duration::from_millis(20));
    let other = hub.fresh_node().await;
    let sent = hub.with_hub(|hub| async move {
        let all = |hub: Hub| async move {
            let mut sent = 0;
            for _ in 0..10 {
                // Whoever comes second on the database may have to ask again.
                sent += hub
                    .send_mails(|| true)
                    .await
                    .map_or(0, |it| it.outcomes.len());
            }
            sent
        };
        let (one, two) = tokio::join!(tokio::spawn(all(hub)), tokio::spawn(all(other)));
        one.unwrap() + two.unwrap()
    });
    assert_eq!(sent.await, 8);
    let letters = server.letters();
    assert_eq!((letters.len(), ids(&letters).len()), (8, 8));
}

#[tokio::test]
async fn who_cannot_be_written_to_is_not_written_to() {
    let server = MailServer::open();
    let hub = hub_with(&server).await;
    // The liaison is meant as well and has no address.
    reminded(&hub, 1).await;
    assert_eq!(waiting(&hub).await.len(), 1);
    let gone = [MailOutcome::Failed(MailFault::NoRecipient)];
    address(&hub, "resources.clerk", Value::Null).await;
    assert_eq!(posted(&hub).await.outcomes, gone);
    reminded(&hub, 1).await;
    assert_eq!(waiting(&hub).await.len(), 1, "nothing is written down");
    let path = format!("/api/v1/users/{}", hub.city.user("resources.clerk"));
    let court = [json!({ "unit_id": hub.unit("court"), "roles": ["clerk"] })];
    for change in [json!({ "memberships": court }), json!({ "active": false })] {
        let place = [json!({ "unit_id": hub.unit("resources"), "roles": ["clerk"] })];
        let before = json!({ "email": CLERK, "memberships": place, "active": true });
        hub.by("admin.system").change(&path, &before).await.ok();
        reminded(&hub, 1).await;
        hub.by("admin.system").change(&path, &change).await.ok();
        assert_eq!(posted(&hub).await.outcomes, gone, "{change}");
    }
    assert!(server.letters().is_empty());
}

#[tokio::test]
async fn where_mail_is_off_nothing_is_written_down() {
    let hub = TestHub::open().await;
    address(&hub, "resources.clerk", json!(CLERK)).await;
    reminded(&hub, 1).await;
    assert!(waiting(&hub).await.is_empty());
}

#[tokio::test]
async fn the_job_sends_by_itself_and_stops_while_it_waits_for_the_server() {
    let server = MailServer::closed(MailTls::None);
    let hub = TestHub::with(|setting| {
        setting.jobs = true;
        server.serves(&mut setting.config.mail);
    })
    .await;
    address(&hub, "resources.clerk", json!(CLERK)).await;
    advice().sent(&hub).await;
    // Long enough for it to find nobody there.
    tokio::time::sleep(Duration::from_millis(700)).await;
    server.listen();
    server.has_letters(1).await;
    // It counts after it has been told that all is well.
    for _ in 0..100 {
        let figures = hub.http.get(format!("{}/metrics", hub.operations));
        let figures = figures.send().await.unwrap().text().await.unwrap();
        if figures.contains("wenshu_mails_total{outcome=\"sent\"") {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it was not counted");
}

#[tokio::test]
async fn a_connection_is_encrypted_and_the_hub_logs_in_as_it_is_told() {
    for tls in [MailTls::StartTls, MailTls::Tls] {
        let server = MailServer::closed(tls);
        server.listen();
        let hub = TestHub::with(|setting| {
            let file = setting.config.hub.data_dir.join("ca.pem");
            let mail = &mut setting.config.mail;
            server.certificate(&file);
            server.serves(mail);
            mail.ca_file = file;
            LOGIN.0.clone_into(&mut mail.username);
            mail.password = wenshu::config::Secret::new(LOGIN.1.to_owned());
        })
        .await;
        address(&hub, "resources.clerk", json!(CLERK)).await;
        reminded(&hub, 1).await;
        let posted = posted(&hub).await;
        assert_eq!(posted.outcomes, [MailOutcome::Sent], "{posted:?}");
        assert_eq!((server.logins(), server.letters().len()), (1, 1));
    }
}

#[tokio::test]
async fn a_server_that_is_not_to_be_trusted_is_told_nothing() {
    for (spoken, wanted) in [
        (MailTls::StartTls, MailTls::StartTls),
        (MailTls::Tls, MailTls::Tls),
        // It does not offer to be encrypted: somebody between may have taken that out.
        (MailTls::None, MailTls::StartTls),
    ] {
        let server = MailServer::closed(spoken);
        server.listen();
        let hub = TestHub::with(|setting| {
            server.serves(&mut setting.config.mail);
            setting.config.mail.tls = wanted;
        })
        .await;
        address(&hub, "resources.clerk", json!(CLERK)).await;
        reminded(&hub, 1).await;
        let posted = posted(&hub).await;
        assert_eq!(fault(&posted), Some(MailFault::Tls), "{posted:?}");
        assert!(posted.outcomes.is_empty() && server.letters().is_empty());
    }
}

#[tokio::test]
async fn a_wrong_password_loses_no_mail() {
    let server = MailServer::closed(MailTls::Tls);
    server.listen();
    let hub = TestHub::with(|setting| {
        let file = setting.config.hub.data_dir.join("ca.pem");
        let mail = &mut setting.config.mail;
        server.certificate(&file);
        server.serves(mail);
        mail.ca_file = file;
        LOGIN.0.clone_into(&mut mail.username);
        mail.password = wenshu::config::Secret::new("不是这个".to_owned());
    })
    .await;
    address(&hub, "resources.clerk", json!(CLERK)).await;
    reminded(&hub, 1).await;
    let refused = posted(&hub).await;
    let trouble = refused.trouble.unwrap();
    assert_eq!(
        (trouble.fault, trouble.reply),
        (MailFault::Login, Some(535))
    );
    assert!(refused.outcomes.is_empty());
    assert!(posted(&hub).await.waiting_since.is_some());
}

#[tokio::test]
async fn an_address_is_checked_shown_to_its_owner_and_removed() {
    let hub = TestHub::open().await;
    let place = json!({ "unit_id": hub.unit("court"), "roles": ["clerk"] });
    let person = |login: &str, email: &str| json!({ "login": login, "name": "王小明", "memberships": [place], "email": email });
    let sysadmin = hub.by("admin.system");
    let wrong = person("wang.xm", "wang@court");
    let answer = sysadmin.post("/api/v1/users", &wrong).await;
    answer.problem(422, "invalid");
    assert_eq!(answer.faults(), ["/email malformed"]);
    let right = person("wang.xm", " wang@court.example.gov.cn");
    let made = sysadmin.post("/api/v1/users", &right).await.with(201);
    assert_eq!(made["user"]["email"], "wang@court.example.gov.cn");
    let path = format!("/api/v1/users/{}", made["user"]["id"].as_str().unwrap());
    let renamed = sysadmin.change(&path, &json!({ "name": "王大明" })).await;
    assert_eq!(renamed.ok()["email"], "wang@court.example.gov.cn");
    let wrong = sysadmin.change(&path, &json!({ "email": "" })).await;
    assert_eq!(wrong.faults(), ["/email malformed"]);
    let removed = sysadmin.change(&path, &json!({ "email": null })).await;
    assert_eq!(removed.ok()["email"], Value::Null);
    address(&hub, "court.clerk", json!("c@court.example.gov.cn")).await;
    let me = hub.by("court.clerk").get("/api/v1/auth/me").await.ok();
    assert_eq!(me["user"]["email"], "c@court.example.gov.cn");
}

/// What the operator's test says.
async fn tested(sets: Vec<String>) -> Output {
    let test = move || {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_wenshu"));
        command.args(["admin", "mail-test", "--to", CLERK]);
        for set in &sets {
            command.args(["--set", set]);
        }
        command.output().unwrap()
    };
    tokio::task::spawn_blocking(test).await.unwrap()
}

#[tokio::test]
async fn the_operator_sees_whether_a_mail_can_be_sent_and_why_not() {
    let server = MailServer::closed(MailTls::None);
    let mut mail = wenshu::config::Mail::default();
    server.serves(&mut mail);
    let sets = vec![
        format!("mail.host={}", mail.host),
        format!("mail.port={}", mail.port),
        format!("mail.from={}", mail.from),
        "mail.tls=none".to_owned(),
    ];
    let down = tested(sets.clone()).await;
    let told = String::from_utf8(down.stderr).unwrap();
    assert!(
        !down.status.success() && told.contains("连不上邮件服务器"),
        "{told}"
    );
    server.listen();
    let sent = tested(sets).await;
    let told = String::from_utf8(sent.stdout).unwrap();
    let complaint = String::from_utf8(sent.stderr).unwrap();
    assert!(sent.status.success(), "{complaint}");
    assert!(told.contains(CLERK), "{told}");
    assert_eq!(server.letters()[0].header("Subject"), "【文枢】测试邮件");
    let unset = tested(Vec::new()).await;
    let told = String::from_utf8(unset.stderr).unwrap();
    assert!(
        !unset.status.success() && told.contains("mail.host"),
        "{told}"
    );
}
