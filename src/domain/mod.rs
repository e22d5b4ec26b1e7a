//! The vocabulary and the rules: plain values, without input or output and without a clock of
//! their own.

mod digest;
mod id;

pub use digest::{Digest, InvalidDigest};
pub use id::{DeliveryId, DocumentId, EvidenceId, FileId, ObligationId, SessionId, UnitId, UserId};
