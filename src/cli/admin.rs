//! The operator's tools. They work on the data folder itself, also while a node serves from it;
//! whoever may read the folder may do this, and the audit says so.

use std::{fs, path::PathBuf, process::ExitCode};

use clap::{Args, Subcommand};

use super::{
    node::Node,
    registry::{self, City, EnteredPerson},
    say, told,
};
use crate::{
    app::{Begun, Caller, Clock as _, SystemClock, send_test_mail},
    config::Config,
    domain::EmailAddress,
};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: AdminCommand,
}

#[derive(Debug, Subcommand)]
enum AdminCommand {
    /// 按名册文件登记单位和人员（格式见 config/demo.toml），显示一次性密码
    Registry {
        /// 名册文件
        file: PathBuf,
    },
    /// 重置一个账号的密码，显示一次性密码；其会话立即终止
    ResetPassword {
        /// 登录名
        login: String,
    },
    /// 尚无账号时，重新生成初始化码
    SetupCode,
    /// 按 [mail] 的设置发一封测试邮件，说出哪里不对；不论 mail.enabled
    MailTest {
        /// 发到这个邮箱
        #[arg(long)]
        to: EmailAddress,
    },
}

pub(super) async fn run(config: Config, arguments: Arguments) -> Result<ExitCode, String> {
    if let AdminCommand::MailTest { to } = &arguments.command {
        return test_mail(&config, to).await;
    }
    let node = Node::beside(config).await?;
    match arguments.command {
        AdminCommand::Registry { file } => {
            let text = fs::read_to_string(&file);
            let text = text.map_err(|error| format!("{}：{}", file.display(), told(&error)))?;
            show_accounts(&City::read(&text)?.enter(&node.hub).await?);
        }
        AdminCommand::ResetPassword { login } => reset_password(&node, &login).await?,
        AdminCommand::SetupCode => {
            match node.hub.setup_code().await.map_err(|error| told(&error))? {
                Some(code) => say(&format!("初始化码（仅显示这一次）：{code}")),
                None => return Err("已有账号，不再需要初始化码".to_owned()),
            }
        }
        AdminCommand::MailTest { .. } => {}
    }
    node.store.close().await;
    Ok(ExitCode::SUCCESS)
}

/// Sends one mail, which needs neither the database nor the data folder.
async fn test_mail(config: &Config, to: &EmailAddress) -> Result<ExitCode, String> {
    let mail = &config.mail;
    let sent = send_test_mail(config, to, SystemClock.now()).await;
    sent.map_err(|trouble| {
        let (host, port) = (&mail.host, mail.port);
        format!("没有发出（邮件服务器 {host}:{port}）：{}", told(&trouble))
    })?;
    say(&format!(
        "邮件服务器已接收发往 {to} 的测试邮件，请到该邮箱查看"
    ));
    if !mail.enabled {
        say("注意：mail.enabled = false，提醒目前不发邮件");
    }
    Ok(ExitCode::SUCCESS)
}

async fn reset_password(node: &Node, login: &str) -> Result<(), String> {
    let id = registry::account(&node.hub, login).await?;
    let fresh = node.hub.one_time_password().await;
    let (password, hash) = fresh.map_err(|error| told(&error))?;
    let begun = node
        .hub
        .begin(Caller::operator(), None)
        .await
        .map_err(|error| told(&error))?;
    if let Begun::Work(mut work) = begun {
        work.reset_password(id, &hash)
            .await
            .map_err(|error| told(&error))?;
        work.commit().await.map_err(|error| told(&error))?;
    }
    say(&format!(
        "{login} 的一次性密码（仅显示这一次）：{}",
        password.0
    ));
    Ok(())
}

/// Shows accounts with their one-time passwords, this once.
pub(super) fn show_accounts(people: &[EnteredPerson]) {
    say("账号和一次性密码（仅显示这一次，首次登录须修改）：");
    for person in people {
        say(&format!(
            "  {}\t{}\t{}\t{}\t{}",
            person.login, person.password, person.unit, person.name, person.roles
        ));
    }
}

/// Brings the tables up to date and leaves.
pub(super) async fn migrate(config: Config) -> Result<ExitCode, String> {
    let node = Node::beside(config).await?;
    node.store.close().await;
    say("数据库表结构已是最新");
    Ok(ExitCode::SUCCESS)
}

/// Throws the index away; a node that serves fills it anew by itself.
pub(super) fn reindex(config: &Config) -> Result<ExitCode, String> {
    let folder = config.index_dir();
    match fs::remove_dir_all(&folder) {
        Ok(()) => say("索引已清空，服务运行时会自动重建"),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => say("没有索引，无须清空"),
        Err(error) => return Err(format!("{}：{}", folder.display(), told(&error))),
    }
    Ok(ExitCode::SUCCESS)
}

/// Compares every file with its digest.
pub(super) async fn verify(config: Config) -> Result<ExitCode, String> {
    let node = Node::beside(config).await?;
    let report = node
        .hub
        .verify_files()
        .await
        .map_err(|error| told(&error))?;
    for (digest, verdict) in &report.faults {
        say(&format!("{digest}：{verdict}"));
    }
    say(&format!(
        "核对 {} 个文件，{} 个有问题",
        report.checked,
        report.faults.len()
    ));
    node.store.close().await;
    Ok(if report.faults.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
