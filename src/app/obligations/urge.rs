//! Urging: a word from the issuer or the office, a notice of supervision from the office, and
//! what belongs to the issuing court or procuratorate alone.

use super::remind::audience;
use crate::{
    app::{Error, Result, Work},
    domain::{Details, DutyAct, Event, ObligationId, deadline::EscalationLevel},
};

/// A matter that is to rise.
#[derive(Debug, Clone)]
pub struct Escalation {
    /// How far.
    pub level: EscalationLevel,
    /// With these words.
    pub text: Option<String>,
    /// Whom it is told, in words.
    pub addressee: Option<String>,
    /// The person who decided it.
    pub decided_by: Option<String>,
}

impl Work {
    /// 催办: raises the matter to that level, if it is not there already.
    pub async fn remind(&mut self, id: ObligationId, text: Option<String>) -> Result<()> {
        let mut matter = self.matter(id, DutyAct::Remind).await?;
        let details = Details::Reminder {
            text: self.words("/text", text)?,
            step: None,
            level: None,
        };
        let level = &mut matter.duty.progress.level;
        *level = (*level).max(EscalationLevel::Urge);
        let to = audience(EscalationLevel::Urge);
        self.notify(&matter.duty, Event::Reminder, to, "请尽快回复")
            .await?;
        self.record(&mut matter.duty, &matter.document, details, None)
            .await
    }

    /// 升级. Levels only ever rise; the same level may be taken again, to tell somebody else.
    pub async fn escalate(&mut self, id: ObligationId, asked: Escalation) -> Result<()> {
        let act = match asked.level {
            EscalationLevel::Supervision => DutyAct::Supervise,
            EscalationLevel::Superior | EscalationLevel::Report => DutyAct::Escalate,
            _ => {
                let detail = "只能是 supervision、superior、report；催办用 reminders";
                return Err(Error::invalid("/level", "not_a_choice", detail));
            }
        };
        let mut matter = self.matter(id, act).await?;
        if matter.duty.progress.level > asked.level {
            return Err(Error::WrongState("已经升级到更高一级，不能再降低"));
        }
        let beyond = asked.level > EscalationLevel::Supervision;
        let addressee = self.words("/addressee", asked.addressee)?;
        let decided_by = self.words("/decided_by", asked.decided_by)?;
        if beyond && addressee.is_none() {
            let detail = "请写明告知、通报的机关";
            return Err(Error::invalid("/addressee", "required", detail));
        }
        if asked.level == EscalationLevel::Report && decided_by.is_none() {
            let detail = "请写明决定通报、报告的人";
            return Err(Error::invalid("/decided_by", "required", detail));
        }
        let details = Details::Escalation {
            level: asked.level,
            text: self.needed("/text", asked.text)?,
            addressee,
            decided_by,
        };
        matter.duty.progress.level = asked.level;
        let text = format!("{}：请尽快回复", asked.level.label());
        let to = audience(asked.level);
        self.notify(&matter.duty, Event::Escalation, to, &text)
            .await?;
        self.record(&mut matter.duty, &matter.document, details, None)
            .await
    }
}
