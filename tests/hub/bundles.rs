//! Receipts that leave the hub: the bundle that is checked offline, and the sheet that is printed.

use std::process::Command;

use serde_json::{Value, json};

use crate::support::{Paper, TestHub, advice};

/// The receipt of an event that concerns a unit.
async fn receipt_of(hub: &TestHub, paper: &Paper, event: &str, unit: &str) -> String {
    let history = hub.by("court.clerk").get(paper.path("/history")).await.ok();
    let unit = json!(hub.unit(unit));
    let lines = history["items"].as_array().unwrap();
    let line = lines
        .iter()
        .find(|line| line["event"] == event && line["unit"]["id"] == unit);
    line.unwrap()["receipt_id"].as_str().unwrap().to_owned()
}

/// Checks a bundle with the program that an outsider would use: what it says, and its verdict.
fn check(bundle: &Value, more: &[&str]) -> (String, Option<i32>) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("凭证.json");
    std::fs::write(&file, bundle.to_string()).unwrap();
    let done = Command::new(env!("CARGO_BIN_EXE_wenshu"))
        .arg("verify-receipt")
        .arg(&file)
        .args(more)
        .current_dir(folder.path())
        .env_clear()
        .output()
        .unwrap();
    let said = [done.stdout, done.stderr].concat();
    (String::from_utf8(said).unwrap(), done.status.code())
}

async fn signed_bundle(hub: &TestHub) -> (Paper, Value) {
    let paper = advice().and_to("agriculture").sent(hub).await;
    paper.seen_by(hub, "resources.reader").await;
    paper.seen_by(hub, "agriculture.reader").await;
    paper.signed(hub, "resources").await;
    let id = receipt_of(hub, &paper, "signing", "resources").await;
    let bundle = hub
        .by("resources.reader")
        .get(format!("/api/v1/receipts/{id}/bundle"))
        .await;
    let kind = bundle.header("content-disposition").unwrap();
    assert_eq!(kind, format!("attachment; filename=\"receipt-{id}.json\""));
    (paper, bundle.ok())
}

#[tokio::test]
async fn a_bundle_is_checked_without_the_hub() {
    let hub = TestHub::open().await;
    let (paper, bundle) = signed_bundle(&hub).await;
    let set = hub.nobody().get("/.well-known/jwks.json").await.ok();
    drop(hub);
    let stated = |signed: &Value| -> Value {
        serde_json::from_str(signed["statement"].as_str().unwrap()).unwrap()
    };
    let chain = bundle["chain"].as_array().unwrap();
    let events: Vec<_> = chain
        .iter()
        .map(|one| stated(one)["event"].clone())
        .collect();
    assert_eq!(events, ["submission", "arrival", "reading"]);
    let (said, code) = check(&bundle, &[]);
    assert_eq!(code, Some(0), "{said}");
    for part in [
        "核对通过：4 份凭证",
        "签收",
        "报送",
        "不证明",
        "公钥取自凭证包本身",
    ] {
        assert!(said.contains(part), "{part} is not said:\n{said}");
    }
    assert!(
        said.contains(paper.view["doc_number"].as_str().unwrap()),
        "{said}"
    );
    let fingerprint = bundle["fingerprint"].as_str().unwrap();
    let (said, code) = check(&bundle, &["--fingerprint", &fingerprint.to_uppercase()]);
    assert_eq!(code, Some(0), "{said}");
    assert!(!said.contains("公钥取自凭证包本身"), "{said}");
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("jwks.json");
    std::fs::write(&keys, set.to_string()).unwrap();
    let (said, code) = check(&bundle, &["--keys", keys.to_str().unwrap()]);
    assert_eq!(code, Some(0), "{said}");
}

