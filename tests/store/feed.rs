//! What each unit is told, and that it costs the same whatever the others do.

use std::time::Instant;

use wenshu::{
    domain::{Change, DocumentId, EventType, FeedPlace, Subject, UnitId},
    store::{Basis, Tx},
};

use crate::world::{World, at};

fn happens(tx: &mut Tx, document: DocumentId, what: &'static str, party: Option<UnitId>) {
    tx.happened(Change {
        party,
        ..Change::of_document(document, what, at(7))
    });
}

/// What a unit is told: the positions and kinds, and what it may not see any more.
async fn told(world: &World, unit: UnitId) -> Vec<(u64, Option<EventType>)> {
    let mut tx = world.read().await;
    let lines = tx.feed().of(unit, 0, 100).await.unwrap();
    let kind = |line: wenshu::domain::FeedLine| (line.position, line.event.map(|event| event.kind));
    lines.into_iter().map(kind).collect()
}

#[tokio::test]
async fn a_unit_is_told_what_it_could_see_when_it_happened() {
    let world = World::new().await;
    let (government, court, procuratorate) = (world.government, world.court, world.procuratorate);
    let mut tx = world.write().await;
    let (document, delivery) = world.delivered(&mut tx, court).await;
    // Prepared and sent in one unit of work: the recipient learns of the sending alone.
    happens(&mut tx, document.id, "document.draft", None);
    happens(&mut tx, document.id, "document.send", None);
    happens(&mut tx, document.id, "document.text", None);
    tx.commit().await.unwrap();
    let mut tx = world.write().await;
    world.deliver(&mut tx, document.id, procuratorate).await;
    happens(&mut tx, document.id, "delivery.sign", Some(court));
    // Nobody says whose affair it is: then it is the issuers' alone.
    happens(&mut tx, document.id, "document.read", None);
    tx.commit().await.unwrap();
    let seen = |position, kind| (position, Some(kind));
    assert_eq!(
        told(&world, government).await,
        [
            seen(1, EventType::Draft),
            seen(2, EventType::Send),
            seen(3, EventType::Sign),
            seen(4, EventType::Read)
        ]
    );
    assert_eq!(
        told(&world, court).await,
        [seen(1, EventType::Send), seen(2, EventType::Sign)]
    );
    assert!(
        told(&world, procuratorate).await.is_empty(),
        "that was before its time"
    );
    let mut tx = world.read().await;
    let lines = tx.feed().of(court, 1, 100).await.unwrap();
    let event = lines[0].event.clone().unwrap();
    assert_eq!(
        (event.party, event.delivery),
        (Some(court), Some(delivery.id))
    );
    let place = tx.feed().newest(court).await.unwrap();
    assert_eq!(
        place,
        FeedPlace {
            own: 2,
            registry: 0
        }
    );
}

#[tokio::test]
async fn an_access_that_has_ended_hides_what_was_told_under_it() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let document = world.sent(&mut tx).await.id;
    let court = world.court;
    tx.access()
        .grant(court, document, Basis::Joint, at(1))
        .await
        .unwrap();
    happens(&mut tx, document, "document.issue", None);
    tx.commit().await.unwrap();
    assert_eq!(told(&world, court).await, [(1, Some(EventType::Issue))]);
    let mut tx = world.write().await;
    tx.access().revoke(document, Basis::Joint).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(told(&world, court).await, [(1, None)]);
    let mut tx = world.write().await;
    tx.access()
        .grant(court, document, Basis::Main, at(9))
        .await
        .unwrap();
    happens(&mut tx, document, "document.send", None);
    tx.commit().await.unwrap();
    assert_eq!(
        told(&world, court).await,
        [(1, None), (2, Some(EventType::Send))]
    );
}

#[tokio::test]
async fn everybody_is_told_of_the_registry_and_bells_know_whom_to_wake() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let document = world.draft(&mut tx).await.id;
    happens(&mut tx, document, "document.draft", None);
    tx.happened(Change {
        subject: Subject::Unit,
        id: world.court.0,
        ..Change::of_document(document, "unit.change", at(8))
    });
    tx.commit().await.unwrap();
    let mut tx = world.read().await;
    let lines = tx.feed().of_registry(0, 9).await.unwrap();
    let event = lines[0].event.clone().unwrap();
    assert_eq!((lines.len(), lines[0].position, lines[0].number), (1, 1, 2));
    assert_eq!(
        (event.kind, event.id),
        (EventType::UnitChange, world.court.0)
    );
    assert!(tx.feed().of_registry(1, 9).await.unwrap().is_empty());
    let told = tx.feed().told_after(0, 9).await.unwrap();
    assert!(
        told.contains(&Some(world.government)) && told.contains(&None),
        "{told:?}"
    );
    assert_eq!(tx.feed().told_after(1, 9).await.unwrap(), [None]);
    let place = tx.feed().newest(world.court).await.unwrap();
    assert_eq!(
        place,
        FeedPlace {
            own: 0,
            registry: 1
        }
    );
}

