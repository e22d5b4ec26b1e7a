use jiff::Timestamp;
use uuid::Uuid;

use super::{Result, Tx, tx::on_either, values::ms};
use crate::domain::{ObligationId, UnitId, UserId};

/// Which duties are to be reminded of, and what was said already.
pub struct Reminders<'t>(&'t mut Tx);

impl Tx {
    /// Which duties are to be reminded of, and what was said already.
    pub fn reminders(&mut self) -> Reminders<'_> {
        Reminders(self)
    }
}

impl Reminders<'_> {
    /// The duties that are to be looked at by now, those that wait longest first.
    pub async fn due(&mut self, now: Timestamp, limit: i64) -> Result<Vec<ObligationId>> {
        let ids: Vec<Uuid> = on_either!(self.0, |conn| {
            sqlx::query_scalar(
                "SELECT id
                   FROM obligations
                  WHERE remind_at IS NOT NULL AND remind_at <= $1
                  ORDER BY remind_at, id
                  LIMIT $2",
            )
            .bind(ms(now))
            .bind(limit)
            .fetch_all(conn)
            .await?
        });
        Ok(ids.into_iter().map(ObligationId).collect())
    }

    /// Notes when a duty is to be looked at next, unless it has changed from that revision.
    pub async fn next(
        &mut self,
        id: ObligationId,
        revision: i64,
        at: Option<Timestamp>,
    ) -> Result<()> {
        on_either!(self.0, |conn| {
            sqlx::query("UPDATE obligations SET remind_at = $3 WHERE id = $1 AND revision = $2")
                .bind(id.0)
                .bind(revision)
                .bind(at.map(ms))
                .execute(conn)
                .await?;
        });
        Ok(())
    }

    /// Takes a step of the ladder, aloud or silently. Tells whether it was not taken before.
    pub async fn take(
        &mut self,
        id: ObligationId,
        step: &str,
        at: Timestamp,
        told: bool,
    ) -> Result<bool> {
        let taken = on_either!(self.0, |conn| {
            sqlx::query(
                "INSERT INTO reminder_steps (obligation_id, step, taken_at, told)
                 VALUES ($1, $2, $3, $4)
                     ON CONFLICT DO NOTHING",
            )
            .bind(id.0)
            .bind(step)
            .bind(ms(at))
            .bind(told)
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(taken > 0)
    }

    /// The steps that were taken.
    pub async fn taken(&mut self, id: ObligationId) -> Result<Vec<String>> {
        Ok(on_either!(self.0, |conn| {
            sqlx::query_scalar(
                "SELECT step
                   FROM reminder_steps
                  WHERE obligation_id = $1
                  ORDER BY step",
            )
            .bind(id.0)
            .fetch_all(conn)
            .await?
        }))
    }

    /// The people of a unit who may use their accounts, with their roles there.
    pub async fn people(&mut self, unit: UnitId) -> Result<Vec<(UserId, String)>> {
        let rows: Vec<(Uuid, String)> = on_either!(self.0, |conn| {
            sqlx::query_as(
                "SELECT m.user_id, m.roles
                   FROM memberships m
                   JOIN users u ON u.id = m.user_id
                  WHERE m.unit_id = $1 AND u.active = TRUE
                  ORDER BY m.user_id",
            )
            .bind(unit.0)
            .fetch_all(conn)
            .await?
        });
        let people = rows.into_iter();
        Ok(people.map(|(id, roles)| (UserId(id), roles)).collect())
    }
}
