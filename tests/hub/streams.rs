//! The change feed as server-sent events.

use std::time::{Duration, Instant};

use jiff::SignedDuration;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;

use wenshu::{
    app::{Begun, DraftChange, Hub},
    domain::DocumentId,
};

use crate::support::{TestHub, a_document};

/// Within this time a stream must close when its reader may not read any more.
const CLOSES: Duration = Duration::from_secs(5);

/// A stream that is being followed.
struct Stream {
    response: reqwest::Response,
    unread: String,
}

/// One block of a stream.
#[derive(Debug, Default, PartialEq)]
struct Block {
    event: Option<String>,
    id: Option<String>,
    data: Option<Value>,
    comment: bool,
}

impl Stream {
    /// Opens a stream, which must be answered by this status.
    async fn ask(hub: &TestHub, login: &str, query: &str, last: Option<&str>) -> reqwest::Response {
        let url = format!("{}/api/v1/events{query}", hub.public);
        let token = hub.token_of(login).await;
        let mut ask = hub
            .http
            .get(url)
            .bearer_auth(token)
            .header("accept", "text/event-stream");
        if let Some(last) = last {
            ask = ask.header("last-event-id", last);
        }
        ask.send().await.unwrap()
    }

    async fn open(hub: &TestHub, login: &str, query: &str, last: Option<&str>) -> Self {
        let response = Self::ask(hub, login, query, last).await;
        assert_eq!(response.status(), 200);
        let kind = response.headers()["content-type"].to_str().unwrap();
        assert!(kind.starts_with("text/event-stream"), "{kind}");
        let unread = String::new();
        Self { response, unread }
    }

