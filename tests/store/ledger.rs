//! The ledger of duties: its states, sides, criteria and orders, page by page.

use std::cmp::Reverse;

use jiff::civil::{Date, date};
use uuid::Uuid;
use wenshu::{
    domain::{
        DueDate, LedgerCriteria, LedgerLine, LedgerOrder, LedgerSide, Obligation, ObligationId,
        ObligationState, Progress, UnitId, Urgency, legal_day,
    },
    store::Tx,
};

use crate::{
    obligations::a_duty,
    world::{World, a_due_date, an_obligation, at},
};

const TODAY: Date = date(2026, 11, 24);

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
    let criteria = LedgerCriteria {
        state: Some(state),
        ..LedgerCriteria::default()
    };
    let all = listed(tx, LedgerSide::All, &criteria).await;
    !all.is_empty()
}

async fn listed(tx: &mut Tx, side: LedgerSide, criteria: &LedgerCriteria) -> Vec<ObligationId> {
    let mut ids = Vec::new();
    let mut after = None;
    loop {
        let page = tx
            .obligations()
            .ledger(side, criteria, after, TODAY, 2)
            .await;
        let (lines, next) = page.unwrap();
        assert!(lines.len() <= 2);
        ids.extend(lines.iter().map(|line| line.obligation.id));
        after = next;
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
            let criteria = LedgerCriteria {
                state,
                ..LedgerCriteria::default()
            };
            let found = listed(&mut tx, list, &criteria).await;
            assert_eq!(found, by(debtor, running), "{list:?} {state:?}");
        }
    }
    let all = LedgerCriteria::default();
    let nothing = listed(&mut tx, LedgerSide::Owed(world.government), &all).await;
    assert!(nothing.is_empty());
    let replied = LedgerCriteria {
        state: Some(ObligationState::Replied),
        ..LedgerCriteria::default()
    };
    assert!(listed(&mut tx, LedgerSide::All, &replied).await.is_empty());
}

/// Duties of all kinds; those of one day, and those without one, lie among the others.
async fn many_duties(world: &World, tx: &mut Tx) -> Vec<LedgerLine> {
    let units = [world.court, world.procuratorate, world.government];
    let mut lines = Vec::new();
    for n in 0..24_usize {
        let (_, delivery) = world.delivered(tx, units[n % 3]).await;
        let duty = Obligation {
            created_at: at(i64::try_from(n / 2).unwrap() * 14_400_000),
            ..an_obligation(&delivery, units[(n + 1 + n / 8) % 3])
        };
        tx.obligations().insert(&duty).await.unwrap();
        let day = i8::try_from(n * 5 % 24 / 2 * 2).unwrap();
        let due = DueDate {
            due_on: date(2026, 11, day + 4),
            ..a_due_date()
        };
        let changed = Obligation {
            state: match n % 4 {
                0 => ObligationState::InProgress,
                1 => ObligationState::AwaitingRegistration,
                2 => ObligationState::Closed,
                _ => ObligationState::AwaitingSignature,
            },
            due: (n % 4 != 3).then_some(due),
            progress: Progress {
                supplement_due_on: (n % 8 == 4).then_some(date(2026, 11, 28 - day)),
                ..Progress::default()
            },
            revision: duty.revision + 1,
            ..duty
        };
        assert!(tx.obligations().update(&changed).await.unwrap());
        lines.extend(tx.obligations().find_for(None, changed.id).await.unwrap());
    }
    lines
}

