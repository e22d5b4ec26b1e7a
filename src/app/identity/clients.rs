//! Machine clients: kept by the system admin, never by the unit's own people.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};

use super::sessions::hash_of;
use crate::{
    app::{Caller, Error, Hub, Result, Shown, Work},
    domain::{Client, ClientSecret, HubRole, Scope, Subject, UnitId, UserId, check_name},
};

/// A machine client to be made.
#[derive(Debug, Clone)]
pub struct NewClient {
    /// What people call it.
    pub name: String,
    /// The unit it acts for.
    pub unit: UnitId,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// The only units it may send to.
    pub recipients: Option<Vec<UnitId>>,
    /// Until when; as long as may be when left out.
    pub expires_at: Option<Timestamp>,
}

/// What is to be different about a client; what is left out stays.
#[derive(Debug, Clone, Default)]
pub struct ClientChange {
    /// What people call it.
    pub name: Option<String>,
    /// What it may do.
    pub scopes: Option<Vec<Scope>>,
    /// The only units it may send to; `Some(None)` lifts the limit.
    pub recipients: Option<Option<Vec<UnitId>>>,
    /// Until when.
    pub expires_at: Option<Timestamp>,
    /// Whether it may be used.
    pub active: Option<bool>,
}

/// A client with what may be shown of its secrets.
#[derive(Debug, Clone)]
pub struct ClientEntry {
    /// The client.
    pub client: Client,
    /// The secrets that open it.
    pub secrets: Vec<ClientSecret>,
}

/// A secret that is shown once; only its digest is kept. It is random, so that nothing slower
/// than SHA-256 is needed.
#[derive(Debug, Clone)]
pub struct ClientSecretText(pub secrecy::SecretString);

impl ClientSecretText {
    /// 256 random bits.
    fn fresh() -> Result<Self> {
        let mut bytes = [0_u8; 32];
        getrandom::fill(&mut bytes).map_err(|error| Error::internal(error.to_string()))?;
        let text = format!("wsk_{}", BASE64_URL_SAFE_NO_PAD.encode(bytes));
        Ok(Self(text.into()))
    }

    fn hash(&self) -> Vec<u8> {
        use secrecy::ExposeSecret as _;
        hash_of(self.0.expose_secret())
    }
}

impl Hub {
    /// A page of machine clients, for the system admin.
    pub async fn clients(
        &self,
        caller: &Caller,
        after: Option<UserId>,
        limit: i64,
    ) -> Result<Shown<Vec<ClientEntry>>> {
        caller.hub_role(HubRole::SystemAdmin)?;
        let now = self.now();
        let mut tx = self.store().read().await?;
        let mut entries = Vec::new();
        for client in tx.clients().list(after, limit).await? {
            let secrets = tx.clients().secrets(client.id, now).await?;
            entries.push(ClientEntry { client, secrets });
        }
        self.shown(&mut tx, entries).await
    }

    /// One machine client, for the system admin.
    pub async fn client(&self, caller: &Caller, id: UserId) -> Result<Shown<ClientEntry>> {
        caller.hub_role(HubRole::SystemAdmin)?;
        let mut tx = self.store().read().await?;
        let client = tx.clients().find(id).await?.ok_or(Error::NotFound)?;
        let secrets = tx.clients().secrets(id, self.now()).await?;
        self.shown(&mut tx, ClientEntry { client, secrets }).await
    }
}

impl Work {
    /// Makes a machine client with its first secret.
    pub async fn enter_client(
        &mut self,
        new: NewClient,
    ) -> Result<(ClientEntry, ClientSecretText)> {
        self.caller.hub_role(HubRole::SystemAdmin)?;
        let longest = self.longest_life()?;
        let client = Client {
            id: UserId::fresh(),
            name: new.name.trim().to_owned(),
            unit: new.unit,
            scopes: tidy(new.scopes),
            recipients: new.recipients,
            expires_at: new.expires_at.unwrap_or(longest),
            active: true,
            created_at: self.now,
            revision: 1,
        };
        let unit = self.tx.units().find(client.unit).await?;
        if !unit.is_some_and(|unit| unit.active) {
            let detail = "单位不存在或已停用";
            return Err(Error::invalid("/unit_id", "unknown", detail));
        }
        self.check_client(&client).await?;
        self.tx.clients().insert(&client).await?;
        let secret = ClientSecretText::fresh()?;
        let (id, now) = (client.id, self.now);
        self.tx
            .clients()
            .add_secret(id, &secret.hash(), now, now)
            .await?;
        self.registry_changed().await?;
        self.did("client.enter", Subject::User, id.0);
        Ok((self.entry(client).await?, secret))
    }

