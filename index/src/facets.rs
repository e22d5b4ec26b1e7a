//! Facets: how many of the documents found are of each kind, issuer, state, year and month.

use std::{collections::HashMap, hash::Hash, net::Ipv6Addr};

use tantivy::{
    DocId, Score, SegmentOrdinal, SegmentReader,
    collector::{Collector, SegmentCollector},
    columnar::{Column, StrColumn},
};

use crate::{Filter, Query, SearchIndex, error::Result, plan::plan, schema};

/// How many of the documents found have each value; values that none has are not there. Each
/// facet is counted without the filter on itself, so that it also shows what else could be
/// chosen there. In no order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facets {
    /// By the code of the kind.
    pub kinds: Vec<(String, u64)>,
    /// By the unit that issued it.
    pub issuers: Vec<(u128, u64)>,
    /// By the code of the state.
    pub states: Vec<(String, u64)>,
    /// By year.
    pub years: Vec<(i32, u64)>,
    /// By the month of sending, written as one number: 202403.
    pub months: Vec<(i32, u64)>,
}

impl SearchIndex {
    /// Counts what the query finds of what `viewer` (a unit) may see.
    pub fn facets(&self, query: &Query, viewer: u128, filter: &Filter) -> Result<Facets> {
        let mut facets = self.counted(query, viewer, filter)?;
        if filter.kind.is_some() {
            let open = Filter {
                kind: None,
                ..filter.clone()
            };
            facets.kinds = self.counted(query, viewer, &open)?.kinds;
        }
        if filter.issuers.is_some() {
            let open = Filter {
                issuers: None,
                ..filter.clone()
            };
            facets.issuers = self.counted(query, viewer, &open)?.issuers;
        }
        if filter.state.is_some() {
            let open = Filter {
                state: None,
                ..filter.clone()
            };
            facets.states = self.counted(query, viewer, &open)?.states;
        }
        if filter.year.is_some() {
            let open = Filter {
                year: None,
                ..filter.clone()
            };
            facets.years = self.counted(query, viewer, &open)?.years;
        }
        Ok(facets)
    }

    fn counted(&self, query: &Query, viewer: u128, filter: &Filter) -> Result<Facets> {
        let plan = plan(query.expr(), viewer, filter, &self.fields);
        Ok(self.reader.searcher().search(&plan, &Count)?)
    }
}

/// Counts all matches by their columns.
struct Count;

impl Collector for Count {
    type Fruit = Facets;
    type Child = SegmentCounts;

    fn for_segment(
        &self,
        _segment: SegmentOrdinal,
        reader: &SegmentReader,
    ) -> tantivy::Result<SegmentCounts> {
        let columns = reader.fast_fields();
        Ok(SegmentCounts {
            kinds: Words::of(columns.str(schema::KIND)?),
            states: Words::of(columns.str(schema::STATE)?),
            issuers: Numbers::of(columns.ip_addr(schema::ISSUER)?),
            years: Numbers::of(columns.i64(schema::YEAR)?),
            months: Numbers::of(columns.i64(schema::MONTH)?),
        })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, segments: Vec<tantivy::Result<Facets>>) -> tantivy::Result<Facets> {
        let mut whole = Facets::default();
        for facets in segments {
            let facets = facets?;
            whole.kinds.extend(facets.kinds);
            whole.issuers.extend(facets.issuers);
            whole.states.extend(facets.states);
            whole.years.extend(facets.years);
            whole.months.extend(facets.months);
        }
        Ok(Facets {
            kinds: summed(whole.kinds),
            issuers: summed(whole.issuers),
            states: summed(whole.states),
            years: summed(whole.years),
            months: summed(whole.months),
        })
    }
}

fn summed<T: Hash + Eq>(counts: Vec<(T, u64)>) -> Vec<(T, u64)> {
    let mut sums = HashMap::new();
    for (value, count) in counts {
        *sums.entry(value).or_default() += count;
    }
    sums.into_iter().collect()
}

/// The counts of one segment.
struct SegmentCounts {
    kinds: Words,
    states: Words,
    issuers: Numbers<Ipv6Addr>,
    years: Numbers<i64>,
    months: Numbers<i64>,
}

impl SegmentCollector for SegmentCounts {
    type Fruit = tantivy::Result<Facets>;

    fn collect(&mut self, doc: DocId, _score: Score) {
        self.kinds.count(doc);
        self.states.count(doc);
        self.issuers.count(doc);
        self.years.count(doc);
        self.months.count(doc);
    }

    fn harvest(self) -> tantivy::Result<Facets> {
        let small = |counts: HashMap<i64, u64>| {
            let counts = counts.into_iter();
            counts
                .filter_map(|(value, count)| Some((i32::try_from(value).ok()?, count)))
                .collect()
        };
        let issuers = self.issuers.counts.into_iter();
        Ok(Facets {
            kinds: self.kinds.harvest()?,
            states: self.states.harvest()?,
            issuers: issuers
                .map(|(unit, count)| (unit.to_bits(), count))
                .collect(),
            years: small(self.years.counts),
            months: small(self.months.counts),
        })
    }
}

/// Counts by words, of which a segment has few.
struct Words {
    column: Option<StrColumn>,
    counts: Vec<u64>,
}

impl Words {
    fn of(column: Option<StrColumn>) -> Self {
        let words = column.as_ref().map_or(0, |column| column.num_terms());
        Self {
            column,
            counts: vec![0; words],
        }
    }

    fn count(&mut self, doc: DocId) {
        let word = self
            .column
            .as_ref()
            .and_then(|column| column.ords().first(doc));
        let count = word
            .and_then(|word| usize::try_from(word).ok())
            .and_then(|word| self.counts.get_mut(word));
        if let Some(count) = count {
            *count += 1;
        }
    }

    fn harvest(self) -> tantivy::Result<Vec<(String, u64)>> {
        let Some(column) = self.column else {
            return Ok(Vec::new());
        };
        let counted = (0..).zip(self.counts).filter(|(_, count)| *count > 0);
        let named = counted.map(|(word, count)| {
            let mut text = String::new();
            column.ord_to_str(word, &mut text)?;
            Ok((text, count))
        });
        named.collect()
    }
}

/// Counts by numbers.
struct Numbers<T> {
    column: Column<T>,
    counts: HashMap<T, u64>,
}

impl<T: Copy + Hash + Eq + PartialOrd + std::fmt::Debug + Send + Sync + 'static> Numbers<T> {
    fn of(column: Column<T>) -> Self {
        Self {
            column,
            counts: HashMap::new(),
        }
    }

    fn count(&mut self, doc: DocId) {
        if let Some(value) = self.column.first(doc) {
            *self.counts.entry(value).or_default() += 1;
        }
    }
}
