use jiff::{Timestamp, civil::Date};

use super::{
    DocumentId, Event, NotificationId, ObligationId, UnitId, UserId, deadline::EscalationLevel,
};

/// A word to one person about a duty of their unit. It says facts and no content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// Identifies it.
    pub id: NotificationId,
    /// To whom.
    pub user: UserId,
    /// For which of their units.
    pub unit: UnitId,
    /// About which duty.
    pub obligation: ObligationId,
    /// Which comes from this document.
    pub document: DocumentId,
    /// What has happened.
    pub event: Event,
    /// The level that the matter has reached.
    pub level: EscalationLevel,
    /// When it is due, where that is known.
    pub due_on: Option<Date>,
    /// What is to be read, in Chinese.
    pub text: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was read.
    pub read_at: Option<Timestamp>,
}

/// Which notifications are listed, newest first.
#[derive(Debug, Clone, Default)]
pub struct NotificationFilter {
    /// Only those that were not read.
    pub unread: bool,
    /// Only what comes after this one.
    pub after: Option<(Timestamp, NotificationId)>,
}
