//! Programs of units, and the tokens they ask with.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{Answer, TestHub};

/// A machine client that was made.
#[derive(Debug, Clone)]
pub struct Machine {
    pub id: Uuid,
    pub secret: String,
}

/// Makes a machine client of a unit.
pub async fn a_machine(hub: &TestHub, unit: &str, scopes: &[&str], more: Value) -> Machine {
    let mut body = json!({ "name": "公文系统", "unit_id": hub.unit(unit), "scopes": scopes });
    for (name, value) in more.as_object().into_iter().flatten() {
        body[name] = value.clone();
    }
    let made = hub.by("admin.system").post("/api/v1/clients", &body).await;
    let made = made.with(201);
    Machine {
        id: made["client"]["id"].as_str().unwrap().parse().unwrap(),
        secret: made["client_secret"].as_str().unwrap().to_owned(),
    }
}

impl Machine {
    pub fn path(&self) -> String {
        format!("/api/v1/clients/{}", self.id)
    }

    /// Asks for a token with a form.
    pub async fn asks_for_token(&self, hub: &TestHub, more: &str) -> Answer {
        let Self { id, secret } = self;
        let form =
            format!("grant_type=client_credentials&client_id={id}&client_secret={secret}{more}");
        token_request(hub, form).await
    }

    /// Gets a token and asks under `name` from now on.
    pub async fn enters(&self, hub: &TestHub, name: &str) {
        let granted = self.asks_for_token(hub, "").await.ok();
        hub.keep_token(name, granted["access_token"].as_str().unwrap());
    }
}

pub async fn token_request(hub: &TestHub, form: impl Into<Vec<u8>>) -> Answer {
    let ask = hub.nobody().ask("POST", "/oauth/token");
    ask.body("application/x-www-form-urlencoded", form).await
}
