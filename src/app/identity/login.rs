use std::net::IpAddr;

use secrecy::{ExposeSecret as _, SecretString};

use super::sessions::NewSession;
use crate::{
    app::{Error, Hub, Result, Shown},
    domain::{Audit, Subject, UnitId, User},
};

/// What somebody types to log in.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The login.
    pub login: String,
    /// The password.
    pub password: SecretString,
    /// The unit to act for, when the person belongs to several.
    pub unit: Option<UnitId>,
}

/// What keeps somebody logged in.
#[derive(Debug, Clone)]
pub struct IssuedTokens {
    /// Opens the API for a short time.
    pub access_token: String,
    /// Seconds for which it does.
    pub expires_in: u64,
    /// Gets the next pair, once.
    pub refresh_token: String,
    /// Who has logged in.
    pub standing: Shown<Standing>,
}

/// Who somebody is on the hub.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The account.
    pub user: User,
    /// The unit they act for.
    pub unit: Option<UnitId>,
}

impl Hub {
    /// Logs somebody in. An unknown login, a wrong password, a locked and a disabled account
    /// are answered alike and take as long.
    pub async fn log_in(
        &self,
        credentials: Credentials,
        address: Option<IpAddr>,
    ) -> Result<IssuedTokens> {
        self.0.guests.admit(address)?;
        let now = self.now();
        let login = credentials.login.trim().to_owned();
        let found = self
            .store()
            .read()
            .await?
            .users()
            .find_login(&login)
            .await?;
        let hash = found.as_ref().map(|(_, hash)| hash.clone());
        let fits = self
            .fits(credentials.password.expose_secret(), hash)
            .await?;
        let waits = self.0.guests.must_wait(&login, now);
        let user = found
            .map(|(user, _)| user)
            .filter(|user| user.active && fits && !waits);
        let Some(user) = user else {
            self.0.guests.failed(&login, now);
            self.refuse_login(address).await?;
            return Err(Error::LoginFailed);
        };
        let unit = acting_unit(&user, credentials.unit)?;
        self.0.guests.succeeded(&login);
        self.begin_session(NewSession {
            user,
            unit,
            address,
        })
        .await
    }

    async fn refuse_login(&self, address: Option<IpAddr>) -> Result<()> {
        let mut tx = self.store().write().await?;
        tx.audited(Audit {
            at: self.now(),
            user: None,
            unit: None,
            action: "auth.login",
            subject: Subject::Session,
            id: None,
            outcome: "refused",
            client: address.map(|address| address.to_string()),
        });
        tx.commit().await?;
        Ok(())
    }
}

/// The unit that somebody acts for: the one they name, or their first.
fn acting_unit(user: &User, wanted: Option<UnitId>) -> Result<Option<UnitId>> {
    match wanted {
        None => Ok(user.memberships.first().map(|membership| membership.unit)),
        Some(unit)
            if user
                .memberships
                .iter()
                .any(|membership| membership.unit == unit) =>
        {
            Ok(Some(unit))
        }
        Some(_) => Err(Error::invalid("/unit_id", "not_a_member", "您不属于该单位")),
    }
}
