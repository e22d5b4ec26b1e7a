use jiff::{Timestamp, civil::Date};

use super::{DocNumber, Obligation, ObligationId, ObligationState, UnitId};

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

/// Where a page of the ledger ends.
pub type LedgerPlace = (Timestamp, ObligationId);

/// From which side the ledger is read.
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

/// Which duties are listed, newest first. What is not given does not matter.
#[derive(Debug, Clone, Default)]
pub struct ObligationFilter {
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
    /// Only what was due on this day or later.
    pub due_from: Option<Date>,
    /// Only what was due on this day or earlier.
    pub due_until: Option<Date>,
    /// Only what has arisen at this moment or later.
    pub since: Option<Timestamp>,
    /// Only what arose before this moment.
    pub until: Option<Timestamp>,
    /// Only what comes after this one.
    pub after: Option<LedgerPlace>,
}

impl ObligationFilter {
    /// Whether every row that the order of the ledger leads to fits.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        let looked_at = [
            self.state.is_some_and(ObligationState::is_shown_by_facts),
            self.kind.is_some(),
            self.debtor.is_some(),
            self.creditor.is_some(),
            self.overdue.is_some(),
            self.due_from.is_some(),
            self.due_until.is_some(),
        ];
        !looked_at.contains(&true)
    }

    /// Whether a duty is among those that are asked for, as of `today`.
    #[must_use]
    pub fn fits(&self, line: &LedgerLine, today: Date) -> bool {
        let duty = &line.obligation;
        let due = duty.due.as_ref().map(|due| due.due_on);
        let late = duty.days_overdue(today, duty.replied_on()).is_some();
        self.state.is_none_or(|state| state == duty.standing())
            && self.kind.as_ref().is_none_or(|kind| *kind == line.kind)
            && self.debtor.is_none_or(|unit| unit == duty.debtor)
            && self.creditor.is_none_or(|unit| unit == duty.creditor)
            && self.overdue.is_none_or(|overdue| overdue == late)
            && self
                .due_from
                .is_none_or(|from| due.is_some_and(|due| due >= from))
            && self
                .due_until
                .is_none_or(|until| due.is_some_and(|due| due <= until))
            && self.since.is_none_or(|since| duty.created_at >= since)
            && self.until.is_none_or(|until| duty.created_at < until)
    }
}

/// What waits for a unit today, counted.
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
