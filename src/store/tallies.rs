use jiff::civil::Date;
use sqlx::FromRow;

use super::{Result, Tx, tx::on_either, values::count};
use crate::domain::{UnitId, WorkTally};

/// What waits for a unit, counted.
pub struct Tallies<'t>(&'t mut Tx);

impl Tx {
    /// What waits for a unit, counted.
    pub fn tallies(&mut self) -> Tallies<'_> {
        Tallies(self)
    }
}

#[derive(FromRow)]
struct Owed {
    to_register: i64,
    due_by: i64,
    overdue: i64,
}

#[derive(FromRow)]
struct Due {
    to_evaluate: i64,
    extensions: i64,
    objections: i64,
    late: i64,
}

impl Tallies<'_> {
    /// Counts what waits for a unit on a day: `until` is the last day that is soon.
    pub async fn of(&mut self, unit: UnitId, today: Date, until: Date) -> Result<WorkTally> {
        let unsigned: i64 = on_either!(self.0, |conn| {
            sqlx::query_scalar(
                "SELECT COUNT(*)
                   FROM deliveries
                  WHERE unit_id = $1 AND state IN ('arrived', 'read')",
            )
            .bind(unit.0)
            .fetch_one(conn)
            .await?
        });
        let owed: Owed = on_either!(self.0, |conn| {
            sqlx::query_as(
                "SELECT COUNT(CASE WHEN state = 'awaiting_registration' THEN 1 END) AS to_register,
                        COUNT(CASE WHEN awaited_by BETWEEN $2 AND $3 THEN 1 END) AS due_by,
                        COUNT(CASE WHEN awaited_by < $2 THEN 1 END) AS overdue
                   FROM obligations
                  WHERE debtor_id = $1 AND stage = 'running'",
            )
            .bind(unit.0)
            .bind(today.to_string())
            .bind(until.to_string())
            .fetch_one(conn)
            .await?
        });
        let due: Due = on_either!(self.0, |conn| {
            sqlx::query_as(
                "SELECT COUNT(CASE WHEN state = 'replied' THEN 1 END) AS to_evaluate,
                        COUNT(CASE WHEN extending = TRUE THEN 1 END) AS extensions,
                        COUNT(CASE WHEN objecting = TRUE THEN 1 END) AS objections,
                        COUNT(CASE WHEN stage = 'running' AND awaited_by < $2 THEN 1 END) AS late
                   FROM obligations
                  WHERE creditor_id = $1 AND stage IN ('running', 'replied')",
            )
            .bind(unit.0)
            .bind(today.to_string())
            .fetch_one(conn)
            .await?
        });
        Ok(WorkTally {
            unsigned: count(unsigned)?,
            to_register: count(owed.to_register)?,
            due_soon: count(owed.due_by)?,
            overdue: count(owed.overdue)?,
            to_evaluate: count(due.to_evaluate)?,
            extensions: count(due.extensions)?,
            objections: count(due.objections)?,
            late_to_us: count(due.late)?,
        })
    }
}
