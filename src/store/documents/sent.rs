//! The board of a sender: what it has sent, and how far it has come with everybody.

use jiff::Timestamp;
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    super::{
        Result,
        tx::{Engine, on_either},
        values::{count, ms},
    },
    Documents, Row,
};
use crate::domain::{Document, DocumentId, Tally, UnitId};

/// What `$1` may know of the deliveries of documents that it issues, a row for each document.
macro_rules! tally_for {
    () => {
        "SELECT v.document_id,
                COUNT(CASE WHEN v.role <> 'forward' THEN 1 END) AS recipients,
                COUNT(CASE WHEN v.role <> 'forward' THEN v.arrived_at END) AS arrived,
                COUNT(CASE WHEN v.role <> 'forward' THEN v.first_read_at END) AS read_by,
                COUNT(CASE WHEN v.role <> 'forward'
                            AND (v.signed_at IS NOT NULL OR v.deemed_on IS NOT NULL)
                           THEN 1 END) AS signed,
                COUNT(CASE WHEN v.role <> 'forward' AND v.signed_at IS NULL
                           THEN v.deemed_on END) AS deemed,
                COUNT(CASE WHEN v.role <> 'forward' AND v.state = 'returned'
                           THEN 1 END) AS returned,
                COUNT(CASE WHEN v.role <> 'forward' AND v.state = 'returned'
                            AND r.decided_at IS NULL
                           THEN 1 END) AS to_decide,
                COUNT(CASE WHEN v.role = 'forward' THEN 1 END) AS forwarded
           FROM access a
           JOIN deliveries v ON v.document_id = a.document_id
           LEFT JOIN delivery_returns r ON r.delivery_id = v.id AND r.round = v.round
          WHERE a.unit_id = $1 AND a.basis IN ('issuer', 'joint') AND a.document_id "
    };
}

#[derive(FromRow)]
struct TallyRow {
    document_id: Uuid,
    recipients: i64,
    arrived: i64,
    read_by: i64,
    signed: i64,
    deemed: i64,
    returned: i64,
    to_decide: i64,
    forwarded: i64,
}

impl TryFrom<TallyRow> for (DocumentId, Tally) {
    type Error = super::super::StoreError;

    fn try_from(row: TallyRow) -> Result<Self> {
        let tally = Tally {
            recipients: count(row.recipients)?,
            arrived: count(row.arrived)?,
            read: count(row.read_by)?,
            signed: count(row.signed)?,
            deemed: count(row.deemed)?,
            returned: count(row.returned)?,
            to_decide: count(row.to_decide)?,
            forwarded: count(row.forwarded)?,
        };
        Ok((DocumentId(row.document_id), tally))
    }
}

impl Documents<'_> {
    /// A page of what a unit has sent, newest first, without the parts. A joint issuer is shown
    /// it among the documents that it may see.
    pub async fn sent_by(
        &mut self,
        unit: UnitId,
        after: Option<(Timestamp, DocumentId)>,
        limit: i64,
    ) -> Result<Vec<Document>> {
        let (before, before_id) = after.map_or((i64::MAX, Uuid::max()), |(at, id)| (ms(at), id.0));
        let rows: Vec<Row> = on_either!(self.0, |conn| {
            sqlx::query_as(concat!(
                "SELECT ",
                document_columns!(),
                "  FROM documents d
                   JOIN access a ON a.document_id = d.id AND a.unit_id = $1
                  WHERE d.unit_id = $1 AND d.sent_at IS NOT NULL
                    AND (d.sent_at, d.id) < ($2, $3)
                  ORDER BY d.sent_at DESC, d.id DESC
                  LIMIT $4"
            ))
            .bind(unit.0)
            .bind(before)
            .bind(before_id)
            .bind(limit)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(TryInto::try_into).collect()
    }

    /// How far these documents have come with their recipients, as far as the unit issues them.
    pub async fn tallies_for(
        &mut self,
        unit: UnitId,
        ids: &[DocumentId],
    ) -> Result<Vec<(DocumentId, Tally)>> {
        let rows: Vec<TallyRow> = match &mut self.0.engine {
            Engine::Sqlite(embedded) => {
                let ids: Vec<String> = ids.iter().map(|id| id.0.simple().to_string()).collect();
                sqlx::query_as(concat!(
                    tally_for!(),
                    "IN (SELECT unhex(value) FROM json_each($2)) GROUP BY v.document_id"
                ))
                .bind(unit.0)
                .bind(serde_json::Value::from(ids).to_string())
                .fetch_all(embedded.connection())
                .await?
            }
            Engine::Postgres(tx) => {
                let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
                sqlx::query_as(concat!(tally_for!(), "= ANY($2) GROUP BY v.document_id"))
                    .bind(unit.0)
                    .bind(ids)
                    .fetch_all(&mut **tx)
                    .await?
            }
        };
        rows.into_iter().map(TryInto::try_into).collect()
    }
}
