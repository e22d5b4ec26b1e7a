use jiff::Timestamp;

use super::{EmailAddress, Scope, SessionId, UnitId, UserId, labelled::labelled};

labelled! {
    /// What a person does for their unit.
    pub enum Role {
        /// 收发员: uploads, sends, signs for, registers.
        Clerk = "clerk", "收发员";
        /// 承办人: drafts and answers.
        Handler = "handler", "承办人";
        /// 审核人: checks drafts before they are issued.
        Reviewer = "reviewer", "审核人";
        /// 签发人: issues documents in the unit's name.
        Signer = "signer", "签发人";
        /// 联络员: the unit's contact for the joint conference.
        Liaison = "liaison", "联络员";
        /// 查阅: reads what the unit may see.
        Reader = "reader", "查阅";
    }
}

labelled! {
    /// What a person does for the hub as a whole.
    pub enum HubRole {
        /// 联席会议办公室: follows obligations, sees their facts and not their content.
        ConferenceOffice = "conference_office", "联席会议办公室";
        /// 系统管理员: keeps units and accounts.
        SystemAdmin = "system_admin", "系统管理员";
        /// 安全管理员: keeps the rules.
        SecurityAdmin = "security_admin", "安全管理员";
        /// 审计管理员: reads the audit.
        Auditor = "auditor", "审计管理员";
    }
}

impl HubRole {
    /// The three admins are separate people and none of them reads content (三权分立,
    /// GB/T 22239-2019 8.1.4).
    #[must_use]
    pub fn is_admin(self) -> bool {
        self != Self::ConferenceOffice
    }
}

labelled! {
    /// Where a password came from.
    pub enum PasswordState {
        /// Given by the operator; it opens nothing but the change of itself.
        OneTime = "one_time", "一次性";
        /// Chosen by its owner.
        Chosen = "chosen", "已自设";
    }
}

/// A person's place in one unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// The unit.
    pub unit: UnitId,
    /// What the person does there.
    pub roles: Vec<Role>,
}

/// A person's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Identifies the account.
    pub id: UserId,
    /// What is typed to log in.
    pub login: String,
    /// The person's name.
    pub name: String,
    /// Where the person is reached outside the hub, if anywhere.
    pub email: Option<EmailAddress>,
    /// The units the person belongs to.
    pub memberships: Vec<Membership>,
    /// What the person does for the hub.
    pub hub_roles: Vec<HubRole>,
    /// Whether the account may be used.
    pub active: bool,
    /// Where the password came from.
    pub password: PasswordState,
    /// When the account was made.
    pub created_at: Timestamp,
    /// Counts the changes of the account.
    pub revision: i64,
}

/// Why an account cannot be as asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAccount {
    /// The login is not of the allowed form.
    #[error("登录名须为 3 至 32 位小写字母、数字、点、下划线或连字符，并以字母开头")]
    Login,
    /// The name is empty, too long, or holds control characters.
    #[error("姓名须为 1 至 50 个字，不含控制字符")]
    Name,
    /// Two admins in one person, or an admin who could read content.
    #[error(
        "系统管理员、安全管理员、审计管理员三员分立：一人只能任其一，且不能兼任单位角色或联席会议办公室"
    )]
    AdminsAreSeparate,
}

/// Checks a login.
///
/// # Errors
///
/// When it is not 3 to 32 lower-case letters, digits, `.`, `_`, `-`, beginning with a letter.
pub fn check_login(login: &str) -> Result<(), InvalidAccount> {
    let fits = (3..=32).contains(&login.len())
        && login.starts_with(|c: char| c.is_ascii_lowercase())
        && login
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c));
    if fits {
        Ok(())
    } else {
        Err(InvalidAccount::Login)
    }
}

/// Checks a person's name.
///
/// # Errors
///
/// When it is blank, longer than 50 characters or holds control characters.
pub fn check_name(name: &str) -> Result<(), InvalidAccount> {
    let chars = name.trim().chars().count();
    let fits = (1..=50).contains(&chars) && !name.chars().any(char::is_control);
    if fits {
        Ok(())
    } else {
        Err(InvalidAccount::Name)
    }
}

/// Checks that admins are separate from each other and from content.
///
/// # Errors
///
/// When an admin has a second role of any kind.
pub fn check_separation(
    hub_roles: &[HubRole],
    memberships: &[Membership],
) -> Result<(), InvalidAccount> {
    let is_admin = hub_roles.iter().any(|role| role.is_admin());
    if is_admin && (hub_roles.len() > 1 || !memberships.is_empty()) {
        return Err(InvalidAccount::AdminsAreSeparate);
    }
    Ok(())
}

/// Whoever is asking, once their token and their session have been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The person.
    pub user: UserId,
    /// Their stretch of work.
    pub session: SessionId,
    /// The unit they act for; admins act for none.
    pub unit: Option<UnitId>,
    /// What they do for that unit.
    pub roles: Vec<Role>,
    /// What they do for the hub.
    pub hub_roles: Vec<HubRole>,
    /// Where their password came from.
    pub password: PasswordState,
    /// What a program may do; a person has none.
    pub scopes: Option<Vec<Scope>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_admin_is_nothing_else() {
        let clerk = [Membership {
            unit: UnitId::fresh(),
            roles: vec![Role::Clerk],
        }];
        let cases: &[(&[HubRole], &[Membership], bool)] = &[
            (&[HubRole::SystemAdmin], &[], true),
            (&[HubRole::SystemAdmin, HubRole::Auditor], &[], false),
            (&[HubRole::SecurityAdmin], &clerk, false),
            (&[HubRole::ConferenceOffice], &clerk, true),
            (&[HubRole::ConferenceOffice, HubRole::Auditor], &[], false),
            (&[], &clerk, true),
        ];
        for (hub_roles, memberships, allowed) in cases {
            let verdict = check_separation(hub_roles, memberships);
            assert_eq!(verdict.is_ok(), *allowed, "{hub_roles:?} {memberships:?}");
        }
    }

    #[test]
    fn a_login_is_short_plain_and_lower_case() {
        for good in ["abc", "court.clerk-1", "a_b"] {
            assert!(check_login(good).is_ok(), "{good}");
        }
        for bad in ["", "ab", "Abc", "1ab", "a b c", "张三丰", &"a".repeat(33)] {
            assert!(check_login(bad).is_err(), "{bad}");
        }
    }
}
