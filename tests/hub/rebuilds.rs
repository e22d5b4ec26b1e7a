//! The life of the index beside the database: rebuilt while it is used, compared, and healed.

use std::{
    fs,
    io::Write as _,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use uuid::Uuid;
use wenshu::app::{
    Difference, Feed, IndexComparison, RebuildErrands, RebuildProgress, RebuildState, RebuildStatus,
};
use wenshu_index::{Purpose, Reached};

use crate::support::{TestHub, a_document};

/// How long a test waits for what it is not about.
const SOON: Duration = Duration::from_secs(20);

const EVERYTHING: &str = "/api/v1/search?q=%E6%A6%86%E5%85%B3%E7%9B%90%E7%A8%8E&limit=1";

/// What those who may see everything find under 榆关盐税.
async fn search(hub: &TestHub) -> Value {
    hub.by("resources.clerk").get(EVERYTHING).await.ok()
}

async fn found(hub: &TestHub, total: usize) {
    let began = Instant::now();
    loop {
        let result = search(hub).await;
        if result["total"] == total && result["complete"] == true {
            return;
        }
        assert!(began.elapsed() < SOON, "{total} expected, {result}");
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
}

async fn send(hub: &TestHub, number: usize) -> Uuid {
    let plan = a_document().titled(&format!("榆关盐税第{number}案"));
    plan.file("案.txt", format!("第{number}案的案情。"))
        .sent(hub)
        .await
        .id
}

async fn compare(hub: &TestHub) -> IndexComparison {
    let compared = hub.with_hub(async |hub| hub.compare_index().await).await;
    compared.unwrap().unwrap()
}

/// The comparison once the index has read everything.
async fn compared(hub: &TestHub) -> IndexComparison {
    let began = Instant::now();
    loop {
        let comparison = compare(hub).await;
        if comparison.position == hub.position().await {
            return comparison;
        }
        assert!(began.elapsed() < SOON, "{comparison:?}");
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
}

async fn rebuild(hub: &TestHub) -> RebuildProgress {
    let rebuilt = hub
        .with_hub(async |hub| hub.rebuild_index(|_| true).await)
        .await;
    rebuilt.unwrap().unwrap()
}

/// What was told of the last rebuild, once that is over.
async fn rebuilt(hub: &TestHub, request: Uuid) -> RebuildStatus {
    let errands = RebuildErrands::new(&hub.index_folder());
    let began = Instant::now();
    loop {
        let status = errands.status().unwrap();
        match status {
            Some(status) if status.request == request && status.state != RebuildState::Running => {
                return status;
            }
            _ => assert!(began.elapsed() < SOON, "{status:?}"),
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
}

/// The folders of generations.
fn generations(hub: &TestHub) -> Vec<String> {
    let found = fs::read_dir(hub.index_folder()).unwrap().flatten();
    let folders = found.filter(|found| found.path().is_dir());
    folders
        .map(|found| found.file_name().into_string().unwrap())
        .collect()
}

#[tokio::test]
async fn nothing_that_was_found_is_missed_while_the_index_is_rebuilt_again_and_again() {
    let hub = TestHub::that_reads().await;
    for number in 0..3 {
        send(&hub, number).await;
    }
    found(&hub, 3).await;
    let is_over = Arc::new(AtomicBool::new(false));
    let over = is_over.clone();
    let rebuilding = hub.with_hub(async move |hub| {
        let mut rebuilds = 0;
        while !over.load(Ordering::SeqCst) {
            hub.rebuild_index(|_| true).await.unwrap().unwrap();
            rebuilds += 1;
        }
        rebuilds
    });
    let searching = async {
        let (mut seen, mut searches) = (3, 0);
        while !is_over.load(Ordering::SeqCst) {
            let result = search(&hub).await;
            assert_eq!(result["complete"], true);
            let total = result["total"].as_u64().unwrap();
            assert!(total >= seen, "{seen} were found before: {result}");
            (seen, searches) = (total, searches + 1);
        }
        searches
    };
    let sending = async {
        for number in 3..12 {
            send(&hub, number).await;
        }
        found(&hub, 12).await;
        is_over.store(true, Ordering::SeqCst);
    };
    let (rebuilds, searches, ()) = tokio::join!(rebuilding, searching, sending);
    assert!(rebuilds > 1 && searches > 10, "{rebuilds}, {searches}");
    let comparison = compared(&hub).await;
    assert!(comparison.is_equal(), "{comparison:?}");
    assert_eq!((comparison.documents, comparison.entries), (12, 12));
    assert_eq!(generations(&hub).len(), 1);
}

#[tokio::test]
async fn an_operator_asks_for_a_rebuild_and_is_told_how_it_went() {
    let hub = TestHub::that_reads().await;
    send(&hub, 0).await;
    found(&hub, 1).await;
    let before = generations(&hub);
    let errands = RebuildErrands::new(&hub.index_folder());
    let request = errands.ask().unwrap();
    assert_eq!(errands.ask().unwrap(), request, "it is joined");
    let status = rebuilt(&hub, request).await;
    assert_eq!(
        (status.state, status.done, status.of),
        (RebuildState::Done, 1, 1)
    );
    assert_eq!(errands.request().unwrap(), None);
    assert_ne!(generations(&hub), before);
    let metrics = hub.http.get(format!("{}/metrics", hub.operations)).send();
    let metrics = metrics.await.unwrap().text().await.unwrap();
    for line in [
        "wenshu_index_rebuild_running 0",
        "wenshu_index_rebuilds_total{outcome=\"done\"}",
        "wenshu_index_rebuild_documents_done ",
    ] {
        assert!(metrics.contains(line), "{metrics}");
    }
}

#[tokio::test]
async fn a_rebuild_that_fails_leaves_the_index_as_it_was() {
    let hub = TestHub::that_reads().await;
    send(&hub, 0).await;
    found(&hub, 1).await;
    // There is no room for another generation.
    let before = generations(&hub);
    let next: u64 = before[0].parse::<u64>().unwrap() + 1;
    let obstacle = hub.index_folder().join(next.to_string());
    fs::write(&obstacle, "").unwrap();
    let errands = RebuildErrands::new(&hub.index_folder());
    let request = errands.ask().unwrap();
    let status = rebuilt(&hub, request).await;
    assert_eq!(status.state, RebuildState::Failed);
    assert!(status.reason.is_some());
    send(&hub, 1).await;
    found(&hub, 2).await;
    assert_eq!(generations(&hub), before);
    // It is not tried again before somebody asks.
    fs::remove_file(obstacle).unwrap();
    assert_eq!(errands.request().unwrap(), None);
    let request = errands.ask().unwrap();
    assert_eq!(rebuilt(&hub, request).await.state, RebuildState::Done);
    assert!(compared(&hub).await.is_equal());
}

#[tokio::test]
async fn a_rebuild_that_is_broken_off_leaves_the_index_as_it_was() {
    let hub = TestHub::that_reads().await;
    send(&hub, 0).await;
    found(&hub, 1).await;
    let before = generations(&hub);
    let broken = hub
        .with_hub(async |hub| hub.rebuild_index(|progress| progress.done == 0).await)
        .await;
    assert_eq!(broken.unwrap(), None);
    assert_eq!(generations(&hub), before);
    send(&hub, 1).await;
    found(&hub, 2).await;
    assert!(compared(&hub).await.is_equal());
}

#[tokio::test]
async fn what_the_index_does_not_say_as_the_database_does_is_found_and_repaired() {
    let hub = TestHub::that_reads().await;
    let mut sent = Vec::new();
    for number in 0..4 {
        sent.push(send(&hub, number).await);
    }
    let draft = a_document().titled("榆关盐税补案").drafted(&hub).await.id;
    found(&hub, 4).await;
    let comparison = compared(&hub).await;
    assert!(comparison.is_equal(), "{comparison:?}");
    // Behind the back of the change log, each as an index that failed would show it.
    let is = |id: &Uuid| {
        if hub.is_on_postgres() {
            format!("'{id}'")
        } else {
            format!("x'{}'", id.simple())
        }
    };
    hub.write_behind(&[
        format!(
            "UPDATE documents SET title = '改' WHERE id = {}",
            is(&sent[0])
        ),
        format!(
            "DELETE FROM access WHERE basis = 'main' AND document_id = {}",
            is(&sent[1])
        ),
        format!(
            "UPDATE documents SET state = 'draft' WHERE id = {}",
            is(&sent[2])
        ),
        format!(
            "UPDATE documents SET state = 'sent' WHERE id = {}",
            is(&draft)
        ),
    ])
    .await;
    let comparison = compared(&hub).await;
    let expected = [
        (sent[0], Difference::Stale),
        (sent[1], Difference::Stale),
        (sent[2], Difference::Surplus),
        (draft, Difference::Missing),
    ];
    assert_eq!(comparison.differences, expected.into());
    assert_eq!(comparison.behind, 0);
    assert_eq!(rebuild(&hub).await, RebuildProgress { done: 4, of: 4 });
    let comparison = compared(&hub).await;
    assert!(comparison.is_equal(), "{comparison:?}");
}

#[tokio::test]
async fn what_the_index_has_yet_to_read_is_not_held_against_it() {
    // Nobody feeds the index.
    let hub = TestHub::open().await;
    a_document().titled("榆关盐税").sent(&hub).await;
    assert_eq!(rebuild(&hub).await, RebuildProgress { done: 1, of: 1 });
    assert!(compare(&hub).await.is_equal());
    let second = a_document().titled("榆关盐税").sent(&hub).await;
    let comparison = compare(&hub).await;
    assert!(comparison.is_equal(), "{comparison:?}");
    assert_eq!((comparison.documents, comparison.entries), (2, 1));
    assert_eq!(comparison.behind, 1);
    assert!(comparison.position < comparison.newest);
    drop(second);
}

#[tokio::test]
async fn a_walk_comes_to_its_end_however_much_is_sent_meanwhile() {
    let hub = TestHub::open().await;
    for _ in 0..3 {
        a_document().sent(&hub).await;
    }
    let newest = hub.position().await;
    // As if all of it had just been sent.
    let begun = Reached::before_all(0, Purpose::Fill);
    let feed = hub.with_hub(async move |hub| hub.feed(Some(begun)).await);
    let Feed::Changes { changes, reached } = feed.await.unwrap() else {
        panic!("there is something to take");
    };
    assert_eq!((changes.len(), reached), (6, Reached::from(newest)));
}

#[tokio::test]
async fn a_unit_that_is_renamed_is_found_by_its_new_name() {
    let hub = TestHub::that_reads().await;
    send(&hub, 0).await;
    found(&hub, 1).await;
    let path = format!("/api/v1/units/{}", hub.unit("court"));
    let change = json!({ "short_name": "盐河法院" });
    hub.by("admin.system").change(&path, &change).await.ok();
    let query: String = url::form_urlencoded::byte_serialize("unit:盐河法院".as_bytes()).collect();
    let began = Instant::now();
    loop {
        let path = format!("/api/v1/search?q={query}");
        let result = hub.by("resources.clerk").get(path).await.ok();
        assert_eq!(result["complete"], true);
        if result["total"] == 1 {
            break;
        }
        assert!(began.elapsed() < SOON, "{result}");
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    let comparison = compared(&hub).await;
    assert!(comparison.is_equal(), "{comparison:?}");
}

#[tokio::test]
async fn an_index_with_a_damaged_file_is_rebuilt_while_the_hub_runs() {
    let hub = TestHub::that_reads().await;
    for number in 0..3 {
        send(&hub, number).await;
    }
    found(&hub, 3).await;
    let folder = hub.index_folder().join(&generations(&hub)[0]);
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        // Where what is shown of a document is kept. It is not replaced: the hub has it open.
        if path.extension().is_some_and(|it| it == "store") {
            let mut file = fs::File::options().write(true).open(&path).unwrap();
            file.write_all(&[0x55; 16]).unwrap();
        }
    }
    assert!(!compare(&hub).await.is_equal());
    // As a search does that fails, and one may or may not.
    hub.with_hub(async |hub| hub.index_slot().suspect()).await;
    let began = Instant::now();
    loop {
        let answer = hub.by("resources.clerk").get(EVERYTHING).await;
        assert!([200, 503].contains(&answer.status), "{}", answer.text());
        if compare(&hub).await.is_equal() {
            break;
        }
        assert!(began.elapsed() < SOON, "{}", answer.text());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    found(&hub, 3).await;
    let status = rebuilt(&hub, Uuid::nil()).await;
    assert_eq!(status.state, RebuildState::Done);
}
