use jiff::Timestamp;
use uuid::Uuid;

use super::{Subject, UnitId, UserId};

/// Who did what, for the auditor. It holds no content.
#[derive(Debug, Clone)]
pub struct Audit {
    /// When.
    pub at: Timestamp,
    /// Who, if anybody was recognised.
    pub user: Option<UserId>,
    /// For which unit.
    pub unit: Option<UnitId>,
    /// What they did, as a short code.
    pub action: &'static str,
    /// To what.
    pub subject: Subject,
    /// To which one.
    pub id: Option<Uuid>,
    /// Whether they succeeded: `ok`, or the reason why not.
    pub outcome: &'static str,
    /// The address they came from.
    pub client: Option<String>,
}

/// A line of the audit as it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditLine {
    /// Its place, from 1, without gaps.
    pub number: u64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub user: Option<UserId>,
    /// For which unit.
    pub unit: Option<UnitId>,
    /// What they did.
    pub action: String,
    /// To what.
    pub subject: Subject,
    /// To which one.
    pub id: Option<Uuid>,
    /// Whether they succeeded.
    pub outcome: String,
    /// The address they came from.
    pub client: Option<String>,
    /// The hash of the line before.
    pub previous: String,
    /// The hash of this line over all its columns and the line before.
    pub hash: String,
}
