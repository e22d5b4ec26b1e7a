//! The vocabulary and the rules: plain values, without input or output and without a clock of
//! their own.

pub mod calendar;
pub mod deadline;
pub mod kind;
pub mod rules;
pub mod secrecy;

mod case_number;
mod credit_code;
mod digest;
mod doc_number;
mod fold;
mod id;
mod labelled;
#[cfg(test)]
mod real_texts;

pub use calendar::{Calendar, CalendarFault, CalendarYear, DayKind};
pub use case_number::{CaseNumber, InvalidCaseNumber};
pub use credit_code::{CreditCode, InvalidCreditCode};
pub use deadline::{DeadlineRule, DueDate, Term, Written};
pub use digest::{Digest, InvalidDigest};
pub use doc_number::{DocNumber, InvalidDocNumber, Prefix};
pub use id::{DeliveryId, DocumentId, EvidenceId, FileId, ObligationId, SessionId, UnitId, UserId};
pub use kind::{Adoption, Branch, Duty, FieldFault, Genre, Kind, Openness, Urgency};
pub use labelled::UnknownCode;
pub use rules::{Rules, RulesFault};
