//! Random sequences of acts on a document and its corrections, against a small model of what is
//! legal: nothing that is illegal succeeds, nothing that is legal fails, and everybody sees what
//! the model says.

mod model;

use std::fmt::Write as _;

use jiff::civil::date;
use serde_json::Map;
use wenshu::{
    app::{Begun, Caller, DraftChange, Error, Hub, NumberWish, Verdict, Work},
    domain::{
        DeliveryId, DocumentId, Draft, FileId, FileRole, Openness, Recipient, RecipientRole,
        UnitId, Urgency,
    },
};

use crate::support::{TestHub, a_document};
use model::{
    Act::{
        self, Amend, Approve, Archive, Consent, Discard, Edit, Issue, Recall, Refuse, Send,
        SendBack, Sign, Submit, Withdraw,
    },
    CLERK, Dice, JOINT, Model, Outcome, PEOPLE, READER, Stage, TO, Version, a_move,
};

const SEQUENCES: u64 = 750;
const STEPS: usize = 24;
/// How many are played at once, so that they share what it costs to keep them.
const PLAYERS: u64 = 16;

/// The people and units of the play, as the hub knows them.
#[derive(Clone)]
struct Cast {
    hub: Hub,
    people: Vec<Caller>,
    to: Vec<UnitId>,
    joint: UnitId,
    file: FileId,
}

fn outcome(tried: Result<(), Error>, story: &str) -> Outcome {
    match tried {
        Ok(()) => Outcome::Done,
        Err(Error::NotFound) => Outcome::Unknown,
        Err(Error::Forbidden(_)) => Outcome::Forbidden,
        Err(Error::WrongState(_)) => Outcome::Illegal,
        Err(other) => panic!("{story}: {other:?}"),
    }
}

impl Cast {
    async fn begin(&self, person: usize) -> Box<Work> {
        match self.hub.begin(self.people[person].clone(), None).await {
            Ok(Begun::Work(work)) => work,
            _ => panic!("work without a key always begins"),
        }
    }

    async fn drafted(&self, joint: bool, owes: bool) -> DocumentId {
        let roles = [RecipientRole::Main, RecipientRole::Copy];
        let recipients = self.to.iter().zip(roles);
        let draft = Draft {
            kind: "GW-HAN".to_owned(),
            title: "关于协助查明土地权属的函".to_owned(),
            urgency: Urgency::Normal,
            openness: Openness::NotPublic,
            dated_on: None,
            reply_due_on: owes.then(|| date(2026, 9, 30)),
            fields: Map::new(),
            in_reply_to: None,
            files: vec![(self.file, FileRole::Main)],
            recipients: recipients
                .map(|(unit, role)| Recipient { unit: *unit, role })
                .collect(),
            groups: Vec::new(),
            joint_issuers: joint.then_some(self.joint).into_iter().collect(),
        };
        let mut work = self.begin(CLERK).await;
        let id = work.draft(draft).await.unwrap().id;
        work.commit().await.unwrap();
        id
    }

    /// The delivery to one of the recipients; one that does not exist before it is sent.
    async fn delivery(&self, id: DocumentId, place: usize) -> DeliveryId {
        let found = self.hub.deliveries(&self.people[CLERK], id).await;
        let lots = found.map(|shown| shown.value).unwrap_or_default();
        let lot = lots.iter().find(|lot| lot.delivery.unit == self.to[place]);
        lot.map_or_else(DeliveryId::fresh, |lot| lot.delivery.id)
    }

    /// Does it, and gives back the correction that came of it.
    async fn tries(
        &self,
        person: usize,
        act: Act,
        id: DocumentId,
    ) -> Result<Option<DocumentId>, Error> {
        let now = self.hub.find_document(&self.people[CLERK], id).await;
        let revision = now.map_or(1, |shown| shown.value.revision);
        let delivery = match act {
            Sign(place) => self.delivery(id, place).await,
            _ => DeliveryId::fresh(),
        };
        let verdict = |approved| Verdict {
            approved,
            note: Some("意见".to_owned()),
        };
        let mut work = self.begin(person).await;
        let mut correction = None;
        match act {
            Edit => {
                let change = DraftChange {
                    title: Some(format!("关于第 {revision} 稿的函")),
                    ..DraftChange::default()
                };
                drop(work.redraft(id, revision, change).await?);
            }
            Discard => work.discard(id, revision).await?,
            Submit => drop(work.submit(id).await?),
            Withdraw => drop(work.withdraw(id).await?),
            Approve => drop(work.review(id, revision, verdict(true)).await?),
            SendBack => drop(work.review(id, revision, verdict(false)).await?),
            Consent => drop(work.consent(id, revision, None).await?),
            Refuse => {
                let why = Some("与职责不符".to_owned());
                drop(work.consent(id, revision, why).await?);
            }
            Issue => drop(work.issue(id, NumberWish::default()).await?),
            Send => drop(work.send(id).await?),
            Amend => correction = Some(work.amend(id, "更正").await?.id),
            Recall => drop(work.recall(id, "有误").await?),
            Archive => drop(work.archive(id).await?),
            Sign(_) => drop(work.sign(delivery, None).await?),
        }
        work.commit().await?;
        Ok(correction)
    }

