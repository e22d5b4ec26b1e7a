use serde_json::json;
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Result, Tx,
    rows::{hex, insert_rows},
    tx::on_either,
    values::{act, instant, instant_if, ms, parsed, parsed_if},
};
use crate::domain::{Delivery, DeliveryId, DocumentId, Forwarding, UnitId, UserId};

mod marks;

/// The deliveries of documents to units.
pub struct Deliveries<'t>(pub(super) &'t mut Tx);

impl Tx {
    /// The deliveries of documents to units.
    pub fn deliveries(&mut self) -> Deliveries<'_> {
        Deliveries(self)
    }
}

/// The columns of a [`Row`], from a table called `v` and the delivery `f` that it was passed on
/// from.
macro_rules! delivery_columns {
    () => {
        "v.id, v.document_id, v.unit_id, v.role, v.state, v.sent_at, v.arrived_at, \
         v.first_read_at, v.first_read_by, v.signed_at, v.signed_by, v.sign_note, v.deemed_on, \
         v.sender_id, v.kind_code, v.urgency, v.forwarded_from, f.unit_id AS forwarder_id, \
         v.forwarded_by, v.forward_note, v.turn, v.done_at, v.done_by, v.done_note, v.round, \
         v.revision, v.fetched_at, v.fetched_by"
    };
}

/// A table called `v`, each row with the one that it was passed on from, if any.
macro_rules! with_forwarder {
    () => {
        " LEFT JOIN deliveries f ON f.id = v.forwarded_from "
    };
}

// Below the macros that it uses.
mod pages;

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
    deemed_on: Option<String>,
    sender_id: Uuid,
    kind_code: String,
    urgency: String,
    forwarded_from: Option<Uuid>,
    forwarder_id: Option<Uuid>,
    forwarded_by: Option<Uuid>,
    forward_note: Option<String>,
    turn: i64,
    done_at: Option<i64>,
    done_by: Option<Uuid>,
    done_note: Option<String>,
    round: i64,
    revision: i64,
    fetched_at: Option<i64>,
    fetched_by: Option<Uuid>,
}

impl Row {
    fn forwarding(&self) -> Option<Forwarding> {
        Some(Forwarding {
            from: DeliveryId(self.forwarded_from?),
            unit: UnitId(self.forwarder_id?),
            by: UserId(self.forwarded_by?),
            note: self.forward_note.clone(),
        })
    }
}

impl TryFrom<Row> for Delivery {
    type Error = super::StoreError;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            forwarded: row.forwarding(),
            id: DeliveryId(row.id),
            document: DocumentId(row.document_id),
            unit: UnitId(row.unit_id),
            role: parsed(&row.role)?,
            state: parsed(&row.state)?,
            sent_at: instant(row.sent_at)?,
            arrived_at: instant_if(row.arrived_at)?,
            first_read: act(row.first_read_by, row.first_read_at)?,
            fetched: act(row.fetched_by, row.fetched_at)?,
            signed: act(row.signed_by, row.signed_at)?,
            sign_note: row.sign_note,
            deemed_on: parsed_if(row.deemed_on.as_deref())?,
            sender: UnitId(row.sender_id),
            kind: row.kind_code,
            urgency: parsed(&row.urgency)?,
            turn: row.turn,
            done: act(row.done_by, row.done_at)?,
            done_note: row.done_note,
            round: row.round,
            revision: row.revision,
        })
    }
}

impl Deliveries<'_> {
    /// Puts a document into a unit's box. Tells whether it was not there yet; a unit is delivered
    /// a document once.
    pub async fn insert(&mut self, delivery: &Delivery) -> Result<bool> {
        let inserted = self.insert_all(std::slice::from_ref(delivery)).await?;
        Ok(inserted > 0)
    }

    /// Puts documents into units' boxes, with one statement for all. Gives the number of those
    /// that were not there yet.
    pub async fn insert_all(&mut self, deliveries: &[Delivery]) -> Result<usize> {
        let rows = deliveries.iter().map(|delivery| {
            let forwarded = delivery.forwarded.as_ref();
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
                "sender_id": hex(delivery.sender.0),
                "kind_code": delivery.kind,
                "urgency": delivery.urgency.code(),
                "forwarded_from": forwarded.map(|forwarding| hex(forwarding.from.0)),
                "forwarded_by": forwarded.map(|forwarding| hex(forwarding.by.0)),
                "forward_note": forwarded.and_then(|forwarding| forwarding.note.as_deref()),
                "round": delivery.round,
                "revision": delivery.revision,
            })
        });
        let inserted = insert_rows!(self.0, rows, "deliveries",
            "ON CONFLICT (document_id, unit_id) DO NOTHING", {
            id: id, document_id: id, unit_id: id, role: text, state: text, sent_at: number,
            arrived_at: number, first_read_at: number, first_read_by: id, signed_at: number,
            signed_by: id, sign_note: text, sender_id: id, kind_code: text, urgency: text,
            forwarded_from: id, forwarded_by: id, forward_note: text, round: number,
            revision: number,
        });
        Ok(usize::try_from(inserted).unwrap_or(usize::MAX))
    }

    /// Finds a delivery for the unit it went to, for the one that passed it on, or for one that
    /// issued what is delivered. Its own delivery a unit sees also when what was delivered has been
    /// taken back.
    pub async fn find_for(&mut self, viewer: UnitId, id: DeliveryId) -> Result<Option<Delivery>> {
        let row: Option<Row> = on_either!(self.0, |conn| {
            sqlx::query_as(concat!(
                "SELECT ",
                delivery_columns!(),
                "
                   FROM deliveries v ",
                with_forwarder!(),
                "  LEFT JOIN access a ON a.document_id = v.document_id AND a.unit_id = $1
                  WHERE v.id = $2
                    AND (a.basis IN ('issuer', 'joint')
                         OR (a.basis IS NOT NULL AND (v.unit_id = $1 OR f.unit_id = $1))
                         OR (v.unit_id = $1 AND v.state = 'recalled'))"
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
                   FROM deliveries v ",
                with_forwarder!(),
                " WHERE v.document_id = $1 AND v.unit_id = $2"
            ))
            .bind(document.0)
            .bind(unit.0)
            .fetch_optional(conn)
            .await?
        });
        row.map(TryInto::try_into).transpose()
    }

    /// Every delivery of a document, in no order, for the statements about what becomes of it.
    pub async fn of_document(&mut self, document: DocumentId) -> Result<Vec<Delivery>> {
        let rows: Vec<Row> = on_either!(self.0, |conn| {
            sqlx::query_as(concat!(
                "SELECT ",
                delivery_columns!(),
                "
                   FROM deliveries v ",
                with_forwarder!(),
                " WHERE v.document_id = $1"
            ))
            .bind(document.0)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(TryInto::try_into).collect()
    }

    /// Every delivery of a document that `viewer` may know of: all of them for its issuers, its
    /// own and those it has made by passing it on for a recipient.
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
                   FROM deliveries v ",
                with_forwarder!(),
                "  JOIN access a ON a.document_id = v.document_id AND a.unit_id = $1
                  WHERE v.document_id = $2
                    AND (v.unit_id = $1 OR f.unit_id = $1 OR a.basis IN ('issuer', 'joint'))
                  ORDER BY v.role DESC, v.id"
            ))
            .bind(viewer.0)
            .bind(document.0)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(TryInto::try_into).collect()
    }
}
