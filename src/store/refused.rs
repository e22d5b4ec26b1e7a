//! Content that bears a mark of classification, known by nothing but its digest.

use jiff::Timestamp;
use uuid::Uuid;

use super::{
    Result, Tx,
    tx::on_either,
    values::{ms, parsed},
};
use crate::domain::{Digest, DocumentId, FileId};

/// Content that is not taken in again.
pub struct Refused<'t>(&'t mut Tx);

impl Tx {
    /// Content that is not taken in again.
    pub fn refused(&mut self) -> Refused<'_> {
        Refused(self)
    }
}

impl Refused<'_> {
    /// Refuses content from now on; its bytes are to be destroyed. Tells whether this is new.
    pub async fn add(&mut self, digest: Digest, at: Timestamp) -> Result<bool> {
        let added = on_either!(self.0, |conn| {
            sqlx::query(
                "INSERT INTO refused_content (digest, found_at)
                 VALUES ($1, $2)
                     ON CONFLICT (digest) DO NOTHING",
            )
            .bind(digest.to_string())
            .bind(ms(at))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(added > 0)
    }

    /// Whether content is refused.
    pub async fn has(&mut self, digest: Digest) -> Result<bool> {
        let found: Option<i64> = on_either!(self.0, |conn| {
            sqlx::query_scalar("SELECT found_at FROM refused_content WHERE digest = $1")
                .bind(digest.to_string())
                .fetch_optional(conn)
                .await?
        });
        Ok(found.is_some())
    }

    /// What is yet to be destroyed, the longest waiting first.
    pub async fn waiting(&mut self, limit: i64) -> Result<Vec<Digest>> {
        let digests: Vec<String> = on_either!(self.0, |conn| {
            sqlx::query_scalar(
                "SELECT digest
                   FROM refused_content
                  WHERE destroyed_at IS NULL
                  ORDER BY found_at
                  LIMIT $1",
            )
            .bind(limit)
            .fetch_all(conn)
            .await?
        });
        digests.iter().map(|digest| parsed(digest)).collect()
    }

    /// Notes that the bytes are no more.
    pub async fn destroyed(&mut self, digest: Digest, at: Timestamp) -> Result<()> {
        on_either!(self.0, |conn| {
            sqlx::query("UPDATE refused_content SET destroyed_at = $2 WHERE digest = $1")
                .bind(digest.to_string())
                .bind(ms(at))
                .execute(conn)
                .await?;
        });
        Ok(())
    }

    /// What was destroyed at or after `since`: an upload of the same bytes may have been on its
    /// way at that moment.
    pub async fn destroyed_since(&mut self, since: Timestamp) -> Result<Vec<Digest>> {
        let digests: Vec<String> = on_either!(self.0, |conn| {
            sqlx::query_scalar("SELECT digest FROM refused_content WHERE destroyed_at >= $1")
                .bind(ms(since))
                .fetch_all(conn)
                .await?
        });
        digests.iter().map(|digest| parsed(digest)).collect()
    }

    /// Marks every upload of this content as destroyed and takes its name away. A document that
    /// is being sent with one of them is sent before this or not at all: both write the same row.
    pub async fn take_files(&mut self, digest: Digest, name: &str) -> Result<Vec<FileId>> {
        let ids: Vec<Uuid> = on_either!(self.0, |conn| {
            sqlx::query_scalar(
                "UPDATE files
                    SET destroyed = TRUE, name = $2
                  WHERE digest = $1
              RETURNING id",
            )
            .bind(digest.to_string())
            .bind(name)
            .fetch_all(conn)
            .await?
        });
        Ok(ids.into_iter().map(FileId).collect())
    }

    /// The sent documents that hold this content and are not in quarantine.
    pub async fn holders(&mut self, digest: Digest) -> Result<Vec<DocumentId>> {
        let ids: Vec<Uuid> = on_either!(self.0, |conn| {
            sqlx::query_scalar(
                "SELECT DISTINCT d.document_id
                   FROM files f
                   JOIN document_files d ON d.file_id = f.id
                   JOIN documents q ON q.id = d.document_id
                  WHERE f.digest = $1 AND q.sent_at IS NOT NULL AND q.quarantined_at IS NULL",
            )
            .bind(digest.to_string())
            .fetch_all(conn)
            .await?
        });
        Ok(ids.into_iter().map(DocumentId).collect())
    }

    /// Forgets the answers that are kept for requests asked again, where they speak of a document
    /// or a file: they hold what it said.
    pub async fn forget_answers(&mut self, about: Uuid) -> Result<()> {
        on_either!(self.0, |conn| {
            sqlx::query("DELETE FROM idempotency WHERE body LIKE $1")
                .bind(format!("%{about}%"))
                .execute(conn)
                .await?;
        });
        Ok(())
    }

    /// Puts a document into quarantine: what it said is replaced by `title`, and whom it was
    /// sent to does not see it any more and owes no answer. What is proved about it stays. Tells whether it was not
    /// in quarantine before.
    pub async fn quarantine(&mut self, id: DocumentId, title: &str, at: Timestamp) -> Result<bool> {
        let marked = on_either!(self.0, |conn| {
            sqlx::query(
                "UPDATE documents
                    SET title = $2, fields = '{}', case_number = NULL, review_note = NULL,
                        amendment = NULL, recall_reason = NULL, quarantined_at = $3,
                        revision = revision + 1
                  WHERE id = $1 AND quarantined_at IS NULL",
            )
            .bind(id.0)
            .bind(title)
            .bind(ms(at))
            .execute(conn)
            .await?
            .rows_affected()
        });
        if marked == 0 {
            return Ok(false);
        }
        // What nobody can read, nobody can be asked to answer.
        on_either!(self.0, |conn| {
            sqlx::query(
                "UPDATE obligations
                    SET state = 'withdrawn', revision = revision + 1
                  WHERE document_id = $1 AND state <> 'replied'",
            )
            .bind(id.0)
            .execute(conn)
            .await?;
        });
        on_either!(self.0, |conn| {
            sqlx::query(
                "DELETE FROM access
                  WHERE document_id = $1 AND basis NOT IN ('issuer', 'joint')",
            )
            .bind(id.0)
            .execute(conn)
            .await?;
        });
        Ok(true)
    }
}
