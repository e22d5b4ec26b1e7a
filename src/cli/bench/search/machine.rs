//! What this process has used: time of processors, memory, room on the disk.

use std::{collections::BTreeMap, fs, path::Path, time::Duration};

/// The time that all threads of this process have computed.
pub(super) fn cpu_time() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name of the program may hold spaces; behind it the fields are counted.
    let fields = stat.rsplit(") ").next().unwrap_or_default();
    let ticks = fields.split(' ').skip(11).take(2);
    let ticks: u64 = ticks.filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
    // Linux counts in hundredths of a second.
    Duration::from_millis(ticks * 10)
}

/// Megabytes of memory of this process: its own, and those of files that it has mapped.
pub(super) fn memory() -> (f64, f64) {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let of = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let kib = line.and_then(|line| line.trim().split(' ').next()?.parse::<f64>().ok());
        kib.unwrap_or_default() * 1024.0 / 1e6
    };
    (of("RssAnon:"), of("RssFile:"))
}

/// The bytes of the files in a folder and those in it, by what their names end with.
pub(super) fn by_ending(dir: &Path) -> BTreeMap<String, u64> {
    let mut sizes = BTreeMap::new();
    for file in fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = file.path();
        if path.is_dir() {
            for (ending, bytes) in by_ending(&path) {
                *sizes.entry(ending).or_default() += bytes;
            }
            continue;
        }
        let ending = path.extension().unwrap_or_default().to_string_lossy();
        let bytes = file.metadata().map_or(0, |about| about.len());
        *sizes.entry(ending.into_owned()).or_default() += bytes;
    }
    sizes
}

/// The bytes of the files in a folder.
pub(super) fn size(dir: &Path) -> u64 {
    by_ending(dir).values().sum()
}

/// Millions of bytes.
#[expect(
    clippy::cast_precision_loss,
    reason = "figures for people, who read three digits"
)]
pub(super) fn mega(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// A number to divide by.
#[expect(
    clippy::cast_precision_loss,
    reason = "figures for people, who read three digits"
)]
pub(super) fn float(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_has_memory_and_has_computed() {
        let spun: u64 = (0..20_000_000_u64).fold(1, |a, b| a.rotate_left(1) ^ b);
        assert!(cpu_time() > Duration::ZERO, "{spun}");
        assert!(memory().0 > 0.1);
    }

    #[test]
    fn files_are_told_apart_by_their_endings() {
        let dir = tempfile::tempdir().expect("a folder");
        for (name, bytes) in [("a.pos", 3), ("b.pos", 4), ("meta.json", 5), ("marker", 1)] {
            fs::write(dir.path().join(name), vec![0; bytes]).expect("written");
        }
        let sizes: Vec<_> = by_ending(dir.path()).into_iter().collect();
        let told: Vec<_> = sizes
            .iter()
            .map(|(name, bytes)| (name.as_str(), *bytes))
            .collect();
        assert_eq!(told, [("", 1), ("json", 5), ("pos", 7)]);
        assert_eq!(size(dir.path()), 13);
    }
}
