//! One duty in hand: who the caller is in it, what they may do, and how what they do is kept.

use std::sync::Arc;

use jiff::civil::Date;
use sha2::{Digest as _, Sha256};

use crate::{
    app::{Caller, Error, Result, Work, receipts::Fact},
    domain::{
        Branch, Calendar, DeadlineRule, Details, Document, DutyAct, DutyEntry, DutyEntryId, Event,
        HubRole, Kind, Obligation, ObligationId, Part, Role, Rules, Term, UnitId, refuse_marks,
    },
};

/// A duty with everything that decides what may be done about it.
pub(super) struct Matter {
    pub(super) duty: Obligation,
    pub(super) document: Document,
    pub(super) kind: Kind,
    pub(super) rule: DeadlineRule,
    /// The power that the issuer belongs to.
    pub(super) branch: Option<Branch>,
    /// The working days as they are known now.
    pub(super) calendar: Arc<Calendar>,
}

/// On which sides of a duty somebody stands.
pub(super) fn parts(caller: &Caller, duty: &Obligation) -> Vec<Part> {
    let unit = caller.actor.unit;
    let office = caller.actor.hub_roles.contains(&HubRole::ConferenceOffice);
    let sides = [
        (Part::Debtor, unit == Some(duty.debtor)),
        (Part::Creditor, unit == Some(duty.creditor)),
        (Part::Office, office),
    ];
    sides
        .into_iter()
        .filter_map(|(part, stands)| stands.then_some(part))
        .collect()
}

impl Matter {
    /// What the duty was made under.
    pub(super) fn of(
        duty: Obligation,
        document: Document,
        rules: &Rules,
        branch: Option<Branch>,
        calendar: Arc<Calendar>,
    ) -> Result<Self> {
        let kind = rules.kind_version(&document.kind, document.kind_version);
        let (code, version) = &duty.rule;
        let rule = rules.deadline_rule_version(code, *version);
        let lacking = || Error::internal(format!("no rule {code} v{version} or no kind"));
        let (kind, rule) = kind.zip(rule).ok_or_else(lacking)?;
        Ok(Self {
            kind: kind.clone(),
            rule: rule.clone(),
            duty,
            document,
            branch,
            calendar,
        })
    }

    /// The last day for an objection, where the document sets one.
    pub(super) fn objection_until(&self) -> Option<Date> {
        let days = self.document.fields.get("objection_days")?.as_u64()?;
        let term = Term::Days(u16::try_from(days).ok()?);
        let end = term.end(self.duty.anchor_on?, &self.calendar);
        Some(self.calendar.next_working_day_on_or_after(end))
    }

    /// Why an act is impossible as things stand, whoever wants it.
    pub(super) fn obstacle(&self, act: DutyAct, today: Date) -> Option<&'static str> {
        if act == DutyAct::Object {
            if !self.kind.allows_objection {
                return Some("这种文书没有提出异议的程序");
            }
            let last = self.objection_until();
            if last.is_some_and(|last| today > last) {
                return Some("提出异议的期限已过");
            }
        }
        act.obstacle(&self.duty, &self.rule)
    }

    fn lets(&self, act: DutyAct, caller: &Caller) -> bool {
        let parts = parts(caller, &self.duty);
        let holds = |roles: &[Role]| caller.actor.roles.iter().any(|role| roles.contains(role));
        let fits = |(part, roles): &(Part, &[Role])| {
            parts.contains(part) && (*part == Part::Office || holds(roles))
        };
        act.rights(&self.rule).iter().any(fits) && (act != DutyAct::Escalate || self.may_escalate())
    }

    /// Telling the superior or reporting belongs to the issuing court or procuratorate.
    fn may_escalate(&self) -> bool {
        matches!(self.branch, Some(Branch::Court | Branch::Procuratorate))
    }

    /// What the caller may do now.
    pub(super) fn may(&self, caller: &Caller, today: Date) -> Vec<DutyAct> {
        let acts = DutyAct::ALL.iter().copied();
        acts.filter(|act| self.lets(*act, caller) && self.obstacle(*act, today).is_none())
            .collect()
    }
}

impl Work {
    /// A duty that the caller wants to do something about: 404 for who may not know of it, 403
    /// for whose part it is not, 409 where it cannot be done now.
    pub(super) async fn matter(&mut self, id: ObligationId, act: DutyAct) -> Result<Matter> {
        let unit = self.caller.unit()?;
        let office = self.caller.hub_role(HubRole::ConferenceOffice).is_ok();
        let viewer = (!office).then_some(unit);
        let line = self.tx.obligations().find_for(viewer, id).await?;
        let duty = line.ok_or(Error::NotFound)?.obligation;
        let mut documents = self.tx.documents();
        let document = documents.find_for(duty.creditor, duty.document).await?;
        let document = document.ok_or(Error::NotFound)?;
        let hub = self.hub.clone();
        let names = hub.directory(&mut self.tx).await?;
        let branch = names.unit(duty.creditor).map(|unit| unit.branch);
        let calendar = hub.calendar(&mut self.tx).await?;
        let matter = Matter::of(duty, document, hub.rules(), branch, calendar)?;
        if !matter.lets(act, &self.caller) {
            return Err(Error::Forbidden(reserved(act, &matter.rule)));
        }
        match matter.obstacle(act, self.today()) {
            Some(why) => Err(Error::WrongState(why)),
            None => Ok(matter),
        }
    }

