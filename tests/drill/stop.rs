//! The graceful stop: what is at hand is finished or was never acknowledged, and it ends in time.

use std::{
    io::{Cursor, Write as _},
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use rustix::process::{Pid, Signal};

use crate::{
    hub::{Running, Site},
    load::Load,
    oracle::{Database, consult},
    people::{People, Person},
    random::Random,
    turn,
};

/// What the hub is told to wait for requests at hand.
const CONFIGURED: Duration = Duration::from_secs(4);
/// For what comes after them: the closing of the database.
const MARGIN: Duration = Duration::from_secs(3);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_under_load_loses_nothing_and_ends_in_time() {
    let _turn = turn().await;
    let mut random = Random::seeded("stop");
    let site = Site::new(&[&format!(
        "server.shutdown_timeout={}s",
        CONFIGURED.as_secs()
    )]);
    let passwords = site.enter_city();
    let running = site.start().await;
    let people = Arc::new(People::settle(&site, &passwords).await);
    // A file whose reading does not end must not keep the hub from ending.
    let reader = hang_a_reader(&running, people.get("fy", "clerk")).await;
    // Nor must an upload that never ends.
    let endless = stream::repeat(Bytes::from_static(b"endless")).then(async |bytes| {
        tokio::time::sleep(Duration::from_millis(50)).await;
        Ok::<_, std::io::Error>(bytes)
    });
    let upload = people
        .get("gaj", "clerk")
        .asks("POST", "uploads?name=a.txt");
    let upload = tokio::spawn(upload.body(reqwest::Body::wrap_stream(endless)).send());
    let load = Load::start(&people, 8, &mut random);
    tokio::time::sleep(Duration::from_secs(2)).await;
    let (status, took) = running.terminate().await;
    assert!(status.success(), "{status}\n{}", site.logged());
    assert!(took < CONFIGURED + MARGIN, "{took:?}");
    assert!(!is_running(reader), "the reader {reader} outlives the hub");
    let broken_off = upload.await.unwrap();
    assert!(!broken_off.is_ok_and(|answer| answer.status().is_success()));

    let gate = load.shared.gate.write().await;
    let running = site.start().await;
    let db = Database::open(&site, None).await;
    let acks = load.acks();
    let verdict = consult(&site, &db, &people, &acks, 0, &mut random).await;
    db.close().await;
    assert!(
        verdict.losses.is_empty(),
        "{:#?}\n{}",
        verdict.losses,
        site.logged()
    );
    assert!(
        acks.len() > 100,
        "hardly any load: {} acknowledgements",
        acks.len()
    );
    drop(gate);
    load.stop().await;
    drop(running);
    eprintln!(
        "stop: {} acknowledgements, {} downloads compared, 0 losses; ended {took:.1?} after \
         SIGTERM with an endless upload and an endless reading at hand ({CONFIGURED:?} configured)",
        acks.len(),
        verdict.downloads,
    );
}

/// Uploads a file that takes seconds to read, and stops the process that reads it.
async fn hang_a_reader(hub: &Running, clerk: &Person) -> Pid {
    let upload = clerk.asks("POST", "uploads?name=长.docx");
    let answer = upload.body(long_document()).send().await.unwrap();
    assert_eq!(answer.status(), 201);
    let began = Instant::now();
    loop {
        if let Some(reader) = hub.children("--media-type application/vnd").first() {
            rustix::process::kill_process(*reader, Signal::STOP).unwrap();
            return *reader;
        }
        assert!(began.elapsed() < Duration::from_secs(30), "nobody reads it");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn is_running(process: Pid) -> bool {
    std::path::Path::new(&format!("/proc/{}", process.as_raw_nonzero())).exists()
}

/// A word processor's file of a hundred thousand paragraphs.
fn long_document() -> Vec<u8> {
    const PARTS: [(&str, &str); 2] = [
        (
            "[Content_Types].xml",
            r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"#,
        ),
        (
            "_rels/.rels",
            r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"#,
        ),
    ];
    let paragraphs = "<w:p><w:r><w:t>请遵照执行。</w:t></w:r></w:p>".repeat(100_000);
    let body = format!(
        r#"<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{paragraphs}</w:body></w:document>"#
    );
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in PARTS
        .into_iter()
        .chain([("word/document.xml", body.as_str())])
    {
        zip.start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}
