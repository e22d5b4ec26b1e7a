use jiff::civil::date;
use wenshu::domain::CalendarYear;

use crate::world::{World, at};

#[tokio::test]
async fn every_version_of_a_notice_is_kept_and_its_number_is_taken_once() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let notice = |year: i16, rest: &[_]| CalendarYear {
        year,
        source: format!("{year}年的通知"),
        rest: rest.to_vec(),
        make_up_work: vec![date(year, 1, 9)],
    };
    let first = notice(2027, &[date(2026, 12, 31), date(2027, 1, 1)]);
    let second = notice(2027, &[]);
    let later = notice(2028, &[date(2028, 1, 3)]);
    let entered = (world.clerk, at(9));
    for (notice, version, kept) in [
        (&later, 1, true),
        (&first, 1, true),
        (&second, 1, false),
        (&second, 2, true),
    ] {
        let inserted = tx.calendars().insert(notice, version, entered).await;
        assert_eq!(inserted.unwrap(), kept, "{notice:?} {version}");
    }
    let all = tx.calendars().all().await.unwrap();
    assert_eq!(all, [(first, 1), (second, 2), (later, 1)]);
}
