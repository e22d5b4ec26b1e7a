use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Result, Tx,
    tx::on_either,
    values::{instant, parsed},
};
use crate::domain::{ChangeLine, UnitId};

#[derive(FromRow)]
struct Row {
    number: i64,
    at: i64,
    subject: String,
    subject_id: Uuid,
    what: String,
    party_id: Option<Uuid>,
}

impl TryFrom<Row> for ChangeLine {
    type Error = super::StoreError;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            number: super::values::count(row.number)?,
            at: instant(row.at)?,
            subject: parsed(&row.subject)?,
            id: row.subject_id,
            what: row.what,
            party: row.party_id.map(UnitId),
        })
    }
}

/// The change log, for reading. [`Tx::happened`] writes it.
pub struct Changes<'t>(pub(super) &'t mut Tx);

impl Changes<'_> {
    /// The next `limit` changes after `number`.
    pub async fn after(&mut self, number: u64, limit: i64) -> Result<Vec<ChangeLine>> {
        let rows: Vec<Row> = on_either!(self.0, |conn| {
            sqlx::query_as(
                "SELECT number, at, subject, subject_id, what, party_id
                   FROM changes
                  WHERE number > $1
                  ORDER BY number
                  LIMIT $2",
            )
            .bind(number.cast_signed())
            .bind(limit)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(TryInto::try_into).collect()
    }

    /// The number of the newest change; 0 before the first.
    pub async fn newest(&mut self) -> Result<u64> {
        let number: i64 = on_either!(self.0, |conn| {
            sqlx::query_scalar("SELECT changes FROM log_head WHERE one = 1")
                .fetch_one(conn)
                .await?
        });
        super::values::count(number)
    }
}
