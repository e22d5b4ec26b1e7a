use jiff::civil::Date;
use sqlx::FromRow;

use super::{Result, Tx, tx::on_either, values::count};
use crate::domain::{UnitId, WORK_COUNTED, WorkTally};

/// What waits for a unit, counted.
pub struct Tallies<'t>(&'t mut Tx);

impl Tx {
    /// What waits for a unit, counted.
    pub fn tallies(&mut self) -> Tallies<'_> {
        Tallies(self)
    }
}

/// What is counted, as it comes.
#[derive(FromRow)]
struct Row {
    unsigned: i64,
    to_register: i64,
    due_soon: i64,
    overdue: i64,
    to_evaluate: i64,
    extensions: i64,
    objections: i64,
    late_to_us: i64,
}

/// A count of rows that an index leads to, which ends at `$4`.
macro_rules! counted {
    ($rows:literal, $name:literal) => {
        concat!(
            "(SELECT COUNT(*) FROM (SELECT 1 FROM ",
            $rows,
            " LIMIT $4) AS counted) AS ",
            $name
        )
    };
}

/// What waits for the unit `$1` on the day `$2`; `$3` is the last day that is soon.
const TALLY: &str = concat!(
    "SELECT ",
    counted!(
        "deliveries v WHERE v.unit_id = $1 AND v.box = 'unsigned'",
        "unsigned, "
    ),
    counted!(
        "obligations o WHERE o.debtor_id = $1 AND o.state = 'awaiting_registration'",
        "to_register, "
    ),
    counted!(
        "obligations o WHERE o.debtor_id = $1 AND o.stage = 'running'
                         AND o.awaited_by BETWEEN $2 AND $3",
        "due_soon, "
    ),
    counted!(
        "obligations o WHERE o.debtor_id = $1 AND o.stage = 'running' AND o.awaited_by < $2",
        "overdue, "
    ),
    counted!(
        "obligations o WHERE o.creditor_id = $1 AND o.stage = 'replied'",
        "to_evaluate, "
    ),
    counted!(
        "obligations o WHERE o.creditor_id = $1 AND o.extending = TRUE
                         AND o.state IN ('awaiting_registration', 'in_progress', 'replied')",
        "extensions, "
    ),
    counted!(
        "obligations o WHERE o.creditor_id = $1 AND o.objecting = TRUE
                         AND o.state IN ('awaiting_registration', 'in_progress', 'replied')",
        "objections, "
    ),
    counted!(
        "obligations o WHERE o.creditor_id = $1 AND o.stage = 'running' AND o.awaited_by < $2",
        "late_to_us"
    ),
);

impl Tallies<'_> {
    /// Counts what waits for a unit on a day, each up to [`WORK_COUNTED`]: `until` is the last
    /// day that is soon.
    pub async fn of(&mut self, unit: UnitId, today: Date, until: Date) -> Result<WorkTally> {
        let row: Row = on_either!(self.0, |conn| {
            sqlx::query_as(TALLY)
                .bind(unit.0)
                .bind(today.to_string())
                .bind(until.to_string())
                .bind(WORK_COUNTED)
                .fetch_one(conn)
                .await?
        });
        Ok(WorkTally {
            unsigned: count(row.unsigned)?,
            to_register: count(row.to_register)?,
            due_soon: count(row.due_soon)?,
            overdue: count(row.overdue)?,
            to_evaluate: count(row.to_evaluate)?,
            extensions: count(row.extensions)?,
            objections: count(row.objections)?,
            late_to_us: count(row.late_to_us)?,
        })
    }
}
