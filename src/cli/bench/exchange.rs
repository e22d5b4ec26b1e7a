//! Exchange, measured: a page of a box, a sender's list, signing and sending, where there is
//! little and where there is a hundred times as much.

use std::{path::PathBuf, process::ExitCode, time::Instant};

use clap::Args;
use serde_json::{Value, json};

use super::{
    city::City,
    client::{Client, text_of},
    figures::{Figure, Line, Report},
    fill::{Content, Filler, RARE_KIND},
    stage::{Stage, progress},
};
use crate::cli::{Options, say};

/// Units that have exchanged documents before the bench begins.
const BUSY: usize = 120;
/// Sending to three hundred costs at most so much more than to one.
const SEND_GOAL: f64 = 5.0;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// 投递件数，从少到多，逐级填充后各测一遍
    #[arg(long, value_delimiter = ',', default_values_t = [10_000, 1_000_000])]
    sizes: Vec<usize>,
    /// 每个页面测多少次
    #[arg(long, default_value_t = 300)]
    repeat: usize,
    /// 发送测多少次
    #[arg(long, default_value_t = 40)]
    sends: usize,
    /// 一次发送给多少个单位
    #[arg(long, default_value_t = 300)]
    many: usize,
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
    let units = BUSY.max(arguments.many + 2);
    let stage = Stage::open(options, arguments.data.as_deref(), units, &[]).await?;
    let report = measure(&stage, &arguments).await;
    stage.close().await?;
    say(&report?.printed(arguments.json)?);
    Ok(ExitCode::SUCCESS)
}

async fn measure(stage: &Stage, arguments: &Arguments) -> Result<Report, String> {
    let (node, city) = (&stage.node, &stage.city);
    let mut filler = Filler::new(&node.store, city, BUSY, node.hub.now(), Content::Exchange);
    let mut report = Report::of(stage.engine, "件投递", &arguments.sizes);
    let (mut rounds, mut document) = (Vec::new(), None);
    for size in &arguments.sizes {
        let began = Instant::now();
        filler.up_to(*size, &progress(*size)).await?;
        report.filled_in_seconds.push(began.elapsed().as_secs_f64());
        // Filling may take longer than a token lasts.
        let bench = Bench::new(city, &stage.public, arguments).await?;
        let document = match &document {
            Some(document) => document,
            None => document.insert(bench.some_document().await?),
        };
        rounds.push(bench.round(document).await?);
    }
    report.lines = lines(&rounds);
    let compared = arguments.sizes.iter().zip(&rounds);
    report.remarks = compared
        .map(|(size, round)| {
            let ratio = round.to_many.median_ms / round.to_one.median_ms;
            format!(
                "{size} 件投递时，发送给 {} 个单位是发送给 1 个单位的 {ratio:.2} 倍（目标 ≤ {SEND_GOAL}）",
                arguments.many
            )
        })
        .collect();
    Ok(report)
}

/// What was measured at one size.
struct Round {
    pages: Vec<(&'static str, Figure)>,
    signing: Figure,
    to_one: Figure,
    to_many: Figure,
}

fn lines(rounds: &[Round]) -> Vec<Line> {
    let Some(first) = rounds.first() else {
        return Vec::new();
    };
    let mut lines: Vec<_> = (0..first.pages.len())
        .map(|page| {
            let figures = rounds.iter().map(|round| round.pages[page].1);
            Line::new(first.pages[page].0, figures.collect())
        })
        .collect();
    let mut add = |what, act: fn(&Round) -> Figure| {
        lines.push(Line::new(what, rounds.iter().map(act).collect()));
    };
    add("签收", |round| round.signing);
    add("发送给 1 个单位", |round| round.to_one);
    add("发送给多个单位", |round| round.to_many);
    lines
}

/// Somebody with a watch in the busiest unit of the city, and those who act in the next one, so
/// that the lists of the first stay as they are.
struct Bench<'a> {
    city: &'a City,
    reader: Client,
    clerk: Client,
    signer: Client,
    file: Value,
    arguments: &'a Arguments,
}

impl<'a> Bench<'a> {
    async fn new(city: &'a City, public: &str, arguments: &'a Arguments) -> Result<Self, String> {
        let [busiest, next, ..] = city.offices.as_slice() else {
            return Err("单位太少".to_owned());
        };
        let reader = Client::log_in(public, &busiest.clerk_login, &city.password).await?;
        let clerk = Client::log_in(public, &next.clerk_login, &city.password).await?;
        let signer = Client::log_in(public, &next.signer_login, &city.password).await?;
        let file = clerk.upload("测速用的正文。").await?;
        Ok(Self {
            city,
            reader,
            clerk,
            signer,
            file,
            arguments,
        })
    }

    /// A document of the busiest unit; the same is looked at again where there is more.
    async fn some_document(&self) -> Result<String, String> {
        let (sent, _) = self.reader.get("documents?box=own&state=sent").await?;
        Ok(text_of(&sent["items"][0]["id"])?.to_owned())
    }

