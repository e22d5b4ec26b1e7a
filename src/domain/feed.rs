use jiff::Timestamp;
use uuid::Uuid;

use super::{DeliveryId, EventType, ObligationId, Subject, UnitId};

/// A place in one unit's feed.
///
/// Both numbers count what the unit itself was told, from 1 and without gaps, so that they say
/// nothing about what happens elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FeedPlace {
    /// How many events of the unit's own lie before it.
    pub own: u64,
    /// How many events of the registry, which everybody is told of, lie before it.
    pub registry: u64,
}

/// A line of a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedLine {
    /// Its place in that feed, from 1, without gaps.
    pub position: u64,
    /// The number of the change, which orders the lines of several feeds and is told to nobody.
    pub number: u64,
    /// What happened; none where the unit may not see it any more.
    pub event: Option<FeedEvent>,
}

/// Something that has happened, as a unit is told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedEvent {
    /// What happened.
    pub kind: EventType,
    /// When.
    pub at: Timestamp,
    /// What it is about.
    pub subject: Subject,
    /// Which one.
    pub id: Uuid,
    /// The recipient that it concerns, where it is one recipient's affair.
    pub party: Option<UnitId>,
    /// The delivery to that recipient, or else to whoever reads.
    pub delivery: Option<DeliveryId>,
    /// The duty that this delivery brought.
    pub obligation: Option<ObligationId>,
}
