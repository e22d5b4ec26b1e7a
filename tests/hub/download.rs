//! Files handed out: every shape of range, and names that come through as they were given.

use crate::support::{Answer, Paper, TestHub, a_document, id_of};

const REPORT: &[u8] = include_bytes!("../../docs/samples/02-附件-调研报告.pdf");

async fn with_report(hub: &TestHub) -> Paper {
    a_document().file("调研报告.pdf", REPORT).sent(hub).await
}

/// The name in a `Content-Disposition`, read as RFC 8187 says.
fn full_name(answer: &Answer) -> String {
    let value = answer.header("content-disposition").unwrap();
    assert!(value.starts_with("attachment;"), "{value}");
    assert!(value.is_ascii(), "{value}");
    // The name itself may look like a parameter; the real one comes last.
    let (_, encoded) = value.rsplit_once("filename*=UTF-8''").unwrap();
    let bytes: Vec<u8> = percent_decoded(encoded);
    String::from_utf8(bytes).unwrap()
}

fn percent_decoded(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        if *first == b'%' {
            let hex = std::str::from_utf8(&tail[..2]).unwrap();
            bytes.push(u8::from_str_radix(hex, 16).unwrap());
            rest = &tail[2..];
        } else {
            let plain = first.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(first);
            assert!(plain, "{:?} stands unencoded in {text}", *first as char);
            bytes.push(*first);
            rest = tail;
        }
    }
    bytes
}

#[tokio::test]
async fn a_file_comes_back_as_it_was_uploaded() {
    let hub = TestHub::open().await;
    let paper = with_report(&hub).await;
    let answer = hub.by("resources.clerk").get(paper.file_path(0)).await;
    assert_eq!(answer.status, 200);
    assert!(answer.bytes == REPORT, "the bytes differ");
    assert_eq!(answer.header("content-type"), Some("application/pdf"));
    assert_eq!(
        answer.header("content-length"),
        Some(REPORT.len().to_string().as_str())
    );
    assert_eq!(answer.header("accept-ranges"), Some("bytes"));
    assert_eq!(
        answer.header("content-security-policy"),
        Some("sandbox; default-src 'none'")
    );
    let digest = paper.view["files"][0]["sha256"].as_str().unwrap();
    assert_eq!(
        answer.header("etag"),
        Some(format!("\"{digest}\"").as_str())
    );
    assert_eq!(full_name(&answer), "调研报告.pdf");
}

#[tokio::test]
async fn every_shape_of_range_is_answered_by_the_book() {
    let hub = TestHub::open().await;
    let paper = with_report(&hub).await;
    let size = REPORT.len();
    let part = |from: usize, to: usize| Some((from, to));
    let cases = [
        ("bytes=0-9", 206, part(0, 10)),
        ("bytes=0-0", 206, part(0, 1)),
        ("bytes=100-199", 206, part(100, 200)),
        ("bytes=100-", 206, part(100, size)),
        ("bytes=-10", 206, part(size - 10, size)),
        ("bytes=0-99999999999", 206, part(0, size)),
        ("bytes=-99999999999", 206, part(0, size)),
        (&format!("bytes={}-", size - 1), 206, part(size - 1, size)),
        (&format!("bytes={size}-"), 416, None),
        ("bytes=99999999999-", 416, None),
        ("bytes=-0", 416, None),
        // What is no range, of no known unit, or more than one, is answered with everything.
        ("bytes=0-4,10-14", 200, part(0, size)),
        ("bytes=9-0", 200, part(0, size)),
        ("bytes=a-b", 200, part(0, size)),
        ("bytes=", 200, part(0, size)),
        ("pages=1-2", 200, part(0, size)),
        ("bytes=18446744073709551616-", 200, part(0, size)),
    ];
    for (range, status, expected) in cases {
        let ask = hub
            .by("court.clerk")
            .get(paper.file_path(0))
            .header("range", range);
        let answer = ask.await;
        assert_eq!(answer.status, status, "{range}");
        let Some((from, to)) = expected else {
            assert_eq!(
                answer.header("content-range"),
                Some(format!("bytes */{size}").as_str())
            );
            assert!(answer.bytes.is_empty());
            continue;
        };
        assert!(answer.bytes == REPORT[from..to], "{range}");
        let shown = format!("bytes {from}-{}/{size}", to - 1);
        let expected = (status == 206).then_some(shown.as_str());
        assert_eq!(answer.header("content-range"), expected, "{range}");
    }
}

