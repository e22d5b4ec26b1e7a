use crate::home::Home;

#[tokio::test]
async fn the_first_fact_stands_until_it_is_set_or_removed() {
    let home = Home::new().await;
    let store = home.open().await;
    let mut tx = store.write().await.unwrap();
    assert_eq!(tx.facts().find("origin").await.unwrap(), None);
    assert_eq!(tx.facts().keep_first("origin", "甲").await.unwrap(), "甲");
    assert_eq!(tx.facts().keep_first("origin", "乙").await.unwrap(), "甲");
    tx.commit().await.unwrap();

    let mut tx = store.write().await.unwrap();
    assert_eq!(
        tx.facts().find("origin").await.unwrap().as_deref(),
        Some("甲")
    );
    tx.facts().set("origin", "丙").await.unwrap();
    assert_eq!(
        tx.facts().find("origin").await.unwrap().as_deref(),
        Some("丙")
    );
    tx.facts().set("epoch", "2").await.unwrap();
    assert_eq!(
        tx.facts().find("epoch").await.unwrap().as_deref(),
        Some("2")
    );
    assert!(tx.facts().remove("origin").await.unwrap());
    assert!(!tx.facts().remove("origin").await.unwrap(), "a second time");
    assert_eq!(tx.facts().find("origin").await.unwrap(), None);
    assert_eq!(
        tx.facts().find("epoch").await.unwrap().as_deref(),
        Some("2")
    );
}

#[tokio::test]
async fn of_many_at_once_all_are_told_the_same_first_fact() {
    let home = Home::new().await;
    let store = home.open().await;
    let told = (0..12).map(|node| {
        let store = store.clone();
        tokio::spawn(async move {
            let mut tx = store.write().await.unwrap();
            let told = tx
                .facts()
                .keep_first("origin", &format!("hub-{node}"))
                .await
                .unwrap();
            tx.commit().await.unwrap();
            told
        })
    });
    let told = futures_util::future::join_all(told).await;
    let told: std::collections::BTreeSet<_> = told.into_iter().map(Result::unwrap).collect();
    assert_eq!(told.len(), 1, "{told:?}");
}
