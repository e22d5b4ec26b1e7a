//! One duty with everything that happened to it, and what the caller may do about it.

use std::collections::HashMap;

use jiff::{Timestamp, civil::Date};

use super::matter::{Matter, parts};
use crate::{
    app::{Caller, Error, Hub, Result, Shown, Work},
    domain::{
        Details, DutyAct, DutyEntry, DutyEntryId, Event, Evidence, EvidenceId, HubRole, LedgerLine,
        ObligationId, Part, Scope, UnitId, UserId, legal_day,
    },
    store::Tx,
};

/// The most statements about one document and unit that are shown.
const MOMENTS_MAX: i64 = 1_000;

/// A duty in full.
#[derive(Debug, Clone)]
pub struct DutyDetail {
    /// The duty; its title is empty for who is no party.
    pub line: LedgerLine,
    /// What happened, oldest first.
    pub moments: Vec<Moment>,
    /// The last day for an objection, where the document sets one.
    pub objection_until: Option<Date>,
    /// The extension that waits for a decision.
    pub extension: Option<DutyEntryId>,
    /// The objection that waits for a decision.
    pub objection: Option<DutyEntryId>,
    /// What the caller may do now.
    pub may: Vec<DutyAct>,
    /// Whether the caller is a party, who reads the words as well as the facts.
    pub party: bool,
}

/// Something that happened to a duty.
#[derive(Debug, Clone)]
pub struct Moment {
    /// What.
    pub event: Event,
    /// Counts the events of this kind.
    pub round: i64,
    /// When.
    pub at: Timestamp,
    /// The statement of it, if anybody did it.
    pub evidence: Option<EvidenceId>,
    /// The entry of the journal; none for what happened to the delivery.
    pub entry: Option<DutyEntryId>,
    /// The unit and the person that acted.
    pub actor: Option<(UnitId, UserId)>,
    /// The request that it decides.
    pub answers: Option<DutyEntryId>,
    /// What was done, in full.
    pub details: Option<Details>,
}

impl Moment {
    /// What was stated, and what the journal knows of it.
    fn of(stated: &Evidence, entry: Option<DutyEntry>) -> Self {
        match entry {
            Some(entry) => Self::from(entry),
            None => Self {
                event: stated.event,
                round: stated.round,
                at: stated.at,
                evidence: Some(stated.id),
                entry: None,
                actor: None,
                answers: None,
                details: None,
            },
        }
    }
}

impl From<DutyEntry> for Moment {
    fn from(entry: DutyEntry) -> Self {
        Self {
            event: entry.details.event(),
            round: entry.round,
            at: entry.at,
            evidence: entry.evidence,
            entry: Some(entry.id),
            actor: entry.unit.map(|unit| (unit, entry.user)),
            answers: entry.answers,
            details: Some(entry.details),
        }
    }
}

impl Hub {
    /// One obligation in full, for its parties; by its facts for the conference office.
    pub async fn obligation(&self, caller: &Caller, id: ObligationId) -> Result<Shown<DutyDetail>> {
        let mut tx = self.store().read().await?;
        let detail = self.duty_detail(&mut tx, caller, id).await?;
        self.shown(&mut tx, detail).await
    }

    async fn duty_detail(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        id: ObligationId,
    ) -> Result<DutyDetail> {
        caller.settled()?;
        let office = caller.hub_role(HubRole::ConferenceOffice).is_ok();
        let viewer = if office {
            None
        } else {
            Some(caller.unit_for(&[Scope::Report])?)
        };
        let line = tx.obligations().find_for(viewer, id).await?;
        let mut line = line.ok_or(Error::NotFound)?;
        let duty = line.obligation.clone();
        let sides = parts(caller, &duty);
        let party = sides.iter().any(|part| *part != Part::Office);
        if !party {
            line.title.clear();
        }
        let mut documents = tx.documents();
        let document = documents.find_for(duty.creditor, duty.document).await?;
        let document = document.ok_or(Error::NotFound)?;
        let names = self.directory(tx).await?;
        let branch = names.unit(duty.creditor).map(|unit| unit.branch);
        let calendar = self.calendar(tx).await?;
        let matter = Matter::of(duty, document, self.rules(), branch, calendar)?;
        let journal = tx.duty_entries().of(id).await?;
        let newest = |event, open: bool| {
            let found = journal.iter().rfind(|one| one.details.event() == event);
            found.filter(|_| open).map(|one| one.id)
        };
        let progress = &matter.duty.progress;
        let today = legal_day(self.now());
        Ok(DutyDetail {
            objection_until: matter.objection_until(),
            extension: newest(Event::ExtensionRequest, progress.extending),
            objection: newest(Event::Objection, progress.objecting),
            may: matter.may(caller, today),
            moments: moments(tx, &matter, journal, party).await?,
            line,
            party,
        })
    }
}

impl Work {
    /// The duty as the caller sees it after what they did.
    pub async fn duty(&mut self, id: ObligationId) -> Result<Shown<DutyDetail>> {
        let (hub, caller) = (self.hub.clone(), self.caller.clone());
        let detail = hub.duty_detail(&mut self.tx, &caller, id).await?;
        self.shown(detail).await
    }
}

/// The statements about the document and its debtor, with what the journal knows of them. When a
/// unit first opened a document is its own affair and the issuer's.
async fn moments(
    tx: &mut Tx,
    matter: &Matter,
    journal: Vec<DutyEntry>,
    party: bool,
) -> Result<Vec<Moment>> {
    let duty = &matter.duty;
    let stated = tx
        .evidence()
        .of_document_for(duty.creditor, duty.document, MOMENTS_MAX)
        .await?;
    let (acts, events): (Vec<_>, Vec<_>) = journal
        .into_iter()
        .partition(|entry| entry.evidence.is_some());
    let mut entries: HashMap<_, _> = acts
        .into_iter()
        .map(|entry| (entry.evidence, entry))
        .collect();
    let told = stated.into_iter().filter(|one| {
        let ours = one.party == duty.debtor || one.event == Event::Submission;
        ours && (party || one.event != Event::Reading)
    });
    let stated = told.map(|one| Moment::of(&one, entries.remove(&Some(one.id))));
    let mut moments: Vec<_> = stated.chain(events.into_iter().map(Moment::from)).collect();
    moments.sort_by_key(|moment| moment.at);
    Ok(moments)
}
