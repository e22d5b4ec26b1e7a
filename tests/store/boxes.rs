//! Lists that are filtered: the box of a unit by each criterion, alone and together; and the board
//! of a sender.

use wenshu::{
    domain::{
        Assignment, Delivery, DeliveryBox, DeliveryFilter, DeliveryState, DocumentFilter,
        HandlerRole, RecipientRole, Tally, UnitId, Urgency,
    },
    store::{Basis, Tx},
};

use crate::{
    deliveries::walk,
    world::{World, a_delivery, at},
};

/// Sixty deliveries to the court that differ in everything that is asked for.
async fn a_full_box(world: &World, tx: &mut Tx) -> Vec<Delivery> {
    let mut deliveries = Vec::new();
    for n in 0..60_usize {
        let document = world.sent(tx).await.id;
        let mut delivery = Delivery {
            sent_at: at(i64::try_from(n / 3).unwrap()),
            kind: ["GW-HAN", "SJ-ZH", "FG-TB"][n % 3].to_owned(),
            sender: [world.government, world.procuratorate][n % 2],
            role: RecipientRole::ALL[n % 3],
            urgency: Urgency::ALL[(n / 2) % 3],
            ..a_delivery(document, world.court)
        };
        assert!(tx.deliveries().insert(&delivery).await.unwrap());
        let (id, clerk) = (delivery.id, world.clerk);
        if n % 4 > 0 {
            assert!(
                tx.deliveries()
                    .mark_signed(id, clerk, None, at(99))
                    .await
                    .unwrap()
            );
            delivery.state = DeliveryState::Signed;
        }
        if n % 4 > 1 {
            delivery.turn = tx.deliveries().next_turn(id).await.unwrap().unwrap();
            let lead = Assignment {
                delivery: id,
                turn: 1,
                user: clerk,
                role: HandlerRole::Lead,
                assigned: (clerk, at(99)),
                note: None,
            };
            tx.assignments().replace(&delivery, &[lead]).await.unwrap();
        }
        if n % 4 > 2 {
            assert!(
                tx.deliveries()
                    .mark_done(id, clerk, None, at(99))
                    .await
                    .unwrap()
            );
            delivery.done = Some((clerk, at(99)));
        }
        deliveries.push(delivery);
    }
    deliveries.sort_by_key(|delivery| std::cmp::Reverse((delivery.sent_at, delivery.id)));
    deliveries
}

async fn finds(
    tx: &mut Tx,
    unit: UnitId,
    all: &[Delivery],
    filter: DeliveryFilter,
    fits: impl Fn(&Delivery) -> bool,
) {
    let expected: Vec<_> = all
        .iter()
        .filter(|one| fits(one))
        .map(|one| one.id)
        .collect();
    assert!(!expected.is_empty(), "{filter:?} shows nothing");
    let shown = format!("{filter:?}");
    assert_eq!(walk(tx, unit, filter).await, expected, "{shown}");
}

#[tokio::test]
async fn each_criterion_finds_what_has_it_alone_and_with_the_others() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let all = a_full_box(&world, &mut tx).await;
    let (court, clerk) = (world.court, world.clerk);
    let none = DeliveryFilter::default;
    for folder in &DeliveryBox::ALL[..4] {
        let filter = DeliveryFilter {
            folder: Some(*folder),
            ..none()
        };
        finds(&mut tx, court, &all, filter, |one| one.folder() == *folder).await;
    }
    let sender = DeliveryFilter {
        sender: Some(world.procuratorate),
        ..none()
    };
    let from = world.procuratorate;
    finds(&mut tx, court, &all, sender.clone(), |one| {
        one.sender == from
    })
    .await;
    let role = DeliveryFilter {
        role: Some(RecipientRole::Copy),
        ..none()
    };
    finds(&mut tx, court, &all, role, |one| {
        one.role == RecipientRole::Copy
    })
    .await;
    let urgency = DeliveryFilter {
        urgency: Some(Urgency::ExtraUrgent),
        ..none()
    };
    finds(&mut tx, court, &all, urgency.clone(), |one| {
        one.urgency == Urgency::ExtraUrgent
    })
    .await;
    let mine = DeliveryFilter {
        assigned_to: Some(clerk),
        ..none()
    };
    finds(&mut tx, court, &all, mine.clone(), |one| one.turn > 0).await;
    let times = DeliveryFilter {
        since: Some(at(4)),
        until: Some(at(9)),
        ..none()
    };
    finds(&mut tx, court, &all, times.clone(), |one| {
        one.sent_at >= at(4) && one.sent_at < at(9)
    })
    .await;
    let together = DeliveryFilter {
        kind: Some("SJ-ZH".to_owned()),
        folder: Some(DeliveryBox::InHand),
        sender: Some(world.government),
        ..times
    };
    finds(&mut tx, court, &all, together, |one| {
        one.sent_at >= at(4)
            && one.sent_at < at(9)
            && one.kind == "SJ-ZH"
            && one.folder() == DeliveryBox::InHand
            && one.sender == world.government
    })
    .await;
    let mine_done = DeliveryFilter {
        folder: Some(DeliveryBox::Done),
        ..mine
    };
    finds(&mut tx, court, &all, mine_done, |one| one.done.is_some()).await;
    assert_eq!(walk(&mut tx, world.government, none()).await, []);
}

