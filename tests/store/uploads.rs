use uuid::Uuid;
use wenshu::{
    domain::{FileId, Upload, UploadId},
    store::Taken,
};

use crate::world::{World, a_user, at, digest_of};

fn an_upload(world: &World, length: Option<u64>) -> Upload {
    Upload {
        id: UploadId::fresh(),
        unit: world.government,
        user: world.clerk,
        place: Uuid::now_v7(),
        name: "卷宗 (1).pdf".to_owned(),
        metadata: "filename 5Y235a6X".to_owned(),
        length,
        received: 0,
        digest: None,
        file: None,
        created_at: at(10),
        expires_at: at(1000),
    }
}

#[tokio::test]
async fn an_upload_is_found_by_whoever_began_it_alone() {
    let world = World::new().await;
    let other = a_user("other", world.government);
    let upload = an_upload(&world, Some(1 << 40));
    let mut tx = world.write().await;
    tx.users().insert(&other, "hash").await.unwrap();
    tx.uploads().insert(&upload).await.unwrap();
    for (unit, user, id, found) in [
        (world.government, world.clerk, upload.id, true),
        (world.court, world.clerk, upload.id, false),
        (world.government, other.id, upload.id, false),
        (world.government, world.clerk, UploadId::fresh(), false),
    ] {
        let answer = tx.uploads().find_of(unit, user, id).await.unwrap();
        assert_eq!(answer, found.then(|| upload.clone()));
    }
}

#[tokio::test]
async fn an_upload_moves_from_where_it_stands_and_nowhere_else() {
    let world = World::new().await;
    let mut upload = an_upload(&world, None);
    let mut tx = world.write().await;
    tx.uploads().insert(&upload).await.unwrap();
    let mut table = tx.uploads();
    let moves = [
        ((0, 10), None, at(2000), true),
        ((0, 20), None, at(3000), false),
        ((10, 30), Some(30), at(4000), true),
        ((30, 31), Some(99), at(5000), true),
    ];
    for (stretch, length, expires, expected) in moves {
        let is_there = table.advance(upload.id, stretch, length, expires).await;
        assert_eq!(is_there.unwrap(), expected, "{stretch:?}");
    }
    (upload.received, upload.length, upload.expires_at) = (31, Some(30), at(5000));
    let (unit, user) = (upload.unit, upload.user);
    let found = table.find_of(unit, user, upload.id).await.unwrap().unwrap();
    assert_eq!(found, upload, "what the length is was said once");
}

#[tokio::test]
async fn an_upload_becomes_a_file_once_and_does_not_move_any_more() {
    let world = World::new().await;
    let upload = an_upload(&world, Some(10));
    let (digest, file) = (digest_of("内容"), FileId::fresh());
    let mut tx = world.write().await;
    let mut table = tx.uploads();
    table.insert(&upload).await.unwrap();
    assert!(table.is_open(upload.id).await.unwrap());
    tx.uploads().name_content(upload.id, digest).await.unwrap();
    let mut table = tx.uploads();
    let stretch = (0, 10);
    assert!(
        !table
            .advance(upload.id, stretch, None, at(9))
            .await
            .unwrap()
    );
    assert!(table.became(upload.id, file).await.unwrap());
    assert!(!table.became(upload.id, FileId::fresh()).await.unwrap());
    let (unit, user) = (upload.unit, upload.user);
    let found = table.find_of(unit, user, upload.id).await.unwrap().unwrap();
    assert_eq!((found.digest, found.file), (Some(digest), Some(file)));
    assert!(!table.is_open(upload.id).await.unwrap());
    assert!(tx.uploads().remove(upload.id).await.unwrap());
    assert!(!tx.uploads().remove(upload.id).await.unwrap());
}

#[tokio::test]
async fn what_is_unfinished_is_counted_and_what_has_expired_is_ended() {
    let world = World::new().await;
    let other = a_user("other", world.government);
    let mut tx = world.write().await;
    tx.users().insert(&other, "hash").await.unwrap();
    let (unit, user) = (world.government, world.clerk);
    assert_eq!(
        tx.uploads().taken(unit, user).await.unwrap(),
        Taken::default()
    );
    let known = an_upload(&world, Some(1 << 33));
    let unknown = an_upload(&world, None);
    let finished = an_upload(&world, Some(7));
    let elsewhere = Upload {
        user: other.id,
        expires_at: at(1001),
        ..an_upload(&world, Some(5))
    };
    for upload in [&known, &unknown, &finished, &elsewhere] {
        tx.uploads().insert(upload).await.unwrap();
    }
    let expires = at(1000);
    tx.uploads()
        .advance(unknown.id, (0, 3), None, expires)
        .await
        .unwrap();
    tx.uploads()
        .became(finished.id, FileId::fresh())
        .await
        .unwrap();
    let expected = Taken {
        of_unit: 3,
        of_user: 2,
        bytes: (1 << 33) + 3 + 5,
    };
    assert_eq!(tx.uploads().taken(unit, user).await.unwrap(), expected);
    assert_eq!(tx.uploads().expire(at(999)).await.unwrap(), 0);
    assert_eq!(tx.uploads().expire(at(1000)).await.unwrap(), 3);
    assert!(tx.uploads().is_open(elsewhere.id).await.unwrap());
}
