//! Enters the units and people of a city from one file, in the form of `config/demo.toml`.

use std::collections::HashMap;

use serde::Deserialize;

use super::told;
use crate::{
    app::{Begun, Caller, Hub, NewAccount, NewUnit},
    domain::{Branch, CreditCode, HubRole, Membership, Prefix, Role, UnitId, UserId},
};

/// The units and people of a city.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct City {
    units: Vec<CityUnit>,
    #[serde(default)]
    #[expect(
        dead_code,
        reason = "groups are described for people; the hub expands none yet"
    )]
    groups: Vec<toml::Table>,
    people: Vec<CityPerson>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CityUnit {
    key: String,
    full_name: String,
    short_name: String,
    #[serde(default)]
    #[expect(
        dead_code,
        reason = "other names are described for people; the hub reads none yet"
    )]
    aliases: Vec<String>,
    branch: Branch,
    credit_code: Option<String>,
    parent: Option<String>,
    #[serde(default)]
    doc_prefixes: Vec<String>,
    #[expect(dead_code, reason = "described for people")]
    phone: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CityPerson {
    login: String,
    name: String,
    /// Where the person is reached by e-mail.
    email: Option<String>,
    unit: Option<String>,
    #[expect(dead_code, reason = "described for people")]
    title: Option<String>,
    roles: Vec<String>,
}

/// An account that was entered, with the password that is shown once.
pub(super) struct EnteredPerson {
    pub(super) login: String,
    pub(super) name: String,
    pub(super) unit: String,
    pub(super) roles: String,
    pub(super) password: String,
}

impl City {
    /// Reads a city.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|error| format!("单位和人员名册有误：{error}"))
    }

    /// The login of somebody, to tell whether the city was entered before.
    pub(super) fn any_login(&self) -> &str {
        self.people.first().map_or("", |person| &person.login)
    }

    /// The login of the first person of a unit with this role.
    pub(super) fn login(&self, unit: &str, role: Role) -> &str {
        let found = self.people.iter().find(|person| {
            person.unit.as_deref() == Some(unit)
                && person.roles.iter().any(|one| one == role.code())
        });
        found.map_or("", |person| &person.login)
    }

    /// The keys of all units but these.
    pub(super) fn keys_but(&self, but: &[&str]) -> Vec<&str> {
        self.units
            .iter()
            .map(|unit| unit.key.as_str())
            .filter(|key| !but.contains(key))
            .collect()
    }

    /// Enters the units and people, in one unit of work.
    pub(super) async fn enter(&self, hub: &Hub) -> Result<Vec<EnteredPerson>, String> {
        let mut passwords = Vec::with_capacity(self.people.len());
        for _ in &self.people {
            passwords.push(
                hub.one_time_password()
                    .await
                    .map_err(|error| told(&error))?,
            );
        }
        let begun = hub
            .begin(Caller::operator(), None)
            .await
            .map_err(|error| told(&error))?;
        let Begun::Work(mut work) = begun else {
            return Err("名册登记已在进行".to_owned());
        };
        let mut units: HashMap<&str, (UnitId, &str)> = HashMap::new();
        for unit in &self.units {
            let parent = unit
                .parent
                .as_deref()
                .map(|key| find(&units, key))
                .transpose()?;
            let new = unit.to_new(parent.map(|(id, _)| id))?;
            let entered = work.enter_unit(new).await;
            let entered =
                entered.map_err(|error| format!("{}：{}", unit.full_name, detailed(&error)))?;
            units.insert(&unit.key, (entered.id, &unit.short_name));
        }
        let mut people = Vec::with_capacity(self.people.len());
        for (person, (password, hash)) in self.people.iter().zip(passwords) {
            let place = person
                .unit
                .as_deref()
                .map(|key| find(&units, key))
                .transpose()?;
            let new = person.to_new(place.map(|(id, _)| id))?;
            let entered = work.enter_account(new, &hash).await;
            entered.map_err(|error| format!("{}：{}", person.login, detailed(&error)))?;
            people.push(EnteredPerson {
                login: person.login.clone(),
                name: person.name.clone(),
                unit: place.map_or_else(String::new, |(_, name)| name.to_owned()),
                roles: person.roles_label(),
                password: password.0,
            });
        }
        work.commit().await.map_err(|error| told(&error))?;
        Ok(people)
    }
}

fn find<'a>(
    units: &HashMap<&str, (UnitId, &'a str)>,
    key: &str,
) -> Result<(UnitId, &'a str), String> {
    units
        .get(key)
        .copied()
        .ok_or_else(|| format!("名册中没有先于引用登记的单位“{key}”"))
}

/// An error of the hub with the faults it lists.
fn detailed(error: &crate::app::Error) -> String {
    use crate::app::Error;
    match error {
        Error::Invalid(faults) => faults
            .iter()
            .map(|fault| fault.detail.clone())
            .collect::<Vec<_>>()
            .join("；"),
        other => told(other),
    }
}

impl CityUnit {
    fn to_new(&self, parent: Option<UnitId>) -> Result<NewUnit, String> {
        let complaint = |error: &dyn std::fmt::Display| format!("{}：{error}", self.full_name);
        let code = self
            .credit_code
            .as_deref()
            .map(str::parse::<CreditCode>)
            .transpose();
        let prefixes = self.doc_prefixes.iter().map(|text| text.parse::<Prefix>());
        Ok(NewUnit {
            full_name: self.full_name.clone(),
            short_name: self.short_name.clone(),
            branch: self.branch,
            credit_code: code.map_err(|error| complaint(&error))?,
            parent,
            prefixes: prefixes
                .collect::<Result<_, _>>()
                .map_err(|error| complaint(&error))?,
        })
    }
}

impl CityPerson {
    fn to_new(&self, unit: Option<UnitId>) -> Result<NewAccount, String> {
        let hub_roles: Vec<HubRole> = self
            .roles
            .iter()
            .filter_map(|code| code.parse().ok())
            .collect();
        let roles: Vec<Role> = self
            .roles
            .iter()
            .filter_map(|code| code.parse().ok())
            .collect();
        if hub_roles.len() + roles.len() != self.roles.len() {
            return Err(format!(
                "{}：角色 {:?} 中有不认识的",
                self.login, self.roles
            ));
        }
        let memberships = unit
            .map(|unit| Membership { unit, roles })
            .into_iter()
            .collect();
        Ok(NewAccount {
            login: self.login.clone(),
            name: self.name.clone(),
            email: self.email.clone(),
            memberships,
            hub_roles,
        })
    }

    fn roles_label(&self) -> String {
        let label = |code: &String| {
            let role = code.parse::<Role>().map(Role::label);
            role.or_else(|_| code.parse::<HubRole>().map(HubRole::label))
                .map_or_else(|_| code.clone(), str::to_owned)
        };
        self.roles.iter().map(label).collect::<Vec<_>>().join("、")
    }
}

/// Finds the account of a login, for the operator.
pub(super) async fn account(hub: &Hub, login: &str) -> Result<UserId, String> {
    let found = hub.find_login(login).await.map_err(|error| told(&error))?;
    found
        .map(|user| user.id)
        .ok_or_else(|| format!("没有登录名为“{login}”的账号"))
}
