//! Tells people what their kept searches have found. The change log says which documents to look
//! at, the index which searches find them, and the database has the last word on each.

use std::collections::{BTreeMap, BTreeSet};

use wenshu_index::{Query, SearchIndex};

use crate::{
    app::{Caller, Directory, Error, Hub, Result, Work},
    domain::{Branch, Document, DocumentId, Occasion, SavedSearch, Subject, UnitId, UserId},
};

/// How many lines of the change log are read at once.
const LINES: u64 = 100;

/// What came of one look at the change log.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Matched {
    /// How many words were said.
    pub told: u64,
    /// How far the change log has been looked at.
    pub seen: u64,
    /// Whether there may be more to look at at once.
    pub more: bool,
}

/// A search that watches, and documents that it may have to be told of.
type Watching = (SavedSearch, Vec<DocumentId>);

/// A piece of the change log that the index has taken in.
struct Stretch {
    /// How far it was known to be read by all.
    kept: u64,
    /// Where it ends.
    to: u64,
    /// Who waits for something in it.
    watching: Vec<Watching>,
}

impl Hub {
    /// Looks at the next piece of the change log behind what `seen` says, as far as the index of
    /// this node has taken it in, and tells people what their searches have found there. It may
    /// run on several nodes at once and be broken off anywhere: what was told and how far the
    /// log was read are kept together, and each document is told to a search once.
    ///
    /// Where nothing is found the position is only kept now and then, so `seen` may be ahead of
    /// it. What is looked at twice is not told twice.
    pub async fn tell_matches(&self, seen: u64) -> Result<Matched> {
        let index = self.index();
        let indexed = index.position().map_err(Error::internal)?.unwrap_or(0);
        let Some(stretch) = self.next_stretch(seen, indexed).await? else {
            return Ok(Matched {
                seen,
                ..Matched::default()
            });
        };
        let Stretch { kept, to, watching } = stretch;
        let look = tokio::task::spawn_blocking(move || found(&index, watching));
        let watching = look.await.map_err(Error::internal)?;
        let watching = watching.map_err(Error::internal)?;
        let told = if watching.is_empty() && to - kept < LINES {
            Some(0)
        } else {
            self.tell(kept, to, watching).await?
        };
        Ok(match told {
            Some(told) => Matched {
                told,
                seen: to,
                more: to < indexed,
            },
            // Another node was quicker; how far it has come is asked again.
            None => Matched {
                told: 0,
                seen,
                more: true,
            },
        })
    }

    /// What follows behind `seen`, up to where the index has read; nothing where that is not
    /// further, or more than the database holds, as after a backup was restored.
    async fn next_stretch(&self, seen: u64, indexed: u64) -> Result<Option<Stretch>> {
        let mut tx = self.store().read().await?;
        let kept = tx.search_watch().position().await?;
        let from = kept.max(seen);
        if indexed <= from || indexed > tx.changes().newest().await? {
            return Ok(None);
        }
        let to = indexed.min(from.saturating_add(LINES));
        let lines = i64::try_from(to - from).map_err(Error::internal)?;
        let lines = tx.changes().after(from, lines).await?;
        let touched: BTreeSet<_> = lines
            .iter()
            .filter(|line| line.subject == Subject::Document)
            .map(|line| DocumentId(line.id))
            .collect();
        let touched: Vec<_> = touched.into_iter().collect();
        let watching = if touched.is_empty() {
            Vec::new()
        } else {
            tx.search_watch().awaiting(&touched).await?
        };
        Ok(Some(Stretch { kept, to, watching }))
    }

    /// Says what was found; nothing where somebody else has read on meanwhile.
    async fn tell(&self, kept: u64, to: u64, watching: Vec<Watching>) -> Result<Option<u64>> {
        let mut work = self.work(Caller::rule()).await?;
        if !work.tx.search_watch().advance(kept, to).await? {
            return Ok(None);
        }
        let names = self.directory(&mut work.tx).await?;
        let mut by_unit: BTreeMap<UnitId, Vec<Watching>> = BTreeMap::new();
        for one in watching {
            by_unit.entry(one.0.unit).or_default().push(one);
        }
        let mut told = 0;
        for (unit, watching) in by_unit {
            told += work.tell_unit(unit, &watching, &names).await?;
        }
        work.commit().await?;
        Ok(Some(told))
    }
}

