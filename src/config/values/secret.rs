use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, Serializer};

/// What stands in the place of a secret wherever a configuration is shown.
pub(in crate::config) const MASK: &str = "***";

/// A text that is never printed: its `Debug` and its serialization show `***`.
///
/// An empty secret is one that was not given.
#[derive(Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct Secret(SecretString);

impl Secret {
    /// Keeps a text from being printed.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text.into())
    }

    /// Whether a secret was given at all.
    #[must_use]
    pub fn is_given(&self) -> bool {
        !self.expose().is_empty()
    }

    /// The text itself; the caller answers for where it goes.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    const fn shown(given: bool) -> &'static str {
        if given { MASK } else { "" }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(Self::shown(self.is_given()))
    }
}
