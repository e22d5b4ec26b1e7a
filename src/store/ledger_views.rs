use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Result, StoreError, Tx,
    tx::{changes, on_either},
    values::{count, instant, ms},
};
use crate::domain::{LedgerView, LedgerViewId, UnitId, UserId};

/// How people look at the ledger. Whoever asks for a view is a person and the unit they act for;
/// no view is found for anybody else.
pub struct LedgerViews<'t>(&'t mut Tx);

impl Tx {
    /// How people look at the ledger.
    pub fn ledger_views(&mut self) -> LedgerViews<'_> {
        LedgerViews(self)
    }
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    user_id: Uuid,
    unit_id: Uuid,
    name: String,
    criteria: String,
    created_at: i64,
    revision: i64,
}

impl TryFrom<Row> for LedgerView {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self> {
        let criteria = serde_json::from_str(&row.criteria);
        Ok(Self {
            id: LedgerViewId(row.id),
            user: UserId(row.user_id),
            unit: UnitId(row.unit_id),
            name: row.name,
            criteria: criteria.map_err(|error| StoreError::Unreadable(error.to_string()))?,
            created_at: instant(row.created_at)?,
            revision: row.revision,
        })
    }
}

/// The criteria as they are written.
fn written(view: &LedgerView) -> Result<String> {
    serde_json::to_string(&view.criteria).map_err(|error| StoreError::Unreadable(error.to_string()))
}

impl LedgerViews<'_> {
    /// Keeps a view. Tells whether it was kept: a name is there once for a person in a unit.
    pub async fn insert(&mut self, view: &LedgerView) -> Result<bool> {
        let criteria = written(view)?;
        Ok(changes!(
            self.0,
            "INSERT INTO ledger_views
                    (id, user_id, unit_id, name, criteria, created_at, revision)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
                 ON CONFLICT DO NOTHING",
            view.id.0,
            view.user.0,
            view.unit.0,
            &view.name,
            &criteria,
            ms(view.created_at),
            view.revision,
        ))
    }

    /// Writes a view over the revision before it. Tells whether that one was still there.
    pub async fn update(&mut self, view: &LedgerView) -> Result<bool> {
        let criteria = written(view)?;
        Ok(changes!(
            self.0,
            "UPDATE ledger_views
                SET name = $2, criteria = $3, revision = $4
              WHERE id = $1 AND revision = $4 - 1",
            view.id.0,
            &view.name,
            &criteria,
            view.revision,
        ))
    }

    /// Removes a view of this revision. Tells whether it was there.
    pub async fn delete(&mut self, id: LedgerViewId, revision: i64) -> Result<bool> {
        Ok(changes!(
            self.0,
            "DELETE FROM ledger_views WHERE id = $1 AND revision = $2",
            id.0,
            revision,
        ))
    }

    /// Whether another view of this person in this unit has the name.
    pub async fn is_taken(&mut self, view: &LedgerView) -> Result<bool> {
        let other: Option<Uuid> = on_either!(self.0, |conn| {
            sqlx::query_scalar(
                "SELECT id
                   FROM ledger_views
                  WHERE user_id = $1 AND unit_id = $2 AND name = $3 AND id <> $4",
            )
            .bind(view.user.0)
            .bind(view.unit.0)
            .bind(&view.name)
            .bind(view.id.0)
            .fetch_optional(conn)
            .await?
        });
        Ok(other.is_some())
    }

    /// How many views a person keeps in a unit.
    pub async fn count(&mut self, (user, unit): (UserId, UnitId)) -> Result<u64> {
        let kept: i64 = on_either!(self.0, |conn| {
            sqlx::query_scalar(
                "SELECT COUNT(*)
                   FROM ledger_views
                  WHERE user_id = $1 AND unit_id = $2",
            )
            .bind(user.0)
            .bind(unit.0)
            .fetch_one(conn)
            .await?
        });
        count(kept)
    }

    /// Finds a view for the person whose it is, in its unit.
    pub async fn find_for(
        &mut self,
        (user, unit): (UserId, UnitId),
        id: LedgerViewId,
    ) -> Result<Option<LedgerView>> {
        let row: Option<Row> = on_either!(self.0, |conn| {
            sqlx::query_as(
                "SELECT id, user_id, unit_id, name, criteria, created_at, revision
                   FROM ledger_views
                  WHERE id = $1 AND user_id = $2 AND unit_id = $3",
            )
            .bind(id.0)
            .bind(user.0)
            .bind(unit.0)
            .fetch_optional(conn)
            .await?
        });
        row.map(TryInto::try_into).transpose()
    }

    /// All views of a person in a unit, by their names.
    pub async fn list_for(&mut self, (user, unit): (UserId, UnitId)) -> Result<Vec<LedgerView>> {
        let rows: Vec<Row> = on_either!(self.0, |conn| {
            sqlx::query_as(
                "SELECT id, user_id, unit_id, name, criteria, created_at, revision
                   FROM ledger_views
                  WHERE user_id = $1 AND unit_id = $2
                  ORDER BY name",
            )
            .bind(user.0)
            .bind(unit.0)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(TryInto::try_into).collect()
    }
}
