use serde::{Deserialize, Serialize};

use crate::config::check::Check;

/// `[reminders]`: when people are reminded of what they owe.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Reminders {
    /// Whether the hub reminds by itself.
    pub enabled: bool,
    /// The full hour at which reminders of a working day begin.
    pub day_begins: i8,
    /// The full hour at which they end.
    pub day_ends: i8,
}

impl Default for Reminders {
    fn default() -> Self {
        Self {
            enabled: true,
            day_begins: 9,
            day_ends: 18,
        }
    }
}

impl Reminders {
    pub(in crate::config) fn check(&self, mut check: Check<'_>) {
        check
            .within("day_begins", self.day_begins, 0..=23)
            .within("day_ends", self.day_ends, 1..=24)
            .agrees(
                "day_begins",
                self.day_begins < self.day_ends,
                "须早于 reminders.day_ends",
            );
    }
}
