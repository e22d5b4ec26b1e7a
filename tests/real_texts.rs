//! The grammars and the calendars, tried on real laws, documents and judgments. They are not part of the repository;
//! where they are at hand, these tests read them.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::{fs, path::Path};

use serde::Deserialize;

use wenshu::domain::{CaseNumber, DocNumber, Rules, refuse_marks};

#[derive(Deserialize)]
struct RealText {
    title: String,
    doc_number: Option<String>,
    text: String,
}

fn real_texts() -> Vec<RealText> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/corpus.jsonl");
    let Ok(lines) = fs::read_to_string(&path) else {
        eprintln!("skipped: {} is not present", path.display());
        return Vec::new();
    };
    lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn no_published_text_is_taken_for_a_secret() {
    let marked = real_texts().into_iter().filter_map(|real| {
        let mark = refuse_marks(&real.text).or_else(|| refuse_marks(&real.title))?;
        Some(format!("{}: {mark}", real.title))
    });
    assert_eq!(marked.collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn the_numbers_of_real_documents_and_cases_are_read() {
    let numbers = real_texts().into_iter().filter_map(|real| real.doc_number);
    let unread = numbers.filter(|number| {
        // An order is numbered without a year, 国令第707号, and some judgments were published
        // with half a number, （2015）第003号.
        let strange = number.is_empty() || number.contains("令第") || number.contains("）第");
        !strange && number.parse::<DocNumber>().is_err() && number.parse::<CaseNumber>().is_err()
    });
    assert_eq!(unread.collect::<Vec<_>>(), [""; 0]);
}

/// The shared data is not part of the repository; where it is at hand, the shipped years are held
/// against it.
#[test]
fn the_shipped_years_agree_with_the_shared_data() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/workdays.json");
    let Ok(text) = fs::read_to_string(&path) else {
        eprintln!("skipped: {} is not present", path.display());
        return;
    };
    let shared: serde_json::Value = serde_json::from_str(&text).unwrap();
    for year in Rules::built_in().calendar.years() {
        let expected = &shared[year.year.to_string()];
        assert_eq!(serde_json::to_value(&year.rest).unwrap(), expected["rest"]);
        assert_eq!(
            serde_json::to_value(&year.make_up_work).unwrap(),
            expected["make_up_work"]
        );
    }
}
