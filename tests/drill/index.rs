//! The index, killed while it is being rebuilt and damaged while the hub is away: it is there
//! again, and it is what the database is.

use std::{
    fs,
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{hub::Site, load::Load, people::People, random::Random, turn};

/// How long the index may take to be what the database is, from the start on.
const PATIENCE: Duration = Duration::from_secs(10);

/// Asks for a rebuild, as `wenshu index rebuild` does.
pub fn ask_for_a_rebuild(site: &Site) {
    let folder = site.data().join("index");
    fs::create_dir_all(&folder).unwrap();
    fs::write(
        folder.join("rebuild.request"),
        uuid::Uuid::new_v4().to_string(),
    )
    .unwrap();
}

/// Waits until the program finds its index to be what the database is; says what is wrong
/// otherwise. The time that the program takes to look is not the index's.
pub async fn differences(site: &Site, patience: Duration) -> Option<String> {
    let (began, mut looked) = (Instant::now(), Duration::ZERO);
    loop {
        let look = Instant::now();
        let told = site.tries(&["index", "verify", "--json"]);
        looked += look.elapsed();
        let comparison: serde_json::Value = serde_json::from_str(&told).unwrap_or_default();
        let is_equal = comparison["differences"]
            .as_object()
            .is_some_and(serde_json::Map::is_empty)
            && comparison["damaged"].as_array().is_some_and(Vec::is_empty);
        if is_equal && comparison["position"] == comparison["newest"] {
            return None;
        }
        if began.elapsed().saturating_sub(looked) > patience {
            return Some(told);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// How many generations there are.
fn generations(site: &Site) -> usize {
    let found = fs::read_dir(site.data().join("index")).unwrap().flatten();
    found.filter(|found| found.path().is_dir()).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rebuild_that_is_killed_leaves_an_index_that_is_right() {
    let _turn = turn().await;
    let mut random = Random::seeded("rebuild");
    let site = Site::new(&[]);
    let passwords = site.enter_city();
    let mut running = site.start().await;
    let people = Arc::new(People::settle(&site, &passwords).await);
    let load = Load::start(&people, 6, &mut random);
    tokio::time::sleep(Duration::from_secs(4)).await;
    let (mut halves, mut slowest) = (0, Duration::ZERO);
    for kill in 1..=6 {
        ask_for_a_rebuild(&site);
        // It is noticed within a second and takes a part of one.
        tokio::time::sleep(Duration::from_millis(random.within(300..1500))).await;
        running.kill();
        halves += usize::from(generations(&site) > 1);
        let gate = load.shared.gate.write().await;
        running = site.start().await;
        let began = Instant::now();
        let wrong = differences(&site, PATIENCE).await;
        assert_eq!(wrong, None, "after {kill} kills\n{}", site.logged());
        slowest = slowest.max(began.elapsed());
        drop(gate);
    }
    // Beside a hub that serves, and without one.
    let said = site.operate(&["index", "rebuild"]);
    assert!(said.contains("索引已重建并启用"), "{said}");
    let said = site.operate(&["index", "verify"]);
    assert!(said.contains("不一致 0 件"), "{said}");
    load.stop().await;
    assert!(running.terminate().await.0.success());
    site.operate(&["index", "rebuild"]);
    site.operate(&["index", "verify", "--repair"]);
    let said = site.operate(&["index", "status"]);
    assert!(said.contains("状态：可用"), "{said}");
    assert_eq!(generations(&site), 1);
    eprintln!(
        "rebuild: 6 kills, {halves} of them with a rebuild at hand; slowest index {slowest:.1?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_index_that_is_damaged_while_the_hub_is_away_is_there_again() {
    let _turn = turn().await;
    let mut random = Random::seeded("damage");
    let site = Site::new(&[]);
    let passwords = site.enter_city();
    let mut running = site.start().await;
    let people = Arc::new(People::settle(&site, &passwords).await);
    let load = Load::start(&people, 4, &mut random);
    tokio::time::sleep(Duration::from_secs(2)).await;
    load.stop().await;
    for _ in 0..3 {
        assert_eq!(differences(&site, PATIENCE).await, None);
        assert!(running.terminate().await.0.success());
        let file = flip(&site, &mut random);
        running = site.start().await;
        let wrong = differences(&site, PATIENCE).await;
        assert_eq!(wrong, None, "{file}\n{}", site.logged());
    }
    drop(running);
}

/// Changes a byte of one of the files of the index.
fn flip(site: &Site, random: &mut Random) -> String {
    let folders = fs::read_dir(site.data().join("index")).unwrap().flatten();
    let folder = folders.map(|found| found.path()).find(|path| path.is_dir());
    let mut files: Vec<_> = fs::read_dir(folder.unwrap())
        .unwrap()
        .map(|found| found.unwrap().path())
        .filter(|path| path.metadata().unwrap().len() > 0)
        .collect();
    files.sort();
    let file = files.swap_remove(random.place(files.len()));
    let mut bytes = fs::read(&file).unwrap();
    let place = random.place(bytes.len());
    bytes[place] ^= 0x55;
    fs::write(&file, bytes).unwrap();
    format!("{} at {place}", file.display())
}
