//! The figures of the duties to reply (domain rules, 8.7): what is counted, over which duties,
//! and under which 口径.

mod cases;
mod facts;
mod figure;
mod handling;
mod period;
mod tally;

pub use cases::{CaseCount, CaseCounts, CaseFigure, CaseReport, InvalidQuarter, Quarter, fault_of};
pub use facts::DutyFacts;
pub use figure::{Figure, FigurePart, Rate};
pub use handling::{Distribution, WorkingDays};
pub use period::{Period, day_number, month_number};
pub use tally::{Bucket, Days, Span, Tally};

use super::{LedgerSide, UnitId, labelled::labelled};

labelled! {
    /// What the figures are broken down by.
    pub enum Breakdown {
        /// Not at all.
        None = "none", "合计";
        /// The unit that must answer.
        Debtor = "debtor", "应回复单位";
        /// The unit that is to be answered.
        Creditor = "creditor", "发文单位";
        /// The kind of document.
        Kind = "kind", "文书种类";
        /// The month of sending.
        Month = "month", "月";
        /// The quarter of sending.
        Quarter = "quarter", "季";
        /// The year of sending.
        Year = "year", "年";
    }
}

/// Which duties are counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cohort {
    /// From which side.
    pub side: LedgerSide,
    /// When they were sent, and on which day they are looked at.
    pub period: Period,
    /// Only what comes from documents of this kind.
    pub kind: Option<String>,
    /// Only what this unit owes.
    pub debtor: Option<UnitId>,
    /// Only what is owed to this unit.
    pub creditor: Option<UnitId>,
}

/// What a row of a breakdown is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum RowKey {
    /// Everything.
    All,
    /// A unit.
    Unit(UnitId),
    /// A kind of document.
    Kind(String),
    /// A month, counted from the year 0: `12 * year + month - 1`.
    Month(i64),
    /// A quarter, counted from the year 0: `4 * year + quarter - 1`.
    Quarter(i64),
    /// A year.
    Year(i64),
}

impl RowKey {
    /// Of a month what the breakdown is by.
    #[must_use]
    pub fn of_month(month: i64, by: Breakdown) -> Self {
        match by {
            Breakdown::Quarter => Self::Quarter(month.div_euclid(3)),
            Breakdown::Year => Self::Year(month.div_euclid(12)),
            _ => Self::Month(month),
        }
    }
}
