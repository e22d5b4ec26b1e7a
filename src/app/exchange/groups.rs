//! 统称: groups of units, and what a document that is addressed to one becomes at sending.

use std::collections::HashSet;

use crate::{
    app::{Caller, Error, Fault, Hub, Result, Shown, Work},
    domain::{
        AddressedGroup, Document, Group, GroupId, HubRole, Recipient, RecipientRole, Subject,
        UnitId, unit_name,
    },
};

/// The most units of a group.
const MEMBERS_MAX: usize = 1000;

/// A group to be entered.
#[derive(Debug, Clone)]
pub struct NewGroup {
    /// Its name.
    pub name: String,
    /// The units, in order.
    pub members: Vec<UnitId>,
}

/// What is to be different about a group; what is left out stays.
#[derive(Debug, Clone, Default)]
pub struct GroupChange {
    /// Its name.
    pub name: Option<String>,
    /// The units, as a whole.
    pub members: Option<Vec<UnitId>>,
}

impl Hub {
    /// A page of the groups, for everyone who has logged in.
    pub async fn groups(
        &self,
        caller: &Caller,
        after: Option<GroupId>,
        limit: i64,
    ) -> Result<Shown<Vec<Group>>> {
        caller.settled()?;
        let mut tx = self.store().read().await?;
        let groups = tx.groups().list(after, limit).await?;
        self.shown(&mut tx, groups).await
    }

    /// One group, for everyone who has logged in.
    pub async fn group(&self, caller: &Caller, id: GroupId) -> Result<Shown<Group>> {
        caller.settled()?;
        let mut tx = self.store().read().await?;
        let group = tx.groups().find(id).await?.ok_or(Error::NotFound)?;
        self.shown(&mut tx, group).await
    }
}

impl Work {
    /// Enters a group.
    pub async fn enter_group(&mut self, new: NewGroup) -> Result<Group> {
        self.keeps_groups()?;
        let group = Group {
            id: GroupId::fresh(),
            name: named(&new.name)?,
            members: new.members,
            created_at: self.now,
            revision: 1,
        };
        self.check_group(&group).await?;
        if !self.tx.groups().insert(&group).await? {
            return Err(taken());
        }
        self.did("group.enter", Subject::Group, group.id.0);
        Ok(group)
    }

    /// Changes a group that still has this revision. Documents that are sent already stay with
    /// the units that they went to.
    pub async fn change_group(
        &mut self,
        id: GroupId,
        revision: i64,
        change: GroupChange,
    ) -> Result<Group> {
        self.keeps_groups()?;
        let mut group = self.tx.groups().find(id).await?.ok_or(Error::NotFound)?;
        if group.revision != revision {
            return Err(Error::Stale);
        }
        if let Some(name) = change.name {
            group.name = named(&name)?;
        }
        group.members = change.members.unwrap_or(group.members);
        group.revision += 1;
        self.check_group(&group).await?;
        if !self.tx.groups().update(&group).await? {
            return Err(Error::Stale);
        }
        self.did("group.change", Subject::Group, id.0);
        Ok(group)
    }

    /// Removes a group that still has this revision.
    pub async fn remove_group(&mut self, id: GroupId, revision: i64) -> Result<()> {
        self.keeps_groups()?;
        self.tx.groups().find(id).await?.ok_or(Error::NotFound)?;
        if !self.tx.groups().delete(id, revision).await? {
            return Err(Error::Stale);
        }
        self.did("group.remove", Subject::Group, id.0);
        Ok(())
    }

    /// The groups that a draft names, under their present names.
    pub(super) async fn addressed(
        &mut self,
        groups: &[(GroupId, RecipientRole)],
    ) -> Result<Vec<AddressedGroup>> {
        let mut addressed = Vec::with_capacity(groups.len());
        for (place, (group, role)) in groups.iter().enumerate() {
            let pointer = format!("/groups/{place}/group_id");
            let found = self.tx.groups().find(*group).await?;
            let found = found.ok_or_else(|| Error::invalid(pointer, "unknown", "统称不存在"))?;
            addressed.push(AddressedGroup {
                group: *group,
                name: found.name,
                role: *role,
            });
        }
        Ok(addressed)
    }

