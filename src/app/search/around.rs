//! What surrounds a search: how the results are spread, suggestions while typing, and documents
//! that are alike.

use std::collections::BTreeMap;

use wenshu_index::{Facets, Reading, SearchIndex};

use super::filter;
use crate::{
    app::{Caller, Directory, Error, Hub, Result, Shown},
    domain::{Branch, Document, DocumentId, DocumentState, SearchCriteria, UnitId},
    store::Tx,
};

/// How many issuers are told at most.
const ISSUERS: usize = 100;

/// How what was found is spread: values with how many documents have them. Kinds, issuers,
/// branches and states by their numbers; years the latest first, months the earliest.
#[derive(Debug, Clone, Default)]
pub struct Spread {
    /// By the code of the kind.
    pub kinds: Vec<(String, u64)>,
    /// By the unit that issued it.
    pub issuers: Vec<(UnitId, u64)>,
    /// By the branch of that unit.
    pub branches: Vec<(Branch, u64)>,
    /// By state.
    pub states: Vec<(DocumentState, u64)>,
    /// By the year of the date it bears.
    pub years: Vec<(i32, u64)>,
    /// By the year and the month of sending.
    pub months: Vec<((i16, i8), u64)>,
    /// Whether the index is whole; false while it is being filled anew.
    pub complete: bool,
}

/// What may be meant by what was typed.
#[derive(Debug, Clone, Default)]
pub struct Suggested {
    /// Documents; their parts are not read.
    pub documents: Vec<Document>,
    /// Units, by their full names.
    pub units: Vec<(UnitId, String)>,
}

impl Hub {
    /// Counts what a search of the caller's unit finds.
    pub async fn facets(
        &self,
        caller: &Caller,
        criteria: &SearchCriteria,
    ) -> Result<Shown<Spread>> {
        let unit = caller.unit()?;
        let query = filter::query(criteria)?;
        let complete = self.index_slot().is_complete();
        let filter = self.filter(unit, criteria).await?;
        let viewer = unit.0.as_u128();
        let facets = self
            .with_index(move |index| index.facets(&query, viewer, &filter))
            .await?;
        let mut tx = self.store().read().await?;
        let shown = self.shown(&mut tx, Spread::default()).await?;
        let value = Spread {
            complete,
            ..spread(facets, criteria, &shown.names)
        };
        Ok(Shown { value, ..shown })
    }

    /// What the caller may mean by what they have typed so far: documents that their unit may
    /// see, and units.
    pub async fn suggest(&self, caller: &Caller, typed: &str, limit: usize) -> Result<Suggested> {
        let unit = caller.unit()?;
        let sought = typed.to_owned();
        let filter = self.filter(unit, &SearchCriteria::default()).await?;
        let viewer = unit.0.as_u128();
        let suggested = self
            .with_index(move |index| index.suggestions(&sought, viewer, &filter, limit))
            .await?;
        let ids: Vec<u128> = suggested.iter().map(|suggestion| suggestion.id).collect();
        let mut tx = self.store().read().await?;
        let documents = self.still_seen(&mut tx, unit, &ids).await?;
        let names = self.directory(&mut tx).await?;
        Ok(Suggested {
            documents,
            units: units_called(typed, &names, limit),
        })
    }

    /// The documents most like one that the caller's unit may see.
    pub async fn similar(
        &self,
        caller: &Caller,
        id: DocumentId,
        limit: usize,
    ) -> Result<Shown<Vec<Document>>> {
        let unit = caller.unit()?;
        self.find_document(caller, id).await?;
        let filter = self.filter(unit, &SearchCriteria::default()).await?;
        let viewer = unit.0.as_u128();
        let alike = self
            .with_index(move |index| index.similar(id.0.as_u128(), viewer, &filter, limit))
            .await?;
        let mut tx = self.store().read().await?;
        let documents = self.still_seen(&mut tx, unit, &alike).await?;
        self.shown(&mut tx, documents).await
    }

