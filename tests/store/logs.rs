//! The change log and the audit: numbered in the order of commits, without gaps.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use sha2::{Digest as _, Sha256};
use tokio::task::JoinSet;
use uuid::Uuid;
use wenshu::{
    domain::{Audit, AuditLine, Change, ChangeLine, DocumentId, Subject},
    store::Store,
};

use crate::{
    home::Home,
    world::{World, at},
};

const WRITERS: u128 = 16;
const UNITS: u128 = 30;

fn a_change(id: u128) -> Change {
    Change::of_document(DocumentId(Uuid::from_u128(id)), "document.send", at(7))
}

fn an_audit(world: &World, outcome: &'static str) -> Audit {
    Audit {
        at: at(8),
        user: Some(world.clerk),
        unit: Some(world.government),
        action: "document.send",
        subject: Subject::Document,
        id: Some(Uuid::from_u128(5)),
        outcome,
        client: Some("203.0.113.7".to_owned()),
    }
}

#[tokio::test]
async fn what_happened_is_numbered_in_order_when_it_is_committed() {
    let world = World::new().await;
    let mut tx = world.write().await;
    assert_eq!(tx.changes().newest().await.unwrap(), 0);
    let changes = [1, 2, 3].map(a_change);
    for change in changes.clone() {
        tx.happened(change);
    }
    assert_eq!(
        tx.changes().newest().await.unwrap(),
        0,
        "not before the end"
    );
    tx.commit().await.unwrap();

    let mut tx = world.read().await;
    assert_eq!(tx.changes().newest().await.unwrap(), 3);
    let line = |number: u64| ChangeLine {
        number,
        at: at(7),
        subject: Subject::Document,
        id: Uuid::from_u128(number.into()),
        what: "document.send".to_owned(),
        party: None,
    };
    assert_eq!(tx.changes().after(0, 2).await.unwrap(), [line(1), line(2)]);
    assert_eq!(tx.changes().after(2, 2).await.unwrap(), [line(3)]);
    assert!(tx.changes().after(3, 2).await.unwrap().is_empty());
}

/// Keeps units of work of one to three changes; drops every fourth. Tells how many were kept.
async fn write_changes(store: Store, writer: u128) -> u64 {
    let mut kept = 0;
    for unit in 0..UNITS {
        let mut tx = store.write().await.unwrap();
        let count = u64::try_from(unit % 3 + 1).unwrap();
        for n in 0..count {
            tx.happened(a_change(writer << 64 | unit << 8 | u128::from(n)));
        }
        if unit % 4 == 3 {
            // Some of the aborted have written before, some have not.
            if unit % 8 == 3 {
                tx.facts()
                    .set(&format!("aborted {writer}"), "yes")
                    .await
                    .unwrap();
            }
            continue;
        }
        tx.commit().await.unwrap();
        kept += count;
    }
    kept
}

