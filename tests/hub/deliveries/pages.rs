use reqwest::Method;

use super::{act, own, returned};
use crate::{
    pages::{Browser, Page},
    support::{TestHub, a_document, advice, id_of},
};

/// Presses a button.
async fn press(browser: &mut Browser<'_>, path: &str, form: &[(&str, &str)]) -> Page {
    let request = browser.request(Method::POST, path).form(form);
    let request = request.header("sec-fetch-site", "same-origin");
    browser.send(request).await
}

#[tokio::test]
async fn the_inbox_shows_its_boxes_and_signs_for_what_is_ticked() {
    let hub = TestHub::open().await;
    let papers = [advice().sent(&hub).await, a_document().sent(&hub).await];
    let mut browser = Browser::of(&hub, "resources.clerk").await;
    let page = browser.get("/inbox?box=unsigned").await;
    assert!(page.text.contains("待签收（2）"), "{}", page.text);
    let mut ids = Vec::new();
    for paper in &papers {
        ids.push(id_of(&own(&hub, paper, "resources").await).to_string());
        assert!(page.text.contains(ids.last().unwrap()));
    }
    let ticked = [("id", ids[0].as_str()), ("id", ids[1].as_str())];
    let unsure = press(&mut browser, "/inbox/sign", &ticked).await;
    assert_eq!(unsure.status, 422);
    assert!(unsure.text.contains("请勾选确认"), "{}", unsure.text);
    assert_eq!(own(&hub, &papers[0], "resources").await["state"], "arrived");
    let sure = [ticked[0], ticked[1], ("confirmed", "yes")];
    let signed = press(&mut browser, "/inbox/sign", &sure).await;
    assert!(signed.text.contains("已签收 2 件"), "{}", signed.text);
    for paper in &papers {
        assert_eq!(own(&hub, paper, "resources").await["state"], "signed");
    }
    let page = browser.get("/inbox?box=signed").await;
    assert!(page.text.contains("已签收待办（2）"), "{}", page.text);
    let mut reader = Browser::of(&hub, "resources.reader").await;
    assert!(
        !reader
            .get("/inbox")
            .await
            .text
            .contains("type=\"checkbox\"")
    );
}

#[tokio::test]
async fn a_document_is_returned_and_decided_on_by_buttons() {
    let hub = TestHub::open().await;
    let paper = advice().sent(&hub).await;
    let id = id_of(&own(&hub, &paper, "resources").await);
    let (document, path) = (paper.id.to_string(), format!("/documents/{}", paper.id));
    let mut clerk = Browser::of(&hub, "resources.clerk").await;
    assert!(clerk.get(&path).await.text.contains("退回来文单位"));
    let form = [
        ("document", document.as_str()),
        ("reason", "duplicate"),
        ("note", "同号文已收"),
        ("confirmed", "yes"),
    ];
    let back = press(&mut clerk, &format!("/deliveries/{id}/return"), &form).await;
    assert_eq!((back.status, back.location.as_str()), (303, path.as_str()));
    let mut sender = Browser::of(&hub, "court.clerk").await;
    let page = sender.get(&path).await;
    assert!(
        page.text
            .contains("市自然资源局退回了此件：重复。同号文已收"),
        "{}",
        page.text
    );
    assert!(sender.get("/sent").await.text.contains("待处理 1"));
    let unsaid = [("document", document.as_str()), ("confirmed", "yes")];
    let refused = press(
        &mut sender,
        &format!("/deliveries/{id}/refuse-return"),
        &unsaid,
    )
    .await;
    assert_eq!(refused.status, 422);
    let again = press(&mut sender, &format!("/deliveries/{id}/resend"), &unsaid).await;
    assert_eq!(again.status, 303);
    let page = clerk.get(&path).await;
    assert!(
        page.text.contains("第 2 轮") && page.text.contains("重新发送"),
        "{}",
        page.text
    );
}

#[tokio::test]
async fn a_signed_document_is_passed_on_given_to_people_and_closed_by_buttons() {
    let hub = TestHub::open().await;
    let paper = advice().sent(&hub).await;
    paper.signed(&hub, "resources").await;
    let id = id_of(&own(&hub, &paper, "resources").await);
    let (document, path) = (paper.id.to_string(), format!("/documents/{}", paper.id));
    let mut browser = Browser::of(&hub, "resources.clerk").await;
    let page = browser.get(&path).await;
    assert!(page.text.contains("市农业农村局") && !page.text.contains("退回来文单位"));
    let to = hub.unit("agriculture").to_string();
    let lead = hub.city.user("resources.clerk").to_string();
    let here = ("document", document.as_str());
    let forms: [(&str, &[(&str, &str)]); 3] = [
        ("forward", &[here, ("unit", &to), ("confirmed", "yes")]),
        ("assign", &[here, ("lead", &lead), ("support", &lead)]),
        ("done", &[here, ("note", "办结")]),
    ];
    for (what, form) in forms {
        let done = press(&mut browser, &format!("/deliveries/{id}/{what}"), form).await;
        assert_eq!(done.status, 303, "{what}: {}", done.text);
    }
    let page = browser.get(&path).await;
    assert!(page.text.contains("由市自然资源局转发"), "{}", page.text);
    assert!(page.text.contains("主办：市自然资源局收发员") && page.text.contains("恢复办理"));
    let mut sender = Browser::of(&hub, "court.clerk").await;
    let theirs = sender.get(&path).await.text;
    assert!(theirs.contains("由市自然资源局转发") && !theirs.contains("主办："));
    let unknown = press(&mut browser, &format!("/deliveries/{id}/burn"), &[here]).await;
    assert_eq!(unknown.status, 404);
}

#[tokio::test]
async fn a_form_of_another_site_returns_nothing() {
    let hub = TestHub::open().await;
    let paper = advice().sent(&hub).await;
    let id = id_of(&own(&hub, &paper, "resources").await);
    let mut browser = Browser::of(&hub, "resources.clerk").await;
    let document = paper.id.to_string();
    let form = [
        ("document", document.as_str()),
        ("reason", "duplicate"),
        ("confirmed", "yes"),
    ];
    let request = browser.request(Method::POST, &format!("/deliveries/{id}/return"));
    let request = request.form(&form).header("sec-fetch-site", "cross-site");
    assert_eq!(browser.send(request).await.status, 303);
    assert_eq!(own(&hub, &paper, "resources").await["state"], "arrived");
    let other = returned(&hub, &paper, "resources").await;
    let refused = act(
        &hub,
        "resources.clerk",
        other,
        "sign",
        serde_json::json!({}),
    )
    .await;
    refused.problem(409, "wrong-state");
}
