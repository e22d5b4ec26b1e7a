//! The vocabulary and the rules: plain values, without input or output and without a clock of
//! their own.

pub mod calendar;
pub mod deadline;
pub mod kind;
pub mod rules;
pub mod secrecy;
pub mod statistics;

mod account;
mod assignment;
mod audit;
mod case_number;
mod change;
mod client;
mod credit_code;
mod delivery;
mod digest;
mod doc_number;
mod document;
mod document_life;
mod event_type;
mod evidence;
mod feed;
mod file;
mod file_text;
mod fold;
mod group;
mod id;
mod inbox;
pub(crate) mod labelled;
mod ledger;
mod legal_time;
mod mail;
mod notification;
mod obligation;
mod proof;
mod registration_number;
mod returning;
mod saved_search;
mod search;
mod unit;
mod upload;

pub use account::{
    Actor, HubRole, InvalidAccount, Membership, PasswordState, Role, User, check_login, check_name,
    check_separation,
};
pub use assignment::{Assignment, HandlerRole};
pub use audit::{Audit, AuditLine};
pub use calendar::{Calendar, CalendarFault, CalendarYear, DayKind};
pub use case_number::{CaseNumber, InvalidCaseNumber};
pub use change::{Change, ChangeLine, Subject};
pub use client::{Client, ClientSecret, Lease, Scope};
pub use credit_code::{CreditCode, InvalidCreditCode};
pub use deadline::{DeadlineRule, DueDate, Term, Written};
pub use delivery::{Delivery, DeliveryState, Forwarding, RecipientRole, SignedKind};
pub use digest::{Digest, InvalidDigest};
pub use doc_number::{DocNumber, InvalidDocNumber, Prefix};
pub use document::{
    Card, Consent, Document, DocumentFilter, DocumentState, Draft, InvalidTitle, JointIssuer,
    Noted, Recipient, Review, title,
};
pub use document_life::DocumentAct;
pub use event_type::{Audience, EventType};
pub use evidence::{Event, Evidence, Party, StatedDocument, Statement};
pub use feed::{FeedEvent, FeedLine, FeedPlace};
pub use file::{Attached, FileRole, InvalidFileName, StoredFile, TextState, file_name};
pub use file_text::{FileText, QueuedText, TextPart};
pub use group::{AddressedGroup, Group};
pub use id::{
    DeliveryId, DocumentId, DutyEntryId, EvidenceId, FileId, GroupId, LedgerViewId, NotificationId,
    ObligationId, SavedSearchId, SessionId, UnitId, UploadId, UserId,
};
pub use inbox::{BoxCount, BoxPlace, DeliveryBox, DeliveryFilter, Tally};
pub use kind::{
    Adoption, Branch, Duty, FaultCode, FieldContext, FieldFault, Genre, Kind, Numbering, Openness,
    Severity, Urgency,
};
pub use labelled::UnknownCode;
pub use ledger::{
    LedgerCriteria, LedgerLine, LedgerOrder, LedgerPlace, LedgerSide, LedgerView, Side,
    WORK_COUNTED, WorkTally,
};
pub use legal_time::{beginning_of, legal_day};
pub use mail::{EmailAddress, InvalidEmailAddress, MailFault, MailState, QueuedMail};
pub use notification::{DutyWord, Notification, NotificationFilter, Occasion};
pub use obligation::{
    Details, DutyAct, DutyEntry, ItemVerdict, Obligation, ObligationState, Part, Progress, Remedy,
    Verdict,
};
pub use proof::DOES_NOT_PROVE;
pub use registration_number::{InvalidRegistrationNumber, RegistrationNumber};
pub use returning::{Return, ReturnDecision, ReturnOutcome, ReturnReason};
pub use rules::{Rules, RulesFault};
pub use saved_search::SavedSearch;
pub use search::{SearchCriteria, SearchOrder};
pub use secrecy::{SecretMark, refuse_marks, refuse_marks_in};
pub use unit::{InvalidUnitName, Unit, unit_name};
pub use upload::Upload;
