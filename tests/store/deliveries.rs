use wenshu::{
    domain::{
        Delivery, DeliveryFilter, DeliveryId, DeliveryState, DocumentId, RecipientRole, UnitId,
        UserId,
    },
    store::{Basis, Tx},
};

use crate::world::{World, a_delivery, at};

#[tokio::test]
async fn a_delivery_is_found_as_it_was_made() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let document = world.sent(&mut tx).await.id;
    let delivery = Delivery {
        role: RecipientRole::Copy,
        sent_at: at(70),
        arrived_at: None,
        revision: 3,
        ..a_delivery(document, world.court)
    };
    assert!(tx.deliveries().insert(&delivery).await.unwrap());
    tx.access()
        .grant(world.court, document, Basis::Copy, at(70))
        .await
        .unwrap();
    tx.commit().await.unwrap();

    let mut tx = world.read().await;
    for viewer in [world.court, world.government] {
        let found = tx.deliveries().find_for(viewer, delivery.id).await.unwrap();
        assert_eq!(found.as_ref(), Some(&delivery));
    }
    assert_eq!(
        tx.deliveries()
            .find_for(world.court, DeliveryId::fresh())
            .await
            .unwrap(),
        None
    );
    let found = tx
        .deliveries()
        .find_of(document, world.court)
        .await
        .unwrap();
    assert_eq!(found, Some(delivery));
    assert_eq!(
        tx.deliveries()
            .find_of(document, world.procuratorate)
            .await
            .unwrap(),
        None
    );
}

#[tokio::test]
async fn many_deliveries_are_found_as_they_were_made() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let document = world.sent(&mut tx).await.id;
    let untouched = a_delivery(document, world.court);
    let signed = Delivery {
        role: RecipientRole::Copy,
        state: DeliveryState::Signed,
        arrived_at: None,
        first_read: Some((world.clerk, at(80))),
        signed: Some((world.clerk, at(90))),
        sign_note: Some("收讫，“原件”\\附后\n".to_owned()),
        round: 2,
        revision: 7,
        ..a_delivery(document, world.procuratorate)
    };
    let made = [untouched, signed];
    tx.deliveries().insert_all(&made).await.unwrap();
    tx.deliveries().insert_all(&[]).await.unwrap();
    for delivery in made {
        let found = tx.deliveries().find_of(document, delivery.unit).await;
        assert_eq!(found.unwrap(), Some(delivery));
    }
    let second = a_delivery(document, world.court);
    let third = a_delivery(document, world.government);
    let kept = tx.deliveries().insert_all(&[third, second]).await;
    assert_eq!(kept.unwrap(), 1, "one of them is in that box already");
}

#[tokio::test]
async fn issuers_know_every_delivery_and_a_recipient_its_own() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let document = world.sent(&mut tx).await.id;
    let mut copy = a_delivery(document, world.procuratorate);
    copy.role = RecipientRole::Copy;
    assert!(tx.deliveries().insert(&copy).await.unwrap());
    tx.access()
        .grant(copy.unit, document, Basis::Copy, at(1))
        .await
        .unwrap();
    let main = world.deliver(&mut tx, document, world.court).await;
    for (viewer, expected) in [
        (world.government, vec![main.clone(), copy.clone()]),
        (world.court, vec![main]),
        (world.procuratorate, vec![copy]),
        (UnitId::fresh(), vec![]),
    ] {
        let found = tx
            .deliveries()
            .of_document_for(viewer, document)
            .await
            .unwrap();
        assert_eq!(found, expected);
    }
}

#[tokio::test]
async fn a_document_is_delivered_to_a_unit_once() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let (document, _) = world.delivered(&mut tx, world.court).await;
    let second = a_delivery(document.id, world.court);
    assert!(!tx.deliveries().insert(&second).await.unwrap());
}

async fn inbox(tx: &mut Tx, unit: UnitId, state: Option<DeliveryState>) -> Vec<DeliveryId> {
    let filter = DeliveryFilter {
        state,
        ..DeliveryFilter::default()
    };
    walk(tx, unit, filter).await
}

/// Everything that a filter finds, in pages of two.
pub async fn walk(tx: &mut Tx, unit: UnitId, mut filter: DeliveryFilter) -> Vec<DeliveryId> {
    let mut ids = Vec::new();
    loop {
        let (page, next) = tx.deliveries().inbox(unit, &filter, 2).await.unwrap();
        assert!(page.len() <= 2);
        ids.extend(page.iter().map(|delivery| delivery.id));
        match next {
            Some(_) => filter.after = next,
            None => return ids,
        }
    }
}

