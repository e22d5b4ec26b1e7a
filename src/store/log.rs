//! Numbers the changes and audit lines of a unit of work, at its end.
//!
//! The one row of `log_head` is locked from here to the commit, so numbers follow the order of
//! commits without gaps: a reader that follows `number > position` misses nothing. The audit is
//! chained by hashes under the same lock.

use sha2::{Digest as _, Sha256};

use super::{Result, Tx, feed, tx::on_either, values::ms};
use crate::domain::Audit;

/// Writes what the unit of work has noted.
pub(super) async fn append(tx: &mut Tx) -> Result<()> {
    let changes = std::mem::take(&mut tx.changes);
    let audits = std::mem::take(&mut tx.audits);
    if changes.is_empty() && audits.is_empty() {
        return Ok(());
    }
    let counted = i64::try_from(changes.len()).unwrap_or(i64::MAX);
    let audited = i64::try_from(audits.len()).unwrap_or(i64::MAX);
    let (last_change, last_audit, mut hash): (i64, i64, String) = on_either!(tx, |conn| {
        sqlx::query_as(
            "UPDATE log_head
                SET changes = changes + $1,
                    audits = audits + $2
              WHERE one = 1
          RETURNING changes, audits, audit_hash",
        )
        .bind(counted)
        .bind(audited)
        .fetch_one(conn)
        .await?
    });
    for (number, change) in (last_change - counted + 1..).zip(&changes) {
        on_either!(tx, |conn| {
            sqlx::query(
                "INSERT INTO changes (number, at, subject, subject_id, what, party_id)
                 VALUES ($1, $2, $3, $4, $5, $6)",
            )
            .bind(number)
            .bind(ms(change.at))
            .bind(change.subject.code())
            .bind(change.id)
            .bind(change.what)
            .bind(change.party.map(|unit| unit.0))
            .execute(conn)
            .await?;
        });
        feed::tell(tx, number, change).await?;
    }
    for (number, audit) in (last_audit - audited + 1..).zip(&audits) {
        hash = write_audit(tx, number, audit, hash).await?;
    }
    if !audits.is_empty() {
        on_either!(tx, |conn| {
            sqlx::query("UPDATE log_head SET audit_hash = $1 WHERE one = 1")
                .bind(&hash)
                .execute(conn)
                .await?;
        });
    }
    Ok(())
}

async fn write_audit(tx: &mut Tx, number: i64, audit: &Audit, previous: String) -> Result<String> {
    let hash = chained(number, audit, &previous);
    on_either!(tx, |conn| {
        sqlx::query(
            "INSERT INTO audits (number, at, user_id, unit_id, action, subject, subject_id,
                                 outcome, client, previous, hash)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        )
        .bind(number)
        .bind(ms(audit.at))
        .bind(audit.user.map(|id| id.0))
        .bind(audit.unit.map(|id| id.0))
        .bind(audit.action)
        .bind(audit.subject.code())
        .bind(audit.id)
        .bind(audit.outcome)
        .bind(audit.client.as_deref())
        .bind(&previous)
        .bind(&hash)
        .execute(conn)
        .await?;
    });
    Ok(hash)
}

/// SHA-256 over the line before and every column of this one, each with its length before it.
fn chained(number: i64, audit: &Audit, previous: &str) -> String {
    let id = |id: Option<uuid::Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
    let columns = [
        previous.to_owned(),
        number.to_string(),
        ms(audit.at).to_string(),
        id(audit.user.map(|id| id.0)),
        id(audit.unit.map(|id| id.0)),
        audit.action.to_owned(),
        audit.subject.code().to_owned(),
        id(audit.id),
        audit.outcome.to_owned(),
        audit.client.clone().unwrap_or_default(),
    ];
    let mut hash = Sha256::new();
    for column in &columns {
        hash.update((column.len() as u64).to_be_bytes());
        hash.update(column.as_bytes());
    }
    hex::encode(hash.finalize())
}
