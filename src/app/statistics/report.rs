//! The figures of a period as a workbook, with charts, for whoever reports them.

use jiff::{civil::Date, tz::Offset};
use rust_xlsxwriter::{Chart, ChartType, Format, Workbook, Worksheet, XlsxError};

use super::{FiguresQuestion, Statistics, row_name, tallies};
use crate::{
    app::{Caller, Directory, Error, Hub, Result},
    domain::{
        Rules,
        statistics::{Breakdown, DutyFacts, Figure, FigurePart, Period, RowKey, Span, Tally},
    },
};

/// The parts that a report is broken down by, each on a page of its own.
const PAGES: [Breakdown; 4] = [
    Breakdown::Month,
    Breakdown::Debtor,
    Breakdown::Creditor,
    Breakdown::Kind,
];

/// What a part is counted by; shares follow.
const COUNTS: [(&str, DutyFacts); 8] = [
    ("提出", DutyFacts::SENT),
    ("签收", DutyFacts::SIGNED),
    ("回复", DutyFacts::REPLIED),
    ("采纳", DutyFacts::ADOPTED),
    ("部分采纳", DutyFacts::PARTLY),
    ("未采纳", DutyFacts::NOT_ADOPTED),
    ("办结", DutyFacts::CLOSED),
    ("逾期", DutyFacts::OVERDUE),
];

/// The shares of a part.
const SHARES: [Figure; 6] = [
    Figure::Signing,
    Figure::Replying,
    Figure::InTime,
    Figure::Overdue,
    Figure::AdoptedOfReplied,
    Figure::ClosedOfSent,
];

/// A workbook that is ready to be handed out.
pub struct StatisticsReport {
    /// What the file is called.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What is written, apart from the whole.
struct Contents {
    whole: Statistics,
    /// Each part by its name, for each of [`PAGES`].
    pages: Vec<Vec<(String, Tally)>>,
    about: Vec<(&'static str, String)>,
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
        let period = cohort.period;
        let mut tx = self.store().read().await?;
        let calendar = self.calendar(&mut tx).await?;
        let names = self.directory(&mut tx).await?;
        let mut pages = Vec::new();
        for by in PAGES {
            let rows = tallies(&mut tx, &cohort, by, &calendar).await?;
            let rows = rows.into_iter();
            let rows = rows.map(|(key, tally)| (self.named(&key, &names, period), tally));
            pages.push(rows.collect());
        }
        let whole = self
            .count(&mut tx, cohort, Breakdown::None, &calendar)
            .await?;
        let about = self.about_figures(caller, question, &whole, &names);
        drop(tx);
        let contents = Contents {
            whole,
            pages,
            about,
        };
        let writing = tokio::task::spawn_blocking(move || write(&contents));
        let bytes = writing.await.map_err(Error::internal)?;
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

fn write(contents: &Contents) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let formats = Formats::new();
    formats.summary(workbook.add_worksheet(), &contents.whole)?;
    for (by, rows) in PAGES.into_iter().zip(&contents.pages) {
        formats.parts(workbook.add_worksheet(), by, rows)?;
    }
    formats.spans(workbook.add_worksheet(), &contents.whole.total)?;
    formats.definitions(workbook.add_worksheet(), &contents.about)?;
    workbook.save_to_buffer()
}

/// How cells look.
struct Formats {
    head: Format,
    percent: Format,
    tenths: Format,
}

impl Formats {
    fn new() -> Self {
        Self {
            head: Format::new().set_bold(),
            percent: Format::new().set_num_format("0.0%"),
            tenths: Format::new().set_num_format("0.0"),
        }
    }

    fn head(&self, sheet: &mut Worksheet, row: u32, names: &[&str]) -> Result<(), XlsxError> {
        for (column, name) in (0..).zip(names) {
            sheet.write_string_with_format(row, column, *name, &self.head)?;
        }
        Ok(())
    }

