use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

use crate::{
    app::{Error, Result},
    domain::{FeedPlace, UnitId},
};

/// The bytes that tell one unit's positions from another's.
const MARK: usize = 4;

/// A position in a unit's feed, opaque to those who keep it.
///
/// It holds how much the unit itself was told and nothing else, so there is nothing in it to
/// hide; the mark keeps somebody of two units from going on in one where they stopped in the
/// other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    unit: UnitId,
    place: FeedPlace,
}

impl Position {
    pub(super) fn beginning(unit: UnitId) -> Self {
        Self::of(unit, FeedPlace::default())
    }

    pub(super) fn of(unit: UnitId, place: FeedPlace) -> Self {
        Self { unit, place }
    }

    pub(super) fn place(self) -> FeedPlace {
        self.place
    }

    /// Reads what `Display` wrote for the same unit.
    pub(super) fn parse(unit: UnitId, text: &str, pointer: &'static str) -> Result<Self> {
        let wrong = |detail| Error::invalid(pointer, "malformed", detail);
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok();
        let bytes: Option<[u8; MARK + 16]> = bytes.and_then(|bytes| bytes.try_into().ok());
        let bytes = bytes.ok_or_else(|| wrong("事件位置无效，请使用接口返回的 cursor"))?;
        let (own, registry) = bytes[MARK..].split_at(8);
        if bytes[..MARK] != mark(unit) {
            return Err(wrong("此位置属于另一个单位的事件，不能在本单位使用"));
        }
        let number = |bytes: &[u8]| {
            bytes
                .iter()
                .fold(0, |sum, byte| sum << 8 | u64::from(*byte))
        };
        let place = FeedPlace {
            own: number(own),
            registry: number(registry),
        };
        Ok(Self::of(unit, place))
    }
}

impl std::fmt::Display for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut bytes = mark(self.unit).to_vec();
        bytes.extend(self.place.own.to_be_bytes());
        bytes.extend(self.place.registry.to_be_bytes());
        f.write_str(&BASE64_URL_SAFE_NO_PAD.encode(bytes))
    }
}

fn mark(unit: UnitId) -> [u8; MARK] {
    let digest: [u8; 32] = Sha256::digest(unit.0.as_bytes()).into();
    std::array::from_fn(|at| digest[at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_read_back_by_its_own_unit_alone() {
        let (unit, other) = (UnitId::fresh(), UnitId::fresh());
        for place in [(0, 0), (1, 2), (u64::MAX, 1 << 40)] {
            let (own, registry) = place;
            let position = Position::of(unit, FeedPlace { own, registry });
            let text = position.to_string();
            assert_eq!(Position::parse(unit, &text, "after").unwrap(), position);
            assert!(Position::parse(other, &text, "after").is_err());
            assert!(Position::parse(unit, &text[1..], "after").is_err());
        }
        for text in ["", "AAAA", "不是", "latest"] {
            assert!(Position::parse(unit, text, "after").is_err(), "{text}");
        }
    }
}
