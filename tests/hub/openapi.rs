//! The description of the interface that is checked in is the one that the hub serves.

use std::{fs, path::Path, process::Command};

use crate::support::TestHub;

#[test]
fn the_document_in_docs_is_what_the_program_prints() {
    let program = Command::new(env!("CARGO_BIN_EXE_wenshu"))
        .arg("openapi")
        .output()
        .unwrap();
    assert!(program.status.success());
    let printed = String::from_utf8(program.stdout).unwrap();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/openapi.json");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&file, &printed).unwrap();
    }
    let kept = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        kept == printed,
        "docs/openapi.json is out of date; UPDATE_DOCS=1 rewrites it"
    );
}

#[test]
fn every_operation_has_a_name_of_its_own() {
    let document: serde_json::Value =
        serde_json::from_str(include_str!("../../docs/openapi.json")).unwrap();
    let mut names = std::collections::BTreeSet::new();
    let paths = document["paths"].as_object().unwrap();
    for operation in paths
        .values()
        .flat_map(|path| path.as_object().unwrap().values())
    {
        let name = operation["operationId"].as_str().unwrap();
        assert!(names.insert(name), "{name} is there twice");
    }
    assert!(names.contains("post_deliveries_by_id_sign"), "{names:?}");
}

#[tokio::test]
async fn the_hub_serves_the_document_and_a_page_that_needs_nothing_from_elsewhere() {
    let hub = TestHub::open().await;
    let served = hub.nobody().get("/api/openapi.json").await.ok();
    assert_eq!(
        served,
        serde_json::to_value(wenshu::api::openapi::document()).unwrap()
    );
    let moved = hub.nobody().get("/api/docs").await;
    assert_eq!(
        (moved.status, moved.header("location")),
        (308, Some("/api/docs/"))
    );
    let page = hub.nobody().get("/api/docs/").await;
    assert_eq!(page.status, 200);
    assert!(
        !page.text().contains("//unpkg") && !page.text().contains("https://"),
        "{}",
        page.text()
    );
    let script = hub.nobody().get("/api/docs/swagger-initializer.js").await;
    assert!(
        script.text().contains("/api/openapi.json"),
        "{}",
        script.text()
    );
    hub.nobody().get("/api/docs/swagger-ui-bundle.js").await;
}

/// Everything an operation can be asked with is described in Chinese.
#[test]
fn every_operation_says_what_it_does() {
    let document = serde_json::to_value(wenshu::api::openapi::document()).unwrap();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let said = operation["summary"]
                .as_str()
                .or(operation["description"].as_str());
            assert!(
                said.is_some_and(|said| !said.is_ascii()),
                "{method} {path}: {said:?}"
            );
            let empty = Vec::new();
            for parameter in operation["parameters"].as_array().unwrap_or(&empty) {
                let said = parameter["description"].as_str().unwrap_or_default();
                assert!(!said.is_ascii(), "{method} {path}: {}", parameter["name"]);
            }
        }
    }
}
