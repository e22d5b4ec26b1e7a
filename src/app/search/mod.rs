//! Search: what is asked, what the index is fed with, and the searches that people keep.

mod around;
mod ask;
mod compare;
mod errand;
mod feed;
mod filter;
mod keep;
mod rebuild;
mod slot;
mod snippet;
mod texts;
mod watch;

pub use around::{Spread, Suggested};
pub use ask::{Found, SearchMode, SearchRequest, SearchResult};
pub use compare::{Difference, IndexComparison};
pub use errand::{RebuildErrands, RebuildState, RebuildStatus};
pub use feed::Feed;
pub use keep::SearchWish;
pub use rebuild::RebuildProgress;
pub use slot::IndexSlot;
pub use snippet::{Place, Snippet};
pub use watch::Matched;
