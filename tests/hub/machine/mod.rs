//! Documents and deliveries as state machines: thousands of random sequences of acts by random
//! people are tried on the hub and on a small model. Nothing that is illegal may succeed, nothing
//! that is legal fail, and in the end every unit is told what the model says.

mod model;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use futures_util::{StreamExt as _, stream};
use serde_json::json;
use wenshu::{
    app::{Begun, Caller, DraftChange, Error, Hub, NumberWish, Work},
    domain::{
        DeliveryId, Document, DocumentId, Draft, FileId, FileRole, Openness, Recipient,
        RecipientRole, UnitId, Urgency,
    },
};

use self::model::{Act, Model, Outcome, Paper, Post, UNITS, What};
use crate::support::TestHub;

/// Sequences that are tried, unless `WENSHU_SEQUENCES` says otherwise.
const SEQUENCES: u64 = 2_000;
/// How many are tried at once, which shares commits as a busy hub does.
const AT_ONCE: usize = 64;

#[tokio::test]
async fn nothing_illegal_succeeds_and_nothing_legal_fails() {
    let given = |name: &str| std::env::var(name).ok()?.parse::<u64>().ok();
    let seed = given("WENSHU_SEED").unwrap_or(20_240_430);
    let sequences = given("WENSHU_SEQUENCES").unwrap_or(SEQUENCES);
    let hub = TestHub::open().await;
    let tried = hub
        .with_hub(move |hub| async move {
            let stage = Arc::new(Stage::set(hub).await);
            let runs = (0..sequences).map(|number| {
                let stage = stage.clone();
                tokio::spawn(async move { stage.play(Random(seed ^ (number << 20))).await })
            });
            let mut runs = stream::iter(runs).buffer_unordered(AT_ONCE);
            let mut tried = Tally::default();
            while let Some(run) = runs.next().await {
                tried.add(&run.unwrap());
            }
            tried
        })
        .await;
    eprintln!("machine: WENSHU_SEED={seed}, {sequences} sequences, {tried:?}");
    let all = [
        Outcome::Done,
        Outcome::Hidden,
        Outcome::Forbidden,
        Outcome::WrongState,
        Outcome::Invalid,
    ];
    for outcome in all {
        let times = tried.0.get(&format!("{outcome:?}")).copied().unwrap_or(0);
        assert!(
            times as u64 > sequences / 20,
            "hardly any {outcome:?}: {tried:?}"
        );
    }
}

/// How acts ended.
#[derive(Debug, Default)]
struct Tally(BTreeMap<String, usize>);

impl Tally {
    fn add(&mut self, outcomes: &[Outcome]) {
        for outcome in outcomes {
            *self.0.entry(format!("{outcome:?}")).or_default() += 1;
        }
    }
}

/// The hub, and those who act.
struct Stage {
    hub: Hub,
    callers: HashMap<(usize, &'static str), Caller>,
    files: Vec<FileId>,
}

/// A document of a sequence on the hub.
type Known = DocumentId;

impl Stage {
    async fn set(hub: Hub) -> Self {
        let mut callers = HashMap::new();
        let mut files = Vec::new();
        for (place, unit) in UNITS.iter().enumerate() {
            for post in Post::ALL {
                let login = format!("{unit}.{}", post.code());
                let caller = hub.on_behalf_of(&login).await.unwrap();
                callers.insert((place, post.code()), caller);
            }
            let clerk = &callers[&(place, Post::Clerk.code())];
            let text = stream::iter([Ok::<_, std::io::Error>(bytes::Bytes::from(*unit))]);
            let received = hub.receive_file(clerk, "正文.txt", text).await.unwrap();
            let mut work = begin(&hub, clerk).await;
            files.push(work.enter_file(&received).await.unwrap().id);
            work.commit().await.unwrap();
        }
        Self {
            hub,
            callers,
            files,
        }
    }

    fn caller(&self, unit: usize, post: Post) -> &Caller {
        &self.callers[&(unit, post.code())]
    }

    fn unit(&self, place: usize) -> UnitId {
        self.caller(place, Post::Clerk).unit().unwrap()
    }

    /// Plays one sequence, and compares what is told in the end.
    async fn play(&self, mut random: Random) -> Vec<Outcome> {
        let (mut model, mut known) = self.first_draft(&mut random).await;
        let mut acts = Vec::new();
        let mut outcomes = Vec::new();
        for _ in 0..6 + random.below(9) {
            let act = random.act(&model);
            acts.push(act);
            let expected = model.does(act);
            let happened = self.tries(act, &model, &mut known).await;
            assert_eq!(happened, expected, "the last of {acts:#?}\non {model:#?}");
            outcomes.push(happened);
        }
        for (paper, id) in model.papers.iter().zip(&known) {
            self.compare(paper, *id, &acts).await;
        }
        outcomes
    }

