//! People are told of what their kept searches find, once and no sooner than they may see it. The
//! jobs are taken by hand, so that nothing depends on when they run.

use std::time::{Duration, Instant};

use jiff::SignedDuration;
use serde_json::{Value, json};
use uuid::Uuid;
use wenshu::{
    app::{Feed, Hub, Matched},
    domain::{FileText, TextPart},
};

use crate::support::{MailServer, Paper, PaperPlan, TestHub, a_document, advice, id_of};

const PATH: &str = "/api/v1/saved-searches";
const LAND: &str = "土地";

/// Brings the index of a node up to date.
async fn indexed(hub: &Hub) {
    loop {
        let index = hub.index_slot().current();
        match hub.feed(index.reached().unwrap()).await.unwrap() {
            Feed::Changes { changes, reached } => index.apply(&changes, reached).unwrap(),
            Feed::Nothing => return,
            Feed::Ahead => panic!("the index is ahead"),
        }
    }
}

/// Tells what there is to be told, from a position on; how much that was, and where it ended.
async fn told_from(hub: &Hub, mut seen: u64) -> (u64, u64) {
    let mut told = 0;
    loop {
        let matched: Matched = hub.tell_matches(seen).await.unwrap();
        told += matched.told;
        seen = matched.seen;
        if !matched.more {
            return (told, seen);
        }
    }
}

/// The jobs of a node that was just started, until nothing is left to do; how much was told.
async fn settled(hub: &TestHub) -> u64 {
    hub.with_hub(settle).await
}

async fn settle(hub: Hub) -> u64 {
    indexed(&hub).await;
    told_from(&hub, 0).await.0
}

/// Keeps a search that watches.
async fn watches(hub: &TestHub, login: &str, name: &str, criteria: Value) -> Uuid {
    let body = json!({ "name": name, "criteria": criteria, "alert": true });
    id_of(&hub.by(login).post(PATH, &body).await.with(201))
}

async fn words(hub: &TestHub, login: &str) -> Vec<Value> {
    let said = hub
        .by(login)
        .get("/api/v1/notifications?limit=100")
        .await
        .ok();
    said["items"].as_array().unwrap().clone()
}

/// Of which documents somebody was told, and by which search, the latest first.
async fn told(hub: &TestHub, login: &str) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let words = words(hub, login).await;
    let one = |word: &Value| {
        (
            text(&word["saved_search"]["name"]),
            text(&word["document_id"]),
        )
    };
    words.iter().map(one).collect()
}

fn of(name: &str, paper: &Paper) -> (String, String) {
    (name.to_owned(), paper.id.to_string())
}

fn about(words: &str) -> PaperPlan {
    a_document().titled(&format!("关于{words}的函"))
}

#[tokio::test]
async fn a_new_document_that_matches_is_told_once_and_says_nothing_of_itself() {
    let hub = TestHub::open().await;
    let old = about("土地旧案").sent(&hub).await;
    hub.advance(SignedDuration::from_secs(1));
    let search = watches(&hub, "resources.clerk", "土地来文", json!({ "q": LAND })).await;
    hub.advance(SignedDuration::from_secs(1));
    let new = about("土地权属").sent(&hub).await;
    about("农机补贴").sent(&hub).await;
    about("土地出让").to("agriculture").sent(&hub).await;
    assert_eq!(settled(&hub).await, 1);
    let words = words(&hub, "resources.clerk").await;
    let [word] = words.as_slice() else {
        panic!("{words:?}")
    };
    for (field, value) in [
        ("event", json!("search.match")),
        ("event_label", json!("检索到新文书")),
        ("level", json!("none")),
        ("text", json!("检索“土地来文”有新文书")),
        ("obligation_id", Value::Null),
        ("saved_search", json!({ "id": search, "name": "土地来文" })),
        ("document_id", json!(new.id)),
        ("due_on", Value::Null),
        ("read_at", Value::Null),
    ] {
        assert_eq!(word[field], value, "{field}");
    }
    assert!(!word.to_string().contains("权属"), "{word}");

    // Whatever happens to either later, it is no news; neither to the colleagues, nor to others.
    for paper in [&old, &new] {
        paper.signed(&hub, "resources").await;
    }
    assert_eq!(settled(&hub).await, 0);
    for login in ["resources.reader", "agriculture.clerk", "court.clerk"] {
        assert_eq!(told(&hub, login).await, []);
    }
    let read = format!("/api/v1/notifications/{}/read", id_of(word));
    hub.by("resources.clerk").ask("POST", read).await.with(204);
    let unread = hub
        .by("resources.clerk")
        .get("/api/v1/notifications?unread=true")
        .await;
    assert_eq!(unread.ok()["items"], json!([]));
}

