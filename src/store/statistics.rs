//! The duties to reply, counted. One index holds all that is looked at.

use jiff::{Timestamp, civil::Date};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Result, Tx,
    obligations::{LineRow, line_columns, obligation_columns},
    tx::on_either,
    values::{count, ms},
};
use crate::domain::{
    LedgerLine, LedgerSide, ObligationId, UnitId, beginning_of,
    statistics::{Breakdown, Bucket, Cohort, Days, DutyFacts, RowKey, WorkingDays, day_number},
};

/// The duties to reply, counted.
pub struct Statistics<'t>(&'t mut Tx);

impl Tx {
    /// The duties to reply, counted.
    pub fn statistics(&mut self) -> Statistics<'_> {
        Statistics(self)
    }
}

/// What is so of a duty `o` on the day `$2`: the bits of [`DutyFacts`], each day looked at once.
macro_rules! facts {
    () => {
        "(CASE WHEN o.signed_day <= $2
               THEN CASE WHEN o.signed_day <= o.sign_by_day THEN 3 ELSE 1 END ELSE 0 END
        + CASE WHEN o.due_day <= $2
               THEN CASE WHEN o.due_day < $2 AND (o.replied_day IS NULL OR o.replied_day > $2)
                          AND (o.closed_day IS NULL OR o.closed_day > $2)
                         THEN 132 ELSE 4 END ELSE 0 END
        + CASE WHEN o.original_due_day <= $2 THEN 32 ELSE 0 END
        + CASE WHEN o.replied_day <= $2
               THEN CASE WHEN o.replied_day <= o.due_day THEN 24 ELSE 8 END
                  + CASE WHEN o.replied_day <= o.original_due_day THEN 64 ELSE 0 END ELSE 0 END
        + CASE WHEN o.evaluated_day <= $2
               THEN CASE o.adoption WHEN 'adopted' THEN 768 WHEN 'partly' THEN 1280
                                    WHEN 'not_adopted' THEN 2048 ELSE 0 END
                  + CASE WHEN o.rectified = TRUE THEN 8192 ELSE 0 END ELSE 0 END
        + CASE WHEN o.closed_day <= $2 THEN 4096 ELSE 0 END
        + CASE WHEN o.objected = TRUE THEN 16384 ELSE 0 END
        + CASE WHEN o.upheld = TRUE THEN 32768 ELSE 0 END)"
    };
}

/// Which duties are counted: of the party `$1`, sent from `$3` on and before `$4`, of the kind
/// `$5`, owed by `$6`, owed to `$7`.
macro_rules! cohort {
    ($party:literal) => {
        concat!(
            $party,
            " AND o.created_at >= $3 AND o.created_at < $4 AND o.stage <> 'withdrawn'
              AND ($5 IS NULL OR o.kind_code = $5) AND ($6 IS NULL OR o.debtor_id = $6)
              AND ($7 IS NULL OR o.creditor_id = $7)"
        )
    };
}

/// A statement for a side and a key: how the key is shown, read and grouped by. What is not asked
/// for is no part of the groups, which are found by sorting.
macro_rules! by_key {
    ($make:ident, $party:literal, $by:expr) => {
        match $by {
            Breakdown::None => $make!(
                $party,
                "CAST(NULL AS uuid) AS unit, '' AS kind, CAST(0 AS bigint) AS month",
                "",
                ""
            ),
            Breakdown::Debtor => $make!(
                $party,
                "unit, '' AS kind, CAST(0 AS bigint) AS month",
                "o.debtor_id AS unit, ",
                "unit, "
            ),
            Breakdown::Creditor => $make!(
                $party,
                "unit, '' AS kind, CAST(0 AS bigint) AS month",
                "o.creditor_id AS unit, ",
                "unit, "
            ),
            Breakdown::Kind => $make!(
                $party,
                "CAST(NULL AS uuid) AS unit, kind, CAST(0 AS bigint) AS month",
                "o.kind_code AS kind, ",
                "kind, "
            ),
            Breakdown::Month | Breakdown::Quarter | Breakdown::Year => $make!(
                $party,
                "CAST(NULL AS uuid) AS unit, '' AS kind, CAST(month AS bigint) AS month",
                "o.sent_month AS month, ",
                "month, "
            ),
        }
    };
}

macro_rules! by_side {
    ($make:ident, $cohort:expr, $by:expr) => {
        match $cohort.side {
            LedgerSide::Owed(_) => by_key!($make, "o.debtor_id = $1", $by),
            LedgerSide::Due(_) => by_key!($make, "o.creditor_id = $1", $by),
            LedgerSide::All => by_key!($make, "$1 IS NULL", $by),
        }
    };
}

