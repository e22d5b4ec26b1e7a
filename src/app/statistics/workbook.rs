//! The workbook of a report: a sheet for the whole, one for each way to break it down, one for the
//! time that things took, one for cases, one for what is counted.

use rust_xlsxwriter::{Chart, ChartType, Format, Workbook, Worksheet, XlsxError};

use super::Statistics;
use crate::domain::statistics::{
    Breakdown, CaseCount, CaseCounts, CaseFigure, DutyFacts, Figure, FigurePart, Rate, Span, Tally,
};

/// The parts that a report is broken down by, each on a page of its own.
pub(super) const PAGES: [Breakdown; 4] = [
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

/// What is written.
pub(super) struct Contents {
    /// The whole, beside the period before.
    pub whole: Statistics,
    /// Each part by its name, for each of [`PAGES`].
    pub pages: Vec<Vec<(String, Tally)>>,
    /// What courts and the conference office have reported about cases.
    pub cases: Vec<CaseLine>,
    /// What the report is about.
    pub about: Vec<(&'static str, String)>,
}

/// A report about cases, with the names in it.
pub(super) struct CaseLine {
    /// The quarter.
    pub quarter: String,
    /// The defendant.
    pub unit: String,
    /// Who has reported it.
    pub reporter: String,
    /// How many.
    pub counts: CaseCounts,
}

/// Writes the workbook.
pub(super) fn write(contents: &Contents) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let formats = Formats::new();
    formats.summary(workbook.add_worksheet(), &contents.whole)?;
    for (by, rows) in PAGES.into_iter().zip(&contents.pages) {
        formats.parts(workbook.add_worksheet(), by, rows)?;
    }
    formats.spans(workbook.add_worksheet(), &contents.whole.total)?;
    formats.cases(workbook.add_worksheet(), &contents.cases)?;
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
        rate: Rate,
    ) -> Result<Option<f64>, XlsxError> {
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
            let now = self.share(sheet, (row, 4), rate)?;
            let Some(before) = &whole.previous else {
                continue;
            };
            let rate = figure.of(&before.total);
            number(sheet, (row, 5), rate.numerator)?;
            number(sheet, (row, 6), rate.denominator)?;
            let then = self.share(sheet, (row, 7), rate)?;
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
                self.share(sheet, (row, column), figure.of(tally))?;
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

    /// The shares of cases, then the reports that they are made of.
    fn cases(&self, sheet: &mut Worksheet, cases: &[CaseLine]) -> Result<(), XlsxError> {
        sheet.set_name("案件")?.set_column_width(0, 10)?;
        sheet.set_column_width(1, 28)?.set_column_width(2, 24)?;
        self.head(sheet, 0, &["口径", "指标", "分子", "分母", "比率"])?;
        let mut row = 1;
        for figure in CaseFigure::ALL {
            let rate = figure.of(cases.iter().map(|line| &line.counts));
            sheet.write_string(row, 0, figure.basis())?;
            sheet.write_string(row, 1, figure.label())?;
            number(sheet, (row, 2), rate.numerator)?;
            number(sheet, (row, 3), rate.denominator)?;
            self.share(sheet, (row, 4), rate)?;
            row += 1;
        }
        row += 1;
        let mut names = vec!["季度", "被告、被申请人", "报送单位"];
        names.extend(CaseCount::ALL.iter().map(|count| count.label()));
        self.head(sheet, row, &names)?;
        for line in cases {
            row += 1;
            for (column, text) in (0..).zip([&line.quarter, &line.unit, &line.reporter]) {
                sheet.write_string(row, column, text)?;
            }
            for (column, count) in (3..).zip(CaseCount::ALL) {
                // What was not reported is not zero.
                if let Some(cases) = line.counts.get(count) {
                    number(sheet, (row, column), *cases)?;
                }
            }
        }
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
