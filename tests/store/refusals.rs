//! What the store refuses to open, rather than acknowledge what it may lose or misread.

use std::{
    fs,
    io::{Seek as _, SeekFrom, Write as _},
};

use wenshu::store::{Store, StoreError};

use crate::home::Home;

async fn refusal(home: &Home) -> StoreError {
    match home.try_open().await {
        Ok(_) => panic!("it was opened"),
        Err(refusal) => refusal,
    }
}

#[tokio::test]
async fn a_server_that_answers_before_its_log_is_on_the_disk() {
    let home = Home::new().await;
    if !home.is_postgres() {
        return;
    }
    let store: Store = home.open().await;
    store.close().await;
    let name = home.database();
    home.run(&format!(
        "ALTER DATABASE {name} SET synchronous_commit = off"
    ))
    .await;
    let refused = refusal(&home).await;
    let StoreError::Unsafe(why) = &refused else {
        panic!("{refused:?}")
    };
    assert!(why.contains("synchronous_commit"), "{why}");
    home.run(&format!(
        "ALTER DATABASE {name} SET synchronous_commit = local"
    ))
    .await;
    home.open().await;
}

#[tokio::test]
async fn a_file_that_is_no_database() {
    let home = Home::sqlite();
    fs::write(home.file().unwrap(), "办公室的一份普通文件。".repeat(1_000)).unwrap();
    let refused = refusal(&home).await;
    assert!(matches!(refused, StoreError::Database(_)), "{refused:?}");
}

#[tokio::test]
async fn a_file_with_a_damaged_page() {
    let home = Home::sqlite();
    let store = home.open().await;
    store.close().await;
    drop(store);
    let length = fs::metadata(home.file().unwrap()).unwrap().len();
    let mut file = fs::OpenOptions::new()
        .write(true)
        .open(home.file().unwrap())
        .unwrap();
    // The first page holds the schema; what lies behind it is tables and indexes.
    file.seek(SeekFrom::Start(length / 2)).unwrap();
    file.write_all(&[0x5A; 16_384]).unwrap();
    drop(file);
    let refused = refusal(&home).await;
    let is_damage = match &refused {
        StoreError::Unsafe(why) => why.contains("quick_check"),
        StoreError::Database(_) => true,
        _ => false,
    };
    assert!(is_damage, "{refused:?}");
}

#[tokio::test]
async fn tables_of_a_newer_hub() {
    let home = Home::new().await;
    home.open().await.close().await;
    let checksum = if home.is_postgres() {
        "'\\x00'::bytea"
    } else {
        "X'00'"
    };
    let sql = format!(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'of a later version', TRUE, {checksum}, 1)"
    );
    home.run(&sql).await;
    let refused = refusal(&home).await;
    assert!(matches!(refused, StoreError::Migration(_)), "{refused:?}");
}

#[tokio::test]
async fn tables_that_were_made_by_another_text_of_a_migration() {
    let home = Home::new().await;
    home.open().await.close().await;
    let checksum = if home.is_postgres() {
        "'\\x00'::bytea"
    } else {
        "X'00'"
    };
    let sql = format!("UPDATE _sqlx_migrations SET checksum = {checksum} WHERE version = 1");
    assert_eq!(home.run(&sql).await, 1);
    let refused = refusal(&home).await;
    assert!(matches!(refused, StoreError::Migration(_)), "{refused:?}");
}
