use jiff::{Timestamp, civil::Date};
use sqlx::FromRow;

use super::{
    Result, StoreError, Tx,
    tx::on_either,
    values::{codes, ms, parsed_list},
};
use crate::domain::{CalendarYear, UserId};

/// Notices of holidays that were entered while the hub runs.
pub struct Calendars<'t>(&'t mut Tx);

impl Tx {
    /// Notices of holidays that were entered while the hub runs.
    pub fn calendars(&mut self) -> Calendars<'_> {
        Calendars(self)
    }
}

#[derive(FromRow)]
struct Row {
    year: i64,
    version: i64,
    source: String,
    rest: String,
    make_up_work: String,
}

impl Row {
    fn read(self) -> Result<(CalendarYear, i64)> {
        let year = i16::try_from(self.year);
        let notice = CalendarYear {
            year: year.map_err(|error| StoreError::Unreadable(error.to_string()))?,
            source: self.source,
            rest: parsed_list(&self.rest)?,
            make_up_work: parsed_list(&self.make_up_work)?,
        };
        Ok((notice, self.version))
    }
}

impl Calendars<'_> {
    /// Keeps a version of the notice for a year. Tells whether it was the first of that number.
    pub async fn insert(
        &mut self,
        notice: &CalendarYear,
        version: i64,
        (by, at): (UserId, Timestamp),
    ) -> Result<bool> {
        let inserted = on_either!(self.0, |conn| {
            sqlx::query(
                "INSERT INTO calendar_years (year, version, source, rest, make_up_work,
                                             entered_by, entered_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7)
                     ON CONFLICT DO NOTHING",
            )
            .bind(i64::from(notice.year))
            .bind(version)
            .bind(&notice.source)
            .bind(days(&notice.rest))
            .bind(days(&notice.make_up_work))
            .bind(by.0)
            .bind(ms(at))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(inserted > 0)
    }

    /// Every version of every year, oldest first, with its number.
    pub async fn all(&mut self) -> Result<Vec<(CalendarYear, i64)>> {
        let rows: Vec<Row> = on_either!(self.0, |conn| {
            sqlx::query_as(
                "SELECT year, version, source, rest, make_up_work
                   FROM calendar_years
                  ORDER BY year, version",
            )
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(Row::read).collect()
    }
}

fn days(days: &[Date]) -> String {
    let days: Vec<_> = days.iter().map(Date::to_string).collect();
    codes(days.iter().map(String::as_str))
}
