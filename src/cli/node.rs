//! Puts a node together from its configuration.

use std::{
    fs::{self, File, Permissions},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use super::{keys, told};
use crate::{
    app::{Hub, IndexSlot, Parts, SystemClock},
    blobs::{self, Blobs},
    config::{Backend, Config, DatabaseUrl},
    domain::Rules,
    extract::{self, Extractor},
    store::{Database, Options, Store},
};

/// A hub with what it stands on.
pub(super) struct Node {
    pub(super) hub: Hub,
    pub(super) store: Store,
    /// Held as long as this process serves from the data folder.
    _lock: Option<File>,
    /// The folder of a throw-away index.
    _index: Option<tempfile::TempDir>,
}

impl Node {
    /// Opens a node that serves: the only one on its data folder.
    pub(super) async fn serving(config: Config) -> Result<Self, String> {
        let data_dir = config.hub.data_dir.clone();
        let alone = Self::alone(config).await?;
        alone.ok_or_else(|| format!("数据目录 {} 正由另一个 wenshu 进程使用", data_dir.display()))
    }

    /// Opens a node with its own index, unless another serves from the data folder.
    pub(super) async fn alone(config: Config) -> Result<Option<Self>, String> {
        let lock = prepare(&config.hub.data_dir)?;
        if lock.try_lock().is_err() {
            return Ok(None);
        }
        let index = config.index_dir();
        fs::create_dir_all(&index).map_err(|error| told(&error))?;
        let index = IndexSlot::open(index).map_err(|error| told(&error))?;
        let opened = Box::pin(Self::open(config, index, Some(lock), None)).await;
        opened.map(Some)
    }

    /// Opens a node for the operator's tools, also beside one that serves.
    pub(super) async fn beside(config: Config) -> Result<Self, String> {
        prepare(&config.hub.data_dir)?;
        let folder = tempfile::tempdir().map_err(|error| told(&error))?;
        let index = IndexSlot::open(folder.path().to_owned()).map_err(|error| told(&error))?;
        Box::pin(Self::open(config, index, None, Some(folder))).await
    }

    async fn open(
        config: Config,
        index: IndexSlot,
        lock: Option<File>,
        folder: Option<tempfile::TempDir>,
    ) -> Result<Self, String> {
        let store = Store::open(&store_options(&config)).await;
        let store = store.map_err(|error| format!("数据库无法打开：{}", told(&error)))?;
        let blobs = Blobs::open(&blob_options(&config)).await;
        let blobs = blobs.map_err(|error| format!("文件存储无法打开：{}", told(&error)))?;
        let parts = Parts {
            store: store.clone(),
            blobs,
            index,
            clock: Arc::new(SystemClock),
            rules: rules(&config.deadlines.rules_dir)?,
            keys: keys::open(&config.hub.data_dir)?,
            config,
            sniff,
        };
        let hub = Hub::open(parts).await.map_err(|error| told(&error))?;
        Ok(Self {
            hub,
            store,
            _lock: lock,
            _index: folder,
        })
    }

    /// What reads the text of files.
    pub(super) fn extractor(&self) -> Result<Extractor, String> {
        Ok(Extractor::new(
            extract_options(self.hub.config()),
            program()?,
        ))
    }
}

/// This very program, also after its file was replaced by a newer one.
fn program() -> Result<PathBuf, String> {
    let itself = PathBuf::from("/proc/self/exe");
    if itself.exists() {
        return Ok(itself);
    }
    std::env::current_exe().map_err(|error| told(&error))
}

/// Makes the data folder, readable by the hub alone, and opens its lock.
fn prepare(data_dir: &Path) -> Result<File, String> {
    let make = || -> std::io::Result<File> {
        fs::create_dir_all(data_dir)?;
        fs::set_permissions(data_dir, Permissions::from_mode(0o700))?;
        File::create(data_dir.join("wenshu.lock"))
    };
    make().map_err(|error| format!("数据目录 {} 无法使用：{}", data_dir.display(), told(&error)))
}

fn store_options(config: &Config) -> Options {
    let database = match &config.database.url {
        DatabaseUrl::Sqlite => Database::Sqlite(config.sqlite_file()),
        DatabaseUrl::Postgres(url) => Database::Postgres(url.expose().into()),
    };
    Options {
        database,
        readers: config.database.max_connections,
        acquire_timeout: config.database.acquire_timeout,
        busy_timeout: config.database.busy_timeout,
        cache_bytes: config.database.cache_bytes,
        group_limit: config.database.group_commit_limit,
    }
}

fn blob_options(config: &Config) -> blobs::Options {
    let s3 = &config.blobs;
    match s3.backend {
        Backend::Local => blobs::Options::Local {
            folder: config.blobs_dir(),
        },
        Backend::S3 => blobs::Options::S3(blobs::S3Options {
            endpoint: s3.s3_endpoint.clone(),
            bucket: s3.s3_bucket.clone(),
            region: s3.s3_region.clone(),
            access_key_id: s3.s3_access_key_id.clone(),
            secret_access_key: s3.s3_secret_access_key.expose().into(),
            allow_http: s3.s3_allow_http,
            path_style: !s3.s3_virtual_host,
            scratch: config.hub.data_dir.join("scratch"),
        }),
    }
}

fn extract_options(config: &Config) -> extract::Options {
    let options = &config.extract;
    extract::Options {
        concurrency: options.concurrency,
        wall_seconds: options.wall_timeout.max(Duration::from_secs(1)).as_secs(),
        max_file_bytes: options.max_input_bytes,
        limits: extract::Limits {
            memory_bytes: options.memory_bytes,
            cpu_seconds: options.cpu_seconds,
            max_text_bytes: options.max_output_bytes,
            ..extract::Limits::default()
        },
    }
}

/// The rules that are built in, or those of a folder.
fn rules(folder: &Path) -> Result<Rules, String> {
    if folder.as_os_str().is_empty() {
        return Ok(Rules::built_in());
    }
    let read = |path: &Path| {
        fs::read_to_string(path).map_err(|error| format!("{}：{}", path.display(), told(&error)))
    };
    let mut years: Vec<_> = fs::read_dir(folder.join("workdays"))
        .map_err(|error| format!("{}：{}", folder.display(), told(&error)))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "toml")
        })
        .collect();
    years.sort();
    let years = years
        .iter()
        .map(|path| read(path))
        .collect::<Result<Vec<_>, _>>()?;
    let years: Vec<&str> = years.iter().map(String::as_str).collect();
    let kinds = read(&folder.join("kinds.toml"))?;
    let deadlines = read(&folder.join("deadlines.toml"))?;
    Rules::from_toml(&kinds, &deadlines, &years).map_err(|fault| fault.to_string())
}

fn sniff(name: &str, head: &[u8], whole: Option<File>) -> String {
    let mut whole = whole;
    extract::sniff::media_type(name, head, whole.as_mut()).to_owned()
}