#[tokio::test]
async fn a_unit_is_told_of_what_comes_in_and_not_of_what_it_issues() {
    let hub = TestHub::open().await;
    for login in ["court.clerk", "procuratorate.clerk", "government.clerk"] {
        watches(&hub, login, LAND, json!({ "q": LAND })).await;
    }
    let joint = about("土地权属").joint("procuratorate").copy("government");
    let paper = joint.sent(&hub).await;
    assert_eq!(settled(&hub).await, 1);
    assert_eq!(told(&hub, "government.clerk").await, [of(LAND, &paper)]);
}

#[tokio::test]
async fn a_document_that_is_passed_on_is_new_to_who_receives_it() {
    let hub = TestHub::open().await;
    let paper = about("土地权属").sent(&hub).await;
    paper.signed(&hub, "resources").await;
    hub.advance(SignedDuration::from_secs(1));
    for login in ["resources.clerk", "agriculture.clerk", "justice.clerk"] {
        watches(&hub, login, LAND, json!({ "q": LAND })).await;
    }
    assert_eq!(settled(&hub).await, 0);
    let delivery = id_of(&paper.delivery(&hub, "resources").await);
    let path = format!("/api/v1/deliveries/{delivery}/forward");
    let body = json!({ "unit_ids": [hub.unit("agriculture")] });
    hub.by("resources.clerk").post(path, &body).await.ok();
    assert_eq!(settled(&hub).await, 1);
    assert_eq!(told(&hub, "agriculture.clerk").await, [of(LAND, &paper)]);
}

/// Does the extractor's work for the only file of a paper.
async fn keep_text(hub: &TestHub, paper: &Paper, text: &str) {
    let digest = paper.view["files"][0]["sha256"].as_str().unwrap();
    let digest = digest.parse().unwrap();
    let text = FileText {
        engine: "test".to_owned(),
        parts: vec![TextPart {
            page: None,
            text: text.to_owned(),
        }],
    };
    hub.with_hub(|hub| async move { hub.keep_text(digest, &text).await.unwrap() })
        .await;
}

#[tokio::test]
async fn a_text_that_is_read_later_is_told_then() {
    let hub = TestHub::open().await;
    watches(
        &hub,
        "resources.clerk",
        "正文",
        json!({ "q": "body:宅基地" }),
    )
    .await;
    let paper = about("来信").file("信.txt", "宅基地").sent(&hub).await;
    assert_eq!(settled(&hub).await, 0);
    hub.pass(SignedDuration::from_hours(1));
    keep_text(&hub, &paper, "宅基地").await;
    assert_eq!(settled(&hub).await, 1);
    assert_eq!(told(&hub, "resources.clerk").await, [of("正文", &paper)]);
    // A text with a mark of classification takes the document away before it is told.
    let secret = about("来信").file("密.txt", "宅基地二").sent(&hub).await;
    keep_text(&hub, &secret, "机密★10年\n宅基地二").await;
    assert_eq!(settled(&hub).await, 0);
}

