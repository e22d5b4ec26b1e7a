use wenshu::{
    domain::{DocumentId, FileId, FileRole, StoredFile},
    store::Basis,
};

use crate::world::{World, a_file, at, digest_of};

#[tokio::test]
async fn an_upload_is_found_by_its_unit_alone() {
    let world = World::new().await;
    let file = StoredFile {
        size: u64::try_from(i64::MAX).unwrap(),
        name: "关于……的函 (1).docx".to_owned(),
        media_type: "text/plain; charset=gb18030".to_owned(),
        uploaded_at: at(123),
        ..a_file(world.court, world.clerk, "内容")
    };
    let mut tx = world.write().await;
    tx.files().insert(&file).await.unwrap();
    tx.commit().await.unwrap();

    let mut tx = world.read().await;
    assert_eq!(
        tx.files().find_of(world.court, file.id).await.unwrap(),
        Some(file.clone())
    );
    assert_eq!(
        tx.files().find_of(world.government, file.id).await.unwrap(),
        None
    );
    assert_eq!(
        tx.files()
            .find_of(world.court, FileId::fresh())
            .await
            .unwrap(),
        None
    );
}

#[tokio::test]
async fn a_file_is_found_in_the_document_that_holds_it() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let file = world.upload(&mut tx, "正文").await;
    let document = world.draft(&mut tx).await;
    let other = world.draft(&mut tx).await;
    tx.documents()
        .set_files(document.id, &[(file.id, FileRole::Main)])
        .await
        .unwrap();
    let (court, basis) = (world.court, Basis::Copy);
    tx.access()
        .grant(court, document.id, basis, at(9))
        .await
        .unwrap();
    for (viewer, within, found) in [
        (world.government, document.id, true),
        (world.court, document.id, true),
        (world.procuratorate, document.id, false),
        (world.government, other.id, false),
        (world.government, DocumentId::fresh(), false),
    ] {
        let answer = tx.files().find_in(viewer, within, file.id).await.unwrap();
        assert_eq!(answer, found.then(|| file.clone()));
    }
}

#[tokio::test]
async fn uploads_are_counted_by_unit_from_an_instant_on() {
    let world = World::new().await;
    let mut tx = world.write().await;
    assert_eq!(
        tx.files().uploaded_since(world.court, at(0)).await.unwrap(),
        0
    );
    for (unit, moment, size) in [
        (world.court, 10, 1),
        (world.court, 20, 1 << 40),
        (world.court, 30, 100),
        (world.government, 30, 5),
    ] {
        let file = a_file(unit, world.clerk, &format!("{moment}"));
        tx.files()
            .insert(&StoredFile {
                size,
                uploaded_at: at(moment),
                ..file
            })
            .await
            .unwrap();
    }
    let since = tx
        .files()
        .uploaded_since(world.court, at(20))
        .await
        .unwrap();
    assert_eq!(since, (1 << 40) + 100);
    assert_eq!(
        tx.files()
            .uploaded_since(world.court, at(31))
            .await
            .unwrap(),
        0
    );
}

#[tokio::test]
async fn only_uploads_that_never_became_part_of_a_document_are_forgotten() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let old = world.upload(&mut tx, "旧").await;
    let attached = world.upload(&mut tx, "附").await;
    let in_a_draft = world.upload(&mut tx, "草").await;
    let new = a_file(world.government, world.clerk, "新");
    tx.files()
        .insert(&StoredFile {
            uploaded_at: at(9_000),
            ..new.clone()
        })
        .await
        .unwrap();
    tx.files().attach(attached.id).await.unwrap();
    tx.files().attach(attached.id).await.unwrap();
    let draft = world.draft(&mut tx).await;
    tx.documents()
        .set_files(draft.id, &[(in_a_draft.id, FileRole::Main)])
        .await
        .unwrap();

    assert_eq!(
        tx.files().forget_unattached(at(3_000)).await.unwrap(),
        0,
        "not older"
    );
    assert_eq!(tx.files().forget_unattached(at(9_000)).await.unwrap(), 1);
    for (file, kept) in [
        (&old, false),
        (&attached, true),
        (&in_a_draft, true),
        (&new, true),
    ] {
        let found = tx.files().find_of(world.government, file.id).await.unwrap();
        assert_eq!(found.is_some(), kept, "{}", file.digest);
    }
}

#[tokio::test]
async fn each_digest_is_listed_once_and_in_order() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let mut expected: Vec<_> = (0..7)
        .map(|n| digest_of(&n.to_string()).to_string())
        .collect();
    for n in [3, 1, 4, 1, 5, 6, 0, 2, 3, 5] {
        world.upload(&mut tx, &n.to_string()).await;
    }
    expected.sort();
    let mut listed = Vec::new();
    let mut after = String::new();
    loop {
        let page = tx.files().digests(&after, 3).await.unwrap();
        let Some((last, _)) = page.last() else { break };
        after.clone_from(last);
        listed.extend(page);
    }
    assert!(listed.iter().all(|(_, size)| *size == 1));
    let listed: Vec<_> = listed.into_iter().map(|(digest, _)| digest).collect();
    assert_eq!(listed, expected);
}
