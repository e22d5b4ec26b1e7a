//! Feeding from a change log: `cargo run -p wenshu-index --example change_log`.
//!
//! The owner of the documents numbers its changes; the index remembers in each commit how far it
//! has been fed. Whatever happens to either – a process killed, a folder deleted – feeding goes
//! on from the position that the index itself names, and ends with the same content.

use std::{collections::BTreeMap, error::Error, fs};

use wenshu_index::{Change, Entry, Order, PageRequest, Query, SearchIndex};

const COURT: u128 = 1;
const PROSECUTOR: u128 = 2;
/// Changes that are taken at once.
const AT_ONCE: usize = 2;

/// What a database would be: documents as they are now, and the numbers of those that changed.
#[derive(Default)]
struct Owner {
    documents: BTreeMap<u128, Entry>,
    /// The document that each change was to; the first change has number 1.
    log: Vec<u128>,
}

impl Owner {
    fn write(&mut self, id: u128, title: &str, visible_to: &[u128]) {
        let entry = Entry {
            id,
            title: title.into(),
            visible_to: visible_to.into(),
            ..Entry::default()
        };
        self.documents.insert(id, entry);
        self.log.push(id);
    }

    fn delete(&mut self, id: u128) {
        self.documents.remove(&id);
        self.log.push(id);
    }

    /// The next changes after a position, and the position behind them. Each document is given
    /// as it is now, so that a change that is read late or twice does no harm.
    fn after(&self, position: u64) -> Option<(Vec<Change>, u64)> {
        let first = usize::try_from(position).ok()?;
        let touched: Vec<u128> = self.log.iter().skip(first).take(AT_ONCE).copied().collect();
        let position = position + u64::try_from(touched.len()).ok()?;
        let changes = touched.iter().map(|id| match self.documents.get(id) {
            Some(entry) => Change::Put(entry.clone()),
            None => Change::Remove(*id),
        });
        (!touched.is_empty()).then(|| (changes.collect(), position))
    }
}

fn catch_up(index: &SearchIndex, owner: &Owner) -> wenshu_index::Result<()> {
    while let Some((changes, position)) = owner.after(index.position()?.unwrap_or(0)) {
        index.apply(&changes, position)?;
        println!("  fed to {position}");
    }
    Ok(())
}

fn found(index: &SearchIndex, viewer: u128, typed: &str) -> Result<usize, Box<dyn Error>> {
    let count_only = PageRequest {
        limit: 0,
        after: None,
        order: Order::Relevance,
    };
    Ok(index
        .search(&Query::parse(typed)?, viewer, &count_only)?
        .total)
}

fn main() -> Result<(), Box<dyn Error>> {
    let place = tempfile::tempdir()?;
    let folder = place.path().join("index");
    let mut owner = Owner::default();
    owner.write(1, "关于规范行政复议的司法建议", &[COURT, PROSECUTOR]);
    owner.write(2, "检察建议书", &[PROSECUTOR]);
    owner.write(3, "内部通知", &[COURT]);

    println!("A new index:");
    let index = SearchIndex::open(&folder)?;
    catch_up(&index, &owner)?;
    assert_eq!(found(&index, COURT, "建议")?, 1);
    assert_eq!(found(&index, PROSECUTOR, "建议")?, 2);

    println!("What changed while nobody fed it:");
    drop(index);
    owner.delete(3);
    owner.write(2, "检察建议书", &[COURT, PROSECUTOR]);
    let index = SearchIndex::open(&folder)?;
    catch_up(&index, &owner)?;
    assert_eq!(found(&index, COURT, "建议")?, 2);
    assert_eq!(found(&index, COURT, "通知")?, 0);

    println!("The folder was deleted beneath it:");
    fs::remove_dir_all(&folder)?;
    assert!(!index.is_alive());
    drop(index);
    let index = SearchIndex::open(&folder)?;
    assert_eq!(index.position()?, None);
    catch_up(&index, &owner)?;
    assert_eq!(found(&index, COURT, "建议")?, 2);
    Ok(())
}
