//! The figures of a period as a workbook, with charts, for whoever reports them.

use jiff::{civil::Date, tz::Offset};

use super::{
    FiguresQuestion, Statistics, counts, row_name,
    workbook::{CaseLine, Contents, PAGES, write},
};
use crate::{
    app::{Caller, Directory, Error, Hub, Result},
    domain::{
        Rules,
        statistics::{Breakdown, CaseReport, Period, RowKey},
    },
};

/// A workbook that is ready to be handed out.
pub struct StatisticsReport {
    /// What the file is called.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Hub {
    /// The figures of a period as a workbook: all of it beside the period before, then by month,
    /// by unit and by kind.
    pub async fn statistics_report(
        &self,
        caller: &Caller,
        question: &FiguresQuestion,
    ) -> Result<StatisticsReport> {
        let cohort = self.cohort(caller, question)?;
        let permit = self.permit_to_archive()?;
        let period = cohort.period;
        let mut tx = self.store().read().await?;
        let calendar = self.calendar(&mut tx).await?;
        let names = self.directory(&mut tx).await?;
        let mut pages = Vec::new();
        for by in PAGES {
            let rows = counts(&mut tx, &cohort, by).await?;
            let rows = rows.into_iter();
            let rows = rows.map(|(key, tally)| (self.named(&key, &names, period), tally));
            pages.push(rows.collect());
        }
        let whole = self
            .count(&mut tx, cohort, Breakdown::None, &calendar)
            .await?;
        let about = self.about_figures(caller, question, &whole, &names);
        let cases = self.cases_of(&mut tx, caller, period).await?;
        let cases = cases.iter().map(|report| case_line(report, &names));
        let cases = cases.collect();
        drop(tx);
        let contents = Contents {
            whole,
            pages,
            cases,
            about,
        };
        let writing = tokio::task::spawn_blocking(move || write(&contents));
        let bytes = writing.await.map_err(Error::internal)?;
        drop(permit);
        Ok(StatisticsReport {
            name: format!("统计{}至{}.xlsx", period.since, period.until),
            bytes: bytes.map_err(Error::internal)?,
        })
    }

    fn named(&self, key: &RowKey, names: &Directory, period: Period) -> String {
        row_name(key, names, self.rules(), period.as_of)
    }

    fn about_figures(
        &self,
        caller: &Caller,
        question: &FiguresQuestion,
        whole: &Statistics,
        names: &Directory,
    ) -> Vec<(&'static str, String)> {
        let short = |unit| names.unit(unit).map(|unit| unit.short_name.clone());
        let own = caller.actor.unit.and_then(short).unwrap_or_default();
        let period = whole.cohort.period;
        let at = Offset::constant(8).to_datetime(whole.at);
        let mut about = vec![
            ("范围", question.side.label().to_owned()),
            ("统计单位", own),
            ("发出日期", spanned(period.since, period.until)),
            ("统计日", period.as_of.to_string()),
            ("制表时间", at.strftime("%Y-%m-%d %H:%M").to_string()),
        ];
        if let Some(before) = &whole.previous {
            let period = before.period;
            let text = format!(
                "{}，统计日 {}（与本期同样长的时间之后）",
                spanned(period.since, period.until),
                period.as_of
            );
            about.push(("上期", text));
        }
        let cohort = &whole.cohort;
        let kind = cohort.kind.as_deref();
        let kind = kind.map(|code| kind_name(self.rules(), code, period.as_of));
        let narrowed = [
            ("只计种类", kind),
            ("只计应回复单位", cohort.debtor.and_then(short)),
            ("只计发文单位", cohort.creditor.and_then(short)),
        ];
        let narrowed = narrowed.into_iter();
        about.extend(narrowed.filter_map(|(name, value)| Some((name, value?))));
        about
    }
}

fn kind_name(rules: &Rules, code: &str, on: Date) -> String {
    let kind = rules.kind(code, on);
    kind.map_or_else(|| code.to_owned(), |kind| kind.name.clone())
}

fn spanned(since: Date, until: Date) -> String {
    format!("{since} 至 {until}")
}

fn case_line(report: &CaseReport, names: &Directory) -> CaseLine {
    let name = |id| {
        names
            .unit(id)
            .map_or_else(|| format!("{id}"), |unit| unit.short_name.clone())
    };
    CaseLine {
        quarter: report.quarter.to_string(),
        unit: name(report.unit),
        reporter: name(report.reporter),
        counts: report.counts.clone(),
    }
}
