//! Exchange: a document is drafted, issued and sent by one unit, and read, signed for and
//! answered by others.

mod browse;
mod check;
mod consent;
mod download;
mod draft;
mod issue;
mod open;
mod send;
mod sign;
mod turnstile;
mod upload;

pub use browse::{DeliveryCard, History, Thread};
pub use download::Opening;
pub use draft::DraftChange;
pub(in crate::app) use draft::IN_QUARANTINE;
pub use issue::NumberWish;
pub(in crate::app) use turnstile::Turnstile;
pub use upload::ReceivedFile;
pub(in crate::app) use upload::left_today;

use crate::domain::Role;

/// Who uploads, drafts, sends and signs for a unit.
pub(in crate::app) const OFFICE: &[Role] = &[Role::Clerk, Role::Handler];