#[tokio::test]
async fn a_draft_that_changes_its_kind_is_listed_under_the_new_one() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let mut draft = world.draft(&mut tx).await;
    "GW-HAN".clone_into(&mut draft.kind);
    draft.revision += 1;
    assert!(tx.documents().update(&draft).await.unwrap());
    for (kind, expected) in [("GW-HAN", 1), ("JC-JY", 0)] {
        let filter = DocumentFilter {
            kind: Some(kind.to_owned()),
            ..DocumentFilter::default()
        };
        let found = tx.documents().list_for(world.government, &filter, 9).await;
        assert_eq!(found.unwrap().len(), expected, "{kind}");
    }
    tx.access().set_kind(draft.id, "SJ-ZH").await.unwrap();
    let filter = DocumentFilter {
        kind: Some("SJ-ZH".to_owned()),
        ..DocumentFilter::default()
    };
    let found = tx.documents().list_for(world.government, &filter, 9).await;
    assert_eq!(found.unwrap().len(), 1);
}

#[tokio::test]
async fn the_board_shows_what_was_sent_and_how_far_it_has_come() {
    let world = World::new().await;
    let mut tx = world.write().await;
    world.draft(&mut tx).await;
    let mut sent = Vec::new();
    for _ in 0..3 {
        sent.push(world.sent(&mut tx).await.id);
    }
    sent.reverse();
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = tx
            .documents()
            .sent_by(world.government, after, 2)
            .await
            .unwrap();
        let Some(last) = page.last() else { break };
        after = last.sent.map(|(_, at)| (at, last.id));
        found.extend(page.iter().map(|document| document.id));
    }
    assert_eq!(found, sent);
    let strangers = tx.documents().sent_by(world.court, None, 9).await.unwrap();
    assert!(strangers.is_empty());

    let document = sent[0];
    let (court, clerk) = (
        world.deliver(&mut tx, document, world.court).await,
        world.clerk,
    );
    let mut copy = a_delivery(document, world.procuratorate);
    copy.role = RecipientRole::Copy;
    assert!(tx.deliveries().insert(&copy).await.unwrap());
    assert!(
        tx.deliveries()
            .mark_read(court.id, clerk, at(8))
            .await
            .unwrap()
    );
    assert!(
        tx.deliveries()
            .mark_signed(court.id, clerk, None, at(9))
            .await
            .unwrap()
    );
    assert!(tx.deliveries().mark_returned(copy.id, 1).await.unwrap());
    let tallies = tx
        .documents()
        .tallies_for(world.government, &sent)
        .await
        .unwrap();
    let expected = Tally {
        recipients: 2,
        arrived: 2,
        read: 1,
        signed: 1,
        returned: 1,
        to_decide: 1,
        ..Tally::default()
    };
    assert_eq!(tallies, [(document, expected)]);
    let theirs = tx
        .documents()
        .tallies_for(world.court, &sent)
        .await
        .unwrap();
    assert_eq!(theirs, []);
    tx.access()
        .grant(world.procuratorate, document, Basis::Joint, at(1))
        .await
        .unwrap();
    let joint = tx.documents().tallies_for(world.procuratorate, &sent).await;
    assert_eq!(joint.unwrap(), [(document, expected)]);
}
