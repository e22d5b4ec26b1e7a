//! The 档案包: read by this suite's own eyes and by the programs that people have.

use std::{
    collections::BTreeMap,
    fs,
    io::{Cursor, Read as _},
    path::Path,
    process::Command,
};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use ed25519_dalek::{Signature, Verifier as _};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::support::{Paper, TestHub, a_document};

const REPORT: &[u8] = include_bytes!("../../docs/samples/02-附件-调研报告.pdf");

async fn a_paper(hub: &TestHub) -> Paper {
    let paper = a_document()
        .copy("government")
        .file("关于“某事”的函（正本）.txt", "请予协助。")
        .file("CON.txt", "附件一")
        .file("CON.txt", "附件二")
        .file("调研报告.pdf", REPORT)
        .sent(hub)
        .await;
    paper.signed(hub, "resources").await;
    paper
}

async fn package(hub: &TestHub, paper: &Paper, login: &str) -> Vec<u8> {
    let answer = hub.by(login).get(paper.path("/archive")).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("content-type"), Some("application/zip"));
    assert_eq!(
        answer.header("content-security-policy"),
        Some("sandbox; default-src 'none'")
    );
    let disposition = answer.header("content-disposition").unwrap();
    assert!(disposition.starts_with("attachment; "), "{disposition}");
    answer.bytes
}

fn unpacked(zip: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut zip = zip::ZipArchive::new(Cursor::new(zip)).unwrap();
    let mut entries = BTreeMap::new();
    for place in 0..zip.len() {
        let mut entry = zip.by_index(place).unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        let before = entries.insert(entry.name().unwrap().into_owned(), bytes);
        assert!(before.is_none(), "every name is there once");
    }
    entries
}

fn json(entries: &BTreeMap<String, Vec<u8>>, name: &str) -> Value {
    serde_json::from_slice(&entries[name]).unwrap()
}

#[tokio::test]
async fn the_package_holds_the_files_the_facts_and_the_proofs() {
    let hub = TestHub::open().await;
    let paper = a_paper(&hub).await;
    let entries = unpacked(&package(&hub, &paper, "court.clerk").await);
    for (path, bytes) in [
        (
            "文件/01-正文-关于“某事”的函（正本）.txt",
            "请予协助。".as_bytes(),
        ),
        ("文件/02-附件-CON.txt", "附件一".as_bytes()),
        ("文件/03-附件-CON.txt", "附件二".as_bytes()),
        ("文件/04-附件-调研报告.pdf", REPORT),
    ] {
        assert!(entries[path] == bytes, "{path}");
    }
    let list = String::from_utf8(entries["目录.txt"].clone()).unwrap();
    for (name, bytes) in entries.iter().filter(|(name, _)| *name != "目录.txt") {
        let line = format!("{}  {name}", hex::encode(Sha256::digest(bytes)));
        assert!(list.lines().any(|one| one == line), "{name}");
    }
    assert_eq!(list.lines().count(), entries.len() - 1);
    let facts = json(&entries, "元数据.json");
    assert_eq!(facts["title"], paper.view["title"]);
    assert_eq!(facts["doc_number"], paper.view["doc_number"]);
    assert_eq!(facts["manifest_sha256"], paper.view["manifest_sha256"]);
    assert_eq!(facts["drafted"]["name"], "市法院收发员");

    let process = json(&entries, "过程.json");
    let history = hub.by("court.clerk").get(paper.path("/history")).await.ok();
    let events = process["events"].as_array().unwrap();
    assert_eq!(events.len(), history["items"].as_array().unwrap().len());
    assert_eq!(process["deliveries"].as_array().unwrap().len(), 2);
    let key = TestHub::evidence_key().verifying_key();
    for event in events {
        let whole = json(&entries, event["receipt"].as_str().unwrap());
        let x = BASE64_URL_SAFE_NO_PAD.decode(whole["key"]["x"].as_str().unwrap());
        assert_eq!(x.unwrap(), key.as_bytes());
        let stem = event["receipt"].as_str().unwrap().trim_end_matches(".json");
        let statement = &entries[&format!("{stem}.statement")];
        assert_eq!(whole["statement"].as_str().unwrap().as_bytes(), statement);
        let signature = &entries[&format!("{stem}.signature")];
        let signature = Signature::from_slice(signature).unwrap();
        key.verify(statement, &signature).unwrap();
        let stated: Value = serde_json::from_slice(statement).unwrap();
        assert_eq!(stated["doc"]["manifest"], facts["manifest_sha256"]);
    }
}

