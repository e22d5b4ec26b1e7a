//! A hub of one bench's own, with its units and its listeners.

use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};
use tempfile::TempDir;

use super::city::City;
use crate::{
    cli::{Options, node::Node, serve, told},
    config::DatabaseUrl,
    server::{self, Listeners, Running},
};

/// Limits of rate would be measured otherwise; passwords are not what this is about.
const LIFTED: &[&str] = &[
    "server.listen=127.0.0.1:0",
    "server.operations_listen=127.0.0.1:0",
    "limits.user_per_second=10000",
    "limits.unit_per_second=100000",
    "limits.login_burst=1000",
    "auth.argon2_memory_kib=8192",
    "auth.argon2_iterations=1",
    "auth.access_token_ttl=1h",
    "auth.refresh_idle=2h",
    "documents.recipients_max=1000",
    "log.level=error",
];

/// A hub that answers, and its units.
pub(super) struct Stage {
    pub(super) node: Node,
    pub(super) city: City,
    /// Where it answers.
    pub(super) public: String,
    /// `sqlite` or `postgresql`.
    pub(super) engine: &'static str,
    running: Running,
    /// Kept last, so that it outlives the node.
    _scratch: TempDir,
}

impl Stage {
    /// Opens a hub in an empty folder, or in one that goes with it, with so many units. `more` is
    /// set besides what every bench sets.
    pub(super) async fn open(
        options: &Options,
        data: Option<&Path>,
        units: usize,
        more: &[&str],
    ) -> Result<Self, String> {
        let scratch = tempfile::tempdir().map_err(|error| told(&error))?;
        let own = scratch.path().join("data");
        let data = data.unwrap_or(&own);
        let mut sets = vec![format!("hub.data_dir={}", data.display())];
        sets.extend(LIFTED.iter().chain(more).map(|set| (*set).to_owned()));
        let config = options.load(&sets)?;
        let engine = match config.database.url {
            DatabaseUrl::Sqlite => "sqlite",
            DatabaseUrl::Postgres(_) => "postgresql",
        };
        let telemetry = serve::telemetry(&config)?;
        let node = Node::serving(config).await?;
        refuse_what_is_used(&node).await?;
        let city = City::enter(&node.hub, &node.store, units).await?;
        let listeners = Listeners::bind(&node.hub).map_err(|error| told(&error))?;
        let public = listeners.public_address().map_err(|error| told(&error))?;
        let running = server::start(&node.hub, telemetry, listeners);
        Ok(Self {
            node,
            city,
            public: format!("http://{public}"),
            engine,
            running: running.map_err(|error| told(&error))?,
            _scratch: scratch,
        })
    }

    /// Stops answering.
    pub(super) async fn close(self) -> Result<(), String> {
        self.running.stop().await.map_err(|error| told(&error))?;
        self.node.store.close().await;
        Ok(())
    }
}

/// A hub that somebody works with is no place to try out what it bears.
async fn refuse_what_is_used(node: &Node) -> Result<(), String> {
    let mut tx = node.store.read().await.map_err(|error| told(&error))?;
    if tx.users().any().await.map_err(|error| told(&error))? {
        return Err("数据库中已有账号；测速须用空的数据目录和数据库".to_owned());
    }
    Ok(())
}

/// Shows how far filling has come.
pub(super) fn progress(size: usize) -> ProgressBar {
    let bar = ProgressBar::new(size as u64).with_message("填充");
    match ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {eta}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
