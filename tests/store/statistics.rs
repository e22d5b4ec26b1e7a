//! What is counted of the duties to reply, against a count by hand.

use std::collections::BTreeMap;

use jiff::{
    Timestamp,
    civil::{Date, date},
};
use wenshu::{
    domain::{
        Adoption, Delivery, DocumentId, DueDate, LedgerSide, Obligation, ObligationState, Progress,
        Rules, UnitId, beginning_of, legal_day,
        statistics::{
            Breakdown, Cohort, Days, DutyFacts, Figure, Period, RowKey, Span, Tally, WorkingDays,
            month_number,
        },
    },
    store::Tx,
};

use crate::world::{World, a_due_date, an_obligation, at};

/// The same numbers each time (an xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, end: i64) -> i64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        i64::try_from(self.0 % u64::try_from(end).unwrap()).unwrap()
    }

    fn one_in(&mut self, many: i64) -> bool {
        self.below(many) == 0
    }
}

fn later(day: Date, days: i64) -> Date {
    day.checked_add(jiff::Span::new().days(days)).unwrap()
}

fn at_noon(day: Date) -> Timestamp {
    beginning_of(day) + jiff::SignedDuration::from_hours(12)
}

/// A duty that came some way in the year 2026.
fn a_life(
    random: &mut Random,
    delivery: &Delivery,
    creditor: UnitId,
    reply: DocumentId,
) -> (Obligation, Obligation) {
    let sent = later(date(2025, 12, 1), random.below(300));
    let fresh = Obligation {
        sign_by: (!random.one_in(4)).then(|| later(sent, 2)),
        created_at: at_noon(sent),
        ..an_obligation(delivery, creditor)
    };
    let mut duty = fresh.clone();
    duty.revision += 1;
    if random.one_in(9) {
        duty.state = ObligationState::Withdrawn;
        return (fresh, duty);
    }
    if random.one_in(6) {
        return (fresh, duty);
    }
    let signed = later(sent, random.below(6));
    duty.state = ObligationState::InProgress;
    duty.anchor_on = Some(signed);
    if !random.one_in(7) {
        let due_on = later(signed, 15 + random.below(45));
        duty.original_due_on = Some(due_on);
        duty.due = Some(DueDate {
            due_on: later(due_on, 20 * i64::from(random.one_in(4))),
            ..a_due_date()
        });
    }
    let registered = (!random.one_in(3)).then(|| later(signed, random.below(4)));
    let mut progress = Progress {
        registered_on: registered,
        upheld: random.one_in(5).then_some(false),
        ..Progress::default()
    };
    progress.upheld = progress.upheld.map(|_| random.one_in(2));
    if random.one_in(4) {
        duty.progress = progress;
        return (fresh, duty);
    }
    let replied = later(signed, 5 + random.below(90));
    duty.reply = Some((reply, at_noon(replied)));
    duty.state = ObligationState::Replied;
    if !random.one_in(4) {
        let evaluated = later(replied, random.below(20));
        let place = usize::try_from(random.below(3)).unwrap();
        progress.adoption = Some(Adoption::ALL[place]);
        progress.evaluated_at = Some(at_noon(evaluated));
        progress.rectified = (!random.one_in(3)).then(|| random.one_in(2));
        duty.state = ObligationState::Evaluated;
        if random.one_in(2) {
            progress.closed_at = Some(at_noon(later(evaluated, random.below(9))));
            duty.state = ObligationState::Closed;
        }
    }
    duty.progress = progress;
    (fresh, duty)
}

