//! The data beside the repository, where it is at hand.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{fs, path::PathBuf};

use jiff::civil::Date;
use serde_json::Value;

/// The lines of a file of the data; `None` where it is not at hand.
pub fn read(name: &str) -> Option<Vec<Value>> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    // The data lies beside the repository; a linked work tree lies one folder deeper.
    let beside = ["../../shared/data", "../../../shared/data"];
    let path = beside
        .map(|beside| root.join(beside).join(name))
        .into_iter()
        .find(|path| path.exists())?;
    let lines = fs::read_to_string(path).unwrap();
    Some(
        lines
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect(),
    )
}

pub fn text<'a>(line: &'a Value, name: &str) -> &'a str {
    line[name].as_str().unwrap_or_default()
}

/// A date as a number like 20240131, and its noon in China in milliseconds since 1970.
pub fn day(date: &str) -> (i32, i64) {
    let Ok(date) = date.parse::<Date>() else {
        return (19_000_101, i64::MIN);
    };
    let number =
        i32::from(date.year()) * 10_000 + i32::from(date.month()) * 100 + i32::from(date.day());
    let noon = date.at(12, 0, 0, 0).in_tz("Asia/Shanghai").unwrap();
    (number, noon.timestamp().as_millisecond())
}
