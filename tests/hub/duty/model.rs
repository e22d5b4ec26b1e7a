//! The life of a duty against a model of a few lines, which knows nothing of the hub: random acts
//! of random people, each with the status that the model foretells and the state that it reaches.

use serde_json::{Value, json};
use uuid::Uuid;

use super::adopted;
use crate::support::{Paper, TestHub, advice, answer_to, id_of};

const SEED: u64 = 20_261_124;
const DEBTORS: [&str; 3] = ["resources", "agriculture", "government"];
/// Each recommendation is owed by three units, and each duty is one sequence.
const PAPERS: usize = 170;
const STEPS: usize = 9;

/// Who, as the model names them: debtor or creditor, clerk or signer, the office, a stranger.
const PEOPLE: [&str; 6] = [
    "D.clerk", "D.signer", "C.clerk", "C.signer", "office", "stranger",
];

/// What can be tried, and who may: the rules of domain 8.2 as one would tell them.
const ACTS: [(&str, &[&str]); 14] = [
    ("sign", &["D.clerk"]),
    ("reply", &["D.clerk"]),
    ("register", &["D.clerk"]),
    ("extend", &["D.clerk"]),
    ("grant", &["C.signer"]),
    ("object", &["D.clerk"]),
    ("reject", &["C.signer"]),
    ("supplement", &["C.clerk"]),
    ("evaluate", &["C.clerk"]),
    ("close", &["C.signer"]),
    ("suggest", &["office"]),
    ("reopen", &["C.signer"]),
    ("remind", &["C.clerk", "office"]),
    ("supervise", &["office"]),
];

struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % n as u64).unwrap()
    }
}

/// What the model knows of one duty.
#[derive(Debug, Clone)]
struct Model {
    /// 签, 登, 办, 复, 评, 结.
    place: char,
    extending: bool,
    objecting: bool,
    more: bool,
    level: usize,
}

impl Model {
    fn new() -> Self {
        Self {
            place: '签',
            extending: false,
            objecting: false,
            more: false,
            level: 0,
        }
    }

    fn possible(&self, act: &str) -> bool {
        let running = self.place == '登' || self.place == '办';
        match act {
            "sign" => self.place == '签',
            "reply" | "register" => running,
            "extend" => running && !self.extending && !self.more,
            "grant" => running && self.extending,
            "object" => running && !self.objecting,
            "reject" => self.objecting && self.place != '结',
            "supplement" | "evaluate" => self.place == '复',
            "close" => self.place == '评',
            "suggest" => "复评".contains(self.place),
            "reopen" => "评结".contains(self.place),
            "remind" => running || self.place == '签',
            "supervise" => self.place != '结',
            other => panic!("{other}"),
        }
    }

    fn does(&mut self, act: &str) {
        match act {
            "sign" => self.place = '登',
            "register" => self.place = '办',
            "reply" => {
                self.place = '复';
                self.extending = false;
                self.more = false;
            }
            "extend" => self.extending = true,
            "grant" => self.extending = false,
            "object" => self.objecting = true,
            "reject" => self.objecting = false,
            "supplement" | "reopen" => {
                self.place = '办';
                self.more = true;
            }
            "evaluate" => self.place = '评',
            "close" => self.place = '结',
            "remind" => self.level = self.level.max(2),
            "supervise" => self.level = 3,
            _ => {}
        }
    }

    fn shown(&self) -> (&'static str, &'static str) {
        let state = match self.place {
            '签' => "awaiting_signature",
            '登' | '办' if self.objecting => "objecting",
            '登' | '办' if self.extending => "extending",
            '办' if self.more => "supplementing",
            '登' => "awaiting_registration",
            '办' => "in_progress",
            '复' => "replied",
            '评' => "evaluated",
            _ => "closed",
        };
        (state, ["none", "system", "urge", "supervision"][self.level])
    }
}

/// One duty of the hub, played by people.
struct Play<'a> {
    hub: &'a TestHub,
    paper: &'a Paper,
    debtor: &'static str,
    id: Uuid,
    delivery: Uuid,
    /// What is asked for lies later every time.
    day: usize,
}

