//! The hub as its callers meet it: real HTTP against a hub of its own for every test, on SQLite,
//! or on PostgreSQL where `WENSHU_TEST_ENGINE` says so.

#![expect(
    clippy::unwrap_used,
    reason = "what a test cannot do without may stop it"
)]

mod archive;
mod around;
mod bad_input;
mod batch;
mod bundles;
mod calendars;
mod case_reports;
mod deliveries;
mod download;
mod duty;
mod events;
mod exchange;
mod historic;
mod http;
mod ledger;
mod ledger_measured;
mod ledger_page;
mod ledger_views;
mod life_model;
mod lifecycle;
mod machines;
mod mails;
mod manifest;
mod obligations;
mod once;
mod openapi;
mod pages;
mod paging;
mod pickups;
mod policy;
mod quarantine;
mod rebuilds;
mod receipts;
mod reminders;
mod saved_searches;
mod saved_searches_page;
mod search;
mod search_alerts;
mod sessions;
mod statistics;
mod streams;
mod support;
mod tokens;
mod tus;
mod work;
mod year;
