//! Several documents at once, as far as a unit may see them.

use sqlx::FromRow;
use uuid::Uuid;

use super::{
    super::{
        Result,
        tx::{Engine, on_either},
        values::{instant, ms},
    },
    Documents, Row,
};
use crate::domain::{Card, Document, DocumentFilter, DocumentId, DocumentState, UnitId};

/// A page of what a unit may see: along its access, newest first.
const LIST: &str = concat!(
    "SELECT ",
    document_columns!(),
    ", a.since
       FROM access a
       JOIN documents d ON d.id = a.document_id
      WHERE a.unit_id = $1
        AND (a.since, a.document_id) < ($2, $3)
        AND (a.basis = 'issuer' OR $4 = FALSE)
        AND (d.state = $5 OR $5 = '') AND $6 = ''
      ORDER BY a.since DESC, a.document_id DESC
      LIMIT $7"
);

/// The same of one kind, which may be rare among what the unit sees.
const LIST_KIND: &str = concat!(
    "SELECT ",
    document_columns!(),
    ", a.since
       FROM access a
       JOIN documents d ON d.id = a.document_id
      WHERE a.unit_id = $1 AND a.kind_code = $6
        AND (a.since, a.document_id) < ($2, $3)
        AND (a.basis = 'issuer' OR $4 = FALSE)
        AND (d.state = $5 OR $5 = '')
      ORDER BY a.since DESC, a.document_id DESC
      LIMIT $7"
);

/// The same of what the unit issues itself.
const LIST_OWN: &str = concat!(
    "SELECT ",
    document_columns!(),
    ", a.since
       FROM access a
       JOIN documents d ON d.id = a.document_id
      WHERE a.unit_id = $1 AND a.basis = 'issuer' AND $4 = TRUE
        AND (a.since, a.document_id) < ($2, $3)
        AND (d.state = $5 OR $5 = '') AND $6 = ''
      ORDER BY a.since DESC, a.document_id DESC
      LIMIT $7"
);

/// The same of drafts and issued documents. Of its own, and of those that it issues jointly, a
/// unit has a dozen where it sees a hundred thousand, so they are looked up first; `CROSS JOIN`
/// has SQLite begin with them.
const LIST_UNSENT: &str = concat!(
    "SELECT ",
    document_columns!(),
    ", a.since
       FROM (SELECT w.id
               FROM documents w
              WHERE w.unit_id = $1 AND w.state = $5
                AND w.state IN ('draft', 'in_review', 'issued')
              UNION
             SELECT j.document_id
               FROM access j
              WHERE j.unit_id = $1 AND j.basis = 'joint') AS unsent
      CROSS JOIN access a
      CROSS JOIN documents d
      WHERE a.unit_id = $1 AND a.document_id = unsent.id AND d.id = unsent.id
        AND (a.since, a.document_id) < ($2, $3)
        AND (a.basis = 'issuer' OR $4 = FALSE)
        AND d.state = $5
        AND (d.kind_code = $6 OR $6 = '')
      ORDER BY a.since DESC, a.document_id DESC
      LIMIT $7"
);

/// The documents among a list that a unit has to do with.
macro_rules! among {
    ($table:literal, $column:literal, in_sqlite) => {
        among!(
            $table,
            $column,
            "IN (SELECT unhex(value) FROM json_each($2))"
        )
    };
    ($table:literal, $column:literal, in_postgres) => {
        among!($table, $column, "= ANY($2)")
    };
    ($table:literal, $column:literal, $listed:literal) => {
        concat!(
            "SELECT ",
            document_columns!(),
            "  FROM ",
            $table,
            "  JOIN documents d ON d.id = a.document_id
              WHERE a.unit_id = $1
                AND ",
            $column,
            " ",
            $listed
        )
    };
}

/// A row with the moment since which the viewer may see it.
#[derive(FromRow)]
struct ListedRow {
    #[sqlx(flatten)]
    row: Row,
    since: i64,
}

