//! What was to be said about a recommendation, found out day by day from the words of the rules
//! and from what had happened; the hub plans ahead instead.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp, civil::Date};
use serde_json::Value;
use wenshu::domain::{Calendar, Rules};

use super::{
    DAYS, PATIENCE_SECONDS,
    acts::{Matter, day, later},
};
use crate::support::TestHub;

/// What had happened to a recommendation by when.
pub struct Story {
    arrived: Timestamp,
    turns: Vec<Turn>,
}

/// How a duty stands from a moment on.
#[derive(Debug, Clone)]
struct Turn {
    at: Timestamp,
    signed: Option<Date>,
    /// Whether an answer is awaited, and by when.
    awaited: bool,
    due: Option<Date>,
}

impl Story {
    pub fn new(arrived: Timestamp) -> Self {
        let turn = Turn {
            at: arrived,
            signed: None,
            awaited: true,
            due: None,
        };
        Self {
            arrived,
            turns: vec![turn],
        }
    }

    /// Notes how the duty stands now.
    pub fn now(&mut self, at: Timestamp, seen: &Value) {
        let day = |value: &Value| value.as_str().map(|day| day.parse().unwrap());
        let running = [
            "awaiting_registration",
            "in_progress",
            "objecting",
            "extending",
            "supplementing",
        ];
        let state = seen["state"].as_str().unwrap();
        let due = day(&seen["supplement_due_on"]).or(day(&seen["due"]["due_on"]));
        self.turns.push(Turn {
            at,
            signed: day(&seen["due"]["anchor_on"]),
            awaited: running.contains(&state),
            due,
        });
    }

    fn at(&self, at: Timestamp) -> &Turn {
        self.turns.iter().rfind(|turn| turn.at <= at).unwrap()
    }

    /// The moments at which somebody may be reminded, because something has changed or because
    /// an office opens.
    fn moments(&self, calendar: &Calendar) -> BTreeSet<Timestamp> {
        let changes = self.turns.iter().map(|turn| open_from(turn.at, calendar));
        let first = day(self.arrived);
        let days = (0..DAYS.cast_unsigned()).map(|number| later(first, number));
        let days = days.filter(|day| calendar.is_working_day(*day));
        let openings = days.map(opening).filter(|at| *at >= self.arrived);
        changes.chain(openings).collect()
    }
}

fn opening(day: Date) -> Timestamp {
    wenshu::domain::beginning_of(day) + SignedDuration::from_hours(9)
}

/// The first moment from then on at which an office is open, from nine to six.
fn open_from(at: Timestamp, calendar: &Calendar) -> Timestamp {
    let mut on = day(at);
    let closed = opening(on) + SignedDuration::from_hours(9);
    if calendar.is_working_day(on) && at < closed {
        return at.max(opening(on));
    }
    loop {
        on = later(on, 1);
        if calendar.is_working_day(on) {
            return opening(on);
        }
    }
}

/// The steps of the ladder, in their order: when each comes, if it applies as things stand.
fn steps(story: &Story, turn: &Turn, calendar: &Calendar) -> Vec<(&'static str, Timestamp)> {
    let mut steps = Vec::new();
    if turn.signed.is_none() {
        steps.push(("arrival", open_from(story.arrived, calendar)));
        let mut on = day(story.arrived);
        for name in ["unsigned-1", "unsigned-2"] {
            on = later(on, 1);
            while !calendar.is_working_day(on) {
                on = later(on, 1);
            }
            steps.push((name, opening(on)));
        }
        return steps;
    }
    let Some((signed, due)) = turn.signed.zip(turn.due).filter(|_| turn.awaited) else {
        return steps;
    };
    let length = i64::from(signed.until(due).unwrap().get_days());
    let mut planned = Vec::new();
    let long = [("t-15", 15), ("t-7", 7), ("t-3", 3)];
    if length > 15 {
        planned.extend(long.map(|(name, days)| (name, before(due, days))));
    } else if length / 2 > 0 {
        let half = later(signed, (length / 2).cast_unsigned());
        planned.push(("half-time", half));
    }
    planned.extend([("t-1", before(due, 1)), ("t-0", due)]);
    let after = [("overdue-1", 1), ("overdue-7", 7), ("overdue-15", 15)];
    planned.extend(after.map(|(name, days)| (name, later(due, days))));
    planned.sort_by_key(|(_, on)| *on);
    for (name, mut on) in planned {
        if name.starts_with("t-") && on <= signed {
            continue;
        }
        while !calendar.is_working_day(on) {
            on = if name.starts_with("t-") {
                before(on, 1)
            } else {
                later(on, 1)
            };
        }
        steps.push((name, opening(on)));
    }
    steps
}

fn before(day: Date, days: i64) -> Date {
    day.checked_sub(jiff::Span::new().days(days)).unwrap()
}

/// What was to be said, and from which moment on.
fn expected(story: &Story, calendar: &Calendar) -> BTreeMap<&'static str, Timestamp> {
    let mut taken = BTreeSet::new();
    let mut said = BTreeMap::new();
    for at in story.moments(calendar) {
        let turn = story.at(at);
        let come: Vec<_> = steps(story, turn, calendar)
            .into_iter()
            .filter(|(name, planned)| *planned <= at && !taken.contains(name))
            .collect();
        let last = come.iter().map(|(_, planned)| *planned).max();
        let last = come.iter().rfind(|(_, planned)| Some(*planned) == last);
        said.extend(last.map(|(name, _)| (*name, at)));
        taken.extend(come.iter().map(|(name, _)| *name));
    }
    said
}

/// Compares what was said about a matter with what was to be said. Returns how much it was.
pub async fn check(hub: &TestHub, matter: &Matter, story: &Story) -> usize {
    let calendar = &Rules::built_in().calendar;
    let mut expected = expected(story, calendar);
    // That it has arrived is told, but stated already.
    expected.remove("arrival");
    let seen = matter.seen(hub).await;
    let mut said: BTreeMap<String, Timestamp> = BTreeMap::new();
    for one in seen["timeline"].as_array().unwrap() {
        let Some(step) = one["details"]["step"].as_str() else {
            continue;
        };
        assert!(one["receipt_id"].is_string(), "stated: {one}");
        let at = one["at"].as_str().unwrap().parse().unwrap();
        assert!(said.insert(step.to_owned(), at).is_none(), "twice: {one}");
    }
    let names: Vec<_> = said.keys().map(String::as_str).collect();
    let due: Vec<_> = expected.keys().copied().collect();
    assert_eq!(names, due, "{:?}\n{expected:?}\n{seen:#}", story.turns);
    for (step, at) in &expected {
        let late = said[*step].duration_since(*at).as_secs();
        let patience = i64::try_from(PATIENCE_SECONDS).unwrap();
        assert!((0..=patience).contains(&late), "{step} {late} s: {seen:#}");
    }
    said.len()
}
