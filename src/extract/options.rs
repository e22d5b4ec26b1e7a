//! What an operator may set about reading files; the config module fills it.

use serde::{Deserialize, Serialize};

const MIB: u64 = 1024 * 1024;

/// How many files are read at once, and what one reading may cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Readings that run at the same time; the others wait for their turn.
    pub concurrency: usize,
    /// Seconds by the clock until a reading is ended, however little it computes.
    pub wall_seconds: u64,
    /// Largest file that is read at all, in bytes.
    pub max_file_bytes: u64,
    /// What the reading process may use.
    pub limits: Limits,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            concurrency: 2,
            wall_seconds: 30,
            max_file_bytes: 200 * MIB,
            limits: Limits::default(),
        }
    }
}

/// The bounds of one reading process. It sets them on itself before it reads a byte.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Address space, in bytes. The program itself takes about a tenth of the default.
    pub memory_bytes: u64,
    /// Processor time, in seconds.
    pub cpu_seconds: u64,
    /// Text that one file may give, in bytes of UTF-8.
    pub max_text_bytes: u64,
    /// Entries of one ZIP container.
    pub max_zip_entries: usize,
    /// Bytes that all the parts read from one ZIP container may have, counted while inflating.
    pub max_zip_bytes: u64,
    /// How many times larger than its packed bytes a part of a ZIP container may become.
    pub max_zip_ratio: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory_bytes: 768 * MIB,
            cpu_seconds: 20,
            max_text_bytes: 16 * MIB,
            max_zip_entries: 2000,
            max_zip_bytes: 512 * MIB,
            max_zip_ratio: 200,
        }
    }
}

impl Limits {
    /// The text limit as a length in memory.
    pub(super) fn max_text(&self) -> usize {
        usize::try_from(self.max_text_bytes).unwrap_or(usize::MAX)
    }
}
