//! The operator's tools for the search index. They work beside a hub that serves, which alone
//! writes to its index: what is to be rebuilt is asked of it.

use std::{fmt::Write as _, process::ExitCode, time::Duration};

use clap::{Args, Subcommand};
use serde_json::json;
use tokio::time::{Instant, sleep};
use uuid::Uuid;
use wenshu_index::{Generations, Inventory, Purpose, Reached};

use super::{import::progress::Progress, node::Node, say, told};
use crate::{
    app::{
        Difference, IndexComparison, RebuildErrands, RebuildProgress, RebuildState, RebuildStatus,
    },
    config::Config,
};

/// How often it is looked how far the hub is.
const LOOK: Duration = Duration::from_millis(300);

/// How long the hub may take to notice a request, and to say that it is further.
const UNHEARD: Duration = Duration::from_secs(15);
const SILENT: Duration = Duration::from_mins(2);

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: IndexCommand,
}

#[derive(Debug, Subcommand)]
enum IndexCommand {
    /// 重建索引：另建一份，建好后切换；服务运行时请它去做，期间检索照常
    Rebuild,
    /// 逐件与数据库核对；有不一致时退出码为 1
    Verify {
        /// 输出 JSON
        #[arg(long)]
        json: bool,
        /// 有不一致时重建索引，再核对一次
        #[arg(long)]
        repair: bool,
    },
    /// 显示索引的位置、件数和最近一次重建
    Status {
        /// 输出 JSON
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(config: Config, arguments: Arguments) -> Result<ExitCode, String> {
    match arguments.command {
        IndexCommand::Rebuild => {
            let documents = rebuild(config).await?;
            say(&format!("索引已重建并启用：{documents} 件次"));
            Ok(ExitCode::SUCCESS)
        }
        IndexCommand::Verify { json, repair } => verify(config, json, repair).await,
        IndexCommand::Status { json } => status(config, json).await,
    }
}

/// Rebuilds, or has the hub that serves do it. Answers how often a document was put in.
async fn rebuild(config: Config) -> Result<u64, String> {
    let errands = RebuildErrands::new(&config.index_dir());
    let Some(node) = Node::alone(config).await? else {
        let request = errands.ask().map_err(|error| told(&error))?;
        return follow(&errands, request).await;
    };
    let mut bar = Shown::default();
    let rebuilt = node.hub.rebuild_index(|progress| {
        bar.show(progress);
        true
    });
    let rebuilt = rebuilt.await.map_err(|error| told(&error))?;
    bar.finish();
    node.store.close().await;
    // Whoever asked a hub that has gone has got it.
    errands.forget().map_err(|error| told(&error))?;
    Ok(rebuilt.map_or(0, |progress| progress.done))
}

/// Waits for what the hub makes of the request.
async fn follow(errands: &RebuildErrands, request: Uuid) -> Result<u64, String> {
    let mut bar = Shown::default();
    let (mut news, mut since) = (None, Instant::now());
    loop {
        let status = errands.status().map_err(|error| told(&error))?;
        let own = status.filter(|status| status.request == request);
        let at = own.as_ref().map(|status| status.at);
        if at != news {
            (news, since) = (at, Instant::now());
        }
        if let Some(status) = own {
            bar.show(RebuildProgress {
                done: status.done,
                of: status.of,
            });
            if let Some(outcome) = outcome(&status) {
                bar.finish();
                return outcome;
            }
        } else if is_running_another(errands) {
            since = Instant::now();
        }
        let patience = if news.is_some() { SILENT } else { UNHEARD };
        if since.elapsed() > patience {
            bar.finish();
            let _ = errands.forget();
            return Err("服务没有回应，可能已停止；原索引仍在使用，请重新运行".to_owned());
        }
        sleep(LOOK).await;
    }
}

/// Whether the request waits its turn.
fn is_running_another(errands: &RebuildErrands) -> bool {
    let status = errands.status().ok().flatten();
    status.is_some_and(|status| status.state == RebuildState::Running)
        && matches!(errands.request(), Ok(Some(_)))
}

/// How it ended, if it has.
fn outcome(status: &RebuildStatus) -> Option<Result<u64, String>> {
    match status.state {
        RebuildState::Running => None,
        RebuildState::Done => Some(Ok(status.done)),
        RebuildState::BrokenOff => Some(Err(
            "服务在重建时停止；原索引仍在使用，请重新运行".to_owned()
        )),
        RebuildState::Failed => {
            let reason = status.reason.as_deref().unwrap_or("原因见服务的日志");
            Some(Err(format!("重建没有完成，原索引仍在使用：{reason}")))
        }
    }
}

async fn verify(config: Config, json: bool, repair: bool) -> Result<ExitCode, String> {
    let mut comparison = compare(config.clone()).await?;
    if repair && !comparison.as_ref().is_some_and(IndexComparison::is_equal) {
        if let Some(found) = comparison.filter(|_| !json) {
            tell(&found);
        }
        rebuild(config.clone()).await?;
        comparison = compare(config).await?;
    }
    let Some(comparison) = comparison else {
        return Err(
            "没有可用的索引：服务启动后会自动建立，也可以用 wenshu index rebuild".to_owned(),
        );
    };
    if json {
        let text = serde_json::to_string_pretty(&comparison);
        say(&text.map_err(|error| told(&error))?);
    } else {
        tell(&comparison);
    }
    Ok(if comparison.is_equal() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

async fn compare(config: Config) -> Result<Option<IndexComparison>, String> {
    let node = Node::beside(config).await?;
    let compared = node.hub.compare_index().await;
    node.store.close().await;
    compared.map_err(|error| told(&error))
}

fn tell(comparison: &IndexComparison) {
    for file in &comparison.damaged {
        say(&format!("{}：文件已损坏", file.display()));
    }
    for (id, difference) in &comparison.differences {
        say(&format!("{id}：{}", words(*difference)));
    }
    let mut counts = String::new();
    for kind in [
        Difference::Missing,
        Difference::Stale,
        Difference::Surplus,
        Difference::Doubled,
    ] {
        let differences = comparison.differences.values();
        let count = differences
            .filter(|difference| **difference == kind)
            .count();
        let _ = write!(counts, "，{} {count}", words(kind));
    }
    say(&format!(
        "核对 {} 件文书，索引 {} 件：不一致 {} 件{counts}；损坏的文件 {} 个",
        comparison.documents,
        comparison.entries,
        comparison.differences.len(),
        comparison.damaged.len(),
    ));
    if comparison.behind > 0 {
        say(&format!(
            "另有 {} 件刚有变化，索引尚未读到，不计入",
            comparison.behind
        ));
    }
}

fn words(difference: Difference) -> &'static str {
    match difference {
        Difference::Missing => "缺少",
        Difference::Stale => "内容或可见单位不符",
        Difference::Surplus => "多余",
        Difference::Doubled => "重复",
    }
}

async fn status(config: Config, json: bool) -> Result<ExitCode, String> {
    let dir = config.index_dir();
    let last = RebuildErrands::new(&dir).status();
    let last = last.map_err(|error| told(&error))?;
    let inventory = Inventory::open(&Generations::new(dir.clone()));
    let inventory = inventory.map_err(|error| told(&error))?;
    let node = Node::beside(config).await?;
    let newest = node.hub.newest_change().await;
    node.store.close().await;
    let newest = newest.map_err(|error| told(&error))?;
    let reached = inventory.as_ref().and_then(Inventory::reached);
    let entries = inventory.as_ref().map_or(0, Inventory::entries);
    if json {
        let status = json!({
            "dir": dir,
            "state": state(reached).0,
            "entries": entries,
            "position": reached.map(|reached| reached.position),
            "newest": newest,
            "rebuild": last,
        });
        say(&format!("{status:#}"));
    } else {
        let position = reached.map_or(0, |reached| reached.position);
        say(&format!("文件夹：{}", dir.display()));
        say(&format!("状态：{}", state(reached).1));
        say(&format!("文书：{entries} 件"));
        say(&format!("变更：读到第 {position} 条，共 {newest} 条"));
        if let Some(last) = last {
            say(&format!("最近一次重建：{}", told_of(&last)));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A word for programs and one for people.
fn state(reached: Option<Reached>) -> (&'static str, &'static str) {
    match reached.map(|reached| reached.walk.map(|walk| walk.purpose)) {
        None => ("none", "没有可用的索引，服务启动后会自动建立"),
        Some(Some(Purpose::Fill)) => ("filling", "正在建立，检索结果不全"),
        Some(Some(Purpose::Renew)) => ("renewing", "可用；单位名称有变化，正在逐件更新"),
        Some(None) => ("ready", "可用"),
    }
}

fn told_of(last: &RebuildStatus) -> String {
    let state = match last.state {
        RebuildState::Running => "进行中",
        RebuildState::Done => "完成",
        RebuildState::Failed => "没有完成",
        RebuildState::BrokenOff => "因服务停止而中断",
    };
    let mut text = format!("{state}，{}/{}", last.done, last.of);
    if let Some(reason) = &last.reason {
        let _ = write!(text, "，{reason}");
    }
    text
}

/// The progress bar, once it is known how long it is.
#[derive(Default)]
struct Shown {
    bar: Option<Progress>,
    done: usize,
}

impl Shown {
    fn show(&mut self, progress: RebuildProgress) {
        let [done, of] = [progress.done, progress.of].map(|it| usize::try_from(it).unwrap_or(0));
        let bar = self.bar.get_or_insert_with(|| {
            let bar = Progress::new(of);
            bar.begin("重建索引", of);
            bar
        });
        if let Some(more) = done.checked_sub(self.done).filter(|more| *more > 0) {
            bar.add(more);
            self.done = done;
        }
    }

    fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish();
        }
    }
}
