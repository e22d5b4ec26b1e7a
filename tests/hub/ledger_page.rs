//! The page of the ledger: filtered, sorted, kept as a view, handed out.

use std::io::Cursor;

use calamine::{Reader as _, Xlsx};
use jiff::SignedDuration;
use reqwest::Method;

use crate::{
    pages::{Browser, Page},
    statistics::sheet,
    support::{TestHub, advice},
};

/// What the court wants of natural resources, which signed for it, then of agriculture, which
/// did not.
async fn two(hub: &TestHub) {
    let signed = advice().titled("关于规范土地登记的建议").to("resources");
    signed.sent(hub).await.signed(hub, "resources").await;
    hub.pass(SignedDuration::from_secs(1));
    let unsigned = advice().titled("关于规范农机补贴的建议").to("agriculture");
    unsigned.sent(hub).await;
}

const LAND: &str = "关于规范土地登记的建议";
const FARMS: &str = "关于规范农机补贴的建议";

async fn press(browser: &mut Browser<'_>, path: &str, form: &[(&str, &str)]) -> Page {
    let request = browser.request(Method::POST, path).form(form);
    let request = request.header("sec-fetch-site", "same-origin");
    browser.send(request).await
}

fn shows(page: &Page, land: bool, farms: bool) {
    assert_eq!(page.status, 200, "{}", page.text);
    assert_eq!(page.text.contains(LAND), land, "{}", page.text);
    assert_eq!(page.text.contains(FARMS), farms, "{}", page.text);
}

#[tokio::test]
async fn the_ledger_is_filtered_and_sorted_by_a_form() {
    let hub = TestHub::open().await;
    two(&hub).await;
    let agriculture = hub.unit("agriculture");
    let mut browser = Browser::of(&hub, "court.clerk").await;
    // A form sends every field, also those that nothing was chosen in.
    let rest = "kind=&due_from=&due_until=&since=&creditor=&sort=";
    let table = [
        (String::new(), true, true),
        ("&state=awaiting_signature".to_owned(), false, true),
        ("&state=awaiting_registration".to_owned(), true, false),
        (format!("&debtor={agriculture}"), false, true),
        ("&until=2020-01-01".to_owned(), false, false),
        ("&overdue=true".to_owned(), false, false),
    ];
    for (asked, land, farms) in table {
        let page = browser
            .get(&format!("/obligations?side=due&{rest}{asked}"))
            .await;
        shows(&page, land, farms);
    }
    let page = browser.get("/obligations?side=due&sort=oldest").await;
    assert!(page.text.find(LAND).unwrap() < page.text.find(FARMS).unwrap());
    let page = browser.get("/obligations?side=due").await;
    assert!(page.text.find(LAND).unwrap() > page.text.find(FARMS).unwrap());
    let selected = format!("<option value=\"{agriculture}\" selected>");
    let page = browser
        .get(&format!("/obligations?side=due&debtor={agriculture}"))
        .await;
    assert!(page.text.contains(&selected), "{}", page.text);
    for wrong in [
        "state=sleeping",
        "debtor=court",
        "due_from=soon",
        "overdue=perhaps",
    ] {
        let page = browser.get(&format!("/obligations?{wrong}")).await;
        assert_eq!(page.status, 422, "{wrong}");
        assert!(page.text.contains("请重新选择"), "{}", page.text);
    }
    let page = browser.get("/obligations?until=&until=2026-01-01").await;
    assert_eq!(page.status, 422);
    assert!(page.text.contains("网址"), "{}", page.text);
    let page = browser.get("/obligations?side=all").await;
    assert_eq!(page.status, 403);
}

#[tokio::test]
async fn the_link_on_the_page_hands_out_what_the_page_shows() {
    let hub = TestHub::open().await;
    two(&hub).await;
    let mut browser = Browser::of(&hub, "court.clerk").await;
    let page = browser
        .get("/obligations?side=due&state=awaiting_signature")
        .await;
    let link = page
        .text
        .split("href=\"")
        .find(|rest| rest.starts_with("/api/v1/obligations/export"));
    let link = link
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .replace("&amp;", "&")
        .replace("&#38;", "&");
    let request = browser.request(Method::GET, &link);
    let bytes = request
        .send()
        .await
        .unwrap()
        .bytes()
        .await
        .unwrap()
        .to_vec();
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(&bytes)).unwrap();
    let name = book.sheet_names()[0].clone();
    let text = format!("{:?}", sheet(&mut book, &name));
    assert!(
        text.contains("市农业农村局") && !text.contains("市自然资源局"),
        "{text}"
    );
}

#[tokio::test]
async fn a_view_is_kept_opened_and_removed_on_the_page() {
    let hub = TestHub::open().await;
    two(&hub).await;
    let mut browser = Browser::of(&hub, "court.clerk").await;
    let keep = "/obligations/views?side=due&state=awaiting_signature";
    let kept = press(&mut browser, keep, &[("name", "没有签收的")]).await;
    assert!(
        kept.location.starts_with("/obligations?view="),
        "{}",
        kept.text
    );
    let page = browser.get(&kept.location).await;
    shows(&page, false, true);
    assert!(
        page.text.contains("没有签收的")
            && page.text.contains("value=\"awaiting_signature\" selected")
    );
    // What is asked for besides goes before what the view has.
    let page = browser
        .get(&format!("{}&state=awaiting_registration", kept.location))
        .await;
    shows(&page, true, false);
    let again = press(&mut browser, keep, &[("name", "没有签收的")]).await;
    assert_eq!(again.status, 409);
    assert!(again.text.contains("已有同名的视图"), "{}", again.text);
    let nameless = press(&mut browser, keep, &[("name", " ")]).await;
    assert_eq!(nameless.status, 422);

    let mut stranger = Browser::of(&hub, "court.reader").await;
    assert_eq!(stranger.get(&kept.location).await.status, 404);
    let id = kept.location.split('=').nth(1).unwrap();
    let remove = format!("/obligations/views/{id}/remove");
    let sure = [("confirmed", "yes"), ("revision", "1")];
    assert_eq!(press(&mut stranger, &remove, &sure).await.status, 404);
    assert_eq!(press(&mut browser, &remove, &sure[1..]).await.status, 422);
    assert_eq!(
        press(&mut browser, &remove, &sure).await.location,
        "/obligations"
    );
    let page = browser.get("/obligations?side=due").await;
    assert!(!page.text.contains("没有签收的"), "{}", page.text);
}
