use wenshu::{
    domain::{SessionId, UnitId, UserId},
    store::{RefreshToken, Session},
};

use crate::world::{World, a_user, at};

fn a_session(user: UserId, unit: Option<UnitId>) -> Session {
    Session {
        id: SessionId::fresh(),
        user,
        unit,
        created_at: at(10),
        expires_at: at(20_000),
        ended_at: None,
        scopes: None,
    }
}

#[tokio::test]
async fn a_session_is_found_as_it_began_and_ends_once() {
    let world = World::new().await;
    let session = a_session(world.clerk, Some(world.government));
    let mut tx = world.write().await;
    tx.sessions().insert(&session).await.unwrap();
    tx.commit().await.unwrap();

    let mut tx = world.write().await;
    assert_eq!(
        tx.sessions().find(session.id).await.unwrap(),
        Some(session.clone())
    );
    assert_eq!(tx.sessions().find(SessionId::fresh()).await.unwrap(), None);
    for moment in [at(100), at(200)] {
        tx.sessions().end(session.id, moment).await.unwrap();
        let found = tx.sessions().find(session.id).await.unwrap().unwrap();
        assert_eq!(found.ended_at, Some(at(100)), "the first end stands");
    }
}

#[tokio::test]
async fn ending_all_sessions_of_a_person_ends_nobody_elses() {
    let world = World::new().await;
    let other = a_user("other", world.court);
    let mut tx = world.write().await;
    assert!(tx.users().insert(&other, "hash").await.unwrap());
    let ended = a_session(world.clerk, None);
    let sessions = [a_session(world.clerk, None), a_session(other.id, None)];
    for session in [&ended, &sessions[0], &sessions[1]] {
        tx.sessions().insert(session).await.unwrap();
    }
    tx.sessions().end(ended.id, at(50)).await.unwrap();
    tx.sessions().end_all_of(world.clerk, at(90)).await.unwrap();
    let expected = [
        (&ended, Some(at(50))),
        (&sessions[0], Some(at(90))),
        (&sessions[1], None),
    ];
    for (session, end) in expected {
        let found = tx.sessions().find(session.id).await.unwrap().unwrap();
        assert_eq!(found.ended_at, end);
    }
}

#[tokio::test]
async fn a_refresh_token_is_used_up_once() {
    let world = World::new().await;
    let session = a_session(world.clerk, None);
    let token = RefreshToken {
        hash: vec![0, 1, 0xFF, 3],
        session: session.id,
        issued_at: at(11),
        expires_at: at(30_000),
        used_at: None,
    };
    let mut tx = world.write().await;
    tx.sessions().insert(&session).await.unwrap();
    tx.sessions().insert_token(&token).await.unwrap();
    tx.commit().await.unwrap();

    let mut tx = world.write().await;
    let found = tx.sessions().find_token(&token.hash).await.unwrap();
    assert_eq!(found, Some(token.clone()));
    assert_eq!(tx.sessions().find_token(&[0, 1]).await.unwrap(), None);
    assert!(tx.sessions().use_token(&token.hash, at(40)).await.unwrap());
    assert!(
        !tx.sessions().use_token(&token.hash, at(50)).await.unwrap(),
        "theft"
    );
    let used = tx
        .sessions()
        .find_token(&token.hash)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(used.used_at, Some(at(40)));
    assert!(!tx.sessions().use_token(b"unknown", at(60)).await.unwrap());
}

#[tokio::test]
async fn of_two_at_once_only_one_uses_a_refresh_token_up() {
    let world = World::new().await;
    let session = a_session(world.clerk, None);
    let mut tx = world.write().await;
    tx.sessions().insert(&session).await.unwrap();
    let hash = vec![7; 32];
    let (issued_at, expires_at) = (at(0), at(9_000));
    let session = session.id;
    let token = RefreshToken {
        hash: hash.clone(),
        session,
        issued_at,
        expires_at,
        used_at: None,
    };
    tx.sessions().insert_token(&token).await.unwrap();
    tx.commit().await.unwrap();

    let uses = (0..8).map(|_| {
        let (store, hash) = (world.store.clone(), hash.clone());
        tokio::spawn(async move {
            let mut tx = store.write().await.unwrap();
            let first = tx.sessions().use_token(&hash, at(40)).await.unwrap();
            tx.commit().await.unwrap();
            first
        })
    });
    let firsts = futures_util::future::join_all(uses).await;
    let firsts = firsts
        .into_iter()
        .filter(|first| *first.as_ref().unwrap())
        .count();
    assert_eq!(firsts, 1);
}
