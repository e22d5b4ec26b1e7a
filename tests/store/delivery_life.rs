//! What is done to a delivery: of two who are at it at once, one is told that it was not the
//! first.

use jiff::civil::date;
use wenshu::{
    domain::{
        Assignment, Delivery, DeliveryId, DeliveryState, Forwarding, HandlerRole, RecipientRole,
        Return, ReturnDecision, ReturnOutcome, ReturnReason, Role, SignedKind, UserId,
    },
    store::{Basis, Tx},
};

use crate::world::{World, a_delivery, a_user, at};

async fn found(tx: &mut Tx, world: &World, id: DeliveryId) -> Delivery {
    let found = tx.deliveries().find_for(world.court, id).await.unwrap();
    found.expect("it is there")
}

fn a_return(world: &World, delivery: DeliveryId, round: i64) -> Return {
    Return {
        delivery,
        round,
        reason: ReturnReason::Other,
        note: Some("应由检察院办理".to_owned()),
        returned: (world.clerk, at(20)),
        decision: None,
    }
}

#[tokio::test]
async fn it_goes_back_once_in_a_round_and_is_decided_on_once() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let (_, delivery) = world.delivered(&mut tx, world.court).await;
    let id = delivery.id;
    assert!(!tx.deliveries().put_back(id, 1).await.unwrap());
    assert!(!tx.deliveries().mark_returned(id, 2).await.unwrap());
    assert!(tx.deliveries().mark_returned(id, 1).await.unwrap());
    assert!(!tx.deliveries().mark_returned(id, 1).await.unwrap());
    let one = a_return(&world, id, 1);
    assert!(tx.returns().insert(&one).await.unwrap());
    assert!(!tx.returns().insert(&one).await.unwrap());
    assert_eq!(
        found(&mut tx, &world, id).await.state,
        DeliveryState::Returned
    );

    let decision = ReturnDecision {
        outcome: ReturnOutcome::Refused,
        note: Some("属你单位职责".to_owned()),
        decided: (world.clerk, at(30)),
    };
    assert!(tx.returns().decide(id, 1, &decision).await.unwrap());
    assert!(!tx.returns().decide(id, 1, &decision).await.unwrap());
    assert!(!tx.returns().decide(id, 2, &decision).await.unwrap());
    let decided = Return {
        decision: Some(decision),
        ..one
    };
    let kept = tx.returns().of_round(id, 1).await.unwrap();
    assert_eq!(kept.as_ref(), Some(&decided));
    assert_eq!(tx.returns().of_round(id, 2).await.unwrap(), None);
    for (viewer, expected) in [
        (world.court, vec![decided.clone()]),
        (world.government, vec![decided]),
        (world.procuratorate, vec![]),
    ] {
        let ids = [DeliveryId::fresh(), id];
        let found = tx.returns().of_deliveries_for(viewer, &ids).await.unwrap();
        assert_eq!(found, expected);
    }
}

#[tokio::test]
async fn it_comes_back_as_it_was_or_anew() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let (_, unread) = world.delivered(&mut tx, world.court).await;
    let (_, read) = world.delivered(&mut tx, world.court).await;
    assert!(
        tx.deliveries()
            .mark_read(read.id, world.clerk, at(10))
            .await
            .unwrap()
    );
    for (id, was) in [
        (unread.id, DeliveryState::Arrived),
        (read.id, DeliveryState::Read),
    ] {
        assert!(tx.deliveries().mark_returned(id, 1).await.unwrap());
        assert!(tx.deliveries().put_back(id, 1).await.unwrap());
        assert_eq!(found(&mut tx, &world, id).await.state, was);
        assert!(!tx.deliveries().send_again(id, 1, at(50)).await.unwrap());
        assert!(tx.deliveries().mark_returned(id, 1).await.unwrap());
        assert!(tx.deliveries().send_again(id, 1, at(50)).await.unwrap());
        let anew = found(&mut tx, &world, id).await;
        assert_eq!((anew.state, anew.round), (DeliveryState::Arrived, 2));
        assert_eq!((anew.sent_at, anew.arrived_at), (at(50), Some(at(50))));
        assert_eq!(anew.first_read, None);
    }
}

