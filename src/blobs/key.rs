//! What can be kept, and the only places where its paths are built. A path is made of nothing
//! but a digest, so that no name a person gave can lead out of the room.

use object_store::path::Path;
use uuid::Uuid;

use crate::domain::Digest;

/// Blobs lie below this name.
pub(super) const BLOBS: &str = "blobs";
/// Derived texts lie below this name.
pub(super) const TEXTS: &str = "texts";
/// What is not yet published lies below this name.
pub(super) const INCOMING: &str = "incoming";

/// What can be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BlobKey {
    /// The bytes of a file, by their own digest: `blobs/ab/cd/<digest>`.
    File(Digest),
    /// The text derived from a file, by the digest of the file: `texts/ab/cd/<digest>.json`.
    Text(Digest),
}

impl BlobKey {
    pub(super) fn path(self) -> Path {
        let (root, digest, suffix) = match self {
            Self::File(digest) => (BLOBS, digest, ""),
            Self::Text(digest) => (TEXTS, digest, ".json"),
        };
        let name = digest.to_string();
        Path::from(format!(
            "{root}/{}/{}/{name}{suffix}",
            &name[..2],
            &name[2..4]
        ))
    }

    /// The key that has this path, if there is one.
    pub(super) fn of(path: &Path) -> Option<Self> {
        let name = path.filename()?;
        let key = match name.strip_suffix(".json") {
            Some(stem) => Self::Text(stem.parse().ok()?),
            None => Self::File(name.parse().ok()?),
        };
        (key.path() == *path).then_some(key)
    }
}

/// Where the probe of the self-check lies while it runs.
pub(super) fn probe(token: Uuid) -> Path {
    staged(&format!("probe-{token}"))
}

/// Where a staged file of this name lies.
pub(super) fn staged(name: &str) -> Path {
    Path::from_iter([INCOMING, name])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_path_is_made_of_nothing_but_the_digest(bytes: [u8; 32]) {
            for (key, root, suffix) in [
                (BlobKey::File(Digest(bytes)), "blobs", ""),
                (BlobKey::Text(Digest(bytes)), "texts", ".json"),
            ] {
                let hex = hex::encode(bytes);
                let expected = format!("{root}/{}/{}/{hex}{suffix}", &hex[..2], &hex[2..4]);
                prop_assert_eq!(key.path().to_string(), expected);
                prop_assert_eq!(BlobKey::of(&key.path()), Some(key));
            }
        }

        #[test]
        fn no_other_path_is_taken_for_a_key(path in "(blobs|texts)/[0-9a-f]{2}/[0-9a-f./]{0,80}") {
            let path = Path::from(path);
            if let Some(key) = BlobKey::of(&path) {
                prop_assert_eq!(key.path(), path);
            }
        }
    }

    #[test]
    fn a_digest_in_the_wrong_folder_or_in_capitals_is_no_key() {
        let digest = "ab".repeat(32);
        assert!(BlobKey::of(&Path::from(format!("blobs/ab/ab/{digest}"))).is_some());
        assert!(BlobKey::of(&Path::from(format!("blobs/ab/cd/{digest}"))).is_none());
        let capitals = digest.to_uppercase();
        assert!(BlobKey::of(&Path::from(format!("blobs/AB/AB/{capitals}"))).is_none());
    }
}