#[tokio::test]
async fn a_recipient_gets_what_they_may_see_and_has_read_it() {
    let hub = TestHub::open().await;
    let paper = a_paper(&hub).await;
    let head = hub
        .by("government.clerk")
        .ask("HEAD", paper.path("/archive"))
        .await;
    assert_eq!(head.status, 200);
    let state = paper.delivery(&hub, "government").await["state"].clone();
    assert_eq!(state, "arrived", "looking at the headers is no reading");
    let entries = unpacked(&package(&hub, &paper, "government.clerk").await);
    let state = paper.delivery(&hub, "government").await["state"].clone();
    assert_eq!(state, "read", "taking the package is");
    let process = json(&entries, "过程.json");
    assert_eq!(process["deliveries"].as_array().unwrap().len(), 1);
    let events = process["events"].as_array().unwrap();
    let events: Vec<_> = events
        .iter()
        .map(|one| one["event"].as_str().unwrap())
        .collect();
    assert_eq!(events, ["submission", "arrival", "reading"]);
    assert_eq!(json(&entries, "元数据.json")["drafted"], Value::Null);
    let everything: String = entries
        .values()
        .map(|one| String::from_utf8_lossy(one))
        .collect();
    assert!(
        !everything.contains("市自然资源局收发员"),
        "who signed elsewhere is not its affair"
    );
    hub.by("agriculture.clerk")
        .get(paper.path("/archive"))
        .await
        .problem(404, "not-found");
}

#[tokio::test]
async fn a_damaged_file_never_leaves_in_a_package_that_looks_whole() {
    let hub = TestHub::open().await;
    let paper = a_paper(&hub).await;
    let digest = paper.view["files"][3]["sha256"].as_str().unwrap();
    let path = hub.folder().join(format!(
        "blobs/blobs/{}/{}/{digest}",
        &digest[..2],
        &digest[2..4]
    ));
    let mut bytes = fs::read(&path).unwrap();
    bytes[1000] ^= 1;
    fs::write(&path, bytes).unwrap();
    let token = hub.token_of("court.clerk").await;
    let url = format!("{}{}", hub.public, paper.path("/archive"));
    let answer = hub.http.get(url).bearer_auth(token).send().await.unwrap();
    let Ok(got) = answer.bytes().await else {
        return;
    };
    assert!(
        zip::ZipArchive::new(Cursor::new(&got)).is_err(),
        "it has no directory"
    );
}

#[tokio::test]
async fn what_is_packed_already_hardly_grows() {
    let hub = TestHub::open().await;
    let mut bytes = b"%PDF-1.7\n".to_vec();
    let mut state = 7_u64;
    bytes.extend((0..300_000).map(|_| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        state.to_be_bytes()[0]
    }));
    let length = bytes.len();
    let paper = a_document().file("卷宗.pdf", bytes).sent(&hub).await;
    let zip = package(&hub, &paper, "court.clerk").await;
    assert!(
        zip.len() < length + length / 30,
        "{} of {length}",
        zip.len()
    );
}

/// Runs a program where it is installed; says whether it was.
fn run(folder: &Path, program: &str, arguments: &[&str]) -> bool {
    let Ok(output) = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .output()
    else {
        eprintln!("skipped: {program} is not installed");
        return false;
    };
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{program} {arguments:?}: {said}{complained}"
    );
    true
}

#[tokio::test]
async fn the_programs_that_people_have_read_the_package() {
    let hub = TestHub::open().await;
    let paper = a_paper(&hub).await;
    let folder = tempfile::tempdir().unwrap();
    let zip = package(&hub, &paper, "court.clerk").await;
    fs::write(folder.path().join("p.zip"), &zip).unwrap();
    run(folder.path(), "unzip", &["-tqq", "p.zip"]);
    let script = "import zipfile,sys\nz=zipfile.ZipFile('p.zip')\nassert z.testzip() is None\n\
                  assert all(i.flag_bits & 0x800 or i.filename.isascii() for i in z.infolist())\n\
                  assert '目录.txt' in z.namelist()\nz.extractall('out')";
    if !run(folder.path(), "python3", &["-c", script]) {
        return;
    }
    let out = folder.path().join("out");
    run(&out, "sha256sum", &["-c", "--quiet", "目录.txt"]);
    let key = fs::read_dir(out.join("凭证")).unwrap().flatten();
    let key = key.map(|one| one.file_name().to_string_lossy().into_owned());
    let key = format!(
        "凭证/{}",
        key.into_iter().find(|name| name.contains("key-")).unwrap()
    );
    // As the guide in the package says.
    let verify = |statement: &str| {
        Command::new("openssl")
            .args(["pkeyutl", "-verify", "-pubin", "-inkey", &key, "-rawin"])
            .args(["-in", statement, "-sigfile", "凭证/001.signature"])
            .current_dir(&out)
            .output()
    };
    match verify("凭证/001.statement") {
        Err(_) => eprintln!("skipped: openssl is not installed"),
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(said.contains("Verified Successfully"), "{said}");
            let forged = verify("凭证/002.statement").unwrap();
            assert!(!forged.status.success(), "another statement does not fit");
        }
    }
}
