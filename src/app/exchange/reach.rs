//! Whom a unit can send to: the list for a program, and what each recipient takes.

use crate::{
    app::{Caller, Error, Fault, Hub, Result, Work},
    domain::{
        Client, Document, Duty, Kind, Recipient, RecipientRole, Scope, Unit, UnitId, UserId,
        legal_day,
    },
    store::Tx,
};

/// How many units are looked through at once.
const PAGE: i64 = 200;

/// What one kind means between the caller's unit and a recipient.
#[derive(Debug, Clone)]
pub struct KindCapability {
    /// The kind, as it is in force.
    pub kind: Kind,
    /// Whether the recipient may be a main recipient.
    pub main: bool,
    /// Whether it may get a copy.
    pub copy: bool,
    /// What a main recipient owes.
    pub duty: Duty,
}

/// What a unit takes from the caller's.
#[derive(Debug, Clone)]
pub struct Capabilities {
    /// The unit.
    pub unit: Unit,
    /// What may be sent to it.
    pub kinds: Vec<KindCapability>,
    /// Whether a machine of the unit fetches what arrives.
    pub reads_by_machine: bool,
    /// The most bytes of one file.
    pub max_file_bytes: u64,
    /// The most files of one document.
    pub max_files: usize,
}

impl Hub {
    /// A page of the units that the caller may send to: active, not the caller's own, on the
    /// caller's list where there is one, and of a branch that the kind goes to where one is named.
    pub async fn sendable_units(
        &self,
        caller: &Caller,
        kind: Option<&str>,
        mut after: Option<UnitId>,
        limit: usize,
    ) -> Result<Vec<Unit>> {
        let own = caller.unit_for(&[Scope::Send])?;
        let kind = kind.map(|code| self.kind_today(code)).transpose()?;
        let mut tx = self.store().read().await?;
        let client = machine(&mut tx, caller).await?;
        let mut found = Vec::new();
        loop {
            let page = tx.units().list(after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            found.extend(page.into_iter().filter(|unit| {
                is_reachable(unit, own, client.as_ref())
                    && kind.is_none_or(|kind| kind.recipient_branches.contains(&unit.branch))
            }));
            if found.len() > limit {
                break;
            }
        }
        found.truncate(limit);
        Ok(found)
    }

    /// What a unit takes from the caller's unit, by the rules that are in force today.
    pub async fn capabilities(
        &self,
        caller: &Caller,
        id: UnitId,
        only: Option<&str>,
    ) -> Result<Capabilities> {
        let own = caller.unit_for(&[Scope::Send])?;
        let only = only.map(|code| self.kind_today(code)).transpose()?;
        let now = self.now();
        let mut tx = self.store().read().await?;
        let unit = tx.units().find(id).await?.ok_or(Error::NotFound)?;
        let client = machine(&mut tx, caller).await?;
        if client
            .as_ref()
            .is_some_and(|client| !client.may_send_to(id))
        {
            return Err(Error::NotFound);
        }
        let reachable = is_reachable(&unit, own, client.as_ref());
        let names = self.directory(&mut tx).await?;
        let branch = names.unit(own).map(|unit| unit.branch);
        let kinds = self.rules().kinds_on(legal_day(now));
        let kinds = kinds
            .filter(|kind| reachable && kind.enabled)
            .filter(|kind| branch.is_some_and(|branch| kind.may_issue(branch)))
            .filter(|kind| only.is_none_or(|only| only.code == kind.code))
            .map(|kind| KindCapability {
                main: kind.recipient_branches.contains(&unit.branch),
                copy: true,
                duty: kind.duty,
                kind: kind.clone(),
            });
        let kinds = kinds.collect();
        let programs = tx.clients().of_unit(id, now).await?;
        let fetches = |one: &Client| one.active && one.scopes.contains(&Scope::Receive);
        let uploads = &self.config().uploads;
        Ok(Capabilities {
            unit,
            kinds,
            reads_by_machine: programs.iter().any(fetches),
            max_file_bytes: uploads.max_file_bytes,
            max_files: uploads.max_files_per_document,
        })
    }

    /// Whether the caller may know of a unit: a program knows its own and those it may send to.
    pub(in crate::app) async fn may_know(&self, caller: &Caller, unit: &Unit) -> Result<bool> {
        if !caller.is_machine() {
            return Ok(true);
        }
        let own = caller.acting_unit()?;
        let mut tx = self.store().read().await?;
        let client = machine(&mut tx, caller).await?;
        Ok(unit.id == own || is_reachable(unit, own, client.as_ref()))
    }

    fn kind_today(&self, code: &str) -> Result<&Kind> {
        let kind = self.rules().kind(code, legal_day(self.now()));
        kind.filter(|kind| kind.enabled).ok_or_else(|| {
            let detail = format!("没有编码为“{code}”的现行文书种类");
            Error::invalid("kind", "unknown", detail)
        })
    }
}

impl Work {
    /// Finds the recipients that a program may not send to; people have no such list.
    pub(super) async fn check_reach(
        &mut self,
        recipients: &[Recipient],
        faults: &mut Vec<Fault>,
    ) -> Result<()> {
        let caller = self.caller.clone();
        let Some(client) = machine(&mut self.tx, &caller).await? else {
            return Ok(());
        };
        for (place, recipient) in recipients.iter().enumerate() {
            if !client.may_send_to(recipient.unit) {
                let pointer = format!("/recipients/{place}/unit_id");
                let detail = "该程序账号不得向此单位发文";
                faults.push(Fault::at(pointer, "not_listed", detail));
            }
        }
        Ok(())
    }

    /// Refuses to let a program send what goes beyond its list, whoever drafted it.
    pub(super) async fn check_reach_to_send(&mut self, document: &Document) -> Result<()> {
        let mut faults = Vec::new();
        self.check_reach(&document.recipients, &mut faults).await?;
        if faults.is_empty() {
            Ok(())
        } else {
            Err(Error::Invalid(faults))
        }
    }
}

/// The client behind a caller, where it is a program.
async fn machine(tx: &mut Tx, caller: &Caller) -> Result<Option<Client>> {
    if !caller.is_machine() {
        return Ok(None);
    }
    let client = tx.clients().find(caller.user()).await?;
    client.map(Some).ok_or(Error::Unauthenticated)
}

fn is_reachable(unit: &Unit, own: UnitId, client: Option<&Client>) -> bool {
    unit.active && unit.id != own && client.is_none_or(|client| client.may_send_to(unit.id))
}

impl KindCapability {
    /// Whether a main recipient owes a reply where the document asks for none itself; `None`
    /// where it depends on what the document asks.
    #[must_use]
    pub fn owes_reply(&self) -> Option<bool> {
        match self.duty {
            Duty::Reply => Some(true),
            Duty::ReplyIfAsked => None,
            Duty::SignOnly => Some(false),
        }
    }

    /// In which roles the recipient may get it.
    #[must_use]
    pub fn roles(&self) -> Vec<RecipientRole> {
        let main = self.main.then_some(RecipientRole::Main);
        let copy = self.copy.then_some(RecipientRole::Copy);
        main.into_iter().chain(copy).collect()
    }
}

impl Caller {
    /// The account of a program, for what is kept by client.
    pub(super) fn client(&self) -> UserId {
        self.actor.user
    }
}
