//! Files that are refused, and what they may not say.

use super::Clerk;
use crate::support::{TestHub, a_document};

#[tokio::test]
async fn uploads_that_are_refused() {
    let hub = TestHub::with(|setting| {
        setting.config.uploads.max_file_bytes = 1 << 20;
        setting.config.uploads.unit_quota_bytes_per_day = 1 << 20;
    })
    .await;
    let mut clerk = Clerk::of(&hub).await;
    let upload = |name: &str, bytes: &[u8]| hub.by("court.clerk").upload(name, bytes);
    clerk.note("no bytes", upload("空.txt", b"")).await;
    clerk
        .note(
            "too many bytes",
            upload("大.txt", &vec![b'a'; (1 << 20) + 1]),
        )
        .await;
    let program = [&b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0"[..], &[0; 200]].concat();
    clerk
        .note("a program called .pdf", upload("函.pdf", &program))
        .await;
    let elf = [&b"\x7fELF\x02\x01\x01"[..], &[0; 200]].concat();
    clerk
        .note("a program called .docx", upload("函.docx", &elf))
        .await;
    let page = b"<!DOCTYPE html><html><script>alert(1)</script></html>";
    clerk
        .note("a page called .pdf", upload("函.pdf", page))
        .await;
    clerk
        .note("a page called .txt", upload("函.txt", page))
        .await;
    clerk
        .note(
            "a drawing with a script",
            upload("章.png", b"<svg onload='alert(1)'/>"),
        )
        .await;
    clerk
        .note("a script", upload("清理.bat", b"del /q *.*"))
        .await;
    clerk
        .note(
            "an archive",
            upload("包.zip", b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
        )
        .await;
    for name in [
        "",
        " ",
        ".",
        "..",
        "../密.txt",
        "..\\密.txt",
        "/etc/passwd",
        "a/b.txt",
        "甲\r\n乙.txt",
        "甲\0.txt",
        "\u{202e}fdp.txt",
        "甲\u{200b}.txt",
        &"长".repeat(90),
    ] {
        clerk
            .note(&format!("the name {name:?}"), upload(name, b"text"))
            .await;
    }
    let raw = || hub.by("court.clerk").ask("POST", "/api/v1/uploads");
    clerk
        .note("no name", raw().body("application/octet-stream", "text"))
        .await;
    let form = |text: &str| raw().body("multipart/form-data; boundary=x", text.to_owned());
    let part =
        "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nab\r\n";
    clerk.note("an empty form", form("--x--\r\n")).await;
    clerk.note("a form without end", form(part)).await;
    clerk
        .note(
            "a form of two files",
            form(&format!("{part}{part}--x--\r\n")),
        )
        .await;
    let other = part.replace("name=\"file\"", "name=\"picture\"");
    clerk
        .note(
            "a form with another name",
            form(&format!("{other}--x--\r\n")),
        )
        .await;
    let nameless = part.replace("; filename=\"a.txt\"", "");
    clerk
        .note(
            "a form without a file name",
            form(&format!("{nameless}--x--\r\n")),
        )
        .await;
    let odd = raw().body("multipart/form-data", part.to_owned());
    clerk.note("a form without boundary", odd).await;
    insta::assert_snapshot!(clerk.notes().await);
}

#[tokio::test]
async fn a_unit_that_has_uploaded_enough_waits_until_the_next_day() {
    let hub = TestHub::with(|setting| {
        setting.config.uploads.max_file_bytes = 1 << 20;
        setting.config.uploads.unit_quota_bytes_per_day = 1 << 20;
    })
    .await;
    let upload = |login, size| hub.by(login).upload("文.txt", vec![b'a'; size]);
    upload("court.clerk", 1 << 20).await.with(201);
    let refused = upload("court.clerk", 1).await;
    refused.problem(429, "quota-reached");
    assert!(refused.header("retry-after").is_some());
    upload("procuratorate.clerk", 1).await.with(201);
    hub.pass(jiff::SignedDuration::from_hours(25));
    upload("court.clerk", 1).await.with(201);
}

#[tokio::test]
async fn a_mark_in_the_text_of_a_file_stops_the_document() {
    let hub = TestHub::that_reads().await;
    let marked = "磐石市\n机密★1年\n关于某事的函".as_bytes();
    let paper = a_document().file("函.txt", marked).drafted(&hub).await;
    let ready = async {
        while paper.seen_by(&hub, "court.clerk").await["files"][0]["text_state"] == "pending" {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), ready)
        .await
        .unwrap();
    let answer = hub
        .by("court.clerk")
        .ask("POST", paper.path("/submit"))
        .await;
    let problem = answer.problem(422, "secrecy-refused");
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .contains("第 2 行有“机密”密级标志"),
        "{problem}"
    );
    assert_eq!(paper.seen_by(&hub, "court.clerk").await["state"], "draft");
}
