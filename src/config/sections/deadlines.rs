use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::config::check::Check;

/// `[deadlines]`: what is agreed locally about the time to reply.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Deadlines {
    /// A folder of rules instead of the built-in ones; empty for none.
    pub rules_dir: PathBuf,
    /// Within how many working days after arrival a signature is prompt; for 0 none is.
    pub prompt_signing_workdays: u16,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            rules_dir: PathBuf::new(),
            prompt_signing_workdays: 2,
        }
    }
}

impl Deadlines {
    pub(in crate::config) fn check(&self, mut check: Check<'_>) {
        check.within(
            "prompt_signing_workdays",
            self.prompt_signing_workdays,
            0..=60,
        );
    }
}