/// A year of the court's and the procuratorate's recommendations.
async fn a_year(world: &World, tx: &mut Tx) -> Vec<Obligation> {
    let mut random = Random(20_261_124);
    let reply = world.sent(tx).await.id;
    let mut duties = Vec::new();
    for number in 0..120 {
        let (debtor, creditor) = match number % 3 {
            0 => (world.government, world.court),
            1 => (world.government, world.procuratorate),
            _ => (world.court, world.procuratorate),
        };
        let (_, delivery) = world.delivered(tx, debtor).await;
        let (fresh, duty) = a_life(&mut random, &delivery, creditor, reply);
        tx.obligations().insert(&fresh).await.unwrap();
        assert!(tx.obligations().update(&duty).await.unwrap());
        duties.push(duty);
    }
    duties
}

/// What is so of a duty, told the long way.
fn facts(duty: &Obligation, as_of: Date) -> DutyFacts {
    let happened = |day: Option<Date>| day.is_some_and(|day| day <= as_of);
    let signed = happened(duty.anchor_on);
    let due = duty.due.as_ref().map(|due| due.due_on);
    let replied = happened(duty.replied_on());
    let progress = &duty.progress;
    let evaluated = happened(progress.evaluated_at.map(legal_day));
    let closed = happened(progress.closed_at.map(legal_day));
    let adoption = progress.adoption.filter(|_| evaluated);
    let before =
        |day: Option<Date>, end: Option<Date>| day.zip(end).is_some_and(|(day, end)| day <= end);
    let all = [
        (DutyFacts::SIGNED, signed),
        (
            DutyFacts::SIGNED_PROMPTLY,
            signed && before(duty.anchor_on, duty.sign_by),
        ),
        (DutyFacts::DUE, happened(due)),
        (DutyFacts::REPLIED, replied),
        (
            DutyFacts::IN_TIME,
            replied && before(duty.replied_on(), due),
        ),
        (DutyFacts::ORIGINALLY_DUE, happened(duty.original_due_on)),
        (
            DutyFacts::IN_ORIGINAL_TIME,
            replied && before(duty.replied_on(), duty.original_due_on),
        ),
        (
            DutyFacts::OVERDUE,
            due.is_some_and(|due| due < as_of) && !replied && !closed,
        ),
        (
            DutyFacts::FOLLOWED,
            adoption.is_some_and(|adoption| adoption != Adoption::NotAdopted),
        ),
        (DutyFacts::ADOPTED, adoption == Some(Adoption::Adopted)),
        (DutyFacts::PARTLY, adoption == Some(Adoption::Partly)),
        (
            DutyFacts::NOT_ADOPTED,
            adoption == Some(Adoption::NotAdopted),
        ),
        (DutyFacts::CLOSED, closed),
        (
            DutyFacts::RECTIFIED,
            evaluated && progress.rectified == Some(true),
        ),
        (DutyFacts::OBJECTED, progress.upheld.is_some()),
        (DutyFacts::UPHELD, progress.upheld == Some(true)),
    ];
    let so = all.iter().filter(|(_, so)| *so);
    so.fold(DutyFacts::SENT, |sum, (fact, _)| sum | *fact)
}

fn belongs(duty: &Obligation, cohort: &Cohort) -> bool {
    let sent = legal_day(duty.created_at);
    let period = cohort.period;
    let party = match cohort.side {
        LedgerSide::Owed(unit) => duty.debtor == unit,
        LedgerSide::Due(unit) => duty.creditor == unit,
        LedgerSide::All => true,
    };
    party
        && duty.state != ObligationState::Withdrawn
        && (period.since..=period.until.min(period.as_of)).contains(&sent)
        && cohort.debtor.is_none_or(|unit| unit == duty.debtor)
        && cohort.creditor.is_none_or(|unit| unit == duty.creditor)
        && cohort.kind.as_ref().is_none_or(|kind| kind == "JC-JY")
}

fn key(duty: &Obligation, by: Breakdown) -> RowKey {
    match by {
        Breakdown::None => RowKey::All,
        Breakdown::Debtor => RowKey::Unit(duty.debtor),
        Breakdown::Creditor => RowKey::Unit(duty.creditor),
        Breakdown::Kind => RowKey::Kind("JC-JY".to_owned()),
        _ => RowKey::of_month(month_number(legal_day(duty.created_at)), by),
    }
}

