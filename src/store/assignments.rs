use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Result, Tx,
    tx::{Engine, on_either},
    values::{instant, ms, parsed, parsed_list},
};
use crate::domain::{Assignment, Delivery, DeliveryId, Role, UnitId, UserId};

/// The most people that are read of one unit.
const MEMBERS: i64 = 1000;

/// Who handles what inside a unit.
pub struct Assignments<'t>(&'t mut Tx);

impl Tx {
    /// Who handles what inside a unit.
    pub fn assignments(&mut self) -> Assignments<'_> {
        Assignments(self)
    }
}

/// The present handlers of deliveries to the unit `$1`; no other unit finds them.
macro_rules! handlers_in {
    () => {
        "SELECT g.delivery_id, g.turn, g.user_id, g.role, g.assigned_by, g.assigned_at, g.note
           FROM assignments g
          WHERE g.unit_id = $1 AND g.replaced_at IS NULL AND g.delivery_id "
    };
}

#[derive(FromRow)]
struct Row {
    delivery_id: Uuid,
    turn: i64,
    user_id: Uuid,
    role: String,
    assigned_by: Uuid,
    assigned_at: i64,
    note: Option<String>,
}

impl TryFrom<Row> for Assignment {
    type Error = super::StoreError;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            delivery: DeliveryId(row.delivery_id),
            turn: row.turn,
            user: UserId(row.user_id),
            role: parsed(&row.role)?,
            assigned: (UserId(row.assigned_by), instant(row.assigned_at)?),
            note: row.note,
        })
    }
}

impl Assignments<'_> {
    /// Gives a delivery to these people of its unit, in place of those who had it before; these
    /// stay written down.
    pub async fn replace(&mut self, delivery: &Delivery, handlers: &[Assignment]) -> Result<()> {
        let Some(first) = handlers.first() else {
            return Ok(());
        };
        on_either!(self.0, |conn| {
            sqlx::query(
                "UPDATE assignments
                    SET replaced_at = $2
                  WHERE delivery_id = $1 AND replaced_at IS NULL",
            )
            .bind(delivery.id.0)
            .bind(ms(first.assigned.1))
            .execute(conn)
            .await?;
        });
        for one in handlers {
            on_either!(self.0, |conn| {
                sqlx::query(
                    "INSERT INTO assignments (delivery_id, turn, user_id, unit_id, role,
                                              assigned_by, assigned_at, note, sent_at)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                )
                .bind(delivery.id.0)
                .bind(one.turn)
                .bind(one.user.0)
                .bind(delivery.unit.0)
                .bind(one.role.code())
                .bind(one.assigned.0.0)
                .bind(ms(one.assigned.1))
                .bind(&one.note)
                .bind(ms(delivery.sent_at))
                .execute(conn)
                .await?;
            });
        }
        Ok(())
    }

    /// Who handles these deliveries at present, for the unit they went to; the lead first.
    pub async fn of_deliveries_in(
        &mut self,
        unit: UnitId,
        ids: &[DeliveryId],
    ) -> Result<Vec<Assignment>> {
        let rows: Vec<Row> = match &mut self.0.engine {
            Engine::Sqlite(embedded) => {
                let ids: Vec<String> = ids.iter().map(|id| id.0.simple().to_string()).collect();
                sqlx::query_as(concat!(
                    handlers_in!(),
                    "IN (SELECT unhex(value) FROM json_each($2))"
                ))
                .bind(unit.0)
                .bind(serde_json::Value::from(ids).to_string())
                .fetch_all(embedded.connection())
                .await?
            }
            Engine::Postgres(tx) => {
                let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
                sqlx::query_as(concat!(handlers_in!(), "= ANY($2)"))
                    .bind(unit.0)
                    .bind(ids)
                    .fetch_all(&mut **tx)
                    .await?
            }
        };
        let mut handlers = rows
            .into_iter()
            .map(TryInto::try_into)
            .collect::<Result<Vec<Assignment>>>()?;
        handlers.sort_by_key(|one| (one.delivery, one.role, one.user));
        Ok(handlers)
    }

    /// The people of a unit whose accounts may be used, with their names and what they do there.
    pub async fn members_of(&mut self, unit: UnitId) -> Result<Vec<(UserId, String, Vec<Role>)>> {
        let rows: Vec<(Uuid, String, String)> = on_either!(self.0, |conn| {
            sqlx::query_as(
                "SELECT u.id, u.name, m.roles
                   FROM memberships m
                   JOIN users u ON u.id = m.user_id
                  WHERE m.unit_id = $1 AND u.active = TRUE
                  ORDER BY m.user_id
                  LIMIT $2",
            )
            .bind(unit.0)
            .bind(MEMBERS)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|(id, name, roles)| Ok((UserId(id), name, parsed_list(&roles)?)))
            .collect()
    }
}
