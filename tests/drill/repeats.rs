//! Every kind of act, killed between its commit and its answer: asked for again under its key, it
//! is answered as it would have been, and nothing is done twice.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    hub::{Running, Site},
    load::Ack,
    oracle::{Database, examine},
    people::{People, Person, id},
    server::Server,
    turn,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_act_is_answered_the_same_after_a_kill_before_its_answer() {
    let _turn = turn().await;
    live_through_kills(Site::new(&[]), None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_act_is_answered_the_same_on_postgresql_too() {
    let Some(server) = Server::with_a_database().await else {
        return;
    };
    let _turn = turn().await;
    let site = Site::new(&[&server.setting()]);
    live_through_kills(site, Some(server.url())).await;
    server.clear().await;
}

/// A hub that is killed after each act.
struct Fated<'a> {
    site: &'a Site,
    server: Option<&'a str>,
    running: Option<Running>,
    acts: usize,
}

/// An act as it is asked for, each time alike.
struct Act<'a> {
    who: &'a Person,
    method: &'static str,
    path: String,
    body: Value,
    revision: Option<&'static str>,
}

impl<'a> Act<'a> {
    fn post(who: &'a Person, path: impl Into<String>, body: Value) -> Self {
        Self {
            who,
            method: "POST",
            path: path.into(),
            body,
            revision: None,
        }
    }

    fn on(mut self, method: &'static str, revision: &'static str) -> Self {
        self.method = method;
        self.revision = Some(revision);
        self
    }

    fn request(&self, key: &str) -> reqwest::RequestBuilder {
        let mut request = self.who.asks(self.method, &self.path);
        request = request.header("idempotency-key", key);
        if let Some(revision) = self.revision {
            request = request.header("if-match", revision);
        }
        match &self.body {
            Value::Null => request,
            Value::String(text) => request.body(text.clone()),
            body => request.json(body),
        }
    }
}

impl Fated<'_> {
    /// Asks, kills the hub as soon as the act is kept, and asks again.
    async fn does(&mut self, act: Act<'_>) -> Value {
        let key = Uuid::new_v4().to_string();
        let asked = tokio::spawn(act.request(&key).send());
        let db = Database::open(self.site, self.server).await;
        let kept = kept(&db, &key, &act.path).await;
        self.running.take().unwrap().kill();
        let _ = asked.await;
        db.close().await;
        self.running = Some(self.site.start().await);
        for _ in 0..2 {
            let answer = act.request(&key).send().await.unwrap();
            let status = i64::from(answer.status().as_u16());
            let told = (status, answer.text().await.unwrap());
            assert_eq!(told, kept, "{} {}", act.method, act.path);
        }
        self.acts += 1;
        serde_json::from_str(&kept.1).unwrap_or(Value::Null)
    }
}

/// The answer that is kept under a key, once it is.
async fn kept(db: &Database, key: &str, path: &str) -> (i64, String) {
    let began = Instant::now();
    loop {
        if let Some(kept) = db.answer_under(key).await {
            return kept;
        }
        assert!(
            began.elapsed() < Duration::from_secs(10),
            "{path} is not done"
        );
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

async fn live_through_kills(site: Site, server: Option<&str>) {
    let passwords = site.enter_city();
    let running = site.start().await;
    let people = People::settle(&site, &passwords).await;
    let (clerk, signer) = (people.get("sfj", "clerk"), people.get("sfj", "signer"));
    let court = people.get("fy", "clerk");
    let mut hub = Fated {
        site: &site,
        server,
        running: Some(running),
        acts: 0,
    };
    let upload = Act::post(clerk, "uploads?name=a.txt", json!("请函复。"));
    let file = hub.does(upload).await["id"].clone();
    let draft = json!({
        "kind": "GW-HAN", "title": "先断后续之函", "reply_due_on": "2090-06-01",
        "recipients": [{ "unit_id": court.unit, "role": "main" }],
        "joint_issuers": [people.get("zrj", "clerk").unit],
    });
    let drafted = hub.does(Act::post(clerk, "documents", draft)).await;
    let document = id(&drafted["id"]);
    let path = format!("documents/{document}");
    let files = json!({ "files": [{ "file_id": file, "role": "main" }] });
    let change = Act::post(clerk, &path, files).on("PATCH", "\"1\"");
    hub.does(change).await;
    let submit = Act::post(clerk, format!("{path}/submit"), json!({}));
    hub.does(submit).await;
    let consent = Act::post(
        people.get("zrj", "signer"),
        format!("{path}/consent"),
        json!({}),
    );
    hub.does(consent.on("POST", "\"3\"")).await;
    let issue = Act::post(signer, format!("{path}/issue"), json!({}));
    let issued = hub.does(issue).await;
    let send = Act::post(clerk, format!("{path}/send"), json!({}));
    hub.does(send).await;
    let box_of = court.lists("deliveries").await;
    let delivery = id(&box_of[0]["id"]);
    let sign = format!("deliveries/{delivery}/sign");
    let receipted = hub
        .does(Act::post(court, sign, json!({ "note": "收到" })))
        .await;
    let reply = json!({
        "kind": "HF-GW", "title": "先断后续之复函", "in_reply_to": document,
        "fields": { "signer": "院长" },
    });
    let reply = id(&hub.does(Act::post(court, "documents", reply)).await["id"]);
    let discard = Act::post(court, format!("documents/{reply}"), Value::Null);
    hub.does(discard.on("DELETE", "\"1\"")).await;
    let acks = [
        Ack::Issued {
            id: document,
            number: issued["doc_number"].as_str().unwrap().to_owned(),
        },
        Ack::Sent {
            id: document,
            recipients: 1,
        },
        Ack::Signed {
            delivery,
            receipt: id(&receipted["receipt"]["id"]),
        },
    ];
    let db = Database::open(&site, server).await;
    let losses = examine(&site, &db, &acks).await;
    let stated = db.statements_about(document).await;
    db.close().await;
    assert!(losses.is_empty(), "{losses:#?}");
    let events: Vec<_> = stated.iter().map(|row| row.1.as_str()).collect();
    assert_eq!(events, ["submission", "arrival", "signing"]);
    eprintln!("repeats: {} acts, each killed before its answer", hub.acts);
    assert!(hub.running.take().unwrap().terminate().await.0.success());
}
