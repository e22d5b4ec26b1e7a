use serde::Serialize;
use utoipa::ToSchema;

use super::{PersonRef, UnitRef, instant};
use crate::{
    app::Directory,
    domain::statistics::{CaseCounts, CaseFigure, CaseReport},
};

/// What was reported about cases, and the measures.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseReportsView {
    /// 全部报送的指标；一份报送缺分子或者分母的，这一指标不计这一份
    figures: Vec<CaseFigureView>,
    /// 各份报送，每个单位每个季度最新的一份
    reports: Vec<CaseReportView>,
}

/// A measure of cases.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseFigureView {
    /// 指标
    figure: &'static str,
    /// 指标（中文）
    name: &'static str,
    /// 口径编号
    basis: &'static str,
    /// 分子是什么
    numerator_name: &'static str,
    /// 分母是什么
    denominator_name: &'static str,
    /// 分子
    numerator: u64,
    /// 分母
    denominator: u64,
    /// 百分数，一位小数；分母为零时为 null
    percent: Option<f64>,
    /// 供显示；分母为零时为“—”
    text: String,
}

/// What one unit has reported about another for a quarter.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseReportView {
    /// 季度
    quarter: String,
    /// 被告、被申请人
    unit: UnitRef,
    /// 报送单位
    reporter: UnitRef,
    /// 各项件数
    #[schema(value_type = std::collections::BTreeMap<String, u64>)]
    counts: CaseCounts,
    /// 第几次报送，更正一次加一
    version: i64,
    /// 报送人
    reported_by: PersonRef,
    /// 报送时间
    reported_at: String,
    /// 这一份的指标
    figures: Vec<CaseFigureView>,
}

fn figures(reports: &[&CaseCounts]) -> Vec<CaseFigureView> {
    let view = |figure: &CaseFigure| {
        let rate = figure.of(reports.iter().copied());
        let (numerator, denominator) = figure.parts();
        CaseFigureView {
            figure: figure.code(),
            name: figure.label(),
            basis: figure.basis(),
            numerator_name: numerator.label(),
            denominator_name: denominator.label(),
            numerator: rate.numerator,
            denominator: rate.denominator,
            percent: rate.percent(),
            text: rate.to_string(),
        }
    };
    CaseFigure::ALL.iter().map(view).collect()
}

impl CaseReportsView {
    /// The reports with their names.
    #[must_use]
    pub fn of(reports: Vec<CaseReport>, names: &Directory) -> Self {
        let counts: Vec<_> = reports.iter().map(|report| &report.counts).collect();
        Self {
            figures: figures(&counts),
            reports: reports
                .into_iter()
                .map(|report| CaseReportView::of(report, names))
                .collect(),
        }
    }
}

impl CaseReportView {
    /// A report with its names.
    #[must_use]
    pub fn of(report: CaseReport, names: &Directory) -> Self {
        let (by, at) = report.reported;
        Self {
            quarter: report.quarter.to_string(),
            unit: UnitRef::of(report.unit, names),
            reporter: UnitRef::of(report.reporter, names),
            figures: figures(&[&report.counts]),
            counts: report.counts,
            version: report.version,
            reported_by: PersonRef::of(by, names),
            reported_at: instant(at),
        }
    }
}
