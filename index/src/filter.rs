//! Filters: what of the results is wanted, beside the query.

use tantivy::{
    Term,
    query::{BooleanQuery, ConstScoreQuery, Occur, Query, TermQuery},
    schema::IndexRecordOption,
};

use crate::{entry::number, fold::folded, schema::Fields, steady::Steady};

/// Which of the documents found are wanted. What is not given does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only of the kind with this code.
    pub kind: Option<String>,
    /// Only what one of these units has issued.
    pub issuers: Option<Vec<u128>>,
    /// Only of this year.
    pub year: Option<i32>,
    /// Only in the state with this code.
    pub state: Option<String>,
    /// None of these documents: those of which the caller knows better than the index.
    pub hidden: Vec<u128>,
}

impl Filter {
    /// The clauses that keep what is wanted; they count for nothing in the order.
    pub(crate) fn clauses(&self, fields: &Fields) -> Vec<(Occur, Box<dyn Query>)> {
        let text = |field, value: &String| vec![Term::from_field_text(field, &folded(value))];
        let units = |units: &Vec<u128>| {
            let terms = units
                .iter()
                .map(|&unit| Term::from_field_ip_addr(fields.issuer, number(unit)));
            terms.collect()
        };
        let wanted = [
            self.kind.as_ref().map(|kind| text(fields.kind, kind)),
            self.state.as_ref().map(|state| text(fields.state, state)),
            self.issuers.as_ref().map(units),
            self.year
                .map(|year| vec![Term::from_field_i64(fields.year, year.into())]),
        ];
        let mut clauses: Vec<_> = wanted
            .into_iter()
            .flatten()
            .map(|terms| (Occur::Must, any_of(terms)))
            .collect();
        if !self.hidden.is_empty() {
            let hidden = self
                .hidden
                .iter()
                .map(|&id| Term::from_field_ip_addr(fields.id, number(id)));
            clauses.push((Occur::MustNot, Steady::boxed(any_of(hidden.collect()))));
        }
        clauses
    }
}

/// Whatever has one of the terms, without points.
fn any_of(terms: Vec<Term>) -> Box<dyn Query> {
    let terms = terms
        .into_iter()
        .map(|term| -> Box<dyn Query> { Box::new(TermQuery::new(term, IndexRecordOption::Basic)) });
    let union = BooleanQuery::union(terms.collect());
    Box::new(ConstScoreQuery::new(Box::new(union), 0.0))
}
