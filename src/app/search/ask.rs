use wenshu_index::{Cursor, Order, Page, PageRequest, Query, QueryError, Question, SearchIndex};

use super::Snippet;
use crate::{
    app::{Caller, Error, Fault, Hub, Result, Shown},
    domain::{Document, DocumentId},
};

/// What somebody wants to find.
#[derive(Debug, Clone)]
pub struct SearchRequest {
    /// The query or the question, as typed.
    pub text: String,
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
        /// Newest first, instead of best first.
        newest_first: bool,
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
    fn read(self) -> Result<Asked> {
        let SearchMode::Exact {
            after,
            newest_first,
        } = self.mode
        else {
            let question = Question::parse(&self.text).map_err(unreadable)?;
            return Ok(Asked::Question(question, self.limit));
        };
        let query = Query::parse(&self.text).map_err(unreadable)?;
        let after: Option<Cursor> = match after.as_deref().map(str::parse) {
            None => None,
            Some(Ok(cursor)) => Some(cursor),
            Some(Err(_)) => return Err(wrong_cursor()),
        };
        let page = PageRequest {
            limit: self.limit,
            after,
            order: if newest_first {
                Order::Newest
            } else {
                Order::Relevance
            },
        };
        Ok(Asked::Exact(query, page))
    }
}

impl Asked {
    fn answered(
        &self,
        index: &SearchIndex,
        viewer: u128,
    ) -> std::result::Result<Page, wenshu_index::Error> {
        match self {
            Self::Exact(query, page) => index.search(query, viewer, page),
            Self::Question(question, limit) => index.answer(question, viewer, *limit),
        }
    }
}

fn unreadable(error: QueryError) -> Error {
    let pointer = format!("q:{}", error.place());
    Error::UnreadableQuery(Fault::at(pointer, "unreadable", error))
}

fn wrong_cursor() -> Error {
    Error::invalid("cursor", "malformed", "翻页位置无效，请从第一页开始")
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
        let complete = self.0.parts.index.is_complete();
        let page = self.ask_index(asked, unit.0.as_u128()).await?;
        let ids: Vec<_> = page
            .hits
            .iter()
            .map(|hit| DocumentId(uuid::Uuid::from_u128(hit.id)))
            .collect();
        let mut tx = self.store().read().await?;
        let mut allowed = tx.documents().among_for(unit, &ids).await?;
        // Of what is in quarantine the index may still know what it said.
        allowed.retain(|document| document.quarantined_at.is_none());
        let withdrawn = ids.len() - allowed.len();
        let hits = page
            .hits
            .into_iter()
            .filter_map(|hit| {
                let id = DocumentId(uuid::Uuid::from_u128(hit.id));
                let document = allowed.iter().find(|document| document.id == id)?.clone();
                Some(Found {
                    document,
                    snippets: hit.snippets.into_iter().map(Into::into).collect(),
                })
            })
            .collect();
        let result = SearchResult {
            hits,
            total: page.total.saturating_sub(withdrawn),
            next: page.next.map(|cursor| cursor.to_string()),
            complete,
        };
        self.shown(&mut tx, result).await
    }

    async fn ask_index(&self, asked: Asked, viewer: u128) -> Result<Page> {
        let search = &self.config().search;
        let permit = tokio::time::timeout(search.timeout, self.0.searching.acquire());
        let _turn = permit
            .await
            .map_err(|_| Error::Unavailable(None))?
            .map_err(Error::internal)?;
        let index = self.index();
        let answer = tokio::task::spawn_blocking(move || asked.answered(&index, viewer));
        match answer.await {
            Ok(Ok(page)) => Ok(page),
            Ok(Err(wenshu_index::Error::WrongCursor)) => Err(wrong_cursor()),
            // The folder may have been deleted this moment, or a file in it is damaged; the
            // indexer is about to begin anew.
            Ok(Err(error)) => {
                self.index_slot().suspect();
                Err(Error::Unavailable(Some(Box::new(error))))
            }
            // The engine believes the lengths that it reads in a file.
            Err(error) if error.is_panic() => {
                self.index_slot().suspect();
                Err(Error::Unavailable(Some(Box::new(error))))
            }
            Err(error) => Err(Error::internal(error)),
        }
    }
}
