//! Exchange: a document is drafted, issued and sent by one unit, and read, signed for and
//! answered by others.

mod amend;
mod archive;
mod assign;
mod board;
mod browse;
mod check;
mod consent;
mod decide;
mod deem;
mod delivery;
mod dispatch;
mod download;
mod draft;
mod forward;
mod give_back;
mod groups;
mod issue;
mod open;
mod pickup;
mod reach;
mod recall;
mod review;
mod send;
mod sign;
mod turnstile;
mod upload;

pub use assign::Colleague;
pub use board::{Board, SentCard};
pub use browse::{DeliveryCard, History, Thread, Trace};
pub use dispatch::{Dispatch, Dispatched, FileWish};
pub use download::Opening;
pub use draft::DraftChange;
pub(in crate::app) use draft::IN_QUARANTINE;
pub use groups::{GroupChange, NewGroup};
pub use issue::NumberWish;
pub use reach::{Capabilities, KindCapability};
pub use review::Verdict;
pub use sign::{BulkSigned, SignOutcome};
pub(in crate::app) use turnstile::Turnstile;
pub use upload::ReceivedFile;
pub(in crate::app) use upload::left_today;

use crate::domain::Role;

/// Who uploads, drafts, sends and signs for a unit.
pub(in crate::app) const OFFICE: &[Role] = &[Role::Clerk, Role::Handler];

/// Who takes a document back.
const SENDERS: &[Role] = &[Role::Clerk, Role::Handler, Role::Signer];
