//! Sessions: begun by logging in, kept going by refresh tokens that are good once, and looked up
//! for every request, so that ending one is effective at once.

use std::net::IpAddr;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

use super::login::{IssuedTokens, Standing};
use crate::{
    app::{Caller, Error, Hub, Result},
    domain::{Actor, Audit, PasswordState, SessionId, Subject, UnitId, User},
    store::{RefreshToken, Session, Tx},
};

/// Who begins a session, and from where.
pub(super) struct NewSession {
    pub(super) user: User,
    pub(super) unit: Option<UnitId>,
    pub(super) address: Option<IpAddr>,
}

impl Hub {
    pub(super) async fn begin_session(&self, new: NewSession) -> Result<IssuedTokens> {
        let now = self.now();
        let session = Session {
            id: SessionId::fresh(),
            user: new.user.id,
            unit: new.unit,
            created_at: now,
            expires_at: later(now, self.config().auth.refresh_token_ttl),
            ended_at: None,
            scopes: None,
        };
        let mut tx = self.store().write().await?;
        tx.sessions().insert(&session).await?;
        tx.audited(Audit {
            at: now,
            user: Some(new.user.id),
            unit: new.unit,
            action: "auth.login",
            subject: Subject::Session,
            id: Some(session.id.0),
            outcome: "ok",
            client: new.address.map(|address| address.to_string()),
        });
        let tokens = self.issue_tokens(&mut tx, &session, new.user).await?;
        tx.commit().await?;
        Ok(tokens)
    }

    /// Exchanges a refresh token for the next pair. A token that is used twice has been stolen:
    /// its session ends.
    pub async fn refresh(&self, token: &SecretString) -> Result<IssuedTokens> {
        let now = self.now();
        let hash = hash_of(token.expose_secret());
        let mut tx = self.store().write().await?;
        let token = tx
            .sessions()
            .find_token(&hash)
            .await?
            .ok_or(Error::Unauthenticated)?;
        let first_use = tx.sessions().use_token(&hash, now).await?;
        if !first_use {
            tx.sessions().end(token.session, now).await?;
            tx.audited(reuse(&token, now));
            tx.commit().await?;
            return Err(Error::Unauthenticated);
        }
        let session = tx.sessions().find(token.session).await?;
        let session = session
            .filter(|session| is_alive(session, now) && now < token.expires_at)
            .ok_or(Error::Unauthenticated)?;
        let user = tx.users().find(session.user).await?;
        let user = user
            .filter(|user| user.active)
            .ok_or(Error::Unauthenticated)?;
        let tokens = self.issue_tokens(&mut tx, &session, user).await?;
        tx.commit().await?;
        Ok(tokens)
    }

    async fn issue_tokens(
        &self,
        tx: &mut Tx,
        session: &Session,
        user: User,
    ) -> Result<IssuedTokens> {
        let now = self.now();
        let mut bytes = [0_u8; 32];
        getrandom::fill(&mut bytes).map_err(|error| Error::internal(error.to_string()))?;
        let refresh_token = BASE64_URL_SAFE_NO_PAD.encode(bytes);
        let idle_until = later(now, self.config().auth.refresh_idle);
        tx.sessions()
            .insert_token(&RefreshToken {
                hash: hash_of(&refresh_token),
                session: session.id,
                issued_at: now,
                expires_at: idle_until.min(session.expires_at),
                used_at: None,
            })
            .await?;
        let standing = Standing {
            user,
            unit: session.unit,
        };
        Ok(IssuedTokens {
            access_token: self.access_token(session, now)?,
            expires_in: self.config().auth.access_token_ttl.as_secs(),
            refresh_token,
            standing: self.shown(tx, standing).await?,
        })
    }

