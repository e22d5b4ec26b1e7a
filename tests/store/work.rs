//! A unit of work: kept whole, or not at all.

use std::fs;

use wenshu::store::{Database, Options, Store};

use crate::{
    home::{Home, on_postgres, server},
    world::World,
};

async fn fact(store: &Store, name: &str) -> Option<String> {
    store
        .read()
        .await
        .unwrap()
        .facts()
        .find(name)
        .await
        .unwrap()
}

async fn set_fact(store: &Store, name: &str, value: &str) {
    let mut tx = store.write().await.unwrap();
    tx.facts().set(name, value).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_dropped_unit_of_work_keeps_nothing() {
    let home = Home::new().await;
    let store = home.open().await;
    let mut tx = store.write().await.unwrap();
    tx.facts().set("a", "1").await.unwrap();
    assert_eq!(
        tx.facts().find("a").await.unwrap().as_deref(),
        Some("1"),
        "it sees itself"
    );
    assert_eq!(fact(&store, "a").await, None, "nobody else does");
    drop(tx);
    set_fact(&store, "b", "1").await;
    assert_eq!(fact(&store, "a").await, None);
    assert_eq!(fact(&store, "b").await.as_deref(), Some("1"));
}

#[tokio::test]
async fn what_a_reader_sees_does_not_change_while_it_looks() {
    let home = Home::new().await;
    let store = home.open().await;
    set_fact(&store, "a", "1").await;
    let mut reader = store.read().await.unwrap();
    assert_eq!(
        reader.facts().find("a").await.unwrap().as_deref(),
        Some("1")
    );
    set_fact(&store, "a", "2").await;
    assert_eq!(
        reader.facts().find("a").await.unwrap().as_deref(),
        Some("1")
    );
    reader.commit().await.unwrap();
    assert_eq!(fact(&store, "a").await.as_deref(), Some("2"));
}

#[tokio::test]
async fn a_reader_cannot_write() {
    let home = Home::new().await;
    let store = home.open().await;
    let mut reader = store.read().await.unwrap();
    assert!(reader.facts().set("a", "1").await.is_err());
    drop(reader);
    assert_eq!(fact(&store, "a").await, None);
}

#[tokio::test]
async fn a_closed_store_takes_nothing_more_and_has_kept_everything() {
    let home = Home::new().await;
    let store = home.open().await;
    set_fact(&store, "a", "1").await;
    store.close().await;
    for refusal in [store.read().await.err(), store.write().await.err()] {
        assert!(
            refusal.unwrap().is_passing(),
            "another node, or the next start, may answer"
        );
    }
    assert_eq!(fact(&home.open().await, "a").await.as_deref(), Some("1"));
}

#[tokio::test]
async fn a_stopped_hub_is_one_file() {
    let home = Home::sqlite();
    let store = home.open().await;
    set_fact(&store, "a", "1").await;
    store.close().await;
    let copy = Home::sqlite();
    fs::copy(home.file().unwrap(), copy.file().unwrap()).unwrap();
    assert_eq!(fact(&copy.open().await, "a").await.as_deref(), Some("1"));
}

#[tokio::test]
async fn foreign_keys_hold() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let stranger = crate::world::a_document(wenshu::domain::UnitId::fresh(), world.clerk);
    assert!(tx.documents().insert(&stranger).await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_that_start_at_once_on_an_empty_server_make_its_tables_once() {
    let Some(server) = server().filter(|_| on_postgres()) else {
        return;
    };
    let home = Home::postgres(server).await;
    let nodes = (0..4).map(|_| home.try_open());
    let nodes = futures_util::future::join_all(nodes).await;
    for node in nodes {
        set_fact(&node.unwrap(), "a", "1").await;
    }
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_not_made_up() {
    let home = Home::sqlite();
    let nowhere = home
        .file()
        .unwrap()
        .parent()
        .unwrap()
        .join("nowhere/hub.db");
    let options = Options {
        database: Database::Sqlite(nowhere.clone()),
        ..home.options.clone()
    };
    assert!(Store::open(&options).await.is_err());
    assert!(!nowhere.parent().unwrap().exists());
}

#[tokio::test]
async fn a_store_says_whether_it_still_keeps_what_is_written() {
    let home = Home::new().await;
    let store = home.open().await;
    assert!(store.is_writable());
    store.close().await;
    assert_eq!(
        store.is_writable(),
        on_postgres(),
        "a closed file keeps nothing more"
    );
}

#[tokio::test]
async fn a_second_look_is_had_only_where_a_connection_is_free() {
    let home = Home::new().await;
    let store = home.open().await;
    let mut looks = Vec::new();
    while let Some(look) = store.read_if_free().await.unwrap() {
        looks.push(look);
        assert!(looks.len() <= 24, "there are not so many connections");
    }
    if home.is_postgres() {
        assert!(looks.is_empty(), "a server shares its work out by itself");
        return;
    }
    assert!(!looks.is_empty());
    // Those that are opened on demand are waited for by whoever has none yet.
    let mut look = store.read().await.unwrap();
    assert_eq!(look.changes().newest().await.unwrap(), 0);
}
