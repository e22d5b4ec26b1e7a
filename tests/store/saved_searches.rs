use wenshu::{
    domain::{
        Branch, DocumentId, DocumentState, DutyWord, Event, Notification, NotificationFilter,
        NotificationId, Occasion, SavedSearch, SavedSearchId, SearchCriteria, SearchOrder, UnitId,
        UserId, deadline::EscalationLevel,
    },
    store::{Basis, Tx},
};

use crate::{
    home::Home,
    world::{World, a_user, an_obligation, at},
};

fn a_search(name: &str, user: UserId, unit: UnitId) -> SavedSearch {
    SavedSearch {
        id: SavedSearchId::fresh(),
        user,
        unit,
        name: name.to_owned(),
        criteria: SearchCriteria {
            q: "土地登记".to_owned(),
            ..SearchCriteria::default()
        },
        watched_since: None,
        created_at: at(1),
        revision: 1,
    }
}

/// A search of the clerk that watches in a unit from a moment on.
async fn watching(world: &World, tx: &mut Tx, unit: UnitId, since: i64) -> SavedSearch {
    let search = SavedSearch {
        watched_since: Some(at(since)),
        ..a_search(&format!("自 {since}"), world.clerk, unit)
    };
    assert!(tx.saved_searches().insert(&search).await.unwrap());
    search
}

#[tokio::test]
async fn a_search_is_found_as_it_was_written_last() {
    let world = World::new().await;
    let whose = (world.clerk, world.government);
    let mut tx = world.write().await;
    let mut search = a_search("土地", world.clerk, world.government);
    assert!(tx.saved_searches().insert(&search).await.unwrap());
    let found = tx.saved_searches().find_for(whose, search.id).await;
    assert_eq!(found.unwrap().as_ref(), Some(&search));

    search.name = "不动产".to_owned();
    search.watched_since = Some(at(7));
    search.criteria = SearchCriteria {
        q: "不动产 -诉讼".to_owned(),
        order: Some(SearchOrder::Oldest),
        kind: Some("SJ-ZH".to_owned()),
        issuer: Some(world.court),
        branch: Some(Branch::Court),
        year: Some(2026),
        state: Some(DocumentState::Archived),
    };
    search.revision = 2;
    assert!(tx.saved_searches().update(&search).await.unwrap());
    let again = tx.saved_searches().update(&search).await.unwrap();
    assert!(!again, "a second time");
    let found = tx.saved_searches().find(search.id).await.unwrap();
    assert_eq!(found.as_ref(), Some(&search));

    let document = DocumentId::fresh();
    let told = tx.search_watch().tell(search.id, document, at(8)).await;
    assert!(told.unwrap());
    assert!(!tx.saved_searches().delete(search.id, 1).await.unwrap());
    assert!(tx.saved_searches().delete(search.id, 2).await.unwrap());
    assert_eq!(tx.saved_searches().find(search.id).await.unwrap(), None);
    tx.commit().await.unwrap();
    let left: Vec<(i64,)> = world.home.rows("SELECT COUNT(*) FROM search_matches").await;
    assert_eq!(left, [(0,)], "what it was told of goes with it");
}

#[tokio::test]
async fn a_search_is_one_persons_in_one_unit() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let other = a_user("other", world.government);
    assert!(tx.users().insert(&other, "hash").await.unwrap());
    let own = (world.clerk, world.government);
    let strangers = [(other.id, world.government), (world.clerk, world.court)];
    let searches = ["乙", "甲"].map(|name| a_search(name, own.0, own.1));
    for search in &searches {
        assert!(tx.saved_searches().insert(search).await.unwrap());
    }
    let twin = a_search("甲", own.0, own.1);
    assert!(!tx.saved_searches().insert(&twin).await.unwrap());
    assert!(tx.saved_searches().is_taken(&twin).await.unwrap());
    assert!(!tx.saved_searches().is_taken(&searches[1]).await.unwrap());
    assert_eq!(tx.saved_searches().list_for(own).await.unwrap(), searches);
    assert_eq!(tx.saved_searches().count(own).await.unwrap(), 2);
    for (user, unit) in strangers {
        let stranger = (user, unit);
        let found = tx.saved_searches().find_for(stranger, searches[0].id).await;
        assert_eq!(found.unwrap(), None);
        let none = tx.saved_searches().list_for(stranger).await.unwrap();
        assert!(none.is_empty());
        assert_eq!(tx.saved_searches().count(stranger).await.unwrap(), 0);
        let namesake = a_search("甲", user, unit);
        assert!(!tx.saved_searches().is_taken(&namesake).await.unwrap());
        assert!(tx.saved_searches().insert(&namesake).await.unwrap());
    }
}

