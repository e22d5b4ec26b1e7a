use jiff::Timestamp;

use super::{
    Delivery, DeliveryId, DeliveryState, RecipientRole, UnitId, Urgency, UserId, labelled::labelled,
};

labelled! {
    /// The boxes of a unit. Every delivery to it lies in exactly one of them.
    pub enum DeliveryBox {
        /// It has arrived, and the unit has not signed.
        Unsigned = "unsigned", "待签收";
        /// The unit has signed; nobody has been given it.
        Signed = "signed", "已签收待办";
        /// It was assigned to people of the unit.
        InHand = "in_hand", "办理中";
        /// The unit has closed it for itself.
        Done = "done", "已办结";
        /// It was returned, recalled or replaced by a new version.
        Closed = "closed", "已退出";
    }
}

/// A place in the box of a unit: what comes after it was sent earlier.
pub type BoxPlace = (Timestamp, DeliveryId);

/// Which deliveries of a unit are listed, newest first.
#[derive(Debug, Clone, Default)]
pub struct DeliveryFilter {
    /// Only this box.
    pub folder: Option<DeliveryBox>,
    /// Only these states.
    pub state: Option<DeliveryState>,
    /// Only documents of this kind.
    pub kind: Option<String>,
    /// Only what this unit has issued.
    pub sender: Option<UnitId>,
    /// Only what came in this role.
    pub role: Option<RecipientRole>,
    /// Only documents of this urgency.
    pub urgency: Option<Urgency>,
    /// Only what this person of the unit handles at present.
    pub assigned_to: Option<UserId>,
    /// Only what was sent at this instant or later.
    pub since: Option<Timestamp>,
    /// Only what was sent before this instant.
    pub until: Option<Timestamp>,
    /// Only what comes after this one.
    pub after: Option<BoxPlace>,
}

impl DeliveryFilter {
    /// Whether a delivery has everything that is asked for by name; times, places and handlers
    /// are looked at where it is read.
    #[must_use]
    pub fn fits(&self, delivery: &Delivery) -> bool {
        self.folder.is_none_or(|wanted| wanted == delivery.folder())
            && self.state.is_none_or(|wanted| wanted == delivery.state)
            && self.role.is_none_or(|wanted| wanted == delivery.role)
            && self.urgency.is_none_or(|wanted| wanted == delivery.urgency)
            && self.sender.is_none_or(|wanted| wanted == delivery.sender)
            && self
                .kind
                .as_ref()
                .is_none_or(|wanted| *wanted == delivery.kind)
    }
}

/// How many deliveries lie in one box, counted up to a bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BoxCount {
    /// The box.
    pub folder: DeliveryBox,
    /// How many were counted.
    pub count: u64,
    /// Whether there are more than were counted.
    pub more: bool,
}

/// How far a sent document has come with its recipients; forwards are counted apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Main and copy recipients.
    pub recipients: u64,
    /// In whose box it is or was.
    pub arrived: u64,
    /// Who has opened it.
    pub read: u64,
    /// Who has signed, or is deemed to have.
    pub signed: u64,
    /// For whom the rule has signed and nobody since.
    pub deemed: u64,
    /// Who has sent it back.
    pub returned: u64,
    /// Whose return waits for a decision of the sender.
    pub to_decide: u64,
    /// To how many further units it was passed on.
    pub forwarded: u64,
}
