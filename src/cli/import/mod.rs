//! Brings a batch of files through upload, draft, issue, send, sign and search, over the REST
//! interface of a hub that runs, like any other client.
//!
//! Nothing is done twice, for two reasons that hold each on its own: every step carries an
//! `Idempotency-Key` that follows from what is imported, and every finished step stands in a
//! journal on this side.

mod accounts;
mod answers;
mod carry;
pub(super) mod draft;
mod find;
mod journal;
mod manifest;
pub(super) mod progress;
mod report;
pub(super) mod session;
mod source;

use std::{path::PathBuf, process::ExitCode, time::Duration};

use clap::Args;
use tokio::time::Instant;

use self::{
    accounts::Accounts,
    carry::Carrier,
    journal::{Header, Journal},
    progress::Progress,
    report::Report,
    session::Party,
    source::Sources,
};
use super::{
    client::{
        http::{Client, Reach},
        trouble::Trouble,
    },
    say,
};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// 要导入的文件夹，逐级读取；可给出多个
    folders: Vec<PathBuf>,
    /// 语料文件，每行一个 JSON 对象（id、title、text 必有）
    #[arg(long, value_name = "FILE")]
    jsonl: Option<PathBuf>,
    /// 历史文书的清单（CSV 或 XLSX），列出每件的文号、标题、收件单位和文件，见 docs/import.md
    #[arg(long, value_name = "FILE", conflicts_with_all = ["folders", "jsonl", "to", "fields", "prefix"])]
    manifest: Option<PathBuf>,
    /// 只检查清单，列出全部问题，什么也不发送
    #[arg(long, requires = "manifest")]
    dry_run: bool,
    /// 把清单的问题或导入的结果写成 CSV
    #[arg(long, value_name = "FILE", requires = "manifest")]
    report: Option<PathBuf>,
    /// 文枢的地址
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    hub: url::Url,
    /// 账号文件（权限须为 0600），格式见 docs/import.md
    #[arg(long, value_name = "FILE")]
    accounts: PathBuf,
    /// 文书种类编码
    #[arg(long, default_value = "FG-TB")]
    kind: String,
    /// 主送单位的全称或简称，可重复
    #[arg(long = "to", value_name = "UNIT", required_unless_present = "manifest")]
    to: Vec<String>,
    /// 该种类要求的内容，如 --field maker=某某局；可重复，同名的合为一个列表
    #[arg(long = "field", value_name = "NAME=VALUE")]
    fields: Vec<String>,
    /// 编号所用的机关代字；不给出时按文书种类的规则
    #[arg(long)]
    prefix: Option<String>,
    /// 最多导入多少件
    #[arg(long, default_value_t = usize::MAX, hide_default_value = true)]
    limit: usize,
    /// 批次名；同一批次的同一份内容只会导入一次
    #[arg(long, default_value = "import")]
    batch: String,
    /// 日志文件，记下已完成的每一步；再次运行时接着做
    #[arg(long, value_name = "FILE", default_value = "import-journal.jsonl")]
    journal: PathBuf,
    /// 同时处理多少件
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=64))]
    jobs: u8,
    /// 连不上时最多重试多少秒，之后停止
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    patience: u64,
    /// 发送后最多等多少秒应能检索到
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    find_timeout: u64,
    /// 另外信任的 CA 证书（PEM）
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// 允许不加密地连接其他机器（口令会以明文传输）
    #[arg(long)]
    allow_http: bool,
}

impl Arguments {
    /// A client of the hub that says beside the progress what it waits for.
    fn client(&self, progress: &Progress) -> Result<Client, String> {
        let reach = Reach {
            hub: &self.hub,
            ca: self.ca.as_deref(),
            allow_http: self.allow_http,
            patience: Duration::from_secs(self.patience),
        };
        let progress = progress.clone();
        Client::new(&reach, move |sentence| progress.say(sentence))
    }
}

/// Imports what was asked for, and tells what came of it, also when it had to stop.
pub(super) async fn run(arguments: Arguments) -> Result<ExitCode, String> {
    if let Some(path) = &arguments.manifest {
        return manifest::run(&arguments, path).await;
    }
    let began = Instant::now();
    let accounts = Accounts::read(&arguments.accounts)?;
    let sources = Sources::open(&arguments.folders, arguments.jsonl.as_deref())?;
    let progress = Progress::new(sources.count()?.min(arguments.limit));
    let client = arguments.client(&progress)?;
    let party = Party::gather(&client, accounts, &arguments.to)
        .await
        .map_err(Trouble::told)?;
    let mut report = Report::new(&arguments.batch, party.recipients().len());
    let import = Import {
        arguments: &arguments,
        client: &client,
        party: &party,
        progress: &progress,
    };
    let outcome = import.run(&sources, &mut report).await;
    party.log_out(&client).await;
    progress.finish();
    report.took = began.elapsed();
    if report.has_anything() {
        say(&report.to_string());
    }
    outcome?;
    Ok(if report.all_found() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// One import with everybody logged in.
struct Import<'a> {
    arguments: &'a Arguments,
    client: &'a Client,
    party: &'a Party,
    progress: &'a Progress,
}

impl Import<'_> {
    async fn run(&self, sources: &Sources, report: &mut Report) -> Result<(), String> {
        let Self {
            arguments,
            client,
            party,
            progress,
        } = *self;
        let form = draft::Form::fetch(client, party.drafter(), arguments).await;
        let form = form.map_err(Trouble::told)?;
        form.check_given(sources)?;
        let journal = Journal::open(&arguments.journal, &header(arguments))?;
        let carrier = Carrier {
            client,
            party,
            journal: &journal,
            form: &form,
            batch: &arguments.batch,
        };
        carrier.check_journal_fits().await.map_err(Trouble::told)?;
        let done = carrier
            .carry_all(sources, arguments, progress, report)
            .await?;
        let timeout = Duration::from_secs(arguments.find_timeout);
        find::find_all(&carrier, done, timeout, progress, report).await
    }
}

fn header(arguments: &Arguments) -> Header {
    Header {
        batch: arguments.batch.clone(),
        kind: arguments.kind.clone(),
        to: arguments.to.clone(),
    }
}
