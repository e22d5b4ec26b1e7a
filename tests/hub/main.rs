//! The hub as its callers meet it: real HTTP against a hub of its own for every test, on SQLite,
//! or on PostgreSQL where `WENSHU_TEST_ENGINE` says so.

#![expect(
    clippy::unwrap_used,
    reason = "what a test cannot do without may stop it"
)]

mod bad_input;
mod calendars;
mod download;
mod duty;
mod exchange;
mod http;
mod obligations;
mod once;
mod openapi;
mod pages;
mod paging;
mod policy;
mod receipts;
mod reminders;
mod search;
mod sessions;
mod support;
mod tokens;
mod work;
