//! What courts and the organ of review report about cases (domain rules, 8.7), and the measures
//! that are made of it.

use crate::{
    app::{Caller, Error, Hub, Result, Shown, Work},
    domain::{
        Branch, HubRole, Role, Scope, Subject, UnitId, legal_day,
        statistics::{CaseCounts, CaseReport, Period, Quarter, fault_of},
    },
    store::Tx,
};

/// The most quarters of one question.
const QUARTERS_MAX: i64 = 40;

/// Those who report for a court.
const REPORTERS: &[Role] = &[Role::Clerk, Role::Handler, Role::Liaison];

impl Hub {
    /// The newest reports of some quarters, this year's when left out: those that the caller's
    /// unit has made or that are about it, and all of them for the conference office.
    pub async fn case_reports(
        &self,
        caller: &Caller,
        since: Option<Quarter>,
        until: Option<Quarter>,
    ) -> Result<Shown<Vec<CaseReport>>> {
        let viewer = viewer(caller)?;
        let this_year = Quarter::of(legal_day(self.now()).first_of_year());
        let since = since.unwrap_or(this_year);
        let until = until.unwrap_or(Quarter(since.0 + 3));
        if until < since || until.0 - since.0 >= QUARTERS_MAX {
            let detail = format!("结束不能早于开始，最多 {QUARTERS_MAX} 个季度");
            return Err(Error::invalid("until", "out_of_range", detail));
        }
        let mut tx = self.store().read().await?;
        let reports = tx.case_reports().between(viewer, (since, until)).await?;
        self.shown(&mut tx, reports).await
    }

    /// The newest reports of the quarters of a period, as far as the caller may know them.
    pub async fn period_cases(&self, caller: &Caller, period: Period) -> Result<Vec<CaseReport>> {
        let mut tx = self.store().read().await?;
        self.cases_of(&mut tx, caller, period).await
    }

    /// The newest reports of the quarters of a period, as far as the caller may know them.
    pub(super) async fn cases_of(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        period: Period,
    ) -> Result<Vec<CaseReport>> {
        let last = period.until.min(period.as_of);
        let quarters = (Quarter::of(period.since), Quarter::of(last));
        let viewer = viewer(caller)?;
        Ok(tx.case_reports().between(viewer, quarters).await?)
    }
}

/// The unit whose reports the caller may know; none for the conference office, which knows all.
fn viewer(caller: &Caller) -> Result<Option<UnitId>> {
    let unit = caller.unit_for(&[Scope::Report])?;
    let office = caller.hub_role(HubRole::ConferenceOffice).is_ok();
    Ok((!office).then_some(unit))
}

impl Work {
    /// Reports the cases of a quarter in which a unit was the defendant, or corrects what was
    /// reported. A court reports what it has heard; the conference office, in the bureau that
    /// reviews for the government (行政复议法 第四条), what was reviewed. What was reported
    /// before is kept.
    pub async fn report_cases(
        &mut self,
        quarter: Quarter,
        unit: UnitId,
        counts: CaseCounts,
    ) -> Result<CaseReport> {
        let reporter = self.may_report(&counts).await?;
        self.known_unit("unit_id".to_owned(), unit).await?;
        let this_quarter = Quarter::of(self.today());
        if quarter > this_quarter {
            return Err(Error::invalid("quarter", "in_future", "不能报送以后的季度"));
        }
        if counts.is_empty() {
            return Err(Error::invalid("/counts", "required", "请至少填写一项件数"));
        }
        if let Some((count, detail)) = fault_of(&counts) {
            let pointer = format!("/counts/{}", count.code());
            return Err(Error::invalid(pointer, "out_of_range", detail));
        }
        let mut reports = self.tx.case_reports();
        let before = reports.between(Some(reporter), (quarter, quarter)).await?;
        let mut before = before.into_iter();
        let before = before.find(|report| report.reporter == reporter && report.unit == unit);
        let report = CaseReport {
            reporter,
            unit,
            quarter,
            counts,
            version: before.map_or(1, |report| report.version + 1),
            reported: (self.caller.user(), self.now),
        };
        if !self.tx.case_reports().insert(&report).await? {
            return Err(Error::Stale);
        }
        self.did("case_reports.report", Subject::Unit, unit.0);
        Ok(report)
    }

    /// The unit that the caller reports for, if these counts are its to report.
    async fn may_report(&mut self, counts: &CaseCounts) -> Result<UnitId> {
        let office = self.caller.hub_role(HubRole::ConferenceOffice).is_ok();
        if office && counts.keys().all(|count| count.is_of_reviews()) {
            return self.caller.unit();
        }
        let reporter = self.caller.unit_as(REPORTERS)?;
        let names = self.hub.clone().directory(&mut self.tx).await?;
        let branch = names.unit(reporter).map(|unit| unit.branch);
        if branch != Some(Branch::Court) {
            let detail = "诉讼案件由法院报送，行政复议案件由联席会议办公室报送";
            return Err(Error::Forbidden(detail));
        }
        if let Some(count) = counts.keys().find(|count| count.is_of_reviews()) {
            let pointer = format!("/counts/{}", count.code());
            let detail = "行政复议案件由联席会议办公室报送";
            return Err(Error::invalid(pointer, "not_yours", detail));
        }
        Ok(reporter)
    }
}
