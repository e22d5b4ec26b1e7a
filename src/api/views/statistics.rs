use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::instant;
use crate::{
    app::{Directory, Statistics, row_name},
    domain::{
        Rules,
        statistics::{
            Breakdown, Days, Distribution, DutyFacts, Figure, FigurePart, Period, RowKey, Span,
            Tally,
        },
    },
};

/// The figures of a cohort.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatisticsView {
    /// 统计时间
    at: String,
    /// 统计的期间
    period: PeriodView,
    /// 分组
    by: &'static str,
    /// 分组（中文）
    by_label: &'static str,
    /// 合计
    total: StatisticsRow,
    /// 上期：同样长的期间，在同样长的时间之后看
    previous: Option<PreviousView>,
    /// 各组
    rows: Vec<StatisticsRow>,
}

/// A period.
#[derive(Debug, Serialize, ToSchema)]
pub struct PeriodView {
    /// 发出日期不早于
    since: String,
    /// 发出日期不晚于
    until: String,
    /// 统计日
    as_of: String,
}

/// The period before.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreviousView {
    /// 上期
    period: PeriodView,
    /// 合计
    total: StatisticsRow,
}

/// The figures of one part.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatisticsRow {
    /// 名称
    name: String,
    /// 按单位分组时的单位编号
    unit_id: Option<Uuid>,
    /// 按种类分组时的文书种类
    kind: Option<String>,
    /// 各项件数
    counts: CountsView,
    /// 各项比率
    figures: Vec<FigureView>,
    /// 办理时长：签收到最终回复
    handling: HandlingView,
    /// 逾期未回复的天数
    overdue: DaysView,
    /// 各环节的天数
    spans: Vec<SpanView>,
}

/// How many duties there are.
#[derive(Debug, Serialize, ToSchema)]
pub struct CountsView {
    /// 提出（未撤回）
    sent: u64,
    /// 签收
    signed: u64,
    /// 到期
    due: u64,
    /// 已最终回复
    replied: u64,
    /// 采纳
    adopted: u64,
    /// 部分采纳
    partly: u64,
    /// 未采纳
    not_adopted: u64,
    /// 办结
    closed: u64,
    /// 逾期未回复
    overdue: u64,
}

/// A share.
#[derive(Debug, Serialize, ToSchema)]
pub struct FigureView {
    /// 指标
    figure: &'static str,
    /// 指标（中文）
    name: &'static str,
    /// 口径编号
    basis: &'static str,
    /// 分子
    numerator: u64,
    /// 分母
    denominator: u64,
    /// 百分数，一位小数；分母为零时为 null
    percent: Option<f64>,
    /// 供显示；分母为零时为“—”
    text: String,
}

/// Days of handling.
#[derive(Debug, Serialize, ToSchema)]
pub struct HandlingView {
    /// 件数
    duties: u64,
    /// 平均天数
    mean_days: Option<f64>,
    /// 中位天数
    median_days: Option<f64>,
    /// 平均工作日数
    mean_working_days: Option<f64>,
    /// 中位工作日数
    median_working_days: Option<f64>,
}

/// Days of several duties.
#[derive(Debug, Serialize, ToSchema)]
pub struct DaysView {
    /// 件数
    duties: u64,
    /// 平均天数
    mean_days: Option<f64>,
    /// 最长天数
    max_days: Option<i64>,
}

/// Days of a step.
#[derive(Debug, Serialize, ToSchema)]
pub struct SpanView {
    /// 环节
    span: &'static str,
    /// 环节（中文）
    name: &'static str,
    /// 件数
    duties: u64,
    /// 平均天数
    mean_days: Option<f64>,
    /// 最长天数
    max_days: Option<i64>,
}

/// What a measure counts.
#[derive(Debug, Serialize, ToSchema)]
pub struct FigureDefinition {
    /// 指标
    figure: &'static str,
    /// 指标（中文）
    name: &'static str,
    /// 口径编号
    basis: &'static str,
    /// 分子
    numerator: &'static str,
    /// 分母
    denominator: &'static str,
    /// 说明
    note: &'static str,
}

