use super::{Error, Result};
use crate::domain::{
    Actor, Document, HubRole, PasswordState, Role, Scope, SessionId, UnitId, UserId,
};

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
                scopes: None,
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

    /// The operator, looking at what a unit may see.
    #[must_use]
    pub fn operator_for(unit: UnitId) -> Self {
        let mut operator = Self::operator();
        operator.actor.unit = Some(unit);
        operator
    }

    /// The person.
    #[must_use]
    pub fn user(&self) -> UserId {
        self.actor.user
    }

    /// Goes on only for a person: signing, issuing, consenting and reviewing are acts of people,
    /// and what names no scope is nothing for a program.
    pub fn person(&self) -> Result<()> {
        match self.actor.scopes {
            None => Ok(()),
            Some(_) => Err(Error::Forbidden(
                "此操作须由人员办理；程序账号不能签收、签发、会签或审核",
            )),
        }
    }

    /// Whether a program asks, and not a person.
    #[must_use]
    pub fn is_machine(&self) -> bool {
        self.actor.scopes.is_some()
    }

    /// The unit that a person acts for. Admins act for none and read no content; a program is
    /// asked for a scope instead ([`Caller::unit_for`]).
    pub fn unit(&self) -> Result<UnitId> {
        self.person()?;
        self.acting_unit()
    }

    /// The unit that somebody acts for who has been let in before, be it a person or a program.
    pub fn acting_unit(&self) -> Result<UnitId> {
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

    /// The unit of a person, or of a program with one of these scopes.
    pub fn unit_for(&self, scopes: &[Scope]) -> Result<UnitId> {
        if let Some(granted) = &self.actor.scopes
            && !granted.iter().any(|scope| scopes.contains(scope))
        {
            return Err(Error::Forbidden(needs_scope(scopes)));
        }
        self.acting_unit()
    }

    /// The unit of a program with all of these scopes, or of a person.
    pub fn unit_for_all(&self, scopes: &[Scope]) -> Result<UnitId> {
        for scope in scopes {
            self.unit_for(&[*scope])?;
        }
        self.acting_unit()
    }

    /// The unit of a person with one of these roles, or of a program with this scope.
    pub fn unit_as_or(&self, roles: &[Role], scope: Scope) -> Result<UnitId> {
        if self.is_machine() {
            self.unit_for(&[scope])
        } else {
            self.unit_as(roles)
        }
    }

    /// The unit of a program with this scope; people have other ways.
    pub fn machine(&self, scope: Scope) -> Result<UnitId> {
        self.settled()?;
        if self.is_machine() {
            self.unit_for(&[scope])
        } else {
            Err(Error::Forbidden("此操作供程序账号使用；人员请在收件箱办理"))
        }
    }

    /// Goes on where a program's scopes reach the document: its unit's own to one that sends,
    /// what has come in to one that receives. A person sees what their unit sees.
    pub fn reaches(&self, document: &Document) -> Result<()> {
        let unit = self.acting_unit()?;
        let joint = |one: &crate::domain::JointIssuer| one.unit == unit;
        let own = document.unit == unit || document.joint_issuers.iter().any(joint);
        let scope = if own { Scope::Send } else { Scope::Receive };
        match &self.actor.scopes {
            Some(granted) if !granted.contains(&scope) => Err(Error::NotFound),
            _ => Ok(()),
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

fn needs_scope(scopes: &[Scope]) -> &'static str {
    match scopes {
        [Scope::Send] => "程序账号没有“发文”（send）权限",
        [Scope::Receive] => "程序账号没有“收文”（receive）权限",
        [Scope::Report] => "程序账号没有“台账”（report）权限",
        _ => "程序账号没有所需的权限",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine(scopes: &[Scope]) -> Caller {
        let mut caller = Caller::operator();
        caller.actor.unit = Some(UnitId::fresh());
        caller.actor.hub_roles.clear();
        caller.actor.scopes = Some(scopes.to_vec());
        caller
    }

    /// Nothing is open to a program that does not name a scope, whatever is added later.
    #[test]
    fn a_program_is_shut_out_of_what_names_no_scope() {
        let caller = machine(Scope::ALL);
        assert!(caller.unit().is_err());
        assert!(caller.unit_as(&[Role::Clerk, Role::Signer]).is_err());
        assert!(caller.hub_role(HubRole::ConferenceOffice).is_err());
        assert!(caller.unit_for(&[Scope::Send]).is_ok());
    }

    #[test]
    fn a_scope_opens_what_names_it_and_nothing_else() {
        for scope in Scope::ALL {
            let caller = machine(&[*scope]);
            for asked in Scope::ALL {
                assert_eq!(caller.machine(*asked).is_ok(), scope == asked);
                let as_role = caller.unit_as_or(&[Role::Clerk], *asked);
                assert_eq!(as_role.is_ok(), scope == asked);
            }
            assert!(caller.unit_for_all(Scope::ALL).is_err());
            assert!(caller.unit_for(Scope::ALL).is_ok());
        }
    }
}
