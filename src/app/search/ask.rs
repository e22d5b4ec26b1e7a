use wenshu_index::{Filter, Page, PageRequest, Query, Question, SearchIndex};

use super::{Snippet, filter};
use crate::{
    app::{Caller, Error, Hub, Result, Shown},
    domain::{Document, SearchCriteria},
};

/// What somebody wants to find.
#[derive(Debug, Clone)]
pub struct SearchRequest {
    /// The query or the question, and what it is narrowed to.
    pub criteria: SearchCriteria,
    /// How many hits at most.
    pub limit: usize,
    /// How it is looked for.
    pub mode: SearchMode,
}

/// How something is looked for.
#[derive(Debug, Clone)]
pub enum SearchMode {
    /// Every word as it was typed.
    Exact {
        /// Where to go on.
        after: Option<String>,
    },
    /// What seems to answer a question: a guess, of which there is one page.
    Question,
}

/// What the index is asked.
enum Asked {
    Exact(Query, PageRequest),
    Question(Question, usize),
}

impl SearchRequest {
    fn read(&self) -> Result<Asked> {
        let criteria = &self.criteria;
        let SearchMode::Exact { after } = &self.mode else {
            if let Some(field) = filter::narrowed_by(criteria) {
                let detail = "提问不能再限定范围，也只能按相关排序；请去掉限定，或改用精确检索";
                return Err(Error::invalid(field, "not_allowed", detail));
            }
            let question = Question::parse(&criteria.q);
            let question = question.map_err(|error| filter::unreadable("q", error))?;
            return Ok(Asked::Question(question, self.limit));
        };
        Ok(Asked::Exact(
            filter::query(criteria)?,
            filter::page(criteria, after.as_deref(), self.limit)?,
        ))
    }
}

impl Asked {
    fn answered(
        &self,
        index: &SearchIndex,
        viewer: u128,
        filter: &Filter,
    ) -> wenshu_index::Result<Page> {
        match self {
            Self::Exact(query, page) => index.search_within(query, viewer, filter, page),
            Self::Question(question, limit) => index.answer(question, viewer, *limit),
        }
    }
}

/// A document that was found.
#[derive(Debug, Clone)]
pub struct Found {
    /// The document; its parts are not read.
    pub document: Document,
    /// Where it says what was searched.
    pub snippets: Vec<Snippet>,
}

/// What was found.
#[derive(Debug, Clone)]
pub struct SearchResult {
    /// This page of hits.
    pub hits: Vec<Found>,
    /// How many there are in all.
    pub total: usize,
    /// Where to go on.
    pub next: Option<String>,
    /// Whether the index is whole; false while it is being filled anew.
    pub complete: bool,
    /// Where nothing was found: another query, which finds something.
    pub did_you_mean: Option<String>,
}

impl Hub {
    /// Searches the documents that the caller's unit may see. The index proposes, the database
    /// has the last word on each hit.
    pub async fn search(
        &self,
        caller: &Caller,
        request: SearchRequest,
    ) -> Result<Shown<SearchResult>> {
        let unit = caller.unit()?;
        let asked = request.read()?;
        let is_exact = matches!(asked, Asked::Exact(..));
        let complete = self.index_slot().is_complete();
        let filter = self.filter(unit, &request.criteria).await?;
        let viewer = unit.0.as_u128();
        let typed = request.criteria.q;
        let (page, did_you_mean) = self
            .with_index(move |index| {
                let page = asked.answered(index, viewer, &filter)?;
                let better = if page.total == 0 && is_exact {
                    index.correction(&typed, viewer, &filter)?
                } else {
                    None
                };
                Ok((page, better))
            })
            .await?;
        let ids: Vec<u128> = page.hits.iter().map(|hit| hit.id).collect();
        let mut tx = self.store().read().await?;
        let mut allowed = self.still_seen(&mut tx, unit, &ids).await?;
        let withdrawn = ids.len() - allowed.len();
        let hits = page.hits.into_iter().filter_map(|hit| {
            let at = allowed
                .iter()
                .position(|document| document.id.0.as_u128() == hit.id)?;
            Some(Found {
                document: allowed.swap_remove(at),
                snippets: hit.snippets.into_iter().map(Into::into).collect(),
            })
        });
        let result = SearchResult {
            hits: hits.collect(),
            total: page.total.saturating_sub(withdrawn),
            next: page.next.map(|cursor| cursor.to_string()),
            complete,
            did_you_mean,
        };
        self.shown(&mut tx, result).await
    }
}
