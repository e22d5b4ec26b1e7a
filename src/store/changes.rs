use jiff::Timestamp;
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Result, Tx,
    tx::on_either,
    values::{instant, parsed},
};
use crate::domain::{DocumentId, labelled::labelled};

labelled! {
    /// What a change is about.
    pub enum Subject {
        /// A document; every act on its deliveries counts as a change of it.
        Document = "document", "文书";
        /// A file, by its upload.
        File = "file", "文件";
        /// An obligation.
        Obligation = "obligation", "回复义务";
        /// A unit.
        Unit = "unit", "单位";
        /// An account.
        User = "user", "账号";
        /// A session.
        Session = "session", "会话";
        /// The hub itself.
        Hub = "hub", "文枢";
    }
}

/// Something that has happened, for those who do things later.
#[derive(Debug, Clone)]
pub struct Change {
    /// When.
    pub at: Timestamp,
    /// What it is about.
    pub subject: Subject,
    /// Which one.
    pub id: Uuid,
    /// What happened, as a short code.
    pub what: &'static str,
}

impl Change {
    /// A change of a document.
    #[must_use]
    pub fn of_document(id: DocumentId, what: &'static str, at: Timestamp) -> Self {
        Self {
            at,
            subject: Subject::Document,
            id: id.0,
            what,
        }
    }
}

/// A change with its number: numbers follow the order of commits and have no gaps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeLine {
    /// Its place in the log, from 1.
    pub number: u64,
    /// When.
    pub at: Timestamp,
    /// What it is about.
    pub subject: Subject,
    /// Which one.
    pub id: Uuid,
    /// What happened.
    pub what: String,
}

#[derive(FromRow)]
struct Row {
    number: i64,
    at: i64,
    subject: String,
    subject_id: Uuid,
    what: String,
}

impl TryFrom<Row> for ChangeLine {
    type Error = super::StoreError;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            number: super::values::count(row.number)?,
            at: instant(row.at)?,
            subject: parsed(&row.subject)?,
            id: row.subject_id,
            what: row.what,
        })
    }
}

/// The change log, for reading. [`Tx::happened`] writes it.
pub struct Changes<'t>(pub(super) &'t mut Tx);

impl Changes<'_> {
    /// The next `limit` changes after `number`.
    pub async fn after(&mut self, number: u64, limit: i64) -> Result<Vec<ChangeLine>> {
        let rows: Vec<Row> = on_either!(self.0, |conn| {
            sqlx::query_as(
                "SELECT number, at, subject, subject_id, what
                   FROM changes
                  WHERE number > $1
                  ORDER BY number
                  LIMIT $2",
            )
            .bind(number.cast_signed())
            .bind(limit)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(TryInto::try_into).collect()
    }

    /// The number of the newest change; 0 before the first.
    pub async fn newest(&mut self) -> Result<u64> {
        let number: i64 = on_either!(self.0, |conn| {
            sqlx::query_scalar("SELECT changes FROM log_head WHERE one = 1")
                .fetch_one(conn)
                .await?
        });
        super::values::count(number)
    }
}
