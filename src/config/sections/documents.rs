use serde::{Deserialize, Serialize};

use crate::config::check::Check;

/// `[documents]`: the measure of a document.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Documents {
    /// Characters of a title.
    pub title_max_chars: usize,
    /// Main and copy recipients of one document together.
    pub recipients_max: usize,
    /// Characters of a reason, an opinion or a note.
    pub note_max_chars: usize,
    /// Codes of the units in which one person may both draft and issue (签发).
    pub self_issue_units: Vec<String>,
}

impl Default for Documents {
    fn default() -> Self {
        Self {
            title_max_chars: 200,
            recipients_max: 500,
            note_max_chars: 2000,
            self_issue_units: Vec::new(),
        }
    }
}

impl Documents {
    pub(in crate::config) fn check(&self, mut check: Check<'_>) {
        check
            .within("title_max_chars", self.title_max_chars, 20..=500)
            .within("recipients_max", self.recipients_max, 1..=10_000)
            .within("note_max_chars", self.note_max_chars, 100..=20_000)
            .holds(
                "self_issue_units",
                self.self_issue_units.iter().all(|code| is_code(code)),
            );
    }
}

/// Unit codes are 统一社会信用代码 where a unit has one, and short words where it has none.
fn is_code(code: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    (1..=64).contains(&code.len()) && code.bytes().all(allowed)
}