/// A document of the government that the court has received: `since` is 5000 (see `World`).
async fn received(world: &World, tx: &mut Tx) -> DocumentId {
    world.delivered(tx, world.court).await.0.id
}

#[tokio::test]
async fn a_search_waits_for_what_has_come_in_to_its_unit_since_it_watches_and_was_not_told() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let first = received(&world, &mut tx).await;
    let second = received(&world, &mut tx).await;
    let early = watching(&world, &mut tx, world.court, 5_000).await;
    let late = watching(&world, &mut tx, world.court, 5_001).await;
    let issuer = watching(&world, &mut tx, world.government, 0).await;
    let stranger = watching(&world, &mut tx, world.procuratorate, 0).await;
    let idle = a_search("不通知", world.clerk, world.court);
    assert!(tx.saved_searches().insert(&idle).await.unwrap());
    let both = [first, second];
    let found = tx.search_watch().awaiting(&both).await.unwrap();
    assert_eq!(found, [(early.clone(), both.to_vec())]);
    let found = tx.search_watch().awaiting(&[second]).await.unwrap();
    assert_eq!(found, [(early.clone(), vec![second])]);
    assert_eq!(tx.search_watch().awaiting(&[]).await.unwrap(), []);

    for (document, new) in [(first, true), (first, false), (second, true)] {
        let told = tx.search_watch().tell(early.id, document, at(9)).await;
        assert_eq!(told.unwrap(), new);
    }
    assert_eq!(tx.search_watch().awaiting(&both).await.unwrap(), []);

    // It comes in to others later, and one issues it together with the government.
    for (unit, basis) in [
        (world.procuratorate, Basis::Forward),
        (world.government, Basis::Joint),
    ] {
        tx.access()
            .grant(unit, first, basis, at(6_000))
            .await
            .unwrap();
    }
    let found = tx.search_watch().awaiting(&both).await.unwrap();
    assert_eq!(found, [(stranger, vec![first])]);
    drop((late, issuer));
}

#[tokio::test]
async fn a_search_that_cannot_be_read_keeps_nobody_waiting() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let document = received(&world, &mut tx).await;
    let broken = watching(&world, &mut tx, world.court, 0).await;
    let sound = watching(&world, &mut tx, world.court, 1).await;
    tx.commit().await.unwrap();
    let spoil =
        "UPDATE saved_searches SET criteria = '{\"year\": \"soon\"}' WHERE watched_since < ";
    let since = broken.watched_since.unwrap().as_millisecond() + 1;
    assert_eq!(world.home.run(&format!("{spoil}{since}")).await, 1);
    let mut tx = world.read().await;
    let found = tx.search_watch().awaiting(&[document]).await.unwrap();
    assert_eq!(found, [(sound, vec![document])]);
}

#[tokio::test]
async fn the_log_is_read_on_by_one() {
    let world = World::new().await;
    let mut tx = world.write().await;
    assert_eq!(tx.search_watch().position().await.unwrap(), 0);
    for (from, to, first) in [(0, 7, true), (0, 9, false), (7, 9, true)] {
        let read = tx.search_watch().advance(from, to).await.unwrap();
        assert_eq!(read, first, "{from} to {to}");
    }
    assert_eq!(tx.search_watch().position().await.unwrap(), 9);
}

#[tokio::test]
async fn two_that_read_on_at_once_are_one_after_the_other() {
    let world = World::new().await;
    let mut one = world.write().await;
    assert!(one.search_watch().advance(0, 5).await.unwrap());
    let store = world.store.clone();
    let other = tokio::spawn(async move {
        let mut tx = store.write().await.unwrap();
        let read = tx.search_watch().advance(0, 6).await.unwrap();
        drop(tx);
        read
    });
    one.commit().await.unwrap();
    assert!(!other.await.unwrap());
    let kept = world.read().await.search_watch().position().await;
    assert_eq!(kept.unwrap(), 5);
}

