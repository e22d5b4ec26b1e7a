use std::time::Duration;

use wenshu::{domain::UserId, store::KeptAnswer};

use crate::world::{World, at};

const ROUTE: &str = "POST /documents";

#[tokio::test]
async fn a_kept_answer_is_given_again() {
    let world = World::new().await;
    let mut answer = KeptAnswer {
        fingerprint: vec![0, 9, 255],
        status: None,
        etag: None,
        location: None,
        body: None,
    };
    let (user, key) = (world.clerk, "键-1");
    let mut tx = world.write().await;
    assert_eq!(tx.idempotency().find(user, key, ROUTE).await.unwrap(), None);
    let print = answer.fingerprint.clone();
    assert!(
        tx.idempotency()
            .take(user, key, ROUTE, &print, at(1))
            .await
            .unwrap()
    );
    assert_eq!(
        tx.idempotency().find(user, key, ROUTE).await.unwrap(),
        Some(answer.clone())
    );
    answer.status = Some(201);
    answer.etag = Some("\"1\"".to_owned());
    answer.location = Some("/documents/1".to_owned());
    answer.body = Some("{\"title\":\"函\"}".to_owned());
    tx.idempotency()
        .keep(user, key, ROUTE, &answer)
        .await
        .unwrap();
    tx.commit().await.unwrap();

    let mut tx = world.write().await;
    assert!(
        !tx.idempotency()
            .take(user, key, ROUTE, b"other", at(2))
            .await
            .unwrap()
    );
    assert_eq!(
        tx.idempotency().find(user, key, ROUTE).await.unwrap(),
        Some(answer)
    );
}

#[tokio::test]
async fn a_key_is_the_own_of_a_person_and_a_route() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let stranger = UserId::fresh();
    for (user, key, route) in [
        (world.clerk, "k", ROUTE),
        (stranger, "k", ROUTE),
        (world.clerk, "K", ROUTE),
        (world.clerk, "k", "POST /files"),
    ] {
        assert!(
            tx.idempotency()
                .take(user, key, route, b"f", at(1))
                .await
                .unwrap()
        );
        assert!(
            !tx.idempotency()
                .take(user, key, route, b"f", at(1))
                .await
                .unwrap()
        );
    }
}

#[tokio::test]
async fn old_answers_are_forgotten_and_their_keys_are_free() {
    let world = World::new().await;
    let user = world.clerk;
    let mut tx = world.write().await;
    for (key, moment) in [("old", 10), ("edge", 20), ("new", 30)] {
        assert!(
            tx.idempotency()
                .take(user, key, ROUTE, b"f", at(moment))
                .await
                .unwrap()
        );
    }
    assert_eq!(tx.idempotency().forget(at(20)).await.unwrap(), 1);
    assert!(
        tx.idempotency()
            .take(user, "old", ROUTE, b"f", at(40))
            .await
            .unwrap()
    );
    assert!(
        !tx.idempotency()
            .take(user, "edge", ROUTE, b"f", at(40))
            .await
            .unwrap()
    );
}

/// Takes the key in a second unit of work while a first holds it; the first then ends.
async fn second_is_told(world: &World, first_is_kept: bool) -> bool {
    let user = world.clerk;
    let mut first = world.write().await;
    assert!(
        first
            .idempotency()
            .take(user, "k", ROUTE, b"f", at(1))
            .await
            .unwrap()
    );
    let store = world.store.clone();
    let mut second = tokio::spawn(async move {
        let mut tx = store.write().await.unwrap();
        let free = tx
            .idempotency()
            .take(user, "k", ROUTE, b"f", at(2))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        free
    });
    let early = tokio::time::timeout(Duration::from_millis(50), &mut second).await;
    assert!(
        early.is_err(),
        "the second did not wait for the first to end"
    );
    if first_is_kept {
        first.commit().await.unwrap();
    } else {
        drop(first);
    }
    second.await.unwrap()
}

#[tokio::test]
async fn a_key_that_is_held_is_waited_for() {
    assert!(!second_is_told(&World::new().await, true).await);
}

#[tokio::test]
async fn a_key_that_was_held_in_vain_is_free() {
    assert!(second_is_told(&World::new().await, false).await);
}
