//! `wenshu export` beside a hub that serves: everything once, again only what has changed.

use std::{fs, path::Path};

use serde_json::json;

use crate::{
    hub::Site,
    people::{People, Person, id},
    turn,
};

async fn send(people: &People, title: &str, text: &str) -> uuid::Uuid {
    let (clerk, signer) = (people.get("sfj", "clerk"), people.get("sfj", "signer"));
    let upload = clerk.asks("POST", "uploads").query(&[("name", "正文.txt")]);
    let file = upload.body(text.to_owned()).send().await.unwrap();
    let file: serde_json::Value = file.json().await.unwrap();
    let to = people.get("fy", "clerk").unit;
    let draft = json!({
        "kind": "GW-HAN", "title": title, "reply_due_on": "2099-01-05",
        "files": [{ "file_id": id(&file["id"]), "role": "main" }],
        "recipients": [{ "unit_id": to, "role": "main" }],
    });
    let document = id(&clerk.does("POST", "documents", Some(&draft)).await["id"]);
    let submit = format!("documents/{document}/submit");
    clerk.does("POST", &submit, None).await;
    signer
        .does("POST", &format!("documents/{document}/issue"), None)
        .await;
    clerk
        .does("POST", &format!("documents/{document}/send"), None)
        .await;
    document
}

fn zips(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().flatten();
    let names = names.map(|one| one.file_name().to_string_lossy().into_owned());
    let mut names: Vec<_> = names
        .filter(|name| !name.starts_with(['清', '导']))
        .collect();
    names.sort();
    names
}

async fn signs(people: &People, document: uuid::Uuid) {
    let clerk: &Person = people.get("fy", "clerk");
    let inbox = clerk.does("GET", "deliveries", None).await;
    let items = inbox["items"].as_array().unwrap();
    let of = |one: &&serde_json::Value| one.to_string().contains(&document.to_string());
    let delivery = id(&items.iter().find(of).unwrap()["id"]);
    clerk
        .does("POST", &format!("deliveries/{delivery}/sign"), None)
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_exported_is_written_again_only_when_it_has_changed() {
    let _turn = turn().await;
    let site = Site::new(&[]);
    let passwords = site.enter_city();
    let _running = site.start().await;
    let people = People::settle(&site, &passwords).await;
    let first = send(&people, "关于甲事的函", "甲").await;
    for number in 0..4 {
        send(
            &people,
            &format!("关于第{number}事的函"),
            &format!("第{number}"),
        )
        .await;
    }
    let out = site.home().join("out");
    let folder = out.to_str().unwrap().to_owned();
    let export = |unit: &str, more: &[&str]| {
        let words = [&["export", "--unit", unit, "--out", &folder], more].concat();
        site.operate(&words)
    };
    let said = export("市司法局", &[]);
    assert!(said.contains("共 5 件，写出 5 件"), "{said}");
    assert_eq!(zips(&out).len(), 5);
    for name in zips(&out) {
        assert!(
            name.starts_with("河湾司发〔")
                && Path::new(&name).extension().is_some_and(|end| end == "zip"),
            "{name}"
        );
        let zip = fs::File::open(out.join(&name)).unwrap();
        assert!(zip::ZipArchive::new(zip).unwrap().len() > 6);
    }
    let said = export("河湾市司法局", &[]);
    assert!(
        said.contains("写出 0 件") && said.contains("未变 5 件"),
        "{said}"
    );

    signs(&people, first).await;
    let said = export("市司法局", &[]);
    assert!(said.contains("写出 1 件"), "one has changed: {said}");
    let damaged = out.join(&zips(&out)[0]);
    fs::write(&damaged, "not a package").unwrap();
    let said = export("市司法局", &[]);
    assert!(said.contains("写出 1 件"), "one is damaged: {said}");
    fs::remove_file(&damaged).unwrap();
    let said = export(
        "市司法局",
        &["--since", "2020-01-01", "--until", "2099-12-31"],
    );
    assert!(said.contains("写出 1 件"), "one is gone: {said}");
    let said = export("市司法局", &["--until", "2020-01-01"]);
    assert!(said.contains("共 0 件"), "{said}");
    assert_eq!(zips(&out).len(), 5, "nothing is left over");
    // Exporting is no reading.
    let elsewhere = site.home().join("elsewhere");
    let words = [
        "export",
        "--unit",
        "市法院",
        "--out",
        elsewhere.to_str().unwrap(),
    ];
    let said = site.operate(&words);
    assert!(said.contains("写出 5 件"), "{said}");
    let inbox = people
        .get("fy", "clerk")
        .does("GET", "deliveries", None)
        .await;
    let read = inbox["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["state"] == "arrived");
    assert_eq!(read.count(), 4);
}
