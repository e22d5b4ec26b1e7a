//! Tokens that open nothing: each of them is answered like no token at all, by every operation.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use ed25519_dalek::{Signer as _, SigningKey};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::{
    policy::{Scene, operations},
    support::{Answer, PASSWORD, TestHub, id_of},
};

/// Operations that ask for no token.
const OPEN: [&str; 6] = [
    "POST /oauth/token",
    "POST /api/v1/setup",
    "POST /api/v1/auth/login",
    "POST /api/v1/auth/refresh",
    "GET /.well-known/jwks.json",
    "OPTIONS /api/v1/uploads",
];

/// A token in its parts.
struct Parts {
    header: Value,
    claims: Value,
}

impl Parts {
    fn of(token: &str) -> Self {
        let mut parts = token.split('.').map(|part| {
            serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap_or_default())
                .unwrap_or_default()
        });
        Self {
            header: parts.next().unwrap(),
            claims: parts.next().unwrap(),
        }
    }

    fn with_header(mut self, name: &str, value: Value) -> Self {
        self.header[name] = value;
        self
    }

    fn with(mut self, name: &str, value: Value) -> Self {
        self.claims[name] = value;
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.claims.as_object_mut().unwrap().remove(name);
        self
    }

    fn unsigned(&self) -> String {
        let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}", part(&self.header), part(&self.claims))
    }

    fn signed(&self) -> String {
        self.signed_with(&TestHub::token_key())
    }

    fn signed_with(&self, key: &SigningKey) -> String {
        let text = self.unsigned();
        let signature = key.sign(text.as_bytes()).to_bytes();
        format!("{text}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
    }
}

/// Tokens that were never issued, made from one that was.
fn forged(good: &str, now: i64) -> Vec<(&'static str, String)> {
    let parts = || Parts::of(good);
    let public = TestHub::token_key().verifying_key();
    let hs256 = {
        let mut header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::HS256);
        header.typ = Some("at+jwt".to_owned());
        header.kid = parts().header["kid"].as_str().map(str::to_owned);
        let key = jsonwebtoken::EncodingKey::from_secret(public.as_bytes());
        jsonwebtoken::encode(&header, &parts().claims, &key).unwrap()
    };
    let none = parts().with_header("alg", json!("none"));
    let own_key = BASE64_URL_SAFE_NO_PAD.encode(SigningKey::from_bytes(&[9; 32]).verifying_key());
    let stranger = SigningKey::from_bytes(&[9; 32]);
    vec![
        ("nothing", String::new()),
        ("garbage", "garbage".to_owned()),
        ("three parts of garbage", "a.b.c".to_owned()),
        ("a signature of another key", parts().signed_with(&stranger)),
        ("no signature", format!("{}.", parts().unsigned())),
        ("algorithm none", format!("{}.", none.unsigned())),
        ("HS256 with the public key", hs256),
        ("a key in the header", {
            let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": own_key });
            parts().with_header("jwk", jwk).signed_with(&stranger)
        }),
        (
            "another type",
            parts().with_header("typ", json!("JWT")).signed(),
        ),
        (
            "a refresh token's type",
            parts().with_header("typ", json!("rt+jwt")).signed(),
        ),
        (
            "another key id",
            parts()
                .with_header("kid", json!("../../etc/passwd"))
                .signed(),
        ),
        (
            "a key id in SQL",
            parts().with_header("kid", json!("' OR 1=1 --")).signed(),
        ),
        (
            "another issuer",
            parts()
                .with("iss", json!("https://elsewhere.example"))
                .signed(),
        ),
        (
            "another audience",
            parts().with("aud", json!("another-api")).signed(),
        ),
        ("no issuer", parts().without("iss").signed()),
        ("no audience", parts().without("aud").signed()),
        ("no expiry", parts().without("exp").signed()),
        (
            "an expiry in words",
            parts().with("exp", json!("never")).signed(),
        ),
        ("expired", parts().with("exp", json!(now - 3)).signed()),
        (
            "not yet valid",
            parts().with("nbf", json!(now + 60)).signed(),
        ),
        (
            "a session that never was",
            parts().with("sid", json!(uuid::Uuid::now_v7())).signed(),
        ),
        (
            "too long",
            parts().with("more", json!("x".repeat(12_000))).signed(),
        ),
        ("cut off", good[..good.len() - 4].to_owned()),
    ]
}

