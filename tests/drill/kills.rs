//! `kill -9` under load: nothing that was acknowledged is lost, and nothing is there by halves.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{
    hub::Site,
    index::ask_for_a_rebuild,
    load::{Ack, Load},
    oracle::{Database, blob, consult, examine},
    people::People,
    random::Random,
    server::Server,
    turn,
};

/// How many people work at once.
const WORKERS: usize = 8;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_kills_lose_nothing() {
    let _turn = turn().await;
    // `make drill` has it a hundred times.
    let kills = std::env::var("DRILL_KILLS").ok();
    kill_often(kills.map_or(22, |kills| kills.parse().unwrap()), None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_lose_nothing_on_postgresql_either() {
    let Some(server) = Server::with_a_database().await else {
        return;
    };
    let _turn = turn().await;
    kill_often(5, Some(server.url())).await;
    server.clear().await;
}

async fn kill_often(kills: usize, server: Option<&str>) {
    let began = Instant::now();
    let mut random = Random::seeded("kills");
    let database = server.map(|url| format!("database.url={url}"));
    let site = Site::new(&database.as_deref().into_iter().collect::<Vec<_>>());
    let passwords = site.enter_city();
    let mut running = site.start().await;
    let people = Arc::new(People::settle(&site, &passwords).await);
    let load = Load::start(&people, WORKERS, &mut random);
    let (mut done, mut early, mut since, mut downloads) = (0, 0, 0, 0);
    let (mut starts, mut lags) = (Duration::ZERO, Duration::ZERO);
    let mut losses = Vec::new();
    while done < kills {
        if random.within(0..3) == 0 {
            ask_for_a_rebuild(&site);
        }
        work_for_a_while(&load, since, &mut random).await;
        running.kill();
        done += 1;
        let gate = load.shared.gate.write().await;
        if random.within(0..4) == 0 && done < kills {
            // The next one does not even get to its feet.
            let half = site.spawn();
            tokio::time::sleep(Duration::from_millis(random.within(1..400))).await;
            half.kill();
            done += 1;
            early += 1;
        }
        running = site.start().await;
        starts = starts.max(running.took);
        let acks = load.acks();
        let db = Database::open(&site, server).await;
        let verdict = consult(&site, &db, &people, &acks, since, &mut random).await;
        db.close().await;
        since = acks.len();
        downloads += verdict.downloads;
        lags = lags.max(verdict.index_took);
        losses.extend(verdict.losses);
        assert!(
            losses.is_empty(),
            "after {done} kills: {losses:#?}\n{}",
            site.logged()
        );
        drop(gate);
    }
    load.stop().await;
    let (status, _) = running.terminate().await;
    assert!(status.success(), "{status}\n{}", site.logged());
    let verified = site.operate(&["verify"]);
    eprintln!(
        "kills{}: {done} kills ({early} while starting), {since} acknowledgements, \
         {downloads} downloads compared, 0 losses; slowest start {starts:.1?}, \
         slowest index {lags:.1?}; {:.1?}\n{}",
        if server.is_some() {
            " on PostgreSQL"
        } else {
            ""
        },
        began.elapsed(),
        verified.trim(),
    );
}

/// Waits for a time, and on a slow machine until something has been acknowledged after `since`:
/// a kill that meets no work shows nothing.
pub async fn work_for_a_while(load: &Load, since: usize, random: &mut Random) {
    let enough = since + usize::try_from(random.within(10..60)).unwrap();
    let began = Instant::now();
    tokio::time::sleep(Duration::from_millis(random.within(100..1400))).await;
    while load.count() < enough {
        assert!(
            began.elapsed() < Duration::from_mins(1),
            "hardly any load: {} acknowledgements",
            load.count()
        );
        tokio::time::sleep(Duration::from_millis(3)).await;
    }
}

/// What could be lost or left by halves, as statements that do it.
const HARM: &[&str] = &[
    "DELETE FROM documents WHERE id = (SELECT id FROM documents WHERE state = 'sent' LIMIT 1)",
    "UPDATE documents SET state = 'issued' WHERE id = (SELECT document_id FROM deliveries LIMIT 1)",
    "UPDATE documents SET number_seq = number_seq + 100000 WHERE state = 'sent'",
    "UPDATE documents SET manifest = NULL WHERE state = 'sent'",
    "UPDATE documents SET title = (SELECT MIN(title) FROM documents)",
    "UPDATE doc_number_series SET last_seq = last_seq + 1",
    "DELETE FROM deliveries WHERE id = (SELECT MIN(id) FROM deliveries)",
    "UPDATE deliveries SET state = 'arrived', signed_at = NULL",
    "DELETE FROM evidence WHERE event = 'submission'",
    "DELETE FROM evidence WHERE event = 'arrival'",
    "DELETE FROM evidence WHERE event = 'reading'",
    "DELETE FROM evidence WHERE event = 'signing'",
    "DELETE FROM read_marks",
    "DELETE FROM access WHERE basis = 'main'",
    "UPDATE obligations SET reply_id = NULL",
    "DELETE FROM files WHERE id = (SELECT MIN(file_id) FROM document_files)",
    "UPDATE files SET attached = 0",
    "UPDATE idempotency SET status = NULL WHERE key = (SELECT MIN(key) FROM idempotency)",
    "DELETE FROM changes WHERE number = 7",
    "UPDATE log_head SET changes = changes + 1",
    "DELETE FROM audits WHERE number = (SELECT MAX(number) FROM audits)",
    "UPDATE audits SET previous = 'x' WHERE number = 7",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_oracle_sees_what_is_missing() {
    let _turn = turn().await;
    let mut random = Random::seeded("oracle");
    let site = Site::new(&[]);
    let passwords = site.enter_city();
    let running = site.start().await;
    let people = Arc::new(People::settle(&site, &passwords).await);
    let load = Load::start(&people, 4, &mut random);
    tokio::time::sleep(Duration::from_secs(1)).await;
    let acks = load.acks();
    load.stop().await;
    assert!(running.terminate().await.0.success());
    let file = site.data().join("wenshu.db");
    let whole = std::fs::read(&file).unwrap();
    let blob = acks.iter().find_map(|ack| match ack {
        Ack::File { sha256, .. } => Some(blob(&site, sha256)),
        _ => None,
    });
    for harm in std::iter::once(&"SELECT 1").chain(HARM) {
        let db = Database::open(&site, None).await;
        db.harm(harm).await;
        let losses = examine(&site, &db, &acks).await;
        assert_eq!(
            losses.is_empty(),
            *harm == "SELECT 1",
            "{harm}: {losses:#?}"
        );
        db.close().await;
        std::fs::write(&file, &whole).unwrap();
    }
    std::fs::remove_file(blob.unwrap()).unwrap();
    let db = Database::open(&site, None).await;
    assert!(!examine(&site, &db, &acks).await.is_empty());
    db.close().await;
}
