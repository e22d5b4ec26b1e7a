//! SQLite FTS5 with its trigram tokenizer.

use std::{fs, path::Path, time::Instant};

use sqlx::{
    Connection as _, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

use super::{Answer, Built, LEAST, PAGE, Rival, Task, number, pattern, place};
use crate::cli::{
    bench::search::library::{SEES_HALF, sees},
    told,
};

/// The texts in one column, and who sees them.
const TABLES: &str = "
    CREATE VIRTUAL TABLE texts USING fts5(whole, tokenize = 'trigram');
    CREATE TABLE seen (place INTEGER PRIMARY KEY) STRICT;
";
const INSERT: &str = "INSERT INTO texts (rowid, whole) VALUES ($1, $2)";
const SHOW: &str = "INSERT INTO seen (place) VALUES ($1)";
const TIDY: &str = "INSERT INTO texts (texts) VALUES ('optimize')";

/// A long term is looked up, a short one is looked for in every text.
const COUNT: [&str; 2] = [
    "SELECT COUNT(*) FROM texts t JOIN seen s ON s.place = t.rowid WHERE t.whole MATCH $1",
    "SELECT COUNT(*) FROM texts t JOIN seen s ON s.place = t.rowid
      WHERE t.whole LIKE $1 ESCAPE '\\'",
];
const FIRST: [&str; 2] = [
    "SELECT t.rowid FROM texts t JOIN seen s ON s.place = t.rowid WHERE t.whole MATCH $1
      ORDER BY t.rowid DESC LIMIT $2",
    "SELECT t.rowid FROM texts t JOIN seen s ON s.place = t.rowid
      WHERE t.whole LIKE $1 ESCAPE '\\' ORDER BY t.rowid DESC LIMIT $2",
];

/// A file of its own with the texts in it.
pub(super) struct Fts5 {
    connection: SqliteConnection,
}

impl Fts5 {
    pub(super) async fn built(task: &Task<'_>, scratch: &Path) -> Result<(Self, Built), String> {
        let file = scratch.join("fts5.sqlite");
        let began = Instant::now();
        let mut connection = open(&file).await?;
        let built = fill(&mut connection, task).await;
        built.map_err(|error| told(&error))?;
        let took = began.elapsed();
        let bytes = fs::metadata(&file).map_or(0, |about| about.len());
        Ok((Self { connection }, Built { took, bytes }))
    }

    pub(super) async fn close(self) -> Result<(), String> {
        self.connection.close().await.map_err(|error| told(&error))
    }

    async fn first(&mut self, term: &str, limit: i64) -> Result<Vec<usize>, String> {
        let (way, sought) = sought(term);
        let rows = sqlx::query_scalar::<_, i64>(FIRST[way])
            .bind(sought)
            .bind(limit)
            .fetch_all(&mut self.connection)
            .await;
        let rows = rows.map_err(|error| told(&error))?;
        Ok(rows.into_iter().map(place).collect())
    }
}

impl Rival for Fts5 {
    async fn ask(&mut self, term: &str) -> Result<Answer, String> {
        let (way, pattern) = sought(term);
        let total = sqlx::query_scalar::<_, i64>(COUNT[way])
            .bind(pattern)
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

async fn open(file: &Path) -> Result<SqliteConnection, String> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Delete)
        .synchronous(SqliteSynchronous::Off)
        .pragma("cache_size", "-65536");
    let opened = SqliteConnection::connect_with(&options).await;
    opened.map_err(|error| told(&error))
}

async fn fill(connection: &mut SqliteConnection, task: &Task<'_>) -> sqlx::Result<()> {
    sqlx::raw_sql(TABLES).execute(&mut *connection).await?;
    let mut tx = connection.begin().await?;
    for (at, text) in task.texts.iter().enumerate() {
        sqlx::query(INSERT)
            .bind(number(at))
            .bind(text.whole())
            .execute(&mut *tx)
            .await?;
        if sees(SEES_HALF, at) {
            sqlx::query(SHOW).bind(number(at)).execute(&mut *tx).await?;
        }
    }
    tx.commit().await?;
    sqlx::raw_sql(TIDY).execute(connection).await?;
    Ok(())
}

/// Which statement, and what it is given.
fn sought(term: &str) -> (usize, String) {
    if term.chars().count() < LEAST {
        return (1, pattern(term));
    }
    (0, quoted(term))
}

/// A term as FTS5 takes it: a string.
fn quoted(term: &str) -> String {
    format!("\"{}\"", term.replace('"', "\"\""))
}

/// FTS5 as an engine that puts texts in order: any three characters of what is asked, by its
/// own BM25 over title and text.
pub(in crate::cli::bench::search) struct Ranks {
    connection: SqliteConnection,
}

const RANKED: &str = "CREATE VIRTUAL TABLE ranked USING fts5(title, body, tokenize = 'trigram')";
const BEST: &str = "SELECT rowid FROM ranked WHERE ranked MATCH $1 ORDER BY bm25(ranked) LIMIT $2";

impl Ranks {
    /// Takes titles and texts in.
    pub(in crate::cli::bench::search) async fn built(
        file: &Path,
        texts: impl Iterator<Item = (&str, &str)>,
    ) -> Result<Self, String> {
        let mut connection = open(file).await?;
        let built = async {
            sqlx::raw_sql(RANKED).execute(&mut connection).await?;
            let mut tx = connection.begin().await?;
            for (at, (title, body)) in texts.enumerate() {
                sqlx::query("INSERT INTO ranked (rowid, title, body) VALUES ($1, $2, $3)")
                    .bind(number(at))
                    .bind(title)
                    .bind(body)
                    .execute(&mut *tx)
                    .await?;
            }
            tx.commit().await
        };
        built.await.map_err(|error| told(&error))?;
        Ok(Self { connection })
    }

    /// The places of the best.
    pub(in crate::cli::bench::search) async fn best(
        &mut self,
        asked: &str,
        limit: i64,
    ) -> Result<Vec<usize>, String> {
        let sought = any_three(asked);
        if sought.is_empty() {
            return Ok(Vec::new());
        }
        let rows = sqlx::query_scalar::<_, i64>(BEST)
            .bind(sought)
            .bind(limit)
            .fetch_all(&mut self.connection)
            .await;
        let rows = rows.map_err(|error| told(&error))?;
        Ok(rows.into_iter().map(place).collect())
    }
}

/// Any three characters in a row, but for those with punctuation in them.
fn any_three(asked: &str) -> String {
    let chars: Vec<char> = asked.chars().collect();
    let triples = chars.windows(LEAST);
    let words = triples.filter(|triple| triple.iter().all(|c| c.is_alphanumeric()));
    let terms: Vec<_> = words
        .map(|triple| quoted(&triple.iter().collect::<String>()))
        .collect();
    terms.join(" OR ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_terms_are_looked_for_and_long_ones_looked_up() {
        assert_eq!(sought("税"), (1, "%税%".to_owned()));
        assert_eq!(sought("司法建议"), (0, "\"司法建议\"".to_owned()));
        assert_eq!(sought("a\"bc"), (0, "\"a\"\"bc\"".to_owned()));
    }

    #[test]
    fn a_question_is_all_of_its_triples() {
        assert_eq!(any_three("工伤怎么，赔？"), "\"工伤怎\" OR \"伤怎么\"");
        assert_eq!(any_three("赔？"), "");
    }
}
