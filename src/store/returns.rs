use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Result, Tx,
    tx::{Engine, on_either},
    values::{act, instant, ms, parsed},
};
use crate::domain::{DeliveryId, Return, ReturnDecision, UnitId, UserId};

/// What was sent back before it was signed for, once in each round of a delivery.
pub struct Returns<'t>(&'t mut Tx);

impl Tx {
    /// What was sent back before it was signed for.
    pub fn returns(&mut self) -> Returns<'_> {
        Returns(self)
    }
}

/// The columns of a [`Row`], from a table called `r`.
macro_rules! return_columns {
    () => {
        "r.delivery_id, r.round, r.reason, r.note, r.returned_by, r.returned_at, r.outcome, \
         r.decision_note, r.decided_by, r.decided_at"
    };
}

/// The returns of deliveries that `$1` may know of: its own, those it has passed on, and all of
/// what it issues.
macro_rules! returns_for {
    () => {
        concat!(
            "SELECT ",
            return_columns!(),
            "  FROM delivery_returns r
               JOIN deliveries v ON v.id = r.delivery_id
               LEFT JOIN deliveries f ON f.id = v.forwarded_from
               JOIN access a ON a.document_id = v.document_id AND a.unit_id = $1
              WHERE (v.unit_id = $1 OR f.unit_id = $1 OR a.basis IN ('issuer', 'joint'))
                AND r.delivery_id "
        )
    };
}

#[derive(FromRow)]
struct Row {
    delivery_id: Uuid,
    round: i64,
    reason: String,
    note: Option<String>,
    returned_by: Uuid,
    returned_at: i64,
    outcome: Option<String>,
    decision_note: Option<String>,
    decided_by: Option<Uuid>,
    decided_at: Option<i64>,
}

impl TryFrom<Row> for Return {
    type Error = super::StoreError;

    fn try_from(row: Row) -> Result<Self> {
        let decided = act(row.decided_by, row.decided_at)?;
        let decision = match (row.outcome, decided) {
            (Some(outcome), Some(decided)) => Some(ReturnDecision {
                outcome: parsed(&outcome)?,
                note: row.decision_note,
                decided,
            }),
            _ => None,
        };
        Ok(Self {
            delivery: DeliveryId(row.delivery_id),
            round: row.round,
            reason: parsed(&row.reason)?,
            note: row.note,
            returned: (UserId(row.returned_by), instant(row.returned_at)?),
            decision,
        })
    }
}

impl Returns<'_> {
    /// Writes a return down. Tells whether it is the first of its round.
    pub async fn insert(&mut self, one: &Return) -> Result<bool> {
        let inserted = on_either!(self.0, |conn| {
            sqlx::query(
                "INSERT INTO delivery_returns (delivery_id, round, reason, note, returned_by,
                                               returned_at)
                 VALUES ($1, $2, $3, $4, $5, $6)
                     ON CONFLICT DO NOTHING",
            )
            .bind(one.delivery.0)
            .bind(one.round)
            .bind(one.reason.code())
            .bind(&one.note)
            .bind(one.returned.0.0)
            .bind(ms(one.returned.1))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(inserted > 0)
    }

    /// Writes down what was decided. Tells whether it was still to be decided.
    pub async fn decide(
        &mut self,
        delivery: DeliveryId,
        round: i64,
        decision: &ReturnDecision,
    ) -> Result<bool> {
        let decided = on_either!(self.0, |conn| {
            sqlx::query(
                "UPDATE delivery_returns
                    SET outcome = $3, decision_note = $4, decided_by = $5, decided_at = $6
                  WHERE delivery_id = $1 AND round = $2 AND decided_at IS NULL",
            )
            .bind(delivery.0)
            .bind(round)
            .bind(decision.outcome.code())
            .bind(&decision.note)
            .bind(decision.decided.0.0)
            .bind(ms(decision.decided.1))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(decided > 0)
    }

    /// The return of one round, if there was one.
    pub async fn of_round(&mut self, delivery: DeliveryId, round: i64) -> Result<Option<Return>> {
        let row: Option<Row> = on_either!(self.0, |conn| {
            sqlx::query_as(concat!(
                "SELECT ",
                return_columns!(),
                "  FROM delivery_returns r
                  WHERE r.delivery_id = $1 AND r.round = $2"
            ))
            .bind(delivery.0)
            .bind(round)
            .fetch_optional(conn)
            .await?
        });
        row.map(TryInto::try_into).transpose()
    }

    /// The returns of these deliveries that a unit may know of, by delivery, oldest first.
    pub async fn of_deliveries_for(
        &mut self,
        viewer: UnitId,
        ids: &[DeliveryId],
    ) -> Result<Vec<Return>> {
        let rows: Vec<Row> = match &mut self.0.engine {
            Engine::Sqlite(embedded) => {
                let ids: Vec<String> = ids.iter().map(|id| id.0.simple().to_string()).collect();
                sqlx::query_as(concat!(
                    returns_for!(),
                    "IN (SELECT unhex(value) FROM json_each($2))"
                ))
                .bind(viewer.0)
                .bind(serde_json::Value::from(ids).to_string())
                .fetch_all(embedded.connection())
                .await?
            }
            Engine::Postgres(tx) => {
                let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
                sqlx::query_as(concat!(returns_for!(), "= ANY($2)"))
                    .bind(viewer.0)
                    .bind(ids)
                    .fetch_all(&mut **tx)
                    .await?
            }
        };
        let mut returns = rows
            .into_iter()
            .map(TryInto::try_into)
            .collect::<Result<Vec<Return>>>()?;
        returns.sort_by_key(|one| (one.delivery, one.round));
        Ok(returns)
    }
}