impl StatisticsView {
    /// What was counted, with the names of the parts.
    #[must_use]
    pub fn of(statistics: &Statistics, by: Breakdown, names: &Directory, rules: &Rules) -> Self {
        let as_of = statistics.cohort.period.as_of;
        let row =
            |key: &RowKey, tally| StatisticsRow::of(key, row_name(key, names, rules, as_of), tally);
        let previous = statistics.previous.as_ref().map(|before| PreviousView {
            period: before.period.into(),
            total: row(&RowKey::All, &before.total),
        });
        let rows = statistics.rows.iter();
        Self {
            at: instant(statistics.at),
            period: statistics.cohort.period.into(),
            by: by.code(),
            by_label: by.label(),
            total: row(&RowKey::All, &statistics.total),
            previous,
            rows: rows.map(|(key, tally)| row(key, tally)).collect(),
        }
    }
}

impl From<Period> for PeriodView {
    fn from(period: Period) -> Self {
        Self {
            since: period.since.to_string(),
            until: period.until.to_string(),
            as_of: period.as_of.to_string(),
        }
    }
}

impl StatisticsRow {
    fn of(key: &RowKey, name: String, tally: &Tally) -> Self {
        let (unit_id, kind) = match key {
            RowKey::Unit(unit) => (Some(unit.0), None),
            RowKey::Kind(code) => (None, Some(code.clone())),
            _ => (None, None),
        };
        let figures = Figure::ALL.iter();
        let spans = Span::ALL.iter();
        Self {
            name,
            unit_id,
            kind,
            counts: tally.into(),
            figures: figures
                .map(|figure| FigureView::of(*figure, tally))
                .collect(),
            handling: HandlingView::of(&tally.handling, &tally.working),
            overdue: tally.late().into(),
            spans: spans.map(|span| SpanView::of(*span, tally)).collect(),
        }
    }
}

impl From<&Tally> for CountsView {
    fn from(tally: &Tally) -> Self {
        Self {
            sent: tally.count(DutyFacts::SENT),
            signed: tally.count(DutyFacts::SIGNED),
            due: tally.count(DutyFacts::DUE),
            replied: tally.count(DutyFacts::REPLIED),
            adopted: tally.count(DutyFacts::ADOPTED),
            partly: tally.count(DutyFacts::PARTLY),
            not_adopted: tally.count(DutyFacts::NOT_ADOPTED),
            closed: tally.count(DutyFacts::CLOSED),
            overdue: tally.count(DutyFacts::OVERDUE),
        }
    }
}

impl FigureView {
    fn of(figure: Figure, tally: &Tally) -> Self {
        let rate = figure.of(tally);
        Self {
            figure: figure.code(),
            name: figure.label(),
            basis: figure.basis(),
            numerator: rate.numerator,
            denominator: rate.denominator,
            percent: rate.percent(),
            text: rate.to_string(),
        }
    }
}

fn tenth(tenths: Option<i64>) -> Option<f64> {
    let tenths = i32::try_from(tenths?).ok()?;
    Some(f64::from(tenths) / 10.0)
}

impl HandlingView {
    fn of(days: &Distribution, working: &Distribution) -> Self {
        Self {
            duties: days.duties(),
            mean_days: tenth(days.mean_tenths()),
            median_days: tenth(days.median_tenths()),
            mean_working_days: tenth(working.mean_tenths()),
            median_working_days: tenth(working.median_tenths()),
        }
    }
}

impl From<Days> for DaysView {
    fn from(days: Days) -> Self {
        Self {
            duties: days.duties,
            mean_days: tenth(days.mean_tenths()),
            max_days: (days.duties > 0).then_some(days.most),
        }
    }
}

impl SpanView {
    fn of(span: Span, tally: &Tally) -> Self {
        let days: DaysView = tally.span(span).into();
        Self {
            span: span.code(),
            name: span.label(),
            duties: days.duties,
            mean_days: days.mean_days,
            max_days: days.max_days,
        }
    }
}

impl From<Figure> for FigureDefinition {
    fn from(figure: Figure) -> Self {
        Self {
            figure: figure.code(),
            name: figure.label(),
            basis: figure.basis(),
            numerator: figure.words(FigurePart::Numerator),
            denominator: figure.words(FigurePart::Denominator),
            note: figure.note(),
        }
    }
}