/// What a caller without a good session is answered, so that two of them can be compared.
fn refused(answer: &Answer) -> String {
    answer.problem(401, "unauthenticated");
    assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    answer.face()
}

#[tokio::test]
async fn a_token_that_is_not_ours_or_not_in_time_opens_no_operation() {
    let hub = TestHub::open().await;
    let good = hub.token_of("court.clerk").await;
    let tokens = forged(&good, hub.now().as_second());
    let none = refused(&hub.nobody().get("/api/v1/auth/me").await);
    for operation in operations()
        .keys()
        .filter(|one| !OPEN.contains(&one.as_str()))
    {
        let (method, path) = operation.split_once(' ').unwrap();
        let path = path.replace("{id}", "019a0000-0000-7000-8000-000000000000");
        for (what, token) in &tokens {
            let ask = hub
                .nobody()
                .ask(method, &path)
                .header("authorization", format!("Bearer {token}"));
            assert_eq!(refused(&ask.await), none, "{operation} with {what}");
        }
    }
}

#[tokio::test]
async fn the_token_that_the_others_are_made_from_opens_the_door() {
    let hub = TestHub::open().await;
    let good = Parts::of(&hub.token_of("court.clerk").await).signed();
    let me = hub
        .nobody()
        .get("/api/v1/auth/me")
        .header("authorization", format!("bearer {good}"));
    me.await.ok();
}

#[tokio::test]
async fn only_one_bearer_header_is_a_token() {
    let hub = TestHub::open().await;
    let good = hub.token_of("court.clerk").await;
    let none = refused(&hub.nobody().get("/api/v1/auth/me").await);
    let me = || hub.nobody().get("/api/v1/auth/me");
    let bearer = format!("Bearer {good}");
    let twice = me()
        .header("authorization", &bearer)
        .header("authorization", &bearer);
    assert_eq!(refused(&twice.await), none, "twice");
    for scheme in ["Basic", "Token", "DPoP"] {
        let other = me().header("authorization", format!("{scheme} {good}"));
        assert_eq!(refused(&other.await), none, "{scheme}");
    }
    assert_eq!(
        refused(&me().header("authorization", &good).await),
        none,
        "no scheme"
    );
    let cookie = me().header("cookie", format!("access_token={good}"));
    assert_eq!(refused(&cookie.await), none, "a cookie");
    let query = hub
        .nobody()
        .get(format!("/api/v1/auth/me?access_token={good}"));
    assert_eq!(refused(&query.await), none, "in the address");
}

#[tokio::test]
async fn a_token_beyond_the_size_of_headers_never_reaches_an_operation() {
    let hub = TestHub::open().await;
    let long = format!("Bearer {}", "x".repeat(64 << 10));
    let answer = hub
        .nobody()
        .get("/api/v1/auth/me")
        .header("authorization", long)
        .await;
    assert_eq!(
        refused(&answer),
        refused(&hub.nobody().get("/api/v1/auth/me").await)
    );
}

#[tokio::test]
async fn a_token_ends_with_its_ten_minutes() {
    let hub = TestHub::open().await;
    let token = hub.token_of("court.clerk").await;
    let me = || {
        hub.nobody()
            .get("/api/v1/auth/me")
            .header("authorization", format!("Bearer {token}"))
    };
    hub.pass(SignedDuration::from_secs(599));
    me().await.ok();
    hub.pass(SignedDuration::from_secs(4));
    refused(&me().await);
}

/// Every operation is answered 401 before anything is said about what was asked.
async fn shut_out(hub: &TestHub, token: &str, what: &str) {
    let none = refused(&hub.nobody().get("/api/v1/auth/me").await);
    let bearer = format!("Bearer {token}");
    for operation in operations()
        .keys()
        .filter(|one| !OPEN.contains(&one.as_str()))
    {
        let (method, path) = operation.split_once(' ').unwrap();
        let path = path.replace("{id}", &uuid::Uuid::now_v7().to_string());
        let ask = || {
            hub.nobody()
                .ask(method, format!("{path}?no=such"))
                .header("authorization", &bearer)
        };
        assert_eq!(refused(&ask().await), none, "{operation} by {what}");
        let nonsense = ask()
            .body("application/json", "{\"no\": ")
            .header("idempotency-key", "");
        assert_eq!(
            refused(&nonsense.await),
            none,
            "{operation} by {what} with nonsense"
        );
    }
}

