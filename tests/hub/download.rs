//! Files handed out: every shape of range, and names that come through as they were given.

use crate::support::{Answer, Paper, TestHub, a_document};

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
