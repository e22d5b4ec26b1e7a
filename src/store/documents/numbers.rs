use uuid::Uuid;

use super::{
    super::{Result, StoreError, tx::on_either, values::series_year},
    Documents,
};
use crate::domain::{DocNumber, DocumentId, Prefix, UnitId};

impl Documents<'_> {
    /// Draws the next number of a series: without gaps, since an undone unit of work gives it
    /// back, and without duplicates, since the series is locked until the end of the unit.
    pub async fn next_number(
        &mut self,
        unit: UnitId,
        prefix: &Prefix,
        year: u16,
    ) -> Result<DocNumber> {
        loop {
            let seq: i64 = on_either!(self.0, |conn| {
                sqlx::query_scalar(
                    "INSERT INTO doc_number_series (unit_id, prefix, year, last_seq)
                     VALUES ($1, $2, $3, 1)
                         ON CONFLICT (unit_id, prefix, year)
                         DO UPDATE SET last_seq = doc_number_series.last_seq + 1
                  RETURNING last_seq",
                )
                .bind(unit.0)
                .bind(prefix.to_string())
                .bind(i64::from(year))
                .fetch_one(conn)
                .await?
            });
            let number = format!("{prefix}〔{year}〕{seq}号")
                .parse::<DocNumber>()
                .map_err(|error| StoreError::Unreadable(error.to_string()))?;
            // A number that was typed in by hand before is stepped over.
            if self.holder_of(unit, &number).await?.is_none() {
                return Ok(number);
            }
        }
    }

    /// The document of the unit that has this number.
    pub async fn holder_of(
        &mut self,
        unit: UnitId,
        number: &DocNumber,
    ) -> Result<Option<DocumentId>> {
        let id: Option<Uuid> = on_either!(self.0, |conn| {
            sqlx::query_scalar(
                "SELECT id
                   FROM documents
                  WHERE unit_id = $1 AND number_prefix = $2 AND number_year = $3
                    AND number_seq = $4",
            )
            .bind(unit.0)
            .bind(number.prefix().to_string())
            .bind(series_year(number))
            .bind(i64::from(number.seq()))
            .fetch_optional(conn)
            .await?
        });
        Ok(id.map(DocumentId))
    }
}
