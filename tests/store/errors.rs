//! What a failure of the database means: whether it passes, whether the disk is full.

use std::time::Duration;

use sqlx::AssertSqlSafe;
use wenshu::store::{Options, Store, StoreError};

use crate::{
    home::{Behind, Home},
    world::{World, a_delivery},
};

/// How a statement of PostgreSQL fails that raises this code.
async fn raised(home: &Home, code: &str) -> StoreError {
    let Behind::Postgres(mut connection) = home.behind().await else {
        panic!("only PostgreSQL raises codes");
    };
    let sql = format!("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{code}'; END $$");
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(&mut connection)
        .await
        .unwrap_err()
        .into()
}

/// How a statement of SQLite fails when the disk is full.
async fn full_file(home: &Home) -> StoreError {
    let Behind::Sqlite(mut connection) = home.behind().await else {
        panic!("only SQLite has a file");
    };
    let fill = "PRAGMA max_page_count = 1;
                INSERT INTO hub_facts SELECT value, zeroblob(9000) || '' FROM json_each('[1,2,3]');
                CREATE TABLE big (bytes BLOB);
                INSERT INTO big VALUES (zeroblob(10000000))";
    sqlx::raw_sql(fill)
        .execute(&mut connection)
        .await
        .unwrap_err()
        .into()
}

#[tokio::test]
async fn a_full_disk_is_told_from_other_failures() {
    let world = World::new().await;
    let full = if world.home.is_postgres() {
        raised(&world.home, "53100").await
    } else {
        full_file(&world.home).await
    };
    assert!(full.is_full(), "{full:?}");
    assert!(!full.is_passing());

    let orphan = a_delivery(wenshu::domain::DocumentId::fresh(), world.court);
    let refused = world
        .write()
        .await
        .deliveries()
        .insert(&orphan)
        .await
        .unwrap_err();
    assert!(!refused.is_full() && !refused.is_passing(), "{refused:?}");
    assert_eq!(
        refused.to_string(),
        "the database failed",
        "no SQL reaches a caller"
    );
}

#[tokio::test]
async fn failures_that_pass_are_told_from_those_that_stay() {
    let home = Home::new().await;
    if home.is_postgres() {
        for code in ["40001", "40P01", "57P01", "57P03"] {
            assert!(raised(&home, code).await.is_passing(), "{code}");
        }
        for code in ["23505", "42P01", "22P02"] {
            assert!(!raised(&home, code).await.is_passing(), "{code}");
        }
    }
    assert!(StoreError::NotKept.is_passing());
    assert!(StoreError::ReadOnly.is_passing());
    assert!(!StoreError::Unreadable(String::new()).is_passing());
    assert!(!StoreError::Unsafe(String::new()).is_full());
}

#[tokio::test]
async fn a_file_that_another_process_writes_is_busy_for_a_while() {
    let home = Home::sqlite();
    let options = Options {
        acquire_timeout: Duration::from_millis(800),
        busy_timeout: Duration::from_millis(800),
        ..home.options.clone()
    };
    let store = Store::open(&options).await.unwrap();
    let Behind::Sqlite(mut other) = home.behind().await else {
        unreachable!()
    };
    sqlx::raw_sql("BEGIN IMMEDIATE")
        .execute(&mut other)
        .await
        .unwrap();
    let busy = store.write().await.err().expect("it is locked");
    assert!(busy.is_passing(), "{busy:?}");
    sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
    let mut tx = store.write().await.unwrap();
    tx.facts().set("a", "1").await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_reader_that_finds_every_connection_taken_is_told_to_come_again() {
    let home = Home::new().await;
    // Long enough to open the store on a busy machine.
    let options = Options {
        readers: 1,
        acquire_timeout: Duration::from_secs(2),
        busy_timeout: Duration::from_secs(2),
        ..home.options.clone()
    };
    let store = Store::open(&options).await.unwrap();
    let holder = store.read().await.unwrap();
    let refused = store
        .read()
        .await
        .err()
        .expect("the only connection is taken");
    assert!(refused.is_passing(), "{refused:?}");
    drop(holder);
    assert!(store.read().await.is_ok());
}

#[tokio::test]
async fn what_is_there_already_is_told_from_other_failures() {
    let home = Home::new().await;
    home.open().await.close().await;
    let twice = "INSERT INTO hub_facts (name, value) VALUES ('twin', '1'), ('twin', '2')";
    let unknown = "SELECT nothing FROM nowhere";
    for (sql, duplicate) in [(twice, true), (unknown, false)] {
        let error: StoreError = match home.behind().await {
            Behind::Sqlite(mut connection) => sqlx::raw_sql(sql)
                .execute(&mut connection)
                .await
                .unwrap_err()
                .into(),
            Behind::Postgres(mut connection) => sqlx::raw_sql(sql)
                .execute(&mut connection)
                .await
                .unwrap_err()
                .into(),
        };
        assert_eq!(error.is_duplicate(), duplicate, "{sql}: {error:?}");
    }
}
