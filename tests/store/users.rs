use wenshu::domain::{HubRole, Membership, PasswordState, Role, User, UserId};

use crate::world::{World, a_user, at, parsed};

#[tokio::test]
async fn an_account_is_found_as_it_was_entered() {
    let world = World::new().await;
    let unit = |unit, roles| Membership { unit, roles };
    let user = User {
        name: "李丽".to_owned(),
        email: Some(parsed("li.li@court.example.gov.cn")),
        memberships: vec![
            unit(world.government, vec![Role::Reader]),
            unit(world.court, vec![Role::Handler, Role::Reviewer]),
        ],
        hub_roles: vec![HubRole::ConferenceOffice],
        active: false,
        password: PasswordState::Chosen,
        created_at: at(42),
        revision: 3,
        ..a_user("lili", world.court)
    };
    let mut tx = world.write().await;
    assert!(tx.users().insert(&user, "$argon2id$…").await.unwrap());
    tx.commit().await.unwrap();

    let mut tx = world.read().await;
    assert_eq!(tx.users().find(user.id).await.unwrap(), Some(user.clone()));
    assert_eq!(tx.users().find(UserId::fresh()).await.unwrap(), None);
    let found = tx.users().find_login("lili").await.unwrap();
    assert_eq!(found, Some((user.clone(), "$argon2id$…".to_owned())));
    assert_eq!(tx.users().find_login("Lili").await.unwrap(), None);
    let hash = tx.users().password_hash(user.id).await.unwrap();
    assert_eq!(hash.as_deref(), Some("$argon2id$…"));
}

#[tokio::test]
async fn a_second_account_of_the_same_login_leaves_the_first_as_it_was() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let before = tx.users().find(world.clerk).await.unwrap();
    let second = User {
        memberships: Vec::new(),
        ..a_user("clerk", world.court)
    };
    assert!(!tx.users().insert(&second, "other").await.unwrap());
    assert_eq!(tx.users().find(second.id).await.unwrap(), None);
    assert_eq!(tx.users().find(world.clerk).await.unwrap(), before);
}

#[tokio::test]
async fn an_account_is_written_over_the_revision_before_and_no_other() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let before = tx.users().find(world.clerk).await.unwrap().unwrap();
    let changed = User {
        name: "王大明".to_owned(),
        email: Some(parsed("wang@example.gov.cn")),
        memberships: vec![Membership {
            unit: world.court,
            roles: vec![Role::Liaison],
        }],
        hub_roles: vec![HubRole::ConferenceOffice],
        active: false,
        revision: before.revision + 1,
        ..before
    };
    assert!(tx.users().update(&changed).await.unwrap());
    let late = User {
        memberships: Vec::new(),
        ..changed.clone()
    };
    assert!(!tx.users().update(&late).await.unwrap());
    assert_eq!(tx.users().find(world.clerk).await.unwrap(), Some(changed));
}

#[tokio::test]
async fn a_new_password_is_a_change_of_the_account() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let (id, state) = (world.clerk, PasswordState::Chosen);
    tx.users().set_password(id, "new", state).await.unwrap();
    let (user, hash) = tx.users().find_login("clerk").await.unwrap().unwrap();
    assert_eq!(
        (hash.as_str(), user.password, user.revision),
        ("new", state, 2)
    );
    assert_eq!(
        tx.users().password_hash(UserId::fresh()).await.unwrap(),
        None
    );
}

#[tokio::test]
async fn before_the_first_account_there_is_none() {
    let home = crate::home::Home::new().await;
    let store = home.open().await;
    let mut tx = store.read().await.unwrap();
    assert!(!tx.users().any().await.unwrap());
    assert!(tx.users().list(None, 10).await.unwrap().is_empty());
    drop(tx);
    let world = World::in_home(home, store).await;
    assert!(world.read().await.users().any().await.unwrap());
}

#[tokio::test]
async fn pages_of_accounts_follow_each_other_and_keep_the_memberships_apart() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let nobody = User {
        memberships: Vec::new(),
        ..a_user("nobody", world.court)
    };
    let third = a_user("third", world.court);
    for user in [&nobody, &third] {
        assert!(tx.users().insert(user, "hash").await.unwrap());
    }
    let first = tx.users().list(None, 2).await.unwrap();
    let second = tx.users().list(Some(first[1].id), 2).await.unwrap();
    assert_eq!(first[0].memberships[0].unit, world.government);
    assert_eq!([&first[1], &second[0]], [&nobody, &third]);
    assert!(tx.users().list(Some(third.id), 2).await.unwrap().is_empty());
}
