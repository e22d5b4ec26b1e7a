//! Wenshu (文枢), from the street inwards.
//!
//! A request walks through [`api`] (what was asked, by whom), [`app`] (may they, and what
//! follows from it) and [`store`] (what is written down). [`domain`] is the vocabulary that all
//! of them speak; it knows none of them. [`blobs`] keeps the bytes of files, [`extract`] reads
//! text out of them, and [`jobs`] does later what the change log says has happened.
//!
//! `tests/house.rs` holds these directions; `ARCHITECTURE.md` walks through them.

pub mod api;
pub mod app;
pub mod blobs;
pub mod cli;
pub mod config;
pub mod domain;
pub mod extract;
pub mod jobs;
pub mod server;
pub mod store;
pub mod telemetry;
pub mod web;