impl Play<'_> {
    fn login(&self, who: &str) -> String {
        match who {
            "office" => "justice.office".to_owned(),
            "stranger" => "procuratorate.clerk".to_owned(),
            "D.clerk" => format!("{}.clerk", self.debtor),
            "D.signer" => format!("{}.signer", self.debtor),
            court => format!("court.{}", &court[2..]),
        }
    }

    async fn seen(&self) -> Value {
        let path = format!("/api/v1/obligations/{}", self.id);
        self.hub.by("court.clerk").get(path).await.ok()
    }

    async fn tries(&mut self, act: &str, who: &str) -> u16 {
        let login = self.login(who);
        if act == "sign" {
            let path = format!("/api/v1/deliveries/{}/sign", self.delivery);
            return self.hub.by(&login).ask("POST", path).await.status;
        }
        if act == "reply" {
            answer_to(self.paper, self.debtor).sent(self.hub).await;
            return 200;
        }
        self.day += 1;
        let day = jiff::civil::date(2027, 1, 1)
            .saturating_add(jiff::Span::new().days(i64::try_from(self.day).unwrap()));
        let pending = |name: &str, seen: &Value| {
            let id = seen[name].as_str().map(str::to_owned);
            id.unwrap_or_else(|| Uuid::now_v7().to_string())
        };
        let (rest, body) = match act {
            "register" => ("register".to_owned(), json!({ "lead": "办公室" })),
            "extend" => (
                "extensions".to_owned(),
                json!({ "due_on": day.to_string(), "reason": "需要论证" }),
            ),
            "grant" => {
                let id = pending("pending_extension_id", &self.seen().await);
                (
                    format!("extensions/{id}/decision"),
                    json!({ "granted": true }),
                )
            }
            "object" => ("objections".to_owned(), json!({ "grounds": "不属职责" })),
            "reject" => {
                let id = pending("pending_objection_id", &self.seen().await);
                (
                    format!("objections/{id}/decision"),
                    json!({ "verdict": "rejected", "reasons": "属职责" }),
                )
            }
            "supplement" => (
                "supplements".to_owned(),
                json!({ "what": "清单", "due_on": day.to_string() }),
            ),
            "evaluate" => ("evaluation".to_owned(), adopted()),
            "close" => ("close".to_owned(), json!({})),
            "suggest" => ("close-suggestion".to_owned(), json!({ "reason": "已整改" })),
            "reopen" => (
                "reopen".to_owned(),
                json!({ "reason": "重现", "due_on": day.to_string() }),
            ),
            "remind" => ("reminders".to_owned(), json!({})),
            _ => (
                "escalations".to_owned(),
                json!({ "level": "supervision", "text": "逾期" }),
            ),
        };
        let path = format!("/api/v1/obligations/{}/{rest}", self.id);
        self.hub.by(&login).post(path, &body).await.status
    }
}

#[tokio::test]
async fn random_lives_go_as_the_model_says() {
    let hub = TestHub::open().await;
    let mut random = Random(SEED);
    let (mut done, mut refused, mut ends) = (0, 0, std::collections::BTreeSet::new());
    for _ in 0..PAPERS {
        let plan = advice().and_to("agriculture").and_to("government");
        let paper = plan.sent(&hub).await;
        for debtor in DEBTORS {
            let id = id_of(&paper.obligation(&hub, debtor).await);
            let delivery = id_of(&paper.delivery(&hub, debtor).await);
            let mut scene = Play {
                hub: &hub,
                paper: &paper,
                debtor,
                id,
                delivery,
                day: 0,
            };
            let mut model = Model::new();
            let mut past = Vec::new();
            for _ in 0..STEPS {
                let (act, may) = choose(&mut random, &model);
                let who = if random.below(4) > 0 {
                    may[random.below(may.len())]
                } else {
                    PEOPLE[random.below(6)]
                };
                // Signing again is no error, and an answer is a document of its own.
                if ["sign", "reply"].contains(&act) && !(model.possible(act) && may.contains(&who))
                {
                    continue;
                }
                let expected = if who == "stranger" {
                    404
                } else if !may.contains(&who) {
                    403
                } else if !model.possible(act) {
                    409
                } else {
                    200
                };
                past.push(format!("{who} {act}"));
                assert_eq!(scene.tries(act, who).await, expected, "{past:?} {model:?}");
                if expected == 200 {
                    model.does(act);
                    done += 1;
                } else {
                    refused += 1;
                }
            }
            let seen = scene.seen().await;
            let (state, level) = model.shown();
            assert_eq!(
                (&seen["state"], &seen["level"]),
                (&json!(state), &json!(level)),
                "{past:?}"
            );
            ends.insert(state);
        }
    }
    assert!(
        done > 1_500 && refused > 500,
        "{done} done, {refused} refused"
    );
    assert_eq!(ends.len(), 9, "every state is reached: {ends:?}");
}

/// Mostly what is possible, so that lives go far; sometimes anything.
fn choose(random: &mut Random, model: &Model) -> (&'static str, &'static [&'static str]) {
    let possible: Vec<_> = ACTS.iter().filter(|(act, _)| model.possible(act)).collect();
    if random.below(4) == 0 || possible.is_empty() {
        return ACTS[random.below(ACTS.len())];
    }
    *possible[random.below(possible.len())]
}
