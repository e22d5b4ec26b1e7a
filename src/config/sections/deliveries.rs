use serde::{Deserialize, Serialize};

use crate::config::check::Check;

/// `[deliveries]`: what is agreed locally about receiving.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Deliveries {
    /// After how many working days an unsigned delivery counts as signed for; never for 0.
    pub deemed_signing_workdays: u16,
}

impl Deliveries {
    pub(in crate::config) fn check(&self, mut check: Check<'_>) {
        check.within(
            "deemed_signing_workdays",
            self.deemed_signing_workdays,
            0..=60,
        );
    }
}