    async fn round(&self, document: &str) -> Result<Round, String> {
        let pages = self.pages(document).await?;
        let signing = self.signing().await?;
        let (to_one, to_many) = self.sending().await?;
        Ok(Round {
            pages,
            signing,
            to_one,
            to_many,
        })
    }

    async fn pages(&self, document: &str) -> Result<Vec<(&'static str, Figure)>, String> {
        let deep = self.deep("deliveries", 5).await?;
        let pages = [
            ("收件箱", "deliveries".to_owned()),
            ("收件箱，已送达", "deliveries?state=arrived".to_owned()),
            ("收件箱，已阅", "deliveries?state=read".to_owned()),
            ("收件箱，已签收", "deliveries?state=signed".to_owned()),
            ("收件箱，第五页", deep),
            ("可见的文书", "documents".to_owned()),
            ("本单位发文", "documents?box=own".to_owned()),
            ("本单位已发送", "documents?box=own&state=sent".to_owned()),
            ("本单位草稿", "documents?box=own&state=draft".to_owned()),
            ("常见种类", "documents?kind=GW-HAN".to_owned()),
            ("少见种类", format!("documents?kind={RARE_KIND}")),
            ("应由本单位回复", "obligations".to_owned()),
            ("应回复本单位", "obligations?side=due".to_owned()),
            ("应由本单位回复，先到期", "obligations?sort=due".to_owned()),
            (
                "办理中，先到期",
                "obligations?state=in_progress&sort=due".to_owned(),
            ),
            ("一件文书", format!("documents/{document}")),
            (
                "一件文书的各收件单位",
                format!("documents/{document}/deliveries"),
            ),
            ("一件文书的经历", format!("documents/{document}/history")),
        ];
        let mut figures = Vec::with_capacity(pages.len());
        for (what, path) in pages {
            figures.push((what, self.page(&path).await?));
        }
        Ok(figures)
    }

    /// The address of the page after so many pages, or of the last one.
    async fn deep(&self, list: &str, pages: usize) -> Result<String, String> {
        let mut path = list.to_owned();
        for _ in 1..pages {
            let (page, _) = self.reader.get(&path).await?;
            match page["next_cursor"].as_str() {
                Some(cursor) => path = format!("{list}?cursor={cursor}"),
                None => break,
            }
        }
        Ok(path)
    }

    async fn page(&self, path: &str) -> Result<Figure, String> {
        self.reader.page(path, self.arguments.repeat).await
    }

    /// Signs for what has arrived last, as often as there is something.
    async fn signing(&self) -> Result<Figure, String> {
        let mut took = Vec::new();
        while took.len() < self.arguments.repeat {
            let (page, _) = self.clerk.get("deliveries?state=arrived&limit=100").await?;
            let Some(items) = page["items"].as_array().filter(|items| !items.is_empty()) else {
                break;
            };
            for item in items.iter().take(self.arguments.repeat - took.len()) {
                let path = format!("deliveries/{}/sign", text_of(&item["id"])?);
                took.push(self.clerk.post(&path, &json!({})).await?.1);
            }
        }
        Ok(Figure::of(took))
    }

    /// Sends to one unit and to many in turn.
    async fn sending(&self) -> Result<(Figure, Figure), String> {
        let (mut one, mut many) = (Vec::new(), Vec::new());
        for turn in 0..=self.arguments.sends {
            let to_one = self.send(2 + turn % (BUSY - 2), 1).await?;
            let to_many = self.send(2, self.arguments.many).await?;
            // The first turn warms up.
            if turn > 0 {
                one.push(to_one);
                many.push(to_many);
            }
        }
        Ok((Figure::of(one), Figure::of(many)))
    }

    /// Drafts, issues and sends; only the last is timed.
    async fn send(&self, first: usize, recipients: usize) -> Result<std::time::Duration, String> {
        let to = self.city.offices[first..].iter().take(recipients);
        let to: Vec<_> = to
            .map(|office| json!({ "unit_id": office.unit, "role": "main" }))
            .collect();
        let draft = json!({
            "kind": "GW-HAN",
            "title": format!("发送给{recipients}个单位"),
            "reply_due_on": "2090-06-01",
            "files": [{ "file_id": self.file, "role": "main" }],
            "recipients": to,
        });
        let (drafted, _) = self.clerk.post("documents", &draft).await?;
        let path = format!("documents/{}", text_of(&drafted["id"])?);
        self.clerk
            .post(&format!("{path}/submit"), &json!({}))
            .await?;
        self.signer
            .post(&format!("{path}/issue"), &json!({}))
            .await?;
        let (sent, took) = self.clerk.post(&format!("{path}/send"), &json!({})).await?;
        match sent["state"].as_str() {
            Some("sent") => Ok(took),
            _ => Err(format!("{path} 没有发送")),
        }
    }
}