#[tokio::test]
async fn a_page_costs_the_same_whatever_others_do() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let (own, _) = world.delivered(&mut tx, world.court).await;
    let others = world.draft(&mut tx).await.id;
    for _ in 0..100 {
        happens(&mut tx, own.id, "document.send", None);
    }
    tx.commit().await.unwrap();
    let measure = async || {
        let mut times: Vec<_> = Vec::new();
        for _ in 0..41 {
            let mut tx = world.read().await;
            let began = Instant::now();
            assert_eq!(tx.feed().of(world.court, 50, 50).await.unwrap().len(), 50);
            assert!(tx.feed().of(world.court, 100, 50).await.unwrap().is_empty());
            times.push(began.elapsed());
        }
        // The quickest: what else the machine does is not what is measured.
        times.into_iter().min().unwrap()
    };
    let before = measure().await;
    for _ in 0..20 {
        let mut tx = world.write().await;
        for _ in 0..1000 {
            happens(&mut tx, others, "document.redraft", None);
        }
        tx.commit().await.unwrap();
    }
    let after = measure().await;
    println!("a page and an empty one: {before:?} alone, {after:?} beside 20,000 lines of others");
    assert!(after < before * 3, "{before:?} has become {after:?}");
}

#[tokio::test]
async fn three_hundred_units_are_told_in_one_statement() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let (wide, narrow) = (world.sent(&mut tx).await.id, world.sent(&mut tx).await.id);
    let mut units = Vec::new();
    for number in 0..300 {
        let name: &'static str = format!("第{number}单位").leak();
        let unit = crate::world::a_unit(name);
        assert!(tx.units().insert(&unit).await.unwrap());
        tx.access()
            .grant(unit.id, wide, Basis::Main, at(5))
            .await
            .unwrap();
        units.push(unit.id);
    }
    tx.commit().await.unwrap();
    let measure = async |document| {
        let began = Instant::now();
        let mut tx = world.write().await;
        happens(&mut tx, document, "document.send", None);
        tx.commit().await.unwrap();
        began.elapsed()
    };
    let (one, all) = (measure(narrow).await, measure(wide).await);
    println!("a change told to one unit: {one:?}, to 301: {all:?}");
    for unit in units {
        let mut tx = world.read().await;
        assert_eq!(tx.feed().newest(unit).await.unwrap().own, 1);
    }
}

#[tokio::test]
async fn what_happened_before_there_were_feeds_is_told_as_it_would_have_been() {
    let world = World::new().await;
    let (government, court, procuratorate) = (world.government, world.court, world.procuratorate);
    let mut tx = world.write().await;
    let document = world.draft(&mut tx).await.id;
    happens(&mut tx, document, "document.draft", None);
    happens(&mut tx, document, "document.redraft", None);
    tx.commit().await.unwrap();
    let mut tx = world.write().await;
    for unit in [court, procuratorate] {
        world.deliver(&mut tx, document, unit).await;
    }
    happens(&mut tx, document, "document.send", None);
    happens(&mut tx, document, "document.text", None);
    happens(&mut tx, document, "delivery.sign", Some(court));
    tx.happened(Change {
        subject: Subject::Unit,
        ..Change::of_document(document, "unit.change", at(8))
    });
    tx.commit().await.unwrap();
    let units = [government, court, procuratorate];
    let mut before = Vec::new();
    for unit in units {
        before.push(told(&world, unit).await);
    }
    assert_eq!(before.iter().map(Vec::len).collect::<Vec<_>>(), [4, 2, 1]);
    world
        .home
        .run("DROP TABLE feed; DELETE FROM _sqlx_migrations WHERE version = 8")
        .await;
    let store = world.home.open().await;
    for (unit, before) in units.into_iter().zip(before) {
        assert_eq!(told(&world, unit).await, before);
    }
    let mut tx = store.read().await.unwrap();
    assert_eq!(tx.feed().of_registry(0, 9).await.unwrap().len(), 1);
    // What happens next follows on.
    let mut tx = store.write().await.unwrap();
    happens(&mut tx, document, "delivery.sign", Some(procuratorate));
    tx.commit().await.unwrap();
    assert_eq!(told(&world, procuratorate).await.last().unwrap().0, 2);
}
