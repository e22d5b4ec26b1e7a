//! A small city: six units, each with a clerk, a signer and a reader, the conference office, and
//! the three admins.

use std::collections::HashMap;

use uuid::Uuid;
use wenshu::{
    app::{Begun, Caller, Hub, NewAccount, NewUnit},
    domain::{Branch, HubRole, Membership, PasswordState, Role},
    store::Store,
};

/// Everybody's password.
pub const PASSWORD: &str = "correct horse battery staple";

/// Key, full name, short name, branch, 机关代字, 统一社会信用代码.
type CityUnit = (
    &'static str,
    &'static str,
    &'static str,
    Branch,
    &'static str,
    Option<&'static str>,
);

const UNITS: [CityUnit; 6] = [
    (
        "government",
        "青崖市人民政府办公室",
        "市政府办",
        Branch::Government,
        "青崖政函",
        Some("11229901QY00010141"),
    ),
    (
        "court",
        "青崖市人民法院",
        "市法院",
        Branch::Court,
        "青崖法建",
        Some("11229901QY0002025C"),
    ),
    (
        "procuratorate",
        "青崖市人民检察院",
        "市检察院",
        Branch::Procuratorate,
        "青崖检建",
        Some("11229901QY0003036P"),
    ),
    (
        "justice",
        "青崖市司法局",
        "市司法局",
        Branch::Government,
        "青崖司发",
        Some("11229901QY00040473"),
    ),
    (
        "resources",
        "青崖市自然资源局",
        "市自然资源局",
        Branch::Government,
        "青崖自然资函",
        None,
    ),
    (
        "agriculture",
        "青崖市农业农村局",
        "市农业农村局",
        Branch::Government,
        "青崖农函",
        None,
    ),
];

/// What people of every unit do there.
const ROLES: [Role; 3] = [Role::Clerk, Role::Signer, Role::Reader];

/// Those who belong to no unit.
const ADMINS: [(&str, HubRole); 3] = [
    ("admin.system", HubRole::SystemAdmin),
    ("admin.security", HubRole::SecurityAdmin),
    ("admin.audit", HubRole::Auditor),
];

/// Who is who.
#[derive(Debug, Clone, Default)]
pub struct City {
    units: HashMap<String, Uuid>,
    users: HashMap<String, Uuid>,
}

impl City {
    /// The unit called `court`, `procuratorate`, `government`, `justice`, `resources` or
    /// `agriculture`.
    pub fn unit(&self, key: &str) -> Uuid {
        *self
            .units
            .get(key)
            .unwrap_or_else(|| panic!("no unit {key}"))
    }

    /// The person with this login.
    pub fn user(&self, login: &str) -> Uuid {
        *self
            .users
            .get(login)
            .unwrap_or_else(|| panic!("no person {login}"))
    }

    /// Enters everybody, all with a chosen password.
    pub async fn settle(hub: &Hub, store: &Store, more: usize) -> Self {
        let mut city = Self::default();
        let Ok(Begun::Work(mut work)) = hub.begin(Caller::operator(), None).await else {
            panic!("the operator may always begin")
        };
        for number in 0..more {
            let unit = work.enter_unit(numbered(number)).await.unwrap();
            city.units.insert(format!("u{number}"), unit.id.0);
        }
        for (key, full, short, branch, prefix, code) in UNITS {
            let unit = NewUnit {
                full_name: full.to_owned(),
                short_name: short.to_owned(),
                branch,
                credit_code: code.map(|code| code.parse().unwrap()),
                parent: None,
                prefixes: vec![prefix.parse().unwrap()],
            };
            let unit = work.enter_unit(unit).await.unwrap();
            city.units.insert(key.to_owned(), unit.id.0);
        }
        for account in city.accounts(more) {
            let login = account.login.clone();
            let user = work.enter_account(account, "to be set").await.unwrap();
            city.users.insert(login, user.id.0);
        }
        work.commit().await.unwrap();
        city.give_passwords(store).await;
        city
    }

    fn accounts(&self, more: usize) -> Vec<NewAccount> {
        let mut accounts = Vec::new();
        let usual = UNITS.map(|(key, _, short, ..)| (key.to_owned(), short.to_owned()));
        let more = (0..more).map(|number| (format!("u{number}"), numbered(number).short_name));
        for (key, short) in usual.into_iter().chain(more) {
            let unit = wenshu::domain::UnitId(self.unit(&key));
            let place = |role: Role| {
                vec![Membership {
                    unit,
                    roles: vec![role],
                }]
            };
            accounts.extend(ROLES.map(|role| NewAccount {
                login: format!("{key}.{}", role.code()),
                name: format!("{short}{}", role.label()),
                email: None,
                memberships: place(role),
                hub_roles: Vec::new(),
            }));
        }
        let justice = wenshu::domain::UnitId(self.unit("justice"));
        accounts.push(NewAccount {
            login: "justice.office".to_owned(),
            name: "联席会议办公室".to_owned(),
            email: None,
            memberships: vec![Membership {
                unit: justice,
                roles: vec![Role::Liaison],
            }],
            hub_roles: vec![HubRole::ConferenceOffice],
        });
        accounts.extend(ADMINS.map(|(login, role)| NewAccount {
            login: login.to_owned(),
            name: role.label().to_owned(),
            email: None,
            memberships: Vec::new(),
            hub_roles: vec![role],
        }));
        accounts
    }

    async fn give_passwords(&self, store: &Store) {
        let hash = hash_of(PASSWORD);
        let mut tx = store.write().await.unwrap();
        for id in self.users.values() {
            let id = wenshu::domain::UserId(*id);
            tx.users()
                .set_password(id, &hash, PasswordState::Chosen)
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
    }
}

/// One of many units that are all alike.
fn numbered(number: usize) -> NewUnit {
    const DIGITS: [char; 10] = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
    let digit = |byte: u8| DIGITS[usize::from(byte - b'0')];
    let han: String = number.to_string().bytes().map(digit).collect();
    NewUnit {
        full_name: format!("青崖市第{han}单位"),
        short_name: format!("第{han}单位"),
        branch: Branch::Government,
        credit_code: None,
        parent: None,
        prefixes: vec![format!("青{han}发").parse().unwrap()],
    }
}

/// A hash that is cheap to check: what passwords cost is not what these tests are about.
fn hash_of(password: &str) -> String {
    use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, Version};
    let params = Params::new(8, 1, 1, None).unwrap();
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hash: argon2::PasswordHash = argon2.hash_password(password.as_bytes()).unwrap();
    hash.to_string()
}
