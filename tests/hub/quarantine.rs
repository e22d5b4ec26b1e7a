//! A mark of classification that is found when a file is read later: nothing of it is left, and
//! nobody sees what it was in, but what is proved stays.

use std::time::Duration;

use serde_json::Value;
use wenshu::domain::{Digest, FileText, TextPart};

use crate::support::{Paper, TestHub, a_document};

const SECRET: &[u8] = "机密★1年\n某市某局\n关于某事的绝不可说的函".as_bytes();
const TITLE: &str = "关于某事的绝不可说的标题";
const NAME: &str = "绝不可说的名字.txt";

fn text(lines: &str) -> FileText {
    FileText {
        engine: "test".to_owned(),
        parts: vec![TextPart {
            page: Some(1),
            text: lines.to_owned(),
        }],
    }
}

fn digest(paper: &Paper, place: usize) -> Digest {
    let text = paper.view["files"][place]["sha256"].as_str();
    text.unwrap().parse().unwrap()
}

/// Does what the jobs do: reads the file and destroys what it must.
async fn read(hub: &TestHub, digest: Digest) {
    let found = text(std::str::from_utf8(SECRET).unwrap());
    hub.with_hub(|hub| async move { hub.keep_text(digest, &found).await.unwrap() })
        .await;
}

async fn destroy(hub: &TestHub) -> usize {
    hub.with_hub(|hub| async move { hub.destroy_refused().await.unwrap() })
        .await
}

fn marked() -> crate::support::PaperPlan {
    a_document()
        .titled(TITLE)
        .file(NAME, SECRET)
        .file("附件.txt", "没有标志的附件")
}

fn kept(hub: &TestHub, digest: Digest) -> Vec<String> {
    let files = walkdir::WalkDir::new(hub.folder().join("blobs"))
        .into_iter()
        .flatten();
    let names = files.map(|one| one.file_name().to_string_lossy().into_owned());
    names
        .filter(|name| name.starts_with(&digest.to_string()))
        .collect()
}

