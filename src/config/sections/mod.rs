//! The sections of the configuration, a struct each.
//!
//! Every option is explained in `config/default.toml`; the fields repeat what the code must
//! know. A room takes its own section and never the whole.

mod auth;
mod blobs;
mod clients;
mod database;
mod deadlines;
mod deliveries;
mod documents;
mod events;
mod extract;
mod hub;
mod limits;
mod log;
mod mail;
mod metrics;
mod reminders;
mod search;
mod server;
mod uploads;

pub use auth::Auth;
pub use blobs::{Backend, Blobs};
pub use clients::Clients;
pub use database::Database;
pub use deadlines::Deadlines;
pub use deliveries::Deliveries;
pub use documents::Documents;
pub use events::Events;
pub use extract::Extract;
pub use hub::Hub;
pub use limits::Limits;
pub use log::{Format, Level, Log};
pub use mail::{Mail, MailTls};
pub use metrics::Metrics;
pub use reminders::Reminders;
pub use search::Search;
pub use server::Server;
pub use uploads::Uploads;

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;
const TIB: u64 = 1 << 40;