/// How many duties there are of which the same is so, and how long their steps took.
macro_rules! buckets {
    ($party:literal, $shown:literal, $read:literal, $grouped:literal) => {
        concat!(
            "SELECT ",
            $shown,
            ", CAST(facts AS bigint) AS facts,
                    COUNT(*) AS duties,
                    COUNT(signing) AS signings, CAST(SUM(signing) AS bigint) AS signing,
                    MAX(signing) AS signing_max,
                    COUNT(registering) AS registerings,
                    CAST(SUM(registering) AS bigint) AS registering,
                    MAX(registering) AS registering_max,
                    COUNT(replying) AS replyings, CAST(SUM(replying) AS bigint) AS replying,
                    MAX(replying) AS replying_max,
                    COUNT(evaluating) AS evaluatings,
                    CAST(SUM(evaluating) AS bigint) AS evaluating,
                    MAX(evaluating) AS evaluating_max,
                    COUNT(closing) AS closings, CAST(SUM(closing) AS bigint) AS closing,
                    MAX(closing) AS closing_max,
                    CAST(SUM(late) AS bigint) AS late, MAX(late) AS late_max
               FROM (SELECT ",
            $read,
            facts!(),
            " AS facts,
                            CASE WHEN o.signed_day <= $2
                                 THEN o.signed_day - (o.created_at + 28800000) / 86400000
                            END AS signing,
                            CASE WHEN o.registered_day <= $2
                                 THEN o.registered_day - o.signed_day END AS registering,
                            CASE WHEN o.replied_day <= $2
                                 THEN o.replied_day - o.signed_day END AS replying,
                            CASE WHEN o.evaluated_day <= $2
                                 THEN o.evaluated_day - o.replied_day END AS evaluating,
                            CASE WHEN o.closed_day <= $2
                                 THEN o.closed_day - o.evaluated_day END AS closing,
                            $2 - o.due_day AS late
                       FROM obligations o
                      WHERE ",
            cohort!($party),
            ") AS duties
              GROUP BY ",
            $grouped,
            "facts"
        )
    };
}

/// How many duties were signed for on one day and answered on another.
macro_rules! handled {
    ($party:literal, $shown:literal, $read:literal, $grouped:literal) => {
        concat!(
            "SELECT ",
            $shown,
            ", signed_day, replied_day, COUNT(*) AS duties
               FROM (SELECT ",
            $read,
            "o.signed_day, o.replied_day
                       FROM obligations o
                      WHERE ",
            cohort!($party),
            " AND o.replied_day <= $2 AND o.signed_day IS NOT NULL) AS duties
              GROUP BY ",
            $grouped,
            "signed_day, replied_day"
        )
    };
}

/// A page of the duties of which `$8` is so, before `($9, $10)`, `$11` rows, newest first.
macro_rules! lines {
    ($party:literal) => {
        concat!(
            "SELECT ",
            line_columns!(),
            "  FROM (SELECT o.id
                       FROM obligations o
                      WHERE ",
            cohort!($party),
            " AND ",
            facts!(),
            " & $8 = $8 AND (o.created_at, o.id) < ($9, $10)
                      ORDER BY o.created_at DESC, o.id DESC
                      LIMIT $11) AS counted
               JOIN obligations o ON o.id = counted.id
               JOIN documents d ON d.id = o.document_id
              ORDER BY o.created_at DESC, o.id DESC"
        )
    };
}

#[derive(FromRow)]
struct BucketRow {
    #[sqlx(flatten)]
    key: KeyRow,
    facts: i64,
    duties: i64,
    signings: i64,
    signing: Option<i64>,
    signing_max: Option<i64>,
    registerings: i64,
    registering: Option<i64>,
    registering_max: Option<i64>,
    replyings: i64,
    replying: Option<i64>,
    replying_max: Option<i64>,
    evaluatings: i64,
    evaluating: Option<i64>,
    evaluating_max: Option<i64>,
    closings: i64,
    closing: Option<i64>,
    closing_max: Option<i64>,
    late: Option<i64>,
    late_max: Option<i64>,
}

#[derive(FromRow)]
struct HandledRow {
    #[sqlx(flatten)]
    key: KeyRow,
    signed_day: i64,
    replied_day: i64,
    duties: i64,
}

#[derive(FromRow)]
struct KeyRow {
    unit: Option<Uuid>,
    kind: String,
    month: i64,
}

impl KeyRow {
    fn key(self, by: Breakdown) -> RowKey {
        match by {
            Breakdown::None => RowKey::All,
            Breakdown::Debtor | Breakdown::Creditor => {
                RowKey::Unit(UnitId(self.unit.unwrap_or_default()))
            }
            Breakdown::Kind => RowKey::Kind(self.kind),
            Breakdown::Month | Breakdown::Quarter | Breakdown::Year => {
                RowKey::of_month(self.month, by)
            }
        }
    }
}

impl BucketRow {
    fn counted(self, by: Breakdown) -> Result<(RowKey, Bucket)> {
        let days = |duties: i64, total: Option<i64>, most: Option<i64>| {
            Ok::<_, super::StoreError>(Days {
                duties: count(duties)?,
                total: total.unwrap_or_default(),
                most: most.unwrap_or_default(),
            })
        };
        let bucket = Bucket {
            facts: DutyFacts(self.facts),
            duties: count(self.duties)?,
            spans: [
                days(self.signings, self.signing, self.signing_max)?,
                days(self.registerings, self.registering, self.registering_max)?,
                days(self.replyings, self.replying, self.replying_max)?,
                days(self.evaluatings, self.evaluating, self.evaluating_max)?,
                days(self.closings, self.closing, self.closing_max)?,
            ],
            late: days(self.duties, self.late, self.late_max)?,
        };
        Ok((self.key.key(by), bucket))
    }
}

/// What a cohort binds: the party, the day, the span of sending, the kind and the two units.
struct Bound<'c> {
    party: Option<Uuid>,
    as_of: i64,
    since: i64,
    before: i64,
    kind: Option<&'c str>,
    debtor: Option<Uuid>,
    creditor: Option<Uuid>,
}

