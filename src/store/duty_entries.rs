use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Result, StoreError, Tx,
    tx::on_either,
    values::{instant, ms},
};
use crate::domain::{DutyEntry, DutyEntryId, Event, EvidenceId, ObligationId, UnitId, UserId};

/// The journals of the duties to reply.
pub struct DutyEntries<'t>(&'t mut Tx);

impl Tx {
    /// The journals of the duties to reply.
    pub fn duty_entries(&mut self) -> DutyEntries<'_> {
        DutyEntries(self)
    }
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    obligation_id: Uuid,
    round: i64,
    at: i64,
    unit_id: Option<Uuid>,
    user_id: Uuid,
    details: String,
    answers: Option<Uuid>,
    evidence_id: Option<Uuid>,
}

impl TryFrom<Row> for DutyEntry {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self> {
        let details = serde_json::from_str(&row.details);
        Ok(Self {
            id: DutyEntryId(row.id),
            obligation: ObligationId(row.obligation_id),
            round: row.round,
            at: instant(row.at)?,
            unit: row.unit_id.map(UnitId),
            user: UserId(row.user_id),
            details: details.map_err(|error| StoreError::Unreadable(error.to_string()))?,
            answers: row.answers.map(DutyEntryId),
            evidence: row.evidence_id.map(EvidenceId),
        })
    }
}

impl DutyEntries<'_> {
    /// Adds an entry to a journal. The duty itself is written first: whoever loses that race
    /// does not come here.
    pub async fn insert(&mut self, entry: &DutyEntry) -> Result<()> {
        let details = serde_json::to_string(&entry.details)
            .map_err(|error| StoreError::Unreadable(error.to_string()))?;
        on_either!(self.0, |conn| {
            sqlx::query(
                "INSERT INTO duty_entries (id, obligation_id, event, round, at, unit_id, user_id,
                                           details, answers, evidence_id)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            )
            .bind(entry.id.0)
            .bind(entry.obligation.0)
            .bind(entry.details.event().code())
            .bind(entry.round)
            .bind(ms(entry.at))
            .bind(entry.unit.map(|unit| unit.0))
            .bind(entry.user.0)
            .bind(&details)
            .bind(entry.answers.map(|id| id.0))
            .bind(entry.evidence.map(|id| id.0))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// How many entries of an event a duty has.
    pub async fn count(&mut self, obligation: ObligationId, event: Event) -> Result<i64> {
        let count: i64 = on_either!(self.0, |conn| {
            sqlx::query_scalar(
                "SELECT COUNT(*)
                   FROM duty_entries
                  WHERE obligation_id = $1 AND event = $2",
            )
            .bind(obligation.0)
            .bind(event.code())
            .fetch_one(conn)
            .await?
        });
        Ok(count)
    }

    /// The journal of a duty, oldest first.
    pub async fn of(&mut self, obligation: ObligationId) -> Result<Vec<DutyEntry>> {
        let rows: Vec<Row> = on_either!(self.0, |conn| {
            sqlx::query_as(
                "SELECT id, obligation_id, round, at, unit_id, user_id, details, answers,
                        evidence_id
                   FROM duty_entries
                  WHERE obligation_id = $1
                  ORDER BY at, id",
            )
            .bind(obligation.0)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(TryInto::try_into).collect()
    }
}
