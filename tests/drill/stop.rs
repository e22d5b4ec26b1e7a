//! The graceful stop: what is at hand is finished or was never acknowledged, and it ends in time.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};

use crate::{
    hub::Site,
    load::Load,
    oracle::{Database, consult},
    people::People,
    random::Random,
    turn,
};

/// What the hub is told to wait for requests at hand.
const CONFIGURED: Duration = Duration::from_secs(4);
/// For what comes after them: the reading of a small file, the closing of the database.
const MARGIN: Duration = Duration::from_secs(3);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_under_load_loses_nothing_and_ends_in_time() {
    let _turn = turn().await;
    let mut random = Random::seeded("stop");
    let site = Site::new(&[&format!(
        "server.shutdown_timeout={}s",
        CONFIGURED.as_secs()
    )]);
    let passwords = site.enter_city();
    let running = site.start().await;
    let people = Arc::new(People::settle(&site, &passwords).await);
    let load = Load::start(&people, 8, &mut random);
    // An upload that never ends must not keep the hub from ending.
    let endless = stream::repeat(Bytes::from_static(b"endless")).then(async |bytes| {
        tokio::time::sleep(Duration::from_millis(50)).await;
        Ok::<_, std::io::Error>(bytes)
    });
    let upload = people
        .get("gaj", "clerk")
        .asks("POST", "uploads?name=a.txt");
    let upload = tokio::spawn(upload.body(reqwest::Body::wrap_stream(endless)).send());
    tokio::time::sleep(Duration::from_secs(2)).await;
    let (status, took) = running.terminate().await;
    assert!(status.success(), "{status}\n{}", site.logged());
    assert!(took < CONFIGURED + MARGIN, "{took:?}");
    let broken_off = upload.await.unwrap();
    assert!(!broken_off.is_ok_and(|answer| answer.status().is_success()));

    let gate = load.shared.gate.write().await;
    let running = site.start().await;
    let db = Database::open(&site, None).await;
    let acks = load.acks();
    let verdict = consult(&site, &db, &people, &acks, 0, &mut random).await;
    db.close().await;
    assert!(
        verdict.losses.is_empty(),
        "{:#?}\n{}",
        verdict.losses,
        site.logged()
    );
    assert!(
        acks.len() > 100,
        "hardly any load: {} acknowledgements",
        acks.len()
    );
    drop(gate);
    load.stop().await;
    drop(running);
    eprintln!(
        "stop: {} acknowledgements, {} downloads compared, 0 losses; ended {took:.1?} after \
         SIGTERM with an endless upload at hand ({CONFIGURED:?} configured)",
        acks.len(),
        verdict.downloads,
    );
}
