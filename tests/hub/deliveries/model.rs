//! Random sequences of acts on one document, against a small model of what is legal: nothing that
//! is illegal succeeds, nothing that is legal fails, and everybody sees what the model says.

use std::{collections::BTreeMap, fmt::Write as _};

use jiff::civil::date;
use serde_json::Map;
use wenshu::{
    app::{Begun, Caller, Error, Hub, NumberWish, Work},
    domain::{
        Delivery, DeliveryId, DeliveryState, DocumentId, Draft, FileId, FileRole, HandlerRole,
        ObligationState, Openness, Recipient, RecipientRole, ReturnReason, UnitId, Urgency,
    },
};

use crate::support::{TestHub, a_document};

const SEQUENCES: u64 = 750;
const STEPS: usize = 24;
/// How many are played at once, so that they share what it costs to keep them.
const PLAYERS: u64 = 16;

/// The sender, its main and its copy recipient, and two to whom it may be passed on.
const UNITS: [&str; 5] = ["court", "resources", "government", "agriculture", "justice"];

/// The same throws each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % limit
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Read,
    Sign,
    Return,
    Refuse,
    Resend,
    Accept,
    Forward(usize),
    Assign,
    Done,
    Reopen,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Done,
    Unknown,
    Forbidden,
    Illegal,
    Invalid,
}

/// What the model knows of the delivery to one unit.
#[expect(
    clippy::struct_excessive_bools,
    reason = "a model that names each fact by itself is easier to hold against the hub"
)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Lot {
    giver: usize,
    forwarded: bool,
    read: bool,
    signed: bool,
    out: bool,
    /// The return of this round: none, waiting, or decided.
    back: Option<bool>,
    round: i64,
    assigned: bool,
    closed: bool,
}

/// What the model knows of the document.
#[derive(Clone)]
struct Model {
    lots: BTreeMap<usize, Lot>,
    duty: ObligationState,
    statements: BTreeMap<(usize, &'static str), usize>,
}

impl Lot {
    fn of(giver: usize, forwarded: bool) -> Self {
        Self {
            giver,
            forwarded,
            read: false,
            signed: false,
            out: false,
            back: None,
            round: 1,
            assigned: false,
            closed: false,
        }
    }

    fn state(&self) -> DeliveryState {
        match (self.out, self.signed, self.read) {
            (true, ..) => DeliveryState::Returned,
            (_, true, _) => DeliveryState::Signed,
            (.., true) => DeliveryState::Read,
            _ => DeliveryState::Arrived,
        }
    }
}

impl Model {
    fn new() -> Self {
        let mut model = Self {
            lots: BTreeMap::from([(1, Lot::of(0, false)), (2, Lot::of(0, false))]),
            duty: ObligationState::AwaitingSignature,
            statements: BTreeMap::new(),
        };
        model.state(1, "arrival");
        model.state(2, "arrival");
        model
    }

    fn state(&mut self, unit: usize, event: &'static str) {
        *self.statements.entry((unit, event)).or_default() += 1;
    }

    fn knows(&self, actor: usize, lot: usize) -> bool {
        let Some(found) = self.lots.get(&lot) else {
            return false;
        };
        actor == lot || actor == 0 || (found.forwarded && found.giver == actor)
    }

    /// Some act on a delivery; more often than by chance a legal one.
    fn an_act(&self, dice: &mut Dice, unit: usize) -> Act {
        let mut act = an_act(dice);
        for _ in 0..2 {
            let legal = match self.lots.get(&unit) {
                Some(lot) => self.clone().acts(act, unit, *lot) == Outcome::Done,
                None => false,
            };
            if legal {
                break;
            }
            act = an_act(dice);
        }
        act
    }

    /// What must come of an act by a clerk, or by somebody who only reads.
    fn does(&mut self, actor: usize, clerk: bool, act: Act, unit: usize) -> Outcome {
        if act == Act::Read {
            return self.reads(actor);
        }
        if !self.knows(actor, unit) {
            return Outcome::Unknown;
        }
        let decides = matches!(act, Act::Refuse | Act::Resend | Act::Accept);
        let lot = self.lots[&unit];
        if !clerk || actor != if decides { lot.giver } else { unit } {
            return Outcome::Forbidden;
        }
        self.acts(act, unit, lot)
    }

