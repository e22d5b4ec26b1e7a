use jiff::Timestamp;
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Result, StoreError, Tx,
    tx::on_either,
    values::{instant, ms},
};
use crate::domain::{
    UnitId, UserId,
    statistics::{CaseReport, Quarter},
};

/// What is reported about cases.
pub struct CaseReports<'t>(&'t mut Tx);

impl Tx {
    /// What is reported about cases.
    pub fn case_reports(&mut self) -> CaseReports<'_> {
        CaseReports(self)
    }
}

#[derive(FromRow)]
struct Row {
    reporter_id: Uuid,
    unit_id: Uuid,
    quarter: i64,
    counts: String,
    version: i64,
    reported_by: Uuid,
    reported_at: i64,
}

impl TryFrom<Row> for CaseReport {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self> {
        let counts = serde_json::from_str(&row.counts);
        let at: Timestamp = instant(row.reported_at)?;
        Ok(Self {
            reporter: UnitId(row.reporter_id),
            unit: UnitId(row.unit_id),
            quarter: Quarter(row.quarter),
            counts: counts.map_err(|error| StoreError::Unreadable(error.to_string()))?,
            version: row.version,
            reported: (UserId(row.reported_by), at),
        })
    }
}

impl CaseReports<'_> {
    /// Keeps a version of a report. Tells whether it was the first of that number.
    pub async fn insert(&mut self, report: &CaseReport) -> Result<bool> {
        let counts = serde_json::to_string(&report.counts)
            .map_err(|error| StoreError::Unreadable(error.to_string()))?;
        let inserted = on_either!(self.0, |conn| {
            sqlx::query(
                "INSERT INTO case_reports (reporter_id, unit_id, quarter, version, counts,
                                           reported_by, reported_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7)
                     ON CONFLICT DO NOTHING",
            )
            .bind(report.reporter.0)
            .bind(report.unit.0)
            .bind(report.quarter.0)
            .bind(report.version)
            .bind(&counts)
            .bind(report.reported.0.0)
            .bind(ms(report.reported.1))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(inserted > 0)
    }

    /// The newest version of each report of some quarters that concerns a unit, as its reporter
    /// or as the one it is about; or of all, for the conference office (`viewer` is then none).
    pub async fn between(
        &mut self,
        viewer: Option<UnitId>,
        (first, last): (Quarter, Quarter),
    ) -> Result<Vec<CaseReport>> {
        let rows: Vec<Row> = on_either!(self.0, |conn| {
            sqlx::query_as(
                "SELECT r.reporter_id, r.unit_id, r.quarter, r.counts, r.version, r.reported_by,
                        r.reported_at
                   FROM case_reports r
                  WHERE r.quarter BETWEEN $1 AND $2
                    AND ($3 IS NULL OR r.reporter_id = $3 OR r.unit_id = $3)
                    AND NOT EXISTS (SELECT 1
                                      FROM case_reports n
                                     WHERE n.quarter = r.quarter AND n.unit_id = r.unit_id
                                       AND n.reporter_id = r.reporter_id AND n.version > r.version)
                  ORDER BY r.quarter, r.unit_id, r.reporter_id",
            )
            .bind(first.0)
            .bind(last.0)
            .bind(viewer.map(|unit| unit.0))
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(TryInto::try_into).collect()
    }
}