#[tokio::test]
async fn a_part_is_only_added_to_the_same_version() {
    let hub = TestHub::open().await;
    let paper = with_report(&hub).await;
    let digest = paper.view["files"][0]["sha256"].as_str().unwrap();
    let ask = |if_range: &str| {
        let ask = hub
            .by("court.clerk")
            .get(paper.file_path(0))
            .header("range", "bytes=5-9");
        ask.header("if-range", if_range)
    };
    assert_eq!(ask(&format!("\"{digest}\"")).await.bytes, REPORT[5..10]);
    for other in [
        "\"another\"",
        &format!("W/\"{digest}\""),
        "Tue, 01 Sep 2026 02:00:00 GMT",
    ] {
        let whole = ask(other).await;
        assert_eq!(
            (whole.status, whole.bytes.len()),
            (200, REPORT.len()),
            "{other}"
        );
    }
    let known = |tag: &str| {
        hub.by("court.clerk")
            .get(paper.file_path(0))
            .header("if-none-match", tag)
    };
    for tag in [
        format!("\"{digest}\""),
        format!("\"x\", \"{digest}\""),
        "*".to_owned(),
    ] {
        let answer = known(&tag).await;
        assert_eq!((answer.status, answer.bytes.len()), (304, 0), "{tag}");
        assert_eq!(
            answer.header("etag"),
            Some(format!("\"{digest}\"").as_str())
        );
    }
    assert_eq!(known("\"another\"").await.status, 200);
}

#[tokio::test]
async fn names_come_through_as_they_were_given() {
    let hub = TestHub::open().await;
    let names = [
        "关于规范不动产登记的函.txt",
        "附件1：办法（试行）〔2026〕3号.txt",
        "a b.txt",
        "100%.txt",
        "quote\".txt",
        "semi;colon.txt",
        "star*'tick.txt",
        "equals=and&plus+.txt",
        "emoji🌾.txt",
        "𠮷野.txt",
        "e\u{301}.txt",
        "CON.txt",
        ".hidden.txt",
        "dots...txt",
        "filename*=UTF-8''x.txt",
    ];
    let mut plan = a_document();
    for (place, name) in names.iter().enumerate() {
        plan = plan.file(name, format!("第{place}份"));
    }
    let paper = plan.sent(&hub).await;
    for (place, name) in names.iter().enumerate() {
        use unicode_normalization::UnicodeNormalization as _;
        let name: String = name.nfc().collect();
        assert_eq!(paper.view["files"][place]["name"], name.as_str());
        let answer = hub.by("resources.clerk").get(paper.file_path(place)).await;
        assert_eq!(full_name(&answer), name);
        assert_eq!(answer.text(), format!("第{place}份"));
    }
}

/// What a browser could be made to run, under the names that would make it.
const HOSTILE: &[(&str, &[u8])] = &[
    (
        "页.html",
        b"<!DOCTYPE html><html><script>alert(1)</script></html>",
    ),
    ("页.htm", b"<script>alert(1)</script>"),
    (
        "页.xhtml",
        b"<html xmlns='http://www.w3.org/1999/xhtml'><script>alert(1)</script></html>",
    ),
    (
        "图.svg",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    ),
    (
        "图.png",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    ),
    (
        "样.xml",
        b"<?xml version='1.0'?><?xml-stylesheet type='text/xsl' href='#x'?><x/>",
    ),
    ("函.pdf", b"<html><body onload=alert(1)>"),
    ("函.txt", b"<html><body onload=alert(1)>"),
    ("函.txt", b"\xef\xbb\xbf<script>alert(1)</script>"),
    ("函.txt", b"\xff\xfe<\0s\0c\0r\0i\0p\0t\0>\0"),
    ("函.txt", b"+ADw-script+AD4-alert(1)+ADw-/script+AD4-"),
    ("函.csv", b"=cmd|'/c calc'!A1,<script>alert(1)</script>"),
    ("函.txt", b"javascript:alert(1)"),
    ("函.js", b"alert(1)"),
    ("函.txt", b"GIF89a=1;alert(1)//<script>alert(1)</script>"),
    ("图.jpg", b"GIF89a/*<script>alert(1)</script>*/=1"),
    (
        "函.pdf",
        b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj",
    ),
    ("函.pdf", b"%PDF-1.7\n<script>alert(1)</script>"),
    ("件.swf", b"FWS\x05\x00\x00\x00\x00"),
    ("件.wasm", b"\0asm\x01\0\0\0"),
    (
        "件.hta",
        b"<hta:application/><script>new ActiveXObject('WScript.Shell')</script>",
    ),
    (
        "件.url",
        b"[InternetShortcut]\r\nURL=javascript:alert(1)\r\n",
    ),
    (
        "件.desktop",
        b"[Desktop Entry]\nExec=sh -c id\nType=Application\n",
    ),
    ("件.lnk", b"L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0F"),
    (
        "信.mht",
        b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n<script>alert(1)</script>",
    ),
    (
        "信.eml",
        b"From: a@b\r\nContent-Type: text/html\r\n\r\n<script>alert(1)</script>",
    ),
    ("件.vbs", b"MsgBox 1"),
    ("件.bat", b"@echo off\r\ndel /q *.*"),
    ("件.sh", b"#!/bin/sh\nid\n"),
    ("件.rtf", b"{\\rtf1{\\object\\objocx}}"),
];