    fn reads(&mut self, actor: usize) -> Outcome {
        if actor == 0 {
            return Outcome::Done;
        }
        let Some(lot) = self.lots.get_mut(&actor) else {
            return Outcome::Unknown;
        };
        if !std::mem::replace(&mut lot.read, true) {
            self.state(actor, "reading");
        }
        Outcome::Done
    }

    fn acts(&mut self, act: Act, unit: usize, mut lot: Lot) -> Outcome {
        let (waiting, main) = (lot.out && lot.back == Some(false), unit == 1);
        let legal = match act {
            Act::Read => true,
            Act::Sign => !lot.out,
            Act::Return => !lot.out && !lot.signed && lot.back.is_none(),
            Act::Refuse | Act::Resend | Act::Accept => waiting,
            Act::Forward(_) => lot.signed,
            Act::Assign | Act::Done => lot.signed && !lot.closed,
            Act::Reopen => lot.closed,
        };
        if !legal {
            return Outcome::Illegal;
        }
        let event = match act {
            Act::Sign if lot.signed => None,
            Act::Sign => Some("signing"),
            Act::Return => Some("return"),
            Act::Refuse => Some("return_refusal"),
            Act::Accept => Some("return_acceptance"),
            Act::Resend => Some("arrival"),
            Act::Forward(to) if to == 0 || self.lots.contains_key(&to) => return Outcome::Invalid,
            Act::Forward(_) => Some("forward"),
            _ => None,
        };
        let duty = match act {
            Act::Sign if !lot.signed => Some(ObligationState::AwaitingRegistration),
            Act::Return => Some(ObligationState::Suspended),
            Act::Refuse | Act::Resend => Some(ObligationState::AwaitingSignature),
            Act::Accept => Some(ObligationState::Withdrawn),
            _ => None,
        };
        match act {
            Act::Sign => lot.signed = true,
            Act::Return => (lot.out, lot.back) = (true, Some(false)),
            Act::Refuse => (lot.out, lot.back) = (false, Some(true)),
            Act::Accept => lot.back = Some(true),
            Act::Resend => {
                lot = Lot {
                    round: lot.round + 1,
                    ..Lot::of(lot.giver, lot.forwarded)
                }
            }
            Act::Forward(to) => {
                self.lots.insert(to, Lot::of(unit, true));
                self.state(to, "arrival");
            }
            Act::Assign => lot.assigned = true,
            Act::Done => lot.closed = true,
            Act::Reopen => lot.closed = false,
            Act::Read => {}
        }
        if let Some(event) = event {
            self.state(unit, event);
        }
        if let Some(duty) = duty.filter(|_| main) {
            self.duty = duty;
        }
        self.lots.insert(unit, lot);
        Outcome::Done
    }
}

/// The people and units of the play, as the hub knows them.
#[derive(Clone)]
struct Cast {
    hub: Hub,
    units: Vec<UnitId>,
    clerks: Vec<Caller>,
    readers: Vec<Caller>,
    signer: Caller,
    file: FileId,
}

impl Cast {
    async fn begin(&self, caller: &Caller) -> Box<Work> {
        match self.hub.begin(caller.clone(), None).await {
            Ok(Begun::Work(work)) => work,
            _ => panic!("work without a key always begins"),
        }
    }

    async fn sent(&self) -> DocumentId {
        let recipient = |unit: usize, role| Recipient {
            unit: self.units[unit],
            role,
        };
        let draft = Draft {
            kind: "GW-HAN".to_owned(),
            title: "关于协助查明土地权属的函".to_owned(),
            urgency: Urgency::Normal,
            openness: Openness::NotPublic,
            dated_on: None,
            reply_due_on: Some(date(2026, 9, 30)),
            fields: Map::new(),
            in_reply_to: None,
            files: vec![(self.file, FileRole::Main)],
            recipients: vec![
                recipient(1, RecipientRole::Main),
                recipient(2, RecipientRole::Copy),
            ],
            groups: Vec::new(),
            joint_issuers: Vec::new(),
        };
        let mut work = self.begin(&self.clerks[0]).await;
        let id = work.draft(draft).await.unwrap().id;
        work.commit().await.unwrap();
        let mut work = self.begin(&self.clerks[0]).await;
        work.submit(id).await.unwrap();
        work.commit().await.unwrap();
        let mut work = self.begin(&self.signer).await;
        work.issue(id, NumberWish::default()).await.unwrap();
        work.commit().await.unwrap();
        let mut work = self.begin(&self.clerks[0]).await;
        work.send(id).await.unwrap();
        work.commit().await.unwrap();
        id
    }

