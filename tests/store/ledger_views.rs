use jiff::civil::date;
use wenshu::domain::{
    LedgerCriteria, LedgerOrder, LedgerView, LedgerViewId, ObligationState, Side, UnitId, UserId,
};

use crate::world::{World, a_user, at};

fn a_view(name: &str, user: UserId, unit: UnitId) -> LedgerView {
    LedgerView {
        id: LedgerViewId::fresh(),
        user,
        unit,
        name: name.to_owned(),
        criteria: LedgerCriteria::default(),
        created_at: at(1),
        revision: 1,
    }
}

#[tokio::test]
async fn a_view_is_found_as_it_was_written_last() {
    let world = World::new().await;
    let whose = (world.clerk, world.government);
    let mut tx = world.write().await;
    let mut view = a_view("逾期的", world.clerk, world.government);
    assert!(tx.ledger_views().insert(&view).await.unwrap());
    let found = tx.ledger_views().find_for(whose, view.id).await.unwrap();
    assert_eq!(found.as_ref(), Some(&view));

    view.name = "本月到期".to_owned();
    view.criteria = LedgerCriteria {
        side: Some(Side::Due),
        order: Some(LedgerOrder::DueLast),
        state: Some(ObligationState::InProgress),
        kind: Some("SJ-ZH".to_owned()),
        debtor: Some(world.court),
        creditor: Some(world.government),
        overdue: Some(false),
        due_from: Some(date(2026, 11, 1)),
        due_until: Some(date(2026, 11, 30)),
        since: Some(date(2026, 1, 1)),
        until: Some(date(2026, 12, 31)),
    };
    view.revision = 2;
    assert!(tx.ledger_views().update(&view).await.unwrap());
    let again = tx.ledger_views().update(&view).await.unwrap();
    assert!(!again, "a second time");
    let found = tx.ledger_views().find_for(whose, view.id).await.unwrap();
    assert_eq!(found.as_ref(), Some(&view));

    assert!(!tx.ledger_views().delete(view.id, 1).await.unwrap());
    assert!(tx.ledger_views().delete(view.id, 2).await.unwrap());
    let found = tx.ledger_views().find_for(whose, view.id).await.unwrap();
    assert_eq!(found, None);
}

#[tokio::test]
async fn a_view_is_one_persons_in_one_unit() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let other = a_user("other", world.government);
    assert!(tx.users().insert(&other, "hash").await.unwrap());
    let own = (world.clerk, world.government);
    let strangers = [(other.id, world.government), (world.clerk, world.court)];
    let views = ["乙", "甲"].map(|name| a_view(name, own.0, own.1));
    for view in &views {
        assert!(tx.ledger_views().insert(view).await.unwrap());
    }
    let twin = a_view("甲", own.0, own.1);
    assert!(!tx.ledger_views().insert(&twin).await.unwrap());
    assert!(tx.ledger_views().is_taken(&twin).await.unwrap());
    assert!(!tx.ledger_views().is_taken(&views[1]).await.unwrap());
    assert_eq!(tx.ledger_views().list_for(own).await.unwrap(), views);
    assert_eq!(tx.ledger_views().count(own).await.unwrap(), 2);
    for (user, unit) in strangers {
        let stranger = (user, unit);
        let found = tx.ledger_views().find_for(stranger, views[0].id).await;
        assert_eq!(found.unwrap(), None);
        let none = tx.ledger_views().list_for(stranger).await.unwrap();
        assert!(none.is_empty());
        assert_eq!(tx.ledger_views().count(stranger).await.unwrap(), 0);
        let namesake = a_view("甲", user, unit);
        assert!(!tx.ledger_views().is_taken(&namesake).await.unwrap());
        assert!(tx.ledger_views().insert(&namesake).await.unwrap());
    }
}