/// Follows the log as a job does, until everything is written and read.
async fn follow(store: Store, is_written: Arc<AtomicBool>) -> Vec<ChangeLine> {
    let mut seen: Vec<ChangeLine> = Vec::new();
    loop {
        let is_last_look = is_written.load(Ordering::SeqCst);
        let position = seen.last().map_or(0, |line| line.number);
        let mut tx = store.read().await.unwrap();
        let lines = tx.changes().after(position, 50).await.unwrap();
        let newest = tx.changes().newest().await.unwrap();
        assert!(newest >= lines.last().map_or(position, |line| line.number));
        drop(tx);
        if lines.is_empty() && is_last_look {
            assert_eq!(newest, position);
            return seen;
        }
        for (line, expected) in lines.iter().zip(position + 1..) {
            assert_eq!(line.number, expected, "the reader stepped over an entry");
        }
        seen.extend(lines);
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_that_follows_sixteen_writers_misses_nothing() {
    let home = Home::new().await;
    let store = home.open().await;
    let is_written = Arc::new(AtomicBool::new(false));
    let reader = tokio::spawn(follow(store.clone(), is_written.clone()));
    let mut writing = JoinSet::new();
    for writer in 0..WRITERS {
        writing.spawn(write_changes(store.clone(), writer));
    }
    let kept: u64 = writing.join_all().await.into_iter().sum();
    is_written.store(true, Ordering::SeqCst);
    let seen = reader.await.unwrap();

    let numbers: Vec<_> = seen.iter().map(|line| line.number).collect();
    assert_eq!(
        numbers,
        (1..=kept).collect::<Vec<_>>(),
        "aborted units leave no gap"
    );
    for writer in 0..WRITERS {
        let own: Vec<_> = seen
            .iter()
            .map(|line| line.id.as_u128())
            .filter(|id| id >> 64 == writer)
            .collect();
        assert!(
            own.is_sorted(),
            "one writer's units are in the order of its commits"
        );
    }
    for pair in seen.windows(2) {
        let [first, second] = [pair[0].id.as_u128(), pair[1].id.as_u128()];
        assert!(
            second.trailing_zeros() >= 8 || first + 1 == second,
            "the changes of one unit of work stand together"
        );
    }
}

/// SHA-256 over the line before and every column, each with its length before it, written a
/// second time: the tests do not trust the code that they check.
fn hash_of(line: &AuditLine, previous: &str) -> String {
    let text = |id: Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
    let mut hash = Sha256::new();
    for column in [
        previous,
        &line.number.to_string(),
        &line.at.as_millisecond().to_string(),
        &text(line.user.map(|id| id.0)),
        &text(line.unit.map(|id| id.0)),
        &line.action,
        line.subject.code(),
        &text(line.id),
        &line.outcome,
        line.client.as_deref().unwrap_or_default(),
    ] {
        hash.update(u64::try_from(column.len()).unwrap().to_be_bytes());
        hash.update(column);
    }
    hex::encode(hash.finalize())
}

/// The whole audit from its beginning, read page by page.
async fn audit(store: &Store) -> Vec<AuditLine> {
    let mut tx = store.read().await.unwrap();
    let mut lines: Vec<AuditLine> = Vec::new();
    loop {
        let before = lines.last().map_or(u64::MAX, |line| line.number);
        let page = tx.audits().before(before, 7).await.unwrap();
        if page.is_empty() {
            lines.reverse();
            return lines;
        }
        lines.extend(page);
    }
}

/// The first number at which the chain does not hold.
fn broken_at(lines: &[AuditLine]) -> Option<u64> {
    let mut previous = "";
    for (line, number) in lines.iter().zip(1..) {
        let follows = line.number == number && line.previous == previous;
        if !follows || line.hash != hash_of(line, previous) {
            return Some(number);
        }
        previous = &line.hash;
    }
    None
}

#[tokio::test]
async fn an_audit_line_is_read_as_it_was_noted() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let noted = an_audit(&world, "ok");
    let nobody = Audit {
        user: None,
        unit: None,
        id: None,
        client: None,
        ..noted.clone()
    };
    tx.audited(noted.clone());
    tx.audited(nobody);
    tx.commit().await.unwrap();

    let lines = audit(&world.store).await;
    assert_eq!(broken_at(&lines), None);
    let [line, nobody] = lines.as_slice() else {
        panic!("{lines:?}")
    };
    assert_eq!(
        (line.number, line.at, line.user, line.unit),
        (1, at(8), noted.user, noted.unit)
    );
    assert_eq!(
        (line.subject, line.id, &line.client),
        (noted.subject, noted.id, &noted.client)
    );
    assert_eq!(
        (line.action.as_str(), line.outcome.as_str()),
        ("document.send", "ok")
    );
    assert_eq!((nobody.user, nobody.unit, nobody.id), (None, None, None));
    assert_eq!(nobody.client, None);
    let mut tx = world.read().await;
    let newest_first = tx.audits().before(2, 9).await.unwrap();
    assert_eq!(newest_first, lines[..1]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_audit_of_concurrent_writers_is_one_chain() {
    let world = World::new().await;
    let mut writing = JoinSet::new();
    for _ in 0..8 {
        let store = world.store.clone();
        let lines = [an_audit(&world, "ok"), an_audit(&world, "denied")];
        writing.spawn(async move {
            for unit in 0..10 {
                let mut tx = store.write().await.unwrap();
                for line in lines.clone() {
                    tx.audited(line);
                }
                if unit % 5 != 4 {
                    tx.commit().await.unwrap();
                }
            }
        });
    }
    writing.join_all().await;
    let lines = audit(&world.store).await;
    assert_eq!(lines.len(), 8 * 8 * 2);
    assert_eq!(broken_at(&lines), None);
}

#[tokio::test]
async fn whoever_changes_a_line_of_the_audit_breaks_the_chain_there() {
    let world = World::new().await;
    for _ in 0..9 {
        let mut tx = world.write().await;
        tx.audited(an_audit(&world, "ok"));
        tx.commit().await.unwrap();
    }
    assert_eq!(broken_at(&audit(&world.store).await), None);
    for (sql, number) in [
        ("UPDATE audits SET hash = previous WHERE number = 9", 9),
        ("UPDATE audits SET client = NULL WHERE number = 8", 8),
        ("UPDATE audits SET at = at + 1 WHERE number = 7", 7),
        ("UPDATE audits SET user_id = unit_id WHERE number = 6", 6),
        // What is moved over a border between columns does not read the same.
        (
            "UPDATE audits SET action = action || subject, subject = 'hub' WHERE number = 5",
            5,
        ),
        ("UPDATE audits SET outcome = 'denied' WHERE number = 4", 4),
        ("DELETE FROM audits WHERE number = 2", 2),
    ] {
        assert_eq!(world.home.run(sql).await, 1);
        assert_eq!(broken_at(&audit(&world.store).await), Some(number), "{sql}");
    }
}
