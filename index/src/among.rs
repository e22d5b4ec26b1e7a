//! Which of a few documents a query finds, whatever else it would find.

use tantivy::{
    Term,
    collector::DocSetCollector,
    query::{BooleanQuery, Occur, Query as EngineQuery, TermSetQuery},
};

use crate::{Filter, Query, SearchIndex, entry::number, error::Result, ids::Ids, plan::plan};

impl SearchIndex {
    /// Which of these ids `viewer` (a unit) finds with the query, in ascending order. What it
    /// costs depends on how many ids are given and hardly on how much there is. The caller
    /// decides again, from the database, whether each may be shown: the index lags behind.
    pub fn among(&self, query: &Query, viewer: u128, ids: &[u128]) -> Result<Vec<u128>> {
        let terms = ids
            .iter()
            .map(|id| Term::from_field_ip_addr(self.fields.id, number(*id)));
        let clauses: [Box<dyn EngineQuery>; 2] = [
            Box::new(TermSetQuery::new(terms)),
            Box::new(plan(query.expr(), viewer, &Filter::default(), &self.fields)),
        ];
        let both = clauses.map(|clause| (Occur::Must, clause)).into();
        let searcher = self.reader.searcher();
        let addresses = searcher.search(&BooleanQuery::new(both), &DocSetCollector)?;
        let mut found = Vec::with_capacity(addresses.len());
        for address in addresses {
            let segment = searcher.segment_reader(address.segment_ord);
            found.push(Ids::open(segment)?.of(address.doc_id));
        }
        found.sort_unstable();
        Ok(found)
    }
}
