use jiff::Timestamp;
use uuid::Uuid;

use super::{
    Result, Tx,
    tx::{changes, on_either},
    values::ms,
};
use crate::domain::{DeliveryId, Lease, UnitId, UserId};

/// The queue of deliveries that a unit's machines fetch from: what has arrived and whose round
/// was not acknowledged yet, oldest first.
pub struct Pickups<'t>(&'t mut Tx);

impl Tx {
    /// The queues that machines fetch from.
    pub fn pickups(&mut self) -> Pickups<'_> {
        Pickups(self)
    }
}

/// Whether a delivery waits in the queue at `$2`.
macro_rules! waits {
    () => {
        "acked_round < round
                    AND state IN ('arrived', 'read', 'signed')
                    AND (leased_until IS NULL OR leased_until <= $2)"
    };
}

/// The first `$3` deliveries to `$1` that wait.
macro_rules! first_waiting {
    () => {
        concat!(
            "SELECT id
                   FROM deliveries
                  WHERE unit_id = $1 AND ",
            waits!(),
            "
                  ORDER BY sent_at, id
                  LIMIT $3"
        )
    };
}

impl Pickups<'_> {
    /// The first deliveries that nobody has a lease on.
    pub async fn waiting(
        &mut self,
        unit: UnitId,
        now: Timestamp,
        limit: i64,
    ) -> Result<Vec<DeliveryId>> {
        let ids: Vec<Uuid> = on_either!(self.0, |conn| {
            sqlx::query_scalar(first_waiting!())
                .bind(unit.0)
                .bind(ms(now))
                .bind(limit)
                .fetch_all(conn)
                .await?
        });
        Ok(ids.into_iter().map(DeliveryId).collect())
    }

    /// Leases the first deliveries that nobody has a lease on. Of two who lease at once each
    /// gets others: the second waits for the first's rows and then finds them leased, so that it
    /// may get fewer than there are.
    pub async fn lease(
        &mut self,
        unit: UnitId,
        lease: &Lease,
        now: Timestamp,
        limit: i64,
    ) -> Result<Vec<DeliveryId>> {
        let ids: Vec<Uuid> = on_either!(self.0, |conn| {
            sqlx::query_scalar(concat!(
                "UPDATE deliveries
                    SET lease_id = $4, leased_by = $5, leased_until = $6
                  WHERE id IN (",
                first_waiting!(),
                "             )
                    AND ",
                waits!(),
                "
              RETURNING id",
            ))
            .bind(unit.0)
            .bind(ms(now))
            .bind(limit)
            .bind(lease.id)
            .bind(lease.by.0)
            .bind(ms(lease.until))
            .fetch_all(conn)
            .await?
        });
        Ok(ids.into_iter().map(DeliveryId).collect())
    }

    /// Acknowledges a delivery under a lease that has not run out. Tells whether it did.
    pub async fn acknowledge(
        &mut self,
        id: DeliveryId,
        lease: Uuid,
        by: UserId,
        now: Timestamp,
    ) -> Result<bool> {
        Ok(changes!(
            self.0,
            "UPDATE deliveries
                SET acked_round = round, leased_until = NULL,
                    fetched_at = COALESCE(fetched_at, $4),
                    fetched_by = COALESCE(fetched_by, $3)
              WHERE id = $1 AND lease_id = $2 AND leased_by = $3 AND leased_until > $4
                AND acked_round < round",
            id.0,
            lease,
            by.0,
            ms(now),
        ))
    }

    /// Whether the round that a delivery is in was acknowledged under this lease.
    pub async fn was_acknowledged(&mut self, id: DeliveryId, lease: Uuid) -> Result<bool> {
        let round: Option<i64> = on_either!(self.0, |conn| {
            sqlx::query_scalar(
                "SELECT round
                   FROM deliveries
                  WHERE id = $1 AND lease_id = $2 AND acked_round = round",
            )
            .bind(id.0)
            .bind(lease)
            .fetch_optional(conn)
            .await?
        });
        Ok(round.is_some())
    }

    /// Gives a delivery back before its lease runs out. Tells whether it did.
    pub async fn release(
        &mut self,
        id: DeliveryId,
        lease: Uuid,
        by: UserId,
        now: Timestamp,
    ) -> Result<bool> {
        Ok(changes!(
            self.0,
            "UPDATE deliveries
                SET leased_until = NULL
              WHERE id = $1 AND lease_id = $2 AND leased_by = $3 AND leased_until > $4
                AND acked_round < round",
            id.0,
            lease,
            by.0,
            ms(now),
        ))
    }

    /// Notes the first fetch of a machine. Tells whether this was it.
    pub async fn mark_fetched(
        &mut self,
        id: DeliveryId,
        by: UserId,
        at: Timestamp,
    ) -> Result<bool> {
        Ok(changes!(
            self.0,
            "UPDATE deliveries
                SET fetched_at = $2, fetched_by = $3
              WHERE id = $1 AND fetched_at IS NULL",
            id.0,
            ms(at),
            by.0,
        ))
    }
}
