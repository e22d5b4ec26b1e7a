//! The pages, as a browser without scripts meets them.

use jiff::SignedDuration;
use reqwest::{Method, RequestBuilder, redirect::Policy};

use crate::support::{PASSWORD, Paper, TestHub, a_document, advice, id_of};

/// A browser with the cookies of somebody who has logged in, or none.
pub struct Browser<'a> {
    hub: &'a TestHub,
    http: reqwest::Client,
    cookies: Vec<(String, String)>,
}

/// What a page answers: its status, where it leads, what it says.
pub struct Page {
    pub status: u16,
    pub location: String,
    cookies: Vec<String>,
    policy: String,
    pub text: String,
}

impl<'a> Browser<'a> {
    fn new(hub: &'a TestHub) -> Self {
        let http = reqwest::Client::builder().redirect(Policy::none());
        Self {
            hub,
            http: http.build().unwrap(),
            cookies: Vec::new(),
        }
    }

    /// A browser in which somebody has typed their login and password.
    pub async fn of(hub: &'a TestHub, login: &str) -> Self {
        let mut browser = Self::new(hub);
        let page = browser.log_in(login, PASSWORD).await;
        assert_eq!((page.status, page.location.as_str()), (303, "/inbox"));
        browser
    }

    async fn log_in(&mut self, login: &str, password: &str) -> Page {
        let form = [("login", login), ("password", password)];
        let request = self.request(Method::POST, "/login").form(&form);
        self.send(request).await
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.hub.public);
        let cookies: Vec<_> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        self.http
            .request(method, url)
            .header("cookie", cookies.join("; "))
    }

    pub async fn get(&mut self, path: &str) -> Page {
        let request = self.request(Method::GET, path);
        self.send(request).await
    }

    /// Presses the button that signs, on a page that the browser says came from there.
    async fn sign(&mut self, paper: &Paper, from: Option<(&str, &str)>) -> Page {
        let delivery = id_of(&paper.delivery(self.hub, "resources").await);
        let form = [("document", paper.id.to_string())];
        let path = format!("/deliveries/{delivery}/sign");
        let mut request = self.request(Method::POST, &path).form(&form);
        if let Some((header, place)) = from {
            request = request.header(header, place);
        }
        self.send(request).await
    }

    pub async fn send(&mut self, request: RequestBuilder) -> Page {
        let answer = request.send().await.unwrap();
        let header = |name: &str| {
            let value = answer
                .headers()
                .get(name)
                .and_then(|value| value.to_str().ok());
            value.unwrap_or_default().to_owned()
        };
        let (location, policy) = (header("location"), header("content-security-policy"));
        let cookies: Vec<String> = answer
            .headers()
            .get_all("set-cookie")
            .iter()
            .map(|cookie| cookie.to_str().unwrap().to_owned())
            .collect();
        for cookie in &cookies {
            let (name, rest) = cookie.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            self.cookies.retain(|(kept, _)| kept != name);
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        Page {
            status: answer.status().as_u16(),
            location,
            cookies,
            policy,
            text: answer.text().await.unwrap(),
        }
    }
}

#[tokio::test]
async fn a_clerk_logs_in_reads_and_signs() {
    let hub = TestHub::open().await;
    let paper = advice().from("court").to("resources").sent(&hub).await;
    let mut browser = Browser::of(&hub, "resources.clerk").await;
    let title = paper.view["title"].as_str().unwrap();

    let inbox = browser.get("/inbox").await;
    assert_eq!(inbox.status, 200);
    assert!(
        inbox.text.contains(title) && inbox.text.contains("已送达"),
        "{}",
        inbox.text
    );
    let opened = browser.get(&format!("/documents/{}", paper.id)).await;
    assert!(opened.text.contains("本单位尚未签收"), "{}", opened.text);
    assert_eq!(paper.delivery(&hub, "resources").await["state"], "read");

    let signed = browser
        .sign(&paper, Some(("sec-fetch-site", "same-origin")))
        .await;
    assert_eq!(signed.location, format!("/documents/{}", paper.id));
    assert_eq!(paper.delivery(&hub, "resources").await["state"], "signed");
    let ledger = browser.get("/obligations").await;
    assert!(
        ledger.text.contains("待登记") && ledger.text.contains("怎样算出"),
        "{}",
        ledger.text
    );
}

