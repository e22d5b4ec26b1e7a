use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Result, Tx,
    tx::on_either,
    values::{count, instant, parsed},
};
use crate::domain::{AuditLine, UnitId, UserId};

/// A line of the audit with its number and its place in the chain of hashes.
#[derive(Debug, Clone, FromRow)]
struct AuditRow {
    number: i64,
    at: i64,
    user_id: Option<Uuid>,
    unit_id: Option<Uuid>,
    action: String,
    subject: String,
    subject_id: Option<Uuid>,
    outcome: String,
    client: Option<String>,
    previous: String,
    hash: String,
}

impl TryFrom<AuditRow> for AuditLine {
    type Error = super::StoreError;

    fn try_from(row: AuditRow) -> Result<Self> {
        Ok(Self {
            number: count(row.number)?,
            at: instant(row.at)?,
            user: row.user_id.map(UserId),
            unit: row.unit_id.map(UnitId),
            action: row.action,
            subject: parsed(&row.subject)?,
            id: row.subject_id,
            outcome: row.outcome,
            client: row.client,
            previous: row.previous,
            hash: row.hash,
        })
    }
}

/// The audit, for reading. [`Tx::audited`] writes it.
pub struct Audits<'t>(pub(super) &'t mut Tx);

impl Audits<'_> {
    /// The newest `limit` lines before `number`, newest first.
    pub async fn before(&mut self, number: u64, limit: i64) -> Result<Vec<AuditLine>> {
        let rows: Vec<AuditRow> = on_either!(self.0, |conn| {
            sqlx::query_as(
                "SELECT number, at, user_id, unit_id, action, subject, subject_id, outcome,
                        client, previous, hash
                   FROM audits
                  WHERE number < $1
                  ORDER BY number DESC
                  LIMIT $2",
            )
            .bind(i64::try_from(number).unwrap_or(i64::MAX))
            .bind(limit)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(TryInto::try_into).collect()
    }
}
