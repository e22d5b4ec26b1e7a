//! The life of a duty to reply after it was signed for: taken in hand, extended, objected to,
//! answered, evaluated, closed, and urged.

mod acts;
mod model;
mod refusals;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Answer, Paper, TestHub, advice, id_of};

/// A duty of the bureau of natural resources to the court.
pub struct Duty<'a> {
    pub hub: &'a TestHub,
    pub paper: Paper,
    pub id: Uuid,
}

impl<'a> Duty<'a> {
    /// From a recommendation of the court that was signed for on 1 September; due on 2 November.
    pub async fn signed(hub: &'a TestHub) -> Self {
        Self::of(hub, advice().sent(hub).await, true).await
    }

    pub async fn of(hub: &'a TestHub, paper: Paper, signed: bool) -> Self {
        if signed {
            paper.signed(hub, "resources").await;
        }
        let id = id_of(&paper.obligation(hub, "resources").await);
        Self { hub, paper, id }
    }

    pub fn path(&self, rest: &str) -> String {
        format!("/api/v1/obligations/{}{rest}", self.id)
    }

    pub async fn act(&self, login: &str, rest: &str, body: Value) -> Answer {
        self.hub.by(login).post(self.path(rest), &body).await
    }

    pub async fn seen_by(&self, login: &str) -> Value {
        self.hub.by(login).get(self.path("")).await.ok()
    }

    /// The state as it is shown.
    pub async fn state(&self) -> String {
        let seen = self.seen_by("court.clerk").await;
        seen["state"].as_str().unwrap().to_owned()
    }

    /// What somebody may do now.
    pub async fn may(&self, login: &str) -> Vec<String> {
        let seen = self.seen_by(login).await;
        let may = seen["may"].as_array().unwrap().iter();
        may.map(|act| act["act"].as_str().unwrap().to_owned())
            .collect()
    }

    pub async fn answered(&self) -> Paper {
        crate::support::answer_to(&self.paper, "resources")
            .sent(self.hub)
            .await
    }
}

/// The entry of the time line that an event made, in its last round.
pub fn moment(seen: &Value, event: &str) -> Value {
    let mut line = seen["timeline"].as_array().unwrap().iter();
    line.rfind(|one| one["event"] == event)
        .unwrap_or_else(|| panic!("no {event} in {seen}"))
        .clone()
}

/// An evaluation of three suggestions.
pub fn adopted() -> Value {
    json!({ "adoption": "adopted", "items": [
        { "adoption": "adopted" }, { "adoption": "adopted" }, { "adoption": "adopted" },
    ], "rectified": true })
}
