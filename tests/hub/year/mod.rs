//! A year of recommendations on a clock of its own: units answer early, late, in part or never;
//! two nodes look after the reminders, and one of them keeps falling over. Afterwards every
//! reminder is compared with what was to be said ([`oracle`]), and every figure with a count of
//! what the hub has stated ([`count`]).
//!
//! The suite plays a small year; `WENSHU_YEAR` names the number of recommendations of a large
//! one (`make drill`).

mod acts;
mod count;
mod oracle;
mod upgrade;

use std::{cmp::Reverse, collections::BinaryHeap};

use jiff::{SignedDuration, Timestamp};

use crate::support::TestHub;
use acts::{Act, Matter};
use oracle::Story;

/// Recommendations of a small year.
const FEW: usize = 60;
/// The units that are recommended something to.
const UNITS: usize = 120;
/// The year begins.
const BEGINNING: &str = "2025-01-01T16:00:00Z";
/// Days until everything that will happen has happened.
const DAYS: i64 = 590;
/// A node reminds at least this often.
const PATIENCE_SECONDS: u64 = 60;

/// The same numbers each time (an xorshift).
pub struct Random(u64);

impl Random {
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }

    pub fn percent(&mut self, likely: u64) -> bool {
        self.below(100) < likely
    }

    /// So many days from a moment, at any hour.
    pub fn days_after(&mut self, at: Timestamp, least: u64, most: u64) -> Timestamp {
        let days = least + self.below(most - least + 1);
        let minutes = days * 24 * 60 + self.below(24 * 60) + 1;
        at + SignedDuration::from_mins(minutes.cast_signed())
    }
}

/// What happens next, the earliest first.
type Agenda = BinaryHeap<Reverse<(Timestamp, usize, Act)>>;

struct Year<'a> {
    hub: &'a TestHub,
    random: Random,
    matters: Vec<Matter>,
    stories: Vec<Story>,
}

impl Year<'_> {
    /// Lets the nodes look after the reminders, within a minute from now.
    async fn tick(&mut self) {
        let late = self.random.below(PATIENCE_SECONDS).cast_signed();
        self.hub.advance(SignedDuration::from_secs(late));
        let falls_over = self.random.percent(5);
        self.hub.remind_on_two_nodes(falls_over).await;
    }

    async fn play(&mut self, count: usize) {
        let beginning: Timestamp = BEGINNING.parse().unwrap();
        let mut agenda = Agenda::new();
        for number in 0..count {
            let sent = self.random.days_after(beginning, 0, 364);
            agenda.push(Reverse((sent, number, Act::Send)));
        }
        let opening = beginning + SignedDuration::from_hours(9);
        for day in 0..DAYS {
            let opening = opening + SignedDuration::from_hours(24 * day);
            while let Some(Reverse((at, ..))) = agenda.peek()
                && *at < opening
            {
                let Some(Reverse((at, number, act))) = agenda.pop() else {
                    break;
                };
                self.hub.wait_until(at);
                let next = self.act(number, act).await;
                agenda.extend(next.into_iter().map(|(at, act)| Reverse((at, number, act))));
                self.tick().await;
            }
            self.hub.wait_until(opening);
            self.tick().await;
        }
        assert!(agenda.is_empty(), "the year is over: {agenda:?}");
    }

    async fn act(&mut self, number: usize, act: Act) -> Vec<(Timestamp, Act)> {
        let (hub, random) = (self.hub, &mut self.random);
        if act == Act::Send {
            let (matter, story) = Matter::send(hub, number, random).await;
            let next = Matter::after_sending(hub.now(), random);
            self.matters.push(matter);
            self.stories.push(story);
            return next;
        }
        let place = self
            .matters
            .iter()
            .position(|matter| matter.number == number);
        let place = place.unwrap();
        let (matter, story) = (&mut self.matters[place], &mut self.stories[place]);
        matter.act(hub, act, story, random).await
    }
}

#[tokio::test]
async fn a_year_of_recommendations_is_reminded_of_once_and_counted_right() {
    let large = std::env::var("WENSHU_YEAR").ok();
    let count = large.map_or(FEW, |count| count.parse().unwrap());
    let hub = TestHub::with(|setting| {
        let ages = std::time::Duration::from_hours(24 * 600);
        setting.more_units = UNITS;
        setting.beginning = BEGINNING;
        setting.config.auth.access_token_ttl = ages;
        setting.config.auth.refresh_idle = ages;
        setting.config.auth.refresh_token_ttl = ages;
        setting.config.documents.recipients_max = 10;
    })
    .await;
    let mut year = Year {
        hub: &hub,
        random: Random(2_025_020_226),
        matters: Vec::new(),
        stories: Vec::new(),
    };
    let began = std::time::Instant::now();
    year.play(count).await;
    let mut told = 0;
    for (matter, story) in year.matters.iter().zip(&year.stories) {
        told += oracle::check(&hub, matter, story).await;
    }
    let figures = count::check(&hub, &year.matters).await;
    upgrade::fills_in_what_is_written_as_it_happens(&hub).await;
    assert!(told > count, "hardly anything was said: {told}");
    println!(
        "a year: {count} recommendations, {told} reminders, each once and at most {PATIENCE_SECONDS} s late, {figures} figures; {:.1} s",
        began.elapsed().as_secs_f64()
    );
}