#[tokio::test]
async fn a_word_may_be_of_a_search() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let notice = Notification {
        id: NotificationId::fresh(),
        user: world.clerk,
        unit: world.government,
        document: DocumentId::fresh(),
        occasion: Occasion::Match {
            search: SavedSearchId::fresh(),
            name: "土地".to_owned(),
        },
        text: "检索“土地”有新文书".to_owned(),
        created_at: at(3),
        read_at: None,
    };
    tx.notifications().insert(&notice).await.unwrap();
    let whose = (world.clerk, world.government);
    let filter = NotificationFilter::default();
    let all = tx.notifications().list(whose, &filter, 9).await.unwrap();
    assert_eq!(all, [notice]);
}

/// Takes the migration back by hand, so that what it does to a hub with rows in it is seen.
async fn without_saved_searches(home: &Home) {
    let back: &[&str] = if home.is_postgres() {
        &[
            "DROP TABLE search_matches",
            "DROP TABLE saved_searches",
            "DROP TABLE search_watch",
            "ALTER TABLE notifications DROP COLUMN search_id, DROP COLUMN search_name",
            "ALTER TABLE notifications ALTER COLUMN obligation_id SET NOT NULL",
        ]
    } else {
        &[
            "DROP TABLE search_matches",
            "DROP TABLE saved_searches",
            "DROP TABLE search_watch",
            "ALTER TABLE notifications DROP COLUMN search_id",
            "ALTER TABLE notifications DROP COLUMN search_name",
        ]
    };
    for statement in back {
        home.run(statement).await;
    }
    let forget = "DELETE FROM _sqlx_migrations WHERE version = 21";
    assert_eq!(home.run(forget).await, 1);
}

#[tokio::test]
async fn what_was_said_before_there_were_searches_is_still_there_after_the_upgrade() {
    let home = Home::new().await;
    let store = home.open().await;
    let world = World::in_home(home, store).await;
    let mut tx = world.write().await;
    let (_, delivery) = world.delivered(&mut tx, world.court).await;
    let duty = an_obligation(&delivery, world.government);
    tx.obligations().insert(&duty).await.unwrap();
    let mut person = tx.users().find(world.clerk).await.unwrap().unwrap();
    person.email = Some("wang@example.gov.cn".parse().unwrap());
    person.revision += 1;
    assert!(tx.users().update(&person).await.unwrap());
    let whose = (world.clerk, world.government);
    for moment in [1, 2] {
        let notice = Notification {
            id: NotificationId::fresh(),
            user: whose.0,
            unit: whose.1,
            document: duty.document,
            occasion: Occasion::Duty(DutyWord {
                obligation: duty.id,
                event: Event::Reminder,
                level: EscalationLevel::Urge,
                due_on: Some("2026-11-02".parse().unwrap()),
            }),
            text: "提醒".to_owned(),
            created_at: at(moment),
            read_at: None,
        };
        tx.notifications().insert(&notice).await.unwrap();
        tx.mails().enqueue(&notice).await.unwrap();
    }
    let filter = NotificationFilter::default();
    let said = tx.notifications().list(whose, &filter, 9).await.unwrap();
    let read = tx.notifications().mark_read(whose, said[0].id, at(5)).await;
    assert!(read.unwrap());
    let said = tx.notifications().list(whose, &filter, 9).await.unwrap();
    let due = tx.mails().due(at(9), 9).await.unwrap();
    assert_eq!((said.len(), due.len()), (2, 2));
    tx.happened(wenshu::domain::Change::of_document(
        duty.document,
        "document.send",
        at(6),
    ));
    tx.commit().await.unwrap();
    world.store.close().await;

    without_saved_searches(&world.home).await;
    let store = world.home.open().await;
    let mut tx = store.write().await.unwrap();
    let still = tx.notifications().list(whose, &filter, 9).await.unwrap();
    assert_eq!(still, said);
    assert_eq!(tx.mails().due(at(9), 9).await.unwrap(), due);
    let (position, newest) = (
        tx.search_watch().position().await.unwrap(),
        tx.changes().newest().await.unwrap(),
    );
    assert_eq!(position, newest, "what was there before is no news");
    assert_eq!(newest, 1);
    let unread = NotificationFilter {
        unread: true,
        after: None,
    };
    let unread = tx.notifications().list(whose, &unread, 9).await.unwrap();
    assert_eq!(unread, said[1..]);
    drop(tx);
    store.close().await;
}
