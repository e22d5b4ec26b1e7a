//! Requests that are made twice: one effect, one answer.

use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::support::{TestHub, a_document, advice, id_of};

async fn drafts(hub: &TestHub, login: &str) -> usize {
    let list = hub.by(login).get("/api/v1/documents?limit=100").await.ok();
    list["items"].as_array().unwrap().len()
}

#[tokio::test]
async fn the_same_request_is_answered_with_the_same_bytes() {
    let hub = TestHub::open().await;
    let body = a_document().body(&hub, &[]);
    let post = || {
        hub.by("court.clerk")
            .post("/api/v1/documents", &body)
            .key("one")
    };
    let (first, second) = (post().await, post().await);
    first.with(201);
    assert_eq!(first.face(), second.face());
    assert_eq!(drafts(&hub, "court.clerk").await, 1);
    hub.pass(jiff::SignedDuration::from_hours(24 * 6));
    assert_eq!(post().await.face(), first.face());
}

#[tokio::test]
async fn every_act_can_be_repeated() {
    let hub = TestHub::open().await;
    let upload = || hub.by("court.clerk").upload("文.txt", "内容").key("upload");
    assert_eq!(upload().await.face(), upload().await.face());
    let paper = advice().drafted(&hub).await;
    let edit = || {
        hub.by("court.clerk")
            .patch(paper.path(""), 1, &json!({ "title": "改" }))
            .key("edit")
    };
    let (first, second) = (edit().await, edit().await);
    first.ok();
    assert_eq!(first.face(), second.face());
    for (login, act) in [
        ("court.clerk", "/submit"),
        ("court.signer", "/issue"),
        ("court.clerk", "/send"),
    ] {
        let ask = || hub.by(login).ask("POST", paper.path(act)).key("act");
        let (first, second) = (ask().await, ask().await);
        first.ok();
        assert_eq!(first.face(), second.face(), "{act}");
    }
    let delivery = id_of(&paper.delivery(&hub, "resources").await);
    let sign = format!("/api/v1/deliveries/{delivery}/sign");
    let ask = || hub.by("resources.clerk").ask("POST", &sign).key("act");
    let first = ask().await;
    hub.pass(jiff::SignedDuration::from_hours(1));
    assert_eq!(first.face(), ask().await.face());
    let spare = a_document().drafted(&hub).await;
    let discard = || {
        hub.by("court.clerk")
            .delete(spare.path(""))
            .if_match(1)
            .key("discard")
    };
    let (first, second) = (discard().await, discard().await);
    assert_eq!((first.status, first.face()), (204, second.face()));
}

#[tokio::test]
async fn a_key_is_good_for_one_request_of_one_person() {
    let hub = TestHub::open().await;
    let body = a_document().body(&hub, &[]);
    let other = a_document().titled("另一件").body(&hub, &[]);
    let post = |login, body| hub.by(login).post("/api/v1/documents", body).key("one");
    let first = post("court.clerk", &body).await.with(201);
    post("court.clerk", &other)
        .await
        .problem(422, "idempotency-key-reused");
    assert_eq!(drafts(&hub, "court.clerk").await, 1);
    let theirs = post("government.clerk", &body).await.with(201);
    assert_ne!(id_of(&first), id_of(&theirs));
    hub.by("court.clerk")
        .upload("文.txt", "内容")
        .key("one")
        .await
        .with(201);
}

#[tokio::test]
async fn a_refusal_is_not_kept_so_that_it_can_be_mended() {
    let hub = TestHub::open().await;
    let wrong = a_document().titled(" ").body(&hub, &[]);
    let right = a_document().body(&hub, &[]);
    let post = |body| {
        hub.by("court.clerk")
            .post("/api/v1/documents", body)
            .key("one")
    };
    post(&wrong).await.problem(422, "invalid");
    post(&right).await.with(201);
    assert_eq!(drafts(&hub, "court.clerk").await, 1);
}

#[tokio::test]
async fn twenty_at_once_have_one_effect_and_one_answer() {
    let hub = TestHub::open().await;
    let body = a_document().body(&hub, &[]);
    hub.token_of("court.clerk").await;
    let post = |_| async {
        loop {
            let answer = hub
                .by("court.clerk")
                .post("/api/v1/documents", &body)
                .key("one")
                .await;
            if answer.status != 409 {
                return answer;
            }
            answer.problem(409, "request-in-progress");
            assert!(answer.header("retry-after").is_some());
        }
    };
    let answers = futures_util::future::join_all((0..20).map(post)).await;
    assert_eq!(answers[0].status, 201);
    assert!(answers.windows(2).all(|two| two[0].face() == two[1].face()));
    assert_eq!(drafts(&hub, "court.clerk").await, 1);
}

/// Sends a request and hangs up: at once, or when the answer begins to arrive.
async fn hang_up(hub: &TestHub, body: &str, wait: bool) {
    let token = hub.token_of("court.clerk").await;
    let host = hub.public.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host).await.unwrap();
    let request = format!(
        "POST /api/v1/documents HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nIdempotency-Key: lost\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    if wait {
        stream.read_u8().await.unwrap();
    }
}

#[tokio::test]
async fn after_the_answer_was_lost_it_is_given_again() {
    for wait in [false, true] {
        let hub = TestHub::open().await;
        let body = a_document().body(&hub, &[]);
        hang_up(&hub, &body.to_string(), wait).await;
        let again = loop {
            let ask = hub
                .by("court.clerk")
                .post("/api/v1/documents", &body)
                .key("lost");
            match ask.await {
                answer if answer.status == 409 => {}
                answer => break answer,
            }
        };
        again.with(201);
        assert_eq!(drafts(&hub, "court.clerk").await, 1);
    }
}

#[tokio::test]
async fn whoever_has_left_a_unit_is_not_told_again_what_they_were_told_there() {
    let hub = TestHub::open().await;
    let body = a_document().titled("市法院内部事项").body(&hub, &[]);
    let post = || {
        hub.by("court.clerk")
            .post("/api/v1/documents", &body)
            .key("one")
    };
    post().await.with(201);
    let path = format!("/api/v1/users/{}", hub.city.user("court.clerk"));
    let place = json!([{ "unit_id": hub.unit("agriculture"), "roles": ["clerk"] }]);
    hub.by("admin.system")
        .change(&path, &json!({ "memberships": place }))
        .await
        .ok();
    hub.forget("court.clerk");
    let elsewhere = post().await.with(201);
    assert_eq!(elsewhere["unit"]["name"], "市农业农村局");
}
