use crate::{
    app::{Caller, Error, Fault, Hub, Result, Work},
    domain::{Branch, CreditCode, HubRole, Prefix, Subject, Unit, UnitId, unit_name},
};

/// A unit to be entered.
#[derive(Debug, Clone)]
pub struct NewUnit {
    /// 全称.
    pub full_name: String,
    /// 规范化简称.
    pub short_name: String,
    /// The power it belongs to.
    pub branch: Branch,
    /// 统一社会信用代码.
    pub credit_code: Option<CreditCode>,
    /// 上级主管.
    pub parent: Option<UnitId>,
    /// 机关代字.
    pub prefixes: Vec<Prefix>,
}

/// What is to be different about a unit; what is left out stays.
#[derive(Debug, Clone, Default)]
pub struct UnitChange {
    /// 全称.
    pub full_name: Option<String>,
    /// 规范化简称.
    pub short_name: Option<String>,
    /// 统一社会信用代码; `Some(None)` removes it.
    pub credit_code: Option<Option<CreditCode>>,
    /// 上级主管; `Some(None)` removes it.
    pub parent: Option<Option<UnitId>>,
    /// 机关代字.
    pub prefixes: Option<Vec<Prefix>>,
    /// Whether it takes part at present.
    pub active: Option<bool>,
}

impl Hub {
    /// A page of the units, for everyone who has logged in.
    pub async fn units(
        &self,
        caller: &Caller,
        after: Option<UnitId>,
        limit: i64,
    ) -> Result<Vec<Unit>> {
        caller.settled()?;
        Ok(self
            .store()
            .read()
            .await?
            .units()
            .list(after, limit)
            .await?)
    }

    /// One unit, for everyone who has logged in.
    pub async fn unit(&self, caller: &Caller, id: UnitId) -> Result<Unit> {
        caller.settled()?;
        let unit = self.store().read().await?.units().find(id).await?;
        let unit = unit.ok_or(Error::NotFound)?;
        if self.may_know(caller, &unit).await? {
            Ok(unit)
        } else {
            Err(Error::NotFound)
        }
    }
}

impl Work {
    /// Enters a unit.
    pub async fn enter_unit(&mut self, new: NewUnit) -> Result<Unit> {
        self.caller.hub_role(HubRole::SystemAdmin)?;
        let unit = Unit {
            id: UnitId::fresh(),
            full_name: named("/full_name", &new.full_name)?,
            short_name: named("/short_name", &new.short_name)?,
            branch: new.branch,
            credit_code: new.credit_code,
            parent: new.parent,
            prefixes: new.prefixes,
            active: true,
            created_at: self.now,
            revision: 1,
        };
        self.check_unit(&unit).await?;
        if !self.tx.units().insert(&unit).await? {
            return Err(Error::Stale);
        }
        self.give_prefixes(&unit).await?;
        self.registry_changed().await?;
        self.did("unit.enter", Subject::Unit, unit.id.0);
        Ok(unit)
    }

    /// Changes a unit that still has this revision.
    pub async fn change_unit(
        &mut self,
        id: UnitId,
        revision: i64,
        change: UnitChange,
    ) -> Result<Unit> {
        self.caller.hub_role(HubRole::SystemAdmin)?;
        let mut unit = self.tx.units().find(id).await?.ok_or(Error::NotFound)?;
        if unit.revision != revision {
            return Err(Error::Stale);
        }
        if let Some(name) = change.full_name {
            unit.full_name = named("/full_name", &name)?;
        }
        if let Some(name) = change.short_name {
            unit.short_name = named("/short_name", &name)?;
        }
        unit.credit_code = change.credit_code.unwrap_or(unit.credit_code);
        unit.parent = change.parent.unwrap_or(unit.parent);
        unit.prefixes = change.prefixes.unwrap_or(unit.prefixes);
        unit.active = change.active.unwrap_or(unit.active);
        unit.revision += 1;
        self.check_unit(&unit).await?;
        if !self.tx.units().update(&unit).await? {
            return Err(Error::Stale);
        }
        self.give_prefixes(&unit).await?;
        self.registry_changed().await?;
        self.did("unit.change", Subject::Unit, id.0);
        Ok(unit)
    }

    async fn check_unit(&mut self, unit: &Unit) -> Result<()> {
        if let Some(field) = self.tx.units().taken(unit).await? {
            let detail = match field {
                "full_name" => "已有单位使用此全称",
                "short_name" => "已有单位使用此简称",
                _ => "已有单位使用此统一社会信用代码",
            };
            return Err(Error::Taken(Fault::at(
                format!("/{field}"),
                "taken",
                detail,
            )));
        }
        self.check_parent(unit).await
    }

    /// A unit may not be its own superior, however far up.
    async fn check_parent(&mut self, unit: &Unit) -> Result<()> {
        let mut above = unit.parent;
        while let Some(id) = above {
            if id == unit.id {
                return Err(Error::invalid(
                    "/parent_id",
                    "circular",
                    "上级主管不能是本单位或其下级",
                ));
            }
            let parent = self
                .tx
                .units()
                .find(id)
                .await?
                .ok_or_else(|| Error::invalid("/parent_id", "unknown", "上级主管单位不存在"))?;
            above = parent.parent;
        }
        Ok(())
    }

    async fn give_prefixes(&mut self, unit: &Unit) -> Result<()> {
        match self.tx.units().set_prefixes(unit).await? {
            None => Ok(()),
            Some(prefix) => {
                let detail = format!("机关代字“{prefix}”重复或已属于其他单位");
                Err(Error::Taken(Fault::at("/prefixes", "taken", detail)))
            }
        }
    }
}

fn named(pointer: &str, name: &str) -> Result<String> {
    unit_name(name).map_err(|error| Error::invalid(pointer, "malformed", error))
}