    /// A share as a number that is shown in percent, or a dash where nothing could be counted.
    fn share(
        &self,
        sheet: &mut Worksheet,
        (row, column): (u32, u16),
        figure: Figure,
        tally: &Tally,
    ) -> Result<Option<f64>, XlsxError> {
        let rate = figure.of(tally);
        let per_mille = rate
            .per_mille()
            .and_then(|tenths| u32::try_from(tenths).ok());
        let Some(per_mille) = per_mille else {
            sheet.write_string(row, column, "—")?;
            return Ok(None);
        };
        let share = f64::from(per_mille) / 1000.0;
        sheet.write_number_with_format(row, column, share, &self.percent)?;
        Ok(Some(share))
    }

    /// Every share, beside that of the period before.
    fn summary(&self, sheet: &mut Worksheet, whole: &Statistics) -> Result<(), XlsxError> {
        sheet.set_name("总览")?.set_freeze_panes(1, 0)?;
        sheet.set_column_width(0, 10)?.set_column_width(1, 20)?;
        let names = [
            "口径",
            "指标",
            "分子",
            "分母",
            "比率",
            "上期分子",
            "上期分母",
            "上期比率",
            "比上期（百分点）",
        ];
        self.head(sheet, 0, &names)?;
        for (row, figure) in (1..).zip(Figure::ALL) {
            sheet.write_string(row, 0, figure.basis())?;
            sheet.write_string(row, 1, figure.label())?;
            let rate = figure.of(&whole.total);
            number(sheet, (row, 2), rate.numerator)?;
            number(sheet, (row, 3), rate.denominator)?;
            let now = self.share(sheet, (row, 4), *figure, &whole.total)?;
            let Some(before) = &whole.previous else {
                continue;
            };
            let rate = figure.of(&before.total);
            number(sheet, (row, 5), rate.numerator)?;
            number(sheet, (row, 6), rate.denominator)?;
            let then = self.share(sheet, (row, 7), *figure, &before.total)?;
            if let Some((now, then)) = now.zip(then) {
                sheet.write_number_with_format(row, 8, (now - then) * 100.0, &self.tenths)?;
            }
        }
        let last = u32::try_from(Figure::ALL.len()).unwrap_or_default();
        let mut chart = Chart::new(ChartType::Bar);
        chart
            .add_series()
            .set_categories(("总览", 1, 1, last, 1))
            .set_values(("总览", 1, 4, last, 4))
            .set_name("本期");
        if whole.previous.is_some() {
            chart
                .add_series()
                .set_categories(("总览", 1, 1, last, 1))
                .set_values(("总览", 1, 7, last, 7))
                .set_name("上期");
        }
        chart.title().set_name("各项比率");
        chart.y_axis().set_num_format("0%");
        chart.set_width(720).set_height(480);
        sheet.insert_chart(last + 2, 0, &chart)?;
        Ok(())
    }

    /// One part in a row: its counts, then its shares.
    fn parts(
        &self,
        sheet: &mut Worksheet,
        by: Breakdown,
        rows: &[(String, Tally)],
    ) -> Result<(), XlsxError> {
        let name = format!("按{}", by.label());
        sheet.set_name(&name)?.set_freeze_panes(1, 1)?;
        sheet.set_column_width(0, 24)?;
        let mut names = vec![by.label()];
        names.extend(COUNTS.iter().map(|(name, _)| *name));
        names.extend(SHARES.iter().map(|figure| figure.label()));
        self.head(sheet, 0, &names)?;
        for (row, (name, tally)) in (1..).zip(rows) {
            sheet.write_string(row, 0, name)?;
            for (column, (_, facts)) in (1..).zip(COUNTS) {
                number(sheet, (row, column), tally.count(facts))?;
            }
            for (column, figure) in (9..).zip(SHARES) {
                self.share(sheet, (row, column), figure, tally)?;
            }
        }
        let last = u32::try_from(rows.len()).unwrap_or_default();
        if last == 0 {
            return Ok(());
        }
        let mut chart = Chart::new(ChartType::Column);
        for column in [1, 3, 8] {
            chart
                .add_series()
                .set_categories((name.as_str(), 1, 0, last, 0))
                .set_values((name.as_str(), 1, column, last, column))
                .set_name((name.as_str(), 0, column));
        }
        chart.title().set_name(&name);
        chart.set_width(960).set_height(360);
        sheet.insert_chart(last + 2, 0, &chart)?;
        Ok(())
    }

