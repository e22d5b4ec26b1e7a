//! The duty to reply: it arises when a document is sent, its clock starts when the document is
//! signed for, and the final reply fulfils it.

mod browse;
mod life;
mod preview;

pub use browse::Side;
pub use preview::Preview;
