//! Sixty-four clients at once, racing each other for the same documents: whoever wins, numbers
//! have no gap and no double, receipts are neither lost nor doubled, and what the interface tells
//! of each document is what the evidence says.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::{
    city::UNITS,
    hub::Site,
    load::{Ack, WORD},
    oracle::{Database, examine},
    people::{People, Person, id},
    random::Random,
    server::Server,
    turn,
};

const CLIENTS: usize = 64;
const FOR: Duration = Duration::from_secs(6);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_clients_at_once_leave_one_story() {
    let _turn = turn().await;
    let site = Site::new(&[]);
    work_at_once(&site, None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_clients_leave_one_story_on_postgresql_too() {
    let Some(server) = Server::with_a_database().await else {
        return;
    };
    let _turn = turn().await;
    let site = Site::new(&[&server.setting()]);
    work_at_once(&site, Some(server.url())).await;
    server.clear().await;
}

async fn work_at_once(site: &Site, server: Option<&str>) {
    let mut random = Random::seeded("crowd");
    let passwords = site.enter_city();
    let running = site.start().await;
    let people = Arc::new(People::settle(site, &passwords).await);
    let common = Arc::new(Common::default());
    let mut clients = JoinSet::new();
    for number in 0..CLIENTS {
        let client = Client {
            people: people.clone(),
            common: common.clone(),
            random: random.split(),
            number,
        };
        clients.spawn(client.work());
    }
    tokio::time::sleep(FOR).await;
    common.over.store(true, Ordering::SeqCst);
    while let Some(ended) = clients.join_next().await {
        ended.unwrap();
    }
    let faults = std::mem::take(&mut *common.faults.lock().unwrap());
    assert!(faults.is_empty(), "{faults:#?}\n{}", site.logged());
    let db = Database::open(site, server).await;
    let acks = common.acks.lock().unwrap().clone();
    let mut losses = examine(site, &db, &acks).await;
    let documents = common.documents.lock().unwrap().clone();
    for document in &documents {
        compare(&db, &people, document, &mut losses).await;
    }
    losses.extend(doubles(&acks));
    db.close().await;
    assert!(running.terminate().await.0.success());
    assert!(losses.is_empty(), "{losses:#?}\n{}", site.logged());
    let (won, lost) = (
        common.won.load(Ordering::SeqCst),
        common.lost.load(Ordering::SeqCst),
    );
    eprintln!(
        "crowd: {CLIENTS} clients, {} documents, {won} acts done, {lost} races lost, \
         every story agrees with its evidence",
        documents.len()
    );
    assert!(
        documents.len() > CLIENTS / 2 && lost > 0,
        "hardly a crowd: {} documents, {lost} races lost",
        documents.len()
    );
}

/// A document that was sent.
#[derive(Clone)]
struct Sent {
    id: Uuid,
    /// The place of its unit.
    from: usize,
    /// The places of its recipients.
    to: Vec<usize>,
}

/// What the clients share.
#[derive(Default)]
struct Common {
    documents: Mutex<Vec<Sent>>,
    acks: Mutex<Vec<Ack>>,
    faults: Mutex<Vec<String>>,
    won: AtomicUsize,
    lost: AtomicUsize,
    over: AtomicBool,
}

struct Client {
    people: Arc<People>,
    common: Arc<Common>,
    random: Random,
    number: usize,
}

impl Client {
    async fn work(mut self) {
        let mut turn = 0;
        while !self.common.over.load(Ordering::SeqCst) {
            turn += 1;
            let known = self.common.documents.lock().unwrap().len();
            if known < 8 || self.random.within(0..4) == 0 {
                self.publish(turn).await;
            } else {
                let place = self.random.place(known);
                let document = self.common.documents.lock().unwrap()[place].clone();
                self.receive(&document).await;
            }
        }
    }

    /// Drafts, and has two issue and two send what was drafted.
    async fn publish(&mut self, turn: usize) {
        let from = self.random.place(UNITS.len());
        let to: Vec<_> = (1..=1 + self.random.place(3))
            .map(|step| (from + step) % UNITS.len())
            .collect();
        let people = self.people.clone();
        let clerk = people.get(UNITS[from], "clerk");
        let signer = people.get(UNITS[from], "signer");
        let recipients: Vec<_> = to
            .iter()
            .map(|place| json!({ "unit_id": people.get(UNITS[*place], "clerk").unit, "role": "main" }))
            .collect();
        let text = format!("{WORD}第{}位客户端第{turn}件", self.number);
        let file = clerk
            .asks("POST", "uploads?name=a.txt")
            .body(text.clone())
            .send()
            .await
            .unwrap();
        let file: Value = file.json().await.unwrap();
        let draft = json!({
            "kind": "GW-HAN", "title": text, "reply_due_on": "2090-06-01",
            "recipients": recipients, "files": [{ "file_id": file["id"], "role": "main" }],
        });
        let Some(drafted) = self.act(clerk, "documents", &draft).await else {
            return;
        };
        let document = id(&drafted["id"]);
        let nothing = json!({});
        let path = format!("documents/{document}/submit");
        if self.act(clerk, &path, &nothing).await.is_none() {
            return;
        }
        let path = format!("documents/{document}/issue");
        let (one, two) = tokio::join!(
            self.act(signer, &path, &nothing),
            self.act(signer, &path, &nothing),
        );
        let Some(issued) = self.only_one(&path, one, two) else {
            return;
        };
        let number = issued["doc_number"].as_str().unwrap().to_owned();
        self.note(Ack::Issued {
            id: document,
            number,
        });
        let path = format!("documents/{document}/send");
        let (one, two) = tokio::join!(
            self.act(clerk, &path, &nothing),
            self.act(clerk, &path, &nothing),
        );
        if self.only_one(&path, one, two).is_some() {
            self.note(Ack::Sent {
                id: document,
                recipients: to.len(),
            });
            let sent = Sent {
                id: document,
                from,
                to,
            };
            self.common.documents.lock().unwrap().push(sent);
        }
    }

    /// Reads, signs, returns or recalls, as others may be doing at the same moment.
    async fn receive(&mut self, document: &Sent) {
        let people = self.people.clone();
        let place = document.to[self.random.place(document.to.len())];
        let clerk = people.get(UNITS[place], "clerk");
        let path = format!("documents/{}", document.id);
        let deed = self.random.within(0..20);
        if deed < 9 {
            if self.sees(clerk, &path).await.is_some() {
                self.note(Ack::Read {
                    document: document.id,
                    user: clerk.user,
                });
            }
            return;
        }
        let own = self.sees(clerk, &format!("{path}/deliveries")).await;
        let Some(own) = own else { return };
        let delivery = id(&own["items"][0]["id"]);
        let sign = format!("deliveries/{delivery}/sign");
        let (plain, noted) = (json!({}), json!({ "note": "收到" }));
        let issuer = people.get(UNITS[document.from], "clerk");
        let back = json!({ "reason": "duplicate" });
        let gone = json!({ "reason": "内容有误" });
        let (rival, rival_path, rival_body) = match deed {
            9..16 => (clerk, sign.clone(), &noted),
            16..19 => (clerk, format!("deliveries/{delivery}/return"), &back),
            _ => (issuer, format!("{path}/recall"), &gone),
        };
        let (one, two) = tokio::join!(
            self.act(clerk, &sign, &plain),
            self.act(rival, &rival_path, rival_body),
        );
        let two = two.filter(|_| rival_path == sign);
        for signed in [one, two].into_iter().flatten() {
            self.note(Ack::Signed {
                delivery,
                receipt: id(&signed["receipt"]["id"]),
            });
        }
    }

    /// Looks at something, unless it was taken back.
    async fn sees(&self, who: &Person, path: &str) -> Option<Value> {
        let answer = who.asks("GET", path).send().await.unwrap();
        match answer.status().as_u16() {
            200 => Some(answer.json().await.unwrap()),
            404 => None,
            status => {
                self.fault(format!("{path}: {status}"));
                None
            }
        }
    }

    /// Does something, unless somebody was quicker or it was taken back.
    async fn act(&self, who: &Person, path: &str, body: &Value) -> Option<Value> {
        let key = Uuid::new_v4().to_string();
        let request = who.asks("POST", path).header("idempotency-key", key);
        let answer = request.json(body).send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        if status.is_success() {
            self.common.won.fetch_add(1, Ordering::SeqCst);
            return Some(serde_json::from_str(&text).unwrap());
        }
        self.common.lost.fetch_add(1, Ordering::SeqCst);
        if ![404, 409, 412].contains(&status.as_u16()) {
            self.fault(format!("{path}: {status} {text}"));
        }
        None
    }

    /// Of two who did the same thing, one did it.
    fn only_one(&self, path: &str, one: Option<Value>, two: Option<Value>) -> Option<Value> {
        match (one, two) {
            (Some(answer), None) | (None, Some(answer)) => Some(answer),
            (None, None) => {
                self.fault(format!("{path}: nobody could"));
                None
            }
            (Some(_), Some(_)) => {
                self.fault(format!("{path}: done twice"));
                None
            }
        }
    }

    fn note(&self, ack: Ack) {
        self.common.acks.lock().unwrap().push(ack);
    }

    fn fault(&self, fault: String) {
        self.common.faults.lock().unwrap().push(fault);
    }
}

/// Whoever signed for a delivery was given the same receipt.
fn doubles(acks: &[Ack]) -> Vec<String> {
    let mut receipts: BTreeMap<Uuid, BTreeSet<Uuid>> = BTreeMap::new();
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    for ack in acks {
        match ack {
            Ack::Signed { delivery, receipt } => {
                receipts.entry(*delivery).or_default().insert(*receipt);
            }
            Ack::Issued { number, .. } => *numbers.entry(number).or_default() += 1,
            _ => {}
        }
    }
    let twice = receipts.into_iter().filter(|(_, those)| those.len() > 1);
    let twice = twice.map(|(delivery, those)| format!("{delivery} has the receipts {those:?}"));
    let same = numbers.into_iter().filter(|(_, count)| *count > 1);
    let same = same.map(|(number, count)| format!("{number} was given {count} times"));
    twice.chain(same).collect()
}

/// What the interface tells of a document is what the evidence says: to its issuer everything,
/// to each recipient what is its own.
async fn compare(db: &Database, people: &People, sent: &Sent, losses: &mut Vec<String>) {
    let rows = db.statements_about(sent.id).await;
    let issuer = people.get(UNITS[sent.from], "clerk");
    let viewers = sent
        .to
        .iter()
        .map(|place| people.get(UNITS[*place], "clerk"));
    for viewer in std::iter::once(issuer).chain(viewers) {
        if viewer.unit != issuer.unit && gone(&rows) {
            let answer = viewer.asks("GET", &format!("documents/{}/history", sent.id));
            let status = answer.send().await.unwrap().status().as_u16();
            if status != 404 {
                losses.push(format!("{} is told of {}: {status}", viewer.login, sent.id));
            }
            continue;
        }
        let may_know = |row: &&(Uuid, String, Uuid, i64)| {
            viewer.unit == issuer.unit || row.2 == viewer.unit || row.1 == "submission"
        };
        let expected: Vec<_> = rows.iter().filter(may_know).cloned().collect();
        let told = viewer
            .lists(&format!("documents/{}/history", sent.id))
            .await;
        let told: Vec<_> = told.iter().map(event).collect();
        if told != expected {
            let who = &viewer.login;
            losses.push(format!(
                "{who} is told {told:?} of {}, not {expected:?}",
                sent.id
            ));
        }
    }
    let board = issuer
        .lists(&format!("documents/{}/deliveries", sent.id))
        .await;
    if board.len() != sent.to.len() {
        losses.push(format!("{} of {} boxes", board.len(), sent.to.len()));
    }
    for delivery in &board {
        let unit = id(&delivery["unit"]["id"]);
        let when = |event: &str| {
            let mut rows = rows.iter().filter(|row| row.2 == unit && row.1 == event);
            let first = rows.next().map(|row| row.3);
            assert!(
                rows.next().is_none(),
                "{event} of {} for {unit} twice",
                sent.id
            );
            first
        };
        let times = [
            (when("arrival"), at(&delivery["arrived_at"])),
            (when("reading"), at(&delivery["first_read"]["at"])),
            (when("signing"), at(&delivery["signed"]["at"])),
        ];
        if times.iter().any(|(stated, shown)| stated != shown) {
            losses.push(format!("{delivery} is not what {rows:?} say"));
        }
    }
}

/// Whether a document was recalled before anybody had signed: its recipients see it no more.
fn gone(rows: &[(Uuid, String, Uuid, i64)]) -> bool {
    let any = |event: &str| rows.iter().any(|row| row.1 == event);
    any("recall") && !any("signing")
}

/// A line of the history as the database has it: receipt, event, unit, milliseconds.
fn event(line: &Value) -> (Uuid, String, Uuid, i64) {
    (
        id(&line["receipt_id"]),
        line["event"].as_str().unwrap().to_owned(),
        id(&line["unit"]["id"]),
        at(&line["at"]).unwrap(),
    )
}

fn at(value: &Value) -> Option<i64> {
    let at: jiff::Timestamp = value.as_str()?.parse().unwrap();
    Some(at.as_millisecond())
}
