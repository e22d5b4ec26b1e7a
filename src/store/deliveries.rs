use jiff::Timestamp;
use serde_json::json;
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Result, Tx,
    rows::{hex, insert_rows},
    tx::on_either,
    values::{act, instant, instant_if, ms, parsed},
};
use crate::domain::{Delivery, DeliveryFilter, DeliveryId, DocumentId, UnitId, UserId};

/// The deliveries of documents to units.
pub struct Deliveries<'t>(&'t mut Tx);

impl Tx {
    /// The deliveries of documents to units.
    pub fn deliveries(&mut self) -> Deliveries<'_> {
        Deliveries(self)
    }
}

/// The columns of a [`Row`], from a table called `v`.
macro_rules! delivery_columns {
    () => {
        "v.id, v.document_id, v.unit_id, v.role, v.state, v.sent_at, v.arrived_at, \
         v.first_read_at, v.first_read_by, v.signed_at, v.signed_by, v.sign_note, v.round, v.revision"
    };
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    document_id: Uuid,
    unit_id: Uuid,
    role: String,
    state: String,
    sent_at: i64,
    arrived_at: Option<i64>,
    first_read_at: Option<i64>,
    first_read_by: Option<Uuid>,
    signed_at: Option<i64>,
    signed_by: Option<Uuid>,
    sign_note: Option<String>,
    round: i64,
    revision: i64,
}

impl TryFrom<Row> for Delivery {
    type Error = super::StoreError;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: DeliveryId(row.id),
            document: DocumentId(row.document_id),
            unit: UnitId(row.unit_id),
            role: parsed(&row.role)?,
            state: parsed(&row.state)?,
            sent_at: instant(row.sent_at)?,
            arrived_at: instant_if(row.arrived_at)?,
            first_read: act(row.first_read_by, row.first_read_at)?,
            signed: act(row.signed_by, row.signed_at)?,
            sign_note: row.sign_note,
            round: row.round,
            revision: row.revision,
        })
    }
}

