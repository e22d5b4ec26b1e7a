//! The first start: a code that is shown once to the operator makes the first account.

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

use super::password::random_secret;
use crate::{
    app::{Error, Hub, Result},
    domain::{
        Audit, Change, HubRole, PasswordState, Subject, User, UserId, check_login, check_name,
    },
};

const CODE: &str = "setup-code-sha256";
const CODE_UNTIL: &str = "setup-code-until";

impl Hub {
    /// A fresh set-up code, as long as nobody has an account. Only its digest is kept, and each
    /// start makes another.
    pub async fn setup_code(&self) -> Result<Option<String>> {
        let mut tx = self.store().write().await?;
        if tx.users().any().await? {
            return Ok(None);
        }
        let code = random_secret()?;
        let until = self.now().saturating_add(self.config().auth.setup_code_ttl);
        let until = until.map_err(Error::internal)?;
        tx.facts().set(CODE, &digest(&code)).await?;
        tx.facts().set(CODE_UNTIL, &until.to_string()).await?;
        tx.commit().await?;
        Ok(Some(code))
    }

    /// Makes the first account, a system admin's, for whoever knows the code.
    pub async fn set_up(
        &self,
        code: &SecretString,
        login: &str,
        name: &str,
        password: &SecretString,
    ) -> Result<User> {
        check_login(login).map_err(|error| Error::invalid("/login", "malformed", error))?;
        check_name(name).map_err(|error| Error::invalid("/name", "malformed", error))?;
        let now = self.now();
        let user = User {
            id: UserId::fresh(),
            login: login.to_owned(),
            name: name.trim().to_owned(),
            email: None,
            memberships: Vec::new(),
            hub_roles: vec![HubRole::SystemAdmin],
            active: true,
            password: PasswordState::Chosen,
            created_at: now,
            revision: 1,
        };
        self.check_password(password.expose_secret(), &user, "/password")?;
        let hash = self.hash_password(password.expose_secret()).await?;
        let mut tx = self.store().write().await?;
        let known = tx.facts().find(CODE).await?;
        let until = tx.facts().find(CODE_UNTIL).await?;
        let in_time = until
            .and_then(|until| until.parse::<Timestamp>().ok())
            .is_some_and(|until| now < until);
        if known != Some(digest(code.expose_secret())) || !in_time || tx.users().any().await? {
            return Err(Error::invalid(
                "/code",
                "wrong",
                "初始化码不正确、已使用或已过期；重新启动服务可得到新的初始化码",
            ));
        }
        tx.facts().remove(CODE).await?;
        tx.facts().remove(CODE_UNTIL).await?;
        tx.users().insert(&user, &hash).await?;
        tx.audited(Audit {
            at: now,
            user: Some(user.id),
            unit: None,
            action: "hub.setup",
            subject: Subject::User,
            id: Some(user.id.0),
            outcome: "ok",
            client: None,
        });
        tx.happened(Change {
            party: None,
            at: now,
            subject: Subject::User,
            id: user.id.0,
            what: "hub.setup",
        });
        tx.commit().await?;
        Ok(user)
    }
}

fn digest(code: &str) -> String {
    hex::encode(Sha256::digest(code.as_bytes()))
}
