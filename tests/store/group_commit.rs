//! Many writers at once: on SQLite they share commits, and each is answered only for itself.

use std::{collections::BTreeSet, fs, future::Future, path::Path, time::Duration};

use futures_util::FutureExt as _;
use tokio::{task::JoinSet, time::timeout};
use wenshu::store::{Result, Store, Tx};

use crate::{
    home::Home,
    world::{World, a_delivery},
};

const TASKS: usize = 64;
const PATIENCE: Duration = Duration::from_secs(20);

async fn write_fact(store: &Store, name: &str) -> Result<()> {
    let mut tx = store.write().await?;
    tx.facts().set(name, "kept").await?;
    tx.commit().await
}

async fn facts_in(home: &Home) -> BTreeSet<String> {
    let rows = home.rows::<(String,)>("SELECT name FROM hub_facts").await;
    rows.into_iter().map(|(name,)| name).collect()
}

/// Writes many units of work at once and returns the names of what was acknowledged.
async fn write_many(store: &Store, units: usize) -> BTreeSet<String> {
    let mut writing = JoinSet::new();
    for task in 0..TASKS {
        let store = store.clone();
        writing.spawn(async move {
            let mut kept = Vec::new();
            for unit in 0..units {
                let name = format!("{task}/{unit}");
                write_fact(&store, &name).await.unwrap();
                kept.push(name);
            }
            kept
        });
    }
    writing.join_all().await.into_iter().flatten().collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_acknowledged_is_there_after_reopening() {
    let home = Home::new().await;
    let store = home.open().await;
    let began = std::time::Instant::now();
    let kept = write_many(&store, 50).await;
    let took = began.elapsed();
    let rate = f64::from(u32::try_from(kept.len()).unwrap()) / took.as_secs_f64();
    println!(
        "{TASKS} writers: {} units of work in {took:.1?}, {rate:.0} a second",
        kept.len()
    );
    store.close().await;
    drop(store);
    let reopened = home.open().await;
    let mut tx = reopened.read().await.unwrap();
    for name in &kept {
        assert!(
            tx.facts().find(name).await.unwrap().is_some(),
            "{name} was acknowledged"
        );
    }
    assert_eq!(facts_in(&home).await, kept);
}

/// What the disk holds at this moment, as after the end of the process.
fn copy_as_it_lies(from: &Path, to: &Path) {
    for suffix in ["", "-wal"] {
        let name = |path: &Path| format!("{}{suffix}", path.display());
        fs::copy(name(from), name(to)).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_acknowledged_is_in_the_files_before_they_are_closed() {
    let home = Home::sqlite();
    let store = home.open().await;
    let kept = write_many(&store, 5).await;
    let copy = Home::sqlite();
    copy_as_it_lies(&home.file().unwrap(), &copy.file().unwrap());
    drop(copy.open().await);
    assert_eq!(facts_in(&copy).await, kept);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dropped_unit_undoes_itself_and_not_its_neighbours() {
    let home = Home::new().await;
    let store = home.open().await;
    let mut writing = JoinSet::new();
    for task in 0..TASKS {
        let store = store.clone();
        writing.spawn(async move {
            let mut kept = Vec::new();
            for unit in 0..12 {
                let name = format!("{task}/{unit}");
                let mut tx = store.write().await.unwrap();
                tx.facts().set(&name, "1").await.unwrap();
                if (task + unit) % 3 == 0 {
                    drop(tx);
                } else {
                    tx.commit().await.unwrap();
                    kept.push(name);
                }
            }
            kept
        });
    }
    let kept: BTreeSet<_> = writing.join_all().await.into_iter().flatten().collect();
    assert_eq!(kept.len(), TASKS * 8);
    write_fact(&store, "last").await.unwrap();
    let mut found = facts_in(&home).await;
    assert!(found.remove("last"));
    assert_eq!(found, kept);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failing_statement_leaves_the_neighbours_intact() {
    let world = World::new().await;
    let mut writing = JoinSet::new();
    for task in 0..TASKS {
        let (store, court) = (world.store.clone(), world.court);
        writing.spawn(async move {
            let mut kept = Vec::new();
            for unit in 0..6 {
                let name = format!("{task}/{unit}");
                let mut tx = store.write().await.unwrap();
                tx.facts().set(&name, "1").await.unwrap();
                if (task + unit) % 2 == 0 {
                    let orphan = a_delivery(wenshu::domain::DocumentId::fresh(), court);
                    assert!(tx.deliveries().insert(&orphan).await.is_err());
                } else {
                    tx.commit().await.unwrap();
                    kept.push(name);
                }
            }
            kept
        });
    }
    let kept: BTreeSet<_> = writing.join_all().await.into_iter().flatten().collect();
    assert_eq!(facts_in(&world.home).await, kept);
}

/// Lets a future run until it has waited so many times, and gives up then. Tells whether it
/// had ended by itself.
async fn give_up_after<T>(waits: usize, future: impl Future<Output = T>) -> Option<T> {
    let mut future = Box::pin(future);
    for _ in 0..waits {
        if let Some(ended) = (&mut future).now_or_never() {
            return Some(ended);
        }
        // Long enough for the engine to take the next step, so that each wait is another one.
        tokio::time::sleep(Duration::from_millis(3)).await;
    }
    None
}

async fn a_unit_with(store: &Store, name: &str) -> Tx {
    let mut tx = store.write().await.unwrap();
    tx.facts().set(name, "1").await.unwrap();
    tx
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_gives_up_while_committing_harms_nobody() {
    let home = Home::new().await;
    let store = home.open().await;
    for waits in 0..8 {
        let tx = a_unit_with(&store, &format!("given up {waits}")).await;
        let ended = give_up_after(waits, tx.commit()).await;
        let next = format!("after {waits}");
        let written = timeout(PATIENCE, write_fact(&store, &next)).await;
        written.expect("it is not stalled").expect("it is kept");
        let facts = facts_in(&home).await;
        assert!(facts.contains(&next));
        if ended.is_some_and(|ended| ended.is_ok()) {
            assert!(facts.contains(&format!("given up {waits}")));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_gives_up_while_beginning_or_writing_harms_nobody() {
    let home = Home::new().await;
    let store = home.open().await;
    for waits in 0..12 {
        let unit = async {
            let tx = a_unit_with(&store, "given up").await;
            std::future::pending::<()>().await;
            drop(tx);
        };
        assert!(give_up_after(waits, unit).await.is_none());
        let next = format!("after {waits}");
        let written = timeout(PATIENCE, write_fact(&store, &next)).await;
        written.expect("it is not stalled").expect("it is kept");
    }
    let expected: BTreeSet<_> = (0..12).map(|waits| format!("after {waits}")).collect();
    assert_eq!(facts_in(&home).await, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn waiters_who_give_up_do_not_stall_those_who_stay() {
    let home = Home::new().await;
    let store = home.open().await;
    let mut leaving = JoinSet::new();
    let mut staying = JoinSet::new();
    for task in 0..TASKS {
        for unit in 0..6 {
            let (store, name) = (store.clone(), format!("{task}/{unit}"));
            if (task + unit) % 2 == 0 {
                // Somewhere between the queue, the statements and the commit.
                let patience = Duration::from_micros(u64::try_from(task * 97 + unit * 13).unwrap());
                leaving.spawn(async move { timeout(patience, write_fact(&store, &name)).await });
            } else {
                staying.spawn(async move {
                    write_fact(&store, &name).await.unwrap();
                    name
                });
            }
        }
    }
    leaving.join_all().await;
    let kept = timeout(PATIENCE, staying.join_all())
        .await
        .expect("nobody is stalled");
    let facts = facts_in(&home).await;
    let lost: Vec<_> = kept.iter().filter(|name| !facts.contains(*name)).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
}