impl Documents<'_> {
    /// A page of what a unit may see, newest first, without the parts.
    pub async fn list_for(
        &mut self,
        viewer: UnitId,
        filter: &DocumentFilter,
        limit: i64,
    ) -> Result<Vec<Card>> {
        let statement = match filter.state {
            Some(DocumentState::Draft | DocumentState::InReview | DocumentState::Issued) => {
                LIST_UNSENT
            }
            _ if filter.kind.is_some() => LIST_KIND,
            _ if filter.own => LIST_OWN,
            _ => LIST,
        };
        let (before, before_id) = filter
            .after
            .map_or((i64::MAX, Uuid::max()), |(at, id)| (ms(at), id.0));
        let rows: Vec<ListedRow> = on_either!(self.0, |conn| {
            sqlx::query_as(statement)
                .bind(viewer.0)
                .bind(before)
                .bind(before_id)
                .bind(filter.own)
                .bind(filter.state.map_or("", DocumentState::code))
                .bind(filter.kind.as_deref().unwrap_or_default())
                .bind(limit)
                .fetch_all(conn)
                .await?
        });
        rows.into_iter()
            .map(|listed| {
                Ok(Card {
                    since: instant(listed.since)?,
                    document: listed.row.try_into()?,
                })
            })
            .collect()
    }

    /// The documents among `ids` that a unit may see, without their parts, in no order.
    pub async fn among_for(&mut self, viewer: UnitId, ids: &[DocumentId]) -> Result<Vec<Document>> {
        self.among(
            viewer,
            ids,
            [
                among!("access a", "a.document_id", in_sqlite),
                among!("access a", "a.document_id", in_postgres),
            ],
        )
        .await
    }

    /// The documents among `ids` that were delivered to a unit and taken back. Of these a unit
    /// is shown a trace; what they say is not for it any more.
    pub async fn recalled_from(
        &mut self,
        unit: UnitId,
        ids: &[DocumentId],
    ) -> Result<Vec<Document>> {
        let mut found = self
            .among(
                unit,
                ids,
                [
                    among!("deliveries a", "a.document_id", in_sqlite),
                    among!("deliveries a", "a.document_id", in_postgres),
                ],
            )
            .await?;
        found.retain(|document| document.recalled.is_some());
        Ok(found)
    }

    /// Runs the statement for SQLite or the one for PostgreSQL, which take lists differently.
    async fn among(
        &mut self,
        unit: UnitId,
        ids: &[DocumentId],
        [sqlite, postgres]: [&'static str; 2],
    ) -> Result<Vec<Document>> {
        let rows: Vec<Row> = match &mut self.0.engine {
            Engine::Sqlite(embedded) => {
                let ids: Vec<String> = ids.iter().map(|id| id.0.simple().to_string()).collect();
                let ids = serde_json::Value::from(ids).to_string();
                sqlx::query_as(sqlite)
                    .bind(unit.0)
                    .bind(ids)
                    .fetch_all(embedded.connection())
                    .await?
            }
            Engine::Postgres(tx) => {
                let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
                sqlx::query_as(postgres)
                    .bind(unit.0)
                    .bind(ids)
                    .fetch_all(&mut **tx)
                    .await?
            }
        };
        rows.into_iter().map(TryInto::try_into).collect()
    }

    /// The sent replies to a document that a unit may see, oldest first.
    pub async fn replies_for(
        &mut self,
        viewer: UnitId,
        to: DocumentId,
        limit: i64,
    ) -> Result<Vec<Document>> {
        let rows: Vec<Row> = on_either!(self.0, |conn| {
            sqlx::query_as(concat!(
                "SELECT ",
                document_columns!(),
                "
                   FROM documents d
                   JOIN access a ON a.document_id = d.id AND a.unit_id = $1
                  WHERE d.in_reply_to = $2 AND d.sent_at IS NOT NULL
                  ORDER BY d.sent_at, d.id
                  LIMIT $3"
            ))
            .bind(viewer.0)
            .bind(to.0)
            .bind(limit)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(TryInto::try_into).collect()
    }
}
