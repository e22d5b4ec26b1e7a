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

/// A few texts, what is sought in them and what is asked of them.
fn a_small_corpus(folder: &std::path::Path) {
    let law = |id: &str, title: &str, number: &str, text: &str| {
        serde_json::json!({ "id": id, "title": title, "doc_number": number,
            "issued_date": "2020-05-01", "text": text })
    };
    let filler = "行政机关应当依法规定。".repeat(40);
    let corpus = [
        law(
            "a",
            "测城市渔业条例",
            "测政发〔2020〕7号",
            &format!("第一条 渔船应当登记。\n第二条 违者处罚款。\n{filler}"),
        ),
        law(
            "b",
            "测城市林业条例",
            "测政发〔2020〕8号",
            &format!("第一条 林木采伐应当许可。\n第二条 毁林者赔偿。\n{filler}"),
        ),
        law(
            "c",
            "判决书",
            "（2020）测0103刑初12号",
            &format!("被告人盗伐林木。{filler}"),
        ),
    ];
    let queries = [
        serde_json::json!({ "kind": "title", "query": "渔业条例", "relevant": ["a"] }),
        serde_json::json!({ "kind": "docno", "query": "测政发〔2020〕7号", "relevant": ["a"] }),
        serde_json::json!({ "kind": "phrase", "query": "\"盗伐林木\"", "relevant": ["c"] }),
    ];
    let questions = [serde_json::json!({ "query": "渔船没有登记会怎么样",
        "relevant_laws": ["a"], "relevant_articles": ["a-0000"] })];
    let write = |name: &str, lines: &[Value]| {
        let lines: Vec<_> = lines.iter().map(ToString::to_string).collect();
        std::fs::write(folder.join(name), lines.join("\n")).unwrap();
    };
    write("corpus.jsonl", &corpus);
    write("queries.jsonl", &queries);
    write("questions.jsonl", &questions);
}

fn bench_search(more: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    a_small_corpus(folder.path());
    Command::new(env!("CARGO_BIN_EXE_wenshu"))
        .args(["bench", "search", "--repeat", "2", "--clients", "3"])
        .arg("--corpus")
        .arg(folder.path())
        .args(more)
        .current_dir(folder.path())
        .output()
        .unwrap()
}

/// The value of this name in the line that begins so, of the section whose title has this in it.
fn value(report: &Value, section: &str, line: &str, name: &str) -> f64 {
    let named = |list: &Value, key: &str, wanted: &str| -> Value {
        let list = list.as_array().unwrap();
        let found = list
            .iter()
            .find(|one| one[key].as_str().unwrap().contains(wanted));
        found
            .unwrap_or_else(|| panic!("no {wanted} in {list:#?}"))
            .clone()
    };
    let section = named(&report["sections"], "title", section);
    let line = named(&section["lines"], "what", line);
    named(&line["values"], "name", name)["amount"]
        .as_f64()
        .unwrap()
}

#[test]
fn search_is_measured_beside_others_and_its_answers_are_true() {
    let report: Value = serde_json::from_str(&said(&bench_search(&["--json"]))).unwrap();
    let of = |section: &str, line: &str, name: &str| value(&report, section, line, name);
    for name in ["误报", "漏报", "件数不对"] {
        assert_eq!(of("经 HTTP", "检索式", name).to_bits(), 0, "{name}");
    }
    let (median, p99) = (
        of("经 HTTP", "queries.jsonl，一个客户端", "中位数"),
        of("经 HTTP", "queries.jsonl，一个客户端", "p99"),
    );
    assert!(0.0 < median && median <= p99, "{median} {p99}");
    assert!(of("经 HTTP", "3 个客户端", "") > 0.0);
    assert!(of("单独建索引", "其中", "位置") > 0.0);
    assert!(of("FTS5", "queries.jsonl", "中位数") > 0.0);
    // Another keyboard's brackets and digits: for FTS5 they are other letters.
    assert!(of("FTS5", "文号换一种写法", "漏报") > 0.0);
    assert!((of("success@1", "文枢", "全部") - 1.0).abs() < 1e-9);
    for section in ["找法规", "找条文"] {
        for engine in ["文枢", "结巴分词", "二元组", "FTS5"] {
            let gain = of(section, engine, "nDCG@10");
            assert!((0.0..=1.0).contains(&gain), "{section} {engine}: {gain}");
        }
        assert!(of(section, "文枢", "recall@10") > 0.9, "{section}");
    }
}

#[test]
fn very_many_documents_are_made_of_few() {
    let told = said(&bench_search(&["--documents", "300"]));
    for word in [
        "300 件文书",
        "一个客户端",
        "3 个客户端",
        "内存",
        "目标 ≤ 50",
    ] {
        assert!(told.contains(word), "{word}: {told}");
    }
}

#[test]
fn where_there_is_no_corpus_search_says_that_it_skips() {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_wenshu"))
        .args(["bench", "search", "--corpus", "nowhere"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(said(&output).contains("跳过"), "{output:?}");
}
