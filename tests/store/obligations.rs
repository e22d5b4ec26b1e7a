use jiff::civil::date;
use wenshu::{
    domain::{
        Adoption, Details, DueDate, DutyEntry, DutyEntryId, Event, LedgerLine, LedgerSide,
        Obligation, ObligationFilter, ObligationId, ObligationState, Progress, UnitId, Urgency,
        deadline::EscalationLevel,
    },
    store::Tx,
};

use crate::world::{World, a_due_date, a_statement, an_obligation, at, parsed};

/// A duty of the court to answer the government.
async fn a_duty(world: &World, tx: &mut Tx) -> Obligation {
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
            objected: true,
            upheld: true,
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
async fn a_duty_is_listed_under_the_state_that_is_shown() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let mut duty = a_duty(&world, &mut tx).await;
    for (state, extending, objecting, supplement) in [
        (ObligationState::AwaitingRegistration, false, false, false),
        (ObligationState::InProgress, false, false, false),
        (ObligationState::InProgress, false, false, true),
        (ObligationState::InProgress, true, false, true),
        (ObligationState::AwaitingRegistration, true, true, false),
        (ObligationState::Replied, false, true, false),
        (ObligationState::Closed, false, false, false),
    ] {
        duty.state = state;
        duty.progress.extending = extending;
        duty.progress.objecting = objecting;
        duty.progress.supplement_due_on = supplement.then(|| date(2026, 12, 1));
        duty.revision += 1;
        assert!(tx.obligations().update(&duty).await.unwrap());
        for listed in ObligationState::ALL {
            let found = listed_under(&mut tx, *listed).await;
            assert_eq!(found, *listed == duty.standing(), "{listed:?} {duty:?}");
        }
    }
}

async fn listed_under(tx: &mut Tx, state: ObligationState) -> bool {
    let filter = ObligationFilter {
        state: Some(state),
        ..ObligationFilter::default()
    };
    let all = listed(tx, LedgerSide::All, &filter).await;
    !all.is_empty()
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

async fn listed(tx: &mut Tx, side: LedgerSide, filter: &ObligationFilter) -> Vec<ObligationId> {
    let mut filter = filter.clone();
    let mut ids = Vec::new();
    loop {
        let today = date(2026, 11, 24);
        let page = tx.obligations().ledger(side, &filter, today, 2).await;
        let (lines, next) = page.unwrap();
        assert!(lines.len() <= 2);
        ids.extend(lines.iter().map(|line| line.obligation.id));
        filter.after = next;
        if next.is_none() {
            return ids;
        }
    }
}

#[tokio::test]
async fn pages_of_duties_follow_each_other_newest_first_without_loss() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let mut expected = Vec::new();
    let parties = [world.court, world.procuratorate];
    for (n, moment) in [5, 5, 5, 1, 9, 9, 3, 4].into_iter().enumerate() {
        let (debtor, creditor) = (parties[n % 2], parties[(n + 1) % 2]);
        let (_, delivery) = world.delivered(&mut tx, debtor).await;
        let running = n % 3 == 0;
        let duty = Obligation {
            state: if running {
                ObligationState::InProgress
            } else {
                ObligationState::AwaitingSignature
            },
            urgency: Urgency::Normal,
            created_at: at(moment),
            ..an_obligation(&delivery, creditor)
        };
        tx.obligations().insert(&duty).await.unwrap();
        expected.push((at(moment), duty.id, debtor, running));
    }
    expected.sort_by(|a, b| b.cmp(a));
    let by = |debtor: Option<UnitId>, running: Option<bool>| -> Vec<ObligationId> {
        let those = expected.iter().filter(|(_, _, whose, runs)| {
            debtor.is_none_or(|unit| unit == *whose) && running.is_none_or(|want| want == *runs)
        });
        those.map(|(_, id, ..)| *id).collect()
    };
    let [court, procuratorate] = parties;
    for running in [None, Some(true)] {
        let state = running.map(|_| ObligationState::InProgress);
        for (list, debtor) in [
            (LedgerSide::All, None),
            (LedgerSide::Owed(court), Some(court)),
            (LedgerSide::Due(court), Some(procuratorate)),
            (LedgerSide::Owed(procuratorate), Some(procuratorate)),
        ] {
            let filter = ObligationFilter {
                state,
                ..ObligationFilter::default()
            };
            let found = listed(&mut tx, list, &filter).await;
            assert_eq!(found, by(debtor, running), "{list:?} {state:?}");
        }
    }
    let all = ObligationFilter::default();
    let nothing = listed(&mut tx, LedgerSide::Owed(world.government), &all).await;
    assert!(nothing.is_empty());
    let replied = ObligationFilter {
        state: Some(ObligationState::Replied),
        ..ObligationFilter::default()
    };
    assert!(listed(&mut tx, LedgerSide::All, &replied).await.is_empty());
}

