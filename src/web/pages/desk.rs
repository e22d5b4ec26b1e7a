//! What the visitor may do about a document at the moment: the forms that its page offers. Who
//! presses a button all the same is told by the act itself.

use crate::{
    app::{Caller, Colleague, DeliveryCard, Directory, Hub, Result},
    domain::{DeliveryState, HandlerRole, ReturnReason, Role, UnitId},
    web::frame::act,
};

/// The forms about the delivery to the visitor's own unit.
#[derive(Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each form is offered or not, whatever the others are"
)]
pub(super) struct Desk {
    pub(super) delivery: String,
    pub(super) folder: &'static str,
    pub(super) sign: bool,
    /// The rule has signed; a person may still do so.
    pub(super) deemed: bool,
    pub(super) give_back: bool,
    pub(super) reasons: Vec<(&'static str, &'static str)>,
    pub(super) forward: bool,
    pub(super) units: Vec<(String, String)>,
    pub(super) assign: bool,
    pub(super) colleagues: Vec<(String, String)>,
    pub(super) handlers: Vec<String>,
    pub(super) finish: bool,
    pub(super) reopen: bool,
    pub(super) done: String,
}

/// A return that waits for the visitor's unit to decide.
pub(super) struct Decision {
    pub(super) delivery: String,
    pub(super) unit: String,
    pub(super) reason: &'static str,
    pub(super) note: String,
    pub(super) returned: String,
}

/// How many units can be chosen from.
const UNITS: i64 = 500;

impl Desk {
    /// What the visitor may do with what came to their unit; none where nothing came to it.
    pub(super) async fn of(
        hub: &Hub,
        caller: &Caller,
        cards: &[DeliveryCard],
        names: &Directory,
    ) -> Result<Option<Self>> {
        let unit = caller.unit()?;
        let Some(card) = cards.iter().find(|card| card.delivery.unit == unit) else {
            return Ok(None);
        };
        let delivery = &card.delivery;
        let office = caller.unit_as(&[Role::Clerk, Role::Handler]).is_ok();
        let assigns = caller.unit_as(&[Role::Clerk, Role::Liaison]).is_ok();
        let leads = card
            .handlers
            .iter()
            .any(|one| one.user == caller.user() && one.role == HandlerRole::Lead);
        let closes = caller.unit_as(&[Role::Clerk]).is_ok() || (office && leads);
        let unsigned = matches!(delivery.state, DeliveryState::Arrived | DeliveryState::Read);
        let signed = delivery.state == DeliveryState::Signed;
        let deemed = signed && delivery.signed.is_none();
        let open = signed && delivery.done.is_none();
        let returned = card.returns.iter().any(|one| one.round == delivery.round);
        let mut desk = Self {
            delivery: delivery.id.to_string(),
            folder: delivery.folder().label(),
            sign: office && (unsigned || deemed),
            deemed,
            give_back: office && unsigned && !returned,
            reasons: ReturnReason::ALL
                .iter()
                .map(|reason| (reason.code(), reason.label()))
                .collect(),
            forward: office && signed,
            assign: assigns && open,
            finish: closes && open,
            reopen: closes && signed && delivery.done.is_some(),
            done: act(delivery.done, names),
            handlers: handlers(card, names),
            ..Self::default()
        };
        if desk.forward {
            desk.units = units(hub, caller, unit).await?;
        }
        if desk.assign {
            let colleagues = hub.colleagues(caller).await?;
            let choice = |one: Colleague| (one.user.to_string(), one.name);
            desk.colleagues = colleagues.into_iter().map(choice).collect();
        }
        Ok(Some(desk))
    }
}

fn handlers(card: &DeliveryCard, names: &Directory) -> Vec<String> {
    let handler = |one: &crate::domain::Assignment| {
        format!(
            "{}：{}",
            one.role.label(),
            names.user(one.user).unwrap_or_default()
        )
    };
    card.handlers.iter().map(handler).collect()
}

async fn units(hub: &Hub, caller: &Caller, own: UnitId) -> Result<Vec<(String, String)>> {
    let units = hub.units(caller, None, UNITS).await?;
    let others = units
        .into_iter()
        .filter(|unit| unit.active && unit.id != own);
    Ok(others
        .map(|unit| (unit.id.to_string(), unit.short_name))
        .collect())
}

/// The returns that the visitor's unit has to decide on.
pub(super) fn decisions(
    caller: &Caller,
    cards: &[DeliveryCard],
    names: &Directory,
) -> Result<Vec<Decision>> {
    let unit = caller.unit()?;
    if caller.unit_as(&[Role::Clerk, Role::Handler]).is_err() {
        return Ok(Vec::new());
    }
    let waiting = cards.iter().filter(|card| {
        card.delivery.giver() == unit && card.delivery.state == DeliveryState::Returned
    });
    let decision = |card: &DeliveryCard| {
        let one = card.returns.iter().find(|one| one.decision.is_none())?;
        let to = names.unit(card.delivery.unit);
        Some(Decision {
            delivery: card.delivery.id.to_string(),
            unit: to.map(|to| to.short_name.clone()).unwrap_or_default(),
            reason: one.reason.label(),
            note: one.note.clone().unwrap_or_default(),
            returned: act(Some(one.returned), names),
        })
    };
    Ok(waiting.filter_map(decision).collect())
}
