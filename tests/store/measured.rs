//! Measures pages of full boxes. Run it by hand:
//! `cargo test --release --test store measured -- --ignored --nocapture`.

use std::time::{Duration, Instant};

use sqlx::{AssertSqlSafe, Connection as _};
use wenshu::{
    domain::{
        DeliveryBox, DeliveryFilter, DocumentFilter, LedgerCriteria, LedgerOrder, LedgerSide,
        ObligationState, RecipientRole, Urgency, legal_day,
    },
    store::Store,
};

use crate::{
    home::Behind,
    world::{World, a_due_date, at},
};

/// The court has got so many documents; one in ten thousand is of a rare kind, urgency and role.
async fn fill(world: &World, many: i64) {
    let Behind::Sqlite(mut connection) = world.home.behind().await else {
        panic!("it is measured on SQLite")
    };
    let rare = "CASE WHEN n % 10000 = 7 THEN";
    let (government, court) = (world.government.0.simple(), world.court.0.simple());
    let clerk = world.clerk.0.simple();
    let beginning = at(0).as_millisecond();
    let explanation = serde_json::to_string(&a_due_date()).unwrap();
    for sql in [
        format!(
            "INSERT INTO documents (id, unit_id, kind_code, kind_version, title, state, urgency,
                                    openness, fields, created_by, created_at, updated_at,
                                    sent_at, sent_by, revision)
             WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < {many})
             SELECT randomblob(16), x'{government}', {rare} 'SJ-GF' ELSE 'GW-HAN' END, 1,
                    '关于第' || n || '件事的函', 'sent', {rare} 'extra_urgent' ELSE 'normal' END,
                    'not_public', '{{}}', x'{clerk}', {beginning} + n, {beginning} + n,
                    {beginning} + n, x'{clerk}', 3
               FROM many"
        ),
        format!(
            "INSERT INTO deliveries (id, document_id, unit_id, role, state, sent_at, arrived_at,
                                     signed_at, signed_by, done_at, sender_id, kind_code,
                                     urgency, round, revision)
             SELECT randomblob(16), d.id, x'{court}',
                    CASE d.kind_code WHEN 'SJ-GF' THEN 'copy' ELSE 'main' END,
                    CASE d.kind_code WHEN 'SJ-GF' THEN 'arrived' ELSE 'signed' END, d.sent_at,
                    d.sent_at, d.sent_at, x'{clerk}', d.sent_at, d.unit_id, d.kind_code,
                    d.urgency, 1, 3
               FROM documents d"
        ),
        format!(
            "INSERT INTO access (unit_id, document_id, basis, since, kind_code)
             SELECT x'{court}', d.id, 'main', d.sent_at, d.kind_code FROM documents d
              UNION ALL
             SELECT d.unit_id, d.id, 'issuer', d.sent_at, d.kind_code FROM documents d"
        ),
        // One in ten is still open, and one in a hundred not signed for.
        format!(
            "INSERT INTO obligations (id, delivery_id, document_id, debtor_id, creditor_id,
                                      rule_code, rule_version, state, urgency, provisional,
                                      current_due_on, explanation, created_at, revision)
             SELECT randomblob(16), v.id, v.document_id, v.unit_id, v.sender_id, 'GW-HAN-1M', 1,
                    CASE WHEN n % 100 = 3 THEN 'awaiting_signature'
                         WHEN n % 10 = 1 THEN 'in_progress' ELSE 'closed' END,
                    'normal', FALSE, date('2024-01-01', (n % 1000) || ' days'),
                    replace('{explanation}', '2026-11-23',
                            date('2024-01-01', (n % 1000) || ' days')),
                    v.sent_at, 3
               FROM (SELECT *, sent_at - {beginning} AS n FROM deliveries) v"
        ),
        "UPDATE obligations SET current_due_on = NULL, explanation = NULL
          WHERE state = 'awaiting_signature'"
            .to_owned(),
        "ANALYZE".to_owned(),
    ] {
        sqlx::query(AssertSqlSafe(sql))
            .execute(&mut connection)
            .await
            .unwrap();
    }
    connection.close().await.unwrap();
}

