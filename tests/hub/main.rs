//! The hub as its callers meet it: real HTTP against a hub of its own for every test, on SQLite,
//! or on PostgreSQL where `WENSHU_TEST_ENGINE` says so.

#![expect(
    clippy::unwrap_used,
    reason = "what a test cannot do without may stop it"
)]

mod bad_input;
mod download;
mod exchange;
mod http;
mod machine;
mod obligations;
mod once;
mod openapi;
mod pages;
mod paging;
mod policy;
mod receipts;
mod search;
mod sessions;
mod support;
mod tokens;
