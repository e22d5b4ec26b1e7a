//! What surrounds a search: narrowing, counts, suggestions, what is alike, what was meant.

use serde_json::{Value, json};

use crate::{
    pages::Browser,
    search::{found, path},
    support::{Paper, TestHub, a_document},
};

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

async fn facets(hub: &TestHub, login: &str, query: &str) -> Value {
    let path = format!("/api/v1/search/facets?q={query}");
    hub.by(login).get(path).await.ok()
}

async fn suggested(hub: &TestHub, login: &str, typed: &str) -> Vec<String> {
    let path = format!("/api/v1/search/suggest?q={}", encoded(typed));
    let answer = hub.by(login).get(path).await.ok();
    let items = answer["items"].as_array().unwrap();
    let texts = items.iter().map(|item| item["text"].as_str().unwrap());
    texts.map(ToOwned::to_owned).collect()
}

/// The codes and counts of a facet, as `code=count`.
fn counts(facet: &Value) -> Vec<String> {
    let items = facet.as_array().unwrap().iter();
    items
        .map(|item| format!("{}={}", item["code"].as_str().unwrap(), item["count"]))
        .collect()
}

/// Three letters about salt at the bureau: two of the court, one of the government; and one that
/// the bureau does not see.
async fn archive(hub: &TestHub) -> Vec<Paper> {
    let mut papers = Vec::new();
    for (from, to, title) in [
        ("court", "resources", "榆关盐税旧案的函"),
        ("court", "resources", "榆关盐税新案的函"),
        ("government", "resources", "榆关盐税年报的函"),
        ("procuratorate", "agriculture", "榆关盐税秘案的函"),
    ] {
        let paper = a_document().from(from).to(to).titled(title);
        papers.push(paper.sent(hub).await);
    }
    found(hub, "resources.clerk", "榆关盐税", 3).await;
    found(hub, "agriculture.clerk", "榆关盐税", 1).await;
    papers
}

#[tokio::test]
async fn a_search_is_narrowed_and_its_results_are_counted() {
    let hub = TestHub::that_reads().await;
    let papers = archive(&hub).await;
    let court = hub.unit("court");
    let salt = encoded("榆关盐税");

    let all = facets(&hub, "resources.clerk", &salt).await;
    assert_eq!(
        counts(&all["branches"]),
        ["court=2", "government=1"],
        "{all}"
    );
    assert_eq!(counts(&all["kinds"]), ["GW-HAN=3"]);
    assert_eq!(all["kinds"][0]["label"], "函");
    assert_eq!(counts(&all["states"]), ["sent=3"]);
    assert_eq!(counts(&all["years"]), ["2026=3"]);
    assert_eq!(all["months"].as_array().unwrap().len(), 1);
    assert_eq!(all["issuers"].as_array().unwrap().len(), 2);
    assert_eq!(all["complete"], true);
    assert_eq!(
        counts(&facets(&hub, "agriculture.clerk", &salt).await["branches"]),
        ["procuratorate=1"]
    );
    assert_eq!(
        counts(&facets(&hub, "justice.office", &salt).await["branches"]),
        [""; 0]
    );

    for (narrower, expected) in [
        ("&branch=court".to_owned(), 2),
        (format!("&issuer={court}"), 2),
        (format!("&issuer={court}&branch=government"), 0),
        ("&kind=GW-HAN&year=2026&state=sent".to_owned(), 3),
        ("&year=1999".to_owned(), 0),
        ("&state=recalled".to_owned(), 0),
        ("&branch=procuratorate".to_owned(), 0),
    ] {
        let answer = hub
            .by("resources.clerk")
            .get(path("榆关盐税") + &narrower)
            .await
            .ok();
        assert_eq!(answer["total"], expected, "{narrower}");
        assert_eq!(
            answer["items"].as_array().unwrap().len(),
            expected,
            "{narrower}"
        );
        // What is chosen still shows what else there is.
        let spread = facets(&hub, "resources.clerk", &(salt.clone() + &narrower)).await;
        if narrower == "&branch=court" {
            assert_eq!(counts(&spread["branches"]), ["court=2", "government=1"]);
            assert_eq!(spread["issuers"].as_array().unwrap().len(), 1);
            assert_eq!(counts(&spread["kinds"]), ["GW-HAN=2"]);
        }
    }
    let ids = |answer: &Value| -> Vec<Value> {
        let items = answer["items"].as_array().unwrap().iter();
        items.map(|item| item["document"]["id"].clone()).collect()
    };
    let order = async |sort: &str| {
        let path = path("榆关盐税") + "&sort=" + sort;
        ids(&hub.by("resources.clerk").get(path).await.ok())
    };
    let mut newest = order("newest").await;
    newest.reverse();
    assert_eq!(newest, order("oldest").await);
    assert_eq!(newest[0], json!(papers[0].id));

    for (bad, field) in [
        ("&branch=moon", "branch"),
        ("&issuer=x", "issuer"),
        ("&year=abc", "year"),
        ("&state=odd", "state"),
        ("&sort=upwards", "sort"),
        ("&colour=red", "colour"),
    ] {
        let refused = hub.by("resources.clerk").get(path("盐") + bad).await;
        let problem = refused.problem(422, "invalid");
        assert_eq!(problem["errors"][0]["pointer"], field, "{bad}");
    }
    let unreadable = hub
        .by("resources.clerk")
        .get("/api/v1/search/facets?q=%22")
        .await;
    unreadable.problem(400, "unreadable-query");
    let narrowed = path("怎么办") + "&mode=question&year=2026";
    let refused = hub.by("resources.clerk").get(narrowed).await;
    assert_eq!(
        refused.problem(422, "invalid")["errors"][0]["pointer"],
        "year"
    );
}

