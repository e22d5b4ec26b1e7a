//! What the store promises, asked of both engines.
//!
//! The suite runs on SQLite, each test in a file of its own. With `WENSHU_TEST_ENGINE=postgres`
//! it runs on the server at `WENSHU_TEST_POSTGRES`, each test in a database of its own.

#![expect(
    clippy::unwrap_used,
    reason = "what a test cannot do without may stop it"
)]

mod access;
mod boxes;
mod calendars;
mod cancelled;
mod case_reports;
mod clients;
mod deliveries;
mod delivery_life;
mod documents;
mod errors;
mod evidence;
mod facts;
mod feed;
mod files;
mod group_commit;
mod groups;
mod guard;
mod home;
mod idempotency;
mod ledger;
mod ledger_views;
mod lifecycle;
mod logs;
mod mails;
mod measured;
mod numbers;
mod obligations;
mod pickups;
mod plans;
mod refusals;
mod refused;
mod reminders;
mod saved_searches;
mod schema;
mod sessions;
mod sources;
mod statistics;
mod tallies;
mod texts;
mod units;
mod uploads;
mod users;
mod visibility;
mod work;
mod world;