fn days(from: Option<Date>, to: Option<Date>, as_of: Date) -> Option<i64> {
    let (from, to) = from.zip(to.filter(|to| *to <= as_of))?;
    Some(i64::from(from.until(to).unwrap().get_days()))
}

fn together(days: impl Iterator<Item = i64>) -> Days {
    let days: Vec<_> = days.collect();
    Days {
        duties: days.len() as u64,
        total: days.iter().sum(),
        most: days.iter().copied().max().unwrap_or_default(),
    }
}

/// Compares what was counted of some duties with a count by hand.
fn compare(tally: &Tally, duties: &[&Obligation], as_of: Date) {
    let calendar = &Rules::built_in().calendar;
    for fact in 0..16 {
        let fact = DutyFacts(1 << fact);
        let by_hand = duties.iter().filter(|duty| facts(duty, as_of).has(fact));
        assert_eq!(tally.count(fact), by_hand.count() as u64, "{fact:?}");
    }
    assert_eq!(tally.count(DutyFacts::SENT), duties.len() as u64);
    let spans = |span: Span| {
        together(duties.iter().filter_map(|duty| {
            let progress = &duty.progress;
            let evaluated = progress.evaluated_at.map(legal_day);
            let closed = progress.closed_at.map(legal_day);
            let (from, to) = match span {
                Span::Signing => (Some(legal_day(duty.created_at)), duty.anchor_on),
                Span::Registering => (duty.anchor_on, progress.registered_on),
                Span::Replying => (duty.anchor_on, duty.replied_on()),
                Span::Evaluating => (duty.replied_on(), evaluated),
                Span::Closing => (evaluated, closed),
            };
            days(from, to, as_of)
        }))
    };
    for span in Span::ALL {
        assert_eq!(tally.span(*span), spans(*span), "{span}");
    }
    let overdue = duties
        .iter()
        .filter(|duty| facts(duty, as_of).has(DutyFacts::OVERDUE));
    let late = overdue.filter_map(|duty| {
        let due = duty.due.as_ref().map(|due| due.due_on);
        days(due, Some(as_of), as_of)
    });
    assert_eq!(tally.late(), together(late));
    let mut handled: Vec<_> = duties
        .iter()
        .filter_map(|duty| Some((duty.anchor_on?, duty.replied_on()?)))
        .filter(|(_, replied)| *replied <= as_of)
        .map(|(from, to)| i64::from(calendar.working_days_between(from, to)))
        .collect();
    handled.sort_unstable();
    assert_eq!(tally.working.duties(), handled.len() as u64);
    let half = handled.len() / 2;
    let median = match handled.len() {
        0 => None,
        even if even % 2 == 0 => Some(5 * (handled[half - 1] + handled[half])),
        _ => Some(10 * handled[half]),
    };
    assert_eq!(tally.working.median_tenths(), median);
}

async fn counted(tx: &mut Tx, cohort: &Cohort, by: Breakdown) -> BTreeMap<RowKey, Tally> {
    let calendar = &Rules::built_in().calendar;
    let working = WorkingDays::between(calendar, date(2025, 1, 1), date(2026, 12, 31));
    let mut tallies: BTreeMap<RowKey, Tally> = BTreeMap::new();
    for (key, bucket) in tx.statistics().buckets(cohort, by).await.unwrap() {
        tallies.entry(key).or_default().add(&bucket);
    }
    for (key, days, working_days, duties) in
        tx.statistics().handled(cohort, by, &working).await.unwrap()
    {
        let tally = tallies.get_mut(&key).unwrap();
        tally.handling.add(days, duties);
        tally.working.add(working_days, duties);
    }
    tallies
}

