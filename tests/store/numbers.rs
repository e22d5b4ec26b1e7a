//! 发文字号: a series has no gaps and no duplicates.

use std::collections::BTreeSet;

use tokio::task::JoinSet;
use wenshu::{
    domain::{DocNumber, Document, Prefix, UnitId},
    store::Tx,
};

use crate::world::{World, a_document, parsed};

async fn draw(tx: &mut Tx, unit: UnitId) -> u32 {
    let prefix: Prefix = parsed("沙政函");
    let number = tx
        .documents()
        .next_number(unit, &prefix, 2026)
        .await
        .unwrap();
    assert_eq!((number.prefix(), number.year()), (&prefix, Some(2026)));
    number.seq()
}

/// Writes down a document that has this number.
async fn write_numbered(tx: &mut Tx, world: &World, number: &str) -> Document {
    let mut document = a_document(world.government, world.clerk);
    tx.documents().insert(&document).await.unwrap();
    document.number = Some(parsed(number));
    document.revision += 1;
    assert!(tx.documents().update(&document).await.unwrap());
    document
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_at_once_draw_every_number_once() {
    let world = World::new().await;
    let mut drawing = JoinSet::new();
    for _ in 0..16 {
        let (store, unit, clerk) = (world.store.clone(), world.government, world.clerk);
        drawing.spawn(async move {
            let mut kept = Vec::new();
            for round in 0..6 {
                let mut tx = store.write().await.unwrap();
                let seq = draw(&mut tx, unit).await;
                let mut document = a_document(unit, clerk);
                tx.documents().insert(&document).await.unwrap();
                document.number = Some(parsed(&format!("沙政函〔2026〕{seq}号")));
                document.revision += 1;
                assert!(tx.documents().update(&document).await.unwrap());
                // Every third is undone and gives its number back.
                if round % 3 < 2 {
                    tx.commit().await.unwrap();
                    kept.push(seq);
                }
            }
            kept
        });
    }
    let mut kept: Vec<_> = drawing.join_all().await.into_iter().flatten().collect();
    kept.sort_unstable();
    assert_eq!(kept, (1..=64).collect::<Vec<_>>());
    let written = world
        .home
        .rows::<(i64,)>("SELECT number_seq FROM documents")
        .await;
    let written: BTreeSet<_> = written.into_iter().map(|(seq,)| seq).collect();
    assert_eq!(written, (1..=64).collect());
}

#[tokio::test]
async fn an_undone_unit_of_work_gives_its_number_back() {
    let world = World::new().await;
    let unit = world.government;
    let mut tx = world.write().await;
    assert_eq!(draw(&mut tx, unit).await, 1);
    tx.commit().await.unwrap();
    let mut tx = world.write().await;
    assert_eq!(
        [draw(&mut tx, unit).await, draw(&mut tx, unit).await],
        [2, 3]
    );
    drop(tx);
    assert_eq!(draw(&mut world.write().await, unit).await, 2);
}

#[tokio::test]
async fn a_number_that_was_typed_in_is_stepped_over() {
    let world = World::new().await;
    let unit = world.government;
    let mut tx = world.write().await;
    for number in [
        "沙政函〔2026〕2号",
        "沙政函〔2026〕3号",
        "沙政函〔2025〕4号",
        "沙政〔2026〕4号",
    ] {
        write_numbered(&mut tx, &world, number).await;
    }
    let mut drawn = Vec::new();
    for _ in 0..3 {
        drawn.push(draw(&mut tx, unit).await);
    }
    assert_eq!(drawn, [1, 4, 5]);
}

#[tokio::test]
async fn series_of_other_units_prefixes_and_years_count_for_themselves() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let mut drawn = Vec::new();
    for (unit, prefix, year) in [
        (world.government, "沙政函", 2026),
        (world.government, "沙政函", 2027),
        (world.government, "沙政", 2026),
        (world.court, "沙政函", 2026),
        (world.government, "沙政函", 2026),
    ] {
        let number = tx
            .documents()
            .next_number(unit, &parsed(prefix), year)
            .await
            .unwrap();
        drawn.push(number.to_string());
    }
    let expected = [
        "沙政函〔2026〕1号",
        "沙政函〔2027〕1号",
        "沙政〔2026〕1号",
        "沙政函〔2026〕1号",
        "沙政函〔2026〕2号",
    ];
    assert_eq!(drawn, expected);
}

#[tokio::test]
async fn the_holder_of_a_number_is_the_document_of_that_unit() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let document = write_numbered(&mut tx, &world, "沙政函〔2026〕7号").await;
    let number: DocNumber = parsed("沙政函[2026]07号");
    for (unit, number, holder) in [
        (world.government, number.clone(), Some(document.id)),
        (world.court, number, None),
        (world.government, parsed("沙政函〔2026〕8号"), None),
    ] {
        assert_eq!(
            tx.documents().holder_of(unit, &number).await.unwrap(),
            holder
        );
    }
}

#[tokio::test]
async fn two_documents_of_a_unit_cannot_have_the_same_number() {
    let world = World::new().await;
    let mut tx = world.write().await;
    write_numbered(&mut tx, &world, "沙政函〔2026〕7号").await;
    let mut second = a_document(world.government, world.clerk);
    tx.documents().insert(&second).await.unwrap();
    second.number = Some(parsed("沙政函〔2026〕7号"));
    second.revision += 1;
    assert!(tx.documents().update(&second).await.is_err());
}