#[tokio::test]
async fn what_is_out_of_the_box_is_not_signed_for() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let (_, delivery) = world.delivered(&mut tx, world.court).await;
    let (id, clerk) = (delivery.id, world.clerk);
    assert!(tx.deliveries().mark_returned(id, 1).await.unwrap());
    let signed = tx.deliveries().mark_signed(id, clerk, None, at(30)).await;
    assert!(!signed.unwrap());
    let on = date(2026, 9, 24);
    assert!(
        !tx.deliveries()
            .mark_deemed(id, 1, on, at(40))
            .await
            .unwrap()
    );
    assert!(!tx.deliveries().hold_signed(id).await.unwrap());
    assert_eq!(tx.deliveries().next_turn(id).await.unwrap(), None);
    assert!(
        !tx.deliveries()
            .mark_done(id, clerk, None, at(50))
            .await
            .unwrap()
    );
    assert_eq!(found(&mut tx, &world, id).await.revision, 2);
}

#[tokio::test]
async fn the_rule_signs_once_and_a_person_may_sign_after_it() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let (_, delivery) = world.delivered(&mut tx, world.court).await;
    let (id, on) = (delivery.id, date(2026, 9, 24));
    assert!(
        !tx.deliveries()
            .mark_deemed(id, 2, on, at(40))
            .await
            .unwrap()
    );
    assert!(
        tx.deliveries()
            .mark_deemed(id, 1, on, at(40))
            .await
            .unwrap()
    );
    assert!(
        !tx.deliveries()
            .mark_deemed(id, 1, on, at(41))
            .await
            .unwrap()
    );
    let deemed = found(&mut tx, &world, id).await;
    assert_eq!(deemed.deemed_on, Some(on));
    assert_eq!(deemed.signed_kind(), Some(SignedKind::Deemed));
    assert_eq!(deemed.state_label(), "视为签收");
    let clerk = world.clerk;
    let mut sign = async || tx.deliveries().mark_signed(id, clerk, None, at(60)).await;
    assert!(sign().await.unwrap());
    assert!(!sign().await.unwrap());
    let signed = found(&mut tx, &world, id).await;
    assert_eq!(signed.deemed_on, Some(on));
    assert_eq!(signed.signed_kind(), Some(SignedKind::Person));
    assert_eq!(signed.state_label(), "已签收");
}

#[tokio::test]
async fn the_rule_is_told_what_waits_oldest_first_and_nothing_else() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let mut ids = Vec::new();
    for arrived in [40, 10, 30, 10, 90, 20] {
        let document = world.sent(&mut tx).await.id;
        let delivery = Delivery {
            arrived_at: Some(at(arrived)),
            ..a_delivery(document, world.court)
        };
        assert!(tx.deliveries().insert(&delivery).await.unwrap());
        ids.push((at(arrived), delivery.id));
    }
    // One is signed for, one was returned, one was put back too short a time ago.
    let signed = ids[0].1;
    let clerk = world.clerk;
    assert!(
        tx.deliveries()
            .mark_signed(signed, clerk, None, at(41))
            .await
            .unwrap()
    );
    assert!(tx.deliveries().mark_returned(ids[2].1, 1).await.unwrap());
    for (place, decided) in [(5, 60), (1, 25)] {
        let id = ids[place].1;
        assert!(tx.returns().insert(&a_return(&world, id, 1)).await.unwrap());
        let decision = ReturnDecision {
            outcome: ReturnOutcome::Refused,
            note: None,
            decided: (world.clerk, at(decided)),
        };
        assert!(tx.returns().decide(id, 1, &decision).await.unwrap());
    }
    let mut expected = vec![ids[1], ids[3]];
    expected.sort();
    let (mut waiting, mut after) = (Vec::new(), None);
    loop {
        let page = tx
            .deliveries()
            .unsigned_since(at(50), after, 1)
            .await
            .unwrap();
        let Some(one) = page.first() else { break };
        after = Some((one.arrived_at.unwrap(), one.id));
        waiting.extend(after);
    }
    assert_eq!(waiting, expected);
}

