use std::collections::BTreeSet;

use uuid::Uuid;
use wenshu::domain::{DeliveryId, Lease};

use crate::world::{World, at};

fn a_lease(world: &World, until: i64) -> Lease {
    Lease {
        id: Uuid::now_v7(),
        by: world.clerk,
        until: at(until),
    }
}

/// Some documents in the court's box.
async fn delivered(world: &World, count: usize) -> Vec<DeliveryId> {
    let mut tx = world.write().await;
    let mut ids = Vec::new();
    for _ in 0..count {
        ids.push(world.delivered(&mut tx, world.court).await.1.id);
    }
    tx.commit().await.unwrap();
    ids
}

#[tokio::test]
async fn a_delivery_is_leased_acknowledged_and_out_of_the_queue() {
    let world = World::new().await;
    let ids = delivered(&world, 3).await;
    let (court, clerk) = (world.court, world.clerk);
    let lease = a_lease(&world, 500);
    let mut tx = world.write().await;
    assert_eq!(tx.pickups().waiting(court, at(200), 9).await.unwrap(), ids);
    let mut got = tx.pickups().lease(court, &lease, at(200), 2).await.unwrap();
    got.sort();
    assert_eq!(got, ids[..2]);
    assert_eq!(
        tx.pickups().waiting(court, at(200), 9).await.unwrap(),
        ids[2..]
    );
    let stranger = tx
        .pickups()
        .acknowledge(ids[0], Uuid::now_v7(), clerk, at(210))
        .await;
    assert!(!stranger.unwrap());
    let first = tx
        .pickups()
        .acknowledge(ids[0], lease.id, clerk, at(210))
        .await;
    assert!(first.unwrap());
    let second = tx
        .pickups()
        .acknowledge(ids[0], lease.id, clerk, at(220))
        .await;
    assert!(!second.unwrap());
    assert!(
        tx.pickups()
            .was_acknowledged(ids[0], lease.id)
            .await
            .unwrap()
    );
    assert!(
        !tx.pickups()
            .was_acknowledged(ids[1], lease.id)
            .await
            .unwrap()
    );
    let found = tx
        .deliveries()
        .find_for(court, ids[0])
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.fetched, Some((clerk, at(210))));
    // The second runs out and comes back; the first does not.
    assert_eq!(
        tx.pickups().waiting(court, at(500), 9).await.unwrap(),
        ids[1..]
    );
    let late = tx
        .pickups()
        .acknowledge(ids[1], lease.id, clerk, at(500))
        .await;
    assert!(!late.unwrap());
}

#[tokio::test]
async fn what_is_given_back_is_there_at_once_and_a_fetch_is_noted_once() {
    let world = World::new().await;
    let ids = delivered(&world, 1).await;
    let (court, clerk) = (world.court, world.clerk);
    let lease = a_lease(&world, 500);
    let mut tx = world.write().await;
    tx.pickups().lease(court, &lease, at(200), 9).await.unwrap();
    assert!(
        !tx.pickups()
            .release(ids[0], Uuid::now_v7(), clerk, at(210))
            .await
            .unwrap()
    );
    assert!(
        tx.pickups()
            .release(ids[0], lease.id, clerk, at(210))
            .await
            .unwrap()
    );
    assert!(
        !tx.pickups()
            .release(ids[0], lease.id, clerk, at(210))
            .await
            .unwrap()
    );
    assert_eq!(tx.pickups().waiting(court, at(210), 9).await.unwrap(), ids);
    assert!(
        tx.pickups()
            .mark_fetched(ids[0], clerk, at(220))
            .await
            .unwrap()
    );
    assert!(
        !tx.pickups()
            .mark_fetched(ids[0], clerk, at(230))
            .await
            .unwrap()
    );
    let found = tx
        .deliveries()
        .find_for(court, ids[0])
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.fetched, Some((clerk, at(220))));
}

#[tokio::test]
async fn of_many_who_lease_at_once_no_two_get_the_same() {
    let world = World::new().await;
    let ids = delivered(&world, 60).await;
    let tasks = (0..16).map(|_| {
        let (store, court) = (world.store.clone(), world.court);
        let lease = a_lease(&world, 900);
        tokio::spawn(async move {
            let mut got = Vec::new();
            loop {
                let mut tx = store.write().await.unwrap();
                let some = tx.pickups().lease(court, &lease, at(200), 3).await.unwrap();
                let left = tx.pickups().waiting(court, at(200), 1).await.unwrap();
                tx.commit().await.unwrap();
                got.extend(some);
                if left.is_empty() {
                    return got;
                }
            }
        })
    });
    let got = futures_util::future::join_all(tasks).await;
    let got: Vec<_> = got.into_iter().flat_map(Result::unwrap).collect();
    let different: BTreeSet<_> = got.iter().copied().collect();
    assert_eq!(got.len(), different.len(), "one was handed out twice");
    assert_eq!(different, ids.into_iter().collect());
}
