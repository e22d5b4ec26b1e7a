use jiff::civil::date;
use wenshu::{
    domain::{
        DutyWord, Event, MailFault, MailState, Notification, NotificationId, Occasion, UserId,
        deadline::EscalationLevel,
    },
    store::Tx,
};

use crate::world::{World, a_user, an_obligation, at, parsed};

const ADDRESS: &str = "wang@example.gov.cn";

/// A person of the government with an address.
async fn a_person(world: &World, tx: &mut Tx, login: &str) -> UserId {
    let mut person = a_user(login, world.government);
    person.email = Some(parsed(ADDRESS));
    assert!(tx.users().insert(&person, "hash").await.unwrap());
    person.id
}

/// Words to somebody of the government at these moments, each to be sent by e-mail as well.
async fn words(world: &World, tx: &mut Tx, user: UserId, moments: &[i64]) -> Vec<NotificationId> {
    let (_, delivery) = world.delivered(tx, world.court).await;
    let duty = an_obligation(&delivery, world.government);
    tx.obligations().insert(&duty).await.unwrap();
    let mut ids = Vec::new();
    for moment in moments {
        let told = Notification {
            id: NotificationId::fresh(),
            user,
            unit: world.government,
            document: duty.document,
            occasion: Occasion::Duty(DutyWord {
                obligation: duty.id,
                event: Event::Reminder,
                level: EscalationLevel::None,
                due_on: Some(date(2026, 11, 2)),
            }),
            text: "提醒".to_owned(),
            created_at: at(*moment),
            read_at: None,
        };
        tx.notifications().insert(&told).await.unwrap();
        tx.mails().enqueue(&told).await.unwrap();
        let kept = tx.notifications().find(told.id).await.unwrap();
        assert_eq!(kept.as_ref(), Some(&told));
        ids.push(told.id);
    }
    ids
}

#[tokio::test]
async fn only_who_has_an_address_and_may_use_their_account_is_written_to() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let clerk = world.clerk;
    words(&world, &mut tx, clerk, &[1]).await;
    let mut gone = a_user("gone", world.government);
    (gone.active, gone.email) = (false, Some(parsed(ADDRESS)));
    assert!(tx.users().insert(&gone, "hash").await.unwrap());
    words(&world, &mut tx, gone.id, &[2]).await;
    assert!(tx.mails().due(at(9), 9).await.unwrap().is_empty());
    assert_eq!(tx.mails().oldest().await.unwrap(), None);
    let person = a_person(&world, &mut tx, "person").await;
    let ids = words(&world, &mut tx, person, &[4, 3]).await;
    let due = tx.mails().due(at(9), 9).await.unwrap();
    let found: Vec<_> = due.iter().map(|one| one.notification).collect();
    assert_eq!(found, [ids[1], ids[0]]);
    assert_eq!((due[0].attempts, due[0].created_at), (0, at(3)));
    assert_eq!(tx.mails().due(at(3), 9).await.unwrap(), due[..1]);
    assert_eq!(tx.mails().due(at(9), 1).await.unwrap(), due[..1]);
    assert_eq!(tx.mails().oldest().await.unwrap(), Some(at(3)));
}

#[tokio::test]
async fn the_address_is_the_one_of_now() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let id = a_person(&world, &mut tx, "person").await;
    let told = words(&world, &mut tx, id, &[1]).await[0];
    let address = tx.mails().address(told).await.unwrap();
    assert_eq!(address, Some(parsed(ADDRESS)));
    let mut person = tx.users().find(id).await.unwrap().unwrap();
    let (home, there) = (person.memberships.clone(), Some(parsed("w@example.com")));
    for (email, active, memberships, found) in [
        (there.clone(), true, home.clone(), true),
        (None, true, home.clone(), false),
        (there.clone(), false, home, false),
        (there.clone(), true, Vec::new(), false),
    ] {
        (person.email, person.active) = (email, active);
        person.memberships = memberships;
        person.revision += 1;
        assert!(tx.users().update(&person).await.unwrap());
        let address = tx.mails().address(told).await.unwrap();
        assert_eq!(address, there.clone().filter(|_| found), "{person:?}");
    }
}

#[tokio::test]
async fn a_mail_is_sent_by_one_at_a_time() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let person = a_person(&world, &mut tx, "person").await;
    let id = words(&world, &mut tx, person, &[1]).await[0];
    let seen = tx.mails().due(at(2), 9).await.unwrap()[0].clone();
    assert!(tx.mails().claim(&seen, at(2), at(10)).await.unwrap());
    assert!(!tx.mails().claim(&seen, at(2), at(10)).await.unwrap());
    assert!(tx.mails().due(at(9), 9).await.unwrap().is_empty());
    let again = tx.mails().due(at(10), 9).await.unwrap()[0].clone();
    assert_eq!(again.attempts, 1);
    assert!(tx.mails().claim(&again, at(10), at(20)).await.unwrap());
    // Who was thought dead comes back and fails: the other is at it.
    let fault = MailFault::Deferred;
    tx.mails().put_off(&seen, fault, at(11)).await.unwrap();
    assert!(tx.mails().due(at(19), 9).await.unwrap().is_empty());
    tx.mails().put_off(&again, fault, at(30)).await.unwrap();
    assert!(tx.mails().due(at(29), 9).await.unwrap().is_empty());
    let last = tx.mails().due(at(30), 9).await.unwrap()[0].clone();
    assert_eq!((last.attempts, last.notification), (2, id));
}

#[tokio::test]
async fn what_is_settled_is_not_due_and_what_was_sent_stays_sent() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let person = a_person(&world, &mut tx, "person").await;
    let ids = words(&world, &mut tx, person, &[1, 2]).await;
    let fault = Some(MailFault::Rejected);
    for (id, state, fault) in [
        (ids[0], MailState::Failed, fault),
        (ids[1], MailState::Sent, None),
        (ids[1], MailState::Failed, fault),
    ] {
        tx.mails().settle(id, state, fault, at(5)).await.unwrap();
    }
    assert!(tx.mails().due(at(9), 9).await.unwrap().is_empty());
    // The failed one can still turn out to have been sent; nothing is forgotten before its time.
    let (sent, failed) = (MailState::Sent, MailState::Failed);
    tx.mails().settle(ids[0], sent, None, at(6)).await.unwrap();
    tx.mails()
        .settle(ids[1], failed, fault, at(9))
        .await
        .unwrap();
    assert_eq!(tx.mails().forget(at(5)).await.unwrap(), 0);
    assert_eq!(tx.mails().forget(at(6)).await.unwrap(), 1);
    assert_eq!(tx.mails().forget(at(99)).await.unwrap(), 1);
}

#[tokio::test]
async fn what_has_waited_too_long_is_given_up_unless_somebody_is_sending_it() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let person = a_person(&world, &mut tx, "person").await;
    words(&world, &mut tx, person, &[1, 2, 30]).await;
    let due = tx.mails().due(at(1), 9).await.unwrap();
    assert!(tx.mails().claim(&due[0], at(1), at(50)).await.unwrap());
    assert_eq!(tx.mails().expire(at(10), at(40)).await.unwrap(), 1);
    assert_eq!(tx.mails().due(at(40), 9).await.unwrap().len(), 1);
    assert_eq!(tx.mails().oldest().await.unwrap(), Some(at(1)));
    assert_eq!(tx.mails().expire(at(10), at(50)).await.unwrap(), 1);
    assert_eq!(tx.mails().oldest().await.unwrap(), Some(at(30)));
}
