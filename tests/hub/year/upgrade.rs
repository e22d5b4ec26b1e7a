//! A hub from before the statistics has the columns that they are counted from filled in by the
//! migration. It must say of a year what was written down while it happened.

use crate::support::TestHub;

const SQLITE: &str = include_str!("../../../src/store/migrations/sqlite/0017_statistics.sql");
const POSTGRES: &str = include_str!("../../../src/store/migrations/postgres/0017_statistics.sql");

/// What the migration fills in, with what a column has before.
const COLUMNS: [(&str, &str); 12] = [
    ("kind_code", "''"),
    ("sent_month", "0"),
    ("signed_day", "NULL"),
    ("registered_day", "NULL"),
    ("original_due_day", "NULL"),
    ("due_day", "NULL"),
    ("replied_day", "NULL"),
    ("evaluated_day", "NULL"),
    ("closed_day", "NULL"),
    ("rectified", "NULL"),
    ("objected", "FALSE"),
    ("upheld", "FALSE"),
];

pub async fn fills_in_what_is_written_as_it_happens(hub: &TestHub) {
    let script = if hub.is_on_postgres() {
        POSTGRES
    } else {
        SQLITE
    };
    let fill = script
        .split(';')
        .find(|statement| statement.contains("UPDATE obligations"))
        .unwrap();
    let empty: Vec<_> = COLUMNS
        .iter()
        .map(|(column, value)| format!("{column} = {value}"))
        .collect();
    let empty = format!("UPDATE obligations SET {}", empty.join(", "));

    let written = hub.rows().await;
    hub.write_behind(&[empty]).await;
    assert_ne!(hub.rows().await, written);
    hub.write_behind(&[fill.to_owned()]).await;
    let filled = hub.rows().await;
    for (filled, written) in filled.iter().zip(&written) {
        assert_eq!(filled, written);
    }
    assert_eq!(filled.len(), written.len());
}
