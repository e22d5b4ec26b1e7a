use super::{DocNumber, Obligation};

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
