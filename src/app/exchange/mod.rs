//! Exchange: a document is drafted, issued and sent by one unit, and read, signed for and
//! answered by others.

mod amend;
mod archive;
mod browse;
mod check;
mod consent;
mod download;
mod draft;
mod groups;
mod issue;
mod open;
mod recall;
mod review;
mod send;
mod sign;
mod turnstile;
mod upload;

pub use browse::{DeliveryCard, History, Thread, Trace};
pub use download::Opening;
pub use draft::DraftChange;
pub use groups::{GroupChange, NewGroup};
pub use issue::NumberWish;
pub use review::Verdict;
pub(in crate::app) use turnstile::Turnstile;
pub use upload::ReceivedFile;

use crate::domain::Role;

/// Who uploads, drafts, sends and signs for a unit.
const OFFICE: &[Role] = &[Role::Clerk, Role::Handler];

/// Who takes a document back.
const SENDERS: &[Role] = &[Role::Clerk, Role::Handler, Role::Signer];
