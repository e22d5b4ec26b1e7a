//! Uploads that come in pieces, as a client of tus 1.0.0 meets them.

use std::time::Duration;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use jiff::SignedDuration;
use serde_json::json;
use sha1::{Digest as _, Sha1};
use sha2::Sha256;
use tokio::sync::mpsc;

use crate::support::{Answer, Ask, TestHub, a_document};

const BYTES: &str = "application/offset+octet-stream";
const NAME: &str = "关于移送〔2026〕3号卷宗的函（正本）.txt";

fn metadata(name: &str) -> String {
    format!(
        "filename {},filetype dGV4dC9wbGFpbg==",
        BASE64_STANDARD.encode(name)
    )
}

fn tus<'a>(hub: &'a TestHub, method: &str, path: &str) -> Ask<'a> {
    hub.by("court.clerk")
        .ask(method, path)
        .header("tus-resumable", "1.0.0")
}

fn creation(hub: &TestHub, length: usize) -> Ask<'_> {
    tus(hub, "POST", "/api/v1/uploads")
        .header("upload-length", length.to_string())
        .header("upload-metadata", metadata(NAME))
}

fn place(answer: &Answer) -> String {
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert_eq!(answer.header("tus-resumable"), Some("1.0.0"));
    answer.header("location").unwrap().to_owned()
}

async fn begun(hub: &TestHub, length: usize) -> String {
    place(&creation(hub, length).await)
}

fn patch<'a>(hub: &'a TestHub, path: &str, offset: usize, bytes: impl Into<Vec<u8>>) -> Ask<'a> {
    tus(hub, "PATCH", path)
        .header("upload-offset", offset.to_string())
        .body(BYTES, bytes)
}

async fn offset(hub: &TestHub, path: &str) -> usize {
    let head = tus(hub, "HEAD", path).await;
    assert_eq!(head.status, 200);
    assert_eq!(head.header("cache-control"), Some("no-store"));
    head.header("upload-offset").unwrap().parse().unwrap()
}

fn some_text(length: usize) -> Vec<u8> {
    "文枢"
        .bytes()
        .cycle()
        .take(length / 6 * 6)
        .chain(std::iter::repeat_n(b'.', length % 6))
        .collect()
}

