use jiff::Timestamp;

use super::{DeliveryId, DocumentId, UnitId, UserId, labelled::labelled};

labelled! {
    /// Why a unit is sent a document.
    pub enum RecipientRole {
        /// 主送: it must act, and answers where the kind asks for it.
        Main = "main", "主送";
        /// 抄送: it must know, and signs for it.
        Copy = "copy", "抄送";
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

/// One document on its way to one unit, with its four times (电子签名法 §§10-11).
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
    /// How often it has been put into the box, from 1.
    pub round: i64,
    /// Counts the changes.
    pub revision: i64,
}

/// Which deliveries of a unit are listed, newest first.
#[derive(Debug, Clone, Default)]
pub struct DeliveryFilter {
    /// Only these states.
    pub state: Option<DeliveryState>,
    /// Only what comes after this one.
    pub after: Option<(Timestamp, DeliveryId)>,
}
