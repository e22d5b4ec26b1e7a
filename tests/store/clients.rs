use wenshu::domain::{Client, Scope, UserId};

use crate::world::{World, a_user, at};

fn a_client(world: &World) -> Client {
    Client {
        id: UserId::fresh(),
        name: "公文系统".to_owned(),
        unit: world.court,
        scopes: vec![Scope::Send, Scope::Report],
        recipients: Some(vec![world.government]),
        expires_at: at(9_000),
        active: true,
        created_at: at(10),
        revision: 1,
    }
}

#[tokio::test]
async fn a_client_is_found_as_it_was_entered_and_changed_once_a_revision() {
    let world = World::new().await;
    let client = a_client(&world);
    let mut tx = world.write().await;
    tx.clients().insert(&client).await.unwrap();
    let found = tx.clients().find(client.id).await.unwrap();
    assert_eq!(found, Some(client.clone()));
    assert_eq!(tx.clients().find(world.clerk).await.unwrap(), None);
    let changed = Client {
        name: "新系统".to_owned(),
        scopes: vec![Scope::Receive],
        recipients: None,
        active: false,
        revision: 2,
        ..client.clone()
    };
    assert!(tx.clients().update(&changed).await.unwrap());
    assert!(!tx.clients().update(&changed).await.unwrap(), "stale");
    let listed = tx.clients().list(None, 9).await.unwrap();
    assert_eq!(listed, std::slice::from_ref(&changed));
    let after = tx.clients().list(Some(client.id), 9).await.unwrap();
    assert!(after.is_empty());
    let of_court = tx.clients().of_unit(world.court, at(8_999)).await.unwrap();
    assert_eq!(of_court, [changed]);
    let later = tx.clients().of_unit(world.court, at(9_000)).await.unwrap();
    assert!(later.is_empty(), "it has run out");
}

#[tokio::test]
async fn a_client_is_an_account_and_no_person() {
    let world = World::new().await;
    let client = a_client(&world);
    let other = a_user("other", world.court);
    let mut tx = world.write().await;
    tx.clients().insert(&client).await.unwrap();
    assert!(tx.users().insert(&other, "hash").await.unwrap());
    assert!(tx.users().find(client.id).await.unwrap().is_some());
    assert_eq!(tx.users().find_person(client.id).await.unwrap(), None);
    let found = tx.users().find_person(other.id).await.unwrap();
    assert_eq!(found, Some(other.clone()));
    let people = tx.users().people(None, 9).await.unwrap();
    let ids: Vec<_> = people.iter().map(|user| user.id).collect();
    assert_eq!(ids, [world.clerk, other.id]);
}

#[tokio::test]
async fn never_do_more_than_two_secrets_open_a_client() {
    let world = World::new().await;
    let client = a_client(&world);
    let mut tx = world.write().await;
    tx.clients().insert(&client).await.unwrap();
    let secrets = [vec![0, 1], vec![0xFF, 2], vec![3; 32]];
    for (place, hash) in (1..).zip(&secrets) {
        let now = at(100 * place);
        tx.clients()
            .add_secret(client.id, hash, now, at(100 * place + 50))
            .await
            .unwrap();
    }
    let mut opens = Vec::new();
    for (hash, now) in [(0, 300), (1, 300), (1, 350), (2, 350)] {
        let hash = &secrets[hash];
        opens.push(tx.clients().opens(client.id, hash, at(now)).await.unwrap());
    }
    assert_eq!(opens, [false, true, false, true]);
    let another = tx.clients().opens(world.clerk, &secrets[2], at(300)).await;
    assert!(!another.unwrap(), "it opens its own client alone");
    let shown = tx.clients().secrets(client.id, at(300)).await.unwrap();
    let ends: Vec<_> = shown.iter().map(|secret| secret.expires_at).collect();
    assert_eq!(ends, [None, Some(at(350))]);
}

#[tokio::test]
async fn a_reference_is_taken_once_and_stands_for_its_document() {
    let world = World::new().await;
    let client = a_client(&world);
    let mut tx = world.write().await;
    tx.clients().insert(&client).await.unwrap();
    let document = world.draft(&mut tx).await.id;
    let id = client.id;
    let print = [7; 32];
    assert!(
        tx.clients()
            .take_reference(id, "一", &print, at(20))
            .await
            .unwrap()
    );
    assert!(
        !tx.clients()
            .take_reference(id, "一", &print, at(30))
            .await
            .unwrap()
    );
    assert_eq!(tx.clients().referred(id, "一").await.unwrap(), None);
    tx.clients()
        .keep_reference(id, "一", document)
        .await
        .unwrap();
    let known = tx.clients().referred(id, "一").await.unwrap();
    assert_eq!(known, Some((document, print.to_vec())));
    assert_eq!(tx.clients().referred(id, "二").await.unwrap(), None);
}

#[tokio::test]
async fn a_file_is_found_by_its_content_and_for_its_unit() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let file = world.upload(&mut tx, "内容").await;
    let found = tx
        .files()
        .find_content(world.government, &file.digest)
        .await;
    assert_eq!(found.unwrap(), Some(file.clone()));
    let found = tx.files().find_content(world.court, &file.digest).await;
    assert_eq!(found.unwrap(), None);
}
