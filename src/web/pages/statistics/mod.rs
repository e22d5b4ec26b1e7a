//! The figures of the duties to reply and of cases, as a page that can be printed.

mod rows;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Query},
};
use askama::Template;
use jiff::civil::Date;
use serde::Deserialize;

use super::{obligations::tabs, read};
pub(in crate::web) use rows::rows;

use crate::{
    app::{Caller, Error, FiguresQuestion, Hub, Statistics, row_name},
    domain::{
        Side,
        statistics::{
            Breakdown, CaseFigure, CaseReport, DutyFacts, Figure, FigurePart, Rate, Span, Tally,
        },
    },
    web::{
        faults::{Fault, page},
        frame::{Frame, time, visitor},
    },
};

/// The most parts that the chart shows.
const BARS: usize = 40;
/// The longest bar.
const WIDEST: u64 = 620;
/// The height of a bar with what is between.
const STEP: usize = 28;

/// What a part is shown by.
const COLUMNS: [&str; 9] = [
    "提出",
    "签收",
    "回复",
    "采纳",
    "办结",
    "逾期",
    "回复率",
    "按期回复率",
    "采纳率（按回复）",
];

#[derive(Template)]
#[template(path = "statistics.html")]
struct StatisticsPage<'a> {
    frame: Frame,
    tabs: &'a [Side],
    side: Side,
    scope: String,
    since: Date,
    until: Date,
    as_of: Date,
    breakdowns: &'a [Breakdown],
    chosen: Breakdown,
    sent: u64,
    at: String,
    before: Option<String>,
    figures: Vec<FigureLine>,
    bars: Vec<Bar>,
    height: usize,
    columns: [&'a str; 9],
    rows: Vec<Part>,
    spans: Vec<SpanLine>,
    cases: Vec<CaseFigureLine>,
    definitions: &'a [Figure],
}

struct FigureLine {
    code: &'static str,
    name: &'static str,
    basis: &'static str,
    words: String,
    numerator: u64,
    denominator: u64,
    share: String,
    before: String,
    change: String,
}

struct Bar {
    name: String,
    y: usize,
    sent: u64,
    replied: u64,
    counts: String,
}

struct Part {
    name: String,
    cells: Vec<String>,
}

struct SpanLine {
    name: &'static str,
    duties: u64,
    mean: String,
    median: String,
    most: String,
}

struct CaseFigureLine {
    name: &'static str,
    basis: &'static str,
    words: String,
    numerator: u64,
    denominator: u64,
    share: String,
}

/// What a form asks for; what is left empty does not matter.
#[derive(Deserialize)]
pub(in crate::web) struct Asked {
    #[serde(default)]
    side: String,
    #[serde(default)]
    since: String,
    #[serde(default)]
    until: String,
    #[serde(default)]
    as_of: String,
    #[serde(default)]
    by: String,
    figure: Option<Figure>,
    part: Option<FigurePart>,
    cursor: Option<String>,
}

impl Asked {
    fn question(&self, side: Side) -> Result<FiguresQuestion, Error> {
        Ok(FiguresQuestion {
            side,
            since: read("since", &self.since)?,
            until: read("until", &self.until)?,
            as_of: read("as_of", &self.as_of)?,
            kind: None,
            debtor: None,
            creditor: None,
        })
    }
}

/// Shows the figures.
pub(in crate::web) async fn show(
    hub: Data<Hub>,
    request: HttpRequest,
    caller: Option<Caller>,
    query: Query<Asked>,
) -> Result<HttpResponse, Fault> {
    let caller = visitor(&request, caller)?;
    let side = query.side.parse().unwrap_or(Side::Owed);
    let by = query.by.parse().unwrap_or(Breakdown::Month);
    let shown = hub.statistics(&caller, &query.question(side)?, by).await?;
    let statistics = shown.value;
    let period = statistics.cohort.period;
    let named: Vec<(String, &Tally)> = statistics
        .rows
        .iter()
        .map(|(key, tally)| {
            let name = row_name(key, &shown.names, hub.rules(), period.as_of);
            (name, tally)
        })
        .collect();
    let bars = bars(&named);
    let cases = hub.period_cases(&caller, period).await?;
    let before = statistics.previous.as_ref().map(|before| {
        let period = before.period;
        format!(
            "{} 至 {}，统计日 {}",
            period.since, period.until, period.as_of
        )
    });
    page(&StatisticsPage {
        frame: Frame::of(&hub, &caller, "statistics").await?,
        tabs: tabs(&caller),
        side,
        scope: scope(&query),
        since: period.since,
        until: period.until,
        as_of: period.as_of,
        breakdowns: Breakdown::ALL,
        chosen: by,
        sent: statistics.sent(),
        at: time(statistics.at),
        before,
        figures: figures(&statistics),
        height: STEP * bars.len(),
        bars,
        columns: COLUMNS,
        rows: named
            .into_iter()
            .map(|(name, tally)| part(name, tally))
            .collect(),
        spans: spans(&statistics.total),
        cases: case_figures(&cases),
        definitions: Figure::ALL,
    })
}

