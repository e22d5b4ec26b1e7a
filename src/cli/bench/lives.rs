//! Duties to reply as they stand after a while: answered early, late or never.

use jiff::{Span, Timestamp, civil::Date};

use super::{fill::duty, random::Random};
use crate::domain::{
    Adoption, Delivery, Document, DueDate, Obligation, ObligationState, Progress, beginning_of,
    deadline::Step, legal_day,
};

/// A duty that came some way.
pub(super) fn a_life(document: &Document, delivery: &Delivery, next: &mut Random) -> Obligation {
    let mut duty = duty(document, delivery, delivery.sent_at);
    let sent = legal_day(delivery.sent_at);
    duty.rule = ("SJ-ZH".to_owned(), 1);
    duty.sign_by = Some(later(sent, 2));
    duty.state = ObligationState::AwaitingSignature;
    if delivery.signed.is_none() {
        return duty;
    }
    let signed = later(sent, next.below(4));
    sign(&mut duty, signed, next);
    if next.one_in(5) {
        return duty;
    }
    let replied = later(signed, 10 + next.below(70));
    duty.reply = Some((document.id, noon(replied)));
    duty.state = ObligationState::Replied;
    if next.one_in(6) {
        return duty;
    }
    evaluate(&mut duty.progress, later(replied, next.below(20)), next);
    duty.state = if duty.progress.closed_at.is_some() {
        ObligationState::Closed
    } else {
        ObligationState::Evaluated
    };
    duty
}

fn sign(duty: &mut Obligation, signed: Date, next: &mut Random) {
    duty.state = ObligationState::InProgress;
    duty.anchor_on = Some(signed);
    let original = later(signed, 61);
    let extended = next.one_in(8);
    let due_on = if extended {
        later(original, 20)
    } else {
        original
    };
    duty.original_due_on = Some(original);
    duty.due = Some(DueDate {
        anchor_on: signed,
        due_on,
        raw_end_on: original,
        provisional: false,
        years_used: vec![signed.year()],
        steps: vec![
            step(signed, "签收之日，自次日起算"),
            step(original, "期间届满"),
        ],
        basis: "《最高人民法院关于综合治理类司法建议工作若干问题的规定》第八条".to_owned(),
        rule_code: duty.rule.0.clone(),
        rule_version: duty.rule.1,
    });
    duty.progress.registered_on = Some(later(signed, next.below(3)));
    duty.progress.upheld = next.one_in(20).then_some(false);
}

fn evaluate(progress: &mut Progress, evaluated: Date, next: &mut Random) {
    progress.adoption = Adoption::ALL.get(next.below(3)).copied();
    progress.rectified = Some(!next.one_in(4));
    progress.evaluated_at = Some(noon(evaluated));
    progress.closed_at = next.one_in(2).then(|| noon(later(evaluated, 5)));
}

fn step(date: Date, text: &str) -> Step {
    Step {
        text: text.to_owned(),
        date,
    }
}

fn noon(day: Date) -> Timestamp {
    beginning_of(day) + jiff::SignedDuration::from_hours(12)
}

fn later(day: Date, days: usize) -> Date {
    let days = i64::try_from(days).unwrap_or_default();
    day.saturating_add(Span::new().days(days))
}
