use super::OFFICE;
use crate::{
    app::{Directory, Error, Fault, Result, Work, receipts::Fact},
    domain::{
        Delivery, DeliveryId, DeliveryState, Document, Event, Forwarding, RecipientRole, UnitId,
    },
    store::Basis,
};

const NOT_SIGNED: Error = Error::WrongState("签收之后才能转发");

impl Work {
    /// Passes a document that was signed for on to other units, for which no duty arises from it.
    /// Its issuers see to whom, and a unit that has it already is not sent it a second time.
    pub async fn forward(
        &mut self,
        id: DeliveryId,
        units: &[UnitId],
        note: Option<String>,
    ) -> Result<Vec<Delivery>> {
        let delivery = self.own_delivery(id).await?;
        self.caller.unit_as(OFFICE)?;
        let note = self.tidy_note(note)?;
        if delivery.state != DeliveryState::Signed {
            return Err(NOT_SIGNED);
        }
        // From here to the end nobody else passes it on, so that each time has its number.
        if !self.tx.deliveries().hold_signed(id).await? {
            return Err(NOT_SIGNED);
        }
        let document = self.delivered(delivery.document).await?;
        self.check_targets(&delivery, units).await?;
        let mut made = Vec::with_capacity(units.len());
        for (place, unit) in units.iter().enumerate() {
            let given = self
                .hand_on(&document, &delivery, *unit, note.clone())
                .await?;
            made.push(given.ok_or_else(|| Error::Invalid(vec![is_there(place)]))?);
        }
        let forwarding = Event::Forward;
        let before = self
            .tx
            .evidence()
            .of_event(document.id, delivery.unit, forwarding)
            .await?;
        let by = self.caller.user();
        let mut fact = Fact::new(forwarding, &document, delivery.unit).by(by);
        fact.forwarded_to = units.to_vec();
        let times = before.map_or(0, |statement| statement.round);
        self.state(fact.in_round(times + 1)).await?;
        self.did_on_delivery("delivery.forward", &delivery);
        for one in &made {
            self.told("delivery.arrive", document.id, one.unit);
        }
        Ok(made)
    }

    async fn check_targets(&mut self, delivery: &Delivery, units: &[UnitId]) -> Result<()> {
        let max = self.hub.config().documents.recipients_max;
        if units.is_empty() || units.len() > max {
            let detail = format!("请指定 1 至 {max} 个接收转发的单位");
            return Err(Error::invalid("/unit_ids", "out_of_range", detail));
        }
        let names = self.hub.clone().directory(&mut self.tx).await?;
        let mut faults = Vec::new();
        for (place, unit) in units.iter().enumerate() {
            if let Some(fault) = fault_of(place, units, delivery.unit, &names) {
                faults.push(fault);
            } else if self.tx.access().allows(*unit, delivery.document).await? {
                faults.push(is_there(place));
            }
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(Error::Invalid(faults))
        }
    }

    /// Puts it into one more box; none if somebody else was quicker.
    async fn hand_on(
        &mut self,
        document: &Document,
        from: &Delivery,
        unit: UnitId,
        note: Option<String>,
    ) -> Result<Option<Delivery>> {
        let by = self.caller.user();
        let role = RecipientRole::Forward;
        let mut delivery = Delivery::arriving(document, unit, role, self.now);
        delivery.forwarded = Some(Forwarding {
            from: from.id,
            unit: from.unit,
            by,
            note,
        });
        if !self.tx.deliveries().insert(&delivery).await? {
            return Ok(None);
        }
        let (basis, now) = (Basis::Forward, self.now);
        self.tx
            .access()
            .grant(unit, document.id, basis, now)
            .await?;
        let mut arrival = Fact::new(Event::Arrival, document, unit);
        arrival.giver = Some((from.unit, by));
        self.state(arrival).await?;
        Ok(Some(delivery))
    }
}

fn is_there(place: usize) -> Fault {
    Fault::at(
        format!("/unit_ids/{place}"),
        "already_delivered",
        "该单位已有此件，不能重复转发",
    )
}

fn fault_of(place: usize, units: &[UnitId], own: UnitId, names: &Directory) -> Option<Fault> {
    let unit = units[place];
    let fault = |code, detail| Some(Fault::at(format!("/unit_ids/{place}"), code, detail));
    match names.unit(unit) {
        None => fault("unknown", "单位不存在；只能转发给单位，不能转发给个人"),
        Some(_) if units[..place].contains(&unit) => fault("repeated", "同一单位只能列一次"),
        Some(_) if unit == own => fault("own_unit", "不能转发给本单位"),
        Some(to) if !to.active => fault("inactive", "该单位已停用"),
        Some(_) => None,
    }
}
