use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{GIB, KIB, MIB};
use crate::config::{
    check::Check,
    values::{duration, size},
};

/// `[extract]`: the bounds of reading text out of a file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Extract {
    /// Files read at once.
    pub concurrency: usize,
    /// How long one file may take.
    #[serde(with = "duration")]
    pub wall_timeout: Duration,
    /// Processor time of one file, in seconds.
    pub cpu_seconds: u64,
    /// Memory of the reading process, in bytes.
    #[serde(with = "size")]
    pub memory_bytes: u64,
    /// The largest file that is read at all, in bytes.
    #[serde(with = "size")]
    pub max_input_bytes: u64,
    /// The most text kept of one file, in bytes.
    #[serde(with = "size")]
    pub max_output_bytes: u64,
    /// Attempts at one file before it is left unread.
    pub attempts: u32,
}

impl Default for Extract {
    fn default() -> Self {
        Self {
            concurrency: 1,
            wall_timeout: Duration::from_mins(1),
            cpu_seconds: 30,
            memory_bytes: GIB,
            max_input_bytes: 200 * MIB,
            max_output_bytes: 16 * MIB,
            attempts: 3,
        }
    }
}

impl Extract {
    pub(in crate::config) fn check(&self, mut check: Check<'_>) {
        let wall = Duration::from_secs(1)..=Duration::from_hours(1);
        check
            .within("concurrency", self.concurrency, 1..=64)
            .within("wall_timeout", self.wall_timeout, wall)
            .within("cpu_seconds", self.cpu_seconds, 1..=3600)
            .within("memory_bytes", self.memory_bytes, 128 * MIB..=64 * GIB)
            .within("max_input_bytes", self.max_input_bytes, MIB..=4 * GIB)
            .within(
                "max_output_bytes",
                self.max_output_bytes,
                64 * KIB..=256 * MIB,
            )
            .within("attempts", self.attempts, 1..=20);
    }
}
