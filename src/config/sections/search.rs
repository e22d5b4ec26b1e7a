use std::{path::PathBuf, time::Duration};

use serde::{Deserialize, Serialize};

use crate::config::{check::Check, values::duration};

/// `[search]`: the index and the questions put to it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Search {
    /// The folder; see [`crate::config::Config::index_dir`] for what an empty one means.
    pub dir: PathBuf,
    /// How soon what is written can be found.
    #[serde(with = "duration")]
    pub commit_interval: Duration,
    /// Searches at once.
    pub concurrency: usize,
    /// How long one search may take.
    #[serde(with = "duration")]
    pub timeout: Duration,
}

impl Default for Search {
    fn default() -> Self {
        Self {
            dir: PathBuf::new(),
            commit_interval: Duration::from_millis(200),
            concurrency: 4,
            timeout: Duration::from_secs(2),
        }
    }
}

impl Search {
    pub(in crate::config) fn check(&self, mut check: Check<'_>) {
        let minute = Duration::from_mins(1);
        check
            .within(
                "commit_interval",
                self.commit_interval,
                Duration::from_millis(10)..=minute,
            )
            .within("concurrency", self.concurrency, 1..=256)
            .within("timeout", self.timeout, Duration::from_millis(100)..=minute);
    }
}
