//! Search: what is asked, and what the index is fed with.

mod around;
mod ask;
mod feed;
mod filter;
mod slot;
mod snippet;
mod texts;

pub use around::{Spread, Suggested};
pub use ask::{Found, SearchMode, SearchRequest, SearchResult};
pub use feed::Feed;
pub use slot::IndexSlot;
pub use snippet::{Place, Snippet};
