use super::{Error, Result};
use crate::domain::{Actor, HubRole, PasswordState, Role, SessionId, UnitId, UserId};

/// Where a request comes from, as the door found it out: the peer, or what a trusted proxy says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress(pub std::net::IpAddr);

/// Whoever is asking, once their token and their session have been checked.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The person, and what they may do.
    pub actor: Actor,
    /// The address they come from, for the audit.
    pub client: Option<String>,
}

impl Caller {
    /// The operator, who has the data folder itself in hand; for the operator's tools.
    #[must_use]
    pub fn operator() -> Self {
        Self {
            actor: Actor {
                user: UserId(uuid::Uuid::nil()),
                session: SessionId(uuid::Uuid::nil()),
                unit: None,
                roles: Vec::new(),
                hub_roles: vec![HubRole::SystemAdmin],
                password: PasswordState::Chosen,
            },
            client: Some("operator".to_owned()),
        }
    }

    /// Nobody: what the hub does by a rule that the operator has switched on.
    #[must_use]
    pub(in crate::app) fn rule() -> Self {
        Self {
            client: Some("rule".to_owned()),
            actor: Actor {
                hub_roles: Vec::new(),
                ..Self::operator().actor
            },
        }
    }

    /// The person.
    #[must_use]
    pub fn user(&self) -> UserId {
        self.actor.user
    }

    /// The unit the caller acts for. Admins act for none and read no content.
    pub fn unit(&self) -> Result<UnitId> {
        self.settled()?;
        self.actor.unit.ok_or(Error::Forbidden(
            "此操作须以单位人员身份进行；管理员不能查看或办理文书",
        ))
    }

    /// The caller's unit, for someone who has one of these roles in it.
    pub fn unit_as(&self, roles: &[Role]) -> Result<UnitId> {
        let unit = self.unit()?;
        if self.actor.roles.iter().any(|role| roles.contains(role)) {
            Ok(unit)
        } else {
            Err(Error::Forbidden(needs(roles)))
        }
    }

    /// Goes on only for someone with this role of the hub.
    pub fn hub_role(&self, role: HubRole) -> Result<()> {
        self.settled()?;
        if self.actor.hub_roles.contains(&role) {
            Ok(())
        } else {
            Err(Error::Forbidden(match role {
                HubRole::ConferenceOffice => "此操作须由联席会议办公室进行",
                HubRole::SystemAdmin => "此操作须由系统管理员进行",
                HubRole::SecurityAdmin => "此操作须由安全管理员进行",
                HubRole::Auditor => "此操作须由审计管理员进行",
            }))
        }
    }

    /// Goes on only when the one-time password has been changed.
    pub fn settled(&self) -> Result<()> {
        match self.actor.password {
            PasswordState::OneTime => Err(Error::PasswordChangeNeeded),
            PasswordState::Chosen => Ok(()),
        }
    }
}

fn needs(roles: &[Role]) -> &'static str {
    match roles {
        [Role::Signer] => "此操作须由本单位签发人进行",
        [Role::Clerk, Role::Liaison] => "此操作须由本单位收发员或联络员进行",
        [Role::Clerk] => "此操作须由本单位收发员进行",
        [Role::Reviewer, Role::Signer] => "此操作须由本单位审核人或签发人进行",
        [Role::Clerk, Role::Handler, Role::Signer] => "此操作须由本单位收发员、承办人或签发人进行",
        _ => "此操作须由本单位收发员或承办人进行",
    }
}
