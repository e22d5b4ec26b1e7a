use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Result, Tx,
    tx::on_either,
    values::{instant, ms, parsed, parsed_if},
};
use crate::domain::{Prefix, Unit, UnitId};

/// The units on the exchange.
pub struct Units<'t>(&'t mut Tx);

impl Tx {
    /// The units on the exchange.
    pub fn units(&mut self) -> Units<'_> {
        Units(self)
    }
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    full_name: String,
    short_name: String,
    branch: String,
    credit_code: Option<String>,
    parent_id: Option<Uuid>,
    active: bool,
    created_at: i64,
    revision: i64,
}

impl Row {
    fn unit(self, prefixes: Vec<Prefix>) -> Result<Unit> {
        Ok(Unit {
            id: UnitId(self.id),
            full_name: self.full_name,
            short_name: self.short_name,
            branch: parsed(&self.branch)?,
            credit_code: parsed_if(self.credit_code.as_deref())?,
            parent: self.parent_id.map(UnitId),
            prefixes,
            active: self.active,
            created_at: instant(self.created_at)?,
            revision: self.revision,
        })
    }
}

impl Units<'_> {
    /// Enters a unit. Tells whether it was entered: names and codes are unique.
    pub async fn insert(&mut self, unit: &Unit) -> Result<bool> {
        let entered = on_either!(self.0, |conn| {
            sqlx::query(
                "INSERT INTO units (id, full_name, short_name, branch, credit_code, parent_id,
                                    active, created_at, revision)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
                     ON CONFLICT DO NOTHING",
            )
            .bind(unit.id.0)
            .bind(&unit.full_name)
            .bind(&unit.short_name)
            .bind(unit.branch.code())
            .bind(unit.credit_code.as_ref().map(ToString::to_string))
            .bind(unit.parent.map(|id| id.0))
            .bind(unit.active)
            .bind(ms(unit.created_at))
            .bind(unit.revision)
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(entered > 0)
    }

    /// Writes the unit over the revision before it. Tells whether that one was still there.
    pub async fn update(&mut self, unit: &Unit) -> Result<bool> {
        let updated = on_either!(self.0, |conn| {
            sqlx::query(
                "UPDATE units
                    SET full_name = $2, short_name = $3, branch = $4, credit_code = $5,
                        parent_id = $6, active = $7, revision = $8
                  WHERE id = $1 AND revision = $8 - 1",
            )
            .bind(unit.id.0)
            .bind(&unit.full_name)
            .bind(&unit.short_name)
            .bind(unit.branch.code())
            .bind(unit.credit_code.as_ref().map(ToString::to_string))
            .bind(unit.parent.map(|id| id.0))
            .bind(unit.active)
            .bind(unit.revision)
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(updated > 0)
    }

    /// Gives the unit these prefixes and no others. Returns the first that another unit has.
    pub async fn set_prefixes(&mut self, unit: &Unit) -> Result<Option<Prefix>> {
        on_either!(self.0, |conn| {
            sqlx::query("DELETE FROM unit_prefixes WHERE unit_id = $1")
                .bind(unit.id.0)
                .execute(conn)
                .await?;
        });
        for (position, prefix) in (0_i64..).zip(&unit.prefixes) {
            let given = on_either!(self.0, |conn| {
                sqlx::query(
                    "INSERT INTO unit_prefixes (prefix, unit_id, position)
                     VALUES ($1, $2, $3)
                         ON CONFLICT DO NOTHING",
                )
                .bind(prefix.to_string())
                .bind(unit.id.0)
                .bind(position)
                .execute(conn)
                .await?
                .rows_affected()
            });
            if given == 0 {
                return Ok(Some(prefix.clone()));
            }
        }
        Ok(None)
    }

    /// Whether another unit than `but` has one of these: full name, short name, credit code.
    pub async fn taken(&mut self, unit: &Unit) -> Result<Option<&'static str>> {
        let rows: Vec<Row> = on_either!(self.0, |conn| {
            sqlx::query_as(
                "SELECT id, full_name, short_name, branch, credit_code, parent_id, active,
                        created_at, revision
                   FROM units
                  WHERE id <> $1
                    AND (full_name = $2 OR short_name = $3 OR credit_code = $4)",
            )
            .bind(unit.id.0)
            .bind(&unit.full_name)
            .bind(&unit.short_name)
            .bind(unit.credit_code.as_ref().map(ToString::to_string))
            .fetch_all(conn)
            .await?
        });
        Ok(rows.first().map(|other| {
            if other.full_name == unit.full_name {
                "full_name"
            } else if other.short_name == unit.short_name {
                "short_name"
            } else {
                "credit_code"
            }
        }))
    }

    /// Finds a unit.
    pub async fn find(&mut self, id: UnitId) -> Result<Option<Unit>> {
        let row: Option<Row> = on_either!(self.0, |conn| {
            sqlx::query_as(
                "SELECT id, full_name, short_name, branch, credit_code, parent_id, active,
                        created_at, revision
                   FROM units
                  WHERE id = $1",
            )
            .bind(id.0)
            .fetch_optional(conn)
            .await?
        });
        match row {
            Some(row) => {
                let prefixes = self.prefixes_of(id).await?;
                row.unit(prefixes).map(Some)
            }
            None => Ok(None),
        }
    }

    /// The next units by id, in the order they were entered.
    pub async fn list(&mut self, after: Option<UnitId>, limit: i64) -> Result<Vec<Unit>> {
        let rows: Vec<Row> = on_either!(self.0, |conn| {
            sqlx::query_as(
                "SELECT id, full_name, short_name, branch, credit_code, parent_id, active,
                        created_at, revision
                   FROM units
                  WHERE id > $1
                  ORDER BY id
                  LIMIT $2",
            )
            .bind(after.map_or(Uuid::nil(), |id| id.0))
            .bind(limit)
            .fetch_all(conn)
            .await?
        });
        let Some((first, last)) = rows.first().zip(rows.last()) else {
            return Ok(Vec::new());
        };
        let prefixes = self.prefixes_between(first.id, last.id).await?;
        rows.into_iter()
            .map(|row| {
                let own = prefixes.iter().filter(|(unit, _)| *unit == row.id);
                let own = own
                    .map(|(_, prefix)| parsed(prefix))
                    .collect::<Result<_>>()?;
                row.unit(own)
            })
            .collect()
    }

    async fn prefixes_of(&mut self, id: UnitId) -> Result<Vec<Prefix>> {
        let prefixes = self.prefixes_between(id.0, id.0).await?;
        prefixes.iter().map(|(_, prefix)| parsed(prefix)).collect()
    }

    async fn prefixes_between(&mut self, first: Uuid, last: Uuid) -> Result<Vec<(Uuid, String)>> {
        Ok(on_either!(self.0, |conn| {
            sqlx::query_as(
                "SELECT unit_id, prefix
                   FROM unit_prefixes
                  WHERE unit_id BETWEEN $1 AND $2
                  ORDER BY unit_id, position",
            )
            .bind(first)
            .bind(last)
            .fetch_all(conn)
            .await?
        }))
    }
}
