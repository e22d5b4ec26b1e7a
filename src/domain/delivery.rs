use jiff::{Timestamp, civil::Date};

use super::{
    DeliveryBox, DeliveryId, Document, DocumentId, UnitId, Urgency, UserId, labelled::labelled,
};

labelled! {
    /// Why a unit is sent a document.
    pub enum RecipientRole {
        /// 主送: it must act, and answers where the kind asks for it.
        Main = "main", "主送";
        /// 抄送: it must know, and signs for it.
        Copy = "copy", "抄送";
        /// 转发: another recipient has passed it on; it owes nothing. Nobody drafts this one.
        Forward = "forward", "转发";
    }
}

labelled! {
    /// How far a delivery has come. Reading is not signing.
    pub enum DeliveryState {
        /// In the unit's box; nobody has opened it.
        Arrived = "arrived", "已送达";
        /// Somebody of the unit has opened it.
        Read = "read", "已阅";
        /// The unit has signed for it.
        Signed = "signed", "已签收";
        /// The unit has sent it back before signing; the sender has the ball.
        Returned = "returned", "已退回";
        /// The sender has taken it back.
        Recalled = "recalled", "已撤回";
        /// A new version has taken its place.
        Superseded = "superseded", "已被新版本取代";
    }
}

labelled! {
    /// How a delivery came to be signed for.
    pub enum SignedKind {
        /// A person of the unit has signed.
        Person = "person", "签收";
        /// Nobody has signed within the agreed term (domain.md 8.3).
        Deemed = "deemed", "视为签收";
    }
}

/// Who has passed a document on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forwarding {
    /// The delivery that was passed on.
    pub from: DeliveryId,
    /// The unit it lies with.
    pub unit: UnitId,
    /// Who of that unit has done it.
    pub by: UserId,
    /// What they noted.
    pub note: Option<String>,
}

/// One document on its way to one unit, with its four times (电子签名法 §§10-11). After it was
/// sent again they are those of the round at hand; those before are in evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Identifies the delivery.
    pub id: DeliveryId,
    /// What is delivered.
    pub document: DocumentId,
    /// To whom.
    pub unit: UnitId,
    /// As what.
    pub role: RecipientRole,
    /// How far it has come.
    pub state: DeliveryState,
    /// 发送.
    pub sent_at: Timestamp,
    /// 到达: when it entered the unit's box.
    pub arrived_at: Option<Timestamp>,
    /// 首次阅读, recorded by itself, and by whom.
    pub first_read: Option<(UserId, Timestamp)>,
    /// 取件: when a machine of the unit first fetched it, and which. It is no reading.
    pub fetched: Option<(UserId, Timestamp)>,
    /// 签收, a person's act, and by whom.
    pub signed: Option<(UserId, Timestamp)>,
    /// What the signer noted.
    pub sign_note: Option<String>,
    /// 视为签收: the day that counts as the day of signing, where the rule has signed.
    pub deemed_on: Option<Date>,
    /// Who has passed it on, where it does not come from its issuer.
    pub forwarded: Option<Forwarding>,
    /// The unit that issued the document.
    pub sender: UnitId,
    /// The kind of the document.
    pub kind: String,
    /// How urgent the document is.
    pub urgency: Urgency,
    /// How often it was assigned inside the unit; its handlers are those of the last time.
    pub turn: i64,
    /// Who has closed it inside the unit, and when.
    pub done: Option<(UserId, Timestamp)>,
    /// What they noted.
    pub done_note: Option<String>,
    /// How often it has been put into the box, from 1.
    pub round: i64,
    /// Counts the changes.
    pub revision: i64,
}

impl Delivery {
    /// A document that has just been put into a unit's box.
    #[must_use]
    pub fn arriving(document: &Document, unit: UnitId, role: RecipientRole, at: Timestamp) -> Self {
        Self {
            id: DeliveryId::fresh(),
            document: document.id,
            unit,
            role,
            state: DeliveryState::Arrived,
            sent_at: at,
            arrived_at: Some(at),
            first_read: None,
            fetched: None,
            signed: None,
            sign_note: None,
            deemed_on: None,
            forwarded: None,
            sender: document.unit,
            kind: document.kind.clone(),
            urgency: document.urgency,
            turn: 0,
            done: None,
            done_note: None,
            round: 1,
            revision: 1,
        }
    }

    /// The unit that put it into the box, and decides when it comes back: who passed it on, or
    /// the issuer.
    #[must_use]
    pub fn giver(&self) -> UnitId {
        self.forwarded
            .as_ref()
            .map_or(self.sender, |forwarding| forwarding.unit)
    }

    /// How it was signed for; a person's signature comes before the rule's.
    #[must_use]
    pub fn signed_kind(&self) -> Option<SignedKind> {
        match (self.signed, self.deemed_on) {
            (Some(_), _) => Some(SignedKind::Person),
            (None, Some(_)) => Some(SignedKind::Deemed),
            (None, None) => None,
        }
    }

    /// How far it has come, for people: what the rule has signed is never shown as signed.
    #[must_use]
    pub fn state_label(&self) -> &'static str {
        match (self.state, self.signed_kind()) {
            (DeliveryState::Signed, Some(SignedKind::Deemed)) => SignedKind::Deemed.label(),
            (state, _) => state.label(),
        }
    }

    /// In which box of its unit it lies. The database says the same in the column `box`.
    #[must_use]
    pub fn folder(&self) -> DeliveryBox {
        match self.state {
            DeliveryState::Arrived | DeliveryState::Read => DeliveryBox::Unsigned,
            DeliveryState::Signed if self.done.is_some() => DeliveryBox::Done,
            DeliveryState::Signed if self.turn > 0 => DeliveryBox::InHand,
            DeliveryState::Signed => DeliveryBox::Signed,
            DeliveryState::Returned | DeliveryState::Recalled | DeliveryState::Superseded => {
                DeliveryBox::Closed
            }
        }
    }
}