    /// Changes a machine client that still has this revision. What it loses it has lost from its
    /// next request on; disabling it ends its sessions too.
    pub async fn change_client(
        &mut self,
        id: UserId,
        revision: i64,
        change: ClientChange,
    ) -> Result<ClientEntry> {
        self.caller.hub_role(HubRole::SystemAdmin)?;
        let client = self.tx.clients().find(id).await?;
        let mut client = client.ok_or(Error::NotFound)?;
        if client.revision != revision {
            return Err(Error::Stale);
        }
        if let Some(name) = change.name {
            name.trim().clone_into(&mut client.name);
        }
        client.scopes = change.scopes.map_or(client.scopes, tidy);
        client.recipients = change.recipients.unwrap_or(client.recipients);
        client.expires_at = change.expires_at.unwrap_or(client.expires_at);
        client.active = change.active.unwrap_or(client.active);
        client.revision += 1;
        self.check_client(&client).await?;
        if !self.tx.clients().update(&client).await? {
            return Err(Error::Stale);
        }
        if !client.active {
            self.tx.sessions().end_all_of(id, self.now).await?;
        }
        self.registry_changed().await?;
        self.did("client.change", Subject::User, id.0);
        self.entry(client).await
    }

    /// Gives a client a new secret. The one before stays good for `overlap`, so that its system
    /// can be changed over without a gap; `ZERO` ends it, and its sessions, at once.
    pub async fn rotate_secret(
        &mut self,
        id: UserId,
        overlap: Option<std::time::Duration>,
    ) -> Result<(ClientEntry, ClientSecretText)> {
        self.caller.hub_role(HubRole::SystemAdmin)?;
        let client = self.tx.clients().find(id).await?;
        let client = client.ok_or(Error::NotFound)?;
        let overlap = overlap.unwrap_or(self.hub.config().clients.rotation_overlap);
        let until = self.now.saturating_add(overlap).map_err(Error::internal)?;
        let secret = ClientSecretText::fresh()?;
        let now = self.now;
        self.tx
            .clients()
            .add_secret(id, &secret.hash(), now, until)
            .await?;
        if overlap.is_zero() {
            self.tx.sessions().end_all_of(id, now).await?;
        }
        self.did("client.rotate", Subject::User, id.0);
        Ok((self.entry(client).await?, secret))
    }

    async fn entry(&mut self, client: Client) -> Result<ClientEntry> {
        let now = self.now;
        let secrets = self.tx.clients().secrets(client.id, now).await?;
        Ok(ClientEntry { client, secrets })
    }

    fn longest_life(&self) -> Result<Timestamp> {
        let longest = self.hub.config().clients.max_lifetime;
        let longest = SignedDuration::try_from(longest).map_err(Error::internal)?;
        self.now.saturating_add(longest).map_err(Error::internal)
    }

    async fn check_client(&mut self, client: &Client) -> Result<()> {
        check_name(&client.name).map_err(|error| Error::invalid("/name", "malformed", error))?;
        if client.scopes.is_empty() {
            let detail = "请至少指定一项权限：send、receive、report";
            return Err(Error::invalid("/scopes", "required", detail));
        }
        if client.active && client.expires_at <= self.now {
            let detail = "有效期须晚于现在";
            return Err(Error::invalid("/expires_at", "in_past", detail));
        }
        if client.expires_at > self.longest_life()? {
            let hours = self.hub.config().clients.max_lifetime.as_secs() / 3600;
            let detail = format!("有效期最长 {hours} 小时，到期前由系统管理员延长");
            return Err(Error::invalid("/expires_at", "too_late", detail));
        }
        let listed = client.recipients.clone().unwrap_or_default();
        for (place, unit) in listed.iter().enumerate() {
            let twice = listed.iter().filter(|other| *other == unit).count() > 1;
            if twice || *unit == client.unit || self.tx.units().find(*unit).await?.is_none() {
                let pointer = format!("/recipients/{place}");
                let detail = "单位不存在、重复或为本单位";
                return Err(Error::invalid(pointer, "unknown", detail));
            }
        }
        Ok(())
    }
}

/// Each scope once, in the order of their declaration.
fn tidy(mut scopes: Vec<Scope>) -> Vec<Scope> {
    scopes.sort_unstable();
    scopes.dedup();
    scopes
}
