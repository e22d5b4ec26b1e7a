use jiff::Timestamp;
use sqlx::FromRow;

use super::{Result, Tx, tx::on_either, values::ms};
use crate::domain::UserId;

/// The answer that a request was given, to be given again.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct KeptAnswer {
    /// SHA-256 of what was asked.
    pub fingerprint: Vec<u8>,
    /// The status; none while the first request is still running.
    pub status: Option<i64>,
    /// The `ETag` header.
    pub etag: Option<String>,
    /// The `Location` header.
    pub location: Option<String>,
    /// The body.
    pub body: Option<String>,
}

/// What was answered to requests that may be repeated.
pub struct Idempotency<'t>(&'t mut Tx);

impl Tx {
    /// What was answered to requests that may be repeated.
    pub fn idempotency(&mut self) -> Idempotency<'_> {
        Idempotency(self)
    }
}

impl Idempotency<'_> {
    /// Takes the key for this unit of work. Tells whether it was free; on PostgreSQL this waits
    /// for another unit of work that holds it.
    pub async fn take(
        &mut self,
        user: UserId,
        key: &str,
        route: &str,
        fingerprint: &[u8],
        at: Timestamp,
    ) -> Result<bool> {
        let taken = on_either!(self.0, |conn| {
            sqlx::query(
                "INSERT INTO idempotency (user_id, key, route, fingerprint, at)
                 VALUES ($1, $2, $3, $4, $5)
                     ON CONFLICT DO NOTHING",
            )
            .bind(user.0)
            .bind(key)
            .bind(route)
            .bind(fingerprint)
            .bind(ms(at))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(taken > 0)
    }

    /// Keeps the answer with what it answers for.
    pub async fn keep(
        &mut self,
        user: UserId,
        key: &str,
        route: &str,
        answer: &KeptAnswer,
    ) -> Result<()> {
        on_either!(self.0, |conn| {
            sqlx::query(
                "UPDATE idempotency
                    SET status = $4, etag = $5, location = $6, body = $7
                  WHERE user_id = $1 AND key = $2 AND route = $3",
            )
            .bind(user.0)
            .bind(key)
            .bind(route)
            .bind(answer.status)
            .bind(answer.etag.as_deref())
            .bind(answer.location.as_deref())
            .bind(answer.body.as_deref())
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// The answer kept under the key.
    pub async fn find(
        &mut self,
        user: UserId,
        key: &str,
        route: &str,
    ) -> Result<Option<KeptAnswer>> {
        Ok(on_either!(self.0, |conn| {
            sqlx::query_as(
                "SELECT fingerprint, status, etag, location, body
                   FROM idempotency
                  WHERE user_id = $1 AND key = $2 AND route = $3",
            )
            .bind(user.0)
            .bind(key)
            .bind(route)
            .fetch_optional(conn)
            .await?
        }))
    }

    /// Forgets answers older than `before`.
    pub async fn forget(&mut self, before: Timestamp) -> Result<u64> {
        Ok(on_either!(self.0, |conn| {
            sqlx::query("DELETE FROM idempotency WHERE at < $1")
                .bind(ms(before))
                .execute(conn)
                .await?
                .rows_affected()
        }))
    }
}