    /// The legal day.
    pub(in crate::app) fn today(&self) -> Date {
        crate::domain::legal_day(self.now)
    }

    /// Keeps what was done about a duty: its new state, the entry in its journal, the statement,
    /// the audit. The duty is written first, so that of two who act at once one is told so.
    pub(super) async fn record(
        &mut self,
        duty: &mut Obligation,
        document: &Document,
        details: Details,
        answers: Option<DutyEntryId>,
    ) -> Result<()> {
        duty.revision += 1;
        if !self.tx.obligations().update(duty).await? {
            return Err(Error::Stale);
        }
        let event = details.event();
        let (user, unit) = (self.caller.user(), self.caller.actor.unit);
        let round = self.tx.duty_entries().count(duty.id, event).await? + 1;
        let mut fact = Fact::new(event, document, duty.debtor).in_round(round);
        fact.reply_due = duty.due.as_ref().map(|due| due.due_on);
        match (&details, unit) {
            (Details::Reply { reply, .. } | Details::InterimReply { reply }, _) => {
                fact.replied_with = Some(*reply);
            }
            _ => fact.act = Some(digest(&details)?),
        }
        match unit {
            Some(unit) if unit != duty.debtor => fact.actor = Some((unit, user)),
            _ => fact.by = Some(user),
        }
        let evidence = self.state(fact).await?;
        self.did_between(details.what(), duty.document, duty.debtor);
        let entry = DutyEntry {
            id: DutyEntryId::fresh(),
            obligation: duty.id,
            round,
            at: self.now,
            unit,
            user,
            details,
            answers,
            evidence: Some(evidence),
        };
        self.tx.duty_entries().insert(&entry).await?;
        Ok(())
    }

    /// The open request of an event in a duty's journal, which must be the one that is named.
    pub(super) async fn open_request(
        &mut self,
        duty: &Obligation,
        id: DutyEntryId,
        event: Event,
    ) -> Result<DutyEntry> {
        let journal = self.tx.duty_entries().of(duty.id).await?;
        let named = journal.iter().find(|entry| entry.id == id);
        let named = named.filter(|entry| entry.details.event() == event);
        let named = named.ok_or(Error::NotFound)?;
        let newest = journal.iter().rfind(|entry| entry.details.event() == event);
        if newest.is_some_and(|newest| newest.id != id) {
            return Err(Error::WrongState("这一申请已经处理过"));
        }
        Ok(named.clone())
    }

    /// A unit that may be named in a duty.
    pub(in crate::app) async fn known_unit(&mut self, pointer: String, unit: UnitId) -> Result<()> {
        let names = self.hub.clone().directory(&mut self.tx).await?;
        if names.unit(unit).is_some() {
            return Ok(());
        }
        Err(Error::invalid(pointer, "unknown", "没有这个单位"))
    }
}

impl Work {
    /// Words that must be there.
    pub(super) fn needed(&self, pointer: &str, text: Option<String>) -> Result<String> {
        let missing = || Error::invalid(pointer, "required", "请填写此项");
        self.words(pointer, text)?.ok_or_else(missing)
    }

    /// Words that may be there, without what does not belong into them.
    pub(super) fn words(&self, pointer: &str, text: Option<String>) -> Result<Option<String>> {
        let Some(text) = text.map(|text| text.trim().to_owned()) else {
            return Ok(None);
        };
        let max = self.hub.config().documents.note_max_chars;
        let strange = |c: char| c.is_control() && c != '\n';
        if text.chars().count() > max || text.chars().any(strange) {
            let detail = format!("最多 {max} 个字，不含控制字符");
            return Err(Error::invalid(pointer, "malformed", detail));
        }
        if let Some(mark) = refuse_marks(&text) {
            return Err(Error::Secrecy(mark.to_string()));
        }
        Ok(Some(text).filter(|text| !text.is_empty()))
    }
}

fn digest(details: &Details) -> Result<String> {
    let canonical = serde_json_canonicalizer::to_string(details).map_err(Error::internal)?;
    Ok(hex::encode(Sha256::digest(canonical)))
}

/// Whose part an act is.
fn reserved(act: DutyAct, rule: &DeadlineRule) -> &'static str {
    match act.rights(rule) {
        _ if act == DutyAct::Escalate => {
            "告知上级主管、通报报告只能由制发文书的法院、检察院的签发人决定"
        }
        [(Part::Debtor, [Role::Signer])] => "此操作须由应回复单位的签发人进行",
        [(Part::Debtor, _)] => "此操作须由应回复单位的收发员或承办人进行",
        [(Part::Creditor, [Role::Signer])] => "此操作须由发文单位的签发人进行",
        [(Part::Creditor, _)] => "此操作须由发文单位的收发员或承办人进行",
        [(Part::Office, _)] => "此操作须由联席会议办公室进行",
        _ => "此操作须由发文单位的收发员、承办人或者联席会议办公室进行",
    }
}
