//! Search, as those who may see a document and those who may not experience it.

use std::{
    fs,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    pages::Browser,
    support::{Answer, Paper, TestHub, a_document, a_machine, without_ids},
};

/// How long a test waits for what it is not about.
const SOON: Duration = Duration::from_mins(1);

/// How soon what was sent is found. Measured on two cores that were doing other things as well:
/// at most 0.54 s in 32 tries over four formats, on either engine.
const PROMISED: Duration = Duration::from_secs(2);

pub fn path(query: &str) -> String {
    let query: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
    format!("/api/v1/search?q={query}")
}

async fn search(hub: &TestHub, login: &str, query: &str) -> Value {
    hub.by(login).get(path(query)).await.ok()
}

/// Waits until a query finds so many documents; answers what it then finds.
pub async fn found(hub: &TestHub, login: &str, query: &str, total: usize) -> Value {
    let began = Instant::now();
    loop {
        let result = search(hub, login, query).await;
        if result["total"] == total && result["complete"] == true {
            return result;
        }
        assert!(
            began.elapsed() < SOON,
            "{query}: {total} expected, {result}"
        );
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
}

/// The characters that are highlighted in a snippet.
fn highlighted(snippet: &Value) -> Vec<String> {
    let text: Vec<char> = snippet["text"].as_str().unwrap().chars().collect();
    let range = |range: &Value| {
        let end = |place| usize::try_from(range[place].as_u64().unwrap()).unwrap();
        text[end(0)..end(1)].iter().collect()
    };
    snippet["highlights"]
        .as_array()
        .unwrap()
        .iter()
        .map(range)
        .collect()
}

const SAMPLES: [(&str, &[u8], &str); 4] = [
    (
        "办法.txt",
        include_bytes!("../../docs/samples/05-附件-办法.txt"),
        "第九条之一",
    ),
    (
        "通报.txt",
        include_bytes!("../../docs/samples/05-新法规通报.txt"),
        "出庭应诉",
    ),
    (
        "建议.docx",
        include_bytes!("../../docs/samples/02-司法建议书.docx"),
        "不动产登记",
    ),
    (
        "检察.pdf",
        include_bytes!("../../docs/samples/04-检察建议书.pdf"),
        "检察建议",
    ),
];

#[tokio::test]
async fn what_was_sent_is_found_by_the_text_of_its_files_in_every_format() {
    let hub = TestHub::that_reads().await;
    for (name, bytes, words) in SAMPLES {
        let paper = a_document()
            .titled(&format!("转送材料的函：{}", name.len()))
            .file(name, bytes);
        let began = Instant::now();
        let paper = paper.sent(&hub).await;
        let query = format!("body:{words} title:转送材料");
        let result = loop {
            let result = search(&hub, "resources.reader", &query).await;
            let hits = result["items"].as_array().unwrap().clone();
            let ours = hits
                .into_iter()
                .find(|hit| hit["document"]["id"] == json!(paper.id));
            if let Some(hit) = ours {
                break hit;
            }
            assert!(began.elapsed() < PROMISED, "{name} is not found by {words}");
            tokio::time::sleep(Duration::from_millis(25)).await;
        };
        let snippets = result["snippets"].as_array().unwrap();
        let part = snippets
            .iter()
            .find(|snippet| snippet["place"] == "part")
            .unwrap();
        assert_eq!(part["name"], name);
        assert!(highlighted(part).iter().all(|text| text == words), "{part}");
        assert!(!highlighted(part).is_empty(), "{part}");
    }
}

#[tokio::test]
async fn only_those_who_may_see_a_document_find_it_and_drafts_are_not_found() {
    let hub = TestHub::that_reads().await;
    a_document().titled("榆关盐税旧案").drafted(&hub).await;
    a_document().titled("榆关盐税旧案").issued(&hub).await;
    let paper = a_document()
        .titled("榆关盐税旧案")
        .copy("government")
        .joint("procuratorate");
    let paper = paper.sent(&hub).await;
    for login in [
        "court.reader",
        "resources.reader",
        "government.reader",
        "procuratorate.reader",
    ] {
        let result = found(&hub, login, "榆关盐税", 1).await;
        assert_eq!(
            result["items"][0]["document"]["id"],
            json!(paper.id),
            "{login}"
        );
    }
    for login in ["agriculture.clerk", "justice.office"] {
        let result = search(&hub, login, "榆关盐税").await;
        assert_eq!(
            (&result["items"], &result["total"]),
            (&json!([]), &json!(0)),
            "{login}"
        );
    }
    hub.by("admin.audit")
        .get(path("榆关盐税"))
        .await
        .problem(403, "forbidden");
}

#[tokio::test]
async fn highlights_stand_where_the_words_stand() {
    let hub = TestHub::that_reads().await;
    a_document()
        .titled("关于《行政诉讼法》与行政诉讼法的函")
        .sent(&hub)
        .await;
    let result = found(&hub, "resources.clerk", "行政诉讼", 1).await;
    let snippet = &result["items"][0]["snippets"][0];
    assert_eq!(snippet["place"], "title");
    assert_eq!(highlighted(snippet), ["行政诉讼", "行政诉讼"]);
    for (query, expected) in [
        ("青崖法建[2026]1号", "青崖法建〔2026〕1号"),
        ("市自然资源局", "市自然资源局"),
    ] {
        let result = found(&hub, "resources.clerk", query, 1).await;
        let snippets = result["items"][0]["snippets"].as_array().unwrap();
        let all: Vec<String> = snippets.iter().flat_map(highlighted).collect();
        assert!(
            all.iter().any(|text| text.contains(expected)),
            "{query}: {snippets:?}"
        );
    }
}

/// Everything that a stranger can read, asked one after another.
async fn look_around(hub: &TestHub, login: &str) -> Vec<String> {
    let mut seen = Vec::new();
    for query in [
        "榆关",
        "盐税",
        "函",
        "title:案",
        "unit:市法院",
        "year:2026",
        "榆关 OR 函",
        "函 -榆关",
        "2026-01..",
    ] {
        for rest in ["", "&sort=newest", "&limit=1", "&mode=question"] {
            seen.push(hub.by(login).get(path(query) + rest).await);
        }
    }
    for query in ["榆关", "函", "yg", "h", "市"] {
        let query: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
        for (around, rest) in [("facets", ""), ("facets", "&branch=court"), ("suggest", "")] {
            let path = format!("/api/v1/search/{around}?q={query}{rest}");
            seen.push(hub.by(login).get(path).await);
        }
    }
    // What finds nothing may be put right, from what one may see.
    for query in ["盐睡", "第函", "yanshui"] {
        seen.push(hub.by(login).get(path(query)).await);
    }
    let own = hub.by(login).get("/api/v1/documents?limit=1").await.ok();
    if let Some(own) = own["items"][0]["id"].as_str() {
        seen.push(
            hub.by(login)
                .get(format!("/api/v1/search/similar/{own}"))
                .await,
        );
    }
    for list in [
        "documents",
        "documents?box=own",
        "documents?limit=1",
        "deliveries",
        "obligations",
        "obligations?side=due",
        "units",
        "kinds",
        "auth/me",
        "documents?state=sent",
    ] {
        seen.push(hub.by(login).get(format!("/api/v1/{list}")).await);
    }
    seen.iter()
        .map(|answer: &Answer| without_cursors(&without_ids(&answer.face())))
        .collect()
}

/// A cursor holds an id, in a form that two worlds do not share.
fn without_cursors(face: &str) -> String {
    let Some((before, rest)) = face.split_once("\"next_cursor\":\"") else {
        return face.replace("\"next_cursor\":null", "\"next_cursor\":[none]");
    };
    format!("{before}[cursor]{}", rest.split_once('"').unwrap().1)
}

/// Sends as many documents of others as one request holds.
async fn crowd(hub: &TestHub, round: usize) {
    const MANY: usize = 500;
    let file = hub.by("program").upload("案.txt", "榆关盐税，函件。").await;
    let file = file.with(201);
    let letter = |number: usize| {
        json!({
            "client_reference": format!("{round}-{number}"),
            "kind": "GW-HAN",
            "title": format!("榆关盐税第{number}案的函"),
            "doc_number": format!("青崖法建〔2026〕{}号", round * MANY + number),
            "issued_on": "2026-08-31",
            "files": [{ "sha256": file["sha256"], "role": "main" }],
            "recipients": [{ "unit_id": hub.unit("resources"), "role": "main" }],
        })
    };
    let letters: Vec<Value> = (1..=MANY).map(letter).collect();
    let batch = json!({ "documents": letters });
    let answer = hub
        .by("program")
        .post("/api/v1/documents/batch", &batch)
        .await;
    let answer = answer.ok();
    assert_eq!(answer["succeeded"], MANY, "{}", answer["items"][0]);
}

/// A world in which a stranger has three documents, with or without others' documents between.
async fn world(others: usize) -> (TestHub, Paper) {
    let hub = TestHub::that_reads().await;
    if others > 0 {
        let machine = a_machine(&hub, "court", &["send"], Value::Null).await;
        machine.enters(&hub, "program").await;
        for round in 0..2 {
            crowd(&hub, round).await;
        }
    }
    let mut own = None;
    for number in 0..3 {
        for _ in 0..others {
            a_document()
                .titled("榆关盐税旧案的函")
                .file("案.txt", "榆关盐税，函件。")
                .sent(&hub)
                .await;
            a_document()
                .from("government")
                .titled("函函函函")
                .sent(&hub)
                .await;
        }
        let plan = a_document().from("procuratorate").to("agriculture");
        own = Some(
            plan.titled(&format!("第{number}件函，年度{number}"))
                .sent(&hub)
                .await,
        );
    }
    found(&hub, "agriculture.clerk", "第 函", 3).await;
    (hub, own.unwrap())
}

#[tokio::test]
async fn a_stranger_sees_the_same_whether_others_write_or_not() {
    let (empty, _) = world(0).await;
    let (busy, _) = world(4).await;
    found(&busy, "resources.clerk", "榆关盐税", 1_012).await;
    let compare = async |login| {
        let (alone, among) = (
            look_around(&empty, login).await,
            look_around(&busy, login).await,
        );
        alone
            .into_iter()
            .zip(among)
            .find(|(one, other)| one != other)
    };
    assert_eq!(compare("agriculture.clerk").await, None);
    assert_eq!(compare("procuratorate.reader").await, None);
    assert_ne!(
        compare("resources.clerk").await,
        None,
        "a party sees the difference"
    );
}

#[tokio::test]
async fn a_question_is_answered_by_meaning_and_from_what_one_may_see() {
    let hub = TestHub::that_reads().await;
    let law = a_document().titled("关于女职工特殊保护的函");
    let law = law.file(
        "规定.txt",
        "用人单位不得因女职工怀孕解除劳动合同。".as_bytes(),
    );
    let law = law.sent(&hub).await;
    let other = a_document().titled("关于办理不动产登记的函");
    other.sent(&hub).await;
    found(&hub, "resources.clerk", "解除劳动合同", 1).await;
    found(&hub, "resources.clerk", "不动产登记", 1).await;
    let question = "员工怀孕了，公司能不能辞退？";
    found(&hub, "resources.clerk", question, 0).await;
    let ask = format!("{}&mode=question", path(question));
    let answer = hub.by("resources.clerk").get(&ask).await.ok();
    assert_eq!(
        answer["items"][0]["document"]["id"],
        json!(law.id),
        "{answer}"
    );
    assert_eq!(
        (&answer["exact"], &answer["next_cursor"]),
        (&json!(false), &Value::Null)
    );
    let snippets = answer["items"][0]["snippets"].as_array().unwrap();
    let words: Vec<_> = snippets.iter().flat_map(highlighted).collect();
    assert!(
        words.iter().any(|word| word.contains("解除劳动合同")),
        "{words:?}"
    );
    assert_eq!(search(&hub, "resources.clerk", "怀孕").await["exact"], true);

    let stranger = hub.by("agriculture.clerk").get(&ask).await.ok();
    assert_eq!(
        (&stranger["items"], &stranger["total"]),
        (&json!([]), &json!(0))
    );

    for (more, field) in [
        ("&sort=newest", "sort"),
        ("&cursor=abc", "cursor"),
        ("&limit=0", "limit"),
    ] {
        let refused = hub.by("resources.clerk").get(format!("{ask}{more}")).await;
        let problem = refused.problem(422, "invalid");
        assert_eq!(problem["errors"][0]["pointer"], field);
    }
    let empty = hub
        .by("resources.clerk")
        .get("/api/v1/search?q=&mode=question")
        .await;
    empty.problem(400, "unreadable-query");
    let odd = hub
        .by("resources.clerk")
        .get("/api/v1/search?q=a&mode=magic")
        .await;
    odd.problem(422, "invalid");

    let mut browser = Browser::of(&hub, "resources.clerk").await;
    let page = browser
        .get(&format!("/search?q={question}&mode=question"))
        .await;
    assert!(
        page.text.contains("关于女职工特殊保护的函") && page.text.contains("不保证齐全"),
        "{}",
        page.text
    );
    let page = browser.get(&format!("/search?q={question}")).await;
    assert!(page.text.contains("共 0 件"), "{}", page.text);
}

#[tokio::test]
async fn an_index_whose_folder_is_deleted_comes_back() {
    let hub = TestHub::that_reads().await;
    a_document().titled("榆关盐税旧案").sent(&hub).await;
    found(&hub, "resources.clerk", "榆关盐税", 1).await;
    fs::remove_dir_all(hub.index_folder()).unwrap();
    a_document().titled("榆关盐税新案").sent(&hub).await;
    let began = Instant::now();
    loop {
        let answer = hub.by("resources.clerk").get(path("榆关盐税")).await;
        if answer.status == 200 && answer.json()["total"] == 2 && answer.json()["complete"] == true
        {
            break;
        }
        assert!(
            answer.status == 200 || answer.status == 503,
            "{}",
            answer.text()
        );
        assert!(began.elapsed() < SOON, "{}", answer.text());
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
}

#[tokio::test]
async fn a_query_that_cannot_be_read_is_answered_with_the_place() {
    let hub = TestHub::open().await;
    let mut said = Vec::new();
    for query in [
        "",
        "   ",
        "\"行政",
        "(行政 复议",
        "行政)",
        "-诉讼",
        "title:",
        "year:二〇",
        "OR",
        "2026-13..",
        "行政 OR",
        &"法".repeat(300),
        &"法 ".repeat(17),
        &"(".repeat(200),
    ] {
        let answer = hub.by("court.clerk").get(path(query)).await;
        let shown: String = query.chars().take(12).collect();
        let note = if answer.status == 200 {
            "read".to_owned()
        } else {
            let problem = answer.problem(400, "unreadable-query");
            let fault = &problem["errors"][0];
            let place = fault["pointer"].as_str().unwrap();
            let place: usize = place.strip_prefix("q:").unwrap().parse().unwrap();
            assert!(place <= query.chars().count(), "{problem}");
            format!("q:{place} {}", fault["detail"].as_str().unwrap())
        };
        said.push(format!("{shown:?} {note}"));
    }
    insta::assert_snapshot!(said.join("\n"));
}

#[tokio::test]
async fn pages_of_a_search_hold_each_document_once() {
    let hub = TestHub::that_reads().await;
    for number in 0..5 {
        a_document()
            .titled(&format!("榆关盐税第{number}案"))
            .sent(&hub)
            .await;
    }
    found(&hub, "resources.clerk", "榆关盐税", 5).await;
    for sort in ["relevance", "newest"] {
        let mut ids = Vec::new();
        let mut cursor = String::new();
        loop {
            let ask = format!("{}&limit=2&sort={sort}{cursor}", path("榆关盐税"));
            let page = hub.by("resources.clerk").get(ask).await.ok();
            assert_eq!(page["total"], 5);
            let items = page["items"].as_array().unwrap();
            ids.extend(items.iter().map(|hit| hit["document"]["id"].to_string()));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 5, "{sort}");
    }
    let other = format!("{}&limit=2&sort=newest", path("榆关盐税"));
    let next = hub.by("resources.clerk").get(other).await.ok()["next_cursor"].clone();
    let mixed = format!(
        "{}&sort=relevance&cursor={}",
        path("榆关盐税"),
        next.as_str().unwrap()
    );
    hub.by("resources.clerk")
        .get(mixed)
        .await
        .problem(422, "invalid");
}