    async fn seen_by(&self, unit: usize, id: DocumentId) -> Result<Vec<Delivery>, Error> {
        let cards = self.hub.deliveries(&self.readers[unit], id).await?;
        Ok(cards.value.into_iter().map(|card| card.delivery).collect())
    }

    async fn tries(&self, who: &Caller, document: DocumentId, act: Act, id: DeliveryId) -> Outcome {
        let tried = if act == Act::Read {
            self.hub.open_document(who, document).await.map(drop)
        } else {
            self.works(who, act, id).await
        };
        match tried {
            Ok(()) => Outcome::Done,
            Err(Error::NotFound) => Outcome::Unknown,
            Err(Error::Forbidden(_)) => Outcome::Forbidden,
            Err(Error::WrongState(_)) => Outcome::Illegal,
            Err(Error::Invalid(_)) => Outcome::Invalid,
            Err(other) => panic!("{act:?}: {other:?}"),
        }
    }

    async fn works(&self, who: &Caller, act: Act, id: DeliveryId) -> Result<(), Error> {
        let (note, lead) = (Some("说明".to_owned()), [(who.user(), HandlerRole::Lead)]);
        let mut work = self.begin(who).await;
        match act {
            Act::Read => {}
            Act::Sign => drop(work.sign(id, note).await?),
            Act::Return => drop(work.give_back(id, ReturnReason::Other, note).await?),
            Act::Refuse => drop(work.refuse_return(id, note).await?),
            Act::Resend => drop(work.resend(id, note).await?),
            Act::Accept => drop(work.accept_return(id, note).await?),
            Act::Forward(to) => drop(work.forward(id, &[self.units[to]], note).await?),
            Act::Assign => drop(work.assign(id, &lead, note).await?),
            Act::Done => drop(work.finish_delivery(id, note).await?),
            Act::Reopen => drop(work.reopen_delivery(id).await?),
        }
        work.commit().await
    }

    /// Units are shown the deliveries that the model lets them know, as the model has them.
    async fn check(
        &self,
        model: &Model,
        document: DocumentId,
        viewers: impl Iterator<Item = usize> + Send,
        story: &str,
    ) {
        for viewer in viewers {
            let known: Vec<_> = (0..UNITS.len())
                .filter(|lot| model.knows(viewer, *lot))
                .collect();
            let Ok(mut seen) = self.seen_by(viewer, document).await else {
                assert!(known.is_empty() && viewer != 0, "{story}");
                continue;
            };
            let place = |one: &Delivery| self.units.iter().position(|unit| *unit == one.unit);
            seen.sort_by_key(place);
            assert_eq!(
                seen.iter().filter_map(place).collect::<Vec<_>>(),
                known,
                "{story}"
            );
            for (one, lot) in seen.iter().zip(&known) {
                let expected = model.lots[lot];
                assert_eq!(one.state, expected.state(), "{story}");
                assert_eq!(one.round, expected.round, "{story}");
                assert_eq!(one.turn > 0, expected.assigned, "{story}");
                assert_eq!(one.done.is_some(), expected.closed, "{story}");
                assert_eq!(one.first_read.is_some(), expected.read, "{story}");
                assert_eq!(one.giver(), self.units[expected.giver], "{story}");
            }
        }
    }

    /// The duty and the evidence tell the same story at the end.
    async fn check_end(&self, model: &Model, document: DocumentId, story: &str) {
        let owed = wenshu::app::LedgerRequest::default();
        let duties = self
            .hub
            .obligations(&self.readers[1], &owed, None, 2000)
            .await
            .unwrap();
        let mut duties = duties.value.lines.iter().map(|line| &line.obligation);
        let duty = duties.find(|duty| duty.document == document).unwrap();
        assert_eq!(duty.state, model.duty, "{story}");
        let history = self.hub.history(&self.readers[0], document).await.unwrap();
        let mut told: BTreeMap<_, usize> = BTreeMap::new();
        for one in &history.value.statements {
            let unit = self
                .units
                .iter()
                .position(|unit| *unit == one.party)
                .unwrap();
            *told.entry((unit, one.event.code())).or_default() += 1;
        }
        told.remove(&(0, "submission"));
        assert_eq!(told, model.statements, "{story}");
    }