    /// Puts the units of its groups into a document that is about to be sent: units named one by
    /// one stay what they are, main recipients come before copies, and the issuers themselves
    /// and units that are closed are left out.
    pub(super) async fn freeze_groups(&mut self, document: &mut Document) -> Result<()> {
        if document.groups.is_empty() {
            return Ok(());
        }
        let names = self.hub.clone().directory(&mut self.tx).await?;
        let kind = self.kind(&document.kind)?;
        let mut there: HashSet<UnitId> = document
            .recipients
            .iter()
            .map(|recipient| recipient.unit)
            .chain(document.joint_issuers.iter().map(|joint| joint.unit))
            .chain([document.unit])
            .collect();
        for role in [RecipientRole::Main, RecipientRole::Copy] {
            for addressed in document.groups.iter().filter(|group| group.role == role) {
                let group = self.tx.groups().find(addressed.group).await?;
                let group = group.ok_or_else(|| gone(addressed))?;
                for unit in group.members {
                    let Some(name) = names.unit(unit).filter(|name| name.active) else {
                        continue;
                    };
                    if !there.insert(unit) {
                        continue;
                    }
                    if role == RecipientRole::Main
                        && !kind.recipient_branches.contains(&name.branch)
                    {
                        return Err(not_a_recipient(&kind.name, addressed, &name.full_name));
                    }
                    document.recipients.push(Recipient { unit, role });
                }
            }
        }
        self.check_number_of_recipients(document)?;
        self.tx
            .documents()
            .set_recipients(document.id, &document.recipients)
            .await?;
        Ok(())
    }

    fn check_number_of_recipients(&self, document: &Document) -> Result<()> {
        let max = self.hub.config().documents.recipients_max;
        if document.recipients.is_empty() {
            let detail = "所列统称中没有可以发送的单位";
            return Err(Error::invalid("/groups", "required", detail));
        }
        if document.recipients.len() > max {
            let detail = format!("收件单位最多 {max} 个");
            return Err(Error::invalid("/groups", "too_many", detail));
        }
        Ok(())
    }

    fn keeps_groups(&self) -> Result<()> {
        self.caller
            .hub_role(HubRole::SystemAdmin)
            .or_else(|_| self.caller.hub_role(HubRole::ConferenceOffice))
            .map_err(|error| match error {
                Error::Forbidden(_) => Error::Forbidden("此操作须由系统管理员或联席会议办公室进行"),
                other => other,
            })
    }

    async fn check_group(&mut self, group: &Group) -> Result<()> {
        if self.tx.groups().is_taken(&group.name, group.id).await? {
            return Err(taken());
        }
        if group.members.len() > MEMBERS_MAX {
            let detail = format!("一个统称最多 {MEMBERS_MAX} 个单位");
            return Err(Error::invalid("/members", "too_many", detail));
        }
        let names = self.hub.clone().directory(&mut self.tx).await?;
        let mut faults = Vec::new();
        let mut seen = HashSet::new();
        for (place, unit) in group.members.iter().enumerate() {
            let pointer = format!("/members/{place}");
            if names.unit(*unit).is_none() {
                faults.push(Fault::at(pointer, "unknown", "单位不存在"));
            } else if !seen.insert(*unit) {
                faults.push(Fault::at(pointer, "repeated", "同一单位只能列一次"));
            }
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(Error::Invalid(faults))
        }
    }
}

fn named(name: &str) -> Result<String> {
    unit_name(name).map_err(|_| {
        let detail = "统称须为 2 至 60 个字，不含控制字符";
        Error::invalid("/name", "malformed", detail)
    })
}

fn taken() -> Error {
    Error::Taken(Fault::at("/name", "taken", "已有同名的统称"))
}

fn gone(addressed: &AddressedGroup) -> Error {
    let detail = format!("统称“{}”已删除，请修改收件单位", addressed.name);
    Error::invalid("/groups", "unknown", detail)
}

fn not_a_recipient(kind: &str, addressed: &AddressedGroup, unit: &str) -> Error {
    let detail = format!(
        "“{kind}”不能主送统称“{}”中的“{unit}”，请改列单位或改为抄送",
        addressed.name
    );
    Error::invalid("/groups", "not_a_recipient", detail)
}
