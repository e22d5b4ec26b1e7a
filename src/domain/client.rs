//! Machine clients (domain 8.6): what a unit's own system may do, and until when.

use jiff::Timestamp;
use uuid::Uuid;

use super::{UnitId, UserId, labelled::labelled};

labelled! {
    /// What a machine client may do for its unit. Reading, signing and issuing by hand are acts
    /// of people and have no scope.
    pub enum Scope {
        /// Upload, draft and send what its own system has issued.
        Send = "send", "发文";
        /// Fetch what has arrived in the unit's box.
        Receive = "receive", "收文";
        /// Read the ledger of duties.
        Report = "report", "台账";
    }
}

/// A machine client: an account of a program that belongs to one unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// Its account, which acts are noted under.
    pub id: UserId,
    /// What people call it.
    pub name: String,
    /// The unit it acts for, for good.
    pub unit: UnitId,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// The only units it may send to; every unit where there is none.
    pub recipients: Option<Vec<UnitId>>,
    /// From when on it is shut out.
    pub expires_at: Timestamp,
    /// Whether it may be used.
    pub active: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// Counts the changes.
    pub revision: i64,
}

impl Client {
    /// Whether it may send to the unit, as far as its own list goes.
    #[must_use]
    pub fn may_send_to(&self, unit: UnitId) -> bool {
        self.recipients
            .as_ref()
            .is_none_or(|listed| listed.contains(&unit))
    }
}

/// A secret of a client, by what may be shown of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientSecret {
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends, where another has taken its place.
    pub expires_at: Option<Timestamp>,
}

/// The right to work on deliveries until a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// Names the lease.
    pub id: Uuid,
    /// Who holds it.
    pub by: UserId,
    /// When it ends by itself.
    pub until: Timestamp,
}