impl<'c> Bound<'c> {
    fn of(cohort: &'c Cohort) -> Self {
        let period = cohort.period;
        // What was not sent yet on that day is not counted either.
        let last = period.until.min(period.as_of);
        Self {
            party: cohort.side.party().map(|unit| unit.0),
            as_of: day_number(period.as_of),
            since: ms(beginning_of(period.since)),
            before: ms(beginning_of(last.tomorrow().unwrap_or(Date::MAX))),
            kind: cohort.kind.as_deref(),
            debtor: cohort.debtor.map(|unit| unit.0),
            creditor: cohort.creditor.map(|unit| unit.0),
        }
    }
}

/// Binds a cohort to `$1` … `$7`.
macro_rules! bound {
    ($statement:expr, $bound:expr) => {
        $statement
            .bind($bound.party)
            .bind($bound.as_of)
            .bind($bound.since)
            .bind($bound.before)
            .bind($bound.kind)
            .bind($bound.debtor)
            .bind($bound.creditor)
    };
}

impl Statistics<'_> {
    /// Counts a cohort by what is so of its duties, a bucket for each.
    pub async fn buckets(
        &mut self,
        cohort: &Cohort,
        by: Breakdown,
    ) -> Result<Vec<(RowKey, Bucket)>> {
        let bound = Bound::of(cohort);
        let rows: Vec<BucketRow> = on_either!(self.0, |conn| {
            let statement = sqlx::query_as(by_side!(buckets, cohort, by));
            bound!(statement, bound).fetch_all(conn).await?
        });
        rows.into_iter().map(|row| row.counted(by)).collect()
    }

    /// How many duties took how long from signing to the final reply: days, working days, and how
    /// many.
    pub async fn handled(
        &mut self,
        cohort: &Cohort,
        by: Breakdown,
        working: &WorkingDays,
    ) -> Result<Vec<(RowKey, i64, i64, u64)>> {
        let bound = Bound::of(cohort);
        let rows: Vec<HandledRow> = on_either!(self.0, |conn| {
            let statement = sqlx::query_as(by_side!(handled, cohort, by));
            bound!(statement, bound).fetch_all(conn).await?
        });
        let rows = rows.into_iter().map(|row| {
            let (from, to) = (row.signed_day, row.replied_day);
            let duties = count(row.duties)?;
            Ok((row.key.key(by), to - from, working.span(from, to), duties))
        });
        rows.collect()
    }

    /// A page of the duties of a cohort of which all of `wanted` is so, newest first.
    pub async fn lines(
        &mut self,
        cohort: &Cohort,
        wanted: DutyFacts,
        after: Option<(Timestamp, ObligationId)>,
        limit: i64,
    ) -> Result<Vec<LedgerLine>> {
        let bound = Bound::of(cohort);
        let (before, before_id) = after.map_or((i64::MAX, Uuid::max()), |(at, id)| (ms(at), id.0));
        let statement = match cohort.side {
            LedgerSide::Owed(_) => lines!("o.debtor_id = $1"),
            LedgerSide::Due(_) => lines!("o.creditor_id = $1"),
            LedgerSide::All => lines!("$1 IS NULL"),
        };
        let rows: Vec<LineRow> = on_either!(self.0, |conn| {
            bound!(sqlx::query_as(statement), bound)
                .bind(wanted.0)
                .bind(before)
                .bind(before_id)
                .bind(limit)
                .fetch_all(conn)
                .await?
        });
        rows.into_iter().map(TryInto::try_into).collect()
    }
}
