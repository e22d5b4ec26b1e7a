use jiff::civil::date;
use wenshu::{
    domain::{
        DutyWord, Event, Notification, NotificationFilter, NotificationId, Obligation, Occasion,
        deadline::EscalationLevel,
    },
    store::Tx,
};

use crate::world::{World, a_user, an_obligation, at};

async fn a_duty(world: &World, tx: &mut Tx) -> Obligation {
    let (_, delivery) = world.delivered(tx, world.court).await;
    let duty = an_obligation(&delivery, world.government);
    tx.obligations().insert(&duty).await.unwrap();
    duty
}

#[tokio::test]
async fn a_duty_is_looked_at_when_it_is_new_when_it_changes_and_when_its_hour_comes() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let mut duty = a_duty(&world, &mut tx).await;
    assert_eq!(tx.reminders().due(at(0), 5).await.unwrap(), [duty.id]);
    tx.reminders().next(duty.id, 1, Some(at(50))).await.unwrap();
    assert!(tx.reminders().due(at(49), 5).await.unwrap().is_empty());
    assert_eq!(tx.reminders().due(at(50), 5).await.unwrap(), [duty.id]);
    duty.revision += 1;
    assert!(tx.obligations().update(&duty).await.unwrap());
    tx.reminders().next(duty.id, 1, None).await.unwrap();
    let due = tx.reminders().due(at(0), 5).await.unwrap();
    assert_eq!(due, [duty.id], "it has changed meanwhile");
    tx.reminders().next(duty.id, 2, None).await.unwrap();
    assert!(
        tx.reminders()
            .due(at(i64::from(i32::MAX)), 5)
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn a_step_is_taken_once() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let duty = a_duty(&world, &mut tx).await;
    let other = a_duty(&world, &mut tx).await;
    for (id, step, told, first) in [
        (duty.id, "t-7", true, true),
        (duty.id, "t-7", true, false),
        (duty.id, "t-3", false, true),
        (duty.id, "t-3", true, false),
        (other.id, "t-7", true, true),
    ] {
        let taken = tx.reminders().take(id, step, at(1), told).await;
        assert_eq!(taken.unwrap(), first, "{step}");
    }
    assert_eq!(tx.reminders().taken(duty.id).await.unwrap(), ["t-3", "t-7"]);
}

#[tokio::test]
async fn the_people_of_a_unit_are_those_who_may_still_log_in() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let mut gone = a_user("gone", world.government);
    gone.active = false;
    assert!(tx.users().insert(&gone, "hash").await.unwrap());
    let people = tx.reminders().people(world.government).await.unwrap();
    assert_eq!(people, [(world.clerk, "clerk,signer".to_owned())]);
    assert!(tx.reminders().people(world.court).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_word_is_read_once_and_by_whom_it_is_for() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let duty = a_duty(&world, &mut tx).await;
    let who = (world.clerk, world.government);
    let mut words = Vec::new();
    for moment in [1, 3, 2] {
        let notice = Notification {
            id: NotificationId::fresh(),
            user: world.clerk,
            unit: world.government,
            document: duty.document,
            occasion: Occasion::Duty(DutyWord {
                obligation: duty.id,
                event: Event::Reminder,
                level: EscalationLevel::Urge,
                due_on: Some(date(2026, 11, 2)),
            }),
            text: format!("第 {moment} 次"),
            created_at: at(moment),
            read_at: None,
        };
        tx.notifications().insert(&notice).await.unwrap();
        words.push(notice);
    }
    words.sort_by_key(|word| std::cmp::Reverse(word.created_at));
    let stranger = (world.clerk, world.court);
    let id = words[1].id;
    for (who, found) in [(stranger, false), (who, true), (who, true)] {
        let at = at(9 + i64::from(found));
        let read = tx.notifications().mark_read(who, id, at).await;
        assert_eq!(read.unwrap(), found);
    }
    words[1].read_at = Some(at(10));
    let mut filter = NotificationFilter::default();
    let all = tx.notifications().list(who, &filter, 9).await.unwrap();
    assert_eq!(all, words);
    filter.after = Some((words[0].created_at, words[0].id));
    let rest = tx.notifications().list(who, &filter, 1).await.unwrap();
    assert_eq!(rest, words[1..2]);
    let unread = NotificationFilter {
        unread: true,
        after: None,
    };
    let unread = tx.notifications().list(who, &unread, 9).await.unwrap();
    assert_eq!(unread, [words[0].clone(), words[2].clone()]);
    let none = tx.notifications().list(stranger, &filter, 9).await.unwrap();
    assert!(none.is_empty());
}
