use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Result, StoreError, Tx,
    tx::{changes, on_either},
    values::{count, instant, instant_if, ms},
};
use crate::domain::{SavedSearch, SavedSearchId, UnitId, UserId};

/// What people search for again and again. Whoever asks for a search is a person and the unit they
/// act for; no search is found for anybody else.
pub struct SavedSearches<'t>(&'t mut Tx);

impl Tx {
    /// What people search for again and again.
    pub fn saved_searches(&mut self) -> SavedSearches<'_> {
        SavedSearches(self)
    }
}

/// The columns of a search.
macro_rules! search_columns {
    () => {
        "SELECT id, user_id, unit_id, name, criteria, watched_since, created_at, revision
               FROM saved_searches"
    };
}

#[derive(FromRow)]
pub(super) struct Row {
    pub(super) id: Uuid,
    user_id: Uuid,
    unit_id: Uuid,
    name: String,
    criteria: String,
    watched_since: Option<i64>,
    created_at: i64,
    revision: i64,
}

impl TryFrom<Row> for SavedSearch {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self> {
        let criteria = serde_json::from_str(&row.criteria);
        Ok(Self {
            id: SavedSearchId(row.id),
            user: UserId(row.user_id),
            unit: UnitId(row.unit_id),
            name: row.name,
            criteria: criteria.map_err(|error| StoreError::Unreadable(error.to_string()))?,
            watched_since: instant_if(row.watched_since)?,
            created_at: instant(row.created_at)?,
            revision: row.revision,
        })
    }
}

/// The criteria as they are written.
fn written(search: &SavedSearch) -> Result<String> {
    serde_json::to_string(&search.criteria)
        .map_err(|error| StoreError::Unreadable(error.to_string()))
}

impl SavedSearches<'_> {
    /// Keeps a search. Tells whether it was kept: a name is there once for a person in a unit.
    pub async fn insert(&mut self, search: &SavedSearch) -> Result<bool> {
        let criteria = written(search)?;
        Ok(changes!(
            self.0,
            "INSERT INTO saved_searches
                    (id, user_id, unit_id, name, criteria, watched_since, created_at, revision)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                 ON CONFLICT DO NOTHING",
            search.id.0,
            search.user.0,
            search.unit.0,
            &search.name,
            &criteria,
            search.watched_since.map(ms),
            ms(search.created_at),
            search.revision,
        ))
    }

    /// Writes a search over the revision before it. Tells whether that one was still there.
    pub async fn update(&mut self, search: &SavedSearch) -> Result<bool> {
        let criteria = written(search)?;
        Ok(changes!(
            self.0,
            "UPDATE saved_searches
                SET name = $2, criteria = $3, watched_since = $4, revision = $5
              WHERE id = $1 AND revision = $5 - 1",
            search.id.0,
            &search.name,
            &criteria,
            search.watched_since.map(ms),
            search.revision,
        ))
    }

    /// Removes a search of this revision, with what is known of its matches. Tells whether it was
    /// there.
    pub async fn delete(&mut self, id: SavedSearchId, revision: i64) -> Result<bool> {
        Ok(changes!(
            self.0,
            "DELETE FROM saved_searches WHERE id = $1 AND revision = $2",
            id.0,
            revision,
        ))
    }

    /// Whether another search of this person in this unit has the name.
    pub async fn is_taken(&mut self, search: &SavedSearch) -> Result<bool> {
        let other: Option<Uuid> = on_either!(self.0, |conn| {
            sqlx::query_scalar(
                "SELECT id
                   FROM saved_searches
                  WHERE user_id = $1 AND unit_id = $2 AND name = $3 AND id <> $4",
            )
            .bind(search.user.0)
            .bind(search.unit.0)
            .bind(&search.name)
            .bind(search.id.0)
            .fetch_optional(conn)
            .await?
        });
        Ok(other.is_some())
    }

    /// How many searches a person keeps in a unit.
    pub async fn count(&mut self, (user, unit): (UserId, UnitId)) -> Result<u64> {
        let kept: i64 = on_either!(self.0, |conn| {
            sqlx::query_scalar(
                "SELECT COUNT(*)
                   FROM saved_searches
                  WHERE user_id = $1 AND unit_id = $2",
            )
            .bind(user.0)
            .bind(unit.0)
            .fetch_one(conn)
            .await?
        });
        count(kept)
    }

    /// A search, whoever it is of.
    pub async fn find(&mut self, id: SavedSearchId) -> Result<Option<SavedSearch>> {
        let row: Option<Row> = on_either!(self.0, |conn| {
            sqlx::query_as(concat!(search_columns!(), " WHERE id = $1"))
                .bind(id.0)
                .fetch_optional(conn)
                .await?
        });
        row.map(TryInto::try_into).transpose()
    }

    /// Finds a search for the person whose it is, in its unit.
    pub async fn find_for(
        &mut self,
        (user, unit): (UserId, UnitId),
        id: SavedSearchId,
    ) -> Result<Option<SavedSearch>> {
        let row: Option<Row> = on_either!(self.0, |conn| {
            sqlx::query_as(concat!(
                search_columns!(),
                " WHERE id = $1 AND user_id = $2 AND unit_id = $3"
            ))
            .bind(id.0)
            .bind(user.0)
            .bind(unit.0)
            .fetch_optional(conn)
            .await?
        });
        row.map(TryInto::try_into).transpose()
    }

    /// All searches of a person in a unit, by their names.
    pub async fn list_for(&mut self, (user, unit): (UserId, UnitId)) -> Result<Vec<SavedSearch>> {
        let rows: Vec<Row> = on_either!(self.0, |conn| {
            sqlx::query_as(concat!(
                search_columns!(),
                " WHERE user_id = $1 AND unit_id = $2 ORDER BY name"
            ))
            .bind(user.0)
            .bind(unit.0)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(TryInto::try_into).collect()
    }
}