/// Puts lines in order, the other way round where `reverse` says so, but for those without a day.
fn sort(lines: &mut [LedgerLine], order: LedgerOrder) {
    let arising = |line: &LedgerLine| (line.obligation.created_at, line.obligation.id);
    let day = |line: &LedgerLine| (line.obligation.awaited_by(), line.obligation.id);
    match order {
        LedgerOrder::Newest => lines.sort_by_key(|line| Reverse(arising(line))),
        LedgerOrder::Oldest => lines.sort_by_key(arising),
        LedgerOrder::DueFirst => lines.sort_by_key(|line| (day(line).0.is_none(), day(line))),
        LedgerOrder::DueLast => lines.sort_by_key(|line| match day(line) {
            (Some(day), id) => (false, Reverse((Some(day), id)), None),
            (None, id) => (true, Reverse((None, ObligationId(Uuid::nil()))), Some(id)),
        }),
    }
}

/// Every criterion of the ledger, alone and with others, in every order, finds what looking at
/// all of it finds.
#[tokio::test]
async fn what_is_asked_for_is_what_is_found() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let mut lines = many_duties(&world, &mut tx).await;
    let kind = lines[0].kind.clone();
    let sides = [
        LedgerSide::All,
        LedgerSide::Owed(world.court),
        LedgerSide::Due(world.court),
    ];
    let mut found_some = 0;
    for (turn, order) in LedgerOrder::ALL.iter().enumerate() {
        sort(&mut lines, *order);
        for mask in 0..512_usize {
            let given = |bit: u32| mask & (1 << bit) != 0;
            let criteria = LedgerCriteria {
                side: None,
                order: Some(*order),
                state: given(0).then_some(ObligationState::InProgress),
                kind: given(1).then(|| kind.clone()),
                debtor: given(2).then_some(world.court),
                creditor: given(3).then_some(world.procuratorate),
                overdue: given(4).then_some(given(5)),
                due_from: given(5).then_some(date(2026, 11, 8)),
                due_until: given(6).then_some(date(2026, 11, 20)),
                since: given(7).then(|| legal_day(at(14_400_000 * 4))),
                until: given(8).then(|| legal_day(at(14_400_000 * 8))),
            };
            let side = sides[(mask + turn) % 3];
            let ours = |line: &&LedgerLine| match side {
                LedgerSide::All => true,
                LedgerSide::Owed(unit) => line.obligation.debtor == unit,
                LedgerSide::Due(unit) => line.obligation.creditor == unit,
            };
            let fit = lines
                .iter()
                .filter(ours)
                .filter(|line| criteria.fits(line, TODAY));
            let expected: Vec<_> = fit.map(|line| line.obligation.id).collect();
            found_some += usize::from(!expected.is_empty());
            let found = listed(&mut tx, side, &criteria).await;
            assert_eq!(found, expected, "{side:?} {criteria:?}");
        }
    }
    assert!(found_some > 400, "hardly anything to find: {found_some}");
}

/// A page goes on behind the last one, whatever has come before it meanwhile.
#[tokio::test]
async fn a_page_goes_on_where_the_last_one_ended_also_when_rows_are_added() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let mut lines = many_duties(&world, &mut tx).await;
    for order in LedgerOrder::ALL {
        sort(&mut lines, *order);
        let criteria = LedgerCriteria {
            order: Some(*order),
            ..LedgerCriteria::default()
        };
        let seen = 20;
        let mut obligations = tx.obligations();
        let page = obligations.ledger(LedgerSide::All, &criteria, None, TODAY, seen);
        let (page, next) = page.await.unwrap();
        assert_eq!(page, lines[..seen], "{order:?}");
        // As it is at the very end, it lies before the place in one order and behind in another.
        let late = a_duty(&world, &mut tx).await;
        let late = tx.obligations().find_for(None, late.id).await.unwrap();
        lines.extend(late);
        let last = lines[seen - 1].clone();
        sort(&mut lines, *order);
        let place = lines.iter().position(|line| *line == last).unwrap();
        let mut obligations = tx.obligations();
        let page = obligations.ledger(LedgerSide::All, &criteria, next, TODAY, 100);
        let (rest, next) = page.await.unwrap();
        assert_eq!(rest, lines[place + 1..], "{order:?}");
        assert_eq!(next, None);
    }
}