/// Every criterion of the ledger, alone and with others, finds what looking at all of it finds.
#[tokio::test]
async fn what_is_asked_for_is_what_is_found() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let today = date(2026, 11, 24);
    let units = [world.court, world.procuratorate, world.government];
    let mut all = Vec::new();
    for n in 0..24_usize {
        let (_, delivery) = world.delivered(&mut tx, units[n % 3]).await;
        let duty = Obligation {
            created_at: at(i64::try_from(n).unwrap() * 1000),
            ..an_obligation(&delivery, units[(n + 1 + n / 8) % 3])
        };
        tx.obligations().insert(&duty).await.unwrap();
        let due_on = date(2026, 11, i8::try_from(n).unwrap() + 4);
        let changed = Obligation {
            state: match n % 4 {
                0 => ObligationState::InProgress,
                1 => ObligationState::AwaitingRegistration,
                2 => ObligationState::Closed,
                _ => ObligationState::AwaitingSignature,
            },
            due: (n % 4 != 3).then(|| DueDate {
                due_on,
                ..a_due_date()
            }),
            revision: duty.revision + 1,
            ..duty
        };
        assert!(tx.obligations().update(&changed).await.unwrap());
        all.push(changed.id);
    }
    let mut lines = Vec::new();
    for id in all {
        lines.extend(tx.obligations().find_for(None, id).await.unwrap());
    }
    lines.sort_by_key(|line| std::cmp::Reverse((line.obligation.created_at, line.obligation.id)));
    let kind = lines[0].kind.clone();
    let mut found_some = 0;
    for mask in 0..512_u32 {
        let given = |bit: u32| mask & (1 << bit) != 0;
        let filter = ObligationFilter {
            state: given(0).then_some(ObligationState::InProgress),
            kind: given(1).then(|| kind.clone()),
            debtor: given(2).then_some(world.court),
            creditor: given(3).then_some(world.procuratorate),
            overdue: given(4).then_some(given(5)),
            due_from: given(5).then_some(date(2026, 11, 8)),
            due_until: given(6).then_some(date(2026, 11, 20)),
            since: given(7).then_some(at(4_000)),
            until: given(8).then_some(at(21_000)),
            after: None,
        };
        for side in [
            LedgerSide::All,
            LedgerSide::Owed(world.court),
            LedgerSide::Due(world.court),
        ] {
            let ours = |line: &&LedgerLine| match side {
                LedgerSide::All => true,
                LedgerSide::Owed(unit) => line.obligation.debtor == unit,
                LedgerSide::Due(unit) => line.obligation.creditor == unit,
            };
            let fit = lines
                .iter()
                .filter(ours)
                .filter(|line| filter.fits(line, today));
            let expected: Vec<_> = fit.map(|line| line.obligation.id).collect();
            found_some += usize::from(!expected.is_empty());
            let found = listed(&mut tx, side, &filter).await;
            assert_eq!(found, expected, "{side:?} {filter:?}");
        }
    }
    assert!(found_some > 300, "hardly anything to find: {found_some}");
}
