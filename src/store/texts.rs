use jiff::Timestamp;
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Result, Tx,
    tx::on_either,
    values::{count, ms, parsed},
};
use crate::domain::{Digest, DocumentId, QueuedText, TextState};

/// What is known of the texts of files; the texts themselves are kept beside the files.
pub struct Texts<'t>(&'t mut Tx);

impl Tx {
    /// What is known of the texts of files.
    pub fn texts(&mut self) -> Texts<'_> {
        Texts(self)
    }
}

#[derive(FromRow)]
struct Row {
    digest: String,
    media_type: String,
    size: i64,
    attempts: i64,
}

impl Texts<'_> {
    /// Asks for the text of a file; a file that is known already is not read twice.
    pub async fn enqueue(
        &mut self,
        digest: Digest,
        media_type: &str,
        size: u64,
        at: Timestamp,
    ) -> Result<()> {
        on_either!(self.0, |conn| {
            sqlx::query(
                "INSERT INTO texts (digest, media_type, size, state, attempts, next_attempt_at,
                                    updated_at)
                 VALUES ($1, $2, $3, 'pending', 0, $4, $4)
                     ON CONFLICT (digest) DO NOTHING",
            )
            .bind(digest.to_string())
            .bind(media_type)
            .bind(size.cast_signed())
            .bind(ms(at))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// The next files to read, the longest waiting first.
    pub async fn due(&mut self, now: Timestamp, limit: i64) -> Result<Vec<QueuedText>> {
        let rows: Vec<Row> = on_either!(self.0, |conn| {
            sqlx::query_as(
                "SELECT digest, media_type, size, attempts
                   FROM texts
                  WHERE state = 'pending' AND next_attempt_at <= $1
                  ORDER BY next_attempt_at, digest
                  LIMIT $2",
            )
            .bind(ms(now))
            .bind(limit)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|row| {
                Ok(QueuedText {
                    digest: parsed(&row.digest)?,
                    media_type: row.media_type,
                    size: count(row.size)?,
                    attempts: u32::try_from(row.attempts).unwrap_or(u32::MAX),
                })
            })
            .collect()
    }

    /// Takes a file from the queue for one attempt that must end by `until`; another node that
    /// looks meanwhile does not see it. Tells whether it was still there.
    pub async fn claim(&mut self, text: &QueuedText, until: Timestamp) -> Result<bool> {
        let claimed = on_either!(self.0, |conn| {
            sqlx::query(
                "UPDATE texts
                    SET attempts = attempts + 1, next_attempt_at = $3
                  WHERE digest = $1 AND state = 'pending' AND attempts = $2",
            )
            .bind(text.digest.to_string())
            .bind(i64::from(text.attempts))
            .bind(ms(until))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(claimed > 0)
    }

    /// Notes how reading ended.
    pub async fn settle(
        &mut self,
        digest: Digest,
        state: TextState,
        reason: Option<&str>,
        engine: Option<&str>,
        chars: u64,
        at: Timestamp,
    ) -> Result<()> {
        on_either!(self.0, |conn| {
            sqlx::query(
                "UPDATE texts
                    SET state = $2, reason = $3, engine = $4, chars = $5, updated_at = $6
                  WHERE digest = $1",
            )
            .bind(digest.to_string())
            .bind(state.code())
            .bind(reason)
            .bind(engine)
            .bind(chars.cast_signed())
            .bind(ms(at))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// The documents that hold a file, so that they can be indexed anew. Drafts are among them:
    /// one may be sent at this very moment, in a unit of work that this one cannot see.
    pub async fn documents_with(&mut self, digest: Digest) -> Result<Vec<DocumentId>> {
        let ids: Vec<Uuid> = on_either!(self.0, |conn| {
            sqlx::query_scalar(
                "SELECT DISTINCT d.document_id
                   FROM files f
                   JOIN document_files d ON d.file_id = f.id
                  WHERE f.digest = $1",
            )
            .bind(digest.to_string())
            .fetch_all(conn)
            .await?
        });
        Ok(ids.into_iter().map(DocumentId).collect())
    }

    /// How many files wait to be read.
    pub async fn pending(&mut self) -> Result<u64> {
        let pending: i64 = on_either!(self.0, |conn| {
            sqlx::query_scalar("SELECT COUNT(*) FROM texts WHERE state = 'pending'")
                .fetch_one(conn)
                .await?
        });
        count(pending)
    }
}
