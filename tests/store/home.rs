//! A database of its own for each test, gone when the test ends.

use std::{env, path::PathBuf, thread, time::Duration};

use secrecy::ExposeSecret as _;
use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Connection as _, FromRow, PgConnection, SqliteConnection,
    postgres::PgRow,
    sqlite::{SqliteConnectOptions, SqliteRow},
};
use tempfile::TempDir;
use url::Url;
use uuid::Uuid;
use wenshu::store::{Database, Options, Store, StoreError};

const FILE: &str = "hub.db";

/// Where a test keeps its database.
pub struct Home {
    pub options: Options,
    place: Place,
}

enum Place {
    Folder(TempDir),
    /// A database of this name on this server.
    Server(Url, String),
}

/// Reads a row of either engine.
pub trait Read: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

impl<T> Read for T where
    T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin
{
}

/// Whether this run is about PostgreSQL.
pub fn on_postgres() -> bool {
    match env::var("WENSHU_TEST_ENGINE").as_deref() {
        Ok("postgres") => true,
        Ok("sqlite" | "") | Err(_) => false,
        Ok(other) => panic!("WENSHU_TEST_ENGINE={other}: sqlite and postgres are the engines"),
    }
}

/// The server that tests may use, if there is one.
pub fn server() -> Option<Url> {
    let address = env::var("WENSHU_TEST_POSTGRES").ok()?;
    Some(Url::parse(&address).expect("WENSHU_TEST_POSTGRES is a postgres:// address"))
}

impl Home {
    /// On the engine that this run is about.
    pub async fn new() -> Self {
        if !on_postgres() {
            return Self::sqlite();
        }
        let server = server().expect("WENSHU_TEST_POSTGRES says where; see scripts/with-postgres");
        Self::postgres(server).await
    }

    /// A file in a folder of its own.
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::Sqlite(folder.path().join(FILE));
        Self {
            options: options(database),
            place: Place::Folder(folder),
        }
    }

    /// A fresh database on the server.
    pub async fn postgres(server: Url) -> Self {
        let name = format!("wenshu_test_{}", Uuid::now_v7().simple());
        let mut admin = PgConnection::connect(server.as_str()).await.unwrap();
        let create = AssertSqlSafe(format!("CREATE DATABASE {name}"));
        sqlx::raw_sql(create).execute(&mut admin).await.unwrap();
        admin.close().await.unwrap();
        let mut address = server.clone();
        address.set_path(&name);
        Self {
            options: options(Database::Postgres(address.as_str().into())),
            place: Place::Server(server, name),
        }
    }

    pub async fn open(&self) -> Store {
        self.try_open().await.unwrap()
    }

    pub async fn try_open(&self) -> Result<Store, StoreError> {
        Store::open(&self.options).await
    }

    pub fn is_postgres(&self) -> bool {
        matches!(self.place, Place::Server(..))
    }

    /// The file, where the engine has one.
    pub fn file(&self) -> Option<PathBuf> {
        match &self.place {
            Place::Folder(folder) => Some(folder.path().join(FILE)),
            Place::Server(..) => None,
        }
    }

    /// The name of the database, where the engine is a server.
    pub fn database(&self) -> &str {
        match &self.place {
            Place::Server(_, name) => name,
            Place::Folder(_) => panic!("a file has no name on a server"),
        }
    }

    /// Runs a statement behind the store's back.
    pub async fn run(&self, sql: &str) -> u64 {
        match self.behind().await {
            Behind::Sqlite(mut connection) => {
                let done = sqlx::raw_sql(AssertSqlSafe(sql))
                    .execute(&mut connection)
                    .await;
                connection.close().await.unwrap();
                done.unwrap().rows_affected()
            }
            Behind::Postgres(mut connection) => {
                let done = sqlx::raw_sql(AssertSqlSafe(sql))
                    .execute(&mut connection)
                    .await;
                connection.close().await.unwrap();
                done.unwrap().rows_affected()
            }
        }
    }

    /// Reads behind the store's back.
    pub async fn rows<T: Read>(&self, sql: &str) -> Vec<T> {
        let sql = AssertSqlSafe(sql);
        match self.behind().await {
            Behind::Sqlite(mut connection) => sqlx::query_as(sql)
                .fetch_all(&mut connection)
                .await
                .unwrap(),
            Behind::Postgres(mut connection) => sqlx::query_as(sql)
                .fetch_all(&mut connection)
                .await
                .unwrap(),
        }
    }

    /// A connection of its own, past the store.
    pub async fn behind(&self) -> Behind {
        match &self.options.database {
            Database::Sqlite(path) => {
                let options = SqliteConnectOptions::new()
                    .filename(path)
                    .create_if_missing(true);
                Behind::Sqlite(options.connect().await.unwrap())
            }
            Database::Postgres(address) => {
                let address = address.expose_secret();
                Behind::Postgres(PgConnection::connect(address).await.unwrap())
            }
        }
    }
}

/// A connection past the store.
pub enum Behind {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Drop for Home {
    /// Also after a failed test, as far as possible: hence a thread and a runtime of its own.
    fn drop(&mut self) {
        let Place::Server(server, name) = &self.place else {
            return;
        };
        let address = server.to_string();
        let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
        let dropped = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime.unwrap().block_on(async {
                let mut admin = PgConnection::connect(&address).await?;
                sqlx::raw_sql(AssertSqlSafe(drop))
                    .execute(&mut admin)
                    .await?;
                admin.close().await
            })
        });
        if let Ok(Err(error)) = dropped.join() {
            eprintln!("the database {name} stays behind: {error}");
        }
    }
}

fn options(database: Database) -> Options {
    Options {
        database,
        readers: 24,
        acquire_timeout: Duration::from_secs(30),
        busy_timeout: Duration::from_secs(30),
        cache_bytes: 1 << 21,
        group_limit: 32,
    }
}
