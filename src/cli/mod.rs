//! What is typed: `wenshu serve`, `wenshu demo`, `wenshu import` and the operator's tools.

mod admin;
mod bench;
mod client;
mod demo;
mod export;
mod import;
mod index;
mod keys;
mod node;
mod receipt;
mod registry;
mod serve;

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand};

use crate::config::{Config, Sources, environment, standard_file};

/// 文枢：府院联动文书交换平台。
#[derive(Debug, Parser)]
#[command(name = "wenshu", version, about, long_about = None)]
struct Cli {
    #[command(flatten)]
    options: Options,
    #[command(subcommand)]
    command: Command,
}

/// Where the configuration comes from.
#[derive(Debug, Clone, Args)]
pub(crate) struct Options {
    /// 配置文件；不给出时用当前目录的 wenshu.toml（如有）
    #[arg(long, global = true, env = "WENSHU_CONFIG")]
    config: Option<PathBuf>,
    /// 单项配置，如 --set server.listen=0.0.0.0:8080；可重复
    #[arg(long, global = true, value_name = "KEY=VALUE")]
    set: Vec<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// 运行服务
    Serve,
    /// 运行演示：虚构的青崖市，演示一次完整的往来，然后继续服务
    Demo(demo::Arguments),
    /// 导入：把一批文件拟稿、签发、发送、签收，直到检索得到；可以中断后继续
    Import(Box<import::Arguments>),
    /// 导出：把一个单位的文书逐件写成档案包；可以中断后继续
    Export(export::Arguments),
    /// 接入：登录、发送、收件箱、取文书、签收、回复、程序取件；可写进脚本
    Client(Box<client::Arguments>),
    /// 测速：在空的数据目录里填充数据，经接口测出各项用时
    Bench(bench::Arguments),
    /// 管理工具：登记单位和人员、重置密码、重新生成初始化码
    Admin(admin::Arguments),
    /// 更新数据库表结构后退出
    Migrate,
    /// 检索索引：重建、与数据库核对、查看状态
    Index(index::Arguments),
    /// 清空检索索引；服务会自动重建，期间检索不全（一般请用 index rebuild）
    Reindex,
    /// 核对全部文件内容与摘要
    Verify,
    /// 离线核对凭证包：签名、前后相连，不需要连接文枢
    VerifyReceipt(receipt::Arguments),
    /// 显示生效的配置及每一项的来源
    Config,
    /// 输出 OpenAPI 描述
    Openapi,
    /// 提取文本的子进程（内部使用）
    #[command(hide = true)]
    ExtractWorker {
        #[arg(long)]
        media_type: String,
    },
}

impl Options {
    /// The configuration, with these settings laid over it last.
    fn load(&self, more: &[String]) -> Result<Config, String> {
        let folder = std::env::current_dir().map_err(|error| error.to_string())?;
        let mut sets = self.set.clone();
        sets.extend_from_slice(more);
        let sources = Sources {
            file: standard_file(self.config.clone(), &folder),
            env: environment(),
            sets: &sets,
        };
        Config::load(sources).map_err(|fault| fault.to_string())
    }
}

/// Does what was typed.
#[must_use]
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    if let Command::ExtractWorker { media_type } = &cli.command {
        return crate::extract::worker::main(media_type);
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return complain(&error.to_string()),
    };
    match runtime.block_on(act(cli)) {
        Ok(code) => code,
        Err(sentence) => complain(&sentence),
    }
}

async fn act(cli: Cli) -> Result<ExitCode, String> {
    let options = cli.options;
    match cli.command {
        Command::Serve => serve::run(options.load(&[])?).await,
        Command::Demo(arguments) => demo::run(&options, arguments).await,
        Command::Import(arguments) => import::run(*arguments).await,
        Command::Export(arguments) => export::run(options.load(&[])?, arguments).await,
        Command::Client(arguments) => client::run(*arguments).await,
        Command::Bench(arguments) => bench::run(&options, arguments).await,
        Command::Admin(arguments) => admin::run(options.load(&[])?, arguments).await,
        Command::Migrate => admin::migrate(options.load(&[])?).await,
        Command::Index(arguments) => index::run(options.load(&[])?, arguments).await,
        Command::Reindex => admin::reindex(&options.load(&[])?),
        Command::Verify => admin::verify(options.load(&[])?).await,
        Command::VerifyReceipt(arguments) => receipt::run(&arguments),
        Command::Config => {
            say(&options.load(&[])?.explain());
            Ok(ExitCode::SUCCESS)
        }
        Command::Openapi => {
            let document = crate::api::openapi::document().to_pretty_json();
            say(&document.map_err(|error| error.to_string())?);
            Ok(ExitCode::SUCCESS)
        }
        Command::ExtractWorker { .. } => Ok(ExitCode::FAILURE),
    }
}

/// Writes to the terminal, or to whatever reads it; nobody reading is no failure.
fn say(text: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stdout(), "{text}");
}

fn complain(sentence: &str) -> ExitCode {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "wenshu: {sentence}");
    ExitCode::FAILURE
}

/// An error with its reasons on one line, for the operator.
fn told(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(reason) = source {
        text.push('：');
        text.push_str(&reason.to_string());
        source = reason.source();
    }
    text
}
