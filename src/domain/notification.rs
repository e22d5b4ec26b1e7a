use jiff::{Timestamp, civil::Date};

use super::{
    DocumentId, Event, NotificationId, ObligationId, SavedSearchId, UnitId, UserId,
    deadline::EscalationLevel,
};

/// A word to one person. It says facts and no content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// Identifies it.
    pub id: NotificationId,
    /// To whom.
    pub user: UserId,
    /// For which of their units.
    pub unit: UnitId,
    /// Which document it is about.
    pub document: DocumentId,
    /// Why it is said.
    pub occasion: Occasion,
    /// What is to be read, in Chinese.
    pub text: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was read.
    pub read_at: Option<Timestamp>,
}

/// Why a word is said to somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Occasion {
    /// Something has happened about a duty of their unit, which comes from the document.
    Duty(DutyWord),
    /// A search of theirs has found the document.
    Match {
        /// The search; it may be gone by now.
        search: SavedSearchId,
        /// What they called it then.
        name: String,
    },
}

/// What has happened about a duty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DutyWord {
    /// The duty.
    pub obligation: ObligationId,
    /// What has happened.
    pub event: Event,
    /// The level that the matter has reached.
    pub level: EscalationLevel,
    /// When it is due, where that is known.
    pub due_on: Option<Date>,
}

impl Occasion {
    /// The code of a word of a search.
    pub const MATCH: &str = "search.match";

    /// What has happened, for machines.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Duty(word) => word.event.code(),
            Self::Match { .. } => Self::MATCH,
        }
    }

    /// What has happened, for people.
    #[must_use]
    pub fn label(&self) -> &'static str {
        match self {
            Self::Duty(word) => word.event.label(),
            Self::Match { .. } => "检索到新文书",
        }
    }

    /// The level that the matter has reached; none where there is no duty.
    #[must_use]
    pub fn level(&self) -> EscalationLevel {
        match self {
            Self::Duty(word) => word.level,
            Self::Match { .. } => EscalationLevel::None,
        }
    }

    /// The duty, if it is about one.
    #[must_use]
    pub fn duty(&self) -> Option<&DutyWord> {
        match self {
            Self::Duty(word) => Some(word),
            Self::Match { .. } => None,
        }
    }
}

/// Which notifications are listed, newest first.
#[derive(Debug, Clone, Default)]
pub struct NotificationFilter {
    /// Only those that were not read.
    pub unread: bool,
    /// Only what comes after this one.
    pub after: Option<(Timestamp, NotificationId)>,
}