impl Work {
    /// Tells the people of one unit what they may see now of what was found.
    async fn tell_unit(
        &mut self,
        unit: UnitId,
        watching: &[Watching],
        names: &Directory,
    ) -> Result<u64> {
        let ids: BTreeSet<_> = watching.iter().flat_map(|(_, ids)| ids).copied().collect();
        let ids: Vec<_> = ids.into_iter().collect();
        let documents = self.tx.documents().among_for(unit, &ids).await?;
        let documents: BTreeMap<_, _> = documents
            .into_iter()
            .filter(|document| document.quarantined_at.is_none())
            .map(|document| {
                let branch = names.unit(document.unit).map(|unit| unit.branch);
                (document.id, (document, branch))
            })
            .collect();
        let people = self.tx.reminders().people(unit).await?;
        let people: BTreeSet<UserId> = people.into_iter().map(|(user, _)| user).collect();
        let mut told = 0;
        for (search, ids) in watching
            .iter()
            .filter(|(one, _)| people.contains(&one.user))
        {
            let visible = ids.iter().filter_map(|id| documents.get(id));
            told += self.tell_of(search, visible).await?;
        }
        Ok(told)
    }

    /// Tells somebody what their search has found. Who searches for something else by now, or has
    /// begun to watch anew, waits for what comes after that.
    async fn tell_of(
        &mut self,
        asked: &SavedSearch,
        documents: impl Iterator<Item = &(Document, Option<Branch>)>,
    ) -> Result<u64> {
        let search = self.tx.saved_searches().find(asked.id).await?;
        let same = |search: &SavedSearch| {
            search.criteria == asked.criteria && search.watched_since == asked.watched_since
        };
        let Some(search) = search.filter(same) else {
            return Ok(0);
        };
        let mut told = 0;
        for (document, branch) in documents {
            let (id, now) = (document.id, self.now);
            if !search.is_news(document, *branch)
                || !self.tx.search_watch().tell(search.id, id, now).await?
            {
                continue;
            }
            let occasion = Occasion::Match {
                search: search.id,
                name: search.name.clone(),
            };
            let text = format!("检索“{}”有新文书", search.name);
            self.say((search.user, search.unit), id, occasion, &text)
                .await?;
            told += 1;
        }
        Ok(told)
    }
}

/// Leaves of what each search waits for what its query finds. Each query is asked once for a unit,
/// however many people keep it.
fn found(
    index: &SearchIndex,
    mut watching: Vec<Watching>,
) -> Result<Vec<Watching>, wenshu_index::Error> {
    let mut asked: BTreeMap<(UnitId, String), BTreeSet<u128>> = BTreeMap::new();
    for (search, ids) in &watching {
        let question = (search.unit, search.criteria.q.clone());
        let ids = ids.iter().map(|id| id.0.as_u128());
        asked.entry(question).or_default().extend(ids);
    }
    let mut answers = BTreeMap::new();
    for ((unit, q), ids) in asked {
        // What could be read when it was kept may be no query any more; the others go on.
        let Ok(query) = Query::parse(&q) else {
            tracing::warn!(%unit, "the query of a kept search cannot be read; it is left out");
            continue;
        };
        let ids: Vec<_> = ids.into_iter().collect();
        let found = index.among(&query, unit.0.as_u128(), &ids)?;
        answers.insert((unit, q), found);
    }
    watching.retain_mut(|(search, ids)| {
        let question = (search.unit, search.criteria.q.clone());
        let found = answers
            .get(&question)
            .map(Vec::as_slice)
            .unwrap_or_default();
        ids.retain(|id| found.binary_search(&id.0.as_u128()).is_ok());
        !ids.is_empty()
    });
    Ok(watching)
}
