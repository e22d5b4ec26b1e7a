//! A hub of one test's own, in a thread of its own: dropping it stops it and clears it away.

use std::{
    collections::HashMap,
    num::NonZeroU32,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicI64, Ordering},
    },
    thread::JoinHandle,
    time::Duration,
};

use ed25519_dalek::SigningKey;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tempfile::TempDir;
use tokio::{runtime, sync::oneshot};
use uuid::Uuid;
use wenshu::{
    app::{Clock, Hub, IndexSlot, Keys, Parts},
    blobs::{self, Blobs},
    config::{Config, Level, Log, Metrics},
    domain::Rules,
    extract::{self, Extractor},
    jobs::Jobs,
    server::{self, Listeners},
    store::{self, Database, Store},
    telemetry::Telemetry,
};

use super::{Asking, City, PASSWORD, engine::Engine};

/// 2026-09-01, a Tuesday, ten in the morning in China.
const BEGINNING: &str = "2026-09-01T02:00:00Z";

/// How a hub is to be.
pub struct Setting {
    pub config: Config,
    /// Whether files are read and documents indexed.
    pub jobs: bool,
    /// When its clock begins.
    pub beginning: &'static str,
    /// How many units there are beside the usual ones: `u0` and so on.
    pub more_units: usize,
}

/// A hub that answers.
pub struct TestHub {
    pub city: City,
    /// Where the API answers: `http://127.0.0.1:…`.
    pub public: String,
    /// Where health, readiness and metrics answer.
    pub operations: String,
    pub http: reqwest::Client,
    pub engine: Engine,
    pub(super) hub: Hub,
    store: Store,
    pub(super) clock: Arc<TestClock>,
    pub(super) second: tokio::sync::Mutex<Option<Hub>>,
    tokens: Mutex<HashMap<String, String>>,
    inside: runtime::Handle,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    folder: TempDir,
}

pub(super) struct TestClock(AtomicI64);

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

/// What the hub's thread hands out once it answers.
struct Opened {
    hub: Hub,
    store: Store,
    city: City,
    public: String,
    operations: String,
    inside: runtime::Handle,
}

impl TestHub {
    pub async fn open() -> Self {
        Self::with(|_| {}).await
    }

    /// A hub whose files are read and which can be searched.
    pub async fn that_reads() -> Self {
        Self::with(|setting| setting.jobs = true).await
    }

    /// A hub that differs from the usual one.
    pub async fn with(differ: impl FnOnce(&mut Setting)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let engine = Engine::chosen(folder.path());
        let mut setting = Setting {
            config: config(folder.path()),
            jobs: false,
            beginning: BEGINNING,
            more_units: 0,
        };
        differ(&mut setting);
        let beginning: Timestamp = setting.beginning.parse().unwrap();
        let clock = Arc::new(TestClock(AtomicI64::new(beginning.as_millisecond())));
        let (ready, opened) = oneshot::channel();
        let (stop, stopped) = oneshot::channel();
        let (database, time) = (engine.clone(), clock.clone());
        let thread =
            std::thread::spawn(move || live(life(setting, database, time, ready, stopped)));
        let opened = opened.await.expect("the hub opens");
        Self {
            city: opened.city,
            public: opened.public,
            operations: opened.operations,
            http: http_client(),
            engine,
            hub: opened.hub,
            store: opened.store,
            clock,
            second: tokio::sync::Mutex::default(),
            tokens: Mutex::default(),
            inside: opened.inside,
            stop: Some(stop),
            thread: Some(thread),
            folder,
        }
    }

    /// The person with this login.
    pub fn by<'a>(&'a self, login: &'a str) -> Asking<'a> {
        Asking {
            hub: self,
            login: Some(login),
        }
    }