    /// Each version is seen by whom the model says, in the state that it says.
    async fn check(&self, model: &Model, ids: &[DocumentId], story: &str) {
        for (version, id) in model.0.iter().zip(ids) {
            for person in [READER, JOINT, TO[0], 6] {
                let found = self.hub.find_document(&self.people[person], *id).await;
                let expected = version.seen_by(person).then(|| version.state());
                let state = found.ok().map(|shown| shown.value.state);
                assert_eq!(
                    state, expected,
                    "{} of {version:?}: {story}",
                    PEOPLE[person]
                );
            }
        }
    }

    /// Numbers and evidence tell the same story at the end.
    async fn check_end(&self, model: &Model, ids: &[DocumentId], story: &str) {
        let mut numbers = Vec::new();
        for (version, id) in model.0.iter().zip(ids) {
            let Ok(history) = self.hub.history(&self.people[READER], *id).await else {
                assert_eq!(version.stage, Stage::Gone, "{story}");
                continue;
            };
            let told = |event: &str| {
                let lines = history.value.statements.iter();
                lines.filter(|one| one.event.code() == event).count()
            };
            let both = |holds: bool| if holds { 2 } else { 0 };
            assert_eq!(told("arrival"), both(version.was_sent()), "{story}");
            assert_eq!(
                told("submission"),
                usize::from(version.was_sent()),
                "{story}"
            );
            assert_eq!(
                told("recall"),
                both(version.stage == Stage::TakenBack),
                "{story}"
            );
            assert_eq!(
                told("amendment"),
                both(version.stage == Stage::Replaced),
                "{story}"
            );
            let signed = version.signed.iter().filter(|signed| **signed).count();
            assert_eq!(told("signing"), signed, "{story}");
            let number = history.value.document.number;
            let numbered = !matches!(version.stage, Stage::Writing | Stage::Looking);
            assert_eq!(
                number.is_some(),
                numbered || version.corrects.is_some(),
                "{story}"
            );
            numbers.extend(number.map(|number| number.to_string()));
        }
        numbers.dedup();
        assert!(numbers.len() < 2, "a correction keeps its number: {story}");
    }

    async fn play(&self, seed: u64) -> Tally {
        let mut dice = Dice(seed);
        let (joint, owes) = (dice.below(3) == 0, dice.below(2) == 0);
        let mut ids = vec![self.drafted(joint, owes).await];
        let mut model = Model(vec![Version::new(None, joint, owes)]);
        let mut story = format!("seed {seed}, joint {joint}, owes {owes}:");
        let mut tally = Tally::default();
        for _ in 0..STEPS {
            let (person, act, at) = a_move(&model, &mut dice);
            let expected = model.does(person, act, at);
            let who = PEOPLE[person];
            write!(story, " {act:?} of {at} by {who} -> {expected:?};").unwrap();
            let tried = self.tries(person, act, ids[at]).await;
            if let Ok(Some(correction)) = &tried {
                ids.push(*correction);
            }
            assert_eq!(outcome(tried.map(drop), &story), expected, "{story}");
            self.check(&model, &ids, &story).await;
            tally.count(act, expected);
        }
        self.check_end(&model, &ids, &story).await;
        tally
    }
}

/// How often each act was done, and how many were refused.
#[derive(Debug, Default, Clone)]
struct Tally {
    done: std::collections::BTreeMap<String, usize>,
    refused: usize,
}

impl Tally {
    fn count(&mut self, act: Act, outcome: Outcome) {
        if outcome == Outcome::Done {
            *self.done.entry(format!("{act:?}")).or_default() += 1;
        } else {
            self.refused += 1;
        }
    }

    fn add(&mut self, other: Self) {
        for (act, times) in other.done {
            *self.done.entry(act).or_default() += times;
        }
        self.refused += other.refused;
    }
}

async fn the_cast(hub: &TestHub) -> Cast {
    let file = FileId(a_document().uploaded(hub).await[0]);
    let to = ["resources", "government"].map(|unit| UnitId(hub.unit(unit)));
    let joint = UnitId(hub.unit("procuratorate"));
    hub.with_hub(move |hub| async move {
        let mut people = Vec::new();
        for login in PEOPLE {
            people.push(hub.on_behalf_of(login).await.unwrap());
        }
        Cast {
            hub,
            people,
            to: to.to_vec(),
            joint,
            file,
        }
    })
    .await
}

#[tokio::test]
async fn nothing_illegal_happens_to_a_document_and_nothing_legal_is_refused() {
    let hub = TestHub::open().await;
    let cast = the_cast(&hub).await;
    let tallies = hub
        .with_hub(move |_| async move {
            let mut players = tokio::task::JoinSet::new();
            for player in 0..PLAYERS {
                let cast = cast.clone();
                players.spawn(async move {
                    let mut tally = Tally::default();
                    for seed in (1..=SEQUENCES).filter(|seed| seed % PLAYERS == player) {
                        tally.add(cast.play(seed).await);
                    }
                    tally
                });
            }
            players.join_all().await
        })
        .await;
    let mut all = Tally::default();
    for tally in tallies {
        all.add(tally);
    }
    println!("{SEQUENCES} sequences: {all:?}");
    assert_eq!(all.done.len(), 15, "every act succeeds somewhere: {all:?}");
    assert!(all.done.values().all(|times| *times > 20), "{all:?}");
    assert!(all.refused > 2000, "{all:?}");
}