#[tokio::test]
async fn what_is_taken_back_is_at_once_neither_found_nor_counted_nor_suggested() {
    let hub = TestHub::that_reads().await;
    let papers = archive(&hub).await;
    let why = json!({ "reason": "附件有误" });
    for paper in &papers[..2] {
        let recall = format!("/api/v1/documents/{}/recall", paper.id);
        hub.by("court.clerk").post(&recall, &why).await.ok();
        let total = hub.by("resources.clerk").get(path("榆关盐税")).await.ok()["total"].clone();
        let spread = facets(&hub, "resources.clerk", &encoded("榆关盐税")).await;
        let named = suggested(&hub, "resources.clerk", "榆关").await;
        assert_eq!(json!(named.len()), total, "{named:?}");
        let issued: u64 = spread["branches"]
            .as_array()
            .unwrap()
            .iter()
            .map(|branch| branch["count"].as_u64().unwrap())
            .sum();
        assert_eq!(json!(issued), total, "{spread}");
    }
    assert_eq!(
        suggested(&hub, "resources.clerk", "榆关").await,
        ["榆关盐税年报的函"]
    );
    // The issuer goes on to see it, as what it now is.
    found(&hub, "court.clerk", "榆关盐税 state:已撤回", 2).await;
}

#[tokio::test]
async fn suggestions_are_titles_and_units_by_text_and_by_sound() {
    let hub = TestHub::that_reads().await;
    archive(&hub).await;
    for typed in ["旧案", "jiuan", "YGYSJA", "盐税jiu"] {
        let texts = suggested(&hub, "resources.clerk", typed).await;
        assert_eq!(texts, ["榆关盐税旧案的函"], "{typed}");
    }
    assert_eq!(suggested(&hub, "resources.clerk", "mian").await, [""; 0]);
    assert_eq!(suggested(&hub, "resources.clerk", "秘案").await, [""; 0]);
    assert_eq!(
        suggested(&hub, "agriculture.clerk", "ysma").await,
        ["榆关盐税秘案的函"]
    );
    let units = suggested(&hub, "resources.clerk", "自然资源").await;
    assert!(
        units.iter().any(|name| name.contains("自然资源")),
        "{units:?}"
    );
    assert_eq!(suggested(&hub, "resources.clerk", "zrzy").await, units);
    assert_eq!(suggested(&hub, "resources.clerk", " ").await, [""; 0]);

    let mut browser = Browser::of(&hub, "resources.clerk").await;
    let page = browser.get("/search").await;
    assert!(
        page.text.contains("src=\"/assets/wenshu.js\""),
        "{}",
        page.text
    );
    assert!(
        browser
            .get("/assets/wenshu.js")
            .await
            .text
            .contains("data-suggest")
    );
    let typed = browser.get("/search/suggest?q=jiuan").await;
    let expected = r#"[{"text":"榆关盐税旧案的函","note":"青崖法建〔2026〕1号"}]"#;
    assert_eq!(typed.text, expected);

    let few = hub
        .by("resources.clerk")
        .get("/api/v1/search/suggest?q=%E6%A6%86%E5%85%B3&limit=2");
    assert_eq!(few.await.ok()["items"].as_array().unwrap().len(), 2);
    let none = hub
        .by("resources.clerk")
        .get("/api/v1/search/suggest?q=a&limit=0")
        .await;
    assert_eq!(
        none.problem(422, "invalid")["errors"][0]["pointer"],
        "limit"
    );
    let nothing = hub
        .by("resources.clerk")
        .get("/api/v1/search/suggest")
        .await;
    assert_eq!(nothing.problem(422, "invalid")["errors"][0]["pointer"], "q");
}