    /// Somebody who has not logged in.
    pub fn nobody(&self) -> Asking<'_> {
        Asking {
            hub: self,
            login: None,
        }
    }

    pub fn unit(&self, key: &str) -> Uuid {
        self.city.unit(key)
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Lets time pass; whoever asks again logs in again.
    pub fn pass(&self, by: SignedDuration) {
        self.advance(by);
        self.tokens.lock().unwrap().clear();
    }

    /// Lets time pass of which nobody's login notices anything.
    pub fn advance(&self, by: SignedDuration) {
        let by = i64::try_from(by.as_millis()).unwrap();
        self.clock.0.fetch_add(by, Ordering::SeqCst);
    }

    /// Lets time pass until a moment, if it has not come yet.
    pub fn wait_until(&self, moment: Timestamp) {
        let moment = moment.as_millisecond();
        self.clock.0.fetch_max(moment, Ordering::SeqCst);
    }

    /// The access token of somebody who has logged in; the same one until it is forgotten.
    pub async fn token_of(&self, login: &str) -> String {
        let known = self.tokens.lock().unwrap().get(login).cloned();
        if let Some(token) = known {
            return token;
        }
        let token = self.log_in(login).await["access_token"]
            .as_str()
            .unwrap()
            .to_owned();
        self.tokens
            .lock()
            .unwrap()
            .insert(login.to_owned(), token.clone());
        token
    }

    /// Lets a program ask under a name, with this token.
    pub fn keep_token(&self, name: &str, token: &str) {
        let mut tokens = self.tokens.lock().unwrap();
        tokens.insert(name.to_owned(), token.to_owned());
    }

    /// Whoever asks next logs in anew.
    pub fn forget(&self, login: &str) {
        self.tokens.lock().unwrap().remove(login);
    }

    /// A login of its own.
    pub async fn log_in(&self, login: &str) -> serde_json::Value {
        let body = json!({ "login": login, "password": PASSWORD });
        self.nobody().post("/api/v1/auth/login", &body).await.ok()
    }

    /// The position of the change log.
    pub async fn position(&self) -> u64 {
        let store = self.store.clone();
        self.inside(async move {
            store
                .read()
                .await
                .unwrap()
                .changes()
                .newest()
                .await
                .unwrap()
        })
        .await
    }

    /// Whether the hub is on a server.
    pub fn is_on_postgres(&self) -> bool {
        matches!(self.engine, Engine::Postgres { .. })
    }

    /// Writes into the database behind the hub's back.
    pub async fn write_behind(&self, statements: &[String]) {
        let (engine, statements) = (self.engine.clone(), statements.to_vec());
        self.inside(async move { engine.write_behind(&statements).await })
            .await;
    }

    /// Every row that is not a mere note of who asked what.
    pub async fn rows(&self) -> Vec<String> {
        let engine = self.engine.clone();
        self.inside(async move { engine.rows().await }).await
    }

    /// Does something with the hub itself, where it lives.
    pub async fn with_hub<T, F>(&self, act: impl FnOnce(Hub) -> F) -> T
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        self.inside(act(self.hub.clone())).await
    }

    pub(super) async fn inside<T: Send + 'static>(
        &self,
        act: impl Future<Output = T> + Send + 'static,
    ) -> T {
        self.inside.spawn(act).await.unwrap()
    }

    /// The folder of the search index.
    pub fn index_folder(&self) -> PathBuf {
        self.hub.config().index_dir()
    }

    /// The key that signs evidence.
    pub fn evidence_key() -> SigningKey {
        SigningKey::from_bytes(&[7; 32])
    }

    /// The key that signs access tokens.
    pub fn token_key() -> SigningKey {
        SigningKey::from_bytes(&[8; 32])
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for TestHub {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(
                ended.is_ok() || std::thread::panicking(),
                "the hub stops quietly"
            );
        }
    }
}

fn http_client() -> reqwest::Client {
    // The client wants to know a provider although nothing here is encrypted.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none());
    // Without connections that linger, a hub stops at once.
    client.pool_max_idle_per_host(0).build().unwrap()
}

