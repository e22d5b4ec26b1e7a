use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::{
    DocNumber, LedgerViewId, Obligation, ObligationId, ObligationState, UnitId, UserId,
    beginning_of, labelled::labelled,
};

labelled! {
    /// From which side somebody looks at the ledger.
    pub enum Side {
        /// What their unit owes.
        Owed = "owed", "本单位应回复的";
        /// What is owed to their unit.
        Due = "due", "应回复本单位的";
        /// All of it, for the conference office.
        All = "all", "全部（联席会议办公室）";
    }
}

labelled! {
    /// In which order the ledger is read. Of those that arose at the same moment, or are awaited
    /// by the same day, each has its fixed place.
    pub enum LedgerOrder {
        /// What arose last comes first.
        Newest = "newest", "从新到旧";
        /// What arose first comes first.
        Oldest = "oldest", "从旧到新";
        /// What is awaited soonest comes first, and last what no day is known for yet.
        DueFirst = "due", "先到期的在前";
        /// What is awaited latest comes first, and last what no day is known for yet.
        DueLast = "-due", "后到期的在前";
    }
}

/// A duty with what a list shows of the document it comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct LedgerLine {
    /// The duty.
    pub obligation: Obligation,
    /// The kind of the document.
    pub kind: String,
    /// The title of the document: content, which only its parties are shown.
    pub title: String,
    /// The document's number.
    pub number: Option<DocNumber>,
}

/// Where a page of the ledger ends, whatever its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LedgerPlace {
    /// When the last duty arose.
    pub arose_at: Timestamp,
    /// The day by which it is awaited.
    pub awaited_by: Option<Date>,
    /// The duty.
    pub id: ObligationId,
}

impl From<&Obligation> for LedgerPlace {
    fn from(duty: &Obligation) -> Self {
        Self {
            arose_at: duty.created_at,
            awaited_by: duty.awaited_by(),
            id: duty.id,
        }
    }
}

/// A side of the ledger, with the unit whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LedgerSide {
    /// What a unit owes.
    Owed(UnitId),
    /// What is owed to a unit.
    Due(UnitId),
    /// All of it, for the conference office.
    All,
}

impl LedgerSide {
    /// The unit whose ledger it is.
    #[must_use]
    pub fn party(self) -> Option<UnitId> {
        match self {
            Self::Owed(unit) | Self::Due(unit) => Some(unit),
            Self::All => None,
        }
    }
}

/// What is asked of the ledger: which duties, and how they are looked at. What is not given does
/// not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LedgerCriteria {
    /// From which side; what the unit owes where nothing is said.
    pub side: Option<Side>,
    /// In which order; newest first where nothing is said.
    pub order: Option<LedgerOrder>,
    /// Only this state, as it is shown.
    pub state: Option<ObligationState>,
    /// Only what comes from documents of this kind.
    pub kind: Option<String>,
    /// Only what this unit owes.
    pub debtor: Option<UnitId>,
    /// Only what is owed to this unit.
    pub creditor: Option<UnitId>,
    /// Only what is overdue or was answered late, or only what is not.
    pub overdue: Option<bool>,
    /// Only what is awaited by this day or a later one.
    pub due_from: Option<Date>,
    /// Only what is awaited by this day or an earlier one.
    pub due_until: Option<Date>,
    /// Only what has arisen on this day or later.
    pub since: Option<Date>,
    /// Only what arose on this day or earlier.
    pub until: Option<Date>,
}

impl LedgerCriteria {
    /// The side.
    #[must_use]
    pub fn side(&self) -> Side {
        self.side.unwrap_or(Side::Owed)
    }

    /// The order.
    #[must_use]
    pub fn order(&self) -> LedgerOrder {
        self.order.unwrap_or(LedgerOrder::Newest)
    }

    /// These criteria, and of others what these leave open.
    #[must_use]
    pub fn over(self, others: Self) -> Self {
        Self {
            side: self.side.or(others.side),
            order: self.order.or(others.order),
            state: self.state.or(others.state),
            kind: self.kind.or(others.kind),
            debtor: self.debtor.or(others.debtor),
            creditor: self.creditor.or(others.creditor),
            overdue: self.overdue.or(others.overdue),
            due_from: self.due_from.or(others.due_from),
            due_until: self.due_until.or(others.due_until),
            since: self.since.or(others.since),
            until: self.until.or(others.until),
        }
    }

    /// The first moment at which something may have arisen.
    #[must_use]
    pub fn arisen_from(&self) -> Option<Timestamp> {
        self.since.map(beginning_of)
    }

    /// The moment before which it has arisen.
    #[must_use]
    pub fn arisen_before(&self) -> Option<Timestamp> {
        let after = |day: Date| day.tomorrow().unwrap_or(Date::MAX);
        self.until.map(after).map(beginning_of)
    }

    /// Whether a duty is among those that are asked for, as of `today`.
    #[must_use]
    pub fn fits(&self, line: &LedgerLine, today: Date) -> bool {
        let duty = &line.obligation;
        let day = duty.awaited_by();
        let late = duty.days_overdue(today, duty.replied_on()).is_some();
        self.state.is_none_or(|state| state == duty.standing())
            && self.kind.as_ref().is_none_or(|kind| *kind == line.kind)
            && self.debtor.is_none_or(|unit| unit == duty.debtor)
            && self.creditor.is_none_or(|unit| unit == duty.creditor)
            && self.overdue.is_none_or(|overdue| overdue == late)
            && self
                .due_from
                .is_none_or(|from| day.is_some_and(|day| day >= from))
            && self
                .due_until
                .is_none_or(|until| day.is_some_and(|day| day <= until))
            && self
                .arisen_from()
                .is_none_or(|from| duty.created_at >= from)
            && self.arisen_before().is_none_or(|end| duty.created_at < end)
    }
}

/// How a person looks at the ledger of a unit that they act for, under a name of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerView {
    /// Identifies the view.
    pub id: LedgerViewId,
    /// Whose it is; it is nobody else's business.
    pub user: UserId,
    /// The unit that they act for.
    pub unit: UnitId,
    /// What they call it; no two views of theirs in the unit have one name.
    pub name: String,
    /// What it shows.
    pub criteria: LedgerCriteria,
    /// When it was kept first.
    pub created_at: Timestamp,
    /// Counts the changes.
    pub revision: i64,
}

/// The number that what waits is counted to: so many, or more.
pub const WORK_COUNTED: i64 = 1_000;

/// What waits for a unit today, each counted up to [`WORK_COUNTED`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WorkTally {
    /// Documents that nobody has signed for.
    pub unsigned: u64,
    /// Duties that nobody has taken in hand.
    pub to_register: u64,
    /// Answers that are due this week, today included.
    pub due_soon: u64,
    /// Answers that are overdue.
    pub overdue: u64,
    /// Answers to the unit that it has not evaluated.
    pub to_evaluate: u64,
    /// Extensions that the issuer has to decide.
    pub extensions: u64,
    /// Objections that the issuer has to decide.
    pub objections: u64,
    /// Answers that others owe the unit and that are overdue.
    pub late_to_us: u64,
}