    async fn first_draft(&self, random: &mut Random) -> (Model, Vec<Known>) {
        let to = match random.below(3) {
            0 => vec![1],
            1 => vec![2],
            _ => vec![1, 2],
        };
        let joint = (random.below(4) == 0).then_some(3);
        let draft = Draft {
            reply_due_on: Some("2090-06-01".parse().unwrap()),
            recipients: to.iter().map(|place| self.main(*place)).collect(),
            joint_issuers: joint.map(|place| self.unit(place)).into_iter().collect(),
            ..self.draft(0, "GW-HAN")
        };
        let mut work = begin(&self.hub, self.caller(0, Post::Clerk)).await;
        let document = work.draft(draft).await.unwrap();
        work.commit().await.unwrap();
        let papers = vec![Paper::drafted(0, to, joint)];
        (Model { papers }, vec![document.id])
    }

    fn main(&self, place: usize) -> Recipient {
        Recipient {
            unit: self.unit(place),
            role: RecipientRole::Main,
        }
    }

    fn draft(&self, unit: usize, kind: &str) -> Draft {
        let serde_json::Value::Object(fields) = json!({ "signer": "负责人" }) else {
            unreachable!("it is an object")
        };
        Draft {
            kind: kind.to_owned(),
            title: "状态机试验用文书".to_owned(),
            urgency: Urgency::Normal,
            openness: Openness::NotPublic,
            dated_on: None,
            reply_due_on: None,
            fields,
            in_reply_to: None,
            files: vec![(self.files[unit], FileRole::Main)],
            recipients: Vec::new(),
            joint_issuers: Vec::new(),
        }
    }

    async fn tries(&self, act: Act, model: &Model, known: &mut Vec<Known>) -> Outcome {
        let caller = self.caller(act.unit, act.post);
        if let What::Open(paper) = act.what {
            return outcome(&self.hub.open_document(caller, known[paper]).await);
        }
        let revision = match act.what {
            What::Redraft(paper) | What::Discard(paper) | What::Consent(paper) => {
                self.revision(&model.papers[paper], known[paper]).await
            }
            _ => 0,
        };
        let delivery = match act.what {
            What::Sign(paper, recipient) => {
                self.delivery(&model.papers[paper], known[paper], recipient)
                    .await
            }
            _ => DeliveryId::fresh(),
        };
        let mut work = begin(&self.hub, caller).await;
        let done = match act.what {
            What::Redraft(paper) => {
                let change = DraftChange {
                    title: Some("改过的文书".to_owned()),
                    ..DraftChange::default()
                };
                outcome(&work.redraft(known[paper], revision, change).await)
            }
            What::Discard(paper) => outcome(&work.discard(known[paper], revision).await),
            What::Consent(paper) => outcome(&work.consent(known[paper], revision).await),
            What::Issue(paper) => outcome(&work.issue(known[paper], NumberWish::default()).await),
            What::Send(paper) => outcome(&work.send(known[paper]).await),
            What::Sign(..) => outcome(&work.sign(delivery, None).await),
            What::Answer(original) => {
                let draft = Draft {
                    in_reply_to: Some(known[original]),
                    ..self.draft(act.unit, "HF-GW")
                };
                let drafted = work.draft(draft).await;
                if let Ok(reply) = &drafted {
                    known.push(reply.id);
                }
                outcome(&drafted)
            }
            What::Open(_) => unreachable!("it was done above"),
        };
        if done == Outcome::Done {
            work.commit().await.unwrap();
        }
        done
    }

    /// The revision that the issuer sees, or some other where it sees none.
    async fn revision(&self, paper: &Paper, id: Known) -> i64 {
        let clerk = self.caller(paper.from, Post::Clerk);
        let found = self.hub.find_document(clerk, id).await;
        found.map_or(1, |shown| shown.value.revision)
    }

    /// The delivery to a unit, or some other where there is none.
    async fn delivery(&self, paper: &Paper, id: Known, recipient: usize) -> DeliveryId {
        let clerk = self.caller(paper.from, Post::Clerk);
        let unit = self.unit(recipient);
        let deliveries = self.hub.deliveries(clerk, id).await;
        let mut deliveries = deliveries.map_or_else(|_| Vec::new(), |shown| shown.value);
        deliveries.retain(|delivery| delivery.unit == unit);
        deliveries
            .first()
            .map_or_else(DeliveryId::fresh, |delivery| delivery.id)
    }

