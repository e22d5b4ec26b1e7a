//! What a unit does with a document inside itself. No other unit learns of it, not its sender
//! either.

use super::OFFICE;
use crate::{
    app::{Caller, Error, Fault, Hub, Result, Work},
    domain::{Assignment, Delivery, DeliveryId, DeliveryState, HandlerRole, Role, UnitId, UserId},
};

/// The most people who handle one document.
const HANDLERS_MAX: usize = 20;

/// Somebody to whom their unit may give a document.
#[derive(Debug, Clone)]
pub struct Colleague {
    /// Who.
    pub user: UserId,
    /// Their name.
    pub name: String,
    /// What they do in the unit.
    pub roles: Vec<Role>,
}

impl Hub {
    /// The people of the caller's unit to whom it may give documents.
    pub async fn colleagues(&self, caller: &Caller) -> Result<Vec<Colleague>> {
        let unit = caller.unit()?;
        let mut tx = self.store().read().await?;
        let members = tx.assignments().members_of(unit).await?;
        let colleagues =
            members
                .into_iter()
                .map(|(user, name, roles)| Colleague { user, name, roles });
        Ok(colleagues.filter(|one| may_handle(&one.roles)).collect())
    }
}

impl Work {
    /// Gives a document that was signed for to people of the unit: one leads, others help. Doing
    /// it again replaces them; who had it before stays written down.
    pub async fn assign(
        &mut self,
        id: DeliveryId,
        handlers: &[(UserId, HandlerRole)],
        note: Option<String>,
    ) -> Result<Delivery> {
        let delivery = self.own_delivery(id).await?;
        self.caller.unit_as(&[Role::Clerk, Role::Liaison])?;
        let note = self.tidy_note(note)?;
        check_open(&delivery)?;
        self.check_handlers(delivery.unit, handlers).await?;
        let turn = self.tx.deliveries().next_turn(id).await?;
        let turn = turn.ok_or(Error::WrongState("此件的状态刚刚改变，请重新读取"))?;
        let (by, now) = (self.caller.user(), self.now);
        let assigned: Vec<_> = handlers
            .iter()
            .map(|(user, role)| Assignment {
                delivery: id,
                turn,
                user: *user,
                role: *role,
                assigned: (by, now),
                note: note.clone(),
            })
            .collect();
        self.tx.assignments().replace(&delivery, &assigned).await?;
        self.did_inside("delivery.assign", delivery.document);
        self.delivery_now(id).await
    }

    /// Closes a document inside the unit: nothing more is to be done about it.
    pub async fn finish_delivery(
        &mut self,
        id: DeliveryId,
        note: Option<String>,
    ) -> Result<Delivery> {
        let delivery = self.own_delivery(id).await?;
        self.check_leads(&delivery).await?;
        let note = self.tidy_note(note)?;
        check_open(&delivery)?;
        let (by, now) = (self.caller.user(), self.now);
        let done = self
            .tx
            .deliveries()
            .mark_done(id, by, note.as_deref(), now)
            .await?;
        if !done {
            return Err(Error::WrongState("此件已办结"));
        }
        self.did_inside("delivery.done", delivery.document);
        self.delivery_now(id).await
    }

    /// Takes the closing back.
    pub async fn reopen_delivery(&mut self, id: DeliveryId) -> Result<Delivery> {
        let delivery = self.own_delivery(id).await?;
        self.check_leads(&delivery).await?;
        if !self.tx.deliveries().reopen(id).await? {
            return Err(Error::WrongState("此件尚未办结"));
        }
        self.did_inside("delivery.reopen", delivery.document);
        self.delivery_now(id).await
    }

    /// The clerk closes and opens, and so does who leads at present.
    async fn check_leads(&mut self, delivery: &Delivery) -> Result<()> {
        if self.caller.unit_as(&[Role::Clerk]).is_ok() {
            return Ok(());
        }
        let by = self.caller.user();
        let handlers = self
            .tx
            .assignments()
            .of_deliveries_in(delivery.unit, &[delivery.id])
            .await?;
        let leads = |one: &Assignment| one.user == by && one.role == HandlerRole::Lead;
        if self.caller.unit_as(OFFICE).is_ok() && handlers.iter().any(leads) {
            Ok(())
        } else {
            Err(Error::Forbidden("此操作须由本单位收发员或主办人进行"))
        }
    }

    async fn check_handlers(
        &mut self,
        unit: UnitId,
        handlers: &[(UserId, HandlerRole)],
    ) -> Result<()> {
        if handlers.is_empty() || handlers.len() > HANDLERS_MAX {
            let detail = format!("请指定 1 至 {HANDLERS_MAX} 名承办人");
            return Err(Error::invalid("/handlers", "out_of_range", detail));
        }
        let leads = handlers
            .iter()
            .filter(|(_, role)| *role == HandlerRole::Lead);
        if leads.count() != 1 {
            let detail = "主办须有且只有一人";
            return Err(Error::invalid("/handlers", "one_lead", detail));
        }
        let mut faults = Vec::new();
        for (place, (user, _)) in handlers.iter().enumerate() {
            let pointer = format!("/handlers/{place}/user_id");
            if handlers[..place].iter().any(|(other, _)| other == user) {
                faults.push(Fault::at(pointer, "repeated", "同一人只能列一次"));
            } else if !self.handles(unit, *user).await? {
                let detail = "不是本单位在用的收发员或承办人账号";
                faults.push(Fault::at(pointer, "not_a_handler", detail));
            }
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(Error::Invalid(faults))
        }
    }

    async fn handles(&mut self, unit: UnitId, user: UserId) -> Result<bool> {
        let user = self.tx.users().find(user).await?;
        Ok(user.is_some_and(|user| {
            let mut places = user.memberships.iter();
            user.active && places.any(|place| place.unit == unit && may_handle(&place.roles))
        }))
    }
}

fn may_handle(roles: &[Role]) -> bool {
    roles.iter().any(|role| OFFICE.contains(role))
}

fn check_open(delivery: &Delivery) -> Result<()> {
    match delivery.state {
        DeliveryState::Signed if delivery.done.is_some() => {
            Err(Error::WrongState("此件已办结，请先恢复办理"))
        }
        DeliveryState::Signed => Ok(()),
        DeliveryState::Arrived | DeliveryState::Read => {
            Err(Error::WrongState("签收之后才能交办或办结"))
        }
        DeliveryState::Returned | DeliveryState::Recalled | DeliveryState::Superseded => {
            Err(Error::WrongState("此件已退回、撤回或被取代，不再办理"))
        }
    }
}