#[tokio::test]
async fn what_is_alike_is_found_among_what_one_may_see() {
    let hub = TestHub::that_reads().await;
    let pension = "养老保险待遇核定，参保人员的缴费年限和退休时间，社会保险经办机构应当核查。";
    let with_text = |title: &str, text: &str| a_document().titled(title).file("正文.txt", text);
    let one = with_text("第一件", pension).sent(&hub).await;
    let other = with_text("第二件", &format!("{pension}基金监督。"))
        .sent(&hub)
        .await;
    let hidden = with_text("第三件", pension)
        .from("procuratorate")
        .to("agriculture");
    hidden.sent(&hub).await;
    for number in 0..6 {
        let title = format!("会议{number}");
        with_text(&title, "会议纪要，林木采伐。").sent(&hub).await;
    }
    found(&hub, "resources.clerk", "缴费年限", 2).await;
    found(&hub, "resources.clerk", "林木采伐", 6).await;
    found(&hub, "agriculture.clerk", "缴费年限", 1).await;
    let path = format!("/api/v1/search/similar/{}", one.id);
    let alike = hub.by("resources.clerk").get(&path).await.ok();
    let ids: Vec<_> = alike["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|card| &card["id"])
        .collect();
    assert_eq!(ids, [&json!(other.id)], "{alike}");
    hub.by("agriculture.clerk")
        .get(&path)
        .await
        .problem(404, "not-found");

    let mut browser = Browser::of(&hub, "resources.clerk").await;
    let page = browser.get(&format!("/search/similar/{}", one.id)).await;
    assert!(
        page.text.contains("第二件") && !page.text.contains("会议"),
        "{}",
        page.text
    );
}

#[tokio::test]
async fn what_finds_nothing_is_answered_with_what_was_perhaps_meant() {
    let hub = TestHub::that_reads().await;
    archive(&hub).await;
    let meant = async |login: &str, typed: &str| {
        let answer = hub.by(login).get(path(typed)).await.ok();
        assert_eq!(answer["total"], 0, "{typed}");
        answer["did_you_mean"].clone()
    };
    assert_eq!(meant("resources.clerk", "榆关盐睡").await, "榆关盐税");
    assert_eq!(meant("resources.clerk", "yuguanyanshui").await, "榆关盐税");
    assert_eq!(meant("resources.clerk", "蜜案").await, Value::Null);
    assert_eq!(meant("agriculture.clerk", "蜜案").await, "秘案");
    assert_eq!(meant("justice.office", "榆关盐睡").await, Value::Null);

    let mut browser = Browser::of(&hub, "resources.clerk").await;
    let page = browser
        .get(&format!("/search?q={}", encoded("榆关盐睡")))
        .await;
    assert!(page.text.contains("您要找的是不是"), "{}", page.text);
}

#[tokio::test]
async fn the_page_narrows_by_links_and_keeps_what_was_chosen() {
    let hub = TestHub::that_reads().await;
    archive(&hub).await;
    let mut browser = Browser::of(&hub, "resources.clerk").await;
    let page = browser
        .get(&format!("/search?q={}", encoded("榆关盐税")))
        .await;
    for shown in ["共 3 件", "法院 2", "政府 1", "branch=court", "相近的文书"] {
        assert!(page.text.contains(shown), "{shown}: {}", page.text);
    }
    let narrowed = format!("/search?q={}&branch=court", encoded("榆关盐税"));
    let page = browser.get(&narrowed).await;
    for shown in [
        "共 2 件",
        "class=\"chosen\"",
        "name=\"branch\" value=\"court\"",
        "sort=newest",
    ] {
        assert!(page.text.contains(shown), "{shown}: {}", page.text);
    }
    assert!(!page.text.contains("年报"), "{}", page.text);
    let odd = browser.get("/search?q=a&branch=moon").await;
    assert!(odd.text.contains("不认识“moon”"), "{}", odd.text);
}