    /// Of the documents proposed by the index those that the unit may see, in the same order.
    pub(super) async fn still_seen(
        &self,
        tx: &mut Tx,
        unit: UnitId,
        ids: &[u128],
    ) -> Result<Vec<Document>> {
        let ids: Vec<_> = ids
            .iter()
            .map(|&id| DocumentId(uuid::Uuid::from_u128(id)))
            .collect();
        let mut seen = tx.documents().among_for(unit, &ids).await?;
        // Of what is in quarantine the index may still know what it said.
        seen.retain(|document| document.quarantined_at.is_none());
        seen.sort_by_key(|document| ids.iter().position(|id| *id == document.id));
        Ok(seen)
    }

    /// Asks the index something that takes a while, as one of so many at once.
    pub(super) async fn with_index<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&SearchIndex) -> wenshu_index::Result<T> + Send + 'static,
    ) -> Result<T> {
        let search = &self.config().search;
        let permit = tokio::time::timeout(search.timeout, self.0.searching.acquire());
        let _turn = permit
            .await
            .map_err(|_| Error::Unavailable(None))?
            .map_err(Error::internal)?;
        let index = self.index();
        let answer = tokio::task::spawn_blocking(move || ask(&index));
        match answer.await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(wenshu_index::Error::WrongCursor)) => Err(filter::wrong_cursor()),
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

fn spread(facets: Facets, criteria: &SearchCriteria, names: &Directory) -> Spread {
    let mut branches = BTreeMap::<Branch, u64>::new();
    let mut issuers = Vec::with_capacity(facets.issuers.len());
    for (unit, count) in facets.issuers {
        let unit = UnitId(uuid::Uuid::from_u128(unit));
        let Some(branch) = names.unit(unit).map(|unit| unit.branch) else {
            continue;
        };
        *branches.entry(branch).or_default() += count;
        if criteria.branch.is_none_or(|wanted| wanted == branch) {
            issuers.push((unit, count));
        }
    }
    let states = facets.states.into_iter();
    let states = states.filter_map(|(code, count)| Some((code.parse().ok()?, count)));
    let mut issuers = most_first(issuers);
    issuers.truncate(ISSUERS);
    let mut years = facets.years;
    years.sort_unstable_by(|a, b| b.cmp(a));
    let mut months: Vec<_> = facets.months.into_iter().filter_map(month).collect();
    months.sort_unstable();
    Spread {
        kinds: most_first(facets.kinds),
        issuers,
        branches: most_first(branches.into_iter().collect()),
        states: most_first(states.collect()),
        years,
        months,
        complete: false,
    }
}

/// The year and the month of a number like 202403.
fn month((month, count): (i32, u64)) -> Option<((i16, i8), u64)> {
    let year = i16::try_from(month / 100).ok()?;
    let month = i8::try_from(month % 100).ok()?;
    (1..=12).contains(&month).then_some(((year, month), count))
}

fn most_first<T: Ord>(mut counts: Vec<(T, u64)>) -> Vec<(T, u64)> {
    counts.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    counts
}

/// The units that are called so, also as it sounds; those whose name begins with it first.
fn units_called(typed: &str, names: &Directory, limit: usize) -> Vec<(UnitId, String)> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Vec::new();
    }
    // Only letters stand for sounds, which take longer to look up.
    let by_sound = typed.chars().any(|c| c.is_ascii_alphabetic());
    let mut found: Vec<_> = names
        .units()
        .filter_map(|(id, unit)| {
            let written = [&unit.full_name, &unit.short_name];
            let place = written.iter().filter_map(|name| {
                let at = name.find(typed);
                let sounds = || Some(Reading::of(name).find(typed)?.start);
                at.or_else(|| by_sound.then(sounds).flatten())
            });
            Some((place.min()?, unit.full_name.clone(), id))
        })
        .collect();
    found.sort_unstable();
    found.truncate(limit);
    found.into_iter().map(|(_, name, id)| (id, name)).collect()
}
