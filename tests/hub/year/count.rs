//! The figures of the year, counted once more from what the hub has stated of each matter.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use serde_json::Value;

use super::acts::{Matter, day};
use crate::support::TestHub;

/// What became of one recommendation, by its time line and its day.
struct Outcome {
    debtor: String,
    creditor: &'static str,
    kind: String,
    sent: Date,
    signed: Option<Date>,
    replied: Option<Date>,
    due: Option<Date>,
    original_due: Option<Date>,
    adoption: Option<String>,
    rectified: bool,
    closed: bool,
    /// Whether an objection was right, where one was raised.
    objection: Option<bool>,
}

impl Outcome {
    fn of(matter: &Matter, seen: &Value) -> Self {
        let timeline = seen["timeline"].as_array().unwrap();
        let entries =
            |event: &'static str| timeline.iter().filter(move |one| one["event"] == event);
        let on = |one: &Value| -> Date {
            let at: Timestamp = one["at"].as_str().unwrap().parse().unwrap();
            day(at)
        };
        let date = |value: &Value| value.as_str().map(|day| day.parse().unwrap());
        for one in timeline {
            assert!(one["receipt_id"].is_string(), "nobody stated {one}");
        }
        let evaluation = entries("evaluation").next_back();
        let evaluation = evaluation
            .map(|one| one["details"].clone())
            .unwrap_or_default();
        let decided = entries("objection_decision").next_back();
        Self {
            debtor: matter.debtor.clone(),
            creditor: matter.creditor,
            kind: seen["kind"].as_str().unwrap().to_owned(),
            sent: on(entries("submission").next().unwrap()),
            signed: entries("signing").next().map(on),
            replied: entries("reply").next().map(on),
            due: date(&seen["due"]["due_on"]),
            original_due: date(&seen["original_due_on"]),
            adoption: evaluation["adoption"].as_str().map(str::to_owned),
            rectified: evaluation["rectified"] == true,
            closed: entries("closure").next().is_some(),
            objection: entries("objection")
                .next()
                .map(|_| decided.is_some_and(|one| one["details"]["verdict"] != "rejected")),
        }
    }
}

/// The two counts of each figure.
fn figures(outcomes: &[&Outcome], today: Date) -> BTreeMap<&'static str, (usize, usize)> {
    let count = |fits: &dyn Fn(&Outcome) -> bool| outcomes.iter().filter(|one| fits(one)).count();
    let sent = outcomes.len();
    let replied = count(&|one| one.replied.is_some());
    let due = |one: &Outcome| one.due.is_some_and(|due| due <= today);
    let original = |one: &Outcome| one.original_due.is_some_and(|due| due <= today);
    let followed = |one: &Outcome| matches!(one.adoption.as_deref(), Some("adopted" | "partly"));
    let in_time = |one: &Outcome, due: Option<Date>| {
        one.replied
            .zip(due)
            .is_some_and(|(replied, due)| replied <= due)
    };
    let overdue = |one: &Outcome| {
        one.replied.is_none() && !one.closed && one.due.is_some_and(|due| due < today)
    };
    let objected = count(&|one| one.objection.is_some());
    let all_due = count(&due);
    BTreeMap::from([
        ("signing", (count(&|one| one.signed.is_some()), sent)),
        ("replying", (replied, sent)),
        (
            "replied_of_due",
            (count(&|one| due(one) && one.replied.is_some()), all_due),
        ),
        (
            "in_time",
            (count(&|one| due(one) && in_time(one, one.due)), all_due),
        ),
        (
            "in_original_time",
            (
                count(&|one| original(one) && in_time(one, one.original_due)),
                count(&original),
            ),
        ),
        ("overdue", (count(&overdue), all_due)),
        ("adopted_of_sent", (count(&followed), sent)),
        ("adopted_of_replied", (count(&followed), replied)),
        ("closed_of_sent", (count(&|one| one.closed), sent)),
        ("rectified", (count(&|one| one.rectified), replied)),
        ("objecting", (objected, sent)),
        (
            "upheld",
            (count(&|one| one.objection == Some(true)), objected),
        ),
    ])
}

/// Compares a row of the hub's figures with those of some outcomes. Returns how many they are.
fn compare(row: &Value, outcomes: &[&Outcome], today: Date) -> usize {
    let by_hand = figures(outcomes, today);
    let mut compared = 0;
    for one in row["figures"].as_array().unwrap() {
        if let Some((numerator, denominator)) = by_hand.get(one["figure"].as_str().unwrap()) {
            let found = (&one["numerator"], &one["denominator"]);
            assert_eq!(
                found,
                (&(*numerator).into(), &(*denominator).into()),
                "{one}"
            );
            compared += 1;
        }
    }
    assert_eq!(compared, by_hand.len());
    compared
}

/// Compares the figures of the year, whole and in parts. Returns how many were compared.
pub async fn check(hub: &TestHub, matters: &[Matter]) -> usize {
    let today = day(hub.now());
    let mut outcomes = Vec::new();
    for matter in matters {
        let seen = matter.seen(hub).await;
        if seen["state"] != "withdrawn" {
            outcomes.push(Outcome::of(matter, &seen));
        }
    }
    let mut compared = 0;
    let year = "since=2025-01-01&until=2025-12-31";
    let all: Vec<_> = outcomes
        .iter()
        .filter(|one| one.sent.year() == 2025)
        .collect();
    let seen = ask(hub, "justice.office", &format!("side=all&by=month&{year}")).await;
    compared += compare(&seen["total"], &all, today);
    for row in seen["rows"].as_array().unwrap() {
        let name = row["name"].as_str().unwrap();
        let of_month = |one: &&&Outcome| name == format!("2025年{}月", one.sent.month());
        let part: Vec<_> = all.iter().filter(of_month).copied().collect();
        compared += compare(row, &part, today);
    }
    let seen = ask(hub, "justice.office", &format!("side=all&by=kind&{year}")).await;
    for row in seen["rows"].as_array().unwrap() {
        let part = all.iter().filter(|one| row["kind"] == one.kind.as_str());
        compared += compare(row, &part.copied().collect::<Vec<_>>(), today);
    }
    for creditor in ["court", "procuratorate"] {
        let reader = format!("{creditor}.reader");
        let seen = ask(hub, &reader, &format!("side=due&by=debtor&{year}")).await;
        let own: Vec<_> = all.iter().filter(|one| one.creditor == creditor).collect();
        let own: Vec<_> = own.into_iter().copied().collect();
        compared += compare(&seen["total"], &own, today);
        for row in seen["rows"].as_array().unwrap() {
            let unit = &row["unit_id"];
            let part = own
                .iter()
                .filter(|one| unit.as_str() == Some(&hub.unit(&one.debtor).to_string()));
            compared += compare(row, &part.copied().collect::<Vec<_>>(), today);
        }
    }
    compared
}

async fn ask(hub: &TestHub, login: &str, query: &str) -> Value {
    hub.by(login)
        .get(format!("/api/v1/statistics?{query}"))
        .await
        .ok()
}