    async fn play(&self, seed: u64) -> [usize; 2] {
        let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let document = self.sent().await;
        let (mut model, mut story, mut tally) = (Model::new(), format!("seed {seed}:"), [0, 0]);
        for step in 1..=STEPS {
            let unit = 1 + dice.below(UNITS.len() - 1);
            let act = model.an_act(&mut dice, unit);
            let decides = matches!(act, Act::Refuse | Act::Resend | Act::Accept);
            let usual = if decides {
                model.lots.get(&unit).map_or(0, |lot| lot.giver)
            } else {
                unit
            };
            let actor = if dice.below(10) < 8 {
                usual
            } else {
                dice.below(UNITS.len())
            };
            let clerk = dice.below(10) > 0;
            let who = if clerk {
                &self.clerks[actor]
            } else {
                &self.readers[actor]
            };
            let lots = self.seen_by(0, document).await.unwrap();
            let found = lots.iter().find(|one| one.unit == self.units[unit]);
            let id = found.map_or_else(DeliveryId::fresh, |one| one.id);
            let expected = model.does(actor, clerk, act, unit);
            write!(
                story,
                " {act:?} of {unit} by {actor}/{clerk} -> {expected:?};"
            )
            .unwrap();
            assert_eq!(
                self.tries(who, document, act, id).await,
                expected,
                "{story}"
            );
            tally[usize::from(expected == Outcome::Done)] += 1;
            let all = step % 6 == 0;
            let viewers = (0..UNITS.len()).filter(|viewer| all || [0, actor].contains(viewer));
            self.check(&model, document, viewers, &story).await;
        }
        self.check_end(&model, document, &story).await;
        tally
    }
}

fn an_act(dice: &mut Dice) -> Act {
    match dice.below(14) {
        0 => Act::Read,
        1 | 2 => Act::Sign,
        3 | 4 => Act::Return,
        5 => Act::Refuse,
        6 => Act::Resend,
        7 => Act::Accept,
        8..=10 => Act::Forward(dice.below(UNITS.len())),
        11 => Act::Assign,
        12 => Act::Done,
        _ => Act::Reopen,
    }
}

async fn the_cast(hub: &TestHub) -> Cast {
    let file = FileId(a_document().uploaded(hub).await[0]);
    let units = UNITS.iter().map(|unit| UnitId(hub.unit(unit))).collect();
    hub.with_hub(move |hub| async move {
        let (mut clerks, mut readers) = (Vec::new(), Vec::new());
        for unit in UNITS {
            clerks.push(hub.on_behalf_of(&format!("{unit}.clerk")).await.unwrap());
            readers.push(hub.on_behalf_of(&format!("{unit}.reader")).await.unwrap());
        }
        let signer = hub.on_behalf_of("court.signer").await.unwrap();
        Cast {
            hub,
            units,
            clerks,
            readers,
            signer,
            file,
        }
    })
    .await
}

#[tokio::test]
async fn nothing_illegal_succeeds_and_nothing_legal_fails() {
    let hub = TestHub::open().await;
    let cast = the_cast(&hub).await;
    let tallies = hub
        .with_hub(move |_| async move {
            let mut players = tokio::task::JoinSet::new();
            for player in 0..PLAYERS {
                let cast = cast.clone();
                players.spawn(async move {
                    let mut tallies = Vec::new();
                    for seed in (1..=SEQUENCES).filter(|seed| seed % PLAYERS == player) {
                        tallies.push(cast.play(seed).await);
                    }
                    tallies
                });
            }
            players.join_all().await.concat()
        })
        .await;
    let sum = |place: usize| tallies.iter().map(|tally| tally[place]).sum::<usize>();
    let (refused, done) = (sum(0), sum(1));
    println!(
        "{} sequences: {done} acts done, {refused} refused",
        tallies.len()
    );
    assert!(
        done > 2000 && refused > 2000,
        "{done} done, {refused} refused"
    );
}
