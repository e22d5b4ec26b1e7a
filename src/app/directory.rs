//! The names behind ids. Units and people are few and change rarely, so every answer takes their
//! names from one copy, which is read anew when the registry has changed.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
};

use super::{Hub, Result};
use crate::{
    domain::{Branch, UnitId, UserId},
    store::Tx,
};

/// Counts the changes of units and people.
const REVISION: &str = "registry-revision";

/// How many rows are read at once.
const PAGE: i64 = 500;

/// What answers show of a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitName {
    /// 全称.
    pub full_name: String,
    /// 规范化简称.
    pub short_name: String,
    /// The power it belongs to.
    pub branch: Branch,
    /// 统一社会信用代码.
    pub credit_code: Option<String>,
    /// Whether it takes part at present.
    pub active: bool,
}

/// The names of all units and people.
#[derive(Debug, Default)]
pub struct Directory {
    revision: Option<String>,
    units: HashMap<UnitId, UnitName>,
    users: HashMap<UserId, String>,
    machines: HashSet<UserId>,
}

/// Something to show, with the names of those in it.
#[derive(Debug, Clone)]
pub struct Shown<T> {
    /// What is shown.
    pub value: T,
    /// The names.
    pub names: Arc<Directory>,
}

/// The copy at hand.
#[derive(Default)]
pub(super) struct Cache(Mutex<Arc<Directory>>);

impl Directory {
    /// What is shown of a unit.
    #[must_use]
    pub fn unit(&self, id: UnitId) -> Option<&UnitName> {
        self.units.get(&id)
    }

    /// Every unit that takes part, in no order.
    pub fn units(&self) -> impl Iterator<Item = (UnitId, &UnitName)> {
        let units = self.units.iter().filter(|(_, unit)| unit.active);
        units.map(|(id, unit)| (*id, unit))
    }

    /// The units of a branch, also those that take part no longer, in no order.
    pub fn of_branch(&self, branch: Branch) -> impl Iterator<Item = UnitId> {
        let units = self.units.iter();
        units.filter_map(move |(id, unit)| (unit.branch == branch).then_some(*id))
    }

    /// The unit with this full or short name.
    #[must_use]
    pub fn called(&self, name: &str) -> Option<UnitId> {
        let mut units = self.units.iter();
        let found = units.find(|(_, unit)| unit.full_name == name || unit.short_name == name);
        found.map(|(id, _)| *id)
    }

    /// A person's name.
    #[must_use]
    pub fn user(&self, id: UserId) -> Option<&str> {
        self.users.get(&id).map(String::as_str)
    }

    /// Whether an account is a program's.
    #[must_use]
    pub fn is_machine(&self, id: UserId) -> bool {
        self.machines.contains(&id)
    }

    async fn read(tx: &mut Tx, revision: Option<String>) -> Result<Self> {
        let mut directory = Self {
            revision,
            ..Self::default()
        };
        let mut after = None;
        loop {
            let page = tx.units().list(after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            directory.units.extend(page.into_iter().map(|unit| {
                let name = UnitName {
                    full_name: unit.full_name,
                    short_name: unit.short_name,
                    branch: unit.branch,
                    credit_code: unit.credit_code.map(|code| code.to_string()),
                    active: unit.active,
                };
                (unit.id, name)
            }));
        }
        let mut after = None;
        loop {
            let page = tx.users().list(after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            directory
                .users
                .extend(page.into_iter().map(|user| (user.id, user.name)));
        }
        let mut after = None;
        loop {
            let page = tx.clients().list(after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            directory
                .machines
                .extend(page.iter().map(|client| client.id));
        }
        Ok(directory)
    }
}

/// Notes that units or people have changed; whoever enters them past the hub's own acts says so.
pub(crate) async fn registry_changed(tx: &mut Tx) -> Result<()> {
    let revision = uuid::Uuid::now_v7().to_string();
    Ok(tx.facts().set(REVISION, &revision).await?)
}

impl Hub {
    /// The names as this look at the store sees them.
    pub(super) async fn directory(&self, tx: &mut Tx) -> Result<Arc<Directory>> {
        let revision = tx.facts().find(REVISION).await?;
        let at_hand = {
            let cache = &self.0.directory.0;
            cache.lock().unwrap_or_else(PoisonError::into_inner).clone()
        };
        if at_hand.revision == revision && revision.is_some() {
            return Ok(at_hand);
        }
        let fresh = Arc::new(Directory::read(tx, revision).await?);
        *self
            .0
            .directory
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = fresh.clone();
        Ok(fresh)
    }

    /// Shows something with the names of those in it.
    pub(super) async fn shown<T>(&self, tx: &mut Tx, value: T) -> Result<Shown<T>> {
        let names = self.directory(tx).await?;
        Ok(Shown { value, names })
    }
}

impl super::Work {
    /// Shows something with the names of those in it.
    pub async fn shown<T>(&mut self, value: T) -> Result<Shown<T>> {
        let hub = self.hub.clone();
        hub.shown(&mut self.tx, value).await
    }

    /// Notes that units or people have changed.
    pub(super) async fn registry_changed(&mut self) -> Result<()> {
        registry_changed(&mut self.tx).await
    }
}
