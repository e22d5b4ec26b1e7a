//! Search: what is asked, and what the index is fed with.

mod ask;
mod compare;
mod errand;
mod feed;
mod rebuild;
mod slot;
mod snippet;
mod texts;

pub use ask::{Found, SearchMode, SearchRequest, SearchResult};
pub use compare::{Difference, IndexComparison};
pub use errand::{RebuildErrands, RebuildState, RebuildStatus};
pub use feed::Feed;
pub use rebuild::RebuildProgress;
pub use slot::IndexSlot;
pub use snippet::{Place, Snippet};