#[tokio::test]
async fn what_the_hub_can_do_is_told_to_everybody() {
    let hub = TestHub::open().await;
    let answer = hub.nobody().ask("OPTIONS", "/api/v1/uploads").await;
    assert_eq!(answer.status, 204);
    for (name, value) in [
        ("tus-resumable", "1.0.0"),
        ("tus-version", "1.0.0"),
        (
            "tus-extension",
            "creation,creation-with-upload,creation-defer-length,checksum,expiration,termination",
        ),
        ("tus-max-size", "4294967296"),
        ("tus-checksum-algorithm", "sha256,sha1"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{name}");
    }
}

#[tokio::test]
async fn an_upload_in_pieces_becomes_the_file_that_one_request_makes() {
    let hub = TestHub::open().await;
    let text = some_text(700_000);
    let path = begun(&hub, text.len()).await;
    let head = tus(&hub, "HEAD", &path).await;
    assert_eq!(head.header("upload-offset"), Some("0"));
    assert_eq!(head.header("upload-length"), Some("700000"));
    assert_eq!(
        head.header("upload-metadata"),
        Some(metadata(NAME).as_str())
    );
    assert_eq!(
        head.header("upload-expires"),
        Some("Wed, 02 Sep 2026 02:00:00 GMT")
    );
    assert_eq!(head.header("wenshu-file-id"), None);
    let mut from = 0;
    let mut last = None;
    for piece in text.chunks(123_457) {
        let answer = patch(&hub, &path, from, piece).await;
        assert_eq!(answer.status, 204, "{}", answer.text());
        from += piece.len();
        assert_eq!(
            answer.header("upload-offset"),
            Some(from.to_string().as_str())
        );
        last = Some(answer);
    }
    let id = last.unwrap().header("wenshu-file-id").unwrap().to_owned();
    let seen = tus(&hub, "GET", &path).await.ok();
    assert_eq!(seen["file"]["id"], id.as_str());
    let whole = hub
        .by("court.clerk")
        .upload(NAME, text.clone())
        .await
        .with(201);
    for field in ["name", "size", "media_type", "sha256"] {
        assert_eq!(seen["file"][field], whole[field], "{field}");
    }
    assert_eq!(seen["file"]["name"], NAME);
    // Asked again it is the same file, and there is only one.
    let again = patch(&hub, &path, text.len(), "").await;
    assert_eq!(
        (again.status, again.header("wenshu-file-id")),
        (204, Some(id.as_str()))
    );
    let body = json!({
        "kind": "GW-HAN", "title": "移送卷宗", "files": [{ "file_id": id, "role": "main" }]
    });
    let draft = hub
        .by("court.clerk")
        .post("/api/v1/documents", &body)
        .await
        .with(201);
    let file = format!(
        "/api/v1/documents/{}/files/{id}",
        draft["id"].as_str().unwrap()
    );
    assert!(hub.by("court.clerk").get(file).await.bytes == text);
}

#[tokio::test]
async fn pieces_of_any_size_add_up() {
    let hub = TestHub::open().await;
    let mut state = 20_260_901_u64;
    let mut dice = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        usize::try_from(state >> 33).unwrap() % below
    };
    for _ in 0..12 {
        let text = some_text(1 + dice(900_000));
        let digest = hex::encode(Sha256::digest(&text));
        let path = begun(&hub, text.len()).await;
        let mut from = 0;
        while from < text.len() {
            let size = 1 + dice(text.len() - from);
            let piece = &text[from..from + size];
            let mut ask = patch(&hub, &path, from, piece);
            let spoil = dice(5);
            if dice(2) == 0 {
                let sum = Sha256::digest(if spoil == 0 { b"other" } else { piece });
                let sum = format!("sha256 {}", BASE64_STANDARD.encode(sum));
                ask = ask.header("upload-checksum", sum);
            }
            let answer = ask.await;
            if answer.status == 460 {
                assert_eq!(
                    offset(&hub, &path).await,
                    from,
                    "what does not fit is discarded"
                );
                continue;
            }
            assert_eq!(answer.status, 204, "{}", answer.text());
            from += size;
        }
        let seen = tus(&hub, "GET", &path).await.ok();
        assert_eq!(seen["file"]["sha256"], digest.as_str());
    }
}

/// What is asked, how, and what is answered.
type Case<'a> = (&'static str, Ask<'a>, u16, &'static str);

fn wrong_beginnings(hub: &TestHub) -> Vec<Case<'_>> {
    let create = || tus(hub, "POST", "/api/v1/uploads");
    let named = || create().header("upload-metadata", metadata(NAME));
    let one = || create().header("upload-length", "1");
    let long = "99999999999999999999";
    vec![
        ("no length", named(), 400, "malformed-request"),
        (
            "a negative length",
            named().header("upload-length", "-1"),
            400,
            "malformed-request",
        ),
        (
            "a length beyond counting",
            named().header("upload-length", long),
            400,
            "malformed-request",
        ),
        (
            "both lengths",
            named()
                .header("upload-length", "1")
                .header("upload-defer-length", "1"),
            400,
            "malformed-request",
        ),
        (
            "a strange deferral",
            named().header("upload-defer-length", "2"),
            400,
            "malformed-request",
        ),
        (
            "no bytes at all",
            named().header("upload-length", "0"),
            422,
            "invalid",
        ),
        (
            "too long",
            named().header("upload-length", "1048577"),
            413,
            "too-large",
        ),
        ("no name", one(), 400, "malformed-request"),
        (
            "no base64",
            create()
                .header("upload-length", "1")
                .header("upload-metadata", "filename 函"),
            400,
            "malformed-request",
        ),
        (
            "a path",
            create()
                .header("upload-length", "1")
                .header("upload-metadata", metadata("../密.txt")),
            422,
            "invalid",
        ),
        (
            "two names",
            create()
                .header("upload-length", "1")
                .header("upload-metadata", "filename YQ==,filename Yg=="),
            400,
            "malformed-request",
        ),
    ]
}

