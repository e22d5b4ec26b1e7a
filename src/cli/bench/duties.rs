//! The duties to reply, measured: a page of the ledger and the figures of a year, where there are
//! few and where there are a hundred times as many.

use std::{path::PathBuf, process::ExitCode, time::Instant};

use clap::Args;
use jiff::civil::Date;

use super::{
    client::Client,
    figures::{Figure, Line, Report},
    fill::{Content, Filler},
    stage::{Stage, progress},
};
use crate::{
    cli::{Options, say},
    domain::legal_day,
};

/// Units that owe and are owed replies.
const UNITS: usize = 120;
/// The figures of a year take at most so long.
const YEAR_GOAL_MS: f64 = 1000.0;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// 回复义务的项数，从少到多，逐级填充后各测一遍
    #[arg(long, value_delimiter = ',', default_values_t = [10_000, 1_000_000])]
    sizes: Vec<usize>,
    /// 每个页面测多少次
    #[arg(long, default_value_t = 300)]
    repeat: usize,
    /// 统计测多少次
    #[arg(long, default_value_t = 10)]
    counts: usize,
    /// 数据目录，须是空的；不给出时用临时目录，测完删除
    #[arg(long)]
    data: Option<PathBuf>,
    /// 输出 JSON
    #[arg(long)]
    json: bool,
}

/// Fills, measures, fills further, measures again, and prints.
pub(super) async fn run(options: &Options, mut arguments: Arguments) -> Result<ExitCode, String> {
    arguments.sizes.sort_unstable();
    let stage = Stage::open(options, arguments.data.as_deref(), UNITS, &[]).await?;
    let report = measure(&stage, &arguments).await;
    stage.close().await?;
    say(&report?.printed(arguments.json)?);
    Ok(ExitCode::SUCCESS)
}

/// Pages of the ledger, by the clerk of the busiest unit or by the conference office.
const PAGES: [(&str, bool, &str); 7] = [
    ("应由本单位回复", false, "obligations"),
    ("应回复本单位", false, "obligations?side=due"),
    ("办理中", false, "obligations?state=in_progress"),
    (
        "应回复本单位，已办结",
        false,
        "obligations?side=due&state=closed",
    ),
    ("全部", true, "obligations?side=all"),
    ("全部，已回复", true, "obligations?side=all&state=replied"),
    ("今天要办的事", false, "work"),
];

async fn measure(stage: &Stage, arguments: &Arguments) -> Result<Report, String> {
    let (node, city) = (&stage.node, &stage.city);
    let now = node.hub.now();
    let mut filler = Filler::new(&node.store, city, UNITS, now, Content::Duties);
    let mut report = Report::of(stage.engine, "项回复义务", &arguments.sizes);
    let mut pages: Vec<Vec<Figure>> = vec![Vec::new(); PAGES.len()];
    for size in &arguments.sizes {
        let began = Instant::now();
        filler.up_to(*size, &progress(*size)).await?;
        report.filled_in_seconds.push(began.elapsed().as_secs_f64());
        let clerk = log_in(stage, &city.offices[0].clerk_login).await?;
        let office = log_in(stage, &city.office_login).await?;
        for ((_, all, path), figures) in PAGES.iter().zip(&mut pages) {
            let client = if *all { &office } else { &clerk };
            figures.push(client.page(path, arguments.repeat).await?);
        }
        let remarks = figures_of_a_year(&clerk, &office, arguments.counts, legal_day(now)).await?;
        let remarks = remarks.into_iter();
        report
            .remarks
            .extend(remarks.map(|remark| format!("{size} 项时，{remark}")));
    }
    let lines = PAGES.iter().zip(pages);
    report.lines = lines
        .map(|((what, ..), figures)| Line::new(what, figures))
        .collect();
    Ok(report)
}

async fn log_in(stage: &Stage, login: &str) -> Result<Client, String> {
    Client::log_in(&stage.public, login, &stage.city.password).await
}

/// How long the figures of the last but one year take, which is full at the largest size.
async fn figures_of_a_year(
    clerk: &Client,
    office: &Client,
    counts: usize,
    today: Date,
) -> Result<Vec<String>, String> {
    let year = today.year() - 2;
    let period = format!("since={year}-01-01&until={year}-12-31");
    let questions = [
        ("全部", office, "side=all"),
        ("全部，按应回复单位", office, "side=all&by=debtor"),
        ("全部，按月", office, "side=all&by=month"),
        ("应回复本单位的", clerk, "side=due"),
        ("应由本单位回复的", clerk, "side=owed"),
    ];
    let mut remarks = Vec::new();
    for (what, client, question) in questions {
        let path = format!("statistics?{period}&{question}");
        let (seen, _) = client.get(&path).await?;
        let figure = client.page(&path, counts).await?;
        remarks.push(format!(
            "{year} 年统计（{what}，{} 件）中位数 {:.1} 毫秒（目标 ≤ {YEAR_GOAL_MS}）",
            seen["total"]["counts"]["sent"], figure.median_ms
        ));
    }
    let path = format!("statistics/rows?{period}&side=all&figure=overdue");
    let rows = office.page(&path, counts).await?;
    remarks.push(format!(
        "{year} 年逾期的一页，中位数 {:.1} 毫秒",
        rows.median_ms
    ));
    let (bytes, took) = office
        .download(&format!("statistics/report?{period}&side=all"))
        .await?;
    remarks.push(format!(
        "{year} 年报表 {} KB，{:.1} 秒",
        bytes / 1024,
        took.as_secs_f64()
    ));
    Ok(remarks)
}
