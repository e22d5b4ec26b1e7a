use serde::{Deserialize, Serialize};

/// `[metrics]`: figures for the monitoring system.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Metrics {
    /// Whether figures are kept and shown on the operations listener.
    pub enabled: bool,
}

impl Default for Metrics {
    fn default() -> Self {
        Self { enabled: true }
    }
}