    /// How long each step took.
    fn spans(&self, sheet: &mut Worksheet, tally: &Tally) -> Result<(), XlsxError> {
        sheet.set_name("时长")?.set_column_width(0, 28)?;
        self.head(
            sheet,
            0,
            &["环节", "件数", "平均天数", "中位天数", "最长天数"],
        )?;
        let mut row = 1;
        for span in Span::ALL {
            let days = tally.span(*span);
            sheet.write_string(row, 0, span.label())?;
            number(sheet, (row, 1), days.duties)?;
            self.days(sheet, (row, 2), days.mean_tenths())?;
            number(
                sheet,
                (row, 4),
                u64::try_from(days.most).unwrap_or_default(),
            )?;
            row += 1;
        }
        let handling = [
            ("办理时长（签收到最终回复，自然日）", &tally.handling),
            ("办理时长（签收到最终回复，工作日）", &tally.working),
        ];
        for (name, days) in handling {
            sheet.write_string(row, 0, name)?;
            number(sheet, (row, 1), days.duties())?;
            self.days(sheet, (row, 2), days.mean_tenths())?;
            self.days(sheet, (row, 3), days.median_tenths())?;
            row += 1;
        }
        let late = tally.late();
        sheet.write_string(row, 0, "逾期天数（未回复的）")?;
        number(sheet, (row, 1), late.duties)?;
        self.days(sheet, (row, 2), late.mean_tenths())?;
        number(
            sheet,
            (row, 4),
            u64::try_from(late.most).unwrap_or_default(),
        )
    }

    fn days(
        &self,
        sheet: &mut Worksheet,
        (row, column): (u32, u16),
        tenths: Option<i64>,
    ) -> Result<(), XlsxError> {
        match tenths.and_then(|tenths| i32::try_from(tenths).ok()) {
            Some(tenths) => {
                let days = f64::from(tenths) / 10.0;
                sheet.write_number_with_format(row, column, days, &self.tenths)?
            }
            None => sheet.write_string(row, column, "—")?,
        };
        Ok(())
    }

    /// What each measure counts, and what this report is about.
    fn definitions(
        &self,
        sheet: &mut Worksheet,
        about: &[(&'static str, String)],
    ) -> Result<(), XlsxError> {
        sheet.set_name("口径")?.set_column_width(1, 20)?;
        sheet.set_column_width(2, 44)?.set_column_width(3, 44)?;
        self.head(sheet, 0, &["口径", "指标", "分子", "分母", "说明"])?;
        let mut row = 1;
        for figure in Figure::ALL {
            let texts = [
                figure.basis(),
                figure.label(),
                figure.words(FigurePart::Numerator),
                figure.words(FigurePart::Denominator),
                figure.note(),
            ];
            for (column, text) in (0..).zip(texts) {
                sheet.write_string(row, column, text)?;
            }
            row += 1;
        }
        for (name, text) in about {
            row += 1;
            sheet.write_string(row, 0, *name)?;
            sheet.write_string(row, 1, text)?;
        }
        Ok(())
    }
}

fn number(sheet: &mut Worksheet, (row, column): (u32, u16), number: u64) -> Result<(), XlsxError> {
    let number = u32::try_from(number).unwrap_or(u32::MAX);
    sheet.write_number(row, column, number)?;
    Ok(())
}
