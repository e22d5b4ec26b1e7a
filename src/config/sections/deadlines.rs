use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::config::check::Check;

/// `[deadlines]`: what is agreed locally about the time to reply.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Deadlines {
    /// Whether a delivery that nobody signs for counts as signed after some days; off until
    /// the parties have agreed on it in writing.
    pub deemed_signing: bool,
    /// On the end of which working day after arrival that happens.
    pub deemed_signing_working_days: u32,
    /// A folder of rules instead of the built-in ones; empty for none.
    pub rules_dir: PathBuf,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            deemed_signing: false,
            deemed_signing_working_days: 3,
            rules_dir: PathBuf::new(),
        }
    }
}

impl Deadlines {
    pub(in crate::config) fn check(&self, mut check: Check<'_>) {
        check.within(
            "deemed_signing_working_days",
            self.deemed_signing_working_days,
            1..=30,
        );
    }
}
