//! The power is cut under load: nothing that was acknowledged is lost, nothing is there by
//! halves, and the index is soon again what the database is.

use std::{env, sync::Arc, time::Duration};

use crate::{
    disk::{Disk, Format},
    hub::Site,
    kills::work_for_a_while,
    load::Load,
    oracle::{Database, consult, examine},
    people::People,
    random::Random,
    turn,
};

/// How many people work at once.
const WORKERS: usize = 8;

/// How often the power is cut, unless `WENSHU_POWER_CUTS` says otherwise.
const CUTS: usize = 3;

/// How often it is tried to lose what was never synced.
const TRIES: usize = 5;

/// Makes every sync do nothing.
const NO_SYNC: &str = "libeatmydata.so";

fn cuts() -> usize {
    let wanted = env::var("WENSHU_POWER_CUTS").ok();
    wanted.map_or(CUTS, |cuts| cuts.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn power_cuts_on_ext4_lose_nothing() {
    cut_often(Format::Ext4).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn power_cuts_on_xfs_lose_nothing() {
    cut_often(Format::Xfs).await;
}

async fn cut_often(format: Format) {
    let _turn = turn().await;
    let Some(disk) = Disk::mounted(format) else {
        return;
    };
    let mut random = Random::seeded("power");
    let site = Site::on(&disk.folder(), &[]);
    let passwords = site.enter_city();
    let mut running = site.start().await;
    let people = Arc::new(People::settle(&site, &passwords).await);
    let load = Load::start(&people, WORKERS, &mut random);
    let (mut since, mut downloads) = (0, 0);
    let (mut starts, mut lags) = (Duration::ZERO, Duration::ZERO);
    for done in 1..=cuts() {
        work_for_a_while(&load, since, &mut random).await;
        disk.cut();
        // Long enough that a hub which did not notice would acknowledge something.
        tokio::time::sleep(Duration::from_millis(random.within(0..300))).await;
        running.kill();
        let gate = load.shared.gate.write().await;
        load.forgive();
        disk.recover();
        running = site.start().await;
        starts = starts.max(running.took);
        let acks = load.acks();
        let db = Database::open(&site, None).await;
        let verdict = consult(&site, &db, &people, &acks, since, &mut random).await;
        db.close().await;
        since = acks.len();
        downloads += verdict.downloads;
        lags = lags.max(verdict.index_took);
        assert!(
            verdict.losses.is_empty(),
            "after {done} cuts on {format:?}: {:#?}\n{}",
            verdict.losses,
            site.logged()
        );
        drop(gate);
    }
    load.stop().await;
    let (status, _) = running.terminate().await;
    assert!(status.success(), "{status}\n{}", site.logged());
    eprintln!(
        "power on {format:?}: {} cuts, {since} acknowledgements, {downloads} downloads compared, \
         0 losses; slowest start {starts:.1?}, slowest index {lags:.1?}",
        cuts(),
    );
}

/// A drill that never finds anything shows nothing: without any sync there must be losses.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_drill_of_power_sees_what_was_never_synced() {
    let _turn = turn().await;
    for tried in 1..=TRIES {
        let Some(disk) = Disk::mounted(Format::Ext4) else {
            return;
        };
        let mut random = Random::seeded("no sync");
        let mut site = Site::on(&disk.folder(), &[]);
        if !site.preload(NO_SYNC) {
            eprintln!("skipped: {NO_SYNC} is not there");
            return;
        }
        let passwords = site.enter_city();
        let running = site.start().await;
        let people = Arc::new(People::settle(&site, &passwords).await);
        disk.settle();
        let load = Load::start(&people, WORKERS, &mut random);
        work_for_a_while(&load, 0, &mut random).await;
        disk.cut();
        running.kill();
        let acks = load.acks();
        load.forgive();
        load.stop().await;
        disk.recover();
        // What is left may be too broken to be looked at, which is a loss as well.
        let looked = tokio::spawn(async move {
            let db = Database::open(&site, None).await;
            examine(&site, &db, &acks).await.len()
        });
        let losses = looked.await.unwrap_or(usize::MAX);
        if losses > 0 {
            eprintln!("power without sync: losses seen at try {tried}");
            return;
        }
    }
    panic!("the power was cut {TRIES} times without any sync, and nothing was lost");
}
