use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// `[deadlines]`: what is agreed locally about the time to reply.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Deadlines {
    /// A folder of rules instead of the built-in ones; empty for none.
    pub rules_dir: PathBuf,
}
