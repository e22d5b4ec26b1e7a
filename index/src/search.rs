//! Searching: a query, a viewer and a page in; hits with their snippets out.

use tantivy::TantivyDocument;

use crate::{
    Cursor, Filter, Order, Query, SearchIndex, Snippet,
    entry::Stored,
    error::{Error, Result},
    plan::plan,
    rank::{Best, Found},
    snippet::Highlighter,
};

/// The most hits that a page can hold.
pub const MAX_LIMIT: usize = 200;

/// Which part of the results is wanted.
#[derive(Clone, Copy, Debug)]
pub struct PageRequest {
    /// How many hits, at most [`MAX_LIMIT`]; none, to learn the total only.
    pub limit: usize,
    /// Where the page before ended; `None` for the first page.
    pub after: Option<Cursor>,
    /// How the results are sorted; the same for all pages.
    pub order: Order,
}

/// A page of results.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The hits, best first.
    pub hits: Vec<Hit>,
    /// How many documents match on all pages, of those that the viewer may see.
    pub total: usize,
    /// Where the next page begins, if there is more.
    pub next: Option<Cursor>,
}

/// A document that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The id of its [`Entry`](crate::Entry).
    pub id: u128,
    /// Where the terms were found; never empty.
    pub snippets: Vec<Snippet>,
}

impl SearchIndex {
    /// Finds what `viewer` (a unit) may see. The caller decides again, from the database,
    /// whether each hit may be shown: the index lags behind.
    ///
    /// Fails with [`Error::WrongCursor`] when the cursor comes from another order.
    pub fn search(&self, query: &Query, viewer: u128, page: &PageRequest) -> Result<Page> {
        self.search_within(query, viewer, &Filter::default(), page)
    }

    /// The same, of what the filter lets through.
    pub fn search_within(
        &self,
        query: &Query,
        viewer: u128,
        filter: &Filter,
        page: &PageRequest,
    ) -> Result<Page> {
        if page.after.is_some_and(|cursor| cursor.order != page.order) {
            return Err(Error::WrongCursor);
        }
        let limit = page.limit.min(MAX_LIMIT);
        let searcher = self.reader.searcher();
        let Found { total, mut best } = searcher.search(
            &plan(query.expr(), viewer, filter, &self.fields),
            &Best {
                // One more, to learn whether there is a next page.
                limit: limit + 1,
                after: page.after.map(|cursor| cursor.after),
                order: page.order,
            },
        )?;

        let has_more = best.len() > limit;
        best.truncate(limit);
        let next = best.last().filter(|_| has_more).map(|&(after, _)| Cursor {
            order: page.order,
            after,
        });

        let hits = best.into_iter().map(|(key, address)| {
            let document: TantivyDocument = searcher.doc(address)?;
            let stored = Stored::new(&document, &self.fields);
            let highlighter = Highlighter::new(query.sought(stored.title()));
            Ok(Hit {
                id: page.order.id_at(key),
                snippets: highlighter.snippets(&stored),
            })
        });
        Ok(Page {
            hits: hits.collect::<Result<_>>()?,
            total,
            next,
        })
    }
}