/// Logs nothing and counts everything; once for the process.
fn telemetry() -> Telemetry {
    static TELEMETRY: OnceLock<Telemetry> = OnceLock::new();
    let start = || {
        // A test that fails says why, which the hub's own hook would not.
        let hook = std::panic::take_hook();
        let log = Log {
            level: Level::Error,
            ..Log::default()
        };
        let telemetry = Telemetry::start(&log, &Metrics { enabled: true }, Some("off")).unwrap();
        std::panic::set_hook(hook);
        telemetry
    };
    TELEMETRY.get_or_init(start).clone()
}

/// Bounds that no ordinary test reaches, and passwords that cost nothing.
fn config(folder: &Path) -> Config {
    let many = NonZeroU32::new(1_000_000).unwrap();
    let mut config = Config::default();
    folder.clone_into(&mut config.hub.data_dir);
    config.server.listen = ([127, 0, 0, 1], 0).into();
    config.server.operations_listen = ([127, 0, 0, 1], 0).into();
    config.server.workers = 1;
    config.server.shutdown_timeout = Duration::from_secs(1);
    config.auth.argon2_memory_kib = 8;
    config.auth.argon2_iterations = 1;
    config.limits.user_per_second = many;
    config.limits.unit_per_second = many;
    config.limits.search_per_second = many;
    config.limits.login_burst = many;
    config.limits.login_per_minute = many;
    config.uploads.open_per_user = 1000;
    config.uploads.open_per_unit = 10_000;
    config
}

/// A node on a database, with a folder and a clock.
pub(super) async fn node(
    config: Config,
    database: Database,
    clock: Arc<dyn Clock>,
) -> (Hub, Store) {
    let options = store::Options {
        database,
        readers: config.database.max_connections,
        acquire_timeout: Duration::from_secs(10),
        busy_timeout: config.database.busy_timeout,
        cache_bytes: config.database.cache_bytes,
        group_limit: config.database.group_commit_limit,
    };
    let store = Store::open(&options).await.unwrap();
    let blobs = blobs::Options::Local {
        folder: config.blobs_dir(),
    };
    std::fs::create_dir_all(config.index_dir()).unwrap();
    let parts = Parts {
        store: store.clone(),
        blobs: Blobs::open(&blobs).await.unwrap(),
        index: IndexSlot::open(config.index_dir()).unwrap(),
        clock,
        rules: Rules::built_in(),
        keys: Keys {
            evidence: TestHub::evidence_key(),
            tokens: TestHub::token_key(),
        },
        config,
        sniff: |name, head, mut whole| {
            extract::sniff::media_type(name, head, whole.as_mut()).to_owned()
        },
    };
    let hub = Hub::open(parts).await.unwrap();
    (hub, store)
}

async fn life(
    setting: Setting,
    engine: Engine,
    clock: Arc<TestClock>,
    ready: oneshot::Sender<Opened>,
    stopped: oneshot::Receiver<()>,
) {
    let (hub, store) = node(setting.config, engine.prepare().await, clock).await;
    let city = City::settle(&hub, &store, setting.more_units).await;
    let listeners = Listeners::bind(&hub).unwrap();
    let (public, operations) = (listeners.public_address(), listeners.operations_address());
    let program = env!("CARGO_BIN_EXE_wenshu").into();
    let extractor = || Extractor::new(extract::Options::default(), program);
    let jobs = setting.jobs.then(|| Jobs::start(&hub, extractor()));
    let running = server::start(&hub, telemetry(), listeners).unwrap();
    let opened = Opened {
        hub,
        store: store.clone(),
        city,
        public: format!("http://{}", public.unwrap()),
        operations: format!("http://{}", operations.unwrap()),
        inside: runtime::Handle::current(),
    };
    if ready.send(opened).is_ok() {
        let _ = stopped.await;
    }
    running.stop().await.unwrap();
    if let Some(jobs) = jobs {
        jobs.stop(Duration::from_secs(10)).await;
    }
    store.close().await;
    engine.clear().await;
}

fn live(life: impl Future<Output = ()>) {
    let runtime = runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    runtime.unwrap().block_on(life);
}
