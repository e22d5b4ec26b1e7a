//! The life of an index: fed, closed, opened again, damaged, deleted.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use std::{fs, path::Path};

use common::{Fresh, VIEWER, first, parse, saying};
use wenshu_index::{Change, Error, Order, SearchIndex};

fn count(index: &SearchIndex, query: &str) -> usize {
    index
        .search(&parse(query), VIEWER, &first(Order::Relevance))
        .unwrap()
        .total
}

fn fill(dir: &Path) {
    let index = SearchIndex::open(dir).unwrap();
    let entries = (0..30).map(|id| Change::Put(saying(id, &format!("复议第{id}号"))));
    index.apply(&entries.collect::<Vec<_>>(), 41).unwrap();
    index.apply(&[Change::Remove(7)], 42).unwrap();
}

#[test]
fn it_remembers_how_far_it_was_fed() {
    let fresh = Fresh::new();
    assert_eq!(fresh.index.position().unwrap(), None);
    fresh
        .index
        .apply(&[Change::Put(saying(1, "复议"))], 5)
        .unwrap();
    assert_eq!(fresh.index.position().unwrap(), Some(5));
    fresh.index.apply(&[], u64::MAX).unwrap();
    assert_eq!(fresh.index.position().unwrap(), Some(u64::MAX));
    drop(fresh.index);

    let again = SearchIndex::open(fresh.dir.path()).unwrap();
    assert_eq!(again.position().unwrap(), Some(u64::MAX));
    assert_eq!(count(&again, "复议"), 1);
}

#[test]
fn changes_count_in_the_order_they_are_given() {
    let fresh = Fresh::new();
    let put = |text| Change::Put(saying(1, text));
    fresh
        .index
        .apply(&[put("甲"), put("乙"), Change::Remove(1), put("丙")], 1)
        .unwrap();
    assert_eq!(
        ["甲", "乙", "丙"].map(|text| count(&fresh.index, text)),
        [0, 0, 1]
    );
    fresh
        .index
        .apply(&[put("丁"), Change::Remove(1)], 2)
        .unwrap();
    assert_eq!(count(&fresh.index, "无题"), 0);
}

#[test]
fn a_folder_in_use_is_left_alone() {
    let fresh = Fresh::with([saying(1, "复议")]);
    assert!(matches!(
        SearchIndex::open(fresh.dir.path()),
        Err(Error::InUse(_))
    ));
    // Even when it looks like no index of ours any more.
    fs::write(fresh.dir.path().join("wenshu-index"), "0").unwrap();
    assert!(matches!(
        SearchIndex::open(fresh.dir.path()),
        Err(Error::InUse(_))
    ));
    assert_eq!(count(&fresh.index, "复议"), 1);
}

#[test]
fn a_folder_that_is_let_go_of_in_a_moment_is_waited_for() {
    let fresh = Fresh::with([saying(1, "复议")]);
    let Fresh { dir, index, .. } = fresh;
    let letting_go = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(100));
        drop(index);
    });
    let again = SearchIndex::open(dir.path()).unwrap();
    assert_eq!(count(&again, "复议"), 1);
    letting_go.join().unwrap();
}

#[test]
fn an_index_of_another_version_is_begun_anew() {
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path());
    fs::write(dir.path().join("wenshu-index"), "0 0000000000000000\n").unwrap();
    let index = SearchIndex::open(dir.path()).unwrap();
    assert_eq!(index.position().unwrap(), None);
    assert_eq!(count(&index, "复议"), 0);
    index.apply(&[Change::Put(saying(1, "复议"))], 1).unwrap();
    assert_eq!(count(&index, "复议"), 1);
}

#[test]
fn what_is_no_part_of_an_index_survives_a_wrong_path() {
    let dir = tempfile::tempdir().unwrap();
    let kept = [dir.path().join("hub.db"), dir.path().join("blobs")];
    fs::write(&kept[0], "公文").unwrap();
    fs::create_dir(&kept[1]).unwrap();
    fs::write(dir.path().join("meta.json"), "{\"另一种\":1}").unwrap();
    let index = SearchIndex::open(dir.path()).unwrap();
    assert_eq!(index.position().unwrap(), None);
    assert!(kept.iter().all(|path| path.exists()));
}

