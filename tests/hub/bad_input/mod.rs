//! What is wrongly asked: each is answered with a problem of a stable type, the field, and a
//! sentence in Chinese; and nothing is kept of it.

mod drafts;
mod issuing;
mod lists;
mod registry;
mod uploads;

use std::fmt::Write as _;

use serde_json::Value;

use crate::support::{Answer, Ask, TestHub, without_ids};

/// Asks, and writes down how each refusal looks.
struct Clerk<'a> {
    hub: &'a TestHub,
    before: Vec<String>,
    notes: Vec<String>,
}

impl<'a> Clerk<'a> {
    async fn of(hub: &'a TestHub) -> Self {
        Self {
            hub,
            before: hub.rows().await,
            notes: Vec::new(),
        }
    }

    async fn note(&mut self, what: &str, ask: Ask<'_>) -> Answer {
        let answer = ask.await;
        let problem = answer.json();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        assert!((400..500).contains(&answer.status), "{what}: {problem}");
        let detail = text(&problem["detail"]);
        assert!(!detail.is_ascii(), "{what}: {problem}");
        let slug = text(&problem["type"]).replace("/problems/", "");
        let mut note = format!("{what}\n    {} {slug}: {detail}", answer.status);
        for fault in problem["errors"].as_array().into_iter().flatten() {
            let said = text(&fault["detail"]);
            assert!(!said.is_ascii(), "{what}: {problem}");
            let (pointer, code) = (text(&fault["pointer"]), text(&fault["code"]));
            write!(note, "\n    {pointer} [{code}] {said}").unwrap();
        }
        self.notes.push(without_ids(&note));
        answer
    }

    /// What was written down, once it is clear that nothing was kept.
    async fn notes(self) -> String {
        assert_eq!(self.before, self.hub.rows().await, "something was kept");
        self.notes.join("\n")
    }
}
