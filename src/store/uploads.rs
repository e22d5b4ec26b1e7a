//! Uploads that come in pieces: whose they are and how far they have come.

use jiff::Timestamp;
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Result, Tx,
    tx::on_either,
    values::{count, instant, ms, parsed_if},
};
use crate::domain::{Digest, FileId, UnitId, Upload, UploadId, UserId};

/// Uploads that come in pieces.
pub struct Uploads<'t>(&'t mut Tx);

impl Tx {
    /// Uploads that come in pieces.
    pub fn uploads(&mut self) -> Uploads<'_> {
        Uploads(self)
    }
}

/// What the unfinished uploads of a unit take.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Taken {
    /// How many there are.
    pub of_unit: u64,
    /// How many of them are one person's.
    pub of_user: u64,
    /// The bytes that are set aside for them.
    pub bytes: u64,
}

/// The columns of a [`Row`].
macro_rules! upload_columns {
    () => {
        "id, unit_id, user_id, place, name, metadata, length, received, digest, file_id, \
         created_at, expires_at"
    };
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    unit_id: Uuid,
    user_id: Uuid,
    place: Uuid,
    name: String,
    metadata: String,
    length: Option<i64>,
    received: i64,
    digest: Option<String>,
    file_id: Option<Uuid>,
    created_at: i64,
    expires_at: i64,
}

impl TryFrom<Row> for Upload {
    type Error = super::StoreError;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: UploadId(row.id),
            unit: UnitId(row.unit_id),
            user: UserId(row.user_id),
            place: row.place,
            name: row.name,
            metadata: row.metadata,
            length: row.length.map(count).transpose()?,
            received: count(row.received)?,
            digest: parsed_if(row.digest.as_deref())?,
            file: row.file_id.map(FileId),
            created_at: instant(row.created_at)?,
            expires_at: instant(row.expires_at)?,
        })
    }
}

impl Uploads<'_> {
    /// Begins an upload.
    pub async fn insert(&mut self, upload: &Upload) -> Result<()> {
        on_either!(self.0, |conn| {
            sqlx::query(
                "INSERT INTO resumable_uploads (id, unit_id, user_id, place, name, metadata,
                                                length, received, created_at, expires_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            )
            .bind(upload.id.0)
            .bind(upload.unit.0)
            .bind(upload.user.0)
            .bind(upload.place)
            .bind(&upload.name)
            .bind(&upload.metadata)
            .bind(upload.length.map(u64::cast_signed))
            .bind(upload.received.cast_signed())
            .bind(ms(upload.created_at))
            .bind(ms(upload.expires_at))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Finds an upload of somebody, for the unit that they began it for.
    pub async fn find_of(
        &mut self,
        unit: UnitId,
        user: UserId,
        id: UploadId,
    ) -> Result<Option<Upload>> {
        let row: Option<Row> = on_either!(self.0, |conn| {
            sqlx::query_as(concat!(
                "SELECT ",
                upload_columns!(),
                "
                   FROM resumable_uploads
                  WHERE id = $1 AND unit_id = $2 AND user_id = $3"
            ))
            .bind(id.0)
            .bind(unit.0)
            .bind(user.0)
            .fetch_optional(conn)
            .await?
        });
        row.map(TryInto::try_into).transpose()
    }

    /// Notes how many bytes are on the disk, and how long the whole will be. Tells whether the
    /// upload was where the caller thinks it was.
    pub async fn advance(
        &mut self,
        id: UploadId,
        (from, to): (u64, u64),
        length: Option<u64>,
        expires_at: Timestamp,
    ) -> Result<bool> {
        let advanced = on_either!(self.0, |conn| {
            sqlx::query(
                "UPDATE resumable_uploads
                    SET received = $3, length = COALESCE(length, $4), expires_at = $5
                  WHERE id = $1 AND received = $2 AND digest IS NULL",
            )
            .bind(id.0)
            .bind(from.cast_signed())
            .bind(to.cast_signed())
            .bind(length.map(u64::cast_signed))
            .bind(ms(expires_at))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(advanced > 0)
    }

    /// Notes what the bytes are called, now that all have come.
    pub async fn name_content(&mut self, id: UploadId, digest: Digest) -> Result<()> {
        on_either!(self.0, |conn| {
            sqlx::query("UPDATE resumable_uploads SET digest = $2 WHERE id = $1")
                .bind(id.0)
                .bind(digest.to_string())
                .execute(conn)
                .await?;
        });
        Ok(())
    }

    /// Notes the file that the upload has become. Tells whether it had not before.
    pub async fn became(&mut self, id: UploadId, file: FileId) -> Result<bool> {
        let became = on_either!(self.0, |conn| {
            sqlx::query(
                "UPDATE resumable_uploads
                    SET file_id = $2
                  WHERE id = $1 AND file_id IS NULL",
            )
            .bind(id.0)
            .bind(file.0)
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(became > 0)
    }

    /// Ends an upload, whatever has come of it. Tells whether it was there.
    pub async fn remove(&mut self, id: UploadId) -> Result<bool> {
        let removed = on_either!(self.0, |conn| {
            sqlx::query("DELETE FROM resumable_uploads WHERE id = $1")
                .bind(id.0)
                .execute(conn)
                .await?
                .rows_affected()
        });
        Ok(removed > 0)
    }

    /// Ends the uploads that have expired, and says how many.
    pub async fn expire(&mut self, now: Timestamp) -> Result<u64> {
        Ok(on_either!(self.0, |conn| {
            sqlx::query("DELETE FROM resumable_uploads WHERE expires_at <= $1")
                .bind(ms(now))
                .execute(conn)
                .await?
                .rows_affected()
        }))
    }

    /// Whether bytes of this upload are still wanted.
    pub async fn is_open(&mut self, id: UploadId) -> Result<bool> {
        let found: Option<i64> = on_either!(self.0, |conn| {
            sqlx::query_scalar(
                "SELECT received FROM resumable_uploads WHERE id = $1 AND file_id IS NULL",
            )
            .bind(id.0)
            .fetch_optional(conn)
            .await?
        });
        Ok(found.is_some())
    }

    /// What the unfinished uploads of a unit take; for one whose length is not known, what has
    /// come.
    pub async fn taken(&mut self, unit: UnitId, user: UserId) -> Result<Taken> {
        let (of_unit, of_user, bytes): (i64, i64, i64) = on_either!(self.0, |conn| {
            sqlx::query_as(
                "SELECT COUNT(*),
                        COUNT(CASE WHEN user_id = $2 THEN 1 END),
                        CAST(COALESCE(SUM(COALESCE(length, received)), 0) AS BIGINT)
                   FROM resumable_uploads
                  WHERE unit_id = $1 AND file_id IS NULL",
            )
            .bind(unit.0)
            .bind(user.0)
            .fetch_one(conn)
            .await?
        });
        Ok(Taken {
            of_unit: count(of_unit)?,
            of_user: count(of_user)?,
            bytes: count(bytes)?,
        })
    }
}
