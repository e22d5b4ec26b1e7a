//! What kept searches watch for, and how far the change log has been read for it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Result, Tx,
    saved_searches::Row,
    tx::{Engine, changes, on_either},
    values::{count, ms},
};
use crate::domain::{DocumentId, SavedSearch, SavedSearchId};

/// What kept searches watch for.
pub struct SearchWatch<'t>(&'t mut Tx);

impl Tx {
    /// What kept searches watch for.
    pub fn search_watch(&mut self) -> SearchWatch<'_> {
        SearchWatch(self)
    }
}

/// The searches that watch, each with a document among a list that has come in to its unit since.
macro_rules! awaiting {
    ($listed:literal) => {
        concat!(
            "SELECT s.id, s.user_id, s.unit_id, s.name, s.criteria, s.watched_since, s.created_at,
                    s.revision, a.document_id
               FROM access a
              CROSS JOIN saved_searches s
              WHERE a.document_id ",
            $listed,
            "   AND a.basis NOT IN ('issuer', 'joint')
                AND s.unit_id = a.unit_id
                AND s.watched_since IS NOT NULL
                AND s.watched_since <= a.since
                AND NOT EXISTS (SELECT 1
                                  FROM search_matches m
                                 WHERE m.search_id = s.id AND m.document_id = a.document_id)"
        )
    };
}

const AWAITING_IN_SQLITE: &str = awaiting!("IN (SELECT unhex(value) FROM json_each($1))");
const AWAITING_IN_POSTGRES: &str = awaiting!("= ANY($1)");

#[derive(FromRow)]
struct AwaitingRow {
    #[sqlx(flatten)]
    search: Row,
    document_id: Uuid,
}

impl SearchWatch<'_> {
    /// How far the change log has been read.
    pub async fn position(&mut self) -> Result<u64> {
        let position: i64 = on_either!(self.0, |conn| {
            sqlx::query_scalar("SELECT position FROM search_watch WHERE one = 1")
                .fetch_one(conn)
                .await?
        });
        count(position)
    }

    /// Notes that the change log has been read from one position to another. Tells whether nobody
    /// else has read on meanwhile; whoever reads on at the same moment waits for this.
    pub async fn advance(&mut self, from: u64, to: u64) -> Result<bool> {
        Ok(changes!(
            self.0,
            "UPDATE search_watch SET position = $2 WHERE one = 1 AND position = $1",
            from.cast_signed(),
            to.cast_signed(),
        ))
    }

    /// The searches that watch, each with those among these documents that have come in to its
    /// unit since it does and that it was not told of. One that cannot be read is left out.
    pub async fn awaiting(
        &mut self,
        documents: &[DocumentId],
    ) -> Result<Vec<(SavedSearch, Vec<DocumentId>)>> {
        let rows: Vec<AwaitingRow> = match &mut self.0.engine {
            Engine::Sqlite(embedded) => {
                let ids: Vec<_> = documents
                    .iter()
                    .map(|id| id.0.simple().to_string())
                    .collect();
                sqlx::query_as(AWAITING_IN_SQLITE)
                    .bind(serde_json::Value::from(ids).to_string())
                    .fetch_all(embedded.connection())
                    .await?
            }
            Engine::Postgres(tx) => {
                let ids: Vec<Uuid> = documents.iter().map(|id| id.0).collect();
                sqlx::query_as(AWAITING_IN_POSTGRES)
                    .bind(ids)
                    .fetch_all(&mut **tx)
                    .await?
            }
        };
        let mut searches: BTreeMap<Uuid, (Row, Vec<DocumentId>)> = BTreeMap::new();
        for AwaitingRow {
            search,
            document_id,
        } in rows
        {
            let (_, found) = searches.entry(search.id).or_insert((search, Vec::new()));
            found.push(DocumentId(document_id));
        }
        Ok(searches.into_values().filter_map(readable).collect())
    }

    /// Notes that a search was told of a document. Tells whether it was not told before.
    pub async fn tell(
        &mut self,
        search: SavedSearchId,
        document: DocumentId,
        at: Timestamp,
    ) -> Result<bool> {
        Ok(changes!(
            self.0,
            "INSERT INTO search_matches (search_id, document_id, told_at)
             VALUES ($1, $2, $3)
                 ON CONFLICT DO NOTHING",
            search.0,
            document.0,
            ms(at),
        ))
    }
}

/// The search that a row says; nobody else goes without because it says none.
fn readable(
    (row, mut documents): (Row, Vec<DocumentId>),
) -> Option<(SavedSearch, Vec<DocumentId>)> {
    let id = row.id;
    let Ok(search) = SavedSearch::try_from(row) else {
        tracing::warn!(search = %id, "a kept search cannot be read; it is left out");
        return None;
    };
    documents.sort_unstable();
    Some((search, documents))
}