    /// The next block; none where the stream has ended.
    async fn next(&mut self) -> Option<Block> {
        let patience = Duration::from_secs(20);
        loop {
            if let Some((block, rest)) = self.unread.split_once("\n\n") {
                let block = read(block);
                let read_to = self.unread.len() - rest.len();
                self.unread.drain(..read_to);
                return Some(block);
            }
            let chunk = tokio::time::timeout(patience, self.response.chunk()).await;
            // A hub that stops may cut the connection.
            let chunk = chunk.expect("something comes").ok()??;
            self.unread.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    /// The next event, with its position.
    async fn event(&mut self) -> (String, Value) {
        loop {
            let block = self.next().await.expect("the stream goes on");
            assert_eq!(block.event, None, "the stream ends: {block:?}");
            if let Some(data) = block.data {
                return (block.id.unwrap(), data);
            }
        }
    }

    /// Follows the stream to its end; tells why it ended.
    async fn end(mut self) -> Option<String> {
        let mut reason = None;
        while let Some(block) = self.next().await {
            if block.event.as_deref() == Some("end") {
                reason = Some(block.data.unwrap()["reason"].as_str().unwrap().to_owned());
            }
        }
        reason
    }
}

fn read(text: &str) -> Block {
    let mut block = Block::default();
    for line in text.lines() {
        match line.split_once(':') {
            Some(("", _)) => block.comment = true,
            Some(("event", name)) => block.event = Some(name.trim().to_owned()),
            Some(("id", id)) => block.id = Some(id.trim().to_owned()),
            Some(("data", data)) => block.data = Some(serde_json::from_str(data).unwrap()),
            Some(("retry", _)) => {}
            _ => panic!("a strange line: {line}"),
        }
    }
    block
}

#[tokio::test]
async fn a_stream_catches_up_and_then_goes_on_as_things_happen() {
    let hub = TestHub::open().await;
    let first = a_document().sent(&hub).await;
    let mut stream = Stream::open(&hub, "resources.clerk", "", None).await;
    let (mut position, mut event) = stream.event().await;
    while event["subject"]["kind"] == "unit" {
        (position, event) = stream.event().await;
    }
    assert_eq!(event["type"], "document.send");
    assert_eq!(event["subject"]["id"], json!(first.id));
    assert_eq!(event["cursor"], position.as_str());
    let second = a_document().sent(&hub).await;
    let began = Instant::now();
    let (next, event) = stream.event().await;
    assert!(
        began.elapsed() < Duration::from_millis(1500),
        "{:?}",
        began.elapsed()
    );
    assert_eq!(event["subject"]["id"], json!(second.id));
    drop(stream);
    // Whoever comes back gets what was missed, and that alone.
    second.signed(&hub, "resources").await;
    for (last, expected) in [(&position, "document.send"), (&next, "delivery.sign")] {
        let query = "?after=latest";
        let mut stream = Stream::open(&hub, "resources.clerk", query, Some(last)).await;
        assert_eq!(stream.event().await.1["type"], expected);
    }
}

#[tokio::test]
async fn a_stream_says_where_it_stands_and_that_it_is_alive() {
    let hub =
        TestHub::with(|setting| setting.config.events.heartbeat = Duration::from_secs(1)).await;
    a_document().sent(&hub).await;
    let mut stream = Stream::open(&hub, "resources.clerk", "?after=latest", None).await;
    let first = stream.next().await.unwrap();
    assert!(first.data.is_none());
    let position = first.id.expect("the position is told at once");
    assert!(stream.next().await.unwrap().comment, "a sign of life");
    a_document().sent(&hub).await;
    let (next, event) = stream.event().await;
    assert_eq!(event["type"], "document.send");
    assert_ne!(next, position);
}

#[tokio::test]
async fn nobody_hears_of_the_affairs_of_others() {
    let hub =
        TestHub::with(|setting| setting.config.events.heartbeat = Duration::from_secs(1)).await;
    let mut stream = Stream::open(&hub, "agriculture.clerk", "?after=latest", None).await;
    let first = stream.next().await.unwrap();
    let paper = a_document().copy("government").sent(&hub).await;
    paper.signed(&hub, "resources").await;
    for _ in 0..2 {
        let block = stream.next().await.unwrap();
        assert_eq!(
            block,
            Block {
                comment: true,
                ..Block::default()
            }
        );
    }
    let own = a_document().to("agriculture").sent(&hub).await;
    let (position, event) = stream.event().await;
    assert_eq!(event["subject"]["id"], json!(own.id));
    assert_ne!(Some(position), first.id);
}

/// Opens a stream, lets something happen, and sees that the stream closes in time.
async fn closes(hub: &TestHub, login: &str, happens: impl AsyncFnOnce()) {
    let mut stream = Stream::open(hub, login, "?after=latest", None).await;
    stream.next().await.unwrap();
    happens().await;
    let began = Instant::now();
    assert_eq!(stream.end().await.as_deref(), Some("logged_out"), "{login}");
    assert!(began.elapsed() < CLOSES, "{login}: {:?}", began.elapsed());
    // What happens next is not for them.
    hub.forget(login);
}

#[tokio::test]
async fn the_stream_of_somebody_who_is_shut_out_closes_soon() {
    let hub = TestHub::open().await;
    closes(&hub, "resources.clerk", async || {
        hub.by("resources.clerk")
            .ask("POST", "/api/v1/auth/logout")
            .await
            .with(204);
    })
    .await;
    closes(&hub, "resources.reader", async || {
        let path = format!("/api/v1/users/{}", hub.city.user("resources.reader"));
        hub.by("admin.system")
            .change(&path, &json!({ "active": false }))
            .await
            .ok();
    })
    .await;
    closes(&hub, "government.clerk", async || {
        let path = format!("/api/v1/users/{}", hub.city.user("government.clerk"));
        let elsewhere = json!([{ "unit_id": hub.unit("justice"), "roles": ["reader"] }]);
        hub.by("admin.system")
            .change(&path, &json!({ "memberships": elsewhere }))
            .await
            .ok();
    })
    .await;
    closes(&hub, "agriculture.clerk", async || {
        let path = format!("/api/v1/units/{}", hub.unit("agriculture"));
        hub.by("admin.system")
            .change(&path, &json!({ "active": false }))
            .await
            .ok();
    })
    .await;
    closes(&hub, "court.clerk", async || {
        hub.pass(SignedDuration::from_mins(11));
    })
    .await;
}

#[tokio::test]
async fn a_person_has_few_streams_and_a_node_not_too_many() {
    let hub = TestHub::with(|setting| {
        setting.config.events.streams_per_user = 2;
        setting.config.events.streams_per_node = 3;
        // By this a node finds out who has gone.
        setting.config.events.heartbeat = Duration::from_secs(1);
    })
    .await;
    let mut open = Vec::new();
    for login in ["court.clerk", "court.clerk", "resources.clerk"] {
        let mut stream = Stream::open(&hub, login, "?after=latest", None).await;
        stream.next().await.unwrap();
        open.push(stream);
    }
    for (login, status) in [("court.clerk", 503), ("government.clerk", 503)] {
        let refused = Stream::ask(&hub, login, "", None).await;
        assert_eq!(refused.status(), status);
        assert!(refused.headers().contains_key("retry-after"));
    }
    // A place is free again soon after its reader has gone.
    open.remove(2);
    let began = Instant::now();
    let refused = loop {
        let answer = Stream::ask(&hub, "court.clerk", "", None).await;
        if answer.status() != 503 || began.elapsed() > CLOSES {
            break answer;
        }
    };
    assert_eq!(refused.status(), 429);
    Stream::open(&hub, "government.clerk", "", None).await;
}

#[tokio::test]
async fn streams_end_when_the_hub_stops() {
    let hub = TestHub::open().await;
    let mut stream = Stream::open(&hub, "court.clerk", "?after=latest", None).await;
    stream.next().await.unwrap();
    let began = Instant::now();
    let stopping = std::thread::spawn(move || drop(hub));
    assert_eq!(stream.end().await.as_deref(), Some("stopping"));
    assert!(
        began.elapsed() < Duration::from_secs(2),
        "{:?}",
        began.elapsed()
    );
    stopping.join().unwrap();
}

#[tokio::test]
async fn somebody_who_does_not_read_is_let_go_and_costs_nobody_anything() {
    // Thousands of edits fill the line, and no engine has a part in what follows.
    if std::env::var("WENSHU_TEST_ENGINE").is_ok_and(|engine| engine == "postgres") {
        return;
    }
    let hub = TestHub::with(|setting| {
        setting.config.events.stall_timeout = Duration::from_secs(1);
        setting.config.events.streams_per_user = 1;
    })
    .await;
    let paper = a_document().drafted(&hub).await;
    let token = hub.token_of("court.clerk").await;
    edit(&hub, token.clone(), DocumentId(paper.id)).await;
    let host = hub.public.strip_prefix("http://").unwrap().to_owned();
    let mut idle = a_narrow_connection(&host).await;
    let ask = format!(
        "GET /api/v1/events HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\n\
         accept: text/event-stream\r\n\r\n"
    );
    idle.write_all(ask.as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(500)).await;
    let refused = Stream::ask(&hub, "court.clerk", "", None).await;
    assert_eq!(refused.status(), 429, "its place is taken");
    let began = Instant::now();
    loop {
        let answer = Stream::ask(&hub, "court.clerk", "?after=latest", None).await;
        if answer.status() == 200 {
            break;
        }
        assert!(began.elapsed() < CLOSES, "the place was not given back");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    drop(idle);
}

/// Edits a draft so often that a socket does not hold what is told of it.
async fn edit(hub: &TestHub, token: String, id: DocumentId) {
    let act = |hub: Hub| async move {
        let caller = hub.authenticate(&token, None).await.unwrap();
        let Ok(Begun::Work(mut work)) = hub.begin(caller, None).await else {
            panic!("a clerk may always begin")
        };
        for revision in 1..=16_000 {
            let nothing = DraftChange::default();
            work.redraft(id, revision, nothing).await.unwrap();
        }
        work.commit().await.unwrap();
    };
    hub.with_hub(act).await;
}

/// A connection that can take in little.
async fn a_narrow_connection(host: &str) -> tokio::net::TcpStream {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    socket.connect(host.parse().unwrap()).await.unwrap()
}
