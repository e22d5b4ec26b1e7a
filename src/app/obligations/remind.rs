//! The ladder of reminders: each step is taken once for each duty, when its hour has come.

use jiff::Timestamp;

use crate::{
    app::{Caller, Error, Hub, Result, Work},
    domain::{
        Calendar, Details, LedgerLine, Obligation, ObligationId, ObligationState,
        deadline::{Audience, Circumstances, EscalationLevel, LadderStep, Moment, OfficeHours},
        legal_day,
    },
};

/// How many duties are looked at before the next are read.
const PAGE: i64 = 100;

/// A step of a ladder, and the moment at which it is taken.
type Planned<'a> = (&'a LadderStep, Timestamp);

impl Hub {
    /// Takes every step whose hour has come. Returns how many were told. It may run on several
    /// nodes at once and be broken off anywhere: a step and what follows from it are kept
    /// together, and the row of the step decides who was first.
    pub async fn remind(&self) -> Result<u64> {
        let mut told = 0;
        loop {
            let mut tx = self.store().read().await?;
            let due = tx.reminders().due(self.now(), PAGE).await?;
            drop(tx);
            if due.is_empty() {
                return Ok(told);
            }
            // One that cannot be looked after does not keep the others waiting.
            let mut failure = None;
            for id in due {
                match self.look_after(id).await {
                    Ok(count) => told += count,
                    Err(error) => failure = Some(error),
                }
            }
            if let Some(error) = failure {
                return Err(error);
            }
        }
    }

    /// Takes what is due of one duty, and notes when to look at it again.
    async fn look_after(&self, id: ObligationId) -> Result<u64> {
        let mut work = self.work(Caller::operator()).await?;
        let line = work.tx.obligations().find_for(None, id).await?;
        let Some(LedgerLine { obligation, .. }) = line else {
            return Err(Error::internal(format!("no document of duty {id}")));
        };
        let mut duty = obligation;
        let calendar = self.calendar(&mut work.tx).await?;
        let hours = self.office_hours();
        let plan = self.plan(&duty, &calendar)?;
        let taken = work.tx.reminders().taken(id).await?;
        let open = plan
            .into_iter()
            .filter(|(step, _)| !taken.contains(&step.code));
        let now = work.now;
        let (come, ahead): (Vec<Planned<'_>>, Vec<_>) = open.partition(|(_, at)| *at <= now);
        let quiet = hours.first_from(now, &calendar);
        let mut told = 0;
        let mut next = ahead.iter().map(|(_, at)| *at).min();
        if quiet > now && !come.is_empty() {
            next = Some(quiet);
        } else {
            told = work.take(&mut duty, &come).await?;
        }
        work.tx.reminders().next(id, duty.revision, next).await?;
        work.commit().await?;
        Ok(told)
    }

    fn office_hours(&self) -> OfficeHours {
        let reminders = &self.config().reminders;
        OfficeHours {
            from: reminders.day_begins,
            until: reminders.day_ends,
        }
    }

    /// The steps that apply as the duty stands, earliest first. Who has signed is not asked to
    /// sign any more, and who has answered is asked nothing.
    fn plan(&self, duty: &Obligation, calendar: &Calendar) -> Result<Vec<Planned<'_>>> {
        let unsigned = duty.state == ObligationState::AwaitingSignature;
        if !unsigned && !duty.is_running() {
            return Ok(Vec::new());
        }
        let (code, version) = &duty.rule;
        let rule = self.rules().deadline_rule_version(code, *version);
        let ladder = rule.and_then(|rule| self.rules().ladder(&rule.ladder));
        let ladder =
            ladder.ok_or_else(|| Error::internal(format!("no ladder for {code} v{version}")))?;
        let of = Circumstances {
            arrived_on: legal_day(duty.created_at),
            signed_on: duty.anchor_on,
            anchor_on: duty.anchor_on,
            due_on: duty.awaited_by(),
        };
        let hours = self.office_hours();
        let asks_to_sign =
            |step: &LadderStep| matches!(step.when, Moment::Arrival | Moment::Unsigned(_));
        let steps = ladder.schedule(&of, calendar).into_iter();
        let steps = steps.filter(|(step, _)| asks_to_sign(step) == unsigned);
        Ok(steps
            .map(|(step, day)| {
                let at = match step.when {
                    Moment::Arrival => hours.first_from(duty.created_at, calendar),
                    Moment::BeforeDue(_) => hours.opening_on_or_before(day, calendar),
                    _ => hours.opening_on_or_after(day, calendar),
                };
                (step, at)
            })
            .collect())
    }
}

impl Work {
    /// Takes steps whose hour has come. Of several at once, after a pause of the hub, only the
    /// last is told: that a term has half passed is no news when it is over.
    async fn take(&mut self, duty: &mut Obligation, come: &[Planned<'_>]) -> Result<u64> {
        let last = come.iter().map(|(_, at)| *at).max();
        let last = come.iter().rposition(|(_, at)| Some(*at) == last);
        let mut told = 0;
        for (place, (step, _)) in come.iter().enumerate() {
            let aloud = Some(place) == last;
            let (id, now) = (duty.id, self.now);
            let first = self.tx.reminders().take(id, &step.code, now, aloud).await?;
            if first && aloud {
                self.tell(duty, step).await?;
                told += 1;
            }
        }
        Ok(told)
    }

    /// Reminds of a duty: the matter rises, it is stated, and people are told.
    async fn tell(&mut self, duty: &mut Obligation, step: &LadderStep) -> Result<()> {
        let mut documents = self.tx.documents();
        let document = documents.find_for(duty.creditor, duty.document).await?;
        let document = document.ok_or(Error::NotFound)?;
        duty.progress.level = duty.progress.level.max(step.level);
        let details = Details::Reminder {
            text: None,
            step: Some(step.code.clone()),
            level: Some(step.level).filter(|level| *level != EscalationLevel::None),
        };
        let text = sentence(step.when);
        self.notify(duty, details.event(), &step.to, &text).await?;
        // That it has arrived is stated already.
        if step.when == Moment::Arrival {
            return Ok(());
        }
        self.record(duty, &document, details, None).await
    }
}

/// What a step says.
fn sentence(when: Moment) -> String {
    match when {
        Moment::Arrival => "收到需要回复的文书，请及时签收".to_owned(),
        Moment::Unsigned(days) => format!("文书到达后第 {days} 个工作日仍未签收"),
        Moment::BeforeDue(0) => "回复期限今日届满".to_owned(),
        Moment::BeforeDue(days) => format!("距回复期限届满还有 {days} 日"),
        Moment::HalfTime => "回复期限已经过半".to_owned(),
        Moment::Overdue(days) => format!("回复已逾期 {days} 日"),
    }
}

/// Whom a word of the issuer or the office reaches; from a notice of supervision on also the
/// head of the unit.
pub(super) fn audience(level: EscalationLevel) -> &'static [Audience] {
    const DAILY: &[Audience] = &[Audience::Clerk, Audience::Handler, Audience::Liaison];
    const ALL: &[Audience] = &[
        Audience::Clerk,
        Audience::Handler,
        Audience::Liaison,
        Audience::Leader,
    ];
    if level >= EscalationLevel::Supervision {
        ALL
    } else {
        DAILY
    }
}