fn wrong_pieces<'a>(hub: &'a TestHub, path: &str) -> Vec<Case<'a>> {
    let raw = |method: &str| hub.by("court.clerk").ask(method, path);
    let at = |offset: &str| tus(hub, "PATCH", path).header("upload-offset", offset);
    let nowhere = "/api/v1/uploads/0190c1d2-0000-7000-8000-000000000000";
    let nothing = tus(hub, "PATCH", nowhere).header("upload-offset", "0");
    vec![
        (
            "an old version",
            raw("PATCH").header("tus-resumable", "0.2.2"),
            412,
            "unsupported-tus-version",
        ),
        (
            "no version",
            raw("PATCH")
                .header("upload-offset", "0")
                .body(BYTES, "12345"),
            412,
            "unsupported-tus-version",
        ),
        (
            "no version to end it",
            raw("DELETE"),
            412,
            "unsupported-tus-version",
        ),
        (
            "a wrong type",
            at("0").body("application/octet-stream", "12345"),
            415,
            "unsupported-type",
        ),
        (
            "no offset",
            tus(hub, "PATCH", path).body(BYTES, "12345"),
            400,
            "malformed-request",
        ),
        (
            "no number",
            at("x").body(BYTES, "12345"),
            400,
            "malformed-request",
        ),
        (
            "a wrong offset",
            at("3").body(BYTES, "12345"),
            409,
            "wrong-offset",
        ),
        (
            "another length",
            at("0").header("upload-length", "11").body(BYTES, "1"),
            422,
            "invalid",
        ),
        (
            "more than announced",
            at("0").body(BYTES, "12345678901"),
            413,
            "too-large",
        ),
        ("nothing there", nothing.body(BYTES, "1"), 404, "not-found"),
        (
            "no number of an upload",
            tus(hub, "GET", "/api/v1/uploads/x"),
            404,
            "not-found",
        ),
    ]
}

fn wrong_sums<'a>(hub: &'a TestHub, path: &str) -> Vec<Case<'a>> {
    let sum = |said: &str| patch(hub, path, 0, "12345").header("upload-checksum", said);
    vec![
        (
            "a wrong checksum",
            sum("sha1 AAAAAAAAAAAAAAAAAAAAAAAAAAA="),
            460,
            "checksum-mismatch",
        ),
        (
            "a checksum of another kind",
            sum("md5 AAAAAAAAAAAAAAAAAAAAAA=="),
            400,
            "malformed-request",
        ),
        (
            "a checksum of another length",
            sum("sha256 AAAAAAAAAAAAAAAAAAAAAAAAAAA="),
            400,
            "malformed-request",
        ),
        (
            "a checksum that is none",
            sum("sha1"),
            400,
            "malformed-request",
        ),
    ]
}

#[tokio::test]
async fn every_refusal_has_its_status() {
    let hub = TestHub::with(|setting| {
        setting.config.uploads.max_file_bytes = 1 << 20;
        setting.config.uploads.unit_quota_bytes_per_day = 3 << 20;
        setting.config.uploads.open_per_user = 6;
    })
    .await;
    let path = begun(&hub, 10).await;
    let wrong = [
        wrong_beginnings(&hub),
        wrong_pieces(&hub, &path),
        wrong_sums(&hub, &path),
    ];
    for (what, ask, status, slug) in wrong.into_iter().flatten() {
        let answer = ask.await;
        let problem = answer.problem(status, slug);
        assert!(
            !problem["detail"].as_str().unwrap().is_ascii(),
            "{what}: {problem}"
        );
        if status == 412 {
            assert_eq!(answer.header("tus-version"), Some("1.0.0"), "{what}");
        }
        assert_eq!(offset(&hub, &path).await, 0, "{what}");
    }
    let sha1 = format!("sha1 {}", BASE64_STANDARD.encode(Sha1::digest("12345")));
    let fitting = patch(&hub, &path, 0, "12345").header("upload-checksum", sha1);
    assert_eq!(fitting.await.status, 204);
    assert_eq!(offset(&hub, &path).await, 5);

    // What is begun is set aside.
    for _ in 0..2 {
        begun(&hub, 1 << 20).await;
    }
    creation(&hub, 1 << 20).await.problem(429, "quota-reached");
    hub.by("court.clerk")
        .upload("大.txt", vec![b'a'; (1 << 20) - 1])
        .await
        .problem(429, "quota-reached");
    for _ in 0..3 {
        begun(&hub, 10).await;
    }
    creation(&hub, 10).await.problem(429, "quota-reached");
}

