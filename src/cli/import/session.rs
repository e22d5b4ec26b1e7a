//! Who is logged in: tokens are renewed before they run out, and got anew when they are lost.

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::json;
use tokio::{sync::Mutex, time::Instant};
use uuid::Uuid;

use super::accounts::{Account, Accounts};
use crate::cli::client::{
    http::{Ask, Client, Tokens},
    trouble::{Result, Trouble},
};

/// What logging in gives.
#[derive(Deserialize)]
struct Pair {
    access_token: SecretString,
    refresh_token: SecretString,
    expires_in: u64,
    me: Me,
}

#[derive(Deserialize)]
struct Me {
    must_change_password: bool,
    unit: Option<Unit>,
}

/// A unit as it is named on the wire.
#[derive(Debug, Clone, Deserialize)]
pub(in crate::cli) struct Unit {
    pub(in crate::cli) id: Uuid,
    pub(in crate::cli) name: String,
}

/// A unit as the register shows it.
#[derive(Deserialize)]
pub(in crate::cli) struct Entry {
    id: Uuid,
    full_name: String,
    short_name: String,
}

#[derive(Deserialize)]
struct Page {
    items: Vec<Entry>,
    next_cursor: Option<String>,
}

/// Somebody who is logged in for a unit.
pub(super) struct Session {
    account: Account,
    /// The unit to act for; without it the person's first.
    unit: Option<Uuid>,
    held: Mutex<Option<Held>>,
}

struct Held {
    access: SecretString,
    refresh: SecretString,
    /// When it is time for the next pair.
    renew_at: Instant,
}

impl Session {
    fn of(account: Account, unit: Option<Uuid>) -> Self {
        Self {
            account,
            unit,
            held: Mutex::new(None),
        }
    }

    /// The next pair. A refresh token whose answer got lost is spent; then the password helps.
    async fn refresh(&self, client: &Client, token: &SecretString) -> Result<Pair> {
        let body = json!({ "refresh_token": token.expose_secret() });
        match client.ask_openly(Ask::post("auth/refresh", &body)).await {
            Ok(tokens) => Ok(tokens),
            Err(_) => self.log_in(client).await,
        }
    }

    async fn log_in(&self, client: &Client) -> Result<Pair> {
        let Account { login, password } = &self.account;
        let mut body = json!({ "login": login, "password": password.expose_secret() });
        if let Some(unit) = self.unit {
            body["unit_id"] = json!(unit);
        }
        let tokens: Result<Pair> = client.ask_openly(Ask::post("auth/login", &body)).await;
        let tokens =
            tokens.map_err(|trouble| Trouble::Stop(format!("账号 {login}：{}", trouble.told())))?;
        if tokens.me.must_change_password {
            return Err(Trouble::Stop(format!(
                "账号 {login} 用的还是一次性密码，请本人登录修改密码之后再导入"
            )));
        }
        Ok(tokens)
    }

    async fn log_out(&self, client: &Client) {
        if self.held.lock().await.is_none() {
            return;
        }
        // The session ends by itself anyway.
        let ask = Ask::post("auth/logout", &json!({}));
        let _ = tokio::time::timeout(Duration::from_secs(2), client.ask::<()>(self, ask)).await;
    }
}

impl Tokens for Session {
    /// An access token that is still good for a while.
    async fn token(&self, client: &Client) -> Result<String> {
        let mut held = self.held.lock().await;
        let tokens = match &*held {
            Some(tokens) if Instant::now() < tokens.renew_at => {
                return Ok(tokens.access.expose_secret().to_owned());
            }
            Some(tokens) => self.refresh(client, &tokens.refresh).await?,
            None => self.log_in(client).await?,
        };
        let access = tokens.access_token.expose_secret().to_owned();
        *held = Some(Held::of(tokens));
        Ok(access)
    }

    /// Lets go of a token that the hub no longer accepts.
    async fn forget(&self, token: &str) {
        let mut held = self.held.lock().await;
        if held
            .as_ref()
            .is_some_and(|tokens| tokens.access.expose_secret() == token)
        {
            *held = None;
        }
    }
}

impl Held {
    fn of(tokens: Pair) -> Self {
        Self {
            access: tokens.access_token,
            refresh: tokens.refresh_token,
            renew_at: Instant::now() + Duration::from_secs(tokens.expires_in) * 3 / 4,
        }
    }
}

/// A unit that is sent to, and who signs for it.
pub(super) struct Recipient {
    pub(super) unit: Unit,
    pub(super) clerk: Session,
}

/// Everybody who takes part.
pub(super) struct Party {
    drafter: Session,
    signer: Session,
    recipients: Vec<Recipient>,
}

impl Party {
    /// Logs everybody in and finds the units that are sent to.
    pub(super) async fn gather(client: &Client, accounts: Accounts, to: &[String]) -> Result<Self> {
        let drafter = Session::of(accounts.drafter, None);
        let own = drafter.log_in(client).await?;
        let own_unit = own.me.unit.clone();
        *drafter.held.lock().await = Some(Held::of(own));
        let own_unit = own_unit.ok_or_else(|| "拟稿账号不属于任何单位".to_owned())?;
        let units = units(client, &drafter).await?;
        let signer = Session::of(accounts.signer, Some(own_unit.id));
        signer.token(client).await?;
        let mut recipients: Vec<Recipient> = Vec::new();
        for name in to {
            let unit = find(&units, name)?;
            if recipients.iter().any(|known| known.unit.id == unit.id) {
                continue;
            }
            let account = accounts
                .recipients
                .iter()
                .find(|one| find(&units, &one.unit).is_ok_and(|its| its.id == unit.id))
                .ok_or_else(|| format!("账号文件中没有“{name}”的签收账号（[[recipient]]）"))?;
            let clerk = Session::of(account.account(), Some(unit.id));
            clerk.token(client).await?;
            recipients.push(Recipient { unit, clerk });
        }
        Ok(Self {
            drafter,
            signer,
            recipients,
        })
    }

    pub(super) fn drafter(&self) -> &Session {
        &self.drafter
    }

    pub(super) fn signer(&self) -> &Session {
        &self.signer
    }

    pub(super) fn recipients(&self) -> &[Recipient] {
        &self.recipients
    }

    /// Ends the sessions.
    pub(super) async fn log_out(&self, client: &Client) {
        let clerks = self.recipients.iter().map(|recipient| &recipient.clerk);
        for session in [&self.drafter, &self.signer].into_iter().chain(clerks) {
            session.log_out(client).await;
        }
    }
}

pub(in crate::cli) async fn units(client: &Client, who: &impl Tokens) -> Result<Vec<Entry>> {
    let mut units = Vec::new();
    let mut cursor = None::<String>;
    loop {
        let mut ask = Ask::get("units").with("limit", "100");
        if let Some(cursor) = &cursor {
            ask = ask.with("cursor", cursor);
        }
        let page: Page = client.ask(who, ask).await?;
        units.extend(page.items);
        cursor = page.next_cursor;
        if cursor.is_none() {
            return Ok(units);
        }
    }
}

pub(in crate::cli) fn find(units: &[Entry], name: &str) -> std::result::Result<Unit, String> {
    let found = units
        .iter()
        .find(|unit| unit.short_name == name || unit.full_name == name);
    let found = found.ok_or_else(|| format!("文枢中没有名为“{name}”的单位"))?;
    Ok(Unit {
        id: found.id,
        name: found.short_name.clone(),
    })
}
