//! Load: people who upload, draft, issue, send, read, sign, reply and search at once, and note
//! every acknowledgement. Like good clients they repeat what got no answer, under the same key.

use std::{
    fmt::Write as _,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::{sync::RwLock, task::JoinSet};
use uuid::Uuid;

use crate::{
    city::UNITS,
    people::{People, Person, id},
    random::Random,
};

/// What every title begins with, so that all are found by one search.
pub const WORD: &str = "演练用函";

/// Something that the hub has answered with 2xx.
#[derive(Debug, Clone)]
pub enum Ack {
    File {
        id: Uuid,
        sha256: String,
    },
    Draft {
        id: Uuid,
        title: String,
        key: String,
        login: String,
        body: Value,
    },
    Issued {
        id: Uuid,
        number: String,
    },
    Sent {
        id: Uuid,
        recipients: usize,
    },
    Read {
        document: Uuid,
        user: Uuid,
    },
    Signed {
        delivery: Uuid,
        receipt: Uuid,
    },
    Replied {
        original: Uuid,
        reply: Uuid,
    },
    /// A file in its place in a document.
    Held {
        document: Uuid,
        file: Uuid,
        sha256: String,
        unit: Uuid,
    },
}

/// What the workers share with the drill.
#[derive(Default)]
pub struct Shared {
    /// Held by each request; the drill holds it alone while nobody may ask.
    pub gate: RwLock<()>,
    pub acks: Mutex<Vec<Ack>>,
    /// Answers that no client should get.
    pub faults: Mutex<Vec<String>>,
    stopped: AtomicBool,
}

/// The workers.
pub struct Load {
    pub shared: Arc<Shared>,
    workers: JoinSet<()>,
}

impl Load {
    /// Prepares workers; they begin when the gate is opened.
    pub fn start(people: &Arc<People>, workers: usize, random: &mut Random) -> Self {
        let shared = Arc::new(Shared::default());
        let mut set = JoinSet::new();
        for number in 0..workers {
            let worker = Worker {
                people: people.clone(),
                shared: shared.clone(),
                random: random.split(),
                number,
            };
            set.spawn(worker.work());
        }
        Self {
            shared,
            workers: set,
        }
    }

    pub fn acks(&self) -> Vec<Ack> {
        self.shared.acks.lock().unwrap().clone()
    }

    pub fn count(&self) -> usize {
        self.shared.acks.lock().unwrap().len()
    }

    /// Forgets that the hub could not answer: its disk was gone.
    pub fn forgive(&self) {
        let mut faults = self.shared.faults.lock().unwrap();
        faults.retain(|fault| !fault.contains(": 500 ") && !fault.contains(": 503 "));
    }

    /// Lets the workers go home; the gate must be open.
    pub async fn stop(mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        while let Some(ended) = self.workers.join_next().await {
            ended.unwrap();
        }
        let faults = std::mem::take(&mut *self.shared.faults.lock().unwrap());
        assert!(faults.is_empty(), "answers that should not be: {faults:#?}");
    }
}

struct Worker {
    people: Arc<People>,
    shared: Arc<Shared>,
    random: Random,
    number: usize,
}

/// The drill is over, or an answer was wrong.
struct Over;

impl Worker {
    async fn work(mut self) {
        let mut life = 0;
        while !self.shared.stopped.load(Ordering::SeqCst) {
            life += 1;
            let _ = self.live(life).await;
        }
    }

    /// The life of one document.
    async fn live(&mut self, life: u32) -> Result<(), Over> {
        let at = usize::try_from(self.random.within(0..4)).unwrap();
        let people = self.people.clone();
        let clerk = people.get(UNITS[at], "clerk");
        let signer = people.get(UNITS[at], "signer");
        let name = format!("{WORD}{}之{life}", self.number);
        let to: Vec<&Person> = (1..=usize::try_from(self.random.within(1..4)).unwrap())
            .map(|step| people.get(UNITS[(at + step) % 4], "clerk"))
            .collect();
        let recipients: Vec<Value> = to
            .iter()
            .map(|one| json!({ "unit_id": one.unit, "role": "main" }))
            .collect();
        let draft = json!({
            "kind": "GW-HAN", "title": name, "recipients": recipients,
            "reply_due_on": "2090-06-01",
        });
        let document = self.issue_and_send(clerk, signer, draft, to.len()).await?;
        for recipient in &to {
            self.read_and_sign(recipient, document).await?;
        }
        let first = to[0];
        let signer = people.of_unit(first.unit, "signer");
        let answer = json!({
            "kind": "HF-GW", "title": format!("{name}的复函"), "in_reply_to": document,
            "fields": { "signer": "局长" },
        });
        let reply = self.issue_and_send(first, signer, answer, 1).await?;
        self.note(Ack::Replied {
            original: document,
            reply,
        });
        let query = format!("search?q=title:{name}&limit=1");
        self.insist(|| clerk.asks("GET", &query), |_| None).await?;
        Ok(())
    }

    async fn issue_and_send(
        &mut self,
        clerk: &Person,
        signer: &Person,
        mut draft: Value,
        recipients: usize,
    ) -> Result<Uuid, Over> {
        let title = draft["title"].as_str().unwrap().to_owned();
        let bytes = self.content(&title);
        let sha256 = hex::encode(Sha256::digest(&bytes));
        let key = key();
        let upload = || {
            let request = clerk.asks("POST", "uploads").query(&[("name", "正文.txt")]);
            request.header("idempotency-key", &key).body(bytes.clone())
        };
        let known = sha256.clone();
        let uploaded = self
            .insist(upload, move |answer| {
                Some(Ack::File {
                    id: id(&answer["id"]),
                    sha256: known,
                })
            })
            .await?;
        let file = id(&uploaded["id"]);
        draft["files"] = json!([{ "file_id": file, "role": "main" }]);
        let key = self::key();
        let noted = (key.clone(), clerk.login.clone(), draft.clone());
        let drafted = self
            .post(clerk, "documents", &draft, key, move |answer| {
                let (key, login, body) = noted;
                Some(Ack::Draft {
                    id: id(&answer["id"]),
                    title,
                    key,
                    login,
                    body,
                })
            })
            .await?;
        let document = id(&drafted["id"]);
        self.note(Ack::Held {
            document,
            file,
            sha256,
            unit: clerk.unit,
        });
        let path = format!("documents/{document}/submit");
        self.post(clerk, &path, &json!({}), self::key(), |_| None)
            .await?;
        let path = format!("documents/{document}/issue");
        self.post(signer, &path, &json!({}), self::key(), move |answer| {
            let number = answer["doc_number"].as_str().unwrap().to_owned();
            Some(Ack::Issued {
                id: document,
                number,
            })
        })
        .await?;
        let path = format!("documents/{document}/send");
        self.post(clerk, &path, &json!({}), self::key(), move |_| {
            Some(Ack::Sent {
                id: document,
                recipients,
            })
        })
        .await?;
        Ok(document)
    }

    async fn read_and_sign(&mut self, clerk: &Person, document: Uuid) -> Result<(), Over> {
        let path = format!("documents/{document}");
        let user = clerk.user;
        self.insist(
            || clerk.asks("GET", &path),
            |_| Some(Ack::Read { document, user }),
        )
        .await?;
        let path = format!("documents/{document}/deliveries");
        let own = self.insist(|| clerk.asks("GET", &path), |_| None).await?;
        let delivery = id(&own["items"][0]["id"]);
        let path = format!("deliveries/{delivery}/sign");
        self.post(clerk, &path, &json!({}), key(), move |answer| {
            Some(Ack::Signed {
                delivery,
                receipt: id(&answer["receipt"]["id"]),
            })
        })
        .await?;
        Ok(())
    }

    /// Mostly a page or two, sometimes a megabyte.
    fn content(&mut self, title: &str) -> Bytes {
        let lines = if self.random.within(0..12) == 0 {
            20_000
        } else {
            self.random.within(1..60)
        };
        let mut text = format!("{title}\n{}\n", Uuid::new_v4());
        for line in 0..lines {
            let _ = writeln!(text, "第{line}行：请按期办理并函复。");
        }
        text.into()
    }

    async fn post(
        &self,
        who: &Person,
        path: &str,
        body: &Value,
        key: String,
        ack: impl FnOnce(&Value) -> Option<Ack>,
    ) -> Result<Value, Over> {
        let request = || {
            who.asks("POST", path)
                .header("idempotency-key", &key)
                .json(body)
        };
        self.insist(request, ack).await
    }

    /// Asks until there is an answer, and notes a good one before anybody can look.
    async fn insist(
        &self,
        request: impl Fn() -> reqwest::RequestBuilder,
        ack: impl FnOnce(&Value) -> Option<Ack>,
    ) -> Result<Value, Over> {
        loop {
            let turn = self.shared.gate.read().await;
            if self.shared.stopped.load(Ordering::SeqCst) {
                return Err(Over);
            }
            if let Ok(response) = request().send().await {
                let (status, url) = (response.status(), response.url().clone());
                if let Ok(text) = response.text().await {
                    if status.is_success() {
                        let answer: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
                        if let Some(ack) = ack(&answer) {
                            self.note(ack);
                        }
                        return Ok(answer);
                    }
                    if status != 503 && !text.contains("request-in-progress") {
                        let fault = format!("{url}: {status} {text}");
                        self.shared.faults.lock().unwrap().push(fault);
                        return Err(Over);
                    }
                }
            }
            drop(turn);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    fn note(&self, ack: Ack) {
        self.shared.acks.lock().unwrap().push(ack);
    }
}

fn key() -> String {
    Uuid::new_v4().to_string()
}
