//! Settings without which an acknowledgement would be a lie.

use sqlx::{PgPool, SqlitePool};

use super::{Result, StoreError};

/// Earlier releases can corrupt the write-ahead log when it is reset.
const SQLITE_FLOOR: [u32; 3] = [3, 51, 3];

/// Refuses an embedded engine that would lose acknowledged work in a power cut.
pub(super) async fn check_sqlite(pool: &SqlitePool) -> Result<()> {
    let version: String = sqlx::query_scalar("SELECT sqlite_version()")
        .fetch_one(pool)
        .await?;
    let parts: Vec<u32> = version
        .split('.')
        .filter_map(|part| part.parse().ok())
        .collect();
    if parts.as_slice() < SQLITE_FLOOR.as_slice() {
        return Err(StoreError::Unsafe(format!("SQLite {version} < 3.51.3")));
    }
    let journal: String = sqlx::query_scalar("PRAGMA journal_mode")
        .fetch_one(pool)
        .await?;
    let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous")
        .fetch_one(pool)
        .await?;
    if journal != "wal" || synchronous < 2 {
        return Err(StoreError::Unsafe(format!(
            "journal_mode={journal}, synchronous={synchronous}; wal and FULL are needed"
        )));
    }
    let verdict: String = sqlx::query_scalar("PRAGMA quick_check(1)")
        .fetch_one(pool)
        .await?;
    if verdict != "ok" {
        return Err(StoreError::Unsafe(format!("quick_check: {verdict}")));
    }
    Ok(())
}

/// Refuses a server that answers before its log is on the disk.
pub(super) async fn check_postgres(pool: &PgPool) -> Result<()> {
    for (name, unsafe_value) in [
        ("fsync", "off"),
        ("synchronous_commit", "off"),
        ("full_page_writes", "off"),
    ] {
        let value: String = sqlx::query_scalar("SELECT current_setting($1)")
            .bind(name)
            .fetch_one(pool)
            .await?;
        if value == unsafe_value {
            return Err(StoreError::Unsafe(format!("PostgreSQL {name}={value}")));
        }
    }
    Ok(())
}
