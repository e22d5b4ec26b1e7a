use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::config::{check::Check, values::duration};

/// `[events]`: those who follow the change feed as a stream.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Events {
    /// Streams of one person at once.
    pub streams_per_user: usize,
    /// Streams of one node at once.
    pub streams_per_node: usize,
    /// How often a stream says that it is alive.
    #[serde(with = "duration")]
    pub heartbeat: Duration,
    /// How long somebody may take to fetch what is there for them.
    #[serde(with = "duration")]
    pub stall_timeout: Duration,
}

impl Default for Events {
    fn default() -> Self {
        Self {
            streams_per_user: 4,
            streams_per_node: 1000,
            heartbeat: Duration::from_secs(15),
            stall_timeout: Duration::from_secs(30),
        }
    }
}

impl Events {
    pub(in crate::config) fn check(&self, mut check: Check<'_>) {
        let second = Duration::from_secs(1);
        let minutes = Duration::from_mins(5);
        check
            .within("streams_per_user", self.streams_per_user, 1..=1000)
            .within("streams_per_node", self.streams_per_node, 1..=100_000)
            .within("heartbeat", self.heartbeat, second..=minutes)
            .within("stall_timeout", self.stall_timeout, second..=minutes);
    }
}
