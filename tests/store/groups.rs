use wenshu::domain::{Group, GroupId, UnitId};

use crate::world::{World, at};

fn a_group(name: &str, members: &[UnitId]) -> Group {
    Group {
        id: GroupId::fresh(),
        name: name.to_owned(),
        members: members.to_vec(),
        created_at: at(1),
        revision: 1,
    }
}

#[tokio::test]
async fn a_group_is_found_as_it_was_written_last_with_its_members_in_order() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let mut group = a_group("两院", &[world.procuratorate, world.court]);
    assert!(tx.groups().insert(&group).await.unwrap());
    let found = tx.groups().find(group.id).await.unwrap();
    assert_eq!(found.as_ref(), Some(&group));

    group.name = "府院检".to_owned();
    group.members = vec![world.government, world.court, world.procuratorate];
    group.revision = 2;
    assert!(tx.groups().update(&group).await.unwrap());
    assert!(!tx.groups().update(&group).await.unwrap(), "a second time");
    let found = tx.groups().find(group.id).await.unwrap();
    assert_eq!(found.as_ref(), Some(&group));

    assert!(!tx.groups().delete(group.id, 1).await.unwrap());
    assert!(tx.groups().delete(group.id, 2).await.unwrap());
    assert_eq!(tx.groups().find(group.id).await.unwrap(), None);
    assert!(!tx.groups().delete(group.id, 3).await.unwrap());
}

#[tokio::test]
async fn names_of_groups_are_unique_and_pages_follow_each_other() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let groups = ["甲", "乙", "丙"].map(|name| a_group(name, &[world.court]));
    for group in &groups {
        assert!(tx.groups().insert(group).await.unwrap());
    }
    let twin = a_group("甲", &[]);
    assert!(tx.groups().is_taken("甲", twin.id).await.unwrap());
    assert!(!tx.groups().is_taken("甲", groups[0].id).await.unwrap());
    assert!(!tx.groups().insert(&twin).await.unwrap());
    let first = tx.groups().list(None, 2).await.unwrap();
    assert_eq!(first, groups[..2]);
    let rest = tx.groups().list(Some(first[1].id), 2).await.unwrap();
    assert_eq!(rest, groups[2..]);
}