#[tokio::test]
async fn a_form_of_another_site_acts_for_nobody() {
    let hub = TestHub::open().await;
    let paper = a_document().from("court").to("resources").sent(&hub).await;
    let mut browser = Browser::of(&hub, "resources.clerk").await;
    let foreign = [
        None,
        Some(("sec-fetch-site", "cross-site")),
        Some(("sec-fetch-site", "same-site")),
        Some(("sec-fetch-site", "none")),
        Some(("origin", "https://evil.example")),
        Some(("origin", "null")),
    ];
    for from in foreign {
        let page = browser.sign(&paper, from).await;
        assert_eq!(page.status, 303, "{from:?}");
        assert!(
            page.location.starts_with("/renew"),
            "{from:?}: {}",
            page.location
        );
        assert_eq!(
            paper.delivery(&hub, "resources").await["state"],
            "arrived",
            "{from:?}"
        );
    }
    // On plain HTTP a browser says only where its page stood.
    let home = hub.public.clone();
    browser.sign(&paper, Some(("origin", &home))).await;
    assert_eq!(paper.delivery(&hub, "resources").await["state"], "signed");
}

#[tokio::test]
async fn the_cookies_open_the_interface_for_looking_and_not_for_other_sites() {
    let hub = TestHub::open().await;
    let mut browser = Browser::of(&hub, "court.clerk").await;
    assert_eq!(browser.get("/api/v1/documents").await.status, 200);
    let draft = serde_json::json!({ "kind": "GW-HAN", "title": "函" });
    let ask = |site: &'static str| {
        let request = browser.request(Method::POST, "/api/v1/documents");
        request.header("sec-fetch-site", site).json(&draft)
    };
    let (foreign, own) = (ask("cross-site"), ask("same-origin"));
    assert_eq!(browser.send(foreign).await.status, 401);
    assert_eq!(browser.send(own).await.status, 201);
}

#[tokio::test]
async fn the_cookies_are_out_of_reach_of_scripts_and_sites_and_go_with_the_session() {
    let hub = TestHub::open().await;
    let mut browser = Browser::new(&hub);
    let page = browser.log_in("court.clerk", PASSWORD).await;
    assert_eq!(page.cookies.len(), 2);
    for cookie in &page.cookies {
        assert!(
            cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"),
            "{cookie}"
        );
    }
    let before = browser.cookies.clone();
    let request = browser
        .request(Method::POST, "/logout")
        .header("sec-fetch-site", "same-origin");
    assert_eq!(browser.send(request).await.location, "/login");
    assert!(browser.cookies.is_empty());
    browser.cookies = before;
    assert!(browser.get("/inbox").await.location.starts_with("/renew"));
    assert_eq!(browser.get("/renew?next=/inbox").await.location, "/login");
}

#[tokio::test]
async fn who_is_not_logged_in_is_asked_to_and_comes_back() {
    let hub = TestHub::open().await;
    let mut browser = Browser::new(&hub);
    for path in [
        "/inbox",
        "/sent",
        "/obligations",
        "/search?q=a",
        "/documents/x",
        "/password",
    ] {
        let page = browser.get(path).await;
        let known = path != "/documents/x";
        assert_eq!(page.status, if known { 303 } else { 404 }, "{path}");
        assert!(
            !known || page.location.starts_with("/renew?next=%2F"),
            "{path}: {}",
            page.location
        );
    }
    assert_eq!(browser.get("/renew?next=/sent").await.location, "/login");
    let refused = browser
        .log_in("court.clerk", "not the password at all")
        .await;
    assert!(
        refused.text.contains("登录名或密码不正确"),
        "{}",
        refused.text
    );
}

