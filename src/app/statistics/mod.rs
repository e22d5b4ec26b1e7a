//! The figures of the duties to reply (domain rules, 8.7), counted when somebody asks.

mod cases;
mod report;
mod workbook;

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};

pub use report::StatisticsReport;

use super::{Caller, Directory, Error, Hub, Result, Shown};
use crate::{
    domain::{
        Calendar, LedgerLine, ObligationId, Rules, Side, UnitId, legal_day,
        statistics::{
            Breakdown, Cohort, DutyFacts, Figure, FigurePart, Period, RowKey, Tally, WorkingDays,
            day_number,
        },
    },
    store::Tx,
};

/// Which figures are wanted. What is left out does not matter.
#[derive(Debug, Clone)]
pub struct FiguresQuestion {
    /// From which side.
    pub side: Side,
    /// The first day of sending; the first of this year when left out.
    pub since: Option<Date>,
    /// The last day of sending; the end of the year in which it begins when left out.
    pub until: Option<Date>,
    /// The day on which is looked at what became of it; today when left out.
    pub as_of: Option<Date>,
    /// Only what comes from documents of this kind.
    pub kind: Option<String>,
    /// Only what this unit owes.
    pub debtor: Option<UnitId>,
    /// Only what is owed to this unit.
    pub creditor: Option<UnitId>,
}

/// The figures of a cohort and of the one before it.
#[derive(Debug, Clone)]
pub struct Statistics {
    /// What was counted.
    pub cohort: Cohort,
    /// When.
    pub at: Timestamp,
    /// All of it.
    pub total: Tally,
    /// The period before.
    pub previous: Option<Comparison>,
    /// Part by part, in the order of the parts.
    pub rows: Vec<(RowKey, Tally)>,
}

/// What was counted of the period before.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// Which one.
    pub period: Period,
    /// All of it.
    pub total: Tally,
}

impl Hub {
    /// The figures that the caller may know: those of their unit, and for the conference office
    /// those of all units.
    pub async fn statistics(
        &self,
        caller: &Caller,
        question: &FiguresQuestion,
        by: Breakdown,
    ) -> Result<Shown<Statistics>> {
        let cohort = self.cohort(caller, question)?;
        let mut tx = self.store().read().await?;
        let calendar = self.calendar(&mut tx).await?;
        let statistics = self.count(&mut tx, cohort, by, &calendar).await?;
        self.shown(&mut tx, statistics).await
    }

    /// The duties that a figure is made of, newest first, and where to go on.
    pub async fn figure_rows(
        &self,
        caller: &Caller,
        question: &FiguresQuestion,
        (figure, part): (Figure, FigurePart),
        after: Option<(Timestamp, ObligationId)>,
        limit: i64,
    ) -> Result<Shown<Vec<LedgerLine>>> {
        let cohort = self.cohort(caller, question)?;
        let wanted = figure.counts(part);
        let mut tx = self.store().read().await?;
        let mut statistics = tx.statistics();
        let mut lines = statistics.lines(&cohort, wanted, after, limit).await?;
        super::obligations::keep_titles_to_parties(caller, &mut lines);
        self.shown(&mut tx, lines).await
    }

    /// What the caller may count, with what was left out filled in.
    fn cohort(&self, caller: &Caller, question: &FiguresQuestion) -> Result<Cohort> {
        Ok(Cohort {
            side: super::obligations::side_for(caller, question.side)?,
            period: self.period(question)?,
            kind: question.kind.clone(),
            debtor: question.debtor,
            creditor: question.creditor,
        })
    }

    fn period(&self, question: &FiguresQuestion) -> Result<Period> {
        let today = legal_day(self.now());
        let since = question.since.unwrap_or_else(|| today.first_of_year());
        let until = question.until.unwrap_or_else(|| since.last_of_year());
        let as_of = question.as_of.unwrap_or(today);
        let max = self.config().limits.statistics_days_max;
        if until < since {
            return Err(Error::invalid(
                "until",
                "out_of_range",
                "结束日期不能早于开始日期",
            ));
        }
        if day_number(until) - day_number(since) >= i64::from(max) {
            let detail = format!("一次最多统计 {max} 天");
            return Err(Error::invalid("since", "out_of_range", detail));
        }
        if as_of > today || as_of < since {
            let detail = "统计日不能晚于今天，也不能早于开始日期";
            return Err(Error::invalid("as_of", "out_of_range", detail));
        }
        Ok(Period {
            since,
            until,
            as_of,
        })
    }

