//! The ledger of duties, page by page. An index leads to the rows in their order, whichever it
//! is, so that a page costs the same however long the ledger is.

use jiff::civil::Date;
use uuid::Uuid;

use super::{
    super::{Result, tx::on_either, values::ms},
    LineRow, Obligations,
};
use crate::domain::{
    LedgerCriteria, LedgerLine, LedgerOrder, LedgerPlace, LedgerSide, ObligationState,
};

/// How many rows are read at once, at the most, where not all that an index leads to fit.
const STRIDE: i64 = 500;

/// The most rows that are looked at for one page. What fits may be rare among them: the page is
/// then shorter than asked for and says where to go on.
const LOOKED_AT: i64 = 4 * STRIDE;

/// No day is written like this or a later one; every day comes after the empty text.
const AFTER_ALL_DAYS: &str = "~";

/// Duties of which `$1` is the party and whose stage is `$2`, `$3` rows, along an index.
macro_rules! along {
    ($party:literal, $stage:literal, $place:literal) => {
        concat!(
            "SELECT ",
            line_columns!(),
            "  FROM obligations o
               JOIN documents d ON d.id = o.document_id
              WHERE ",
            $party,
            $stage,
            $place,
            " LIMIT $3"
        )
    };
}

/// The statement for a side of the ledger; with a stage or without.
macro_rules! statement {
    ($side:expr, $stage:expr, $place:literal) => {
        match ($side, $stage) {
            (LedgerSide::Owed(_), None) => along!("o.debtor_id = $1", " AND $2 IS NULL", $place),
            (LedgerSide::Owed(_), Some(_)) => {
                along!("o.debtor_id = $1", " AND o.stage = $2", $place)
            }
            (LedgerSide::Due(_), None) => along!("o.creditor_id = $1", " AND $2 IS NULL", $place),
            (LedgerSide::Due(_), Some(_)) => {
                along!("o.creditor_id = $1", " AND o.stage = $2", $place)
            }
            (LedgerSide::All, None) => along!("$1 IS NULL", " AND $2 IS NULL", $place),
            (LedgerSide::All, Some(_)) => along!("$1 IS NULL", " AND o.stage = $2", $place),
        }
    };
}

/// Reads rows by a statement of [`statement!`], whose place is bound as these.
macro_rules! read {
    ($tx:expr, $statement:expr, $stretch:expr, $($bound:expr),+) => {{
        let rows: Vec<LineRow> = on_either!($tx, |conn| {
            sqlx::query_as($statement)
                .bind($stretch.side.party().map(|unit| unit.0))
                .bind($stretch.stage)
                .bind($stretch.rows)
                $(.bind($bound))+
                .fetch_all(conn)
                .await?
        });
        rows.into_iter().map(TryInto::try_into).collect()
    }};
}

/// A part of the ledger that one index leads through.
#[derive(Clone, Copy)]
struct Stretch<'c> {
    side: LedgerSide,
    stage: Option<&'static str>,
    criteria: &'c LedgerCriteria,
    after: Option<LedgerPlace>,
    rows: i64,
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