    /// Tells who a token speaks for. The database has the last word: an ended session, a
    /// disabled account or unit is shut out from the next request on.
    pub async fn authenticate(&self, token: &str, client: Option<String>) -> Result<Caller> {
        let id = self.session_of(token)?;
        let now = self.now();
        let mut tx = self.store().read().await?;
        let session = tx.sessions().find(id).await?;
        let session = session
            .filter(|session| is_alive(session, now))
            .ok_or(Error::Unauthenticated)?;
        let user = tx.users().find(session.user).await?;
        let user = user
            .filter(|user| user.active)
            .ok_or(Error::Unauthenticated)?;
        if let Some(granted) = &session.scopes {
            return self
                .machine_caller(&mut tx, &session, granted, client)
                .await;
        }
        let mut roles = Vec::new();
        if let Some(unit) = session.unit {
            let names = self.directory(&mut tx).await?;
            let active = names.unit(unit).is_some_and(|unit| unit.active);
            let place = user
                .memberships
                .iter()
                .find(|membership| membership.unit == unit);
            let place = place.filter(|_| active).ok_or(Error::Unauthenticated)?;
            roles.clone_from(&place.roles);
        }
        Ok(Caller {
            actor: Actor {
                user: user.id,
                session: id,
                unit: session.unit,
                roles,
                hub_roles: user.hub_roles,
                password: user.password,
                scopes: None,
            },
            client,
        })
    }

    /// Who the caller is.
    pub async fn standing(&self, caller: &Caller) -> Result<Shown> {
        let mut tx = self.store().read().await?;
        let user = tx
            .users()
            .find(caller.user())
            .await?
            .ok_or(Error::Unauthenticated)?;
        let standing = Standing {
            user,
            unit: caller.actor.unit,
        };
        self.shown(&mut tx, standing).await
    }

    /// Ends the caller's session.
    pub async fn log_out(&self, caller: &Caller) -> Result<()> {
        let mut work = self.work(caller.clone()).await?;
        work.tx
            .sessions()
            .end(caller.actor.session, work.now)
            .await?;
        work.did("auth.logout", Subject::Session, caller.actor.session.0);
        work.commit().await
    }

    /// Gives the caller another password. Every session of theirs ends, this one too.
    pub async fn change_password(
        &self,
        caller: &Caller,
        current: &SecretString,
        new: &SecretString,
    ) -> Result<()> {
        caller.person()?;
        let mut tx = self.store().read().await?;
        let user = tx
            .users()
            .find(caller.user())
            .await?
            .ok_or(Error::Unauthenticated)?;
        let hash = tx.users().password_hash(user.id).await?;
        drop(tx);
        if !self.fits(current.expose_secret(), hash).await? {
            return Err(Error::invalid(
                "/current_password",
                "wrong",
                "当前密码不正确",
            ));
        }
        self.check_password(new.expose_secret(), &user, "/new_password")?;
        if current.expose_secret() == new.expose_secret() {
            return Err(Error::invalid(
                "/new_password",
                "unchanged",
                "新密码不能与当前密码相同",
            ));
        }
        let hash = self.hash_password(new.expose_secret()).await?;
        let mut work = self.work(caller.clone()).await?;
        let now = work.now;
        work.tx
            .users()
            .set_password(user.id, &hash, PasswordState::Chosen)
            .await?;
        work.tx.sessions().end_all_of(user.id, now).await?;
        work.did("auth.password", Subject::User, user.id.0);
        work.commit().await
    }
}

/// Who somebody is, with the names of their units.
type Shown = crate::app::Shown<Standing>;

fn is_alive(session: &Session, now: Timestamp) -> bool {
    session.ended_at.is_none() && now < session.expires_at
}

pub(super) fn later(now: Timestamp, by: std::time::Duration) -> Timestamp {
    now.saturating_add(by).unwrap_or(now)
}

pub(super) fn hash_of(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

fn reuse(token: &RefreshToken, at: Timestamp) -> Audit {
    Audit {
        at,
        user: None,
        unit: None,
        action: "auth.refresh",
        subject: Subject::Session,
        id: Some(token.session.0),
        outcome: "reused",
        client: None,
    }
}
