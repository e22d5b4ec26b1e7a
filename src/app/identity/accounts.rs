use super::password::random_secret;
use crate::{
    app::{Caller, Error, Fault, Hub, Result, Shown, Work},
    domain::{
        Actor, EmailAddress, HubRole, Membership, PasswordState, SessionId, Subject, User, UserId,
        check_login, check_name, check_separation,
    },
};

/// An account to be made.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// What will be typed to log in.
    pub login: String,
    /// The person's name.
    pub name: String,
    /// Where the person is reached by e-mail.
    pub email: Option<String>,
    /// The units the person belongs to, with their roles there.
    pub memberships: Vec<Membership>,
    /// What the person does for the hub.
    pub hub_roles: Vec<HubRole>,
}

/// What is to be different about an account; what is left out stays.
#[derive(Debug, Clone, Default)]
pub struct AccountChange {
    /// The person's name.
    pub name: Option<String>,
    /// Where the person is reached by e-mail; `Some(None)` removes it.
    pub email: Option<Option<String>>,
    /// The units the person belongs to.
    pub memberships: Option<Vec<Membership>>,
    /// What the person does for the hub.
    pub hub_roles: Option<Vec<HubRole>>,
    /// Whether the account may be used.
    pub active: Option<bool>,
}

/// A password that is shown once and must be changed at the first login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneTimePassword(pub String);

impl Hub {
    /// A page of accounts, for the system admin.
    pub async fn accounts(
        &self,
        caller: &Caller,
        after: Option<UserId>,
        limit: i64,
    ) -> Result<Shown<Vec<User>>> {
        caller.hub_role(HubRole::SystemAdmin)?;
        let mut tx = self.store().read().await?;
        let users = tx.users().people(after, limit).await?;
        self.shown(&mut tx, users).await
    }

    /// One account, for the system admin.
    pub async fn account(&self, caller: &Caller, id: UserId) -> Result<Shown<User>> {
        caller.hub_role(HubRole::SystemAdmin)?;
        let mut tx = self.store().read().await?;
        let user = tx.users().find_person(id).await?.ok_or(Error::NotFound)?;
        self.shown(&mut tx, user).await
    }

    /// The account of a login, for the operator's tools.
    pub async fn find_login(&self, login: &str) -> Result<Option<User>> {
        let mut tx = self.store().read().await?;
        Ok(tx.users().find_login(login).await?.map(|(user, _)| user))
    }

    /// Somebody as a caller, for the operator's tools; the audit shows the operator as the
    /// place they came from.
    pub async fn on_behalf_of(&self, login: &str) -> Result<Caller> {
        let user = self.find_login(login).await?.ok_or(Error::NotFound)?;
        let place = user.memberships.first();
        Ok(Caller {
            actor: Actor {
                user: user.id,
                session: SessionId(uuid::Uuid::nil()),
                unit: place.map(|place| place.unit),
                roles: place.map(|place| place.roles.clone()).unwrap_or_default(),
                hub_roles: user.hub_roles,
                password: PasswordState::Chosen,
                scopes: None,
            },
            client: Some("operator".to_owned()),
        })
    }

    /// A fresh one-time password and its hash, to be made before the unit of work.
    pub async fn one_time_password(&self) -> Result<(OneTimePassword, String)> {
        let password = random_secret()?;
        let hash = self.hash_password(&password).await?;
        Ok((OneTimePassword(password), hash))
    }
}

impl Work {
    /// Makes an account with a one-time password.
    pub async fn enter_account(&mut self, new: NewAccount, hash: &str) -> Result<User> {
        self.caller.hub_role(HubRole::SystemAdmin)?;
        check_login(&new.login).map_err(|error| Error::invalid("/login", "malformed", error))?;
        check_name(&new.name).map_err(|error| Error::invalid("/name", "malformed", error))?;
        self.check_places(&new.memberships, &new.hub_roles).await?;
        let user = User {
            id: UserId::fresh(),
            login: new.login,
            name: new.name.trim().to_owned(),
            email: address(new.email.as_deref())?,
            memberships: new.memberships,
            hub_roles: new.hub_roles,
            active: true,
            password: PasswordState::OneTime,
            created_at: self.now,
            revision: 1,
        };
        if !self.tx.users().insert(&user, hash).await? {
            let detail = format!("登录名“{}”已被使用", user.login);
            return Err(Error::Taken(Fault::at("/login", "taken", detail)));
        }
        self.registry_changed().await?;
        self.did("user.enter", Subject::User, user.id.0);
        Ok(user)
    }

