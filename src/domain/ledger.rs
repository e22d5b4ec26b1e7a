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