#[tokio::test]
async fn pages_of_a_box_follow_each_other_newest_first_without_loss() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let mut expected = Vec::new();
    for (n, moment) in [5, 5, 5, 1, 9, 9, 3].into_iter().enumerate() {
        let document = world.sent(&mut tx).await.id;
        let delivery = Delivery {
            sent_at: at(moment),
            ..a_delivery(document, world.court)
        };
        assert!(tx.deliveries().insert(&delivery).await.unwrap());
        let is_read = n % 3 == 0;
        if is_read {
            assert!(
                tx.deliveries()
                    .mark_read(delivery.id, world.clerk, at(50))
                    .await
                    .unwrap()
            );
        }
        expected.push((at(moment), delivery.id, is_read));
    }
    expected.sort_by(|a, b| b.cmp(a));
    let ids = |wanted: &dyn Fn(bool) -> bool| -> Vec<_> {
        let those = expected.iter().filter(|(.., is_read)| wanted(*is_read));
        those.map(|(_, id, _)| *id).collect()
    };
    let (read, arrived) = (Some(DeliveryState::Read), Some(DeliveryState::Arrived));
    assert_eq!(inbox(&mut tx, world.court, None).await, ids(&|_| true));
    assert_eq!(
        inbox(&mut tx, world.court, read).await,
        ids(&|is_read| is_read)
    );
    assert_eq!(
        inbox(&mut tx, world.court, arrived).await,
        ids(&|is_read| !is_read)
    );
    assert!(
        inbox(&mut tx, world.court, Some(DeliveryState::Signed))
            .await
            .is_empty()
    );
    assert!(inbox(&mut tx, world.government, None).await.is_empty());
}

#[tokio::test]
async fn the_first_reading_stands() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let (_, delivery) = world.delivered(&mut tx, world.court).await;
    let (id, clerk) = (delivery.id, world.clerk);
    assert!(tx.deliveries().mark_read(id, clerk, at(10)).await.unwrap());
    assert!(!tx.deliveries().mark_read(id, clerk, at(20)).await.unwrap());
    let found = tx
        .deliveries()
        .find_for(world.court, id)
        .await
        .unwrap()
        .unwrap();
    let read = Delivery {
        state: DeliveryState::Read,
        first_read: Some((clerk, at(10))),
        revision: 2,
        ..delivery
    };
    assert_eq!(found, read);
}

#[tokio::test]
async fn the_first_signing_stands_and_reading_afterwards_does_not_undo_it() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let (_, delivery) = world.delivered(&mut tx, world.court).await;
    let (id, clerk) = (delivery.id, world.clerk);
    let note = Some("已收，转办公室");
    assert!(
        tx.deliveries()
            .mark_signed(id, clerk, note, at(10))
            .await
            .unwrap()
    );
    assert!(
        !tx.deliveries()
            .mark_signed(id, clerk, None, at(20))
            .await
            .unwrap()
    );
    assert!(tx.deliveries().mark_read(id, clerk, at(30)).await.unwrap());
    let found = tx
        .deliveries()
        .find_for(world.court, id)
        .await
        .unwrap()
        .unwrap();
    let signed = Delivery {
        state: DeliveryState::Signed,
        first_read: Some((clerk, at(30))),
        signed: Some((clerk, at(10))),
        sign_note: note.map(str::to_owned),
        revision: 3,
        ..delivery
    };
    assert_eq!(found, signed);
}

#[tokio::test]
async fn a_persons_first_reading_is_told_from_the_next_in_each_unit_and_round() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let (document, delivery) = world.delivered(&mut tx, world.court).await;
    let (unit, clerk) = (world.court, world.clerk);
    let unread = async |tx: &mut Tx, document, unit, user| {
        tx.deliveries()
            .is_unread_by(document, unit, user)
            .await
            .unwrap()
    };
    assert!(unread(&mut tx, document.id, unit, clerk).await);
    for (at_ms, first) in [(1, true), (2, false)] {
        let marked = tx
            .deliveries()
            .mark_reader(document.id, unit, clerk, 1, at(at_ms))
            .await
            .unwrap();
        assert_eq!(marked, first);
    }
    for (document, unit, user, expected) in [
        (document.id, unit, clerk, false),
        (document.id, unit, UserId::fresh(), true),
        // Nothing lies there to be read.
        (document.id, world.procuratorate, clerk, false),
        (DocumentId::fresh(), unit, clerk, false),
    ] {
        assert_eq!(unread(&mut tx, document, unit, user).await, expected);
    }
    let id = delivery.id;
    assert!(tx.deliveries().mark_returned(id, 1).await.unwrap());
    assert!(tx.deliveries().send_again(id, 1, at(9)).await.unwrap());
    assert!(unread(&mut tx, document.id, unit, clerk).await);
}
