use jiff::civil::date;
use wenshu::domain::{DueDate, Obligation, ObligationState, Progress, WorkTally};

use crate::world::{World, a_due_date, an_obligation};

#[tokio::test]
async fn what_waits_is_counted_for_each_side() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let day = |day| Some(date(2026, 11, day));
    // State, due, supplement due, extending, objecting.
    let duties = [
        (ObligationState::AwaitingSignature, None, None, false, false),
        (
            ObligationState::AwaitingRegistration,
            day(20),
            None,
            false,
            false,
        ),
        (ObligationState::InProgress, day(24), None, true, false),
        (ObligationState::InProgress, day(29), None, false, true),
        (ObligationState::InProgress, day(30), None, false, false),
        (ObligationState::InProgress, day(1), day(26), false, false),
        (ObligationState::Replied, day(1), None, false, true),
        (ObligationState::Evaluated, day(1), None, false, false),
        (ObligationState::Withdrawn, day(1), None, false, false),
    ];
    for (state, due_on, supplement_due_on, extending, objecting) in duties {
        let (_, delivery) = world.delivered(&mut tx, world.court).await;
        let before = an_obligation(&delivery, world.government);
        tx.obligations().insert(&before).await.unwrap();
        let due = due_on.map(|due_on| DueDate {
            due_on,
            ..a_due_date()
        });
        let changed = Obligation {
            state,
            due,
            progress: Progress {
                supplement_due_on,
                extending,
                objecting,
                ..Progress::default()
            },
            revision: 2,
            ..before
        };
        assert!(tx.obligations().update(&changed).await.unwrap());
    }
    // Tuesday, 24 November, to Sunday.
    let (today, until) = (date(2026, 11, 24), date(2026, 11, 29));
    let court = tx.tallies().of(world.court, today, until).await.unwrap();
    assert_eq!(
        court,
        WorkTally {
            unsigned: 9,
            to_register: 1,
            due_soon: 3,
            overdue: 1,
            ..WorkTally::default()
        }
    );
    let government = tx.tallies().of(world.government, today, until).await;
    assert_eq!(
        government.unwrap(),
        WorkTally {
            to_evaluate: 1,
            extensions: 1,
            objections: 2,
            late_to_us: 1,
            ..WorkTally::default()
        }
    );
    let nobody = tx.tallies().of(world.procuratorate, today, until).await;
    assert_eq!(nobody.unwrap(), WorkTally::default());
}