async fn listed(hub: &TestHub, login: &str, path: &str) -> Vec<Value> {
    let page = hub.by(login).get(path).await.ok();
    page["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn whom_it_was_sent_to_sees_nothing_of_it_any_more() {
    let hub = TestHub::open().await;
    let paper = marked().copy("government").sent(&hub).await;
    let seen = paper.seen_by(&hub, "resources.clerk").await;
    assert_eq!(seen["title"], TITLE);
    paper.signed(&hub, "resources").await;
    let delivery = paper.delivery(&hub, "resources").await["id"].clone();
    let delivery = format!("/api/v1/deliveries/{}", delivery.as_str().unwrap());
    let innocent = a_document()
        .file("常.txt", "机密文件应当按照规定保管。")
        .sent(&hub)
        .await;
    read(&hub, digest(&paper, 0)).await;
    for login in ["resources.clerk", "resources.reader", "government.clerk"] {
        for rest in [
            "",
            "/files",
            "/history",
            "/deliveries",
            "/related",
            "/archive",
        ] {
            let path = if rest == "/files" {
                paper.file_path(0)
            } else {
                paper.path(rest)
            };
            hub.by(login).get(path).await.problem(404, "not-found");
        }
        hub.by(login)
            .get(paper.file_path(1))
            .await
            .problem(404, "not-found");
        assert!(
            listed(&hub, login, "/api/v1/documents")
                .await
                .iter()
                .all(|one| one["id"] != paper.id.to_string().as_str())
        );
    }
    hub.by("resources.clerk")
        .get(delivery.as_str())
        .await
        .problem(404, "not-found");
    let inbox = listed(&hub, "resources.clerk", "/api/v1/deliveries").await;
    assert_eq!(inbox.len(), 1, "only the innocent one");

    let innocent = innocent.seen_by(&hub, "resources.clerk").await;
    assert_eq!(innocent["quarantined_at"], Value::Null);
}

#[tokio::test]
async fn its_sender_sees_that_it_is_in_quarantine_and_its_number() {
    let hub = TestHub::open().await;
    let paper = marked().sent(&hub).await;
    // Somebody else has sent the same bytes.
    let other = a_document().from("procuratorate").to("agriculture");
    let other = other.file("另.txt", SECRET).sent(&hub).await;
    read(&hub, digest(&paper, 0)).await;
    let stub = paper.seen_by(&hub, "court.reader").await;
    assert!(
        stub["title"]
            .as_str()
            .unwrap()
            .starts_with("因含密级标志已隔离"),
        "{stub}"
    );
    assert!(
        stub["title"]
            .as_str()
            .unwrap()
            .contains("请通过机要渠道办理")
    );
    assert_eq!(stub["doc_number"], paper.view["doc_number"]);
    assert!(stub["quarantined_at"].is_string());
    assert_eq!(stub["fields"], serde_json::json!({}));
    assert_eq!(stub["files"], serde_json::json!([]));
    hub.by("court.clerk")
        .get(paper.file_path(0))
        .await
        .problem(404, "not-found");
    hub.by("court.clerk")
        .get(paper.file_path(1))
        .await
        .problem(404, "not-found");
    hub.by("court.clerk")
        .get(paper.path("/archive"))
        .await
        .problem(409, "wrong-state");
    assert_eq!(stub["manifest_sha256"], paper.view["manifest_sha256"]);
    let other = other.seen_by(&hub, "procuratorate.clerk").await;
    assert!(
        other["quarantined_at"].is_string(),
        "the same bytes carry the same mark"
    );
}

#[tokio::test]
async fn what_is_proved_stays_and_of_what_was_said_nothing_does() {
    let hub = TestHub::open().await;
    let paper = marked().sent(&hub).await;
    paper.signed(&hub, "resources").await;
    let before = hub.by("court.clerk").get(paper.path("/history")).await.ok();
    let (secret, position) = (digest(&paper, 0), hub.position().await);
    read(&hub, secret).await;

    // What is proved stays as it was.
    let after = hub.by("court.clerk").get(paper.path("/history")).await.ok();
    assert_eq!(after, before);

    // Who looks at the audit learns that it was done, and not what it was.
    let audit = listed(&hub, "admin.audit", "/api/v1/audit?limit=100").await;
    let done: Vec<_> = audit
        .iter()
        .filter(|line| line["action"] == "document.quarantine")
        .collect();
    assert_eq!(done.len(), 1);
    assert!(
        done.iter()
            .any(|line| line["subject_id"] == paper.id.to_string().as_str()),
        "{done:?}"
    );
    assert!(
        hub.position().await > position,
        "it stands in the change log"
    );

    // The bytes go after the commit, and until they are gone somebody tries again.
    assert_eq!(kept(&hub, secret).len(), 1);
    assert_eq!(destroy(&hub).await, 1);
    assert_eq!(kept(&hub, secret), [""; 0]);
    assert_eq!(destroy(&hub).await, 0);
    let rows = hub.rows().await.join("\n");
    for said in [TITLE, NAME, "绝不可说"] {
        assert!(!rows.contains(said), "{said} is still somewhere");
    }
}

#[tokio::test]
async fn the_same_bytes_are_not_taken_in_again() {
    let hub = TestHub::open().await;
    let paper = marked().drafted(&hub).await;
    read(&hub, digest(&paper, 0)).await;
    destroy(&hub).await;
    let refused = hub
        .by("resources.clerk")
        .upload("换个名字.txt", SECRET)
        .await;
    let problem = refused.problem(422, "secrecy-refused");
    assert!(
        problem["detail"].as_str().unwrap().contains("机要渠道"),
        "{problem}"
    );
    let begin = hub.by("resources.clerk").ask("POST", "/api/v1/uploads");
    let begin = begin
        .header("tus-resumable", "1.0.0")
        .header("upload-metadata", "filename YS50eHQ=");
    let begin = begin.header("upload-length", SECRET.len().to_string());
    let piece = begin.body("application/offset+octet-stream", SECRET).await;
    piece.problem(422, "secrecy-refused");
    assert_eq!(
        kept(&hub, digest(&paper, 0)),
        [""; 0],
        "it is refused before it is stored"
    );
}

#[tokio::test]
async fn a_draft_says_which_file_must_go() {
    let hub = TestHub::open().await;
    let paper = marked().drafted(&hub).await;
    read(&hub, digest(&paper, 0)).await;
    destroy(&hub).await;
    let seen = paper.seen_by(&hub, "court.clerk").await;
    assert_eq!(seen["title"], TITLE, "the draft itself is whole");
    assert_eq!(seen["files"][0]["text_state"], "destroyed");
    assert!(
        seen["files"][0]["text_reason"]
            .as_str()
            .unwrap()
            .contains("“机密”密级标志")
    );
    hub.by("court.clerk")
        .get(paper.file_path(0))
        .await
        .problem(404, "not-found");
    assert_eq!(
        hub.by("court.clerk").get(paper.file_path(1)).await.status,
        200
    );
    let refused = hub
        .by("court.clerk")
        .ask("POST", paper.path("/submit"))
        .await;
    let problem = refused.problem(422, "secrecy-refused");
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .starts_with("第 1 个文件"),
        "{problem}"
    );
    let files = serde_json::json!({ "files": [{ "file_id": paper.files[1], "role": "main" }] });
    hub.by("court.clerk")
        .change(&paper.path(""), &files)
        .await
        .ok();
    hub.by("court.clerk")
        .ask("POST", paper.path("/submit"))
        .await
        .ok();
    hub.by("court.signer")
        .ask("POST", paper.path("/issue"))
        .await
        .ok();
    hub.by("court.clerk")
        .ask("POST", paper.path("/send"))
        .await
        .ok();
}

