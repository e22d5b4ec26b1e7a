use std::ops::BitOr;

/// What is so about a duty on the day it is looked at. Each fact is one bit, so that a database
/// can tell all of them with one number and a figure can ask for several at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct DutyFacts(pub i64);

impl DutyFacts {
    /// Nothing is asked for: every duty that was sent and not withdrawn.
    pub const SENT: Self = Self(0);
    /// Signed for, by a person or by rule.
    pub const SIGNED: Self = Self(1);
    /// Signed for within the agreed working days.
    pub const SIGNED_PROMPTLY: Self = Self(1 << 1);
    /// Its term, extended or not, ends on that day or before.
    pub const DUE: Self = Self(1 << 2);
    /// Finally answered.
    pub const REPLIED: Self = Self(1 << 3);
    /// Answered within its term, extended or not.
    pub const IN_TIME: Self = Self(1 << 4);
    /// Its original term ends on that day or before.
    pub const ORIGINALLY_DUE: Self = Self(1 << 5);
    /// Answered within its original term.
    pub const IN_ORIGINAL_TIME: Self = Self(1 << 6);
    /// Its term is over and it is neither answered nor closed.
    pub const OVERDUE: Self = Self(1 << 7);
    /// Followed, in whole or in part.
    pub const FOLLOWED: Self = Self(1 << 8);
    /// Followed in whole.
    pub const ADOPTED: Self = Self(1 << 9);
    /// Followed in part.
    pub const PARTLY: Self = Self(1 << 10);
    /// Not followed.
    pub const NOT_ADOPTED: Self = Self(1 << 11);
    /// Closed.
    pub const CLOSED: Self = Self(1 << 12);
    /// What had to be put right is put right.
    pub const RECTIFIED: Self = Self(1 << 13);
    /// Objected to.
    pub const OBJECTED: Self = Self(1 << 14);
    /// Objected to with right, in whole or in part.
    pub const UPHELD: Self = Self(1 << 15);

    /// Whether all of `wanted` is so.
    #[must_use]
    pub fn has(self, wanted: Self) -> bool {
        self.0 & wanted.0 == wanted.0
    }
}

impl BitOr for DutyFacts {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}