#[tokio::test]
async fn the_box_in_the_database_is_the_box_of_the_domain() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let (_, delivery) = world.delivered(&mut tx, world.court).await;
    let (id, clerk) = (delivery.id, world.clerk);
    let mut seen = Vec::new();
    for step in 0..7 {
        match step {
            1 => assert!(tx.deliveries().mark_returned(id, 1).await.unwrap()),
            2 => assert!(tx.deliveries().put_back(id, 1).await.unwrap()),
            3 => assert!(
                tx.deliveries()
                    .mark_signed(id, clerk, None, at(1))
                    .await
                    .unwrap()
            ),
            4 => assert_eq!(tx.deliveries().next_turn(id).await.unwrap(), Some(1)),
            5 => assert!(
                tx.deliveries()
                    .mark_done(id, clerk, Some("办完"), at(2))
                    .await
                    .unwrap()
            ),
            6 => {
                assert!(
                    !tx.deliveries()
                        .mark_done(id, clerk, None, at(2))
                        .await
                        .unwrap()
                );
                assert_eq!(tx.deliveries().next_turn(id).await.unwrap(), None);
                let done = found(&mut tx, &world, id).await;
                assert_eq!(done.done, Some((clerk, at(2))));
                assert_eq!(done.done_note.as_deref(), Some("办完"));
                assert!(tx.deliveries().reopen(id).await.unwrap());
                assert!(!tx.deliveries().reopen(id).await.unwrap());
                assert!(tx.deliveries().hold_signed(id).await.unwrap());
            }
            _ => {}
        }
        let folder = found(&mut tx, &world, id).await.folder();
        let counts = tx.deliveries().counts(world.court).await.unwrap();
        for one in counts {
            let expected = u64::from(one.folder == folder);
            assert_eq!(
                (one.count, one.more),
                (expected, false),
                "step {step}: {one:?}"
            );
        }
        seen.push(folder.code());
    }
    let expected = [
        "unsigned", "closed", "unsigned", "signed", "in_hand", "done", "in_hand",
    ];
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn handlers_are_replaced_and_known_to_their_unit_alone() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let (_, delivery) = world.delivered(&mut tx, world.court).await;
    let people = [
        a_user("handler", world.court),
        a_user("another", world.court),
    ];
    for user in &people {
        assert!(tx.users().insert(user, "hash").await.unwrap());
    }
    let handler = |user: UserId, role, turn| Assignment {
        delivery: delivery.id,
        turn,
        user,
        role,
        assigned: (world.clerk, at(7)),
        note: Some("请办".to_owned()),
    };
    let [one, other] = [people[0].id, people[1].id];
    let first = [
        handler(other, HandlerRole::Support, 1),
        handler(one, HandlerRole::Lead, 1),
    ];
    tx.assignments().replace(&delivery, &first).await.unwrap();
    let second = [handler(other, HandlerRole::Lead, 2)];
    tx.assignments().replace(&delivery, &second).await.unwrap();
    let mut handlers = async |unit| {
        tx.assignments()
            .of_deliveries_in(unit, &[delivery.id])
            .await
            .unwrap()
    };
    assert_eq!(handlers(world.court).await, second);
    assert_eq!(handlers(world.government).await, []);
    let members = tx.assignments().members_of(world.court).await.unwrap();
    let roles = vec![Role::Clerk, Role::Signer];
    let expected = [(one, roles.clone()), (other, roles)];
    let members: Vec<_> = members
        .into_iter()
        .map(|(id, _, roles)| (id, roles))
        .collect();
    assert_eq!(members, expected);
}

#[tokio::test]
async fn what_was_passed_on_names_where_it_comes_from() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let (document, from) = world.delivered(&mut tx, world.court).await;
    let forward = Delivery {
        role: RecipientRole::Forward,
        forwarded: Some(Forwarding {
            from: from.id,
            unit: world.court,
            by: world.clerk,
            note: Some("请阅".to_owned()),
        }),
        ..a_delivery(document.id, world.procuratorate)
    };
    assert!(tx.deliveries().insert(&forward).await.unwrap());
    let since = forward.sent_at;
    tx.access()
        .grant(world.procuratorate, document.id, Basis::Forward, since)
        .await
        .unwrap();
    // The issuer, who passed it on, and who has got it.
    for viewer in [world.government, world.court, world.procuratorate] {
        let found = tx.deliveries().find_for(viewer, forward.id).await.unwrap();
        assert_eq!(found.as_ref(), Some(&forward));
    }
    let seen = async |tx: &mut Tx, viewer| {
        let found = tx.deliveries().of_document_for(viewer, document.id).await;
        found
            .unwrap()
            .iter()
            .map(|one| one.unit)
            .collect::<Vec<_>>()
    };
    let (court, procuratorate) = (world.court, world.procuratorate);
    assert_eq!(seen(&mut tx, court).await, [court, procuratorate]);
    assert_eq!(seen(&mut tx, procuratorate).await, [procuratorate]);
}
