use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Result, Tx,
    tx::on_either,
    values::{instant, ms},
};
use crate::domain::{Group, GroupId, UnitId};

/// The groups of units that documents may be addressed to.
pub struct Groups<'t>(&'t mut Tx);

impl Tx {
    /// The groups of units that documents may be addressed to.
    pub fn groups(&mut self) -> Groups<'_> {
        Groups(self)
    }
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    name: String,
    created_at: i64,
    revision: i64,
}

impl Row {
    fn group(self, members: Vec<UnitId>) -> Result<Group> {
        Ok(Group {
            id: GroupId(self.id),
            name: self.name,
            members,
            created_at: instant(self.created_at)?,
            revision: self.revision,
        })
    }
}

impl Groups<'_> {
    /// Enters a group with its members. Tells whether it was entered: names are unique.
    pub async fn insert(&mut self, group: &Group) -> Result<bool> {
        let entered = on_either!(self.0, |conn| {
            sqlx::query(
                "INSERT INTO unit_groups (id, name, created_at, revision)
                 VALUES ($1, $2, $3, $4)
                     ON CONFLICT DO NOTHING",
            )
            .bind(group.id.0)
            .bind(&group.name)
            .bind(ms(group.created_at))
            .bind(group.revision)
            .execute(conn)
            .await?
            .rows_affected()
        });
        if entered > 0 {
            self.set_members(group).await?;
        }
        Ok(entered > 0)
    }

    /// Writes a group over the revision before it. Tells whether that one was still there.
    pub async fn update(&mut self, group: &Group) -> Result<bool> {
        let updated = on_either!(self.0, |conn| {
            sqlx::query(
                "UPDATE unit_groups
                    SET name = $2, revision = $3
                  WHERE id = $1 AND revision = $3 - 1",
            )
            .bind(group.id.0)
            .bind(&group.name)
            .bind(group.revision)
            .execute(conn)
            .await?
            .rows_affected()
        });
        if updated > 0 {
            self.set_members(group).await?;
        }
        Ok(updated > 0)
    }

    /// Removes a group of this revision. Tells whether it was there. Documents that were
    /// addressed to it keep its name and the units that they went to.
    pub async fn delete(&mut self, id: GroupId, revision: i64) -> Result<bool> {
        // Written rather than read, so that nobody changes it before it is gone.
        let found = on_either!(self.0, |conn| {
            sqlx::query(
                "UPDATE unit_groups
                    SET revision = revision + 1
                  WHERE id = $1 AND revision = $2",
            )
            .bind(id.0)
            .bind(revision)
            .execute(conn)
            .await?
            .rows_affected()
        });
        if found == 0 {
            return Ok(false);
        }
        for statement in [
            "DELETE FROM unit_group_members WHERE group_id = $1",
            "DELETE FROM unit_groups WHERE id = $1",
        ] {
            on_either!(self.0, |conn| {
                sqlx::query(statement).bind(id.0).execute(conn).await?;
            });
        }
        Ok(true)
    }

    /// Whether another group has this name.
    pub async fn is_taken(&mut self, name: &str, but: GroupId) -> Result<bool> {
        let other: Option<Uuid> = on_either!(self.0, |conn| {
            sqlx::query_scalar("SELECT id FROM unit_groups WHERE name = $1 AND id <> $2")
                .bind(name)
                .bind(but.0)
                .fetch_optional(conn)
                .await?
        });
        Ok(other.is_some())
    }

    /// Finds a group with its members.
    pub async fn find(&mut self, id: GroupId) -> Result<Option<Group>> {
        let row: Option<Row> = on_either!(self.0, |conn| {
            sqlx::query_as("SELECT id, name, created_at, revision FROM unit_groups WHERE id = $1")
                .bind(id.0)
                .fetch_optional(conn)
                .await?
        });
        match row {
            Some(row) => {
                let members = self.members_between(row.id, row.id).await?;
                row.group(members.into_iter().map(|(_, unit)| unit).collect())
                    .map(Some)
            }
            None => Ok(None),
        }
    }

    /// The next groups by id, in the order they were entered.
    pub async fn list(&mut self, after: Option<GroupId>, limit: i64) -> Result<Vec<Group>> {
        let rows: Vec<Row> = on_either!(self.0, |conn| {
            sqlx::query_as(
                "SELECT id, name, created_at, revision
                   FROM unit_groups
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
        let members = self.members_between(first.id, last.id).await?;
        rows.into_iter()
            .map(|row| {
                let own = members.iter().filter(|(group, _)| *group == row.id);
                let own = own.map(|(_, unit)| *unit).collect();
                row.group(own)
            })
            .collect()
    }

    async fn set_members(&mut self, group: &Group) -> Result<()> {
        on_either!(self.0, |conn| {
            sqlx::query("DELETE FROM unit_group_members WHERE group_id = $1")
                .bind(group.id.0)
                .execute(conn)
                .await?;
        });
        for (position, unit) in (0_i64..).zip(&group.members) {
            on_either!(self.0, |conn| {
                sqlx::query(
                    "INSERT INTO unit_group_members (group_id, position, unit_id)
                     VALUES ($1, $2, $3)",
                )
                .bind(group.id.0)
                .bind(position)
                .bind(unit.0)
                .execute(conn)
                .await?;
            });
        }
        Ok(())
    }

    async fn members_between(&mut self, first: Uuid, last: Uuid) -> Result<Vec<(Uuid, UnitId)>> {
        let rows: Vec<(Uuid, Uuid)> = on_either!(self.0, |conn| {
            sqlx::query_as(
                "SELECT group_id, unit_id
                   FROM unit_group_members
                  WHERE group_id BETWEEN $1 AND $2
                  ORDER BY group_id, position",
            )
            .bind(first)
            .bind(last)
            .fetch_all(conn)
            .await?
        });
        Ok(rows
            .into_iter()
            .map(|(group, unit)| (group, UnitId(unit)))
            .collect())
    }
}
