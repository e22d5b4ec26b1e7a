use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{KIB, MIB};
use crate::config::{
    check::Check,
    values::{duration, size},
};

/// `[clients]`: the programs of units.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Clients {
    /// How long a machine client is good for at most before somebody looks at it again.
    #[serde(with = "duration")]
    pub max_lifetime: Duration,
    /// How long the secret before is still good after a rotation, unless it is said otherwise.
    #[serde(with = "duration")]
    pub rotation_overlap: Duration,
    /// The most documents of one batch.
    pub batch_max: usize,
    /// The largest body of one batch.
    #[serde(with = "size")]
    pub batch_max_bytes: u64,
}

impl Default for Clients {
    fn default() -> Self {
        Self {
            max_lifetime: Duration::from_hours(90 * 24),
            rotation_overlap: Duration::from_hours(24),
            batch_max: 500,
            batch_max_bytes: 8 * MIB,
        }
    }
}

impl Clients {
    pub(in crate::config) fn check(&self, mut check: Check<'_>) {
        check
            .within(
                "max_lifetime",
                self.max_lifetime,
                Duration::from_hours(1)..=Duration::from_hours(366 * 24),
            )
            .within(
                "rotation_overlap",
                self.rotation_overlap,
                Duration::ZERO..=Duration::from_hours(7 * 24),
            )
            .within("batch_max", self.batch_max, 1..=500)
            .within("batch_max_bytes", self.batch_max_bytes, KIB..=64 * MIB);
    }
}
