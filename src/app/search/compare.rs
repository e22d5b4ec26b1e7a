//! The index, held against the database document by document.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use uuid::Uuid;
use wenshu_index::{Generations, Held, Inventory, Reached};

use super::feed::is_spoken_of_everywhere;
use crate::{
    app::{Error, Hub, Result},
    domain::{DocumentId, Subject},
};

/// How many documents and entries are looked at together.
const PAGE: usize = 500;

/// How many lines of the change log are read at once.
const LINES: i64 = 500;

/// What is wrong with what the index holds of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Difference {
    /// It was sent and is not in the index.
    Missing,
    /// The index holds something else than what it says, or for others than those who may see it.
    Stale,
    /// The index holds it, and it is not to be found.
    Surplus,
    /// The index holds it more than once.
    Doubled,
}

/// What comparing the index with the database has shown.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub struct IndexComparison {
    /// How many documents there are to be found.
    pub documents: u64,
    /// How many entries the index holds.
    pub entries: u64,
    /// How far in the change log the index has come.
    pub position: u64,
    /// How far the change log has come.
    pub newest: u64,
    /// Documents that have changed since, and that the index has yet to take; they are not held
    /// against it.
    pub behind: u64,
    /// What is wrong, by document.
    pub differences: BTreeMap<Uuid, Difference>,
    /// Files of the index whose content is not what was written.
    pub damaged: Vec<PathBuf>,
}

impl IndexComparison {
    /// Whether the index is what the database is.
    #[must_use]
    pub fn is_equal(&self) -> bool {
        self.differences.is_empty() && self.damaged.is_empty()
    }
}

impl Hub {
    /// Compares the index in the configured folder with the database: that every sent document is
    /// in it, once, with what it says and for those who may see it, and nothing else. The index
    /// may be in use. `None` when there is none.
    pub async fn compare_index(&self) -> Result<Option<IndexComparison>> {
        let generations = Generations::new(self.config().index_dir());
        let opened = tokio::task::spawn_blocking(move || {
            let inventory = Inventory::open(&generations)?;
            inventory
                .map(|inventory| Ok((inventory.damaged()?, Arc::new(inventory))))
                .transpose()
        });
        let opened: wenshu_index::Result<_> = opened.await.map_err(Error::internal)?;
        let Some((damaged, inventory)) = opened.map_err(Error::internal)? else {
            return Ok(None);
        };
        let Some(reached) = inventory.reached() else {
            return Ok(None);
        };
        let mut comparison = IndexComparison {
            entries: inventory.entries(),
            position: reached.position,
            damaged,
            ..IndexComparison::default()
        };
        let mut after = None;
        loop {
            after = self
                .compare_page(&inventory, after, &mut comparison)
                .await?;
            if after.is_none() {
                break;
            }
        }
        self.forgive(reached, &mut comparison).await?;
        Ok(Some(comparison))
    }

    /// Compares the next ids after `after`. Answers up to which it has come, until there are none.
    async fn compare_page(
        &self,
        inventory: &Arc<Inventory>,
        after: Option<u128>,
        comparison: &mut IndexComparison,
    ) -> Result<Option<u128>> {
        let reading = inventory.clone();
        let held = tokio::task::spawn_blocking(move || reading.page(after, PAGE));
        let mut held = held.await.map_err(Error::internal)?;
        let held = held
            .as_mut()
            .map_err(|error| Error::internal(error.to_string()))?;
        let mut tx = self.store().read().await?;
        let from = DocumentId(Uuid::from_u128(after.unwrap_or(0)));
        let limit = i64::try_from(PAGE).map_err(Error::internal)?;
        let mut ids = tx.documents().sent_after(from, limit).await?;
        let until = covered(
            (held.len() == PAGE)
                .then(|| held.last().map(|held| held.id))
                .flatten(),
            (ids.len() == PAGE)
                .then(|| ids.last().map(|id| id.0.as_u128()))
                .flatten(),
        );
        if let Some(until) = until {
            held.retain(|held| held.id <= until);
            ids.retain(|id| id.0.as_u128() <= until);
        }
        let names = self.directory(&mut tx).await?;
        comparison.documents += ids.len() as u64;
        let mut held: BTreeMap<u128, &Held> = held.iter().map(|held| (held.id, held)).collect();
        for id in ids {
            let entry = self.entry_of(&mut tx, &names, id).await?;
            let expected = entry.map(|entry| entry.fingerprint());
            let found = held.remove(&id.0.as_u128());
            if let Some(difference) = difference(expected, found) {
                comparison.differences.insert(id.0, difference);
            }
        }
        for id in held.into_keys() {
            let id = Uuid::from_u128(id);
            comparison.differences.insert(id, Difference::Surplus);
        }
        Ok(until)
    }

    /// Takes out of the differences what the index has yet to come to.
    async fn forgive(&self, reached: Reached, comparison: &mut IndexComparison) -> Result<()> {
        let before = comparison.differences.len();
        comparison
            .differences
            .retain(|id, _| !reached.has_yet_to_pass(id.as_u128()));
        let mut tx = self.store().read().await?;
        comparison.newest = tx.changes().newest().await?;
        let mut position = reached.position;
        loop {
            let lines = tx.changes().after(position, LINES).await?;
            let Some(last) = lines.last() else { break };
            position = last.number;
            for line in &lines {
                if is_spoken_of_everywhere(line) {
                    let differences = &mut comparison.differences;
                    differences.retain(|_, difference| *difference != Difference::Stale);
                } else if line.subject == Subject::Document {
                    comparison.differences.remove(&line.id);
                }
            }
        }
        comparison.behind = (before - comparison.differences.len()) as u64;
        Ok(())
    }
}

/// Up to which id two pages tell everything; `None` when both have come to the end.
fn covered(one: Option<u128>, other: Option<u128>) -> Option<u128> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

fn difference(expected: Option<u64>, found: Option<&Held>) -> Option<Difference> {
    let held = found.map_or(&[][..], |held| &held.fingerprints);
    match (expected, held) {
        (None, []) => None,
        (None, _) => Some(Difference::Surplus),
        (Some(_), []) => Some(Difference::Missing),
        (Some(expected), [held]) if *held == expected => None,
        (Some(_), [_]) => Some(Difference::Stale),
        (Some(_), _) => Some(Difference::Doubled),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_of_being_wrong_has_its_name() {
        let held = |fingerprints: &[u64]| Held {
            id: 1,
            fingerprints: fingerprints.to_vec(),
        };
        for (expected, found, wrong) in [
            (None, None, None),
            (None, Some(held(&[7])), Some(Difference::Surplus)),
            (Some(7), None, Some(Difference::Missing)),
            (Some(7), Some(held(&[7])), None),
            (Some(7), Some(held(&[8])), Some(Difference::Stale)),
            (Some(7), Some(held(&[7, 7])), Some(Difference::Doubled)),
        ] {
            assert_eq!(difference(expected, found.as_ref()), wrong, "{found:?}");
        }
    }

    #[test]
    fn two_pages_are_compared_as_far_as_both_go() {
        assert_eq!(covered(None, None), None);
        assert_eq!(covered(Some(3), None), Some(3));
        assert_eq!(covered(None, Some(3)), Some(3));
        assert_eq!(covered(Some(5), Some(3)), Some(3));
    }
}
