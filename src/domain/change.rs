use jiff::Timestamp;
use uuid::Uuid;

use super::{DocumentId, UnitId, labelled::labelled};

labelled! {
    /// What a change is about.
    pub enum Subject {
        /// A document; every act on its deliveries counts as a change of it.
        Document = "document", "文书";
        /// A file, by its upload.
        File = "file", "文件";
        /// An obligation.
        Obligation = "obligation", "回复义务";
        /// A unit.
        Unit = "unit", "单位";
        /// A group of units.
        Group = "group", "统称";
        /// An account.
        User = "user", "账号";
        /// A session.
        Session = "session", "会话";
        /// The hub itself.
        Hub = "hub", "文枢";
    }
}

/// Something that has happened, for those who do things later.
#[derive(Debug, Clone)]
pub struct Change {
    /// When.
    pub at: Timestamp,
    /// What it is about.
    pub subject: Subject,
    /// Which one.
    pub id: Uuid,
    /// What happened, as a short code.
    pub what: &'static str,
    /// The unit that it concerns, where it is that unit's affair and the issuers' alone; none
    /// where it concerns everybody who may see the thing.
    pub party: Option<UnitId>,
}

impl Change {
    /// A change of a document.
    #[must_use]
    pub fn of_document(id: DocumentId, what: &'static str, at: Timestamp) -> Self {
        Self {
            at,
            subject: Subject::Document,
            id: id.0,
            what,
            party: None,
        }
    }
}

/// A change with its number: numbers follow the order of commits and have no gaps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeLine {
    /// Its place in the log, from 1.
    pub number: u64,
    /// When.
    pub at: Timestamp,
    /// What it is about.
    pub subject: Subject,
    /// Which one.
    pub id: Uuid,
    /// What happened.
    pub what: String,
    /// The unit that it concerns alone, beside the issuers.
    pub party: Option<UnitId>,
}
