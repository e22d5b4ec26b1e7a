//! What becomes of a document, its deliveries and its duties when it is recalled or corrected.

use wenshu::{
    domain::{DeliveryState, Document, DocumentId, DocumentState, Noted, ObligationState, UnitId},
    store::{Basis, Tx},
};

use crate::world::{World, a_document, an_obligation, at};

/// A correction of a document, a draft of the government.
async fn corrects(world: &World, tx: &mut Tx, original: &Document) -> Document {
    let correction = Document {
        version: original.version + 1,
        replaces: Some(original.id),
        number: Some("沙政函〔2026〕3号".parse().unwrap()),
        amendment: Some("更正".to_owned()),
        ..a_document(world.government, world.clerk)
    };
    tx.documents().insert(&correction).await.unwrap();
    let (unit, basis) = (world.government, Basis::Issuer);
    tx.access()
        .grant(unit, correction.id, basis, at(1))
        .await
        .unwrap();
    correction
}

async fn versions(tx: &mut Tx, viewer: UnitId, id: DocumentId) -> Vec<DocumentId> {
    let found = tx.documents().versions_for(viewer, id).await.unwrap();
    found.iter().map(|one| one.id).collect()
}

#[tokio::test]
async fn the_versions_of_a_document_are_a_chain_of_which_each_sees_its_part() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let (first, _) = world.delivered(&mut tx, world.court).await;
    assert_eq!(tx.documents().correction_of(first.id).await.unwrap(), None);
    let second = corrects(&world, &mut tx, &first).await;
    let third = corrects(&world, &mut tx, &second).await;
    assert_eq!(
        tx.documents().correction_of(first.id).await.unwrap(),
        Some(second.id)
    );
    let found = world.found(&mut tx, second.id).await;
    assert_eq!(found, second);
    for one in [&first, &second, &third] {
        let chain = versions(&mut tx, world.government, one.id).await;
        assert_eq!(chain, [first.id, second.id, third.id]);
        assert_eq!(versions(&mut tx, world.court, one.id).await, [first.id]);
    }
    let twin = Document {
        replaces: Some(first.id),
        ..a_document(world.government, world.clerk)
    };
    let twice = tx.documents().insert(&twin).await;
    assert!(twice.unwrap_err().is_duplicate());
}

#[tokio::test]
async fn deliveries_end_at_once_and_tell_whether_anybody_had_signed() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let (document, unsigned) = world.delivered(&mut tx, world.court).await;
    let ended = DeliveryState::Recalled;
    assert!(!tx.deliveries().end_all(document.id, ended).await.unwrap());
    let late = tx.deliveries();
    let late = { late }
        .mark_signed(unsigned.id, world.clerk, None, at(9))
        .await;
    assert!(!late.unwrap(), "it is over");
    let all = tx.deliveries().of_document(document.id).await.unwrap();
    assert_eq!(all.len(), 1);
    assert_eq!((all[0].state, all[0].signed), (ended, None));

    let (document, signed) = world.delivered(&mut tx, world.court).await;
    world
        .deliver(&mut tx, document.id, world.procuratorate)
        .await;
    let mut deliveries = tx.deliveries();
    assert!(
        deliveries
            .mark_signed(signed.id, world.clerk, None, at(9))
            .await
            .unwrap()
    );
    assert!(tx.deliveries().end_all(document.id, ended).await.unwrap());
    let all = tx.deliveries().of_document(document.id).await.unwrap();
    assert!(all.iter().all(|one| one.state == ended), "{all:?}");
}

#[tokio::test]
async fn what_is_owed_is_withdrawn_and_what_was_answered_stays() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let (document, delivery) = world.delivered(&mut tx, world.court).await;
    let duty = an_obligation(&delivery, world.government);
    tx.obligations().insert(&duty).await.unwrap();
    let other = world
        .deliver(&mut tx, document.id, world.procuratorate)
        .await;
    let mut answered = an_obligation(&other, world.government);
    tx.obligations().insert(&answered).await.unwrap();
    assert!(tx.obligations().any_open(document.id).await.unwrap());
    answered.state = ObligationState::Replied;
    answered.reply = Some((document.id, at(8)));
    answered.revision += 1;
    assert!(tx.obligations().update(&answered).await.unwrap());
    tx.obligations().withdraw_all(document.id).await.unwrap();
    assert!(!tx.obligations().any_open(document.id).await.unwrap());
    for (delivery, state) in [
        (delivery.id, ObligationState::Withdrawn),
        (other.id, ObligationState::Replied),
    ] {
        let found = tx.obligations().of_delivery(delivery).await.unwrap();
        assert_eq!(found.unwrap().state, state);
    }
}

#[tokio::test]
async fn a_recalled_document_leaves_a_trace_to_those_it_was_delivered_to() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let (mut document, delivery) = world.delivered(&mut tx, world.court).await;
    tx.access().revoke(document.id, Basis::Main).await.unwrap();
    let own = tx.deliveries().find_for(world.court, delivery.id).await;
    assert!(own.unwrap().is_none(), "access decides");
    let ended = DeliveryState::Recalled;
    tx.deliveries().end_all(document.id, ended).await.unwrap();
    let own = tx.deliveries().find_for(world.court, delivery.id).await;
    assert!(own.unwrap().is_some(), "a trace is left");
    let (court, other) = (world.court, world.procuratorate);
    let early = recalled_from(&mut tx, court, document.id).await;
    assert!(early.is_empty(), "it is not recalled");
    document.state = DocumentState::Recalled;
    document.recalled = Some(Noted {
        act: (world.clerk, at(7)),
        reason: "有误".to_owned(),
    });
    document.revision += 1;
    assert!(tx.documents().update(&document).await.unwrap());
    assert_eq!(
        recalled_from(&mut tx, court, document.id).await,
        [document.id]
    );
    assert!(recalled_from(&mut tx, other, document.id).await.is_empty());
}

async fn recalled_from(tx: &mut Tx, unit: UnitId, id: DocumentId) -> Vec<DocumentId> {
    let found = tx.documents().recalled_from(unit, &[id]).await.unwrap();
    found.iter().map(|one| one.id).collect()
}