#[tokio::test]
async fn a_session_goes_on_after_its_token_has_expired() {
    let hub = TestHub::open().await;
    let mut browser = Browser::of(&hub, "court.clerk").await;
    hub.pass(SignedDuration::from_mins(11));
    let away = browser.get("/sent").await;
    assert_eq!(away.location, "/renew?next=%2Fsent");
    assert_eq!(browser.get(&away.location).await.location, "/sent");
    assert_eq!(browser.get("/sent").await.status, 200);
    for elsewhere in ["//evil.example", "https://evil.example", "/\\evil.example"] {
        let next: String = url::form_urlencoded::byte_serialize(elsewhere.as_bytes()).collect();
        assert_eq!(
            browser.get(&format!("/renew?next={next}")).await.location,
            "/inbox"
        );
    }
}

#[tokio::test]
async fn what_people_write_is_shown_and_never_run() {
    let hub = TestHub::open().await;
    let title = "<script>alert(1)</script>\"'&的函";
    let paper = a_document()
        .from("court")
        .to("resources")
        .titled(title)
        .sent(&hub)
        .await;
    let mut browser = Browser::of(&hub, "resources.clerk").await;
    for path in [
        "/inbox".to_owned(),
        format!("/documents/{}", paper.id),
        "/search?q=%3Cb%3E".to_owned(),
    ] {
        let page = browser.get(&path).await;
        assert!(
            !page.text.contains("<script>") && !page.text.contains("<b>"),
            "{path}"
        );
        assert!(
            page.policy.contains("script-src 'self'"),
            "{path}: {}",
            page.policy
        );
    }
}

#[tokio::test]
async fn a_stranger_is_told_in_chinese_that_there_is_no_such_document() {
    let hub = TestHub::open().await;
    let paper = a_document().from("court").to("resources").sent(&hub).await;
    let mut browser = Browser::of(&hub, "agriculture.clerk").await;
    let denied = browser.get(&format!("/documents/{}", paper.id)).await;
    let absent = browser
        .get(&format!("/documents/{}", uuid::Uuid::now_v7()))
        .await;
    assert_eq!((denied.status, absent.status), (404, 404));
    assert_eq!(denied.text, absent.text);
    assert!(
        denied.text.contains("不存在，或者您无权查看"),
        "{}",
        denied.text
    );
}

#[tokio::test]
async fn a_one_time_password_opens_nothing_but_its_change() {
    let hub = TestHub::open().await;
    let path = format!("/api/v1/users/{}/password", hub.city.user("court.clerk"));
    let reset = hub.by("admin.system").ask("POST", path).await.ok();
    let once = reset["one_time_password"].as_str().unwrap();
    let mut browser = Browser::new(&hub);
    browser.log_in("court.clerk", once).await;
    assert_eq!(browser.get("/inbox").await.location, "/password");

    let chosen = "山高月小，水落石出，江流有声";
    for (new, again, said) in [("short", "short", "密码须为"), (chosen, "别的", "不一致")]
    {
        let form = [
            ("current_password", once),
            ("new_password", new),
            ("again", again),
        ];
        let request = browser.request(Method::POST, "/password").form(&form);
        let page = browser
            .send(request.header("sec-fetch-site", "same-origin"))
            .await;
        assert!(page.text.contains(said), "{}", page.text);
    }
    let form = [
        ("current_password", once),
        ("new_password", chosen),
        ("again", chosen),
    ];
    let request = browser.request(Method::POST, "/password").form(&form);
    let page = browser
        .send(request.header("sec-fetch-site", "same-origin"))
        .await;
    assert_eq!(page.location, "/login");
    browser.log_in("court.clerk", chosen).await;
    assert_eq!(browser.get("/inbox").await.status, 200);
}