#[tokio::test]
async fn each_criterion_narrows_what_is_told() {
    let hub = TestHub::open().await;
    let login = "resources.clerk";
    let (court, bureau) = (hub.unit("court"), hub.unit("agriculture"));
    for (name, criterion) in [
        ("种类", json!({ "kind": "GW-HAN" })),
        ("别的种类", json!({ "kind": "SJ-ZH" })),
        ("单位", json!({ "issuer": court })),
        ("别的单位", json!({ "issuer": bureau })),
        ("系统", json!({ "branch": "court" })),
        ("别的系统", json!({ "branch": "procuratorate" })),
        ("年份", json!({ "year": 2026 })),
        ("别的年份", json!({ "year": 2025 })),
        ("状态", json!({ "state": "sent" })),
        ("别的状态", json!({ "state": "recalled" })),
    ] {
        let mut criteria = criterion;
        criteria["q"] = json!(LAND);
        watches(&hub, login, name, criteria).await;
    }
    about("土地权属").sent(&hub).await;
    assert_eq!(settled(&hub).await, 5);
    let mut names: Vec<_> = told(&hub, login)
        .await
        .into_iter()
        .map(|one| one.0)
        .collect();
    names.sort();
    assert_eq!(names, ["单位", "年份", "状态", "种类", "系统"]);
}

#[tokio::test]
async fn who_switched_it_off_removed_it_or_left_is_not_told() {
    let hub = TestHub::open().await;
    let mut searches = Vec::new();
    for login in ["resources.clerk", "resources.reader", "resources.signer"] {
        searches.push(watches(&hub, login, LAND, json!({ "q": LAND })).await);
    }
    let stays = watches(&hub, "agriculture.reader", LAND, json!({ "q": LAND })).await;
    about("土地权属").copy("agriculture").sent(&hub).await;
    let off = json!({ "name": LAND, "criteria": { "q": LAND }, "alert": false });
    let path = format!("{PATH}/{}", searches[0]);
    let put = hub.by("resources.clerk").ask("PUT", &path).json(&off);
    put.if_match(1).await.ok();
    let path = format!("{PATH}/{}", searches[1]);
    let gone = hub.by("resources.reader").delete(&path).if_match(1).await;
    gone.with(204);
    let path = format!("/api/v1/users/{}", hub.city.user("resources.signer"));
    let disable = json!({ "active": false });
    hub.by("admin.system").change(&path, &disable).await.ok();
    assert_eq!(settled(&hub).await, 1, "{stays}");
    // Who switches it on again waits for what comes after that.
    hub.advance(SignedDuration::from_secs(1));
    let on = json!({ "name": LAND, "criteria": { "q": LAND }, "alert": true });
    let path = format!("{PATH}/{}", searches[0]);
    let put = hub.by("resources.clerk").ask("PUT", &path).json(&on);
    put.if_match(2).await.ok();
    let back = "UPDATE search_watch SET position = 0".to_owned();
    hub.write_behind(&[back]).await;
    assert_eq!(settled(&hub).await, 0);
    hub.advance(SignedDuration::from_secs(1));
    let next = about("土地出让").sent(&hub).await;
    assert_eq!(settled(&hub).await, 1);
    assert_eq!(told(&hub, "resources.clerk").await, [of(LAND, &next)]);
}

#[tokio::test]
async fn who_is_no_member_of_the_unit_any_more_is_not_told() {
    let hub = TestHub::open().await;
    watches(&hub, "resources.reader", LAND, json!({ "q": LAND })).await;
    let path = format!("/api/v1/users/{}", hub.city.user("resources.reader"));
    let moved = json!({ "memberships": [{ "unit_id": hub.unit("court"), "roles": ["reader"] }] });
    hub.by("admin.system").change(&path, &moved).await.ok();
    about("土地权属").sent(&hub).await;
    assert_eq!(settled(&hub).await, 0);
}