impl Deliveries<'_> {
    /// Puts a document into a unit's box.
    pub async fn insert(&mut self, delivery: &Delivery) -> Result<()> {
        self.insert_all(std::slice::from_ref(delivery)).await
    }

    /// Puts documents into units' boxes, with one statement for all.
    pub async fn insert_all(&mut self, deliveries: &[Delivery]) -> Result<()> {
        let rows = deliveries.iter().map(|delivery| {
            json!({
                "id": hex(delivery.id.0),
                "document_id": hex(delivery.document.0),
                "unit_id": hex(delivery.unit.0),
                "role": delivery.role.code(),
                "state": delivery.state.code(),
                "sent_at": ms(delivery.sent_at),
                "arrived_at": delivery.arrived_at.map(ms),
                "first_read_at": delivery.first_read.map(|(_, at)| ms(at)),
                "first_read_by": delivery.first_read.map(|(by, _)| hex(by.0)),
                "signed_at": delivery.signed.map(|(_, at)| ms(at)),
                "signed_by": delivery.signed.map(|(by, _)| hex(by.0)),
                "sign_note": delivery.sign_note,
                "round": delivery.round,
                "revision": delivery.revision,
            })
        });
        insert_rows!(self.0, rows, "deliveries", "", {
            id: id, document_id: id, unit_id: id, role: text, state: text, sent_at: number,
            arrived_at: number, first_read_at: number, first_read_by: id, signed_at: number,
            signed_by: id, sign_note: text, round: number, revision: number,
        });
        Ok(())
    }

    /// Finds a delivery for the unit it went to, or for one that issued what is delivered.
    pub async fn find_for(&mut self, viewer: UnitId, id: DeliveryId) -> Result<Option<Delivery>> {
        let row: Option<Row> = on_either!(self.0, |conn| {
            sqlx::query_as(concat!(
                "SELECT ",
                delivery_columns!(),
                "
                   FROM deliveries v
                   JOIN access a ON a.document_id = v.document_id AND a.unit_id = $1
                  WHERE v.id = $2
                    AND (v.unit_id = $1 OR a.basis IN ('issuer', 'joint'))"
            ))
            .bind(viewer.0)
            .bind(id.0)
            .fetch_optional(conn)
            .await?
        });
        row.map(TryInto::try_into).transpose()
    }

    /// The delivery of a document to a unit.
    pub async fn find_of(
        &mut self,
        document: DocumentId,
        unit: UnitId,
    ) -> Result<Option<Delivery>> {
        let row: Option<Row> = on_either!(self.0, |conn| {
            sqlx::query_as(concat!(
                "SELECT ",
                delivery_columns!(),
                "
                   FROM deliveries v
                  WHERE v.document_id = $1 AND v.unit_id = $2"
            ))
            .bind(document.0)
            .bind(unit.0)
            .fetch_optional(conn)
            .await?
        });
        row.map(TryInto::try_into).transpose()
    }

    /// Every delivery of a document that `viewer` may know of: all of them for its issuers, its
    /// own for a recipient.
    pub async fn of_document_for(
        &mut self,
        viewer: UnitId,
        document: DocumentId,
    ) -> Result<Vec<Delivery>> {
        let rows: Vec<Row> = on_either!(self.0, |conn| {
            sqlx::query_as(concat!(
                "SELECT ",
                delivery_columns!(),
                "
                   FROM deliveries v
                   JOIN access a ON a.document_id = v.document_id AND a.unit_id = $1
                  WHERE v.document_id = $2
                    AND (v.unit_id = $1 OR a.basis IN ('issuer', 'joint'))
                  ORDER BY v.role DESC, v.id"
            ))
            .bind(viewer.0)
            .bind(document.0)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(TryInto::try_into).collect()
    }

    /// A page of a unit's box, newest first.
    pub async fn inbox(
        &mut self,
        unit: UnitId,
        filter: &DeliveryFilter,
        limit: i64,
    ) -> Result<Vec<Delivery>> {
        let (before, before_id) = filter
            .after
            .map_or((i64::MAX, Uuid::max()), |(at, id)| (ms(at), id.0));
        let rows: Vec<Row> = match filter.state {
            Some(state) => on_either!(self.0, |conn| {
                sqlx::query_as(concat!(
                    "SELECT ",
                    delivery_columns!(),
                    "
                       FROM deliveries v
                      WHERE v.unit_id = $1 AND v.state = $5 AND (v.sent_at, v.id) < ($2, $3)
                      ORDER BY v.sent_at DESC, v.id DESC
                      LIMIT $4"
                ))
                .bind(unit.0)
                .bind(before)
                .bind(before_id)
                .bind(limit)
                .bind(state.code())
                .fetch_all(conn)
                .await?
            }),
            None => on_either!(self.0, |conn| {
                sqlx::query_as(concat!(
                    "SELECT ",
                    delivery_columns!(),
                    "
                       FROM deliveries v
                      WHERE v.unit_id = $1 AND (v.sent_at, v.id) < ($2, $3)
                      ORDER BY v.sent_at DESC, v.id DESC
                      LIMIT $4"
                ))
                .bind(unit.0)
                .bind(before)
                .bind(before_id)
                .bind(limit)
                .fetch_all(conn)
                .await?
            }),
        };
        rows.into_iter().map(TryInto::try_into).collect()
    }

    /// Notes the first reading. Tells whether this was it; signing stays what it was.
    pub async fn mark_read(&mut self, id: DeliveryId, by: UserId, at: Timestamp) -> Result<bool> {
        let marked = on_either!(self.0, |conn| {
            sqlx::query(
                "UPDATE deliveries
                    SET first_read_at = $2, first_read_by = $3, revision = revision + 1,
                        state = CASE state WHEN 'arrived' THEN 'read' ELSE state END
                  WHERE id = $1 AND first_read_at IS NULL",
            )
            .bind(id.0)
            .bind(ms(at))
            .bind(by.0)
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(marked > 0)
    }

    /// Notes the signing. Tells whether this was the first; a second changes nothing.
    pub async fn mark_signed(
        &mut self,
        id: DeliveryId,
        by: UserId,
        note: Option<&str>,
        at: Timestamp,
    ) -> Result<bool> {
        let marked = on_either!(self.0, |conn| {
            sqlx::query(
                "UPDATE deliveries
                    SET signed_at = $2, signed_by = $3, sign_note = $4, state = 'signed',
                        revision = revision + 1
                  WHERE id = $1 AND signed_at IS NULL",
            )
            .bind(id.0)
            .bind(ms(at))
            .bind(by.0)
            .bind(note)
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(marked > 0)
    }

    /// Notes that a person has read a document. Tells whether it was their first time.
    pub async fn mark_reader(
        &mut self,
        document: DocumentId,
        unit: UnitId,
        user: UserId,
        at: Timestamp,
    ) -> Result<bool> {
        let marked = on_either!(self.0, |conn| {
            sqlx::query(
                "INSERT INTO read_marks (document_id, user_id, unit_id, read_at)
                 VALUES ($1, $2, $3, $4)
                     ON CONFLICT DO NOTHING",
            )
            .bind(document.0)
            .bind(user.0)
            .bind(unit.0)
            .bind(ms(at))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(marked > 0)
    }

    /// Whether a person has read a document before.
    pub async fn has_read(&mut self, document: DocumentId, user: UserId) -> Result<bool> {
        let mark: Option<i64> = on_either!(self.0, |conn| {
            sqlx::query_scalar(
                "SELECT read_at FROM read_marks WHERE document_id = $1 AND user_id = $2",
            )
            .bind(document.0)
            .bind(user.0)
            .fetch_optional(conn)
            .await?
        });
        Ok(mark.is_some())
    }
}