#[tokio::test]
async fn what_a_browser_could_run_is_refused_or_handed_out_inert() {
    let hub = TestHub::open().await;
    let (mut refused, mut inert) = (0, 0);
    for (name, bytes) in HOSTILE {
        let uploaded = hub.by("court.clerk").upload(name, *bytes).await;
        if uploaded.status != 201 {
            uploaded.problem(415, "unsupported-type");
            refused += 1;
            continue;
        }
        let file = id_of(&uploaded.json());
        let body = serde_json::json!({
            "kind": "GW-HAN", "title": "函", "files": [{ "file_id": file, "role": "main" }]
        });
        let draft = hub
            .by("court.clerk")
            .post("/api/v1/documents", &body)
            .await
            .with(201);
        let path = format!("/api/v1/documents/{}/files/{file}", id_of(&draft));
        let ask = || hub.by("court.clerk").get(path.as_str());
        let digest = uploaded.json()["sha256"].as_str().unwrap().to_owned();
        for answer in [
            ask().await,
            ask().header("range", "bytes=0-3").await,
            ask().header("range", "bytes=999999-").await,
            ask().header("if-none-match", format!("\"{digest}\"")).await,
            hub.by("court.clerk").ask("HEAD", path.as_str()).await,
        ] {
            let told = |header: &str| answer.header(header).unwrap_or_default().to_owned();
            assert!(
                told("content-disposition").starts_with("attachment; "),
                "{name}"
            );
            assert_eq!(
                told("content-security-policy"),
                "sandbox; default-src 'none'"
            );
            assert_eq!(told("x-content-type-options"), "nosniff");
            let kind = told("content-type");
            let passive = [
                "",
                "application/pdf",
                "application/octet-stream",
                "message/rfc822",
                "text/plain",
                "text/csv",
                "application/rtf",
                "text/rtf",
            ];
            let essence = kind.split(';').next().unwrap();
            assert!(passive.contains(&essence), "{name} is handed out as {kind}");
        }
        inert += 1;
    }
    eprintln!("hostile: {refused} refused, {inert} handed out inert");
    assert!(refused >= 10, "{refused} refused, {inert} inert");
}

#[tokio::test]
async fn a_file_belongs_to_its_document() {
    let hub = TestHub::open().await;
    let (one, other) = (a_document().sent(&hub).await, a_document().sent(&hub).await);
    let elsewhere = one.path(&format!("/files/{}", other.files[0]));
    hub.by("court.clerk")
        .get(elsewhere)
        .await
        .problem(404, "not-found");
    let draft = a_document().drafted(&hub).await;
    let hidden = one.path(&format!("/files/{}", draft.files[0]));
    hub.by("resources.clerk")
        .get(hidden)
        .await
        .problem(404, "not-found");
}

#[tokio::test]
async fn a_form_uploads_what_a_body_uploads() {
    let hub = TestHub::open().await;
    let form = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"表单.txt\"\r\n\
                Content-Type: text/html\r\n\r\n内容\r\n--x--\r\n";
    let ask = hub.by("court.clerk").ask("POST", "/api/v1/uploads");
    let by_form = ask
        .body("multipart/form-data; boundary=x", form)
        .await
        .with(201);
    let by_body = hub
        .by("court.clerk")
        .upload("表单.txt", "内容")
        .await
        .with(201);
    for field in ["name", "size", "media_type", "sha256"] {
        assert_eq!(by_form[field], by_body[field], "{field}");
    }
    assert_eq!(
        by_form["media_type"], "text/plain",
        "the content decides, not the client"
    );
}
