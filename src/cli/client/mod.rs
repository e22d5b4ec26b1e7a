//! `wenshu client`: what people and programs of a unit do from a script. Each request that changes
//! something carries an `Idempotency-Key` and is repeated with it until it has been answered.
//!
//! Exit codes: 0 done · 1 something on this side · 2 wrong words on the command line · 3 nobody is
//! logged in · 4 the hub refuses · 5 the hub gives no good answer.

mod acts;
mod ask;
mod download;
pub(super) mod http;
mod pull;
mod saved;
mod send;
pub(super) mod trouble;

use std::{path::PathBuf, process::ExitCode, time::Duration};

use clap::{Args, Subcommand};
use serde_json::Value;

use self::{
    http::{Client, Reach},
    saved::Saved,
    trouble::{Result, Trouble},
};
use super::say;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// 保存登录状态的文件（权限 0600）；默认在 XDG 配置目录的 wenshu/session.json
    #[arg(long, global = true, env = "WENSHU_SESSION", value_name = "FILE")]
    session: Option<PathBuf>,
    /// 输出 JSON，供脚本使用
    #[arg(long, global = true)]
    json: bool,
    /// 连不上时最多重试多少秒
    #[arg(long, global = true, value_name = "SECONDS", default_value_t = 60)]
    patience: u64,
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// 登录：人员用登录名和密码，程序用编号和密钥
    Login(saved::LogIn),
    /// 退出并删除保存的登录状态
    Logout,
    /// 当前身份
    Whoami,
    /// 发送：上传、拟稿，并按角色继续签发、发送；程序账号直接发送本单位系统签发的文书
    Send(Box<send::Send>),
    /// 回复一件来文
    Reply(Box<send::Reply>),
    /// 收件箱
    Inbox(acts::Inbox),
    /// 取一件文书及其全部文件，核对摘要
    Fetch(acts::Fetch),
    /// 签收，可给投递编号或文书编号
    Sign(acts::Sign),
    /// 程序取件：租取、取回、确认
    Pull(pull::Pull),
}

/// What a command works with.
struct Desk {
    client: Client,
    who: Saved,
    json: bool,
}

/// Does what was typed.
pub(super) async fn run(arguments: Arguments) -> std::result::Result<ExitCode, String> {
    let outcome = act(arguments).await;
    Ok(match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            let code = match &trouble {
                Trouble::LoggedOut(_) => 3,
                Trouble::Refused(_) | Trouble::Forbidden(_) => 4,
                Trouble::Unreachable(_) => 5,
                Trouble::Stop(_) => 1,
            };
            super::complain(&trouble.told());
            ExitCode::from(code)
        }
    })
}

async fn act(arguments: Arguments) -> Result<()> {
    let path = saved::place(arguments.session)?;
    let patience = Duration::from_secs(arguments.patience);
    if let Act::Login(login) = &arguments.act {
        return saved::log_in(login, path, patience).await;
    }
    let who = Saved::open(path)?;
    let reach = who.reach();
    let hub = reach.hub.parse();
    let hub = hub.map_err(|_| "登录状态中的地址有误，请重新登录".to_owned())?;
    let client = Client::new(
        &Reach {
            hub: &hub,
            ca: reach.ca.as_deref(),
            allow_http: reach.allow_http,
            patience,
        },
        |sentence| {
            super::complain(sentence);
        },
    )?;
    let desk = Desk {
        client,
        who,
        json: arguments.json,
    };
    match arguments.act {
        Act::Login(_) => Ok(()),
        Act::Logout => desk.log_out().await,
        Act::Whoami => desk.whoami().await,
        Act::Send(send) => desk.send(*send).await,
        Act::Reply(reply) => desk.reply(*reply).await,
        Act::Inbox(inbox) => desk.inbox(inbox).await,
        Act::Fetch(fetch) => desk.fetch(fetch).await,
        Act::Sign(sign) => desk.sign(sign).await,
        Act::Pull(pull) => desk.pull(pull).await,
    }
}

impl Desk {
    /// Shows an answer: as it is for scripts, in a few words for people.
    fn show(&self, answer: &Value, words: impl FnOnce(&Value) -> String) {
        if self.json {
            say(&answer.to_string());
        } else {
            say(&words(answer));
        }
    }
}

/// Text out of an answer.
fn text<'a>(answer: &'a Value, pointer: &str) -> &'a str {
    answer
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// A fresh key for one act.
fn key() -> String {
    uuid::Uuid::now_v7().to_string()
}