/// The days that were asked for, to be asked for again.
fn scope(asked: &Asked) -> String {
    let days = [
        ("since", &asked.since),
        ("until", &asked.until),
        ("as_of", &asked.as_of),
    ];
    let given = days.iter().filter(|(_, day)| !day.is_empty());
    let given: Vec<_> = given.map(|(name, day)| format!("{name}={day}")).collect();
    given.join("&")
}

fn figures(statistics: &Statistics) -> Vec<FigureLine> {
    let line = |figure: &Figure| {
        let now = figure.of(&statistics.total);
        let before = statistics.previous.as_ref();
        let before = before.map(|before| figure.of(&before.total));
        FigureLine {
            code: figure.code(),
            name: figure.label(),
            basis: figure.basis(),
            words: format!(
                "{}／{}",
                figure.words(FigurePart::Numerator),
                figure.words(FigurePart::Denominator)
            ),
            numerator: now.numerator,
            denominator: now.denominator,
            share: now.to_string(),
            before: before.map(|rate| rate.to_string()).unwrap_or_default(),
            change: before
                .and_then(|before| change(now, before))
                .unwrap_or_default(),
        }
    };
    Figure::ALL.iter().map(line).collect()
}

/// By how many percentage points a share has risen or fallen.
fn change(now: Rate, before: Rate) -> Option<String> {
    let now = i64::try_from(now.per_mille()?).ok()?;
    let before = i64::try_from(before.per_mille()?).ok()?;
    let (sign, tenths) = match now - before {
        0 => ("", 0),
        tenths if tenths > 0 => ("+", tenths),
        tenths => ("−", -tenths),
    };
    Some(format!("{sign}{}.{}", tenths / 10, tenths % 10))
}

fn bars(parts: &[(String, &Tally)]) -> Vec<Bar> {
    let sent = |tally: &Tally| tally.count(DutyFacts::SENT);
    let most = parts.iter().map(|(_, tally)| sent(tally)).max();
    let most = most.unwrap_or_default().max(1);
    let shown = parts.iter().take(BARS).enumerate();
    shown
        .map(|(place, (name, tally))| {
            let (sent, replied) = (sent(tally), tally.count(DutyFacts::REPLIED));
            Bar {
                name: name.clone(),
                y: place * STEP,
                sent: sent * WIDEST / most,
                replied: replied * WIDEST / most,
                counts: format!("{replied}／{sent}"),
            }
        })
        .collect()
}

fn part(name: String, tally: &Tally) -> Part {
    let counts = [
        DutyFacts::SENT,
        DutyFacts::SIGNED,
        DutyFacts::REPLIED,
        DutyFacts::FOLLOWED,
        DutyFacts::CLOSED,
        DutyFacts::OVERDUE,
    ];
    let shares = [Figure::Replying, Figure::InTime, Figure::AdoptedOfReplied];
    let counts = counts.iter().map(|facts| tally.count(*facts).to_string());
    let shares = shares.iter().map(|figure| figure.of(tally).to_string());
    Part {
        name,
        cells: counts.chain(shares).collect(),
    }
}

fn spans(tally: &Tally) -> Vec<SpanLine> {
    let step = |span: &Span| {
        let days = tally.span(*span);
        SpanLine {
            name: span.label(),
            duties: days.duties,
            mean: tenths(days.mean_tenths()),
            median: String::new(),
            most: most(days.duties, days.most),
        }
    };
    let mut lines: Vec<_> = Span::ALL.iter().map(step).collect();
    let handling = [
        ("签收到最终回复（自然日）", &tally.handling),
        ("签收到最终回复（工作日）", &tally.working),
    ];
    lines.extend(handling.map(|(name, days)| SpanLine {
        name,
        duties: days.duties(),
        mean: tenths(days.mean_tenths()),
        median: tenths(days.median_tenths()),
        most: String::new(),
    }));
    let late = tally.late();
    lines.push(SpanLine {
        name: "逾期未回复的天数",
        duties: late.duties,
        mean: tenths(late.mean_tenths()),
        median: String::new(),
        most: most(late.duties, late.most),
    });
    lines
}

/// The shares of cases, if anything was reported.
fn case_figures(reports: &[CaseReport]) -> Vec<CaseFigureLine> {
    let line = |figure: &CaseFigure| {
        let rate = figure.of(reports.iter().map(|report| &report.counts));
        let (part, whole) = figure.parts();
        CaseFigureLine {
            name: figure.label(),
            basis: figure.basis(),
            words: format!("{}／{}", part.label(), whole.label()),
            numerator: rate.numerator,
            denominator: rate.denominator,
            share: rate.to_string(),
        }
    };
    let lines = CaseFigure::ALL.iter().map(line);
    lines.filter(|_| !reports.is_empty()).collect()
}

fn tenths(tenths: Option<i64>) -> String {
    tenths.map_or_else(
        || "—".to_owned(),
        |tenths| format!("{}.{}", tenths / 10, tenths % 10),
    )
}

fn most(duties: u64, days: i64) -> String {
    if duties > 0 {
        days.to_string()
    } else {
        "—".to_owned()
    }
}
