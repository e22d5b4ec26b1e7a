//! What units do with a recommendation, and how they come to do it.

use jiff::{Timestamp, civil::Date};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Random, UNITS, oracle::Story};
use crate::support::{Paper, TestHub, a_document, advice, answer_to, id_of};

/// Something that is done about a recommendation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Act {
    Send,
    Sign,
    Register,
    AskForTime,
    DecideOnTime,
    Object,
    DecideOnObjection,
    Urge,
    Reply,
    AskForMore,
    Evaluate,
    Close,
}

/// A recommendation under way.
pub struct Matter {
    pub number: usize,
    /// The unit that is recommended something to.
    pub debtor: String,
    /// The court or the procuratorate.
    pub creditor: &'static str,
    pub paper: Paper,
    pub duty: Uuid,
    /// What was asked of the issuer and not decided yet.
    request: Option<Uuid>,
    replied: bool,
    supplements: u8,
}

/// 检察建议书 of the procuratorate, with two suggestions to answer one by one.
fn notice() -> crate::support::PaperPlan {
    a_document()
        .from("procuratorate")
        .kind("JC-SH")
        .titled("关于加强特种设备安全监管的检察建议书")
        .unset("reply_due_on")
        .fields(json!({
            "source": "办案中发现",
            "facts": "检查记录不全。",
            "problems": ["检查记录不全", "整改没有复查"],
            "suggestions": ["补全记录", "建立复查制度"],
            "suggestion_basis": "《中华人民共和国特种设备安全法》",
            "objection_days": 30,
            "service": "written",
            "decided_by": "chief_procurator",
            "contact_name": "韩立新",
            "contact_phone": "0499-6221206",
        }))
}

impl Matter {
    /// Sends a recommendation to some unit.
    pub async fn send(hub: &TestHub, number: usize, random: &mut Random) -> (Self, Story) {
        let debtor = format!("u{}", random.below(UNITS as u64));
        let (creditor, mut plan) = if random.percent(50) {
            ("court", advice())
        } else {
            ("procuratorate", notice())
        };
        if random.percent(15) {
            // A date in the document wins: sometimes it leaves but a fortnight.
            let by = random.days_after(hub.now(), 14, 60);
            plan = plan.set("reply_due_on", day(by).to_string());
        }
        let paper = plan.to(&debtor).sent(hub).await;
        let duty = paper.obligation(hub, &debtor).await;
        let story = Story::new(hub.now());
        let matter = Self {
            number,
            debtor,
            creditor,
            duty: id_of(&duty),
            paper,
            request: None,
            replied: false,
            supplements: 0,
        };
        (matter, story)
    }

    /// Some sign at once, some after days, some never.
    pub fn after_sending(now: Timestamp, random: &mut Random) -> Vec<(Timestamp, Act)> {
        match random.below(100) {
            0..70 => vec![(random.days_after(now, 0, 2), Act::Sign)],
            70..94 => vec![(random.days_after(now, 2, 12), Act::Sign)],
            _ => Vec::new(),
        }
    }

    fn clerk(&self) -> String {
        format!("{}.clerk", self.debtor)
    }

    async fn post(&self, hub: &TestHub, login: &str, rest: &str, body: Value) -> Value {
        let path = format!("/api/v1/obligations/{}{rest}", self.duty);
        hub.by(login).post(path, &body).await.ok()
    }

    /// The duty in full, as its creditor sees it.
    pub async fn seen(&self, hub: &TestHub) -> Value {
        let reader = format!("{}.reader", self.creditor);
        let path = format!("/api/v1/obligations/{}", self.duty);
        hub.by(&reader).get(path).await.ok()
    }

    /// What the debtor or the issuer may do now, if it is still to be done.
    async fn may(&self, hub: &TestHub, login: &str, act: &str) -> bool {
        let path = format!("/api/v1/obligations/{}", self.duty);
        let seen = hub.by(login).get(path).await.ok();
        let may = seen["may"].as_array().unwrap();
        may.iter().any(|one| one["act"] == act)
    }

