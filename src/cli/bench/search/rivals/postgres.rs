//! PostgreSQL with `pg_trgm`.

use std::time::Instant;

use sqlx::{Connection as _, PgConnection};

use super::{Answer, Built, PAGE, Rival, Task, number, pattern, place};
use crate::cli::{
    bench::search::library::{SEES_HALF, sees},
    told,
};

/// Texts of one statement.
const AT_ONCE: usize = 500;

/// A schema of its own, which goes as it came. The planner takes long texts, which lie outside of
/// their table, for cheap and reads them all; with that forbidden it uses the index.
const TABLES: &str = "
    DROP SCHEMA IF EXISTS wenshu_bench_search CASCADE;
    CREATE SCHEMA wenshu_bench_search;
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    SET search_path TO wenshu_bench_search, public;
    SET enable_seqscan TO off;
    SET enable_indexscan TO off;
    CREATE TABLE texts (place BIGINT PRIMARY KEY, whole TEXT NOT NULL);
    CREATE TABLE seen (place BIGINT PRIMARY KEY);
";
const INSERT: &str = "INSERT INTO texts SELECT * FROM UNNEST($1::BIGINT[], $2::TEXT[])";
const SHOW: &str = "INSERT INTO seen SELECT * FROM UNNEST($1::BIGINT[])";
const INDEX: &str = "
    CREATE INDEX texts_whole ON texts USING gin (whole gin_trgm_ops);
    VACUUM ANALYZE texts;
";
const SIZE: &str = "SELECT pg_total_relation_size('texts')";
const COUNT: &str =
    "SELECT COUNT(*) FROM texts t JOIN seen s ON s.place = t.place WHERE t.whole ILIKE $1";
const FIRST: &str = "SELECT t.place FROM texts t JOIN seen s ON s.place = t.place
      WHERE t.whole ILIKE $1 ORDER BY t.place DESC LIMIT $2";

/// A server with the texts in it.
pub(super) struct PgTrgm {
    connection: PgConnection,
}

impl PgTrgm {
    pub(super) async fn built(task: &Task<'_>, url: &str) -> Result<(Self, Built), String> {
        let connection = PgConnection::connect(url).await;
        let mut connection = connection.map_err(|error| told(&error))?;
        let began = Instant::now();
        let built = fill(&mut connection, task).await;
        let bytes = built.map_err(|error| told(&error))?;
        let took = began.elapsed();
        let bytes = u64::try_from(bytes).unwrap_or_default();
        Ok((Self { connection }, Built { took, bytes }))
    }

    pub(super) async fn close(mut self) -> Result<(), String> {
        let gone = sqlx::raw_sql("DROP SCHEMA wenshu_bench_search CASCADE");
        let gone = gone.execute(&mut self.connection).await;
        gone.map_err(|error| told(&error))?;
        self.connection.close().await.map_err(|error| told(&error))
    }

    async fn first(&mut self, term: &str, limit: i64) -> Result<Vec<usize>, String> {
        let rows = sqlx::query_scalar::<_, i64>(FIRST)
            .bind(pattern(term))
            .bind(limit)
            .fetch_all(&mut self.connection)
            .await;
        let rows = rows.map_err(|error| told(&error))?;
        Ok(rows.into_iter().map(place).collect())
    }
}

impl Rival for PgTrgm {
    async fn ask(&mut self, term: &str) -> Result<Answer, String> {
        let total = sqlx::query_scalar::<_, i64>(COUNT)
            .bind(pattern(term))
            .fetch_one(&mut self.connection)
            .await;
        let total = place(total.map_err(|error| told(&error))?);
        let first = self.first(term, PAGE).await?;
        Ok(Answer { total, first })
    }

    async fn all(&mut self, term: &str) -> Result<Vec<usize>, String> {
        self.first(term, i64::MAX).await
    }
}

/// Gives the bytes of texts and index.
async fn fill(connection: &mut PgConnection, task: &Task<'_>) -> sqlx::Result<i64> {
    sqlx::raw_sql(TABLES).execute(&mut *connection).await?;
    for (batch, texts) in task.texts.chunks(AT_ONCE).enumerate() {
        let places: Vec<usize> = (batch * AT_ONCE..).take(texts.len()).collect();
        let seen = places.iter().filter(|&&at| sees(SEES_HALF, at));
        let seen: Vec<i64> = seen.map(|&at| number(at)).collect();
        let places: Vec<i64> = places.iter().map(|&at| number(at)).collect();
        // What this database cannot keep in a text.
        let wholes = texts.iter().map(|text| text.whole().replace('\0', ""));
        sqlx::query(INSERT)
            .bind(places)
            .bind(wholes.collect::<Vec<String>>())
            .execute(&mut *connection)
            .await?;
        sqlx::query(SHOW)
            .bind(seen)
            .execute(&mut *connection)
            .await?;
    }
    for statement in INDEX
        .split(';')
        .map(str::trim)
        .filter(|one| !one.is_empty())
    {
        sqlx::raw_sql(statement).execute(&mut *connection).await?;
    }
    sqlx::query_scalar(SIZE).fetch_one(connection).await
}
