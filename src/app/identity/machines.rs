//! Programs at the door: client credentials (RFC 6749, 4.4) become a short session without a
//! refresh token. The database has the last word for each request, as it has for people.

use std::net::IpAddr;

use secrecy::{ExposeSecret as _, SecretString};

use super::sessions::{hash_of, later};
use crate::{
    app::{Caller, Error, Hub, Result},
    domain::{Actor, Audit, Client, PasswordState, Scope, SessionId, Subject, UserId},
    store::{Session, Tx},
};

/// What a program sends to log in.
#[derive(Debug, Clone)]
pub struct ClientCredentials {
    /// Its id.
    pub client: String,
    /// One of its secrets.
    pub secret: SecretString,
    /// The only scopes it wants now; all that it has when left out.
    pub scopes: Option<Vec<String>>,
}

/// What lets a program in for a short time.
#[derive(Debug, Clone)]
pub struct MachineToken {
    /// Opens the API.
    pub access_token: String,
    /// Seconds for which it does.
    pub expires_in: u64,
    /// What it opens.
    pub scopes: Vec<Scope>,
}

/// Why a program gets no token.
#[derive(Debug)]
pub enum TokenFault {
    /// Unknown, disabled, run out, or with another secret: all answered alike.
    Client,
    /// It asks for what it does not have.
    Scope,
    /// The hub refuses or fails for another reason.
    Hub(Error),
}

impl<E: Into<Error>> From<E> for TokenFault {
    fn from(error: E) -> Self {
        Self::Hub(error.into())
    }
}

impl Hub {
    /// Lets a program in. The address is throttled like that of a login; a client is never
    /// locked, since 256 random bits are not guessed and a lock would shut its unit out.
    pub async fn grant_token(
        &self,
        credentials: ClientCredentials,
        address: Option<IpAddr>,
    ) -> std::result::Result<MachineToken, TokenFault> {
        self.0.guests.admit(address)?;
        let mut tx = self.store().write().await?;
        let Some(client) = self.known(&mut tx, &credentials).await? else {
            tx.audited(self.noted(None, "refused", address));
            tx.commit().await?;
            return Err(TokenFault::Client);
        };
        let scopes = granted(&client, credentials.scopes)?;
        let now = self.now();
        let ttl = self.config().auth.access_token_ttl;
        let session = Session {
            id: SessionId::fresh(),
            user: client.id,
            unit: Some(client.unit),
            created_at: now,
            expires_at: later(now, ttl).min(client.expires_at),
            ended_at: None,
            scopes: Some(scopes.clone()),
        };
        tx.sessions().insert(&session).await?;
        tx.audited(self.noted(Some((&client, &session)), "ok", address));
        let access_token = self.access_token(&session, now)?;
        tx.commit().await?;
        let left = session.expires_at.duration_since(now).as_secs();
        Ok(MachineToken {
            access_token,
            expires_in: u64::try_from(left).unwrap_or_default(),
            scopes,
        })
    }

    /// The client whose credentials these are, if it may be used.
    async fn known(&self, tx: &mut Tx, credentials: &ClientCredentials) -> Result<Option<Client>> {
        let Ok(id) = credentials.client.parse().map(UserId) else {
            return Ok(None);
        };
        let hash = hash_of(credentials.secret.expose_secret());
        let now = self.now();
        if !tx.clients().opens(id, &hash, now).await? {
            return Ok(None);
        }
        let client = tx.clients().find(id).await?;
        let Some(client) = client.filter(|client| client.active && now < client.expires_at) else {
            return Ok(None);
        };
        let names = self.directory(tx).await?;
        let active = names.unit(client.unit).is_some_and(|unit| unit.active);
        Ok(Some(client).filter(|_| active))
    }

    fn noted(
        &self,
        who: Option<(&Client, &Session)>,
        outcome: &'static str,
        address: Option<IpAddr>,
    ) -> Audit {
        Audit {
            at: self.now(),
            user: who.map(|(client, _)| client.id),
            unit: who.map(|(client, _)| client.unit),
            action: "auth.token",
            subject: Subject::Session,
            id: who.map(|(_, session)| session.id.0),
            outcome,
            client: address.map(|address| address.to_string()),
        }
    }

    /// The program that a session speaks for, with what it may do at this moment: what it was
    /// granted and still has.
    pub(super) async fn machine_caller(
        &self,
        tx: &mut Tx,
        session: &Session,
        granted: &[Scope],
        address: Option<String>,
    ) -> Result<Caller> {
        let client = tx.clients().find(session.user).await?;
        let client = client
            .filter(|client| client.active && self.now() < client.expires_at)
            .ok_or(Error::Unauthenticated)?;
        let names = self.directory(tx).await?;
        if !names.unit(client.unit).is_some_and(|unit| unit.active) {
            return Err(Error::Unauthenticated);
        }
        let has = |scope: &&Scope| client.scopes.contains(scope);
        Ok(Caller {
            actor: Actor {
                user: client.id,
                session: session.id,
                unit: Some(client.unit),
                roles: Vec::new(),
                hub_roles: Vec::new(),
                password: PasswordState::Chosen,
                scopes: Some(granted.iter().filter(has).copied().collect()),
            },
            client: address,
        })
    }
}

/// What a client is granted of what it wants.
fn granted(
    client: &Client,
    wanted: Option<Vec<String>>,
) -> std::result::Result<Vec<Scope>, TokenFault> {
    let Some(wanted) = wanted else {
        return Ok(client.scopes.clone());
    };
    let mut scopes = Vec::new();
    for name in wanted {
        let scope: Scope = name.parse().map_err(|_| TokenFault::Scope)?;
        if !client.scopes.contains(&scope) {
            return Err(TokenFault::Scope);
        }
        scopes.push(scope);
    }
    scopes.sort_unstable();
    scopes.dedup();
    if scopes.is_empty() {
        return Err(TokenFault::Scope);
    }
    Ok(scopes)
}
