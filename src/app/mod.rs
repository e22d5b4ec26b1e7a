//! What the hub does: one file for each thing somebody can ask of it.
//!
//! Reading opens a look at the store; changing something happens in a [`Work`], which keeps the
//! change, its evidence, its audit line, its change-log entry and the answer together.

mod archive;
mod calendar;
mod caller;
mod clock;
pub mod cursor;
mod directory;
mod error;
mod events;
mod exchange;
mod identity;
mod kept;
mod keys;
mod mail;
mod obligations;
mod once;
mod readiness;
mod receipts;
mod records;
mod search;
mod secrecy;
mod statistics;
mod tidy;
mod uploads;
mod verify;
mod work;

use std::{sync::Arc, time::Duration};

pub use archive::{Package, Parcel};
pub use caller::{Caller, ClientAddress};
pub use clock::{Clock, SystemClock};
pub(crate) use directory::registry_changed;
pub use directory::{Directory, Shown};
pub use error::{Error, Fault, Result};
pub use events::{EventPage, Position};
pub use exchange::{
    Board, BulkSigned, Capabilities, Colleague, DeliveryCard, Dispatch, Dispatched, DraftChange,
    FileWish, GroupChange, History, KindCapability, NewGroup, NumberWish, Opening, ReceivedFile,
    SentCard, SignOutcome, Thread, Trace, Verdict,
};
pub use identity::{
    AccountChange, ClientChange, ClientCredentials, ClientEntry, ClientSecretText, Credentials,
    IssuedTokens, MachineToken, NewAccount, NewClient, NewUnit, OneTimePassword, Standing,
    TokenFault, UnitChange,
};
pub use keys::Keys;
pub use mail::{MailOutcome, MailTrouble, Posted, send_test_mail};
pub use obligations::{
    DutyDetail, Escalation, Evaluation, ExtensionDecision, LedgerPage, LedgerRequest, LedgerSheet,
    Moment, ObjectionDecision, Preview, Registration, Today, ViewWish,
};
pub use once::{Answer, Begun, Once};
pub use readiness::Readiness;
pub use receipts::ReceiptBundle;
pub use search::{
    Difference, Feed, Found, IndexComparison, IndexSlot, Matched, Place, RebuildErrands,
    RebuildProgress, RebuildState, RebuildStatus, SearchMode, SearchRequest, SearchResult,
    SearchWish, Snippet, Spread, Suggested,
};
pub use statistics::{Comparison, FiguresQuestion, Statistics, StatisticsReport, row_name};
pub use uploads::{Announced, Checksum, Piece, Progress};
pub use verify::VerifyReport;
pub use work::Work;

use jiff::Timestamp;
use tokio::sync::{Notify, OnceCell, OwnedSemaphorePermit, Semaphore, watch};
use uuid::Uuid;
use wenshu_index::SearchIndex;

use crate::{blobs::Blobs, config::Config, domain::Rules, store::Store};

/// How long to wait before asking for another archive or workbook.
const ARCHIVING: Duration = Duration::from_secs(5);

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
    /// Names the hub in its evidence.
    origin: String,
    running: once::RunningKeys,
    guests: identity::Guests,
    directory: directory::Cache,
    calendar: calendar::Cache,
    changed: Notify,
    written: watch::Sender<()>,
    bells: events::Bells,
    uploads: exchange::Turnstile,
    writing: uploads::Writing,
    waiting_place: OnceCell<Uuid>,
    /// How many archives and workbooks are put together at once.
    archiving: Arc<Semaphore>,
    /// How many searches run at once.
    searching: Semaphore,
    post: mail::Counter,
}

impl Hub {
    /// A hub made of these parts.
    pub async fn open(parts: Parts) -> Result<Self> {
        let guests = identity::Guests::new(&parts.config.auth, &parts.config.limits)?;
        let searching = Semaphore::new(parts.config.search.concurrency.max(1));
        let archives = parts.config.limits.archives_at_once.max(1);
        let archives = usize::try_from(archives).unwrap_or(1);
        let origin = receipts::settle_origin(&parts.store).await?;
        Ok(Self(Arc::new(Inner {
            parts,
            origin,
            running: once::RunningKeys::default(),
            guests,
            directory: directory::Cache::default(),
            calendar: calendar::Cache::default(),
            changed: Notify::new(),
            written: watch::channel(()).0,
            bells: events::Bells::default(),
            uploads: exchange::Turnstile::default(),
            writing: uploads::Writing::default(),
            waiting_place: OnceCell::new(),
            archiving: Arc::new(Semaphore::new(archives)),
            searching,
            post: mail::Counter::default(),
        })))
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

    /// Lets an archive or a workbook be put together, if not too many are.
    fn permit_to_archive(&self) -> Result<OwnedSemaphorePermit> {
        let permit = self.0.archiving.clone().try_acquire_owned();
        permit.map_err(|_| Error::TooMany(ARCHIVING))
    }

    /// The name under which the hub states evidence.
    fn origin(&self) -> &str {
        &self.0.origin
    }

    /// Waits until something has been written on this node.
    pub async fn changed(&self) {
        self.0.changed.notified().await;
    }

    /// Tells whoever holds it that something has been written on this node, also what was
    /// written while they were busy.
    #[must_use]
    pub fn writing(&self) -> watch::Receiver<()> {
        self.0.written.subscribe()
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
        self.0.written.send_replace(());
    }
}
