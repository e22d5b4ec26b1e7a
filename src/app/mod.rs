//! What the hub does: one file for each thing somebody can ask of it.
//!
//! Reading opens a look at the store; changing something happens in a [`Work`], which keeps the
//! change, its evidence, its audit line, its change-log entry and the answer together.

mod calendar;
mod caller;
mod clock;
pub mod cursor;
mod directory;
mod error;
mod exchange;
mod identity;
mod keys;
mod obligations;
mod once;
mod readiness;
mod receipts;
mod records;
mod search;
mod tidy;
mod verify;
mod work;

use std::sync::Arc;

pub use caller::{Caller, ClientAddress};
pub use clock::{Clock, SystemClock};
pub use directory::{Directory, Shown};
pub use error::{Error, Fault, Result};
pub use exchange::{DeliveryCard, DraftChange, History, NumberWish, Opening, ReceivedFile, Thread};
pub use identity::{
    AccountChange, Credentials, IssuedTokens, NewAccount, NewUnit, OneTimePassword, Standing,
    UnitChange,
};
pub use keys::Keys;
pub use obligations::{
    DutyDetail, Escalation, Evaluation, ExtensionDecision, Moment, ObjectionDecision, Preview,
    Registration, Side, Today,
};
pub use once::{Answer, Begun, Once};
pub use readiness::Readiness;
pub use search::{Feed, Found, IndexSlot, Place, SearchRequest, SearchResult, Snippet};
pub use verify::VerifyReport;
pub use work::Work;

use jiff::Timestamp;
use tokio::sync::{Notify, Semaphore};
use wenshu_index::SearchIndex;

use crate::{blobs::Blobs, config::Config, domain::Rules, store::Store};

/// The hub with everything it works with.
#[derive(Clone)]
pub struct Hub(Arc<Inner>);

/// What a hub is made of.
pub struct Parts {
    /// Its memory.
    pub store: Store,
    /// The bytes of files.
    pub blobs: Blobs,
    /// Where documents are searched; the owner may exchange it for a new one.
    pub index: IndexSlot,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Kinds, deadline rules and calendars.
    pub rules: Rules,
    /// The options.
    pub config: Config,
    /// What it signs with.
    pub keys: Keys,
    /// Tells what a file is by its content.
    pub sniff: Sniff,
}

/// Tells the media type of a file from its name, its first bytes and, when it is small enough to
/// be looked into, the file itself.
pub type Sniff = fn(&str, &[u8], Option<std::fs::File>) -> String;

struct Inner {
    parts: Parts,
    running: once::RunningKeys,
    guests: identity::Guests,
    directory: directory::Cache,
    calendar: calendar::Cache,
    changed: Notify,
    uploads: exchange::Turnstile,
    /// How many searches run at once.
    searching: Semaphore,
}

impl Hub {
    /// A hub made of these parts.
    pub async fn open(parts: Parts) -> Result<Self> {
        let guests = identity::Guests::new(&parts.config.auth, &parts.config.limits)?;
        let searching = Semaphore::new(parts.config.search.concurrency.max(1));
        let hub = Self(Arc::new(Inner {
            parts,
            running: once::RunningKeys::default(),
            guests,
            directory: directory::Cache::default(),
            calendar: calendar::Cache::default(),
            changed: Notify::new(),
            uploads: exchange::Turnstile::default(),
            searching,
        }));
        hub.settle_origin().await?;
        Ok(hub)
    }

    /// The options.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.0.parts.config
    }

    /// Kinds, deadline rules and calendars.
    #[must_use]
    pub fn rules(&self) -> &Rules {
        &self.0.parts.rules
    }

    /// The hub's time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.0.parts.clock.now()
    }

    /// What the hub signs with.
    #[must_use]
    pub fn keys(&self) -> &Keys {
        &self.0.parts.keys
    }

    /// Waits until something has been written on this node.
    pub async fn changed(&self) {
        self.0.changed.notified().await;
    }

    /// Begins a unit of work on behalf of somebody.
    pub(crate) async fn work(&self, caller: Caller) -> Result<Work> {
        let tx = self.store().write().await?;
        Ok(Work {
            hub: self.clone(),
            tx,
            caller,
            now: self.now(),
            key: None,
        })
    }

    /// The hub's memory.
    #[must_use]
    pub(crate) fn store(&self) -> &Store {
        &self.0.parts.store
    }

    /// The bytes of files.
    #[must_use]
    pub(crate) fn blobs(&self) -> &Blobs {
        &self.0.parts.blobs
    }

    /// Where documents are searched.
    #[must_use]
    pub(crate) fn index(&self) -> Arc<SearchIndex> {
        self.0.parts.index.current()
    }

    fn running(&self) -> &once::RunningKeys {
        &self.0.running
    }

    fn wake(&self) {
        self.0.changed.notify_waiters();
        self.0.changed.notify_one();
    }
}
