//! The duty to reply: it arises when a document is sent, its clock starts when the document is
//! signed for, the final reply answers it, and the issuer evaluates and closes it.

mod browse;
mod detail;
mod handle;
mod judge;
mod keep;
mod life;
mod matter;
mod notify;
mod preview;
mod recompute;
mod remind;
mod sheet;
mod today;
mod urge;

pub use browse::{LedgerPage, LedgerRequest};
pub(super) use browse::{keep_titles_to_parties, side_for};
pub use detail::{DutyDetail, Moment};
pub use handle::{ExtensionDecision, Registration};
pub use judge::{Evaluation, ObjectionDecision};
pub use keep::ViewWish;
pub use preview::Preview;
pub use sheet::LedgerSheet;
pub use today::Today;
pub use urge::Escalation;
