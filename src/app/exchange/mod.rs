//! Exchange: a document is drafted, issued and sent by one unit, and read, signed for and
//! answered by others.

mod browse;
mod check;
mod consent;
mod dispatch;
mod download;
mod draft;
mod issue;
mod open;
mod pickup;
mod reach;
mod send;
mod sign;
mod turnstile;
mod upload;

pub use browse::{DeliveryCard, History, Thread};
pub use dispatch::{Dispatch, Dispatched, FileWish};
pub use download::Opening;
pub use draft::DraftChange;
pub use issue::NumberWish;
pub use reach::{Capabilities, KindCapability};
pub(in crate::app) use turnstile::Turnstile;
pub use upload::ReceivedFile;

use crate::domain::Role;

/// Who uploads, drafts, sends and signs for a unit.
const OFFICE: &[Role] = &[Role::Clerk, Role::Handler];
