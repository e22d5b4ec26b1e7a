//! `wenshu bench` runs and prints figures that can be. What they are is for the machine to say.

#![expect(
    clippy::unwrap_used,
    reason = "what a test cannot do without may stop it"
)]

use std::process::{Command, Output};

use serde_json::Value;

const EXCHANGE: [&str; 5] = ["exchange", "--sends", "2", "--many", "30"];

fn bench(subject: &[&str], more: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    Command::new(env!("CARGO_BIN_EXE_wenshu"))
        .arg("bench")
        .args(subject)
        .args(["--sizes", "4000,6000", "--repeat", "3", "--data"])
        .arg(folder.path().join("data"))
        .args(more)
        .current_dir(folder.path())
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complained}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn exchange_is_measured_at_every_size() {
    let report: Value = serde_json::from_str(&said(&bench(&EXCHANGE, &["--json"]))).unwrap();
    assert_eq!(report["engine"], "sqlite");
    assert_eq!(report["sizes"], serde_json::json!([4000, 6000]));
    let lines = report["lines"].as_array().unwrap();
    assert!(lines.len() > 15, "{lines:#?}");
    for line in lines {
        let figures = line["figures"].as_array().unwrap();
        assert_eq!(figures.len(), 2, "{line}");
        for figure in figures {
            let median = figure["median_ms"].as_f64().unwrap();
            let p99 = figure["p99_ms"].as_f64().unwrap();
            assert!(0.0 < median && median <= p99 && p99 < 60_000.0, "{line}");
            assert!(figure["times"].as_u64().unwrap() >= 1, "{line}");
        }
        let ratio = line["ratio"].as_f64().unwrap();
        let expected =
            figures[1]["median_ms"].as_f64().unwrap() / figures[0]["median_ms"].as_f64().unwrap();
        assert!((ratio - expected).abs() < 1e-6, "{line}");
    }
    let remarks = report["remarks"].as_array().unwrap();
    assert_eq!(remarks.len(), 2, "{report}");
}

#[test]
fn the_table_names_what_was_done_and_how_often() {
    let table = said(&bench(&EXCHANGE, &[]));
    for word in ["收件箱", "签收", "发送给 30 个单位", "fsync", "6000"] {
        assert!(table.contains(word), "{word}: {table}");
    }
}

#[test]
fn a_hub_that_is_in_use_is_no_place_for_a_bench() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let sets = format!("hub.data_dir={}", data.display());
    let registry = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/interface/city.toml");
    let entered = Command::new(env!("CARGO_BIN_EXE_wenshu"))
        .args(["--set", &sets, "admin", "registry", registry])
        .current_dir(folder.path())
        .output()
        .unwrap();
    said(&entered);
    let refused = Command::new(env!("CARGO_BIN_EXE_wenshu"))
        .args(["bench", "exchange", "--sizes", "10", "--data"])
        .arg(&data)
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(!refused.status.success());
    let complained = String::from_utf8_lossy(&refused.stderr);
    assert!(complained.contains("已有账号"), "{complained}");
}

#[test]
fn the_ledger_and_the_figures_of_a_year_are_measured_at_every_size() {
    let subject = ["duties", "--counts", "2"];
    let report: Value = serde_json::from_str(&said(&bench(&subject, &["--json"]))).unwrap();
    assert_eq!(report["sizes"], serde_json::json!([4000, 6000]));
    assert_eq!(report["lines"].as_array().unwrap().len(), 7);
    let remarks = report["remarks"].as_array().unwrap();
    assert_eq!(remarks.len(), 14, "{report}");
    assert!(remarks[0].as_str().unwrap().contains("统计"), "{report}");
}
