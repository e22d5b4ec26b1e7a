//! A database of its own on the server of `WENSHU_TEST_POSTGRES`.

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use url::Url;

/// A fresh database on the server.
pub struct Server {
    admin: PgConnection,
    name: String,
    url: Url,
}

impl Server {
    /// Makes a database; says so and gives none where there is no server.
    pub async fn with_a_database() -> Option<Self> {
        let Ok(server) = std::env::var("WENSHU_TEST_POSTGRES") else {
            eprintln!("skipped: WENSHU_TEST_POSTGRES is not set");
            return None;
        };
        let mut admin = PgConnection::connect(&server).await.unwrap();
        let name = format!("drill_{}", uuid::Uuid::new_v4().simple());
        let create = AssertSqlSafe(format!("CREATE DATABASE {name}"));
        sqlx::query(create).execute(&mut admin).await.unwrap();
        let mut url = Url::parse(&server).unwrap();
        url.set_path(&name);
        Some(Self { admin, name, url })
    }

    pub fn url(&self) -> &str {
        self.url.as_str()
    }

    /// What a hub is told.
    pub fn setting(&self) -> String {
        format!("database.url={}", self.url)
    }

    /// Removes the database.
    pub async fn clear(mut self) {
        let drop = AssertSqlSafe(format!("DROP DATABASE {} WITH (FORCE)", self.name));
        sqlx::query(drop).execute(&mut self.admin).await.unwrap();
    }
}
