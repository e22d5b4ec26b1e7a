//! A hub to ask, a city of units and people who ask it, and papers for them to exchange.

mod city;
mod client;
mod engine;
mod hub;
mod machine;
mod mail;
mod nodes;
mod paper;

pub use city::{City, PASSWORD};
pub use client::{Answer, Ask, Asking};
pub use hub::TestHub;
pub use machine::{Machine, a_machine, token_request};
pub use mail::{LOGIN, MailServer, Mailed};
pub use paper::{Paper, PaperPlan, a_document, advice, answer_to, id_of};

/// The text with every UUID and every instant replaced, so that two runs can be compared.
pub fn without_ids(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let id = rest
            .get(..36)
            .filter(|head| uuid::Uuid::try_parse(head).is_ok());
        let taken = if id.is_some() { 36 } else { c.len_utf8() };
        shown.push_str(if id.is_some() { "[id]" } else { &rest[..taken] });
        rest = &rest[taken..];
    }
    shown
}
