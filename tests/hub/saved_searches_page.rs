//! The searches that somebody keeps, on the page of search.

use reqwest::Method;

use crate::{
    pages::{Browser, Page},
    support::TestHub,
};

async fn press(browser: &mut Browser<'_>, path: &str, form: &[(&str, &str)]) -> Page {
    let request = browser.request(Method::POST, path).form(form);
    let request = request.header("sec-fetch-site", "same-origin");
    browser.send(request).await
}

/// 不动产 -诉讼
const Q: &str = "%E4%B8%8D%E5%8A%A8%E4%BA%A7+-%E8%AF%89%E8%AE%BC";

#[tokio::test]
async fn a_search_is_kept_run_watched_and_removed_on_the_page() {
    let hub = TestHub::open().await;
    let mut browser = Browser::of(&hub, "resources.clerk").await;
    let page = browser.get("/search").await;
    assert_eq!(page.status, 200);
    assert!(!page.text.contains("保存这次检索"), "{}", page.text);
    let page = browser.get(&format!("/search?q={Q}")).await;
    let action = format!("action=\"/search/saved?q={Q}\"");
    assert!(page.text.contains(&action), "{}", page.text);
    let page = browser.get(&format!("/search?q={Q}&mode=question")).await;
    assert!(!page.text.contains("保存这次检索"), "{}", page.text);

    let keep = format!("/search/saved?q={Q}&kind=&year=2026");
    let form = [("name", "不动产"), ("alert", "yes")];
    let kept = press(&mut browser, &keep, &form).await;
    let place = format!("/search?q={Q}&year=2026");
    assert_eq!((kept.status, &kept.location), (303, &place));
    let page = browser.get(&place).await;
    assert!(
        page.text.contains("不动产（有新文书时通知）"),
        "{}",
        page.text
    );
    assert!(page.text.contains("aria-current=\"true\""), "{}", page.text);
    let saved = hub.by("resources.clerk").get("/api/v1/saved-searches");
    let saved = saved.await.ok()["items"][0].clone();
    assert_eq!(
        (
            &saved["criteria"]["q"],
            &saved["criteria"]["year"],
            &saved["alert"]
        ),
        (&"不动产 -诉讼".into(), &2026.into(), &true.into())
    );
    let again = press(&mut browser, &keep, &form).await;
    assert_eq!(again.status, 409);
    assert!(again.text.contains("已有同名的检索"), "{}", again.text);
    let unreadable = press(&mut browser, "/search/saved?q=(%E7%94%B2", &form).await;
    assert_eq!(unreadable.status, 422);
    assert!(unreadable.text.contains("右括号"), "{}", unreadable.text);
    let wrong = press(&mut browser, "/search/saved?q=%E7%94%B2&year=x", &form).await;
    assert_eq!(wrong.status, 422);

    let path = format!("/search/saved/{}", saved["id"].as_str().unwrap());
    let (watch, remove) = (format!("{path}/alert"), format!("{path}/remove"));
    let mut stranger = Browser::of(&hub, "resources.reader").await;
    let first = [("revision", "1")];
    for act in [&watch, &remove] {
        assert_eq!(press(&mut stranger, act, &first).await.status, 404);
        let nothing = press(&mut browser, act, &[]).await;
        assert_eq!(nothing.status, 409, "of which revision?");
    }
    let elsewhere = browser.request(Method::POST, &remove).form(&first);
    let elsewhere = elsewhere.header("sec-fetch-site", "cross-site");
    let renewed = browser.send(elsewhere).await;
    assert!(renewed.location.starts_with("/renew"), "{}", renewed.text);
    let off = press(&mut browser, &watch, &first).await;
    assert_eq!(off.location, place);
    let page = browser.get("/search").await;
    assert!(page.text.contains(">不动产</a></li>"), "{}", page.text);
    let on = [("revision", "2"), ("alert", "yes")];
    assert_eq!(press(&mut browser, &watch, &on).await.status, 303);
    let last = press(&mut browser, &remove, &[("revision", "3")]).await;
    assert_eq!(last.location, "/search");
    let page = browser.get("/search").await;
    assert!(!page.text.contains("</a></li>"), "{}", page.text);
    // Who has no unit has nothing to keep, and is shown the page all the same.
    let mut admin = Browser::of(&hub, "admin.system").await;
    let page = admin.get(&format!("/search?q=&x={Q}")).await;
    assert_eq!(page.status, 200, "{}", page.text);
}
