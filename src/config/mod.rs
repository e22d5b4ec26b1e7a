//! What an operator can set, where it is read from, and what is wrong with it.
//!
//! Four layers, each over the one before: built-in values, a file, environment variables
//! `WENSHU__SECTION__KEY`, flags `--set section.key=value`. Loading reads nothing of the process,
//! so that tests can hand everything in; [`standard_file`] and [`environment`] are for `main`.

mod catalog;
mod check;
mod explain;
mod fault;
mod layers;
mod sections;
mod values;

use std::{
    env,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

pub use self::{
    catalog::{OptionDoc, SECRETS, SectionDoc, catalog},
    fault::{ConfigFault, Fault, Origin, Reason},
    sections::{
        Auth, Backend, Blobs, Clients, Database, Deadlines, Deliveries, Documents, Events, Extract,
        Format, Hub, Level, Limits, Log, Mail, MailTls, Metrics, Reminders, Search, Server,
        Uploads,
    },
    values::{DatabaseUrl, Secret},
};
use self::{
    check::Check,
    layers::{Layers, Origins},
};

/// The whole configuration; each room takes the section with its own name.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Name, place and address of this installation.
    pub hub: Hub,
    /// Listeners and bounds of a request.
    pub server: Server,
    /// The database.
    pub database: Database,
    /// The store of files.
    pub blobs: Blobs,
    /// What may be uploaded.
    pub uploads: Uploads,
    /// Logins and tokens.
    pub auth: Auth,
    /// The programs of units.
    pub clients: Clients,
    /// Rates and page sizes.
    pub limits: Limits,
    /// Streams of the change feed.
    pub events: Events,
    /// The measure of a document.
    pub documents: Documents,
    /// Local agreements on deadlines.
    pub deadlines: Deadlines,
    /// Local agreements on receiving.
    pub deliveries: Deliveries,
    /// The index and queries.
    pub search: Search,
    /// Reading text out of files.
    pub extract: Extract,
    /// Reminding of what is owed.
    pub reminders: Reminders,
    /// Notifications by e-mail.
    pub mail: Mail,
    /// Logging.
    pub log: Log,
    /// Monitoring.
    pub metrics: Metrics,
    #[serde(skip)]
    origins: Origins,
}

/// What a configuration is made from.
pub struct Sources<'a, E> {
    /// A file that must be there; see [`standard_file`].
    pub file: Option<PathBuf>,
    /// Environment variables by name; those that are no options are passed over.
    pub env: E,
    /// The values of the flag `--set`, as `section.key=value`; the last one wins.
    pub sets: &'a [String],
}

impl Config {
    /// Lays the sources over the built-in values and checks the result.
    ///
    /// # Errors
    /// Everything that is wrong, in the words of the operator, with the place it was written in.
    pub fn load<E>(sources: Sources<'_, E>) -> Result<Self, ConfigFault>
    where
        E: Iterator<Item = (String, String)>,
    {
        let mut layers = Layers::of_defaults();
        if let Some(file) = &sources.file {
            layers.lay_file(file);
        }
        for (name, value) in sources.env {
            layers.lay_variable(&name, &value);
        }
        for (number, set) in (1..).zip(sources.sets) {
            layers.lay_set(number, set);
        }
        layers.read_secret_files();
        let config = layers.configuration();
        for (key, reason) in config.wrong_values() {
            layers.fault_at(&key, reason);
        }
        let Layers {
            origins, faults, ..
        } = layers;
        if faults.is_empty() {
            Ok(Self { origins, ..config })
        } else {
            Err(ConfigFault { faults })
        }
    }

    fn wrong_values(&self) -> Vec<(String, Reason)> {
        let mut faults = Vec::new();
        self.hub.check(Check::of("hub", &mut faults));
        self.server.check(Check::of("server", &mut faults));
        self.database.check(Check::of("database", &mut faults));
        self.blobs.check(Check::of("blobs", &mut faults));
        self.uploads.check(Check::of("uploads", &mut faults));
        self.auth.check(Check::of("auth", &mut faults));
        self.clients.check(Check::of("clients", &mut faults));
        self.limits.check(Check::of("limits", &mut faults));
        self.events.check(Check::of("events", &mut faults));
        self.documents.check(Check::of("documents", &mut faults));
        self.deadlines.check(Check::of("deadlines", &mut faults));
        self.deliveries.check(Check::of("deliveries", &mut faults));
        self.search.check(Check::of("search", &mut faults));
        self.extract.check(Check::of("extract", &mut faults));
        self.reminders.check(Check::of("reminders", &mut faults));
        self.mail.check(Check::of("mail", &mut faults));
        faults
    }

    /// Where the value of `section.key` was written.
    #[must_use]
    pub fn origin(&self, key: &str) -> Origin {
        self.origins.get(key).cloned().unwrap_or_default()
    }

    /// The file of the SQLite database.
    #[must_use]
    pub fn sqlite_file(&self) -> PathBuf {
        self.hub.data_dir.join("wenshu.db")
    }

    /// The folder of the files, where they are kept on this machine.
    #[must_use]
    pub fn blobs_dir(&self) -> PathBuf {
        self.folder(&self.blobs.local_dir, "blobs")
    }

    /// The folder of the search index.
    #[must_use]
    pub fn index_dir(&self) -> PathBuf {
        self.folder(&self.search.dir, "index")
    }

    fn folder(&self, chosen: &Path, name: &str) -> PathBuf {
        if chosen.as_os_str().is_empty() {
            self.hub.data_dir.join(name)
        } else {
            chosen.to_owned()
        }
    }
}

/// The file to load: the one that was named, or else `wenshu.toml` in `folder` if it is there.
///
/// The name comes from `--config` or, failing that, from the variable `WENSHU_CONFIG`.
#[must_use]
pub fn standard_file(named: Option<PathBuf>, folder: &Path) -> Option<PathBuf> {
    let usual = folder.join("wenshu.toml");
    named.or_else(|| usual.exists().then_some(usual))
}

/// The variables of this process, in the order of their names.
///
/// One that is not Unicode is passed on with marks of replacement; if it is an option, its value
/// is then refused by name, or stands out in `wenshu config`.
pub fn environment() -> impl Iterator<Item = (String, String)> {
    let text = |text: std::ffi::OsString| text.to_string_lossy().into_owned();
    let mut variables: Vec<_> = env::vars_os()
        .map(|(name, value)| (text(name), text(value)))
        .collect();
    variables.sort();
    variables.into_iter()
}