    /// Does it, as far as it can still be done, and tells what follows.
    pub async fn act(
        &mut self,
        hub: &TestHub,
        act: Act,
        story: &mut Story,
        random: &mut Random,
    ) -> Vec<(Timestamp, Act)> {
        let (now, clerk) = (hub.now(), self.clerk());
        let (issuer, head) = (
            format!("{}.clerk", self.creditor),
            format!("{}.signer", self.creditor),
        );
        let mut next = Vec::new();
        let seen = match act {
            Act::Send => unreachable!("it was sent"),
            Act::Sign => {
                self.paper.signed(hub, &self.debtor).await;
                next = self.after_signing(now, random);
                self.seen(hub).await
            }
            Act::Register => {
                if self.replied {
                    return next;
                }
                self.post(hub, &clerk, "/register", json!({})).await
            }
            Act::AskForTime => {
                if !self.may(hub, &clerk, "ask_extension").await {
                    return next;
                }
                let due = self.seen(hub).await["due"]["due_on"].clone();
                let due: Date = due.as_str().unwrap().parse().unwrap();
                let until = later(due.max(day(now)), 5 + random.below(40));
                let body = json!({ "due_on": until.to_string(), "reason": "需要专家论证" });
                let seen = self.post(hub, &clerk, "/extensions", body).await;
                self.request = pending(&seen, "pending_extension_id");
                next.push((random.days_after(now, 0, 4), Act::DecideOnTime));
                seen
            }
            Act::DecideOnTime => match self.decide_on_time(hub, &head, random).await {
                Some(seen) => seen,
                None => return next,
            },
            Act::Object => {
                if self.request.is_some() || !self.may(hub, &clerk, "object").await {
                    return next;
                }
                let body = json!({ "grounds": "事实有出入" });
                let seen = self.post(hub, &clerk, "/objections", body).await;
                self.request = pending(&seen, "pending_objection_id");
                next.push((random.days_after(now, 0, 6), Act::DecideOnObjection));
                seen
            }
            Act::DecideOnObjection => match self.decide_on_objection(hub, &head, random).await {
                Some(seen) => seen,
                None => return next,
            },
            Act::Urge => {
                if !self.may(hub, &issuer, "remind").await {
                    return next;
                }
                self.post(hub, &issuer, "/reminders", json!({})).await
            }
            Act::Reply => {
                if self.seen(hub).await["state"] == "withdrawn" {
                    return next;
                }
                self.answer(hub).await;
                self.replied = true;
                let follows = if self.supplements == 0 && random.percent(12) {
                    Act::AskForMore
                } else {
                    Act::Evaluate
                };
                if random.percent(85) {
                    next.push((random.days_after(now, 0, 20), follows));
                }
                self.seen(hub).await
            }
            // What was withdrawn after it was answered, upon an objection, is over.
            Act::AskForMore | Act::Evaluate if !self.may(hub, &issuer, "evaluate").await => {
                return next;
            }
            Act::AskForMore => {
                self.supplements += 1;
                let until = later(day(now), 10 + random.below(10));
                let body = json!({ "what": "缺少附件", "due_on": until.to_string() });
                next.push((random.days_after(now, 3, 25), Act::Reply));
                self.post(hub, &issuer, "/supplements", body).await
            }
            Act::Evaluate => {
                if random.percent(75) {
                    next.push((random.days_after(now, 0, 15), Act::Close));
                }
                let body = self.evaluation(random);
                self.post(hub, &issuer, "/evaluation", body).await
            }
            Act::Close => self.post(hub, &head, "/close", json!({})).await,
        };
        story.now(now, &seen);
        next
    }

    /// Gives more time, or not; nothing where it was answered meanwhile.
    async fn decide_on_time(
        &mut self,
        hub: &TestHub,
        head: &str,
        random: &mut Random,
    ) -> Option<Value> {
        let request = self.request.take()?;
        if !self.may(hub, head, "decide_extension").await {
            return None;
        }
        let body = if random.percent(70) {
            json!({ "granted": true })
        } else {
            json!({ "granted": false, "reason": "事项紧急" })
        };
        let rest = format!("/extensions/{request}/decision");
        Some(self.post(hub, head, &rest, body).await)
    }

    /// Decides on an objection; nothing where that is not possible any more.
    async fn decide_on_objection(
        &mut self,
        hub: &TestHub,
        head: &str,
        random: &mut Random,
    ) -> Option<Value> {
        let request = self.request.take()?;
        if !self.may(hub, head, "decide_objection").await {
            return None;
        }
        let body = match random.below(4) {
            0 => json!({ "verdict": "upheld", "remedy": "withdraw", "reasons": "属实" }),
            1 => json!({ "verdict": "partly", "remedy": "amend", "reasons": "部分属实" }),
            _ => json!({ "verdict": "rejected", "reasons": "不属实" }),
        };
        let rest = format!("/objections/{request}/decision");
        Some(self.post(hub, head, &rest, body).await)
    }

    /// Nobody does everything, and many do it late.
    fn after_signing(&self, now: Timestamp, random: &mut Random) -> Vec<(Timestamp, Act)> {
        let mut next = Vec::new();
        if random.percent(70) {
            next.push((random.days_after(now, 0, 4), Act::Register));
        }
        if random.percent(15) {
            next.push((random.days_after(now, 20, 65), Act::AskForTime));
        } else if self.creditor == "procuratorate" && random.percent(15) {
            next.push((random.days_after(now, 1, 20), Act::Object));
        }
        if random.percent(8) {
            next.push((random.days_after(now, 30, 90), Act::Urge));
        }
        match random.below(100) {
            0..65 => next.push((random.days_after(now, 8, 60), Act::Reply)),
            65..90 => next.push((random.days_after(now, 60, 100), Act::Reply)),
            _ => {}
        }
        next
    }

    async fn answer(&self, hub: &TestHub) {
        let mut plan = answer_to(&self.paper, &self.debtor);
        if self.creditor == "procuratorate" {
            plan = plan.kind("HF").fields(json!({
                "adoptions": [
                    { "adoption": "adopted", "detail": "已补全" },
                    { "adoption": "adopted", "detail": "已建立" },
                ],
                "measures": "专项整治。",
                "progress": "done",
                "signer": "局长",
            }));
        }
        plan.sent(hub).await;
    }

    fn evaluation(&self, random: &mut Random) -> Value {
        let suggestions = if self.creditor == "court" { 3 } else { 2 };
        let adoption = ["adopted", "adopted", "partly", "not_adopted"];
        let adoption = adoption[usize::try_from(random.below(4)).unwrap()];
        let reason = (adoption != "adopted").then_some("经费尚需协调");
        let item = json!({ "adoption": adoption, "reason": reason });
        let rectified = random.percent(60);
        json!({
            "adoption": adoption, "reason": reason,
            "items": vec![item; suggestions], "rectified": rectified,
        })
    }
}

fn pending(seen: &Value, name: &str) -> Option<Uuid> {
    seen[name].as_str().map(|id| id.parse().unwrap())
}

/// The day in China.
pub fn day(at: Timestamp) -> Date {
    jiff::tz::Offset::constant(8).to_datetime(at).date()
}

pub fn later(day: Date, days: u64) -> Date {
    day.checked_add(jiff::Span::new().days(days.cast_signed()))
        .unwrap()
}
