use std::{path::PathBuf, time::Duration};

use serde::{Deserialize, Serialize};

use super::{GIB, MIB};
use crate::config::{
    check::Check,
    values::{duration, size},
};

/// `[search]`: the index and the questions put to it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Search {
    /// The folder; see [`crate::config::Config::index_dir`] for what an empty one means.
    pub dir: PathBuf,
    /// How soon what is written can be found.
    #[serde(with = "duration")]
    pub commit_interval: Duration,
    /// Memory for building the index, in bytes.
    #[serde(with = "size")]
    pub writer_memory_bytes: u64,
    /// The most results of one page.
    pub page_max: u32,
    /// Characters of one snippet.
    pub snippet_chars: usize,
    /// Snippets of one result.
    pub snippets_per_hit: usize,
    /// Characters of one query.
    pub query_max_chars: usize,
    /// Terms of one query.
    pub query_max_terms: usize,
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
            writer_memory_bytes: 64 * MIB,
            page_max: 100,
            snippet_chars: 120,
            snippets_per_hit: 2,
            query_max_chars: 256,
            query_max_terms: 16,
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
            // The index writer of tantivy refuses less than 15 MB.
            .within(
                "writer_memory_bytes",
                self.writer_memory_bytes,
                16 * MIB..=4 * GIB,
            )
            .within("page_max", self.page_max, 1..=1000)
            .within("snippet_chars", self.snippet_chars, 20..=1000)
            .within("snippets_per_hit", self.snippets_per_hit, 1..=10)
            .within("query_max_chars", self.query_max_chars, 16..=4096)
            .within("query_max_terms", self.query_max_terms, 1..=256)
            .within("concurrency", self.concurrency, 1..=256)
            .within("timeout", self.timeout, Duration::from_millis(100)..=minute);
    }
}