#[tokio::test]
async fn an_ended_session_is_shut_out_of_everything() {
    let hub = TestHub::open().await;
    let token = hub.token_of("court.clerk").await;
    hub.by("court.clerk")
        .ask("POST", "/api/v1/auth/logout")
        .await
        .with(204);
    shut_out(&hub, &token, "somebody who has logged out").await;
}

#[tokio::test]
async fn a_disabled_person_is_shut_out_of_everything() {
    let hub = TestHub::open().await;
    let token = hub.token_of("court.clerk").await;
    let id = hub.city.user("court.clerk");
    let path = format!("/api/v1/users/{id}");
    hub.by("admin.system")
        .change(&path, &json!({ "active": false }))
        .await
        .ok();
    shut_out(&hub, &token, "somebody disabled").await;
}

#[tokio::test]
async fn the_people_of_a_disabled_unit_are_shut_out_of_everything() {
    let hub = TestHub::open().await;
    let token = hub.token_of("court.clerk").await;
    let path = format!("/api/v1/units/{}", hub.unit("court"));
    hub.by("admin.system")
        .change(&path, &json!({ "active": false }))
        .await
        .ok();
    shut_out(&hub, &token, "somebody of a disabled unit").await;
}

#[tokio::test]
async fn somebody_taken_out_of_a_unit_no_longer_acts_for_it() {
    let hub = TestHub::open().await;
    let token = hub.token_of("court.clerk").await;
    let path = format!("/api/v1/users/{}", hub.city.user("court.clerk"));
    let place = json!([{ "unit_id": hub.unit("agriculture"), "roles": ["reader"] }]);
    hub.by("admin.system")
        .change(&path, &json!({ "memberships": place }))
        .await
        .ok();
    shut_out(&hub, &token, "somebody who has left").await;
}

#[tokio::test]
async fn a_one_time_password_opens_nothing_but_its_own_change() {
    let hub = TestHub::open().await;
    let body = json!({
        "login": "new.clerk", "name": "新收发员",
        "memberships": [{ "unit_id": hub.unit("court"), "roles": ["clerk", "signer"] }],
    });
    let entered = hub
        .by("admin.system")
        .post("/api/v1/users", &body)
        .await
        .with(201);
    let password = entered["one_time_password"].as_str().unwrap();
    let login = |password: &str| {
        let body = json!({ "login": "new.clerk", "password": password });
        hub.nobody().post("/api/v1/auth/login", &body)
    };
    let tokens = login(password).await.ok();
    assert_eq!(tokens["me"]["must_change_password"], true);
    let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
    let own = [
        "POST /api/v1/auth/logout",
        "POST /api/v1/auth/password",
        "GET /api/v1/auth/me",
    ];
    let scene = Scene::of_nothing();
    for operation in operations().keys() {
        if OPEN.contains(&operation.as_str()) || own.contains(&operation.as_str()) {
            continue;
        }
        let ask = scene
            .ask(hub.nobody(), operation)
            .header("authorization", &bearer);
        ask.await.problem(403, "password-change-needed");
    }
    let change = json!({ "current_password": password, "new_password": PASSWORD });
    let changed = hub
        .nobody()
        .post("/api/v1/auth/password", &change)
        .header("authorization", &bearer);
    changed.await.with(204);
    let me = hub
        .nobody()
        .get("/api/v1/auth/me")
        .header("authorization", &bearer);
    refused(&me.await);
    login(password).await.problem(401, "login-failed");
    let user = login(PASSWORD).await.ok()["me"]["user"].clone();
    assert_eq!(id_of(&user), id_of(&entered["user"]));
}

/// The cookie of the hub's own pages opens the API only for looking, or to those pages.
#[tokio::test]
async fn the_cookie_of_a_page_acts_for_no_other_site() {
    let hub = TestHub::open().await;
    let cookie = format!("wenshu_access={}", hub.token_of("court.clerk").await);
    let me = hub
        .nobody()
        .get("/api/v1/auth/me")
        .header("cookie", &cookie);
    me.await.ok();
    let draft = json!({ "kind": "GW-HAN", "title": "函" });
    let post = || {
        hub.nobody()
            .post("/api/v1/documents", &draft)
            .header("cookie", &cookie)
    };
    refused(&post().await);
    refused(&post().header("origin", "https://evil.example").await);
    refused(&post().header("sec-fetch-site", "cross-site").await);
    refused(
        &post()
            .header("sec-fetch-site", "same-site")
            .header("origin", &hub.public)
            .await,
    );
    post()
        .header("sec-fetch-site", "same-origin")
        .await
        .with(201);
}