#[tokio::test]
async fn whatever_is_altered_in_a_bundle_is_found() {
    let hub = TestHub::open().await;
    let (_, bundle) = signed_bundle(&hub).await;
    let (_, other) = signed_bundle(&hub).await;
    drop(hub);
    let statement = bundle["receipt"]["statement"].as_str().unwrap();
    let altered = |change: &dyn Fn(&mut Value)| {
        let mut altered = bundle.clone();
        change(&mut altered);
        assert_ne!(altered, bundle);
        altered
    };
    let cases: [(&str, Value, &str); 11] = [
        (
            "a day",
            altered(&|b| b["receipt"]["statement"] = statement.replacen("2026", "2025", 1).into()),
            "签名与原文不符",
        ),
        (
            "a space",
            altered(&|b| b["receipt"]["statement"] = format!("{statement} ").into()),
            "签名与原文不符",
        ),
        (
            "a signature",
            altered(&|b| b["receipt"]["signature"] = b["chain"][0]["signature"].clone()),
            "签名与原文不符",
        ),
        (
            "no signature",
            altered(&|b| b["receipt"]["signature"] = "".into()),
            "签名与原文不符",
        ),
        (
            "a link that is missing",
            altered(&|b| {
                b["chain"].as_array_mut().unwrap().remove(1);
            }),
            "不相连",
        ),
        (
            "the first link",
            altered(&|b| {
                b["chain"].as_array_mut().unwrap().remove(0);
            }),
            "不相连",
        ),
        ("no chain", altered(&|b| b["chain"] = json!([])), "不相连"),
        (
            "the order",
            altered(&|b| b["chain"].as_array_mut().unwrap().swap(1, 2)),
            "不相连",
        ),
        (
            "another's chain",
            altered(&|b| b["chain"] = other["chain"].clone()),
            "不相连",
        ),
        (
            "another key under its name",
            altered(&|b| b["keys"][0]["x"] = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo".into()),
            "公钥",
        ),
        (
            "another form",
            altered(&|b| b["format"] = "wenshu-receipt-bundle/9".into()),
            "格式",
        ),
    ];
    for (what, bundle, part) in cases {
        let (said, code) = check(&bundle, &[]);
        assert_eq!(code, Some(1), "{what}: {said}");
        assert!(said.contains(part), "{what}: {said}");
    }
    let strange = "0".repeat(64);
    let (said, code) = check(&bundle, &["--fingerprint", &strange]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("与所给的不符"), "{said}");
    let (said, code) = check(&json!({ "receipt": 1 }), &[]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("不是凭证包"), "{said}");
}

#[tokio::test]
async fn a_receipt_is_printed_on_a_sheet_that_needs_nothing_else() {
    let hub = TestHub::open().await;
    let paper = advice()
        .titled("关于<规范>登记的司法建议书")
        .sent(&hub)
        .await;
    paper.signed(&hub, "resources").await;
    let id = receipt_of(&hub, &paper, "signing", "resources").await;
    let path = format!("/receipts/{id}/print");
    for login in ["resources.clerk", "court.reader"] {
        let sheet = hub.by(login).get(&path).await;
        assert_eq!(sheet.status, 200);
        let html = sheet.text();
        for part in [
            "签收凭证",
            "关于&#60;规范&#62;登记的司法建议书",
            paper.view["doc_number"].as_str().unwrap(),
            "青崖市人民法院（11229901QY0002025C）",
            "青崖市自然资源局",
            "市自然资源局收发员",
            "2026年09月01日 10:00:00",
            "2026-11-02",
            &id,
            "@page { size: A4",
            "此前的凭证",
            "本凭证不证明",
        ] {
            assert!(html.contains(part), "{part} is not on the sheet:\n{html}");
        }
        for part in [
            "<script", "http://", "https://", "src=", "href=", "url(", "@import",
        ] {
            assert!(!html.contains(part), "{part} is on the sheet");
        }
        let document = hub
            .by(login)
            .get(format!("/documents/{}", paper.id))
            .await
            .text();
        assert!(document.contains(&path), "the document's page leads to it");
        assert!(document.contains(&format!("/api/v1/receipts/{id}/bundle")));
    }
    let absent = format!("/receipts/{}/print", uuid::Uuid::now_v7());
    for (login, path, status) in [
        (Some("agriculture.clerk"), &path, 404),
        (Some("agriculture.clerk"), &absent, 404),
        (None, &path, 303),
    ] {
        let mut ask = hub.http.get(format!("{}{path}", hub.public));
        if let Some(login) = login {
            ask = ask.bearer_auth(hub.token_of(login).await);
        }
        assert_eq!(
            ask.send().await.unwrap().status(),
            status,
            "{login:?} {path}"
        );
    }
}