#[tokio::test]
async fn what_is_taken_back_before_it_is_told_is_not_told() {
    let hub = TestHub::open().await;
    watches(&hub, "resources.clerk", LAND, json!({ "q": LAND })).await;
    let unsigned = about("土地权属").sent(&hub).await;
    let signed = about("土地出让").sent(&hub).await;
    signed.signed(&hub, "resources").await;
    // The index knows of them already, and the database has the last word.
    hub.with_hub(|hub| async move { indexed(&hub).await }).await;
    let reason = json!({ "reason": "有误" });
    for paper in [&unsigned, &signed] {
        let recall = hub.by("court.clerk").ask("POST", paper.path("/recall"));
        recall.json(&reason).if_match(4).await.ok();
    }
    let told_before = hub.with_hub(|hub| async move { told_from(&hub, 0).await.0 });
    assert_eq!(told_before.await, 0);
    assert_eq!(settled(&hub).await, 0);
    assert_eq!(told(&hub, "resources.clerk").await, []);
}

#[tokio::test]
async fn nothing_is_told_before_the_index_has_it_and_nothing_is_missed_after() {
    let hub = TestHub::open().await;
    watches(&hub, "resources.clerk", LAND, json!({ "q": LAND })).await;
    about("土地权属").sent(&hub).await;
    let early = hub
        .with_hub(|hub| async move { told_from(&hub, 0).await })
        .await;
    assert_eq!(early, (0, 0));
    assert_eq!(settled(&hub).await, 1);
    // Behind what was looked at already there is nothing, and the position is kept now and then.
    for place in 0..40 {
        about(&format!("农机{place}")).sent(&hub).await;
    }
    let (none, seen) = hub
        .with_hub(|hub| async move {
            indexed(&hub).await;
            told_from(&hub, 0).await
        })
        .await;
    assert_eq!((none, seen), (0, hub.position().await));
    let last = about("土地出让").sent(&hub).await;
    let (one, _) = hub
        .with_hub(move |hub| async move {
            indexed(&hub).await;
            told_from(&hub, seen).await
        })
        .await;
    assert_eq!(one, 1);
    assert_eq!(told(&hub, "resources.clerk").await[0], of(LAND, &last));
}

#[tokio::test]
async fn a_node_that_begins_anew_and_a_log_that_is_read_again_double_nothing() {
    let hub = TestHub::open().await;
    watches(&hub, "resources.clerk", LAND, json!({ "q": LAND })).await;
    about("土地权属").sent(&hub).await;
    assert_eq!(settled(&hub).await, 1);
    let fresh = hub.fresh_node().await;
    assert_eq!(hub.with_hub(|_| settle(fresh)).await, 0);
    let back = "UPDATE search_watch SET position = 0".to_owned();
    hub.write_behind(&[back]).await;
    assert_eq!(settled(&hub).await, 0);
    assert_eq!(told(&hub, "resources.clerk").await.len(), 1);
}

#[tokio::test]
async fn nodes_that_tell_at_once_and_fall_over_tell_each_document_once() {
    let hub = TestHub::open().await;
    let people = ["resources.clerk", "resources.reader"];
    for login in people {
        watches(&hub, login, LAND, json!({ "q": LAND })).await;
    }
    let mut papers = Vec::new();
    for round in 0..6 {
        papers.push(
            about(&format!("土地{round}"))
                .sent(&hub)
                .await
                .id
                .to_string(),
        );
        let other = hub.fresh_node().await;
        let moment = Duration::from_micros(300 * round);
        hub.with_hub(move |hub| async move {
            indexed(&hub).await;
            indexed(&other).await;
            let falls = tokio::spawn(async move { other.tell_matches(0).await.map(drop) });
            let stays = tokio::spawn(async move { hub.tell_matches(0).await.map(drop) });
            tokio::time::sleep(moment).await;
            falls.abort();
            let _ = falls.await;
            // Whoever meets another at the same row may be told to try again.
            let _ = stays.await.unwrap();
        })
        .await;
        settled(&hub).await;
    }
    papers.sort();
    for login in people {
        let mut found: Vec<_> = told(&hub, login)
            .await
            .into_iter()
            .map(|one| one.1)
            .collect();
        found.sort();
        assert_eq!(found, papers, "{login}");
    }
}

