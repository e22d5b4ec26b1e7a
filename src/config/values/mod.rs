//! How durations, sizes, secrets, networks and the database are written in a configuration.
//!
//! Each kind reads and writes one canonical text, so that what `wenshu config` prints can
//! be read back and the documented defaults can be compared with the built-in ones.

mod database_url;
pub(super) mod duration;
pub(super) mod networks;
mod secret;
pub(super) mod size;

pub use database_url::DatabaseUrl;
pub(super) use secret::MASK;
pub use secret::Secret;
