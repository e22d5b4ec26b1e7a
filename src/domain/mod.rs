//! The vocabulary and the rules: plain values, without input or output and without a clock of
//! their own.

pub mod calendar;
pub mod deadline;
pub mod kind;
pub mod rules;
pub mod secrecy;

mod account;
mod audit;
mod case_number;
mod change;
mod credit_code;
mod delivery;
mod digest;
mod doc_number;
mod document;
mod evidence;
mod file;
mod file_text;
mod fold;
mod id;
pub(crate) mod labelled;
mod ledger;
mod legal_time;
mod notification;
mod obligation;
mod unit;

pub use account::{
    Actor, HubRole, InvalidAccount, Membership, PasswordState, Role, User, check_login, check_name,
    check_separation,
};
pub use audit::{Audit, AuditLine};
pub use calendar::{Calendar, CalendarFault, CalendarYear, DayKind};
pub use case_number::{CaseNumber, InvalidCaseNumber};
pub use change::{Change, ChangeLine, Subject};
pub use credit_code::{CreditCode, InvalidCreditCode};
pub use deadline::{DeadlineRule, DueDate, Term, Written};
pub use delivery::{Delivery, DeliveryFilter, DeliveryState, RecipientRole};
pub use digest::{Digest, InvalidDigest};
pub use doc_number::{DocNumber, InvalidDocNumber, Prefix};
pub use document::{
    Card, Document, DocumentFilter, DocumentState, Draft, InvalidTitle, JointIssuer, Recipient,
    title,
};
pub use evidence::{Event, Evidence, Party, StatedDocument, Statement};
pub use file::{Attached, FileRole, InvalidFileName, StoredFile, TextState, file_name};
pub use file_text::{FileText, QueuedText, TextPart};
pub use id::{
    DeliveryId, DocumentId, DutyEntryId, EvidenceId, FileId, NotificationId, ObligationId,
    SessionId, UnitId, UserId,
};
pub use kind::{
    Adoption, Branch, Duty, FaultCode, FieldContext, FieldFault, Genre, Kind, Numbering, Openness,
    Severity, Urgency,
};
pub use labelled::UnknownCode;
pub use ledger::{LedgerLine, Tally};
pub use legal_time::legal_day;
pub use notification::{Notification, NotificationFilter};
pub use obligation::{
    Details, DutyAct, DutyEntry, ItemVerdict, Obligation, ObligationFilter, ObligationState, Part,
    Progress, Remedy, Verdict,
};
pub use rules::{Rules, RulesFault};
pub use secrecy::{SecretMark, refuse_marks};
pub use unit::{InvalidUnitName, Unit, unit_name};
