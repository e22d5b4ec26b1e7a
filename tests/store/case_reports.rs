use wenshu::domain::statistics::{CaseCount, CaseCounts, CaseReport, Quarter};

use crate::world::{World, at};

#[tokio::test]
async fn the_newest_report_counts_for_those_whom_it_concerns() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let report = |version, heard| CaseReport {
        reporter: world.court,
        unit: world.government,
        quarter: Quarter(8105),
        counts: CaseCounts::from([(CaseCount::Heard, heard)]),
        version,
        reported: (world.clerk, at(6_000)),
    };
    let (first, second) = (report(1, 3), report(2, 4));
    assert!(tx.case_reports().insert(&first).await.unwrap());
    assert!(tx.case_reports().insert(&second).await.unwrap());
    assert!(!tx.case_reports().insert(&second).await.unwrap(), "twice");
    let year = (Quarter(8104), Quarter(8107));
    let viewers = [
        (None, 1),
        (Some(world.court), 1),
        (Some(world.government), 1),
        (Some(world.procuratorate), 0),
    ];
    for (viewer, count) in viewers {
        let found = tx.case_reports().between(viewer, year).await.unwrap();
        assert_eq!(found.len(), count, "{viewer:?}");
        assert!(found.iter().all(|found| *found == second));
    }
    let before = (Quarter(8100), Quarter(8104));
    let found = tx.case_reports().between(None, before).await.unwrap();
    assert!(found.is_empty());
}