    /// Changes an account that still has this revision. Disabling it or taking roles from it
    /// ends its sessions.
    pub async fn change_account(
        &mut self,
        id: UserId,
        revision: i64,
        change: AccountChange,
    ) -> Result<User> {
        self.caller.hub_role(HubRole::SystemAdmin)?;
        let user = self.tx.users().find_person(id).await?;
        let mut user = user.ok_or(Error::NotFound)?;
        if user.revision != revision {
            return Err(Error::Stale);
        }
        if id == self.caller.user() && change.active == Some(false) {
            return Err(Error::WrongState("不能停用自己的账号"));
        }
        if let Some(name) = change.name {
            check_name(&name).map_err(|error| Error::invalid("/name", "malformed", error))?;
            name.trim().clone_into(&mut user.name);
        }
        if let Some(email) = change.email {
            user.email = address(email.as_deref())?;
        }
        if let Some(memberships) = change.memberships {
            user.memberships = memberships;
        }
        if let Some(hub_roles) = change.hub_roles {
            user.hub_roles = hub_roles;
        }
        user.active = change.active.unwrap_or(user.active);
        user.revision += 1;
        self.check_places(&user.memberships, &user.hub_roles)
            .await?;
        if !self.tx.users().update(&user).await? {
            return Err(Error::Stale);
        }
        if !user.active {
            self.tx.sessions().end_all_of(id, self.now).await?;
        }
        self.registry_changed().await?;
        self.did("user.change", Subject::User, id.0);
        Ok(user)
    }

    /// Gives an account a one-time password again; its sessions end.
    pub async fn reset_password(&mut self, id: UserId, hash: &str) -> Result<User> {
        self.caller.hub_role(HubRole::SystemAdmin)?;
        let user = self.tx.users().find_person(id).await?;
        let user = user.ok_or(Error::NotFound)?;
        self.tx
            .users()
            .set_password(id, hash, PasswordState::OneTime)
            .await?;
        self.tx.sessions().end_all_of(id, self.now).await?;
        self.did("user.reset_password", Subject::User, id.0);
        Ok(user)
    }

    async fn check_places(
        &mut self,
        memberships: &[Membership],
        hub_roles: &[HubRole],
    ) -> Result<()> {
        check_separation(hub_roles, memberships)
            .map_err(|error| Error::invalid("/hub_roles", "not_separate", error))?;
        if memberships.is_empty() && !hub_roles.iter().any(|role| role.is_admin()) {
            return Err(Error::invalid(
                "/memberships",
                "required",
                "除系统、安全、审计管理员外，账号须属于至少一个单位",
            ));
        }
        for (place, membership) in memberships.iter().enumerate() {
            let pointer = format!("/memberships/{place}");
            if membership.roles.is_empty() {
                let pointer = format!("{pointer}/roles");
                return Err(Error::invalid(pointer, "required", "请至少指定一个角色"));
            }
            let twice = memberships
                .iter()
                .filter(|other| other.unit == membership.unit)
                .count();
            if twice > 1 || self.tx.units().find(membership.unit).await?.is_none() {
                let pointer = format!("{pointer}/unit_id");
                return Err(Error::invalid(pointer, "unknown", "单位不存在或重复"));
            }
        }
        Ok(())
    }
}

/// An address of e-mail as it was entered.
fn address(text: Option<&str>) -> Result<Option<EmailAddress>> {
    let parsed = text.map(str::parse).transpose();
    parsed.map_err(|error| Error::invalid("/email", "malformed", error))
}
