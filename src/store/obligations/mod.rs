use serde_json::{Value, json};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Result, StoreError, Tx,
    rows::{hex, insert_rows},
    tx::on_either,
    values::{date_if, day, day_if, doc_number, instant, instant_if, ms, parsed, parsed_if},
};
use crate::domain::{
    Adoption, DeliveryId, DocumentId, DueDate, LedgerLine, Obligation, ObligationId, Progress,
    UnitId, UserId, legal_day, statistics::month_number,
};

/// The duties to reply.
pub struct Obligations<'t>(pub(super) &'t mut Tx);

impl Tx {
    /// The duties to reply.
    pub fn obligations(&mut self) -> Obligations<'_> {
        Obligations(self)
    }
}

/// The columns of a [`Row`], from a table called `o`.
macro_rules! obligation_columns {
    () => {
        "o.id, o.delivery_id, o.document_id, o.debtor_id, o.creditor_id, o.rule_code, \
         o.rule_version, o.state, o.typed_due_on, o.urgency, o.anchor_on, o.original_due_on, \
         o.explanation, o.reply_id, o.replied_at, o.level, o.handler_id, o.extending, \
         o.objecting, o.supplement_due_on, o.adoption, o.evaluated_at, o.closed_at, \
         o.created_at, o.revision, o.sign_by_day, o.registered_day, o.rectified, \
         CASE WHEN o.objected = TRUE THEN o.upheld END AS upheld"
    };
}

/// The columns of a [`LineRow`], from tables called `o` and `d`. What was recalled before anybody
/// signed has no title any more, as its recipients may not see it.
macro_rules! line_columns {
    () => {
        concat!(
            obligation_columns!(),
            ", d.kind_code, d.number_prefix, d.number_year, d.number_seq, d.kept_number,
               CASE WHEN d.recalled_at IS NULL
                      OR EXISTS (SELECT 1 FROM access a
                                  WHERE a.document_id = d.id AND a.unit_id = o.debtor_id)
                    THEN d.title ELSE '' END AS title"
        )
    };
}

pub(super) use {line_columns, obligation_columns};

// Below the macros that it uses.
mod pages;

#[derive(FromRow)]
pub(super) struct LineRow {
    #[sqlx(flatten)]
    row: Row,
    kind_code: String,
    title: String,
    number_prefix: Option<String>,
    number_year: Option<i64>,
    number_seq: Option<i64>,
    kept_number: Option<String>,
}

impl TryFrom<LineRow> for LedgerLine {
    type Error = StoreError;

    fn try_from(line: LineRow) -> Result<Self> {
        let own = doc_number(
            line.number_prefix.as_deref(),
            line.number_year,
            line.number_seq,
        )?;
        let number = match own {
            Some(number) => Some(number),
            None => parsed_if(line.kept_number.as_deref())?,
        };
        Ok(Self {
            obligation: line.row.try_into()?,
            kind: line.kind_code,
            title: line.title,
            number,
        })
    }
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    delivery_id: Uuid,
    document_id: Uuid,
    debtor_id: Uuid,
    creditor_id: Uuid,
    rule_code: String,
    rule_version: i64,
    state: String,
    typed_due_on: Option<String>,
    urgency: String,
    anchor_on: Option<String>,
    original_due_on: Option<String>,
    explanation: Option<String>,
    reply_id: Option<Uuid>,
    replied_at: Option<i64>,
    level: String,
    handler_id: Option<Uuid>,
    extending: bool,
    objecting: bool,
    supplement_due_on: Option<String>,
    adoption: Option<String>,
    evaluated_at: Option<i64>,
    closed_at: Option<i64>,
    created_at: i64,
    revision: i64,
    sign_by_day: Option<i64>,
    registered_day: Option<i64>,
    rectified: Option<bool>,
    upheld: Option<bool>,
}

