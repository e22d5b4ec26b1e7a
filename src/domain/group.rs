use jiff::Timestamp;

use super::{GroupId, RecipientRole, UnitId};

/// 统称: several units under one name, such as “市政府各部门”. A document that is addressed to it
/// goes to the units that belong to it on the day of sending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Identifies the group.
    pub id: GroupId,
    /// Its name, unique on the hub.
    pub name: String,
    /// The units, in order.
    pub members: Vec<UnitId>,
    /// When it was entered.
    pub created_at: Timestamp,
    /// Counts the changes.
    pub revision: i64,
}

/// A group that a document is addressed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressedGroup {
    /// The group.
    pub group: GroupId,
    /// Its name, as it was when the document was addressed to it.
    pub name: String,
    /// 主送 or 抄送.
    pub role: RecipientRole,
}
