//! Manners: methods, paths, slow clients, and what the operator looks at.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{
    policy::operations,
    support::{TestHub, a_document},
};

#[tokio::test]
async fn head_answers_like_get_without_the_body() {
    let hub = TestHub::open().await;
    let paper = a_document().sent(&hub).await;
    for path in [
        "/.well-known/jwks.json".to_owned(),
        "/api/v1/auth/me".to_owned(),
        "/api/v1/documents".to_owned(),
        "/api/v1/kinds/GW-HAN".to_owned(),
        paper.path(""),
        paper.file_path(0),
        "/api/v1/documents/none".to_owned(),
    ] {
        let (head, get) = (
            hub.by("court.clerk").ask("HEAD", &path).await,
            hub.by("court.clerk").get(&path).await,
        );
        assert!(head.bytes.is_empty() && !get.bytes.is_empty(), "{path}");
        assert_eq!(head.status, get.status, "{path}");
        for name in [
            "content-type",
            "content-length",
            "etag",
            "content-disposition",
        ] {
            assert_eq!(head.header(name), get.header(name), "{name} of {path}");
        }
    }
}

#[tokio::test]
async fn other_methods_are_told_which_there_are() {
    let hub = TestHub::open().await;
    let methods = [
        "GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND",
    ];
    let operations = operations();
    let paths: std::collections::BTreeSet<&str> = operations
        .keys()
        .map(|operation| operation.split_once(' ').unwrap().1)
        .collect();
    for path in paths {
        let known: Vec<&str> = operations
            .keys()
            .filter_map(|operation| {
                operation
                    .split_once(' ')
                    .filter(|(_, of)| *of == path)
                    .map(|(method, _)| method)
            })
            .collect();
        for method in methods.iter().filter(|method| !known.contains(method)) {
            let refused = hub.by("court.clerk").ask(method, path).await;
            refused.problem(405, "method-not-allowed");
            let mut allowed: Vec<&str> = refused.header("allow").unwrap().split(", ").collect();
            allowed.sort_unstable();
            let mut expected = known.clone();
            if known.contains(&"GET") {
                expected.push("HEAD");
            }
            expected.sort_unstable();
            assert_eq!(allowed, expected, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn paths_that_lead_nowhere_look_like_what_may_not_be_seen() {
    let hub = TestHub::open().await;
    let absent = format!("/api/v1/documents/{}", uuid::Uuid::now_v7());
    let absent = hub.by("court.clerk").get(absent).await.face();
    for path in [
        "/api/v1/nothing",
        "/api/v2/documents",
        "/api/v1/documents/",
        "/nothing",
        "/.git/config",
    ] {
        assert_eq!(
            hub.by("court.clerk").get(path).await.face(),
            absent,
            "{path}"
        );
    }
}

#[tokio::test]
async fn every_type_of_problem_has_a_page_that_explains_it() {
    let hub = TestHub::open().await;
    for kind in wenshu::api::problem::ALL {
        let page = hub.nobody().get(format!("/problems/{}", kind.slug)).await;
        assert_eq!(page.status, 200, "{}", kind.slug);
        assert_eq!(
            page.header("content-type"),
            Some("text/html; charset=utf-8")
        );
        for part in [kind.title, kind.advice] {
            assert!(page.text().contains(part), "{}", kind.slug);
        }
    }
    hub.nobody()
        .get("/problems/none")
        .await
        .problem(404, "not-found");
}

#[tokio::test]
async fn the_operator_learns_on_another_port_that_all_is_well() {
    let hub = TestHub::open().await;
    hub.by("court.clerk").get("/api/v1/documents").await.ok();
    let look = async |path: &str| {
        let answer = hub
            .http
            .get(format!("{}{path}", hub.operations))
            .send()
            .await
            .unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    assert_eq!(
        look("/healthz").await,
        (200, "{\"status\":\"ok\"}".to_owned())
    );
    let (status, ready) = look("/readyz").await;
    let ready: serde_json::Value = serde_json::from_str(&ready).unwrap();
    assert_eq!(
        (status, &ready["ready"], &ready["database"]),
        (200, &json!(true), &json!(true))
    );
    let (status, figures) = look("/metrics").await;
    assert_eq!(status, 200);
    assert!(figures.contains("wenshu_http_request_seconds"), "{figures}");
    assert!(figures.contains("route=\"/api/v1/documents\""), "{figures}");
    for path in ["/healthz", "/readyz", "/metrics"] {
        assert_eq!(
            hub.nobody().get(path).await.status,
            404,
            "{path} is not for everybody"
        );
    }
}

#[tokio::test]
async fn figures_name_routes_and_no_documents() {
    let hub = TestHub::open().await;
    let paper = a_document().titled("不得外传的标题").sent(&hub).await;
    hub.by("court.clerk")
        .get("/api/v1/search?q=%E4%B8%8D%E5%BE%97")
        .await
        .ok();
    hub.by("court.clerk").get("/nothing/not-a-route-7").await;
    let figures = hub
        .http
        .get(format!("{}/metrics", hub.operations))
        .send()
        .await
        .unwrap();
    let figures = figures.text().await.unwrap();
    for secret in [
        paper.id.to_string().as_str(),
        "不得",
        "court.clerk",
        "not-a-route-7",
    ] {
        assert!(!figures.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn a_host_that_is_not_ours_is_turned_away() {
    let hub = TestHub::with(|setting| {
        setting.config.server.allowed_hosts = vec!["wenshu.example".to_owned()];
    })
    .await;
    let ask = |host: &str| {
        hub.nobody()
            .get("/.well-known/jwks.json")
            .header("host", host)
    };
    ask("wenshu.example").await.ok();
    ask("wenshu.example:8443").await.ok();
    ask("elsewhere.example")
        .await
        .problem(400, "malformed-request");
    let forwarded = ask("elsewhere.example").header("x-forwarded-host", "wenshu.example");
    forwarded.await.problem(400, "malformed-request");
}

#[tokio::test]
async fn an_answer_to_a_page_of_another_site_allows_it_nothing() {
    let hub = TestHub::open().await;
    let ask = hub
        .by("court.clerk")
        .get("/api/v1/documents")
        .header("origin", "https://evil.example");
    let answer = ask.await;
    assert!(
        answer
            .headers
            .keys()
            .all(|name| !name.as_str().starts_with("access-control"))
    );
}

/// A request whose body never comes to its end; how long the hub waits for it, and what it says.
async fn trickle(hub: &TestHub, path: &str, kind: &str, first: &[u8]) -> (Duration, String) {
    let token = hub.token_of("court.clerk").await;
    let host = hub.public.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host).await.unwrap();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: {kind}\r\nContent-Length: 1000000\r\n\r\n"
    );
    let began = Instant::now();
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(first).await.unwrap();
    let (mut reading, mut writing) = stream.into_split();
    let drip = tokio::spawn(async move {
        while writing.write_all(b" ").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    let mut answer = vec![0; 4096];
    let waited = tokio::time::timeout(Duration::from_secs(20), reading.read(&mut answer)).await;
    drip.abort();
    let length = waited.expect("the hub gives up").unwrap();
    (
        began.elapsed(),
        String::from_utf8_lossy(&answer[..length]).into_owned(),
    )
}

#[tokio::test]
async fn a_body_that_trickles_is_cut_off() {
    let hub = TestHub::with(|setting| {
        setting.config.server.min_body_window = Duration::from_secs(1);
        setting.config.server.min_body_rate = 1 << 20;
    })
    .await;
    hub.token_of("court.clerk").await;
    let before = hub.rows().await;
    let form =
        b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nab";
    for (what, path, kind, first) in [
        (
            "JSON",
            "/api/v1/documents",
            "application/json",
            &b"{\"title\": \""[..],
        ),
        (
            "an upload",
            "/api/v1/uploads?name=a.txt",
            "application/octet-stream",
            b"text",
        ),
        (
            "a form",
            "/api/v1/uploads",
            "multipart/form-data; boundary=x",
            form,
        ),
    ] {
        let (took, said) = trickle(&hub, path, kind, first).await;
        assert!(took < Duration::from_secs(10), "{what} took {took:?}");
        assert!(said.starts_with("HTTP/1.1 408"), "{what}: {said}");
        assert!(said.contains("/problems/too-slow"), "{what}: {said}");
    }
    assert_eq!(hub.rows().await, before);
    let staged = walkdir::WalkDir::new(hub.folder().join("blobs")).into_iter();
    let files: Vec<_> = staged
        .flatten()
        .filter(|entry| entry.file_type().is_file())
        .collect();
    assert!(files.is_empty(), "{files:?}");
}
