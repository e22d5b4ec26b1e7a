use jiff::civil::date;
use wenshu::{
    domain::{
        Adoption, Details, DueDate, DutyEntry, DutyEntryId, Event, LedgerLine, Obligation,
        ObligationId, ObligationState, Progress, deadline::EscalationLevel,
    },
    store::Tx,
};

use crate::world::{World, a_due_date, a_statement, an_obligation, at, parsed};

/// A duty of the court to answer the government.
pub async fn a_duty(world: &World, tx: &mut Tx) -> Obligation {
    let (_, delivery) = world.delivered(tx, world.court).await;
    let obligation = an_obligation(&delivery, world.government);
    tx.obligations().insert(&obligation).await.unwrap();
    obligation
}

#[tokio::test]
async fn a_duty_is_found_as_it_arose() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let duty = a_duty(&world, &mut tx).await;
    tx.commit().await.unwrap();
    let mut tx = world.read().await;
    let found = tx.obligations().of_delivery(duty.delivery).await.unwrap();
    assert_eq!(found.as_ref(), Some(&duty));
    let (_, other) = world.delivered(&mut world.write().await, world.court).await;
    assert_eq!(tx.obligations().of_delivery(other.id).await.unwrap(), None);
}

#[tokio::test]
async fn many_duties_are_found_as_they_arose() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let (_, first) = world.delivered(&mut tx, world.court).await;
    let (_, second) = world.delivered(&mut tx, world.procuratorate).await;
    let duties = [
        an_obligation(&first, world.government),
        Obligation {
            typed_due_on: None,
            revision: 5,
            ..an_obligation(&second, world.government)
        },
    ];
    tx.obligations().insert_all(&duties).await.unwrap();
    tx.obligations().insert_all(&[]).await.unwrap();
    for duty in duties {
        let found = tx.obligations().of_delivery(duty.delivery).await.unwrap();
        assert_eq!(found, Some(duty));
    }
}

#[tokio::test]
async fn a_duty_is_written_over_the_revision_before_and_no_other() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let before = a_duty(&world, &mut tx).await;
    let reply = world.sent(&mut tx).await;
    let changed = Obligation {
        state: ObligationState::Replied,
        anchor_on: Some(date(2026, 9, 21)),
        original_due_on: Some(date(2026, 11, 21)),
        due: Some(a_due_date()),
        reply: Some((reply.id, at(88))),
        revision: before.revision + 1,
        ..before
    };
    assert!(tx.obligations().update(&changed).await.unwrap());
    assert!(
        !tx.obligations().update(&changed).await.unwrap(),
        "a second time"
    );
    let found = tx
        .obligations()
        .of_delivery(changed.delivery)
        .await
        .unwrap();
    assert_eq!(found, Some(changed));
}

#[tokio::test]
async fn what_is_known_of_a_duty_beside_its_state_is_kept() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let before = a_duty(&world, &mut tx).await;
    let changed = Obligation {
        state: ObligationState::InProgress,
        progress: Progress {
            level: EscalationLevel::Urge,
            registered_on: Some(date(2026, 9, 4)),
            rectified: Some(false),
            upheld: Some(true),
            handler: Some(world.clerk),
            extending: true,
            objecting: true,
            supplement_due_on: Some(date(2026, 12, 1)),
            adoption: Some(Adoption::Partly),
            evaluated_at: Some(at(90)),
            closed_at: Some(at(91)),
        },
        revision: before.revision + 1,
        ..before
    };
    assert!(tx.obligations().update(&changed).await.unwrap());
    let found = tx.obligations().of_delivery(changed.delivery).await;
    assert_eq!(found.unwrap(), Some(changed));
}

#[tokio::test]
async fn what_a_notice_may_still_move_is_found_page_by_page() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let mut expected = Vec::new();
    for provisional in [true, false, true, true] {
        let before = a_duty(&world, &mut tx).await;
        let due = DueDate {
            provisional,
            ..a_due_date()
        };
        let changed = Obligation {
            due: Some(due),
            revision: before.revision + 1,
            ..before
        };
        assert!(tx.obligations().update(&changed).await.unwrap());
        expected.extend(provisional.then_some(changed.id));
    }
    expected.sort();
    let mut found = Vec::new();
    loop {
        let after = found.last().copied();
        let page = tx.obligations().provisional(after, 2).await.unwrap();
        if page.is_empty() {
            break;
        }
        found.extend(page);
    }
    assert_eq!(found, expected);
}

#[tokio::test]
async fn a_journal_is_kept_in_order_and_counts_each_event() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let duty = a_duty(&world, &mut tx).await;
    let mut kept = Vec::new();
    for (round, granted) in [(1, None), (2, Some(false))] {
        let details = match granted {
            None => Details::ExtensionRequest {
                due_on: date(2026, 12, 1),
                reason: "需要论证".to_owned(),
            },
            Some(granted) => Details::ExtensionDecision {
                granted,
                due_on: None,
                reason: Some("时间足够".to_owned()),
                approved_by: None,
            },
        };
        let statement = a_statement(duty.document, world.court, details.event());
        assert!(tx.evidence().insert(&statement).await.unwrap());
        let entry = DutyEntry {
            id: DutyEntryId::fresh(),
            obligation: duty.id,
            round: 1,
            at: at(round * 10),
            unit: (round == 1).then_some(world.court),
            user: world.clerk,
            answers: kept.last().map(|entry: &DutyEntry| entry.id),
            details,
            evidence: (round == 1).then_some(statement.id),
        };
        tx.duty_entries().insert(&entry).await.unwrap();
        kept.push(entry);
    }
    assert_eq!(tx.duty_entries().of(duty.id).await.unwrap(), kept);
    for (event, count) in [
        (Event::ExtensionRequest, 1),
        (Event::ExtensionDecision, 1),
        (Event::Objection, 0),
    ] {
        let counted = tx.duty_entries().count(duty.id, event).await.unwrap();
        assert_eq!(counted, count, "{event:?}");
    }
    let other = tx.duty_entries().of(ObligationId::fresh()).await.unwrap();
    assert!(other.is_empty());
}

#[tokio::test]
async fn a_duty_is_found_by_its_two_parties_and_the_conference_office() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let duty = a_duty(&world, &mut tx).await;
    let mut document = tx
        .documents()
        .find_for(world.government, duty.document)
        .await
        .unwrap()
        .unwrap();
    document.number = Some(parsed("沙检建〔2026〕3号"));
    document.revision += 1;
    assert!(tx.documents().update(&document).await.unwrap());
    let line = LedgerLine {
        obligation: duty.clone(),
        kind: document.kind,
        title: document.title,
        number: document.number,
    };
    for (viewer, found) in [
        (Some(world.court), true),
        (Some(world.government), true),
        (Some(world.procuratorate), false),
        (None, true),
    ] {
        let answer = tx.obligations().find_for(viewer, duty.id).await.unwrap();
        assert_eq!(answer, found.then(|| line.clone()), "{viewer:?}");
    }
    assert_eq!(
        tx.obligations()
            .find_for(None, ObligationId::fresh())
            .await
            .unwrap(),
        None
    );
}