#[tokio::test]
async fn the_first_bytes_may_come_with_the_beginning() {
    let hub = TestHub::open().await;
    let ask = |key: &str| creation(&hub, 10).key(key).body(BYTES, "1234");
    let answer = ask("k1").await;
    assert_eq!(answer.header("upload-offset"), Some("4"));
    let path = place(&answer);
    let again = ask("k1").await;
    assert_eq!(place(&again), path, "the same request begins one upload");
    assert_eq!(offset(&hub, &path).await, 4);
    creation(&hub, 11)
        .key("k1")
        .await
        .problem(422, "idempotency-key-reused");
    let whole = creation(&hub, 10).body(BYTES, "1234567890").await;
    assert!(whole.header("wenshu-file-id").is_some());
    creation(&hub, 10)
        .body("text/plain", "1234")
        .await
        .problem(415, "unsupported-type");
}

#[tokio::test]
async fn the_length_may_be_said_later() {
    let hub = TestHub::open().await;
    let ask = tus(&hub, "POST", "/api/v1/uploads").header("upload-defer-length", "1");
    let path = place(&ask.header("upload-metadata", metadata(NAME)).await);
    patch(&hub, &path, 0, "12345").await.with(204);
    let head = tus(&hub, "HEAD", &path).await;
    assert_eq!(head.header("upload-defer-length"), Some("1"));
    assert_eq!(head.header("upload-length"), None);
    let short = patch(&hub, &path, 5, "").header("upload-length", "4").await;
    short.problem(422, "invalid");
    let last = patch(&hub, &path, 5, "678")
        .header("upload-length", "8")
        .await;
    assert!(last.header("wenshu-file-id").is_some(), "{}", last.text());
}

#[tokio::test]
async fn an_upload_ends_when_it_is_ended_or_forgotten() {
    let hub = TestHub::open().await;
    let incoming = hub.folder().join("blobs/incoming");
    let parts = || {
        let names = std::fs::read_dir(&incoming).unwrap();
        names
            .filter(|one| one.as_ref().unwrap().file_name().len() > 30)
            .count()
    };
    let path = begun(&hub, 10).await;
    patch(&hub, &path, 0, "123").await.with(204);
    assert_eq!(parts(), 1);
    tus(&hub, "DELETE", &path).await.with(204);
    assert_eq!(parts(), 0);
    tus(&hub, "GET", &path).await.problem(404, "not-found");
    tus(&hub, "DELETE", &path).await.problem(404, "not-found");

    let path = begun(&hub, 10).await;
    hub.pass(SignedDuration::from_hours(20));
    patch(&hub, &path, 0, "123").await.with(204);
    hub.pass(SignedDuration::from_hours(23));
    assert_eq!(offset(&hub, &path).await, 3, "it has moved since");
    hub.pass(SignedDuration::from_hours(1));
    tus(&hub, "GET", &path).await.problem(410, "gone");
    patch(&hub, &path, 3, "4").await.problem(410, "gone");
    hub.with_hub(|hub| async move { hub.tidy().await.unwrap() })
        .await;
    assert_eq!(parts(), 0);
    tus(&hub, "GET", &path).await.problem(404, "not-found");
}