fn cohorts(world: &World) -> Vec<Cohort> {
    let period = |since, until, as_of| Period {
        since,
        until,
        as_of,
    };
    let year = period(date(2026, 1, 1), date(2026, 12, 31), date(2026, 11, 24));
    let quarter = period(date(2026, 4, 1), date(2026, 6, 30), date(2026, 7, 15));
    let running = period(date(2025, 12, 1), date(2026, 12, 31), date(2026, 5, 2));
    let all = |side, period| Cohort {
        side,
        period,
        kind: None,
        debtor: None,
        creditor: None,
    };
    let mut cohorts = Vec::new();
    for period in [year, quarter, running] {
        let sides = [
            LedgerSide::All,
            LedgerSide::Owed(world.government),
            LedgerSide::Due(world.procuratorate),
        ];
        cohorts.extend(sides.map(|side| all(side, period)));
    }
    let some = all(LedgerSide::All, year);
    cohorts.push(Cohort {
        debtor: Some(world.government),
        creditor: Some(world.court),
        ..some.clone()
    });
    cohorts.push(Cohort {
        kind: Some("no-such-kind".to_owned()),
        ..some
    });
    cohorts
}

#[tokio::test]
async fn every_count_is_the_one_that_is_made_by_hand() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let duties = a_year(&world, &mut tx).await;
    tx.commit().await.unwrap();
    let mut tx = world.read().await;
    for cohort in cohorts(&world) {
        let as_of = cohort.period.as_of;
        for by in Breakdown::ALL {
            let mut by_hand: BTreeMap<_, Vec<&Obligation>> = BTreeMap::new();
            for duty in duties.iter().filter(|duty| belongs(duty, &cohort)) {
                by_hand.entry(key(duty, *by)).or_default().push(duty);
            }
            let counted = counted(&mut tx, &cohort, *by).await;
            assert!(counted.keys().eq(by_hand.keys()), "{cohort:?} by {by}");
            for (key, duties) in &by_hand {
                compare(&counted[key], duties, as_of);
            }
        }
    }
}

#[tokio::test]
async fn every_count_leads_to_its_rows_page_by_page() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let duties = a_year(&world, &mut tx).await;
    for cohort in cohorts(&world) {
        for figure in Figure::ALL {
            let wanted = figure.counts(wenshu::domain::statistics::FigurePart::Numerator);
            let mut by_hand: Vec<_> = duties
                .iter()
                .filter(|duty| belongs(duty, &cohort))
                .filter(|duty| facts(duty, cohort.period.as_of).has(wanted))
                .map(|duty| (duty.created_at, duty.id))
                .collect();
            by_hand.sort_unstable_by(|one, other| other.cmp(one));
            let mut found = Vec::new();
            loop {
                let after = found.last().copied();
                let page = tx.statistics().lines(&cohort, wanted, after, 7).await;
                let page = page.unwrap();
                let places = page.iter().map(|line| &line.obligation);
                found.extend(places.map(|duty| (duty.created_at, duty.id)));
                if page.len() < 7 {
                    break;
                }
            }
            assert_eq!(found, by_hand, "{figure} of {cohort:?}");
        }
    }
}

#[tokio::test]
async fn what_is_withdrawn_with_its_document_is_counted_no_more() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let (document, delivery) = world.delivered(&mut tx, world.court).await;
    let duty = an_obligation(&delivery, world.government);
    tx.obligations().insert(&duty).await.unwrap();
    let sent = legal_day(at(5_000));
    let cohort = Cohort {
        side: LedgerSide::Owed(world.court),
        period: Period {
            since: sent,
            until: sent,
            as_of: sent,
        },
        kind: None,
        debtor: None,
        creditor: None,
    };
    let before = counted(&mut tx, &cohort, Breakdown::None).await;
    assert_eq!(before[&RowKey::All].count(DutyFacts::SENT), 1);
    tx.obligations().withdraw_all(document.id).await.unwrap();
    let after = counted(&mut tx, &cohort, Breakdown::None).await;
    assert!(after.is_empty());
}
