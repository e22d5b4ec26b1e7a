//! What the first documents of a bench are to the unit that is looked at.

/// So many documents at the beginning give the busiest unit whole pages of everything, also where
/// there is little else: pages of one length are compared.
const BEGINNING: u64 = 1_000;

/// What the busiest unit has to do with a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Share {
    /// It receives it.
    Received,
    /// It sends it.
    Sent,
    /// It has it in a drawer.
    Drafted,
    /// Whatever comes.
    Any,
}

impl Share {
    /// What it has to do with the document of this number, from 1.
    pub(super) fn of(document: u64) -> Self {
        match document % 10 {
            _ if document > BEGINNING => Self::Any,
            0..6 => Self::Received,
            6..9 => Self::Sent,
            _ => Self::Drafted,
        }
    }
}