async fn median(mut once: impl AsyncFnMut()) -> Duration {
    let mut times = Vec::new();
    for _ in 0..41 {
        let begun = Instant::now();
        once().await;
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    times[20]
}

fn filters() -> Vec<(&'static str, DeliveryFilter)> {
    let none = DeliveryFilter::default;
    let folder = |folder| DeliveryFilter {
        folder: Some(folder),
        ..none()
    };
    vec![
        ("in", none()),
        ("box=unsigned", folder(DeliveryBox::Unsigned)),
        ("box=done", folder(DeliveryBox::Done)),
        ("box=closed", folder(DeliveryBox::Closed)),
        (
            "kind=rare",
            DeliveryFilter {
                kind: Some("SJ-GF".to_owned()),
                ..none()
            },
        ),
        (
            "urgency=rare",
            DeliveryFilter {
                urgency: Some(Urgency::ExtraUrgent),
                ..none()
            },
        ),
        (
            "role=rare",
            DeliveryFilter {
                role: Some(RecipientRole::Copy),
                ..none()
            },
        ),
        (
            "box=done kind=common role=rare",
            DeliveryFilter {
                kind: Some("GW-HAN".to_owned()),
                role: Some(RecipientRole::Copy),
                ..folder(DeliveryBox::Done)
            },
        ),
    ]
}

async fn measure(world: &World, store: &Store) -> Vec<(String, Duration)> {
    let mut figures = Vec::new();
    let (court, government) = (world.court, world.government);
    for (name, filter) in filters() {
        let page = async || {
            let mut tx = store.read().await.unwrap();
            tx.deliveries().inbox(court, &filter, 50).await.unwrap();
        };
        figures.push((name.to_owned(), median(page).await));
    }
    let counts = async || {
        let mut tx = store.read().await.unwrap();
        tx.deliveries().counts(court).await.unwrap();
    };
    figures.push(("counts".to_owned(), median(counts).await));
    let board = async || {
        let mut tx = store.read().await.unwrap();
        let sent = tx.documents().sent_by(government, None, 50).await.unwrap();
        let ids: Vec<_> = sent.iter().map(|one| one.id).collect();
        tx.documents().tallies_for(government, &ids).await.unwrap();
    };
    figures.push(("board of the sender".to_owned(), median(board).await));
    let rare = DocumentFilter {
        kind: Some("SJ-GF".to_owned()),
        ..DocumentFilter::default()
    };
    let documents = async || {
        let mut tx = store.read().await.unwrap();
        tx.documents().list_for(court, &rare, 50).await.unwrap();
    };
    figures.push((
        "documents of a rare kind".to_owned(),
        median(documents).await,
    ));
    for order in LedgerOrder::ALL {
        for state in [
            None,
            Some(ObligationState::Closed),
            Some(ObligationState::InProgress),
        ] {
            for (whose, side) in [("owed", LedgerSide::Owed(court)), ("all", LedgerSide::All)] {
                let criteria = LedgerCriteria {
                    order: Some(*order),
                    state,
                    ..LedgerCriteria::default()
                };
                let page = async || {
                    let mut tx = store.read().await.unwrap();
                    let mut duties = tx.obligations();
                    let page = duties.ledger(side, &criteria, None, legal_day(at(0)), 50);
                    assert_eq!(page.await.unwrap().0.len(), 50);
                };
                let name = format!("ledger {whose} {} {state:?}", order.code());
                figures.push((name, median(page).await));
            }
        }
    }
    let waiting = async || {
        let mut tx = store.read().await.unwrap();
        let due = at(0);
        tx.deliveries()
            .unsigned_since(due, None, 200)
            .await
            .unwrap();
    };
    figures.push(("what the rule asks for".to_owned(), median(waiting).await));
    figures
}

#[tokio::test]
#[ignore = "it fills a million rows"]
async fn a_page_costs_the_same_however_much_has_come_in() {
    let mut all = Vec::new();
    for many in [10_000, 1_000_000] {
        let world = World::new().await;
        fill(&world, many).await;
        all.push(measure(&world, &world.store).await);
    }
    for ((name, small), (_, large)) in all[0].iter().zip(&all[1]) {
        println!("{name}: {small:?} of 10,000, {large:?} of 1,000,000");
    }
}