    async fn count(
        &self,
        tx: &mut Tx,
        cohort: Cohort,
        by: Breakdown,
        calendar: &Calendar,
    ) -> Result<Statistics> {
        let before = cohort.period.previous().map(|period| Cohort {
            period,
            ..cohort.clone()
        });
        let (rows, previous) = self
            .both(tx, (&cohort, by), before.as_ref(), calendar)
            .await?;
        let mut total = Tally::default();
        for tally in rows.values() {
            total.merge(tally);
        }
        let previous = before.map(|before| Comparison {
            period: before.period,
            total: previous.get(&RowKey::All).cloned().unwrap_or_default(),
        });
        let broken_down = by != Breakdown::None;
        Ok(Statistics {
            cohort,
            at: self.now(),
            total,
            previous,
            rows: rows.into_iter().filter(|_| broken_down).collect(),
        })
    }

    /// Counts a cohort and the one before it; beside each other where a connection is free. No
    /// duty is of both.
    async fn both(
        &self,
        tx: &mut Tx,
        (cohort, by): (&Cohort, Breakdown),
        before: Option<&Cohort>,
        calendar: &Calendar,
    ) -> Result<(Tallies, Tallies)> {
        let Some(before) = before else {
            return Ok((tallies(tx, cohort, by, calendar).await?, Tallies::new()));
        };
        if let Some(mut other) = self.store().read_if_free().await? {
            let now = tallies(tx, cohort, by, calendar);
            let then = tallies(&mut other, before, Breakdown::None, calendar);
            return tokio::try_join!(now, then);
        }
        let now = tallies(tx, cohort, by, calendar).await?;
        let then = tallies(tx, before, Breakdown::None, calendar).await?;
        Ok((now, then))
    }
}

/// What was counted, part by part.
type Tallies = BTreeMap<RowKey, Tally>;

/// Counts a cohort, part by part, and not how long each duty took from signing to its reply.
async fn counts(tx: &mut Tx, cohort: &Cohort, by: Breakdown) -> Result<Tallies> {
    let mut tallies = Tallies::new();
    for (key, bucket) in tx.statistics().buckets(cohort, by).await? {
        tallies.entry(key).or_default().add(&bucket);
    }
    Ok(tallies)
}

/// Counts a cohort, part by part.
async fn tallies(
    tx: &mut Tx,
    cohort: &Cohort,
    by: Breakdown,
    calendar: &Calendar,
) -> Result<Tallies> {
    let mut tallies = counts(tx, cohort, by).await?;
    let Period { since, as_of, .. } = cohort.period;
    let working = WorkingDays::between(calendar, since, as_of);
    for (key, days, working_days, duties) in tx.statistics().handled(cohort, by, &working).await? {
        let tally = tallies.entry(key).or_default();
        tally.handling.add(days, duties);
        tally.working.add(working_days, duties);
    }
    Ok(tallies)
}

/// What a row is called.
#[must_use]
pub fn row_name(key: &RowKey, names: &Directory, rules: &Rules, on: Date) -> String {
    match key {
        RowKey::All => Breakdown::None.label().to_owned(),
        RowKey::Unit(unit) => names
            .unit(*unit)
            .map_or_else(|| unit.to_string(), |unit| unit.short_name.clone()),
        RowKey::Kind(code) => rules
            .kind(code, on)
            .map_or_else(|| code.clone(), |kind| kind.name.clone()),
        RowKey::Month(month) => {
            format!("{}年{}月", month.div_euclid(12), month.rem_euclid(12) + 1)
        }
        RowKey::Quarter(quarter) => {
            let (year, of_year) = (quarter.div_euclid(4), quarter.rem_euclid(4) + 1);
            format!("{year}年第{of_year}季度")
        }
        RowKey::Year(year) => format!("{year}年"),
    }
}

impl Statistics {
    /// How many duties were sent and not withdrawn.
    #[must_use]
    pub fn sent(&self) -> u64 {
        self.total.count(DutyFacts::SENT)
    }
}