#[test]
fn whatever_file_is_damaged_the_index_is_whole_or_begun_anew() {
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path());
    let whole = copied(dir.path());
    for name in names(dir.path())
        .iter()
        .filter(|name| !name.ends_with("lock"))
    {
        for damage in [cut_short, emptied, flipped, removed] {
            let copy = copied(whole.path());
            damage(&copy.path().join(name));
            let index = SearchIndex::open(copy.path()).unwrap();
            let expected = match index.position().unwrap() {
                Some(position) => {
                    assert_eq!(position, 42, "{name}");
                    29
                }
                None => 0,
            };
            assert_eq!(count(&index, "复议"), expected, "{name}");
            assert_eq!(index.verify().unwrap(), [] as [&Path; 0], "{name}");
            index.apply(&[Change::Put(saying(99, "诉讼"))], 43).unwrap();
            assert_eq!(count(&index, "诉讼"), 1, "{name}");
        }
    }
}

#[test]
fn damage_under_an_open_index_is_named() {
    let fresh = Fresh::with([saying(1, "复议")]);
    assert_eq!(fresh.index.verify().unwrap(), [] as [&Path; 0]);
    let names = names(fresh.dir.path());
    let positions = names
        .iter()
        .find(|name| Path::new(name).extension().is_some_and(|it| it == "pos"))
        .unwrap();
    let path = fresh.dir.path().join(positions);
    let mut bytes = fs::read(&path).unwrap();
    bytes[0] ^= 0x55;
    fs::write(&path, bytes).unwrap();
    assert_eq!(fresh.index.verify().unwrap(), [Path::new(positions)]);
}

#[test]
fn an_index_whose_folder_was_deleted_says_so_and_takes_no_changes() {
    let fresh = Fresh::with([saying(1, "复议")]);
    assert!(fresh.index.is_alive());
    fs::remove_dir_all(fresh.dir.path()).unwrap();
    assert!(!fresh.index.is_alive());
    assert!(matches!(fresh.index.apply(&[], 2), Err(Error::Gone(_))));

    // Its owner opens another at the same place, which the first is not.
    let again = SearchIndex::open(fresh.dir.path()).unwrap();
    assert!(again.is_alive());
    assert!(!fresh.index.is_alive());
    assert!(matches!(fresh.index.apply(&[], 2), Err(Error::Gone(_))));
    assert_eq!(again.position().unwrap(), None);
    again.apply(&[Change::Put(saying(1, "复议"))], 3).unwrap();
    assert_eq!(count(&again, "复议"), 1);
}

#[test]
fn readers_do_not_wait_for_writers() {
    let fresh = Fresh::with([saying(0, "复议")]);
    std::thread::scope(|scope| {
        let feeding = scope.spawn(|| {
            for step in 1..20 {
                fresh
                    .index
                    .apply(&[Change::Put(saying(step, "复议"))], 9)
                    .unwrap();
            }
        });
        let mut last = 0;
        while !feeding.is_finished() {
            let now = count(&fresh.index, "复议");
            assert!(now >= last);
            last = now;
        }
    });
    assert_eq!(count(&fresh.index, "复议"), 20);
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(dir)
        .unwrap()
        .map(|found| found.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn copied(dir: &Path) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    for name in names(dir) {
        fs::copy(dir.join(&name), copy.path().join(&name)).unwrap();
    }
    copy
}

fn cut_short(file: &Path) {
    let bytes = fs::read(file).unwrap();
    fs::write(file, &bytes[..bytes.len() * 2 / 3]).unwrap();
}

fn emptied(file: &Path) {
    fs::write(file, "").unwrap();
}

fn flipped(file: &Path) {
    let mut bytes = fs::read(file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x55;
    fs::write(file, bytes).unwrap();
}

fn removed(file: &Path) {
    fs::remove_file(file).unwrap();
}