impl TryFrom<Row> for Obligation {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self> {
        let due: Option<DueDate> = row
            .explanation
            .as_deref()
            .map(serde_json::from_str)
            .transpose()
            .map_err(|error| StoreError::Unreadable(error.to_string()))?;
        Ok(Self {
            id: ObligationId(row.id),
            delivery: DeliveryId(row.delivery_id),
            document: DocumentId(row.document_id),
            debtor: UnitId(row.debtor_id),
            creditor: UnitId(row.creditor_id),
            rule: (
                row.rule_code,
                u16::try_from(row.rule_version).unwrap_or_default(),
            ),
            state: parsed(&row.state)?,
            typed_due_on: parsed_if(row.typed_due_on.as_deref())?,
            urgency: parsed(&row.urgency)?,
            sign_by: date_if(row.sign_by_day),
            anchor_on: parsed_if(row.anchor_on.as_deref())?,
            original_due_on: parsed_if(row.original_due_on.as_deref())?,
            due,
            reply: row
                .reply_id
                .map(DocumentId)
                .zip(instant_if(row.replied_at)?),
            progress: Progress {
                level: parsed(&row.level)?,
                registered_on: date_if(row.registered_day),
                handler: row.handler_id.map(UserId),
                extending: row.extending,
                objecting: row.objecting,
                supplement_due_on: parsed_if(row.supplement_due_on.as_deref())?,
                adoption: parsed_if(row.adoption.as_deref())?,
                rectified: row.rectified,
                upheld: row.upheld,
                evaluated_at: instant_if(row.evaluated_at)?,
                closed_at: instant_if(row.closed_at)?,
            },
            created_at: instant(row.created_at)?,
            revision: row.revision,
        })
    }
}

fn explanation(duty: &Obligation) -> Result<Option<String>> {
    let explanation = duty.due.as_ref().map(serde_json::to_string).transpose();
    explanation.map_err(|error| StoreError::Unreadable(error.to_string()))
}

/// A duty as its columns are named; beside it the numbers of its days, for counting.
fn row_of(duty: &Obligation) -> Result<Value> {
    let due_on = duty.due.as_ref().map(|due| due.due_on);
    let progress = &duty.progress;
    let (evaluated, closed) = (progress.evaluated_at, progress.closed_at);
    Ok(json!({
        "id": hex(duty.id.0),
        "delivery_id": hex(duty.delivery.0),
        "document_id": hex(duty.document.0),
        "debtor_id": hex(duty.debtor.0),
        "creditor_id": hex(duty.creditor.0),
        "rule_code": duty.rule.0,
        "rule_version": duty.rule.1,
        "state": duty.state.code(),
        "typed_due_on": day(duty.typed_due_on),
        "urgency": duty.urgency.code(),
        "anchor_on": day(duty.anchor_on),
        "original_due_on": day(duty.original_due_on),
        "current_due_on": day(due_on),
        "provisional": duty.due.as_ref().is_some_and(|due| due.provisional),
        "explanation": explanation(duty)?,
        "reply_id": duty.reply.map(|(id, _)| hex(id.0)),
        "replied_at": duty.reply.map(|(_, at)| ms(at)),
        "level": progress.level.code(),
        "handler_id": progress.handler.map(|id| hex(id.0)),
        "extending": progress.extending,
        "objecting": progress.objecting,
        "supplement_due_on": day(progress.supplement_due_on),
        "adoption": progress.adoption.map(Adoption::code),
        "evaluated_at": evaluated.map(ms),
        "closed_at": closed.map(ms),
        "created_at": ms(duty.created_at),
        "revision": duty.revision,
        "sent_month": month_number(legal_day(duty.created_at)),
        "sign_by_day": day_if(duty.sign_by),
        "signed_day": day_if(duty.anchor_on),
        "registered_day": day_if(progress.registered_on),
        "original_due_day": day_if(duty.original_due_on),
        "due_day": day_if(due_on),
        "replied_day": day_if(duty.replied_on()),
        "evaluated_day": day_if(evaluated.map(legal_day)),
        "closed_day": day_if(closed.map(legal_day)),
        "rectified": progress.rectified,
        "objected": progress.upheld.is_some(),
        "upheld": progress.upheld == Some(true),
    }))
}

