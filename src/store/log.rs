//! Numbers the changes and audit lines of a unit of work, at its end.
//!
//! The one row of `log_head` is locked from here to the commit, so numbers follow the order of
//! commits without gaps: a reader that follows `number > position` misses nothing. The audit is
//! chained by hashes under the same lock.

use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::{
    Result, Tx, feed,
    rows::{hex, insert_rows},
    tx::on_either,
    values::ms,
};
use crate::domain::{Audit, Change};

/// Writes what the unit of work has noted.
pub(super) async fn append(tx: &mut Tx) -> Result<()> {
    let changes = std::mem::take(&mut tx.changes);
    let audits = std::mem::take(&mut tx.audits);
    if changes.is_empty() && audits.is_empty() {
        return Ok(());
    }
    let counted = i64::try_from(changes.len()).unwrap_or(i64::MAX);
    let audited = i64::try_from(audits.len()).unwrap_or(i64::MAX);
    let (last_change, last_audit, hash): (i64, i64, String) = on_either!(tx, |conn| {
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
    write_changes(tx, last_change - counted + 1, &changes).await?;
    if audits.is_empty() {
        return Ok(());
    }
    let hash = write_audits(tx, last_audit - audited + 1, &audits, hash).await?;
    on_either!(tx, |conn| {
        sqlx::query("UPDATE log_head SET audit_hash = $1 WHERE one = 1")
            .bind(&hash)
            .execute(conn)
            .await?;
    });
    Ok(())
}

async fn write_changes(tx: &mut Tx, first: i64, changes: &[Change]) -> Result<()> {
    let rows = (first..).zip(changes).map(|(number, change)| {
        json!({
            "number": number,
            "at": ms(change.at),
            "subject": change.subject.code(),
            "subject_id": hex(change.id),
            "what": change.what,
            "party_id": change.party.map(|unit| hex(unit.0)),
        })
    });
    insert_rows!(tx, rows, "changes", "", {
        number: number, at: number, subject: text, subject_id: id, what: text, party_id: id,
    });
    for (number, change) in (first..).zip(changes) {
        feed::tell(tx, number, change).await?;
    }
    Ok(())
}

/// Writes audit lines, each chained to the one before it; gives the hash of the last.
async fn write_audits(
    tx: &mut Tx,
    first: i64,
    audits: &[Audit],
    mut hash: String,
) -> Result<String> {
    let mut rows = Vec::with_capacity(audits.len());
    for (number, audit) in (first..).zip(audits) {
        let previous = std::mem::take(&mut hash);
        hash = chained(number, audit, &previous);
        rows.push(json!({
            "number": number,
            "at": ms(audit.at),
            "user_id": audit.user.map(|id| hex(id.0)),
            "unit_id": audit.unit.map(|id| hex(id.0)),
            "action": audit.action,
            "subject": audit.subject.code(),
            "subject_id": audit.id.map(hex),
            "outcome": audit.outcome,
            "client": audit.client,
            "previous": previous,
            "hash": hash,
        }));
    }
    insert_rows!(tx, rows.into_iter(), "audits", "", {
        number: number, at: number, user_id: id, unit_id: id, action: text, subject: text,
        subject_id: id, outcome: text, client: text, previous: text, hash: text,
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
    ::hex::encode(hash.finalize())
}
