//! What is done to a delivery. Each act says in its `WHERE` from where it starts, so that of two
//! at once one is the first and the other is told that it was not.

use jiff::{Timestamp, civil::Date};

use super::{
    super::{
        Result,
        tx::{changes, on_either},
        values::ms,
    },
    Deliveries,
};
use crate::domain::{DeliveryId, DocumentId, UnitId, UserId};

impl Deliveries<'_> {
    /// Notes the first reading. Tells whether this was it; signing stays what it was.
    pub async fn mark_read(&mut self, id: DeliveryId, by: UserId, at: Timestamp) -> Result<bool> {
        Ok(changes!(
            self.0,
            "UPDATE deliveries
                SET first_read_at = $2, first_read_by = $3, revision = revision + 1,
                    state = CASE state WHEN 'arrived' THEN 'read' ELSE state END
              WHERE id = $1 AND first_read_at IS NULL",
            id.0,
            ms(at),
            by.0,
        ))
    }

    /// Notes the signing, also after the rule has signed. Tells whether this was the first; a
    /// second changes nothing, and what is out of the box is not signed for.
    pub async fn mark_signed(
        &mut self,
        id: DeliveryId,
        by: UserId,
        note: Option<&str>,
        at: Timestamp,
    ) -> Result<bool> {
        Ok(changes!(
            self.0,
            "UPDATE deliveries
                SET signed_at = $2, signed_by = $3, sign_note = $4, state = 'signed',
                    revision = revision + 1
              WHERE id = $1 AND signed_at IS NULL AND state IN ('arrived', 'read', 'signed')",
            id.0,
            ms(at),
            by.0,
            note,
        ))
    }

    /// Notes that the rule has signed, with the legal day that counts. Tells whether it was still
    /// to be done: nobody has signed or returned it meanwhile, here or on another node.
    pub async fn mark_deemed(
        &mut self,
        id: DeliveryId,
        round: i64,
        on: Date,
        at: Timestamp,
    ) -> Result<bool> {
        Ok(changes!(
            self.0,
            "UPDATE deliveries
                SET deemed_on = $3, deemed_at = $4, state = 'signed', revision = revision + 1
              WHERE id = $1 AND round = $2 AND state IN ('arrived', 'read')",
            id.0,
            round,
            on.to_string(),
            ms(at),
        ))
    }

    /// Notes that it was returned. Tells whether it still lay in the box unsigned.
    pub async fn mark_returned(&mut self, id: DeliveryId, round: i64) -> Result<bool> {
        Ok(changes!(
            self.0,
            "UPDATE deliveries
                SET state = 'returned', revision = revision + 1
              WHERE id = $1 AND round = $2 AND state IN ('arrived', 'read')",
            id.0,
            round,
        ))
    }

    /// Puts what was returned back into the box as it was: read or not. Tells whether it was out.
    pub async fn put_back(&mut self, id: DeliveryId, round: i64) -> Result<bool> {
        Ok(changes!(
            self.0,
            "UPDATE deliveries
                SET state = CASE WHEN first_read_at IS NULL THEN 'arrived' ELSE 'read' END,
                    revision = revision + 1
              WHERE id = $1 AND round = $2 AND state = 'returned'",
            id.0,
            round,
        ))
    }

    /// Puts what was returned into the box anew: the next round begins, its times are its own.
    /// Tells whether it was out.
    pub async fn send_again(&mut self, id: DeliveryId, round: i64, at: Timestamp) -> Result<bool> {
        Ok(changes!(
            self.0,
            "UPDATE deliveries
                SET state = 'arrived', round = round + 1, sent_at = $3, arrived_at = $3,
                    first_read_at = NULL, first_read_by = NULL, fetched_at = NULL,
                    fetched_by = NULL, leased_until = NULL, revision = revision + 1
              WHERE id = $1 AND round = $2 AND state = 'returned'",
            id.0,
            round,
            ms(at),
        ))
    }

    /// Holds a delivery that is signed for while something is done on its ground: others who want
    /// to change it wait. Tells whether it is signed for.
    pub async fn hold_signed(&mut self, id: DeliveryId) -> Result<bool> {
        Ok(changes!(
            self.0,
            "UPDATE deliveries
                SET revision = revision + 1
              WHERE id = $1 AND state = 'signed'",
            id.0,
        ))
    }

    /// Counts another assigning inside the unit; none if it is not signed for, or closed.
    pub async fn next_turn(&mut self, id: DeliveryId) -> Result<Option<i64>> {
        let turn: Option<i64> = on_either!(self.0, |conn| {
            sqlx::query_scalar(
                "UPDATE deliveries
                    SET turn = turn + 1, revision = revision + 1
                  WHERE id = $1 AND state = 'signed' AND done_at IS NULL
              RETURNING turn",
            )
            .bind(id.0)
            .fetch_optional(conn)
            .await?
        });
        Ok(turn)
    }

    /// Closes a delivery inside its unit. Tells whether it was signed for and open.
    pub async fn mark_done(
        &mut self,
        id: DeliveryId,
        by: UserId,
        note: Option<&str>,
        at: Timestamp,
    ) -> Result<bool> {
        Ok(changes!(
            self.0,
            "UPDATE deliveries
                SET done_at = $2, done_by = $3, done_note = $4, revision = revision + 1
              WHERE id = $1 AND state = 'signed' AND done_at IS NULL",
            id.0,
            ms(at),
            by.0,
            note,
        ))
    }

    /// Opens a delivery inside its unit again. Tells whether it was closed.
    pub async fn reopen(&mut self, id: DeliveryId) -> Result<bool> {
        Ok(changes!(
            self.0,
            "UPDATE deliveries
                SET done_at = NULL, done_by = NULL, done_note = NULL, revision = revision + 1
              WHERE id = $1 AND state = 'signed' AND done_at IS NOT NULL",
            id.0,
        ))
    }

    /// Notes that a person has read a document for a unit. Tells whether it was their first time
    /// in this round of its delivery.
    pub async fn mark_reader(
        &mut self,
        document: DocumentId,
        unit: UnitId,
        user: UserId,
        round: i64,
        at: Timestamp,
    ) -> Result<bool> {
        Ok(changes!(
            self.0,
            "INSERT INTO read_marks (document_id, user_id, unit_id, round, read_at)
             VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT DO NOTHING",
            document.0,
            user.0,
            unit.0,
            round,
            ms(at),
        ))
    }

    /// Whether a document lies or lay in a unit's box without this person having read it there
    /// in the present round.
    pub async fn is_unread_by(
        &mut self,
        document: DocumentId,
        unit: UnitId,
        user: UserId,
    ) -> Result<bool> {
        let round: Option<i64> = on_either!(self.0, |conn| {
            sqlx::query_scalar(
                "SELECT v.round
                   FROM deliveries v
                  WHERE v.document_id = $1 AND v.unit_id = $2
                    AND NOT EXISTS (SELECT 1
                                      FROM read_marks m
                                     WHERE m.document_id = $1 AND m.user_id = $3
                                       AND m.unit_id = $2 AND m.round = v.round)",
            )
            .bind(document.0)
            .bind(unit.0)
            .bind(user.0)
            .fetch_optional(conn)
            .await?
        });
        Ok(round.is_some())
    }
}
