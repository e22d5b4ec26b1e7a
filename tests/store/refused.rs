use uuid::Uuid;
use wenshu::{
    domain::{FileRole, ObligationState},
    store::KeptAnswer,
};

use crate::world::{World, an_obligation, at, digest_of};

#[tokio::test]
async fn what_is_refused_waits_until_it_is_destroyed() {
    let world = World::new().await;
    let (first, second) = (digest_of("甲"), digest_of("乙"));
    let mut tx = world.write().await;
    assert!(!tx.refused().has(first).await.unwrap());
    assert!(tx.refused().add(second, at(20)).await.unwrap());
    assert!(tx.refused().add(first, at(10)).await.unwrap());
    assert!(!tx.refused().add(first, at(30)).await.unwrap());
    assert!(tx.refused().has(first).await.unwrap());
    assert_eq!(tx.refused().waiting(9).await.unwrap(), [first, second]);
    assert_eq!(tx.refused().waiting(1).await.unwrap(), [first]);
    tx.refused().destroyed(first, at(40)).await.unwrap();
    assert_eq!(tx.refused().waiting(9).await.unwrap(), [second]);
    assert_eq!(tx.refused().destroyed_since(at(40)).await.unwrap(), [first]);
    assert!(
        tx.refused()
            .destroyed_since(at(41))
            .await
            .unwrap()
            .is_empty()
    );
    assert!(tx.refused().has(first).await.unwrap(), "for good");
}

#[tokio::test]
async fn a_document_in_quarantine_says_nothing_and_is_its_issuers_alone() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let (one, again) = (
        world.upload(&mut tx, "密").await,
        world.upload(&mut tx, "密").await,
    );
    let other = world.upload(&mut tx, "不密").await;
    let (sent, delivery) = world.delivered(&mut tx, world.court).await;
    let owed = an_obligation(&delivery, world.government);
    tx.obligations().insert(&owed).await.unwrap();
    let (second, _) = world.delivered(&mut tx, world.court).await;
    let (innocent, _) = world.delivered(&mut tx, world.court).await;
    let draft = world.draft(&mut tx).await;
    for (document, file) in [
        (&sent, one.id),
        (&second, again.id),
        (&draft, one.id),
        (&innocent, other.id),
    ] {
        let files = [(file, FileRole::Main)];
        tx.documents().set_files(document.id, &files).await.unwrap();
    }
    assert!(tx.files().attach(one.id).await.unwrap());
    let mut taken = tx.refused().take_files(one.digest, "已销毁").await.unwrap();
    taken.sort();
    assert_eq!(taken, [one.id, again.id]);
    assert!(
        !tx.files().attach(one.id).await.unwrap(),
        "it cannot be sent any more"
    );
    assert!(
        tx.files()
            .find_in(world.court, sent.id, one.id)
            .await
            .unwrap()
            .is_none()
    );
    let digests = tx.files().digests("", 9).await.unwrap();
    assert_eq!(digests.len(), 1, "what is destroyed is not to be there");

    let mut holders = tx.refused().holders(one.digest).await.unwrap();
    holders.sort();
    assert_eq!(holders, [sent.id, second.id], "not the draft");
    assert!(
        tx.refused()
            .quarantine(sent.id, "已隔离", at(70))
            .await
            .unwrap()
    );
    assert!(
        !tx.refused()
            .quarantine(sent.id, "又隔离", at(80))
            .await
            .unwrap()
    );
    assert_eq!(tx.refused().holders(one.digest).await.unwrap(), [second.id]);

    let line = tx.obligations().find_for(None, owed.id).await.unwrap();
    let state = line.unwrap().obligation.state;
    assert_eq!(state, ObligationState::Withdrawn, "nobody can answer it");
    let court = tx.documents().find_for(world.court, sent.id).await.unwrap();
    assert!(court.is_none(), "whom it was sent to knows nothing of it");
    let seen = tx
        .documents()
        .find_for(world.government, sent.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (seen.title.as_str(), seen.quarantined_at),
        ("已隔离", Some(at(70)))
    );
    assert!(seen.fields.is_empty() && seen.case_number.is_none() && seen.files.is_empty());
    assert_eq!(seen.revision, sent.revision + 1);
    assert!(tx.documents().find_sent(sent.id).await.unwrap().is_none());
    assert!(
        tx.documents()
            .find_sent(innocent.id)
            .await
            .unwrap()
            .is_some()
    );
}

#[tokio::test]
async fn answers_that_speak_of_it_are_forgotten() {
    let world = World::new().await;
    let (about, other) = (Uuid::now_v7(), Uuid::now_v7());
    let mut tx = world.write().await;
    for (key, id) in [("甲", about), ("乙", other)] {
        let (user, route) = (world.clerk, "POST /documents");
        let mut table = tx.idempotency();
        table.take(user, key, route, &[1], at(1)).await.unwrap();
        let answer = KeptAnswer {
            fingerprint: vec![1],
            status: Some(201),
            etag: None,
            location: None,
            body: Some(format!("{{\"id\":\"{id}\",\"title\":\"函\"}}")),
        };
        table.keep(user, key, route, &answer).await.unwrap();
    }
    tx.refused().forget_answers(about).await.unwrap();
    for (key, kept) in [("甲", false), ("乙", true)] {
        let found = tx
            .idempotency()
            .find(world.clerk, key, "POST /documents")
            .await;
        assert_eq!(found.unwrap().is_some(), kept);
    }
}
