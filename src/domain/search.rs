use serde::{Deserialize, Serialize};

use super::{Branch, DocumentState, UnitId, labelled::labelled};

labelled! {
    /// In which order what was found is read.
    pub enum SearchOrder {
        /// What fits best comes first: by where the words stand, then the newest.
        Relevance = "relevance", "按相关";
        /// What was sent last comes first.
        Newest = "newest", "从新到旧";
        /// What was sent first comes first.
        Oldest = "oldest", "从旧到新";
    }
}

/// What is searched, and how it is looked at. What is not given does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SearchCriteria {
    /// The query, as typed.
    pub q: String,
    /// In which order; what fits best first where nothing is said.
    pub order: Option<SearchOrder>,
    /// Only documents of this kind.
    pub kind: Option<String>,
    /// Only what this unit has issued, alone or as the first of several.
    pub issuer: Option<UnitId>,
    /// Only what units of this branch have issued.
    pub branch: Option<Branch>,
    /// Only documents of this year, by the date they bear.
    pub year: Option<i16>,
    /// Only documents that stand here.
    pub state: Option<DocumentState>,
}
