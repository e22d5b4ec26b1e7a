//! The database of one test: a file in its folder, or a fresh database on the server of
//! `WENSHU_TEST_POSTGRES`.

use std::path::Path;

use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection};
use wenshu::store::Database;

/// Tables that note who asked what; a refusal may leave a line in them.
const NOTES: [&str; 4] = ["audits", "log_head", "sessions", "refresh_tokens"];

/// Where a test keeps its truth.
#[derive(Clone)]
pub enum Engine {
    Sqlite(std::path::PathBuf),
    Postgres { server: String, name: String },
}

impl Engine {
    /// The engine that this run of the suite is about.
    pub fn chosen(folder: &Path) -> Self {
        match std::env::var("WENSHU_TEST_ENGINE").as_deref() {
            Ok("postgres") => Self::Postgres {
                server: std::env::var("WENSHU_TEST_POSTGRES")
                    .expect("WENSHU_TEST_POSTGRES names the server; see scripts/with-postgres"),
                name: format!("wenshu_{}", uuid::Uuid::now_v7().simple()),
            },
            Ok("sqlite") | Err(_) => Self::Sqlite(folder.join("wenshu.db")),
            Ok(other) => panic!("WENSHU_TEST_ENGINE is sqlite or postgres, not {other}"),
        }
    }

    fn url(&self) -> Option<String> {
        let Self::Postgres { server, name } = self else {
            return None;
        };
        let mut url = url::Url::parse(server).unwrap();
        url.set_path(name);
        Some(url.into())
    }

    /// Makes the database.
    pub async fn prepare(&self) -> Database {
        if let Self::Postgres { name, .. } = self {
            self.on_server(format!("CREATE DATABASE {name}")).await;
        }
        self.database()
    }

    /// The database, once it is made.
    pub fn database(&self) -> Database {
        match self {
            Self::Sqlite(file) => Database::Sqlite(file.clone()),
            Self::Postgres { .. } => Database::Postgres(self.url().unwrap().into()),
        }
    }

    /// Removes it; a file goes with its folder.
    pub async fn clear(&self) {
        if let Self::Postgres { name, .. } = self {
            self.on_server(format!("DROP DATABASE {name} WITH (FORCE)"))
                .await;
        }
    }

    async fn on_server(&self, sql: String) {
        let Self::Postgres { server, .. } = self else {
            return;
        };
        let mut server = PgConnection::connect(server).await.unwrap();
        sqlx::query(AssertSqlSafe(sql))
            .execute(&mut server)
            .await
            .unwrap();
        server.close().await.unwrap();
    }

    /// Writes into the database behind the hub's back.
    pub async fn write_behind(&self, statements: &[String]) {
        match self {
            Self::Sqlite(file) => {
                let url = format!("sqlite://{}", file.display());
                let mut connection = SqliteConnection::connect(&url).await.unwrap();
                for sql in statements {
                    let sql = sqlx::query(AssertSqlSafe(sql.as_str()));
                    sql.execute(&mut connection).await.unwrap();
                }
                connection.close().await.unwrap();
            }
            Self::Postgres { .. } => {
                let url = self.url().unwrap();
                let mut connection = PgConnection::connect(&url).await.unwrap();
                for sql in statements {
                    let sql = sqlx::query(AssertSqlSafe(sql.as_str()));
                    sql.execute(&mut connection).await.unwrap();
                }
                connection.close().await.unwrap();
            }
        }
    }

    /// Every row of every table, but for the notes of who asked what. Two of these are equal if
    /// and only if nothing has changed between them.
    pub async fn rows(&self) -> Vec<String> {
        match self {
            Self::Sqlite(file) => sqlite_rows(file).await,
            Self::Postgres { .. } => postgres_rows(&self.url().unwrap()).await,
        }
    }
}

async fn sqlite_rows(file: &Path) -> Vec<String> {
    let url = format!("sqlite://{}?mode=ro", file.display());
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name";
    let tables: Vec<String> = sqlx::query_scalar(tables)
        .fetch_all(&mut connection)
        .await
        .unwrap();
    let mut rows = Vec::new();
    for table in tables
        .iter()
        .filter(|table| !NOTES.contains(&table.as_str()))
    {
        let columns = format!("SELECT 'quote(' || name || ')' FROM pragma_table_info('{table}')");
        let columns: Vec<String> = sqlx::query_scalar(AssertSqlSafe(columns))
            .fetch_all(&mut connection)
            .await
            .unwrap();
        let row = columns.join(" || '|' || ");
        let sql = format!("SELECT '{table}: ' || {row} AS line FROM {table} ORDER BY line");
        let found: Vec<String> = sqlx::query_scalar(AssertSqlSafe(sql))
            .fetch_all(&mut connection)
            .await
            .unwrap();
        rows.extend(found);
    }
    rows
}

async fn postgres_rows(url: &str) -> Vec<String> {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let tables = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1";
    let tables: Vec<String> = sqlx::query_scalar(tables)
        .fetch_all(&mut connection)
        .await
        .unwrap();
    let mut rows = Vec::new();
    for table in tables
        .iter()
        .filter(|table| !NOTES.contains(&table.as_str()))
    {
        let sql = format!("SELECT '{table}: ' || t::text AS line FROM {table} t ORDER BY line");
        let found: Vec<String> = sqlx::query_scalar(AssertSqlSafe(sql))
            .fetch_all(&mut connection)
            .await
            .unwrap();
        rows.extend(found);
    }
    connection.close().await.unwrap();
    rows
}
