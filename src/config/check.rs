use std::ops::RangeInclusive;

use super::{catalog::allowed, fault::Reason};

/// Collects what is wrong with the values of one section.
///
/// What is allowed is said once, in `config/default.toml`; a test holds the limits given here
/// against the ones written there.
pub(super) struct Check<'a> {
    section: &'static str,
    faults: &'a mut Vec<(String, Reason)>,
}

impl<'a> Check<'a> {
    pub(super) fn of(section: &'static str, faults: &'a mut Vec<(String, Reason)>) -> Self {
        Self { section, faults }
    }

    /// The value lies within the limits.
    pub(super) fn within<T: PartialOrd + Copy>(
        &mut self,
        key: &str,
        value: T,
        limits: RangeInclusive<T>,
    ) -> &mut Self {
        let (least, most) = limits.into_inner();
        self.holds(key, least <= value && value <= most)
    }

    /// The value is one of those allowed, by a rule that is not a pair of limits.
    pub(super) fn holds(&mut self, key: &str, holds: bool) -> &mut Self {
        let key = format!("{}.{key}", self.section);
        let reason = Reason::NotAllowed(allowed(&key));
        self.note(holds, key, reason)
    }

    /// The value goes together with another option; `why` says what is required.
    pub(super) fn agrees(&mut self, key: &str, agrees: bool, why: &str) -> &mut Self {
        let key = format!("{}.{key}", self.section);
        self.note(agrees, key, Reason::Conflict(why.to_owned()))
    }

    fn note(&mut self, fine: bool, key: String, reason: Reason) -> &mut Self {
        if !fine {
            self.faults.push((key, reason));
        }
        self
    }
}

/// Whether a text is `http(s)://host[:port]` and nothing more.
pub(super) fn is_origin(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https") && url.origin().ascii_serialization() == text
    })
}
