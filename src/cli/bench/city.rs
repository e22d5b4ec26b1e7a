//! The units and people of a bench: many of them, entered past the interface.

use jiff::Timestamp;

use crate::{
    app::{Hub, registry_changed},
    cli::told,
    domain::{
        Branch, HubRole, Membership, PasswordState, Prefix, Role, Unit, UnitId, User, UserId,
    },
    store::Store,
};

/// A unit with those who work for it.
pub(super) struct Office {
    pub(super) unit: UnitId,
    pub(super) clerk: UserId,
    pub(super) signer: UserId,
    /// The login of the clerk.
    pub(super) clerk_login: String,
    /// The login of the signer.
    pub(super) signer_login: String,
    pub(super) prefix: Prefix,
}

/// The units of a bench, and everybody's password.
pub(super) struct City {
    pub(super) offices: Vec<Office>,
    pub(super) password: String,
    /// The login of the conference office.
    pub(super) office_login: String,
}

impl City {
    /// Enters `count` units, each with a clerk and a signer.
    pub(super) async fn enter(hub: &Hub, store: &Store, count: usize) -> Result<Self, String> {
        let (password, hash) = hub
            .one_time_password()
            .await
            .map_err(|error| told(&error))?;
        let mut offices = Vec::with_capacity(count);
        let at = hub.now();
        let mut tx = store.write().await.map_err(|error| told(&error))?;
        for number in 1..=count {
            let (office, unit, people) = Office::numbered(number, at)?;
            let units = &mut tx.units();
            units.insert(&unit).await.map_err(|error| told(&error))?;
            units
                .set_prefixes(&unit)
                .await
                .map_err(|error| told(&error))?;
            for person in people {
                let mut users = tx.users();
                users
                    .insert(&person, &hash)
                    .await
                    .map_err(|error| told(&error))?;
            }
            offices.push(office);
        }
        let office = conference_office(&offices[0], at);
        let mut users = tx.users();
        users
            .insert(&office, &hash)
            .await
            .map_err(|error| told(&error))?;
        registry_changed(&mut tx)
            .await
            .map_err(|error| told(&error))?;
        tx.commit().await.map_err(|error| told(&error))?;
        Ok(Self {
            offices,
            password: password.0,
            office_login: office.login,
        })
    }
}

impl Office {
    fn numbered(number: usize, at: Timestamp) -> Result<(Self, Unit, [User; 2]), String> {
        let prefix: Prefix = format!("测{}发", han(number))
            .parse()
            .map_err(|error| format!("{error}"))?;
        let unit = Unit {
            id: UnitId::fresh(),
            full_name: format!("测速市第{number}单位"),
            short_name: format!("第{number}单位"),
            branch: Branch::Government,
            credit_code: None,
            parent: None,
            prefixes: vec![prefix.clone()],
            active: true,
            created_at: at,
            revision: 1,
        };
        let somebody = |role: Role| User {
            id: UserId::fresh(),
            login: format!("u{number}.{}", role.code()),
            name: format!("{}{}", unit.short_name, role.label()),
            email: None,
            memberships: vec![Membership {
                unit: unit.id,
                roles: vec![role],
            }],
            hub_roles: Vec::new(),
            active: true,
            password: PasswordState::Chosen,
            created_at: at,
            revision: 1,
        };
        let people = [somebody(Role::Clerk), somebody(Role::Signer)];
        let office = Self {
            unit: unit.id,
            clerk: people[0].id,
            signer: people[1].id,
            clerk_login: people[0].login.clone(),
            signer_login: people[1].login.clone(),
            prefix,
        };
        Ok((office, unit, people))
    }
}

/// Somebody of the first unit who follows all duties.
fn conference_office(unit: &Office, at: Timestamp) -> User {
    User {
        id: UserId::fresh(),
        login: "office".to_owned(),
        name: "联席会议办公室".to_owned(),
        email: None,
        memberships: vec![Membership {
            unit: unit.unit,
            roles: vec![Role::Liaison],
        }],
        hub_roles: vec![HubRole::ConferenceOffice],
        active: true,
        password: PasswordState::Chosen,
        created_at: at,
        revision: 1,
    }
}

/// A number in Chinese digits, since no 机关代字 holds others.
fn han(number: usize) -> String {
    const DIGITS: [char; 10] = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
    let digit = |byte: u8| DIGITS[usize::from(byte - b'0')];
    number.to_string().bytes().map(digit).collect()
}
