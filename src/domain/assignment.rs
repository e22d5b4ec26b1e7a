use jiff::Timestamp;

use super::{DeliveryId, UserId, labelled::labelled};

labelled! {
    /// What somebody does about a document inside their unit.
    pub enum HandlerRole {
        /// 主办: one person answers for it.
        Lead = "lead", "主办";
        /// 协办: helps.
        Support = "support", "协办";
    }
}

/// A person of the unit who handles a delivery; no other unit learns of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// The delivery.
    pub delivery: DeliveryId,
    /// Which assigning it was, from 1; a later one takes the place of all before.
    pub turn: i64,
    /// Who handles it.
    pub user: UserId,
    /// As what.
    pub role: HandlerRole,
    /// Who has assigned it, and when.
    pub assigned: (UserId, Timestamp),
    /// What they noted.
    pub note: Option<String>,
}
