use wenshu::domain::{Branch, Unit, UnitId};

use crate::world::{World, a_unit, at, parsed};

fn a_full_unit(parent: UnitId) -> Unit {
    Unit {
        branch: Branch::Court,
        credit_code: Some(parsed("91110000802100433B")),
        parent: Some(parent),
        prefixes: vec![parsed("沙法"), parsed("沙法函"), parsed("沙法办")],
        active: false,
        created_at: at(77),
        revision: 4,
        ..a_unit("沙湖市人民法院沙岭法庭")
    }
}

#[tokio::test]
async fn a_unit_is_found_as_it_was_entered() {
    let world = World::new().await;
    let unit = a_full_unit(world.court);
    let mut tx = world.write().await;
    assert!(tx.units().insert(&unit).await.unwrap());
    assert_eq!(tx.units().set_prefixes(&unit).await.unwrap(), None);
    tx.commit().await.unwrap();

    let mut tx = world.read().await;
    assert_eq!(tx.units().find(unit.id).await.unwrap(), Some(unit));
    assert_eq!(tx.units().find(UnitId::fresh()).await.unwrap(), None);
}

#[tokio::test]
async fn names_and_codes_are_unique_and_the_one_that_is_taken_is_named() {
    let world = World::new().await;
    let first = a_full_unit(world.court);
    let mut tx = world.write().await;
    assert!(tx.units().insert(&first).await.unwrap());
    let other = a_unit("丙");
    let cases = [
        (
            "full_name",
            Unit {
                full_name: first.full_name.clone(),
                ..other.clone()
            },
        ),
        (
            "short_name",
            Unit {
                short_name: first.short_name.clone(),
                ..other.clone()
            },
        ),
        (
            "credit_code",
            Unit {
                credit_code: first.credit_code.clone(),
                ..other.clone()
            },
        ),
    ];
    for (what, unit) in cases {
        assert_eq!(tx.units().taken(&unit).await.unwrap(), Some(what));
        assert!(!tx.units().insert(&unit).await.unwrap(), "{what}");
    }
    assert_eq!(tx.units().taken(&other).await.unwrap(), None);
    assert_eq!(tx.units().taken(&first).await.unwrap(), None, "by itself");
}

#[tokio::test]
async fn a_unit_is_written_over_the_revision_before_and_no_other() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let before = tx.units().find(world.court).await.unwrap().unwrap();
    let changed = Unit {
        full_name: "沙湖市第一人民法院".to_owned(),
        short_name: "市一法院".to_owned(),
        branch: Branch::Other,
        credit_code: Some(parsed("91110000802100433B")),
        parent: Some(world.government),
        active: false,
        revision: before.revision + 1,
        ..before
    };
    assert!(tx.units().update(&changed).await.unwrap());
    assert!(!tx.units().update(&changed).await.unwrap(), "a second time");
    assert_eq!(tx.units().find(world.court).await.unwrap(), Some(changed));
}

#[tokio::test]
async fn a_prefix_belongs_to_one_unit() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let mut court = tx.units().find(world.court).await.unwrap().unwrap();
    court.prefixes = vec![parsed("沙法"), parsed("沙法函")];
    assert_eq!(tx.units().set_prefixes(&court).await.unwrap(), None);
    let mut other = tx.units().find(world.government).await.unwrap().unwrap();
    other.prefixes = vec![parsed("沙政"), parsed("沙法函")];
    let taken = tx.units().set_prefixes(&other).await.unwrap();
    assert_eq!(taken, Some(parsed("沙法函")));
    court.prefixes = vec![parsed("沙法办"), parsed("沙法")];
    assert_eq!(tx.units().set_prefixes(&court).await.unwrap(), None);
    let found = tx.units().find(world.court).await.unwrap().unwrap();
    assert_eq!(found.prefixes, court.prefixes, "these and no others");
}

#[tokio::test]
async fn pages_of_units_follow_each_other_and_keep_the_prefixes_apart() {
    let world = World::new().await;
    let mut tx = world.write().await;
    for (id, prefix) in [(world.government, "沙政"), (world.procuratorate, "沙检")] {
        let mut unit = tx.units().find(id).await.unwrap().unwrap();
        unit.prefixes = vec![parsed(prefix)];
        tx.units().set_prefixes(&unit).await.unwrap();
    }
    let mut listed = Vec::new();
    let mut after = None;
    loop {
        let page = tx.units().list(after, 2).await.unwrap();
        let Some(last) = page.last() else { break };
        assert!(page.len() <= 2);
        after = Some(last.id);
        listed.extend(page);
    }
    let seen: Vec<_> = listed
        .iter()
        .map(|unit| {
            (
                unit.id,
                unit.prefixes
                    .iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>(),
            )
        })
        .collect();
    let expected = [
        (world.government, vec!["沙政".to_owned()]),
        (world.court, vec![]),
        (world.procuratorate, vec!["沙检".to_owned()]),
    ];
    assert_eq!(seen, expected);
}