#[tokio::test]
async fn what_is_issued_is_not_sent_and_what_is_sent_is_acted_on_no_more() {
    let hub = TestHub::open().await;
    let issued = marked().issued(&hub).await;
    let sent = marked().sent(&hub).await;
    read(&hub, digest(&issued, 0)).await;
    let refused = hub
        .by("court.clerk")
        .ask("POST", issued.path("/send"))
        .await;
    refused.problem(422, "secrecy-refused");
    assert_eq!(issued.seen_by(&hub, "court.clerk").await["state"], "issued");
    let again = hub.by("court.clerk").ask("POST", sent.path("/send")).await;
    again.problem(409, "wrong-state");
}

#[tokio::test]
async fn a_client_quicker_than_the_reader_gains_nothing() {
    let hub = TestHub::that_reads().await;
    let paper = a_document()
        .titled(TITLE)
        .file(NAME, SECRET)
        .drafted(&hub)
        .await;
    // Whichever comes first, the reader or the sender: in the end nobody sees it.
    hub.by("court.clerk")
        .ask("POST", paper.path("/submit"))
        .await;
    let issued = hub
        .by("court.signer")
        .ask("POST", paper.path("/issue"))
        .await;
    let sent = hub.by("court.clerk").ask("POST", paper.path("/send")).await;
    let was_sent = issued.status == 200 && sent.status == 200;
    eprintln!("sent before it was read: {was_sent}");
    for _ in 0..400 {
        if kept(&hub, digest(&paper, 0)).is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(kept(&hub, digest(&paper, 0)), [""; 0]);
    hub.by("resources.clerk")
        .get(paper.path(""))
        .await
        .problem(404, "not-found");
    let seen = paper.seen_by(&hub, "court.clerk").await;
    assert_eq!(seen["quarantined_at"].is_string(), was_sent, "{seen}");
}

#[tokio::test]
async fn search_forgets_it_at_once() {
    let hub = TestHub::that_reads().await;
    let paper = a_document()
        .titled("磐石水库调度方案")
        .file("方案.txt", "泄洪闸门的开度")
        .sent(&hub)
        .await;
    let query = "/api/v1/search?q=%E6%B3%84%E6%B4%AA";
    for _ in 0..400 {
        if hub.by("court.clerk").get(query).await.ok()["total"] == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(hub.by("resources.clerk").get(query).await.ok()["total"], 1);
    // As if a later reader had found a mark.
    read(&hub, digest(&paper, 0)).await;
    for login in ["resources.clerk", "court.clerk"] {
        let found = hub.by(login).get(query).await.ok();
        assert_eq!(
            (&found["total"], found["items"].as_array().unwrap().len()),
            (&0.into(), 0)
        );
    }
}
