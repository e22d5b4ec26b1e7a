use std::{path::PathBuf, time::Duration};

use serde::{Deserialize, Serialize};

use super::{GIB, MIB};
use crate::config::{
    check::Check,
    values::{DatabaseUrl, duration, size},
};

/// `[database]`: where the truth is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// Which database it is, and how to reach it.
    pub url: DatabaseUrl,
    /// The file that [`Self::url`] was read from; empty for none.
    pub url_file: PathBuf,
    /// Connections that read; the one writer of SQLite is not among them.
    pub max_connections: u32,
    /// How long a request waits for a free connection.
    #[serde(with = "duration")]
    pub acquire_timeout: Duration,
    /// How long SQLite waits for another process.
    #[serde(with = "duration")]
    pub busy_timeout: Duration,
    /// What each connection of SQLite may keep of the file in memory, in bytes.
    #[serde(with = "size")]
    pub cache_bytes: u64,
    /// Units of work written down by one commit.
    pub group_commit_limit: usize,
}

impl Default for Database {
    fn default() -> Self {
        Self {
            url: DatabaseUrl::Sqlite,
            url_file: PathBuf::new(),
            max_connections: 8,
            acquire_timeout: Duration::from_secs(2),
            busy_timeout: Duration::from_secs(5),
            cache_bytes: 16 * MIB,
            group_commit_limit: 256,
        }
    }
}

impl Database {
    pub(in crate::config) fn check(&self, mut check: Check<'_>) {
        let waiting = Duration::from_millis(100)..=Duration::from_mins(1);
        check
            .within("max_connections", self.max_connections, 1..=500)
            .within("acquire_timeout", self.acquire_timeout, waiting.clone())
            .within("busy_timeout", self.busy_timeout, waiting)
            .within("cache_bytes", self.cache_bytes, MIB..=GIB)
            .within("group_commit_limit", self.group_commit_limit, 1..=10_000);
    }
}
