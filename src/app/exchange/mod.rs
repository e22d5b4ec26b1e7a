//! Exchange: a document is drafted, issued and sent by one unit, and read, signed for and
//! answered by others.

mod assign;
mod board;
mod browse;
mod check;
mod consent;
mod decide;
mod deem;
mod delivery;
mod download;
mod draft;
mod forward;
mod give_back;
mod issue;
mod open;
mod send;
mod sign;
mod turnstile;
mod upload;

pub use assign::Colleague;
pub use board::{Board, SentCard};
pub use browse::{DeliveryCard, History, Thread};
pub use download::Opening;
pub use draft::DraftChange;
pub use issue::NumberWish;
pub use sign::{BulkSigned, SignOutcome};
pub(in crate::app) use turnstile::Turnstile;
pub use upload::ReceivedFile;

use crate::domain::Role;

/// Who uploads, drafts, sends and signs for a unit.
const OFFICE: &[Role] = &[Role::Clerk, Role::Handler];
