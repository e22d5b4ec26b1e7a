use std::fmt;

use super::csv;

/// What is wrong with one cell, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Problem {
    /// The row as a spreadsheet counts it.
    pub(super) row: usize,
    pub(super) column: String,
    pub(super) what: String,
    pub(super) advice: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            row,
            column,
            what,
            advice,
        } = self;
        write!(f, "第 {row} 行“{column}”：{what}；{advice}")
    }
}

/// The problems as a table.
pub(super) fn problems_csv(problems: &[Problem]) -> String {
    let rows = problems.iter().map(|one| {
        vec![
            one.row.to_string(),
            one.column.clone(),
            one.what.clone(),
            one.advice.clone(),
        ]
    });
    csv::written(&["行", "列", "问题", "怎么办"], rows)
}