#[tokio::test]
async fn one_request_writes_to_an_upload_at_a_time() {
    let hub = TestHub::open().await;
    let path = begun(&hub, 10).await;
    let (sender, receiver) = mpsc::unbounded_channel::<Bytes>();
    let receiver = stream::unfold(receiver, async |mut receiver| {
        let bytes = receiver.recv().await?;
        Some((Ok::<_, std::io::Error>(bytes), receiver))
    });
    sender.send("123".into()).unwrap();
    let slow = tus(&hub, "PATCH", &path).header("upload-offset", "0");
    let slow = slow.stream(BYTES, reqwest::Body::wrap_stream(receiver));
    let other = async {
        // Whoever asks first has the turn, and that is to be the slow one.
        tokio::time::sleep(Duration::from_secs(1)).await;
        loop {
            let answer = patch(&hub, &path, 0, "").await;
            if answer.status == 423 {
                answer.problem(423, "upload-busy");
                tus(&hub, "DELETE", &path).await.problem(423, "upload-busy");
                sender.send("4567890".into()).unwrap();
                drop(sender);
                break;
            }
            assert_eq!(answer.status, 204);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let both = async { tokio::join!(slow.into_future(), other) };
    let (slow, ()) = tokio::time::timeout(Duration::from_secs(20), both)
        .await
        .unwrap();
    assert_eq!(slow.status, 204);
    assert!(slow.header("wenshu-file-id").is_some());
}

#[tokio::test]
async fn what_came_before_the_line_was_cut_is_kept() {
    let hub = TestHub::open().await;
    let text = some_text(300_000);
    let path = begun(&hub, text.len()).await;
    let sent = Bytes::from(text[..200_000].to_vec());
    let cut = stream::iter([Ok(sent)]).chain(stream::once(async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        Err(std::io::Error::other("cut"))
    }));
    let request = hub
        .http
        .patch(format!("{}{path}", hub.public))
        .bearer_auth(hub.token_of("court.clerk").await)
        .header("tus-resumable", "1.0.0")
        .header("upload-offset", "0")
        .header("content-type", BYTES)
        .body(reqwest::Body::wrap_stream(cut));
    assert!(request.send().await.is_err(), "the client gave up");
    let mut kept = 0;
    for _ in 0..200 {
        kept = offset(&hub, &path).await;
        if kept > 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(kept, 200_000);
    let answer = loop {
        let answer = patch(&hub, &path, kept, &text[kept..]).await;
        if answer.status != 423 {
            break answer;
        }
    };
    assert!(
        answer.header("wenshu-file-id").is_some(),
        "{}",
        answer.text()
    );
}

#[tokio::test]
async fn what_one_request_may_not_bring_pieces_may_not_either() {
    let hub = TestHub::open().await;
    let page = "<!DOCTYPE html><html><script>alert(1)</script></html>";
    let path = begun(&hub, page.len()).await;
    patch(&hub, &path, 0, &page[..20]).await.with(204);
    patch(&hub, &path, 20, &page[20..])
        .await
        .problem(415, "unsupported-type");
    tus(&hub, "GET", &path).await.problem(404, "not-found");
    let kept = walkdir::WalkDir::new(hub.folder().join("blobs/blobs"));
    let files = kept
        .into_iter()
        .filter(|one| one.as_ref().unwrap().file_type().is_file());
    assert_eq!(files.count(), 0, "it was never stored");
}

#[tokio::test]
async fn the_same_content_is_stored_once_however_it_comes() {
    let hub = TestHub::open().await;
    let text = some_text(50_000);
    let paper = a_document()
        .file("甲.txt", text.clone())
        .file("乙.txt", text.clone())
        .sent(&hub)
        .await;
    let other = a_document()
        .from("procuratorate")
        .file("丙.txt", text.clone())
        .sent(&hub)
        .await;
    creation(&hub, text.len())
        .body(BYTES, text.clone())
        .await
        .with(201);
    let kept = walkdir::WalkDir::new(hub.folder().join("blobs/blobs"));
    let files = kept
        .into_iter()
        .filter(|one| one.as_ref().unwrap().file_type().is_file());
    assert_eq!(files.count(), 1);
    assert_eq!(
        paper.view["files"][0]["sha256"],
        other.view["files"][0]["sha256"]
    );
    assert_eq!(paper.view["files"][0]["role"], "main");
    assert_eq!(paper.view["files"][1]["role"], "attachment");
    for (place, name) in ["甲.txt", "乙.txt"].iter().enumerate() {
        assert_eq!(paper.view["files"][place]["name"], *name);
        assert!(
            hub.by("resources.clerk")
                .get(paper.file_path(place))
                .await
                .bytes
                == text
        );
    }
}