    /// Every unit is told of a document what the model says.
    async fn compare(&self, paper: &Paper, id: Known, acts: &[Act]) {
        for (place, unit) in UNITS.iter().enumerate() {
            let reader = self.caller(place, Post::Reader);
            let found = self.hub.find_document(reader, id).await;
            let told = found.as_ref().ok().map(|shown| state(&shown.value));
            let expected = paper.state.code().filter(|_| paper.is_seen_by(place));
            assert_eq!(told, expected, "{unit} after {acts:#?}");
            if told.is_none() {
                continue;
            }
            let issues = paper.from == place || paper.joint == Some(place);
            let concerns = |unit: &usize| issues || *unit == place;
            let mut boxes = paper.deliveries();
            boxes.retain(|unit, _| concerns(unit));
            assert_eq!(self.boxes(reader, id).await, boxes, "{acts:#?}");
            let events: BTreeSet<_> = paper
                .events()
                .into_iter()
                .filter(|(event, unit)| *event == "submission" || concerns(unit))
                .collect();
            assert_eq!(self.events(reader, id).await, events, "{acts:#?}");
        }
    }

    async fn boxes(&self, reader: &Caller, id: Known) -> BTreeMap<usize, &'static str> {
        let shown = self.hub.deliveries(reader, id).await.unwrap();
        let boxes = shown.value.iter();
        boxes
            .map(|delivery| (self.place(delivery.unit), delivery.state.code()))
            .collect()
    }

    async fn events(&self, reader: &Caller, id: Known) -> BTreeSet<(&'static str, usize)> {
        let shown = self.hub.history(reader, id).await.unwrap();
        let statements = shown.value.statements;
        let count = statements.len();
        let events: BTreeSet<_> = statements
            .iter()
            .map(|one| (one.event.code(), self.place(one.party)))
            .collect();
        assert_eq!(events.len(), count, "each event has one statement");
        events
    }

    fn place(&self, unit: UnitId) -> usize {
        (0..UNITS.len())
            .find(|place| self.unit(*place) == unit)
            .unwrap()
    }
}

fn state(document: &Document) -> &'static str {
    document.state.code()
}

async fn begin(hub: &Hub, caller: &Caller) -> Box<Work> {
    match hub.begin(caller.clone(), None).await.unwrap() {
        Begun::Work(work) => work,
        Begun::Repeated(_) => unreachable!("no key was given"),
    }
}

fn outcome<T>(result: &Result<T, Error>) -> Outcome {
    match result {
        Ok(_) => Outcome::Done,
        Err(Error::NotFound) => Outcome::Hidden,
        Err(Error::Forbidden(_)) => Outcome::Forbidden,
        Err(Error::WrongState(_)) => Outcome::WrongState,
        Err(Error::Invalid(_)) => Outcome::Invalid,
        Err(other) => panic!("no act may end so: {other:?}"),
    }
}

/// The same numbers each time (splitmix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }

    /// Half of the time what is due next, by whom it is due; otherwise anything by anybody.
    fn act(&mut self, model: &Model) -> Act {
        let place = self.below(model.papers.len());
        let paper = &model.papers[place];
        if self.below(2) == 0 {
            return self.what_is_due(place, paper);
        }
        let recipient = paper.to[self.below(paper.to.len())];
        let what = match self.below(9) {
            0 => What::Redraft(place),
            1 => What::Discard(place),
            2 => What::Consent(place),
            3 => What::Issue(place),
            4 => What::Send(place),
            5 | 6 => What::Sign(place, recipient),
            7 => What::Open(place),
            _ => What::Answer(0),
        };
        Act {
            unit: self.below(UNITS.len()),
            post: Post::ALL[self.below(3)],
            what,
        }
    }

    fn what_is_due(&mut self, place: usize, paper: &Paper) -> Act {
        let recipient = paper.to[self.below(paper.to.len())];
        let (unit, post, what) = match paper.state {
            model::State::Draft => match (paper.joint, self.below(2)) {
                (Some(joint), 0) => (joint, Post::Signer, What::Consent(place)),
                _ => (paper.from, Post::Signer, What::Issue(place)),
            },
            model::State::Issued => (paper.from, Post::Clerk, What::Send(place)),
            model::State::Sent | model::State::Discarded => match self.below(3) {
                0 => (recipient, Post::Reader, What::Open(place)),
                1 => (recipient, Post::Clerk, What::Sign(place, recipient)),
                _ if place == 0 => (recipient, Post::Clerk, What::Answer(0)),
                _ => (paper.from, Post::Reader, What::Open(0)),
            },
        };
        Act { unit, post, what }
    }
}
