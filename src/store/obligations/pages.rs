//! The ledger of duties, page by page. An index leads to the rows in their order, so that a page
//! costs the same however long the ledger is.

use jiff::civil::Date;
use uuid::Uuid;

use super::{
    super::{Result, tx::on_either, values::ms},
    LineRow, Obligations,
};
use crate::domain::{LedgerLine, LedgerPlace, LedgerSide, ObligationFilter, ObligationState};

/// How many rows are read at once where one criterion leads and others are looked at.
const STRIDE: i64 = 500;

/// The most rows that are looked at for one page. What fits may be rare among them: the page is
/// then shorter than asked for and says where to go on.
const LOOKED_AT: i64 = 4 * STRIDE;

/// Duties of which `$1` is the party, before `($2, $3)` and not before `$4`; newest first, `$5`
/// rows.
macro_rules! page_of {
    ($party:literal, $stage:literal) => {
        concat!(
            "SELECT ",
            line_columns!(),
            "  FROM obligations o
               JOIN documents d ON d.id = o.document_id
              WHERE ",
            $party,
            "   AND (o.created_at, o.id) < ($2, $3) AND o.created_at >= $4 ",
            $stage,
            " ORDER BY o.created_at DESC, o.id DESC
              LIMIT $5"
        )
    };
}

/// The statement for a side of the ledger; with a stage or without.
macro_rules! statement {
    ($side:expr, $stage:literal) => {
        match $side {
            LedgerSide::Owed(_) => page_of!("o.debtor_id = $1", $stage),
            LedgerSide::Due(_) => page_of!("o.creditor_id = $1", $stage),
            LedgerSide::All => page_of!("$1 IS NULL", $stage),
        }
    };
}

/// The stage in which a duty is that is shown in a state; the column `stage` follows from the
/// state that is kept.
fn stage(state: ObligationState) -> &'static str {
    use ObligationState::{AwaitingRegistration, Extending, InProgress, Objecting, Supplementing};
    match state {
        AwaitingRegistration | InProgress | Extending | Objecting | Supplementing => "running",
        other => other.code(),
    }
}

fn place(line: &LedgerLine) -> LedgerPlace {
    (line.obligation.created_at, line.obligation.id)
}

impl Obligations<'_> {
    /// A page of one side of the ledger, newest first, as of `today`, and where to go on if there
    /// is more. With criteria beside the state it may be shorter than asked for although there is
    /// more.
    pub async fn ledger(
        &mut self,
        side: LedgerSide,
        filter: &ObligationFilter,
        today: Date,
        limit: usize,
    ) -> Result<(Vec<LedgerLine>, Option<LedgerPlace>)> {
        let one_more = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
        let stride = if filter.is_plain() {
            one_more
        } else {
            STRIDE.max(one_more)
        };
        let (mut found, mut after, mut looked_at) = (Vec::new(), filter.after, 0);
        loop {
            let rows = self.stretch(side, filter, after, stride).await?;
            let whole = rows.len() < usize::try_from(stride).unwrap_or(usize::MAX);
            after = rows.last().map(place).or(after);
            found.extend(rows.into_iter().filter(|line| filter.fits(line, today)));
            looked_at += stride;
            if found.len() > limit {
                found.truncate(limit);
                let next = found.last().map(place);
                return Ok((found, next));
            }
            if whole {
                return Ok((found, None));
            }
            if looked_at >= LOOKED_AT.max(stride) {
                return Ok((found, after));
            }
        }
    }

    /// So many rows along the leading index, whether they fit the other criteria or not.
    async fn stretch(
        &mut self,
        side: LedgerSide,
        filter: &ObligationFilter,
        after: Option<LedgerPlace>,
        rows: i64,
    ) -> Result<Vec<LedgerLine>> {
        let party = side.party().map(|unit| unit.0);
        let before = after.map_or((i64::MAX, Uuid::max()), |(at, id)| (ms(at), id.0));
        // Nothing arises before its own instant: the least id of `until` comes after none.
        let until = filter.until.map_or(before, |at| (ms(at), Uuid::nil()));
        let (before, before_id) = before.min(until);
        let since = filter.since.map_or(i64::MIN, ms);
        let rows: Vec<LineRow> = match filter.state.map(stage) {
            None => on_either!(self.0, |conn| {
                sqlx::query_as(statement!(side, ""))
                    .bind(party)
                    .bind(before)
                    .bind(before_id)
                    .bind(since)
                    .bind(rows)
                    .fetch_all(conn)
                    .await?
            }),
            Some(stage) => on_either!(self.0, |conn| {
                sqlx::query_as(statement!(side, "AND o.stage = $6"))
                    .bind(party)
                    .bind(before)
                    .bind(before_id)
                    .bind(since)
                    .bind(rows)
                    .bind(stage)
                    .fetch_all(conn)
                    .await?
            }),
        };
        rows.into_iter().map(TryInto::try_into).collect()
    }
}
