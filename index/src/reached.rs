//! How far an index has been fed, in the words that it is remembered in.

use std::fmt;

/// How far an index has been fed: a position of its owner's, and perhaps a walk over everything
/// that is still on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reached {
    /// Every change up to here has been applied, of what the walk has passed.
    pub position: u64,
    /// The walk, until it has come to its end.
    pub walk: Option<Walk>,
}

/// A walk over everything there is, in the order of ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Walk {
    /// The id it has come to; 0 before the first.
    pub after: u128,
    /// Why it is made.
    pub purpose: Purpose,
}

/// Why everything is walked over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The index was begun anew: what lies ahead of the walk is missing.
    Fill,
    /// Something has changed that entries speak of: what lies ahead of the walk is there, as it
    /// was before.
    Renew,
}

impl Reached {
    /// At a position, with everything to be walked over.
    #[must_use]
    pub fn before_all(position: u64, purpose: Purpose) -> Self {
        let walk = Walk { after: 0, purpose };
        Self {
            position,
            walk: Some(walk),
        }
    }

    /// Whether entries are missing because they have not been walked over yet.
    #[must_use]
    pub fn is_filling(&self) -> bool {
        let purpose = self.walk.map(|walk| walk.purpose);
        purpose == Some(Purpose::Fill)
    }

    /// Whether the walk has yet to pass this id.
    #[must_use]
    pub fn has_yet_to_pass(&self, id: u128) -> bool {
        self.walk.is_some_and(|walk| id > walk.after)
    }
}

impl From<u64> for Reached {
    fn from(position: u64) -> Self {
        Self {
            position,
            walk: None,
        }
    }
}

const FILL: &str = "fill";
const RENEW: &str = "renew";

impl fmt::Display for Reached {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.position)?;
        match self.walk {
            None => Ok(()),
            Some(Walk { after, purpose }) => {
                let word = match purpose {
                    Purpose::Fill => FILL,
                    Purpose::Renew => RENEW,
                };
                write!(out, " {word} {after:032x}")
            }
        }
    }
}

impl Reached {
    /// Reads what [`Display`](fmt::Display) writes.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        let position = words.next()?.parse().ok()?;
        let purpose = match words.next() {
            None => return Some(Self::from(position)),
            Some(FILL) => Purpose::Fill,
            Some(RENEW) => Purpose::Renew,
            Some(_) => return None,
        };
        let after = u128::from_str_radix(words.next()?, 16).ok()?;
        let walk = Some(Walk { after, purpose });
        Some(Self { position, walk })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_read_as_it_was_written() {
        let walk = |after, purpose| Some(Walk { after, purpose });
        for (position, walk) in [
            (0, None),
            (u64::MAX, None),
            (7, walk(0, Purpose::Fill)),
            (41, walk(u128::MAX, Purpose::Renew)),
        ] {
            let reached = Reached { position, walk };
            assert_eq!(Reached::parse(&reached.to_string()), Some(reached));
        }
        for wrong in ["", "x", "7 ", "7 fill", "7 fill x", "7 walk 0"] {
            assert_eq!(Reached::parse(wrong), None, "{wrong}");
        }
    }
}
