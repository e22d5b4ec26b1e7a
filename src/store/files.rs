use jiff::Timestamp;
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Result, Tx,
    tx::on_either,
    values::{count, instant, ms, parsed},
};
use crate::domain::{Digest, DocumentId, FileId, StoredFile, UnitId, UserId};

/// What people have uploaded.
pub struct Files<'t>(&'t mut Tx);

impl Tx {
    /// What people have uploaded.
    pub fn files(&mut self) -> Files<'_> {
        Files(self)
    }
}

#[derive(FromRow)]
pub(super) struct FileRow {
    id: Uuid,
    digest: String,
    size: i64,
    name: String,
    media_type: String,
    unit_id: Uuid,
    uploaded_by: Uuid,
    uploaded_at: i64,
}

impl TryFrom<FileRow> for StoredFile {
    type Error = super::StoreError;

    fn try_from(row: FileRow) -> Result<Self> {
        Ok(Self {
            id: FileId(row.id),
            digest: parsed(&row.digest)?,
            size: count(row.size)?,
            name: row.name,
            media_type: row.media_type,
            unit: UnitId(row.unit_id),
            uploaded_by: UserId(row.uploaded_by),
            uploaded_at: instant(row.uploaded_at)?,
        })
    }
}

impl Files<'_> {
    /// Enters an upload.
    pub async fn insert(&mut self, file: &StoredFile) -> Result<()> {
        on_either!(self.0, |conn| {
            sqlx::query(
                "INSERT INTO files (id, digest, size, name, media_type, unit_id, uploaded_by,
                                    uploaded_at, attached)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, FALSE)",
            )
            .bind(file.id.0)
            .bind(file.digest.to_string())
            .bind(file.size.cast_signed())
            .bind(&file.name)
            .bind(&file.media_type)
            .bind(file.unit.0)
            .bind(file.uploaded_by.0)
            .bind(ms(file.uploaded_at))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Finds an upload of a unit.
    pub async fn find_of(&mut self, unit: UnitId, id: FileId) -> Result<Option<StoredFile>> {
        let row: Option<FileRow> = on_either!(self.0, |conn| {
            sqlx::query_as(
                "SELECT id, digest, size, name, media_type, unit_id, uploaded_by, uploaded_at
                   FROM files
                  WHERE id = $1 AND unit_id = $2",
            )
            .bind(id.0)
            .bind(unit.0)
            .fetch_optional(conn)
            .await?
        });
        row.map(TryInto::try_into).transpose()
    }

    /// The newest upload of a unit with this content.
    pub async fn find_content(
        &mut self,
        unit: UnitId,
        digest: &Digest,
    ) -> Result<Option<StoredFile>> {
        let row: Option<FileRow> = on_either!(self.0, |conn| {
            sqlx::query_as(
                "SELECT id, digest, size, name, media_type, unit_id, uploaded_by, uploaded_at
                   FROM files
                  WHERE digest = $1 AND unit_id = $2
                  ORDER BY uploaded_at DESC, id DESC
                  LIMIT 1",
            )
            .bind(digest.to_string())
            .bind(unit.0)
            .fetch_optional(conn)
            .await?
        });
        row.map(TryInto::try_into).transpose()
    }

    /// Finds a file of a document, for a unit that may see the document. Nothing is found in a
    /// document in quarantine, nor what was destroyed.
    pub async fn find_in(
        &mut self,
        viewer: UnitId,
        document: DocumentId,
        id: FileId,
    ) -> Result<Option<StoredFile>> {
        let row: Option<FileRow> = on_either!(self.0, |conn| {
            sqlx::query_as(
                "SELECT f.id, f.digest, f.size, f.name, f.media_type, f.unit_id, f.uploaded_by,
                        f.uploaded_at
                   FROM access a
                   JOIN document_files d ON d.document_id = a.document_id
                   JOIN files f ON f.id = d.file_id
                   JOIN documents q ON q.id = a.document_id
                  WHERE a.unit_id = $1 AND a.document_id = $2 AND f.id = $3
                    AND f.destroyed = FALSE AND q.quarantined_at IS NULL",
            )
            .bind(viewer.0)
            .bind(document.0)
            .bind(id.0)
            .fetch_optional(conn)
            .await?
        });
        row.map(TryInto::try_into).transpose()
    }

    /// Notes that an upload is part of a document, so that it is kept. Tells whether it is still
    /// whole; whoever destroys it meanwhile waits for this unit of work and then sees it.
    pub async fn attach(&mut self, id: FileId) -> Result<bool> {
        let attached = on_either!(self.0, |conn| {
            sqlx::query("UPDATE files SET attached = TRUE WHERE id = $1 AND destroyed = FALSE")
                .bind(id.0)
                .execute(conn)
                .await?
                .rows_affected()
        });
        Ok(attached > 0)
    }

    /// The bytes a unit has uploaded since `since`.
    pub async fn uploaded_since(&mut self, unit: UnitId, since: Timestamp) -> Result<u64> {
        let bytes: i64 = on_either!(self.0, |conn| {
            sqlx::query_scalar(
                "SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT)
                   FROM files
                  WHERE unit_id = $1 AND uploaded_at >= $2",
            )
            .bind(unit.0)
            .bind(ms(since))
            .fetch_one(conn)
            .await?
        });
        count(bytes)
    }

    /// Forgets uploads from before `before` that never became part of a document.
    pub async fn forget_unattached(&mut self, before: Timestamp) -> Result<u64> {
        Ok(on_either!(self.0, |conn| {
            sqlx::query(
                "DELETE FROM files
                  WHERE attached = FALSE AND uploaded_at < $1
                    AND NOT EXISTS (SELECT 1 FROM document_files d WHERE d.file_id = files.id)",
            )
            .bind(ms(before))
            .execute(conn)
            .await?
            .rows_affected()
        }))
    }

    /// Every digest that some upload refers to and whose bytes are to be there, after `after`, in order.
    pub async fn digests(&mut self, after: &str, limit: i64) -> Result<Vec<(String, u64)>> {
        let rows: Vec<(String, i64)> = on_either!(self.0, |conn| {
            sqlx::query_as(
                "SELECT digest, MAX(size)
                   FROM files
                  WHERE digest > $1 AND destroyed = FALSE
                  GROUP BY digest
                  ORDER BY digest
                  LIMIT $2",
            )
            .bind(after)
            .bind(limit)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|(digest, size)| Ok((digest, count(size)?)))
            .collect()
    }
}