impl Obligations<'_> {
    /// Writes down that a duty has arisen.
    pub async fn insert(&mut self, obligation: &Obligation) -> Result<()> {
        self.insert_all(std::slice::from_ref(obligation)).await
    }

    /// Writes duties down, with one statement for all.
    pub async fn insert_all(&mut self, obligations: &[Obligation]) -> Result<()> {
        let rows: Result<Vec<_>> = obligations.iter().map(row_of).collect();
        insert_rows!(self.0, rows?.into_iter(), "obligations", "", {
            id: id, delivery_id: id, document_id: id, debtor_id: id, creditor_id: id,
            rule_code: text, rule_version: number, state: text, typed_due_on: text,
            urgency: text, anchor_on: text, original_due_on: text, current_due_on: text,
            provisional: flag, explanation: text, reply_id: id, replied_at: number, level: text,
            handler_id: id, extending: flag, objecting: flag, supplement_due_on: text,
            adoption: text, evaluated_at: number, closed_at: number, created_at: number,
            revision: number, kind_code: kind_of_document, sent_month: number,
            sign_by_day: number, signed_day: number, registered_day: number,
            original_due_day: number, due_day: number, replied_day: number,
            evaluated_day: number, closed_day: number, rectified: flag, objected: flag,
            upheld: flag,
        });
        Ok(())
    }

    /// Writes the duty over the revision before it. Tells whether that one was still there.
    pub async fn update(&mut self, obligation: &Obligation) -> Result<bool> {
        let due = obligation.due.as_ref();
        let progress = &obligation.progress;
        let explanation = explanation(obligation)?;
        let updated = on_either!(self.0, |conn| {
            sqlx::query(
                "UPDATE obligations
                    SET state = $2, anchor_on = $3, original_due_on = $4, current_due_on = $5,
                        provisional = $6, explanation = $7, reply_id = $8, replied_at = $9,
                        revision = $10, level = $11, handler_id = $12, extending = $13,
                        objecting = $14, supplement_due_on = $15, adoption = $16,
                        evaluated_at = $17, closed_at = $18, remind_at = 0, signed_day = $19,
                        registered_day = $20, original_due_day = $21, due_day = $22,
                        replied_day = $23, evaluated_day = $24, closed_day = $25,
                        rectified = $26, objected = $27, upheld = $28
                  WHERE id = $1 AND revision = $10 - 1",
            )
            .bind(obligation.id.0)
            .bind(obligation.state.code())
            .bind(day(obligation.anchor_on))
            .bind(day(obligation.original_due_on))
            .bind(day(due.map(|due| due.due_on)))
            .bind(due.is_some_and(|due| due.provisional))
            .bind(explanation)
            .bind(obligation.reply.map(|(id, _)| id.0))
            .bind(obligation.reply.map(|(_, at)| ms(at)))
            .bind(obligation.revision)
            .bind(progress.level.code())
            .bind(progress.handler.map(|id| id.0))
            .bind(progress.extending)
            .bind(progress.objecting)
            .bind(day(progress.supplement_due_on))
            .bind(progress.adoption.map(Adoption::code))
            .bind(progress.evaluated_at.map(ms))
            .bind(progress.closed_at.map(ms))
            .bind(day_if(obligation.anchor_on))
            .bind(day_if(progress.registered_on))
            .bind(day_if(obligation.original_due_on))
            .bind(day_if(due.map(|due| due.due_on)))
            .bind(day_if(obligation.replied_on()))
            .bind(day_if(progress.evaluated_at.map(legal_day)))
            .bind(day_if(progress.closed_at.map(legal_day)))
            .bind(progress.rectified)
            .bind(progress.upheld.is_some())
            .bind(progress.upheld == Some(true))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(updated > 0)
    }

    /// The duty that a delivery brought with it.
    pub async fn of_delivery(&mut self, delivery: DeliveryId) -> Result<Option<Obligation>> {
        let row: Option<Row> = on_either!(self.0, |conn| {
            sqlx::query_as(concat!(
                "SELECT ",
                obligation_columns!(),
                "  FROM obligations o
                      WHERE o.delivery_id = $1"
            ))
            .bind(delivery.0)
            .fetch_optional(conn)
            .await?
        });
        row.map(TryInto::try_into).transpose()
    }

    /// The next duties, after one of them, whose due dates a notice still to come may move.
    pub async fn provisional(
        &mut self,
        after: Option<ObligationId>,
        limit: i64,
    ) -> Result<Vec<ObligationId>> {
        let ids: Vec<Uuid> = on_either!(self.0, |conn| {
            sqlx::query_scalar(
                "SELECT id
                   FROM obligations
                  WHERE provisional = TRUE AND id > $1
                  ORDER BY id
                  LIMIT $2",
            )
            .bind(after.map_or(Uuid::nil(), |id| id.0))
            .bind(limit)
            .fetch_all(conn)
            .await?
        });
        Ok(ids.into_iter().map(ObligationId).collect())
    }

    /// Finds a duty for one of its two parties, or for the conference office, which follows all
    /// of them (`viewer` is then none).
    pub async fn find_for(
        &mut self,
        viewer: Option<UnitId>,
        id: ObligationId,
    ) -> Result<Option<LedgerLine>> {
        let row: Option<LineRow> = on_either!(self.0, |conn| {
            sqlx::query_as(concat!(
                "SELECT ",
                line_columns!(),
                "  FROM obligations o
                       JOIN documents d ON d.id = o.document_id
                  WHERE o.id = $1 AND (o.debtor_id = $2 OR o.creditor_id = $2 OR $3 = TRUE)"
            ))
            .bind(id.0)
            .bind(viewer.map(|unit| unit.0))
            .bind(viewer.is_none())
            .fetch_optional(conn)
            .await?
        });
        row.map(TryInto::try_into).transpose()
    }
}
