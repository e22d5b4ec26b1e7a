//! Which blobs have been found sound of late. A range cannot be checked against the digest of the
//! whole, so it is served only from a blob that stands in this record.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::place::Seal;
use crate::domain::Digest;

/// Blobs that are remembered; one costs about 200 bytes.
const CAPACITY: usize = 4096;
/// How long a finding counts. Someone who pages through a large file is asked once.
const AGE: Duration = Duration::from_mins(30);
/// Verifications of different blobs that may run at one time on behalf of ranges.
const LANES: usize = 16;

pub(super) struct Verified {
    found: Mutex<HashMap<Digest, (Seal, Instant)>>,
    lanes: [tokio::sync::Mutex<()>; LANES],
}

impl Default for Verified {
    fn default() -> Self {
        Self {
            found: Mutex::default(),
            lanes: [const { tokio::sync::Mutex::const_new(()) }; LANES],
        }
    }
}

impl Verified {
    /// Remembers that the object with this seal is sound.
    pub(super) fn remember(&self, digest: Digest, seal: Seal, now: Instant) {
        let mut found = self.found();
        if found.len() >= CAPACITY {
            found.retain(|_, (_, at)| fresh(*at, now));
        }
        if found.len() >= CAPACITY {
            let oldest = found
                .iter()
                .min_by_key(|(_, (_, at))| *at)
                .map(|(digest, _)| *digest);
            oldest.and_then(|digest| found.remove(&digest));
        }
        found.insert(digest, (seal, now));
    }

    pub(super) fn forget(&self, digest: Digest) {
        self.found().remove(&digest);
    }

    /// Whether any object of this name has been found sound of late.
    pub(super) fn has(&self, digest: Digest, now: Instant) -> bool {
        self.found()
            .get(&digest)
            .is_some_and(|(_, at)| fresh(*at, now))
    }

    /// Whether this very object has been found sound of late.
    pub(super) fn knows(&self, digest: Digest, seal: &Seal, now: Instant) -> bool {
        self.found()
            .get(&digest)
            .is_some_and(|(known, at)| known == seal && fresh(*at, now))
    }

    /// Holds others back who want the same blob verified: one pass will do for all.
    pub(super) async fn lane(&self, digest: Digest) -> tokio::sync::MutexGuard<'_, ()> {
        self.lanes[usize::from(digest.0[0]) % LANES].lock().await
    }

    fn found(&self) -> MutexGuard<'_, HashMap<Digest, (Seal, Instant)>> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn fresh(at: Instant, now: Instant) -> bool {
    now.saturating_duration_since(at) < AGE
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn a_seal(e_tag: &str) -> Seal {
        Seal {
            e_tag: Some(e_tag.to_owned()),
            written: Timestamp::UNIX_EPOCH,
            size: 3,
        }
    }

    fn a_digest(number: usize) -> Digest {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&number.to_be_bytes());
        Digest(bytes)
    }

    #[test]
    fn a_finding_counts_for_the_object_that_was_looked_at_only() {
        let (verified, now) = (Verified::default(), Instant::now());
        verified.remember(a_digest(1), a_seal("a"), now);
        assert!(verified.knows(a_digest(1), &a_seal("a"), now));
        assert!(!verified.knows(a_digest(1), &a_seal("b"), now));
        assert!(!verified.knows(a_digest(2), &a_seal("a"), now));
    }

    #[test]
    fn a_finding_grows_old() {
        let (verified, now) = (Verified::default(), Instant::now());
        verified.remember(a_digest(1), a_seal("a"), now);
        assert!(verified.has(
            a_digest(1),
            now + AGE.saturating_sub(Duration::from_secs(1))
        ));
        assert!(!verified.has(a_digest(1), now + AGE));
        assert!(!verified.knows(a_digest(1), &a_seal("a"), now + AGE));
    }

    #[test]
    fn the_oldest_finding_makes_room_for_the_newest() {
        let (verified, start) = (Verified::default(), Instant::now());
        for number in 0..=CAPACITY {
            let now = start + Duration::from_millis(number as u64);
            verified.remember(a_digest(number), a_seal("a"), now);
        }
        let now = start + Duration::from_secs(10);
        assert_eq!(verified.found().len(), CAPACITY);
        assert!(!verified.has(a_digest(0), now));
        assert!(verified.has(a_digest(1), now) && verified.has(a_digest(CAPACITY), now));
    }
}
