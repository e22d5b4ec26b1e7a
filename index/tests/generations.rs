//! Generations of an index: one follows the other, and after whatever happened one is in charge.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use std::{fs, path::Path};

use common::{VIEWER, first, parse, saying};
use tempfile::TempDir;
use wenshu_index::{
    Change, Error, Generations, Held, Inventory, Order, Purpose, Reached, SearchIndex, Walk,
};

fn home() -> (TempDir, Generations) {
    let dir = tempfile::tempdir().unwrap();
    let generations = Generations::new(dir.path().join("index"));
    (dir, generations)
}

fn count(index: &SearchIndex, query: &str) -> usize {
    let page = index.search(&parse(query), VIEWER, &first(Order::Relevance));
    page.unwrap().total
}

fn put(index: &SearchIndex, id: u128, text: &str, reached: impl Into<Reached>) {
    index
        .apply(&[Change::Put(saying(id, text))], reached)
        .unwrap();
}

fn names(generations: &Generations) -> Vec<String> {
    let found = fs::read_dir(generations.dir()).unwrap();
    let mut names: Vec<_> = found
        .map(|found| found.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// A generation in charge with one entry, and another that has a different one.
fn old_and_new() -> (TempDir, Generations, SearchIndex, SearchIndex) {
    let (dir, generations) = home();
    let old = generations.open().unwrap();
    put(&old, 1, "旧", 5);
    let new = generations.begin().unwrap();
    put(&new, 2, "新", 6);
    (dir, generations, old, new)
}

#[test]
fn the_first_generation_is_there_again() {
    let (_dir, generations) = home();
    let index = generations.open().unwrap();
    assert_eq!(index.position().unwrap(), None);
    put(&index, 1, "复议", 5);
    drop(index);
    let again = generations.open().unwrap();
    assert_eq!(again.position().unwrap(), Some(5));
    assert_eq!(count(&again, "复议"), 1);
    assert_eq!(names(&generations), ["1", "current"]);
}

#[test]
fn a_switch_is_for_good_and_leaves_nothing_of_the_old() {
    let (_dir, generations, old, new) = old_and_new();
    generations.switch(&old, &new).unwrap();
    assert_eq!(names(&generations), ["2", "current"]);
    // Whoever still searches the old one finds what is in it.
    assert_eq!(count(&old, "旧"), 1);
    assert!(matches!(old.apply(&[], 7), Err(Error::Gone(_))));
    put(&new, 3, "新", 7);
    drop((old, new));
    let again = generations.open().unwrap();
    assert_eq!(again.position().unwrap(), Some(7));
    assert_eq!((count(&again, "旧"), count(&again, "新")), (0, 2));
}

#[test]
fn what_is_given_up_is_cleared_away() {
    let (_dir, generations, old, new) = old_and_new();
    generations.abandon(&new);
    assert_eq!(names(&generations), ["1", "current"]);
    put(&old, 3, "旧", 6);
    assert_eq!(count(&old, "旧"), 2);
}

#[test]
fn what_a_crash_has_left_is_cleared_away_at_the_next_start() {
    let (_dir, generations, old, new) = old_and_new();
    drop((old, new));
    fs::write(generations.dir().join("current.new"), "2").unwrap();
    fs::write(generations.dir().join("2/.tmpAbCdEf"), "half").unwrap();
    fs::create_dir(generations.dir().join("3")).unwrap();
    let index = generations.open().unwrap();
    assert_eq!(count(&index, "旧"), 1);
    assert_eq!(names(&generations), ["1", "current", "current.new"]);
    // What was half written is written anew.
    let next = generations.begin().unwrap();
    generations.switch(&index, &next).unwrap();
    assert_eq!(names(&generations), ["2", "current"]);
}

#[test]
fn a_crash_after_the_switch_leaves_the_new_in_charge() {
    let (_dir, generations, old, new) = old_and_new();
    drop((old, new));
    fs::write(generations.dir().join("current"), "2\n").unwrap();
    let index = generations.open().unwrap();
    assert_eq!((count(&index, "旧"), count(&index, "新")), (0, 1));
    assert_eq!(names(&generations), ["2", "current"]);
}

#[test]
fn what_is_written_to_is_not_cleared_away() {
    let (_dir, generations, old, new) = old_and_new();
    drop(old);
    let index = generations.open().unwrap();
    put(&new, 3, "新", 7);
    generations.switch(&index, &new).unwrap();
    assert_eq!(count(&new, "新"), 2);
}

#[test]
fn what_was_kept_before_there_were_generations_is_cleared_away() {
    let (_dir, generations) = home();
    put(&SearchIndex::open(generations.dir()).unwrap(), 1, "复议", 5);
    fs::write(generations.dir().join("rebuild.request"), "x").unwrap();
    let index = generations.open().unwrap();
    assert_eq!(index.position().unwrap(), None);
    assert_eq!(names(&generations), ["1", "current", "rebuild.request"]);
}

#[test]
fn what_is_no_index_survives_a_wrong_path() {
    let (_dir, generations) = home();
    let kept = [generations.dir().join("7"), generations.dir().join("07")];
    for folder in &kept {
        fs::create_dir_all(folder).unwrap();
        fs::write(folder.join("公文"), "公文").unwrap();
    }
    drop(generations.open().unwrap());
    assert!(kept.iter().all(|folder| folder.join("公文").exists()));
    assert!(
        generations.dir().join("8").exists(),
        "{:?}",
        names(&generations)
    );
}

#[test]
fn a_pointer_that_is_lost_or_wrong_begins_anew() {
    for wrong in [None, Some("?"), Some("9"), Some("")] {
        let (_dir, generations) = home();
        put(&generations.open().unwrap(), 1, "复议", 5);
        let pointer = generations.dir().join("current");
        match wrong {
            None => fs::remove_file(pointer).unwrap(),
            Some(text) => fs::write(pointer, text).unwrap(),
        }
        let index = generations.open().unwrap();
        assert_eq!(index.position().unwrap(), None, "{wrong:?}");
        put(&index, 1, "复议", 5);
        drop(index);
        let again = generations.open().unwrap();
        assert_eq!(count(&again, "复议"), 1, "{wrong:?}");
        assert_eq!(names(&generations).len(), 2, "{wrong:?}");
    }
}

#[test]
fn a_generation_whose_folder_is_gone_is_not_put_in_charge() {
    let (_dir, generations, old, new) = old_and_new();
    fs::remove_dir_all(generations.dir().join("2")).unwrap();
    assert!(matches!(
        generations.switch(&old, &new),
        Err(Error::Gone(_))
    ));
    put(&old, 3, "旧", 6);
    drop((old, new));
    assert_eq!(count(&generations.open().unwrap(), "旧"), 2);
}

#[test]
fn a_deleted_folder_is_begun_anew_beside_what_was_being_filled() {
    let (_dir, generations, old, new) = old_and_new();
    fs::remove_dir_all(generations.dir()).unwrap();
    assert!(!old.is_alive());
    let again = generations.open().unwrap();
    put(&again, 1, "复议", 1);
    assert!(matches!(new.apply(&[], 7), Err(Error::Gone(_))));
    generations.abandon(&new);
    assert_eq!(count(&again, "复议"), 1);
    assert!(again.is_alive());
}

#[test]
fn an_index_that_is_being_filled_says_so_also_later() {
    let (_dir, generations) = home();
    let walk = |after, purpose| Reached {
        position: 9,
        walk: Some(Walk { after, purpose }),
    };
    let index = generations.open().unwrap();
    put(&index, 1, "复议", walk(1, Purpose::Fill));
    assert_eq!(index.position().unwrap(), None);
    drop(index);
    let index = generations.open().unwrap();
    assert_eq!(index.position().unwrap(), None);
    assert_eq!(index.reached().unwrap(), Some(walk(1, Purpose::Fill)));
    put(&index, 2, "复议", walk(2, Purpose::Renew));
    assert_eq!(index.position().unwrap(), Some(9));
    assert_eq!(count(&index, "复议"), 2);
}

fn everything(generations: &Generations, limit: usize) -> Vec<Held> {
    let inventory = Inventory::open(generations).unwrap().unwrap();
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = inventory.page(after, limit).unwrap();
        let Some(last) = page.last() else {
            let entries: usize = all.iter().map(|held: &Held| held.fingerprints.len()).sum();
            assert_eq!(inventory.entries(), entries as u64);
            return all;
        };
        after = Some(last.id);
        all.extend(page);
    }
}

#[test]
fn an_inventory_names_each_entry_while_others_write() {
    let (_dir, generations) = home();
    assert!(Inventory::open(&generations).unwrap().is_none());
    let index = generations.open().unwrap();
    let inventory = Inventory::open(&generations).unwrap().unwrap();
    assert_eq!((inventory.reached(), inventory.entries()), (None, 0));
    // Over many segments, with ids that cross and entries that were replaced.
    let ids = || (0..40).map(|step: u128| ((step * 7919) << 90) | step);
    let entry = |id: u128| saying(id, &format!("第{id}号"));
    for (position, id) in (1..).zip(ids()) {
        let again = Change::Put(saying(id, "旧"));
        index.apply(&[again], position).unwrap();
        index.apply(&[Change::Put(entry(id))], position).unwrap();
    }
    let gone: Vec<_> = ids().step_by(5).map(Change::Remove).collect();
    index.apply(&gone, 41).unwrap();
    let mut expected: Vec<_> = ids()
        .enumerate()
        .filter(|(step, _)| step % 5 != 0)
        .map(|(_, id)| Held {
            id,
            fingerprints: vec![entry(id).fingerprint()],
        })
        .collect();
    expected.sort_by_key(|held| held.id);
    for limit in [1, 3, 32, 100] {
        assert_eq!(everything(&generations, limit), expected, "{limit}");
    }
    let inventory = Inventory::open(&generations).unwrap().unwrap();
    assert_eq!(inventory.reached(), Some(Reached::from(41)));
    assert_eq!(inventory.damaged().unwrap(), [] as [&Path; 0]);
    // It keeps to what it saw.
    put(&index, 1, "新来的", 42);
    assert_eq!(inventory.entries(), 32);
    assert_eq!(inventory.page(None, 100).unwrap().len(), 32);
}

#[test]
fn an_inventory_sees_a_file_that_was_damaged() {
    let (_dir, generations) = home();
    let index = generations.open().unwrap();
    put(&index, 1, "复议", 5);
    let folder = generations.dir().join("1");
    let store = fs::read_dir(&folder).unwrap().find_map(|found| {
        let path = found.unwrap().path();
        path.extension()
            .is_some_and(|it| it == "store")
            .then_some(path)
    });
    let store = store.unwrap();
    let mut bytes = fs::read(&store).unwrap();
    bytes[3] ^= 0x55;
    fs::write(&store, bytes).unwrap();
    let inventory = Inventory::open(&generations).unwrap().unwrap();
    let name = store.file_name().unwrap();
    assert_eq!(inventory.damaged().unwrap(), [Path::new(name)]);
    assert_eq!(index.verify().unwrap(), [Path::new(name)]);
}
