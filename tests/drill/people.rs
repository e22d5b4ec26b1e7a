//! The people of the city, as clients of the interface.

use std::collections::HashMap;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    city::{PASSWORD, UNITS},
    hub::Site,
};

/// Somebody who is logged in.
#[derive(Clone)]
pub struct Person {
    http: reqwest::Client,
    base: String,
    token: String,
    pub login: String,
    /// The unit they act for.
    pub unit: Uuid,
    pub user: Uuid,
}

/// Everybody, by login.
pub struct People(HashMap<String, Person>);

/// A client without limits of its own.
pub fn http() -> reqwest::Client {
    // Another test of this binary may have been first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .no_proxy()
        .tcp_nodelay(true)
        .build()
        .unwrap()
}

impl People {
    /// Lets everybody choose a password, and log in.
    pub async fn settle(site: &Site, passwords: &HashMap<String, String>) -> Self {
        let http = http();
        let mut people = HashMap::new();
        for unit in UNITS {
            for post in ["clerk", "signer"] {
                let login = format!("{unit}.{post}");
                let once = log_in(&http, site, &login, &passwords[&login]).await;
                let change = json!({
                    "current_password": passwords[&login], "new_password": PASSWORD
                });
                once.does("POST", "auth/password", Some(&change)).await;
                let person = log_in(&http, site, &login, PASSWORD).await;
                people.insert(login, person);
            }
        }
        Self(people)
    }

    pub fn get(&self, unit: &str, post: &str) -> &Person {
        &self.0[&format!("{unit}.{post}")]
    }

    /// Somebody of a unit, by the unit's number.
    pub fn of_unit(&self, unit: Uuid, post: &str) -> &Person {
        let mut all = self.0.values();
        all.find(|one| one.unit == unit && one.login.ends_with(post))
            .unwrap()
    }
}

async fn log_in(http: &reqwest::Client, site: &Site, login: &str, password: &str) -> Person {
    let base = format!("{}/api/v1", site.url());
    let body = json!({ "login": login, "password": password });
    let answer = http
        .post(format!("{base}/auth/login"))
        .json(&body)
        .send()
        .await
        .unwrap();
    let status = answer.status();
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(status, 200, "{answer}");
    Person {
        http: http.clone(),
        base,
        token: answer["access_token"].as_str().unwrap().to_owned(),
        login: login.to_owned(),
        unit: id(&answer["me"]["unit"]["id"]),
        user: id(&answer["me"]["user"]["id"]),
    }
}

/// A number on the wire.
pub fn id(value: &Value) -> Uuid {
    value
        .as_str()
        .and_then(|text| Uuid::try_parse(text).ok())
        .unwrap_or_else(|| {
            panic!("no number: {value}");
        })
}

impl Person {
    /// A request on their behalf.
    pub fn asks(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let method = method.parse().unwrap();
        self.http
            .request(method, format!("{}/{path}", self.base))
            .bearer_auth(&self.token)
    }

    /// Does something that must go well.
    pub async fn does(&self, method: &str, path: &str, body: Option<&Value>) -> Value {
        let mut request = self.asks(method, path);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{method} {path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    /// Reads a list to its end.
    pub async fn lists(&self, path: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut cursor = String::new();
        loop {
            let join = if path.contains('?') { '&' } else { '?' };
            let page = self
                .does("GET", &format!("{path}{join}limit=100{cursor}"), None)
                .await;
            items.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return items,
            }
        }
    }

    /// How many documents a search finds.
    pub async fn finds(&self, query: &str) -> u64 {
        let request = self
            .asks("GET", "search")
            .query(&[("q", query), ("limit", "1")]);
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        answer["total"]
            .as_u64()
            .unwrap_or_else(|| panic!("{query}: {answer}"))
    }
}