impl Obligations<'_> {
    /// A page of one side of the ledger in the order that is asked for, as of `today`, and where
    /// to go on if there is more. With criteria beside the state it may be shorter than asked for
    /// although there is more.
    pub async fn ledger(
        &mut self,
        side: LedgerSide,
        criteria: &LedgerCriteria,
        after: Option<LedgerPlace>,
        today: Date,
        limit: usize,
    ) -> Result<(Vec<LedgerLine>, Option<LedgerPlace>)> {
        let one_more = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
        let mut stretch = Stretch {
            side,
            stage: criteria.state.map(stage),
            criteria,
            after,
            rows: one_more,
        };
        let (mut found, mut looked_at) = (Vec::new(), 0);
        loop {
            let lines = self.stretch(stretch).await?;
            let whole = lines.len() < usize::try_from(stretch.rows).unwrap_or(usize::MAX);
            let last = lines.last().map(|line| (&line.obligation).into());
            stretch.after = last.or(stretch.after);
            found.extend(lines.into_iter().filter(|line| criteria.fits(line, today)));
            if found.len() > limit {
                found.truncate(limit);
                let next = found.last().map(|line| (&line.obligation).into());
                return Ok((found, next));
            }
            looked_at += stretch.rows;
            if whole || looked_at >= LOOKED_AT {
                return Ok((found, stretch.after.filter(|_| !whole)));
            }
            // Few rows are mostly missing; each time twice as many are looked at.
            stretch.rows = (2 * stretch.rows)
                .min(STRIDE.max(one_more))
                .min(LOOKED_AT - looked_at);
        }
    }

    /// So many rows along the leading index, whether they fit the other criteria or not.
    async fn stretch(&mut self, stretch: Stretch<'_>) -> Result<Vec<LedgerLine>> {
        match stretch.criteria.order() {
            LedgerOrder::Newest => self.newest(stretch).await,
            LedgerOrder::Oldest => self.oldest(stretch).await,
            LedgerOrder::DueFirst | LedgerOrder::DueLast => self.by_day(stretch).await,
        }
    }

    async fn newest(&mut self, stretch: Stretch<'_>) -> Result<Vec<LedgerLine>> {
        let place = stretch.after.map(|place| (ms(place.arose_at), place.id.0));
        let place = place.unwrap_or((i64::MAX, Uuid::max()));
        // Nothing arises before its own instant: the least id of it comes after none.
        let end = stretch.criteria.arisen_before();
        let end = end.map_or(place, |at| (ms(at), Uuid::nil()));
        let (before, before_id) = place.min(end);
        let from = stretch.criteria.arisen_from().map_or(i64::MIN, ms);
        let statement = statement!(
            stretch.side,
            stretch.stage,
            " AND (o.created_at, o.id) < ($4, $5) AND o.created_at >= $6
              ORDER BY o.created_at DESC, o.id DESC"
        );
        read!(self.0, statement, stretch, before, before_id, from)
    }

    async fn oldest(&mut self, stretch: Stretch<'_>) -> Result<Vec<LedgerLine>> {
        let place = stretch.after.map(|place| (ms(place.arose_at), place.id.0));
        let place = place.unwrap_or((i64::MIN, Uuid::nil()));
        let from = stretch.criteria.arisen_from();
        let from = from.map_or(place, |at| (ms(at), Uuid::nil()));
        let (after, after_id) = place.max(from);
        let end = stretch.criteria.arisen_before().map_or(i64::MAX, ms);
        let statement = statement!(
            stretch.side,
            stretch.stage,
            " AND (o.created_at, o.id) > ($4, $5) AND o.created_at < $6
              ORDER BY o.created_at, o.id"
        );
        read!(self.0, statement, stretch, after, after_id, end)
    }

    /// First what a day is known for, then the others.
    async fn by_day(&mut self, stretch: Stretch<'_>) -> Result<Vec<LedgerLine>> {
        let has_day = |place: LedgerPlace| place.awaited_by.is_some();
        let mut lines = match (stretch.after.is_none_or(has_day), stretch.criteria.order()) {
            (false, _) => Vec::new(),
            (true, LedgerOrder::DueLast) => self.due_last(stretch).await?,
            (true, _) => self.due_first(stretch).await?,
        };
        let of_days = stretch.criteria.due_from.or(stretch.criteria.due_until);
        let left = stretch.rows - i64::try_from(lines.len()).unwrap_or(i64::MAX);
        if left > 0 && of_days.is_none() {
            let rest = Stretch {
                after: stretch.after.filter(|place| !has_day(*place)),
                rows: left,
                ..stretch
            };
            lines.extend(self.without_day(rest).await?);
        }
        Ok(lines)
    }

    async fn due_first(&mut self, stretch: Stretch<'_>) -> Result<Vec<LedgerLine>> {
        let day = |day: Date| (day.to_string(), Uuid::nil());
        let place = stretch.after.and_then(|place| {
            let awaited_by = place.awaited_by?;
            Some((awaited_by.to_string(), place.id.0))
        });
        let place = place.unwrap_or_default();
        let from = stretch.criteria.due_from.map(day).unwrap_or_default();
        let (after, after_id) = place.max(from);
        let until = stretch.criteria.due_until.map(|day| day.to_string());
        let until = until.unwrap_or_else(|| AFTER_ALL_DAYS.to_owned());
        let statement = statement!(
            stretch.side,
            stretch.stage,
            " AND (o.awaited_by, o.id) > ($4, $5) AND o.awaited_by <= $6
              ORDER BY o.awaited_by, o.id"
        );
        read!(self.0, statement, stretch, &after, after_id, &until)
    }

    async fn due_last(&mut self, stretch: Stretch<'_>) -> Result<Vec<LedgerLine>> {
        let end = || (AFTER_ALL_DAYS.to_owned(), Uuid::max());
        let place = stretch.after.and_then(|place| {
            let awaited_by = place.awaited_by?;
            Some((awaited_by.to_string(), place.id.0))
        });
        let place = place.unwrap_or_else(end);
        let until = stretch.criteria.due_until;
        let until = until.map_or_else(end, |day| (day.to_string(), Uuid::max()));
        let (before, before_id) = place.min(until);
        let from = stretch.criteria.due_from.map(|day| day.to_string());
        let from = from.unwrap_or_default();
        let statement = statement!(
            stretch.side,
            stretch.stage,
            " AND (o.awaited_by, o.id) < ($4, $5) AND o.awaited_by >= $6
              ORDER BY o.awaited_by DESC, o.id DESC"
        );
        read!(self.0, statement, stretch, &before, before_id, &from)
    }

    async fn without_day(&mut self, stretch: Stretch<'_>) -> Result<Vec<LedgerLine>> {
        let after = stretch.after.map_or(Uuid::nil(), |place| place.id.0);
        let statement = statement!(
            stretch.side,
            stretch.stage,
            " AND o.awaited_by IS NULL AND o.id > $4 ORDER BY o.awaited_by, o.id"
        );
        read!(self.0, statement, stretch, after)
    }
}
