//! What the hub knows that a manifest must fit: units and kinds.

use jiff::civil::Date;
use serde::{Deserialize, de::DeserializeOwned};
use uuid::Uuid;

use super::super::{answers::Page, session::Session};
use crate::{
    cli::client::{
        http::{Ask, Client},
        trouble::{Result, Trouble},
    },
    domain::{Branch, legal_day},
};

/// A unit in the registry.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Unit {
    pub(super) id: Uuid,
    pub(super) full_name: String,
    pub(super) short_name: String,
    pub(super) branch: Branch,
    pub(super) prefixes: Vec<String>,
    pub(super) active: bool,
}

/// A kind of document.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Kind {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) issuer_branches: Vec<Branch>,
    pub(super) recipient_branches: Vec<Branch>,
    pub(super) max_main_recipients: Option<usize>,
    pub(super) is_reply: bool,
    pub(super) numbering: String,
    pub(super) fields: Vec<Field>,
    pub(super) any_of: Vec<Vec<String>>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) label: String,
    pub(super) kind: String,
    pub(super) required: bool,
    pub(super) max_chars: usize,
    pub(super) choices: Vec<Choice>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Choice {
    pub(super) code: String,
    pub(super) label: String,
}

#[derive(Deserialize)]
struct Me {
    unit: Option<Own>,
}

#[derive(Deserialize)]
struct Own {
    id: Uuid,
}

/// Units, kinds and the day.
#[derive(Debug)]
pub(super) struct World {
    pub(super) own: Unit,
    pub(super) units: Vec<Unit>,
    pub(super) kinds: Vec<Kind>,
    pub(super) today: Date,
}

impl World {
    /// Asks the hub for them.
    pub(super) async fn fetch(client: &Client, who: &Session) -> Result<Self> {
        let units: Vec<Unit> = all(client, who, "units").await?;
        let kinds = all(client, who, "kinds").await?;
        let me: Me = client.ask(who, Ask::get("auth/me")).await?;
        let own = me
            .unit
            .and_then(|own| units.iter().find(|unit| unit.id == own.id));
        let own = own.cloned();
        let own = own.ok_or_else(|| Trouble::Stop("拟稿账号不属于任何单位".to_owned()))?;
        Ok(Self {
            own,
            units,
            kinds,
            today: legal_day(now()),
        })
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this side has no hub to ask for the time; the hub checks again by its own"
)]
fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

async fn all<T: DeserializeOwned>(client: &Client, who: &Session, path: &str) -> Result<Vec<T>> {
    let mut found = Vec::new();
    let mut cursor = None::<String>;
    loop {
        let mut ask = Ask::get(path).with("limit", "100");
        if let Some(cursor) = &cursor {
            ask = ask.with("cursor", cursor);
        }
        let page: Page<T> = client.ask(who, ask).await?;
        found.extend(page.items);
        cursor = page.next_cursor;
        if cursor.is_none() {
            return Ok(found);
        }
    }
}
