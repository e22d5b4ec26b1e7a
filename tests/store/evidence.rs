use wenshu::{
    domain::{DocumentId, Event, Evidence, EvidenceId},
    store::Basis,
};

use crate::world::{World, a_statement, at};

#[tokio::test]
async fn the_first_statement_of_an_event_is_kept_as_it_was_signed() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let document = world.sent(&mut tx).await.id;
    let first = Evidence {
        round: 4,
        statement: "{\"标题\":\"函 \\u0000\"}".to_owned(),
        ..a_statement(document, world.court, Event::Signing)
    };
    assert!(tx.evidence().insert(&first).await.unwrap());
    let second = Evidence {
        id: EvidenceId::fresh(),
        at: at(9_999),
        ..first.clone()
    };
    assert!(!tx.evidence().insert(&second).await.unwrap());
    tx.commit().await.unwrap();

    let mut tx = world.read().await;
    let event = Event::Signing;
    let found = tx
        .evidence()
        .of_event(document, world.court, event)
        .await
        .unwrap();
    assert_eq!(found, Some(first));
    for (party, event) in [
        (world.court, Event::Arrival),
        (world.procuratorate, Event::Signing),
    ] {
        assert_eq!(
            tx.evidence()
                .of_event(document, party, event)
                .await
                .unwrap(),
            None
        );
    }
}

#[tokio::test]
async fn of_many_statements_those_are_kept_that_are_the_first() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let document = world.sent(&mut tx).await.id;
    let arrival = |party| a_statement(document, party, Event::Arrival);
    let all = [world.government, world.court, world.procuratorate].map(arrival);
    assert_eq!(tx.evidence().insert_all(&all[..2]).await.unwrap(), 2);
    let again = [arrival(world.court), all[2].clone()];
    assert_eq!(tx.evidence().insert_all(&again).await.unwrap(), 1);
    assert_eq!(tx.evidence().insert_all(&[]).await.unwrap(), 0);
    for first in all {
        let (party, event) = (first.party, first.event);
        let found = tx.evidence().of_event(document, party, event).await;
        assert_eq!(found.unwrap(), Some(first));
    }
}

#[tokio::test]
async fn an_event_is_told_by_the_newest_round() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let document = world.sent(&mut tx).await.id;
    for round in [1, 3, 2] {
        let one = a_statement(document, world.court, Event::Arrival);
        assert!(
            tx.evidence()
                .insert(&Evidence { round, ..one })
                .await
                .unwrap()
        );
    }
    let found = tx
        .evidence()
        .of_event(document, world.court, Event::Arrival)
        .await
        .unwrap();
    assert_eq!(found.unwrap().round, 3);
}

#[tokio::test]
async fn a_chain_continues_from_the_newest_statement_about_the_party_or_the_sending() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let document = world.sent(&mut tx).await.id;
    assert_eq!(
        tx.evidence().newest(document, world.court).await.unwrap(),
        None
    );
    let mut newest = None;
    for (moment, party, event, counts) in [
        (10, world.government, Event::Submission, true),
        (20, world.procuratorate, Event::Arrival, false),
        (20, world.court, Event::Arrival, true),
        (20, world.court, Event::Reading, true),
        (30, world.procuratorate, Event::Signing, false),
    ] {
        let one = Evidence {
            at: at(moment),
            ..a_statement(document, party, event)
        };
        assert!(tx.evidence().insert(&one).await.unwrap());
        newest = if counts { Some(one.id) } else { newest };
        assert_eq!(
            tx.evidence().newest(document, world.court).await.unwrap(),
            newest
        );
    }
    let other = tx
        .evidence()
        .newest(DocumentId::fresh(), world.court)
        .await
        .unwrap();
    assert_eq!(other, None);
}

#[tokio::test]
async fn issuers_know_all_statements_and_a_recipient_those_about_itself_and_the_sending() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let document = world.sent(&mut tx).await.id;
    for unit in [world.court, world.procuratorate] {
        tx.access()
            .grant(unit, document, Basis::Main, at(1))
            .await
            .unwrap();
    }
    let mut all = Vec::new();
    for (moment, party, event) in [
        (30, world.court, Event::Signing),
        (10, world.government, Event::Submission),
        (20, world.procuratorate, Event::Arrival),
        (20, world.court, Event::Arrival),
    ] {
        let one = Evidence {
            at: at(moment),
            ..a_statement(document, party, event)
        };
        assert!(tx.evidence().insert(&one).await.unwrap());
        all.push(one);
    }
    all.sort_by_key(|one| (one.at, one.id));
    for (viewer, known) in [
        (world.government, vec![0, 1, 2, 3]),
        (world.court, vec![0, 2, 3]),
        (world.procuratorate, vec![0, 1]),
    ] {
        let found = tx
            .evidence()
            .of_document_for(viewer, document, 9)
            .await
            .unwrap();
        let expected: Vec<_> = known.iter().map(|n: &usize| all[*n].clone()).collect();
        assert_eq!(found, expected);
        for (n, one) in all.iter().enumerate() {
            let found = tx.evidence().find_for(viewer, one.id).await.unwrap();
            assert_eq!(found, known.contains(&n).then(|| one.clone()));
        }
    }
    let page = tx
        .evidence()
        .of_document_for(world.government, document, 2)
        .await
        .unwrap();
    assert_eq!(page, all[..2]);
}
