use jiff::Timestamp;
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Result, StoreError, Tx,
    tx::on_either,
    values::{day, instant, instant_if, ms, parsed, parsed_if},
};
use crate::domain::{
    DocumentId, DutyWord, Notification, NotificationFilter, NotificationId, ObligationId, Occasion,
    SavedSearchId, UnitId, UserId,
};

/// Words to single people.
pub struct Notifications<'t>(&'t mut Tx);

impl Tx {
    /// Words to single people.
    pub fn notifications(&mut self) -> Notifications<'_> {
        Notifications(self)
    }
}

/// The columns of a notification.
macro_rules! columns {
    () => {
        "SELECT id, user_id, unit_id, obligation_id, document_id, event, level, due_on, text,
                    created_at, read_at, search_id, search_name
               FROM notifications"
    };
}

/// A page of somebody's notifications, newest first.
macro_rules! page_of {
    ($which:literal) => {
        concat!(
            columns!(),
            "
              WHERE user_id = $1 AND unit_id = $2 AND (created_at, id) < ($3, $4)",
            $which,
            " ORDER BY created_at DESC, id DESC
              LIMIT $5"
        )
    };
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    user_id: Uuid,
    unit_id: Uuid,
    obligation_id: Option<Uuid>,
    document_id: Uuid,
    event: String,
    level: String,
    due_on: Option<String>,
    text: String,
    created_at: i64,
    read_at: Option<i64>,
    search_id: Option<Uuid>,
    search_name: Option<String>,
}

impl Row {
    fn occasion(&self) -> Result<Occasion> {
        if let Some(obligation) = self.obligation_id {
            return Ok(Occasion::Duty(DutyWord {
                obligation: ObligationId(obligation),
                event: parsed(&self.event)?,
                level: parsed(&self.level)?,
                due_on: parsed_if(self.due_on.as_deref())?,
            }));
        }
        let search = self.search_id.ok_or_else(|| {
            StoreError::Unreadable(format!("notification {} has no occasion", self.id))
        })?;
        Ok(Occasion::Match {
            search: SavedSearchId(search),
            name: self.search_name.clone().unwrap_or_default(),
        })
    }
}

impl TryFrom<Row> for Notification {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            occasion: row.occasion()?,
            id: NotificationId(row.id),
            user: UserId(row.user_id),
            unit: UnitId(row.unit_id),
            document: DocumentId(row.document_id),
            text: row.text,
            created_at: instant(row.created_at)?,
            read_at: instant_if(row.read_at)?,
        })
    }
}

impl Notifications<'_> {
    /// Keeps a word to somebody.
    pub async fn insert(&mut self, one: &Notification) -> Result<()> {
        let duty = one.occasion.duty();
        let search = match &one.occasion {
            Occasion::Duty(_) => None,
            Occasion::Match { search, name } => Some((search.0, name.as_str())),
        };
        on_either!(self.0, |conn| {
            sqlx::query(
                "INSERT INTO notifications (id, user_id, unit_id, obligation_id, document_id,
                                            event, level, due_on, text, created_at, search_id,
                                            search_name)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            )
            .bind(one.id.0)
            .bind(one.user.0)
            .bind(one.unit.0)
            .bind(duty.map(|duty| duty.obligation.0))
            .bind(one.document.0)
            .bind(one.occasion.code())
            .bind(one.occasion.level().code())
            .bind(day(duty.and_then(|duty| duty.due_on)))
            .bind(&one.text)
            .bind(ms(one.created_at))
            .bind(search.map(|(id, _)| id))
            .bind(search.map(|(_, name)| name))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// A word, whoever it is for.
    pub async fn find(&mut self, id: NotificationId) -> Result<Option<Notification>> {
        let row: Option<Row> = on_either!(self.0, |conn| {
            sqlx::query_as(concat!(columns!(), " WHERE id = $1"))
                .bind(id.0)
                .fetch_optional(conn)
                .await?
        });
        row.map(TryInto::try_into).transpose()
    }

    /// A page of what was said to somebody for one of their units, newest first.
    pub async fn list(
        &mut self,
        (user, unit): (UserId, UnitId),
        filter: &NotificationFilter,
        limit: i64,
    ) -> Result<Vec<Notification>> {
        let (before, before_id) = filter
            .after
            .map_or((i64::MAX, Uuid::max()), |(at, id)| (ms(at), id.0));
        let statement = if filter.unread {
            page_of!(" AND read_at IS NULL")
        } else {
            page_of!("")
        };
        let rows: Vec<Row> = on_either!(self.0, |conn| {
            sqlx::query_as(statement)
                .bind(user.0)
                .bind(unit.0)
                .bind(before)
                .bind(before_id)
                .bind(limit)
                .fetch_all(conn)
                .await?
        });
        rows.into_iter().map(TryInto::try_into).collect()
    }

    /// Notes that somebody has read what was said to them; the first time stands. Tells whether
    /// there is such a word.
    pub async fn mark_read(
        &mut self,
        (user, unit): (UserId, UnitId),
        id: NotificationId,
        at: Timestamp,
    ) -> Result<bool> {
        let read = on_either!(self.0, |conn| {
            sqlx::query(
                "UPDATE notifications
                    SET read_at = COALESCE(read_at, $4)
                  WHERE id = $1 AND user_id = $2 AND unit_id = $3",
            )
            .bind(id.0)
            .bind(user.0)
            .bind(unit.0)
            .bind(ms(at))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(read > 0)
    }
}