#[tokio::test]
async fn a_search_that_cannot_be_read_keeps_nobody_from_being_told() {
    let hub = TestHub::open().await;
    for (name, q) in [("坏的", "土地一"), ("不通的", "土地二"), ("好的", LAND)] {
        watches(&hub, "resources.clerk", name, json!({ "q": q })).await;
    }
    hub.write_behind(&[
        "UPDATE saved_searches SET criteria = 'nothing' WHERE name = '坏的'".to_owned(),
        "UPDATE saved_searches SET criteria = '{\"q\":\"(土地\"}' WHERE name = '不通的'".to_owned(),
    ])
    .await;
    let paper = about("土地权属").sent(&hub).await;
    assert_eq!(settled(&hub).await, 1);
    assert_eq!(told(&hub, "resources.clerk").await, [of("好的", &paper)]);
}

#[tokio::test]
async fn a_correction_is_told_as_a_document_of_its_own() {
    let hub = TestHub::open().await;
    watches(&hub, "resources.clerk", LAND, json!({ "q": LAND })).await;
    let paper = about("土地权属").sent(&hub).await;
    assert_eq!(settled(&hub).await, 1);
    let amend = hub.by("court.clerk").ask("POST", paper.path("/amend"));
    let amend = amend.json(&json!({ "reason": "附件有误" })).if_match(4);
    let view = amend.await.with(201);
    let mut correction = Paper {
        id: id_of(&view),
        view,
        ..paper.clone()
    };
    correction.issue(&hub).await;
    correction.send(&hub).await;
    assert_eq!(settled(&hub).await, 1);
    let expected = [of(LAND, &correction), of(LAND, &paper)];
    assert_eq!(told(&hub, "resources.clerk").await, expected);
}

#[tokio::test]
async fn a_match_goes_out_by_mail_without_what_was_searched_or_found() {
    let server = MailServer::open();
    let hub = TestHub::with(|setting| server.serves(&mut setting.config.mail)).await;
    let path = format!("/api/v1/users/{}", hub.city.user("resources.clerk"));
    let change = json!({ "email": "clerk@resources.example.gov.cn" });
    hub.by("admin.system").change(&path, &change).await.ok();
    watches(&hub, "resources.clerk", "宅基地案", json!({ "q": LAND })).await;
    about("土地权属").sent(&hub).await;
    assert_eq!(settled(&hub).await, 1);
    hub.with_hub(|hub| async move { hub.send_mails(|| true).await.unwrap() })
        .await;
    let letters = server.letters();
    let [letter] = letters.as_slice() else {
        panic!("{letters:?}")
    };
    assert_eq!(letter.header("Subject"), "【文枢】保存的检索有新文书");
    for hidden in ["土地", "权属", "宅基地"] {
        assert!(!letter.body().contains(hidden), "{}", letter.body());
    }
}

#[tokio::test]
async fn the_job_tells_by_itself() {
    let hub = TestHub::that_reads().await;
    watches(
        &hub,
        "resources.clerk",
        "正文",
        json!({ "q": "body:承包地" }),
    )
    .await;
    let paper = advice()
        .file("信.txt", "收回承包地".as_bytes())
        .sent(&hub)
        .await;
    let began = Instant::now();
    loop {
        let matches: Vec<_> = words(&hub, "resources.clerk")
            .await
            .into_iter()
            .filter(|word| word["event"] == "search.match")
            .collect();
        if let [word] = matches.as_slice() {
            assert_eq!(word["document_id"], json!(paper.id));
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "{matches:?}");
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
}
