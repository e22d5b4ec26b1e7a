//! What the store promises, asked of both engines.
//!
//! The suite runs on SQLite, each test in a file of its own. With `WENSHU_TEST_ENGINE=postgres`
//! it runs on the server at `WENSHU_TEST_POSTGRES`, each test in a database of its own.

#![expect(
    clippy::unwrap_used,
    reason = "what a test cannot do without may stop it"
)]

mod access;
mod calendars;
mod deliveries;
mod documents;
mod errors;
mod evidence;
mod facts;
mod files;
mod group_commit;
mod guard;
mod home;
mod idempotency;
mod logs;
mod numbers;
mod obligations;
mod plans;
mod refusals;
mod reminders;
mod schema;
mod sessions;
mod sources;
mod tallies;
mod texts;
mod units;
mod users;
mod visibility;
mod work;
mod world;
